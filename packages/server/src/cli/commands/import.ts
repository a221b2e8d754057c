import { standardRoles } from 'cofactor/admin';
import {
  importAspNetIdentity,
  importUmbraco,
  type AspNetIdentityTable,
  type ImportOptions,
  type ImportReport,
  type UmbracoTable,
} from 'cofactor/importers';
import { byOf, type Result, type Run } from '../command.ts';
import { CommandError } from '../exits.ts';
import { fields, plural, table } from '../text.ts';

export async function aspNetIdentity(run: Run): Promise<Result> {
  const { realm } = await run.open();
  const { options, end } = optionsOf(run);
  return resultOf(
    await importAspNetIdentity(realm(run.option('realm') ?? 'users'), run.argument('source'), {
      ...options,
      // Names of tables that are none are refused there, by name.
      tables: pairs(run, 'table'),
      without: run.list('without') as readonly AspNetIdentityTable[],
    }).finally(end),
  );
}

export async function umbraco(run: Run): Promise<Result> {
  const { realm } = await run.open();
  const name = run.option('realm') ?? 'users';
  const { options, end } = optionsOf(run);
  const apps = run.list('authenticator-app');
  return resultOf(
    await importUmbraco(realm(name), run.argument('source'), {
      ...options,
      accounts: (run.option('accounts') ?? name) as 'users' | 'members',
      ...(apps.length > 0 && { authenticatorApps: apps }),
      secondFactorsOfNobody: (run.option('second-factors-of-nobody') ?? 'refuse') as 'refuse' | 'leave',
      tables: pairs(run, 'table'),
      without: run.list('without') as readonly UmbracoTable[],
    }).finally(end),
  );
}

function optionsOf(run: Run): { readonly options: ImportOptions; readonly end: () => void } {
  const bar = run.progress(run.flag('dry-run') ? 'looking' : 'importing');
  const name = run.option('name');
  return {
    end: () => bar.end(),
    options: {
      by: byOf(run),
      dryRun: run.flag('dry-run'),
      logins: pairs(run, 'login'),
      roles: Object.fromEntries(Object.entries(pairs(run, 'role')).map(([from, to]) => [from, to || null])),
      // Who may do what here is for whoever runs this to say, and not for an export.
      rolesInCharge: standardRoles.map(({ role }) => role),
      secondFactorLost: (run.option('second-factor-lost') ?? 'refuse') as 'refuse' | 'lock',
      unconfirmedAddresses: (run.option('unconfirmed-addresses') ?? 'leave') as 'leave' | 'take',
      progress: ({ rows }) => bar.update(rows, 0),
      signal: run.signal,
      ...(name !== undefined && { name }),
    },
  };
}

/** `Google=google`, several times. */
function pairs(run: Run, name: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    run.list(name).map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1)
        throw new CommandError('usage', `--${name} takes <one>=<other>, e.g. --${name} Google=google.`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

function resultOf(report: ImportReport): Result {
  const { rows, imported, locked, already, refused, dryRun, complete } = report;
  const { left, roles, rolesLeft, refusals, skipped, skippedRows } = report;
  const [inCharge] = Object.keys(rolesLeft);
  const text = [
    fields([
      ['rows', rows],
      [dryRun ? 'would come over' : 'came over', imported],
      ...(locked > 0 ? [['  of these locked', locked] as const] : []),
      ['came over before', already],
      ['refused', refused],
      ...(skippedRows > 0 ? [['rows left out', skippedRows] as const] : []),
    ]),
    ...(left.length > 0
      ? ['', 'Left behind:', ...left.map(({ what, why, count }) => `  ${count} × ${what}: ${why}`)]
      : []),
    ...(Object.keys(roles).length > 0
      ? ['', 'Roles, as they came: look at who is in charge here by them.', ...roleLines(roles)]
      : []),
    ...(inCharge !== undefined
      ? [
          '',
          'Roles that are in charge here, and did not come over:',
          ...roleLines(rolesLeft),
          `Name one to bring it: --role ${inCharge}=${inCharge}. Who is here already gets it with user roles.`,
        ]
      : []),
    ...listed(
      ['row', 'account', 'refused because', 'about'],
      refusals.map((one) => [one.row, one.key ?? '-', one.reason ?? '-', one.detail ?? '']),
      refused,
    ),
    ...listed(
      ['table', 'row', 'left out because', 'about'],
      skipped.map((one) => [one.table, one.row, one.reason, one.column ?? '']),
      skippedRows,
    ),
  ].join('\n');
  return {
    ...((refused > 0 || skippedRows > 0 || !complete) && { exit: 'partly' as const }),
    json: report,
    text,
    notes: [
      ...(complete ? [] : ['Stopped before the end. Run it again: it goes on.']),
      ...(refused > 0
        ? [`${plural(refused, 'row')} refused. What is put right there comes over when it is run again.`]
        : []),
      ...(skippedRows > 0
        ? [
            `${plural(skippedRows, 'row')} of other tables ${skippedRows === 1 ? 'was' : 'were'} left out: no account has what they say.`,
          ]
        : []),
      ...(dryRun ? ['Nothing was written. Without --dry-run it is.'] : []),
    ],
  };
}

/** The first of many rows. */
function listed(
  headings: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  count: number,
): readonly string[] {
  if (rows.length === 0) return [];
  const more = count > 50 ? [`... and ${count - 50} more; --json has a thousand of them`] : [];
  return ['', table(headings, rows.slice(0, 50)), ...more];
}

function roleLines(roles: Readonly<Record<string, number>>): readonly string[] {
  return Object.entries(roles).map(([role, people]) => `  ${role}: ${plural(people, 'person', 'people')}`);
}
