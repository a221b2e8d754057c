import { afterRestore, type Affected, type RestoredBackup } from 'cofactor/maintenance';
import { byOf, type Result, type Run } from '../command.ts';
import { clean, plural } from '../text.ts';

/** `doctor --restored`: nothing that was alive when the backup was made is alive after it. */
export async function restored(run: Run): Promise<Result> {
  const opened = await run.open({ migrate: false });
  await run.confirm(
    'End every session, code, link and remembered browser of this database, and void every recovery code?',
  );
  // A backup may be older than this version.
  await opened.database.migrate();
  const realms = await opened.every();
  const outcomes: { readonly realm: string; readonly outcome: RestoredBackup }[] = [];
  for (const [realm, auth] of realms) {
    const bar = run.progress(`ending what was alive (${realm})`);
    const progress = ({ done, total }: { done: number; total: number }): void => bar.update(done, total);
    outcomes.push({ realm, outcome: await afterRestore(auth, { progress, by: byOf(run) }) });
    bar.end();
  }
  const all = <T>(of: (outcome: RestoredBackup) => readonly T[]): readonly T[] =>
    outcomes.flatMap(({ outcome }) => of(outcome));
  const sum = (of: (outcome: RestoredBackup) => number): number =>
    outcomes.reduce((total, { outcome }) => total + of(outcome), 0);
  const lockedOut = all((outcome) => outcome.lockedOut);
  const withoutCodes = all((outcome) => outcome.withoutCodes);
  const disabled = all((outcome) => outcome.disabled);
  const unsure = all((outcome) => outcome.unsure);
  return {
    ...(lockedOut.length + unsure.length > 0 && { exit: 'partly' as const }),
    json: { realms: outcomes.map(({ realm, outcome }) => ({ realm, ...outcome })) },
    text: [
      `Whatever was alive of ${plural(
        sum(({ users }) => users),
        'account',
      )} is dead: ${plural(
        sum(({ sessions }) => sessions),
        'session',
      )}, and ${plural(
        sum(({ closed }) => Object.values(closed).reduce((n, count) => n + count, 0)),
        'other thing',
      )} under way.`,
      ...(withoutCodes.length > 0
        ? [
            `${plural(withoutCodes.length, 'person', 'people')} need new recovery codes: nobody can tell which of the old ones were used.`,
          ]
        : []),
      ...(disabled.length > 0
        ? [
            '',
            'One of their factors has to be set up anew, since nobody can tell what was used:',
            ...names(disabled),
          ]
        : []),
      ...(unsure.length > 0
        ? [
            '',
            'They begin their sign-in with something that may have been used since, and could be used again:',
            ...names(unsure),
          ]
        : []),
      ...(lockedOut.length > 0
        ? [
            '',
            'They had nothing but that for their second step, and cannot get in by themselves:',
            ...names(lockedOut),
          ]
        : []),
    ].join('\n'),
    notes: [
      ...(lockedOut.length > 0
        ? [
            'For each of them, when you are sure that it is they who ask: cofactor user reset-mfa <name> --reason <text>',
          ]
        : []),
      'Passwords and factors are those of the backup: who changed one since has the old one again.',
      'Access tokens that APIs check by themselves are good until they end, some minutes later. If that is too long, or signing keys got out since the backup was made: cofactor keys rotate --signing --immediately',
      'Heads of the record that were kept since the backup was made do not fit any more; keep them with what is lost.',
    ],
  };
}

const mostNames = 100;

function names(people: readonly Affected[]): readonly string[] {
  const shown = people.slice(0, mostNames).map(({ identifier }) => `  ${clean(identifier)}`);
  return people.length > mostNames
    ? [...shown, `  ... and ${people.length - mostNames} more (--json)`]
    : shown;
}
