import type { Cofactor } from '../cofactor.ts';
import type { Engine } from '../engine.ts';
import { limits } from '../limits/limits.ts';
import type { OldAuthenticator, Perishable, Retirement } from '../maintenance-store.ts';

export interface RestoredBackup {
  /** Accounts: everything that was given out for them before is dead. */
  readonly users: number;
  /** Sessions that the backup still had as alive. */
  readonly sessions: number;
  /** Other things that were under way, by table. */
  readonly closed: Readonly<Partial<Record<Perishable, number>>>;
  /** Authenticators whose next response has to be newer than this moment. */
  readonly counters: number;
  /** People whose single-use codes are void, because which of them were used since the backup is not known. */
  readonly withoutCodes: readonly Affected[];
  /** People one of whose authenticators is unusable, because its provider cannot tell what was used since the backup. */
  readonly disabled: readonly Affected[];
  /**
   * People who begin their sign-in with something that counts by itself, of a provider that cannot tell what was used: it
   * could be used again. Whoever runs the server has to see to them.
   */
  readonly unsure: readonly Affected[];
  /** Those of them who have no second factor left that works, and cannot get past the second step by themselves. */
  readonly lockedOut: readonly Affected[];
}

export interface RestoreOptions {
  /** Called after each step, with how many authenticators of how many were looked at. */
  readonly progress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Who does it, for the record. */
  readonly by?: string;
}

export interface Affected {
  readonly id: string;
  readonly identifier: string;
}

const perishables: readonly Perishable[] = [
  'ceremonies',
  'enrolments',
  'challenges',
  'devices',
  'reset_tokens',
  'email_tokens',
  'invite_tokens',
  'permit_tokens',
  'setup_tokens',
  'operations',
  'oidc_artifacts',
];

const batch = 500;

/**
 * To be called once, after a backup was restored and before anybody is let in: whatever was alive when the backup was made is
 * dead, and no code that was used since works again. Several calls do no harm but that people sign in once more.
 *
 * Passwords and factors are those of the backup: what was changed or removed since is as it was.
 */
export async function afterRestore(
  { engine }: Pick<Cofactor, 'engine'>,
  { progress, by }: RestoreOptions = {},
): Promise<RestoredBackup> {
  const { store, realm, config, audit } = engine;
  const { maintenance } = store;
  const now = config.clock.now();

  // First what everything else is compared with: killed in the middle, nothing old is alive (I-06).
  let users = 0;
  for (let after: string | null = ''; after !== null;) {
    const step: { last: string | null; users: number } = await maintenance.outdateUsers(realm, after, batch);
    users += step.users;
    after = step.last;
  }
  const { counters, codes, disabled, unsure } = await retireAuthenticators(engine, now, progress);

  const all = async (clear: () => Promise<number>): Promise<number> => {
    let sum = 0;
    for (;;) {
      const some = await clear();
      sum += some;
      if (some === 0) return sum;
    }
  };
  const sessions = await all(() => maintenance.endAllSessions(realm, now, batch));
  const closed: Partial<Record<Perishable, number>> = {};
  for (const table of perishables) {
    const removed = await all(() => maintenance.clear(table, realm, batch));
    if (removed > 0) closed[table] = removed;
  }

  const withoutCodes: Affected[] = [];
  const unusable: Affected[] = [];
  const doubtful: Affected[] = [];
  const lockedOut: Affected[] = [];
  for (const id of new Set([...codes, ...disabled, ...unsure])) {
    const account = await store.account(realm, { id });
    if (!account) continue;
    const who = { id, identifier: account.user.identifier };
    if (codes.has(id)) withoutCodes.push(who);
    if (disabled.has(id)) unusable.push(who);
    if (unsure.has(id)) doubtful.push(who);
    const works = account.authenticators.some(
      ({ usage, provider, failures }) =>
        usage === 'second' && failures < limits.disableAt && config.providers.has(provider),
    );
    const asked = account.authenticators.some(({ usage }) => usage !== 'first');
    if (asked && !works && (codes.has(id) || disabled.has(id))) lockedOut.push(who);
  }
  const entry = audit.entry('backup-restored', null, {
    users,
    sessions,
    withoutCodes: withoutCodes.length,
    disabled: unusable.length,
    ...(by !== undefined && { by }),
  });
  await store.appendAudit(realm, entry);
  engine.cache.clear();
  return { users, sessions, closed, counters, withoutCodes, disabled: unusable, unsure: doubtful, lockedOut };
}

/** Whatever could be answered with again what was answered before. */
async function retireAuthenticators(
  { store, realm, config }: Engine,
  now: Date,
  progress: RestoreOptions['progress'],
): Promise<{
  counters: number;
  codes: ReadonlySet<string>;
  disabled: ReadonlySet<string>;
  unsure: ReadonlySet<string>;
}> {
  const { maintenance } = store;
  const codes = new Set<string>();
  const disabled = new Set<string>();
  const unsure = new Set<string>();
  const total = (await maintenance.countSealed()).get('authenticators') ?? 0;
  let [counters, done, after] = [0, 0, ''];
  for (;;) {
    const rows: readonly OldAuthenticator[] = await maintenance.oldAuthenticators(after, batch);
    const changes: Retirement[] = [];
    for (const row of rows) {
      if (row.realm !== realm) continue;
      const { id, user, provider: name, unused } = row;
      const provider = config.providers.get(name);
      const counter = provider?.newestCounter?.(now);
      if (counter !== undefined) counters += 1;
      if (unused > 0) codes.add(user);
      // It counts, nothing is asked that could be used up, and nobody can say where it would stand by now (I-12). What is
      // not registered cannot be used anyway, and may be by the next start.
      const unknown = counter === undefined && row.counter > 0 && provider?.challenge === undefined;
      // What a sign-in begins with is never switched off by wrong tries, nor by this.
      if (unknown) (row.usage === 'first' ? unsure : disabled).add(user);
      changes.push({
        id,
        ...(counter !== undefined && { counter }),
        ...(unused > 0 && { spendAll: now }),
        ...(unknown && row.usage !== 'first' && { failures: limits.disableAt }),
      });
    }
    await maintenance.retire(changes);
    done += rows.length;
    progress?.({ done: Math.min(done, total), total });
    const last = rows.at(-1);
    if (!last || rows.length < batch) return { counters, codes, disabled, unsure };
    after = last.id;
  }
}
