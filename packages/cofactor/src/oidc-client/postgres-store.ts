import type { Clock } from '../base/ports.ts';
import { systemClock } from '../base/system.ts';
import { issuerClockSeconds, type SessionStore } from './store.ts';
import { wrong } from './wrong.ts';

/** What asks the questions: a `Pool` of `pg` is one, and so is whatever is called the same way. */
export interface PostgresQueries {
  query(
    text: string,
    values?: unknown[],
  ): Promise<{ readonly rows: readonly unknown[]; readonly rowCount?: number | null }>;
}

export interface PostgresSessionStoreOptions {
  /** How the names of its three tables begin, with a schema where you like (`oidc_client`). */
  readonly prefix?: string;
  readonly clock?: Clock;
}

export interface PostgresSessionStore extends SessionStore {
  /** Makes the tables where they are not there yet. Several processes may do so at once. */
  migrate(): Promise<void>;
}

/** How long it is remembered that an issuer ended a sign-in: longer than any response to it may still be on its way. */
const dayMs = 86_400_000;
/** After how many writes of this process what is over is deleted. */
const betweenCleanings = 500;

/**
 * Sessions in the PostgreSQL (14 or later) that an application has anyway, for several processes: who signs out, or is
 * signed out by the issuer, is so at all of them with the next request, and a response is used once among all.
 *
 * Values are sealed before they come here; names of sessions are hashes. Who can write the tables can end sessions
 * or bring one back from a backup, but make none.
 *
 * @example
 * const store = postgresSessionStore(new pg.Pool({ connectionString: process.env.DATABASE_URL }));
 * await store.migrate();
 *
 * @throws {CofactorError} `ERR_CONFIG_OIDC_CLIENT` where it is given nothing to ask, or a prefix that is no name
 */
export function postgresSessionStore(
  database: PostgresQueries,
  { prefix = 'oidc_client', clock = systemClock }: PostgresSessionStoreOptions = {},
): PostgresSessionStore {
  if (typeof database?.query !== 'function') {
    throw wrong('store', 'takes postgresSessionStore(pool), with a Pool of pg or what has a query() like it');
  }
  // It becomes a part of statements.
  if (!/^([a-z_][a-z0-9_]{0,47}\.)?[a-z_][a-z0-9_]{0,47}$/.test(prefix)) {
    throw wrong(
      'store',
      'takes postgresSessionStore(pool, { prefix }) with small letters, digits and _: oidc_client',
    );
  }
  const [sessions, used, logouts] = [`${prefix}_sessions`, `${prefix}_used`, `${prefix}_logouts`];
  const index = prefix.slice(prefix.indexOf('.') + 1);

  const changed = async (text: string, values: unknown[]): Promise<number> =>
    (await database.query(text, values)).rowCount ?? 0;

  let written = 0;
  const forgetOld = async (): Promise<void> => {
    written += 1;
    if (written % betweenCleanings !== 0) return;
    for (const table of [sessions, used, logouts]) {
      await changed(`delete from ${table} where until <= $1`, [clock.now()]);
    }
  };

  return {
    async migrate() {
      // One text is one transaction; the lock, because two who make the same table at once get in each other's way.
      await database.query(`
        select pg_advisory_xact_lock(hashtext('${sessions}'));
        create table if not exists ${sessions} (
          id text primary key, value text not null, subject text not null, login text,
          since timestamptz not null, until timestamptz not null);
        create index if not exists ${index}_sessions_subject on ${sessions} (subject);
        create index if not exists ${index}_sessions_login on ${sessions} (login);
        create index if not exists ${index}_sessions_until on ${sessions} (until);
        create table if not exists ${used} (key text primary key, until timestamptz not null);
        create index if not exists ${index}_used_until on ${used} (until);
        create table if not exists ${logouts} (
          subject text, login text, before timestamptz not null, until timestamptz not null);
        create index if not exists ${index}_logouts_subject on ${logouts} (subject);
        create index if not exists ${index}_logouts_login on ${logouts} (login);
        create index if not exists ${index}_logouts_until on ${logouts} (until)`);
    },

    async get(id) {
      const text = `select value from ${sessions} where id = $1 and until > $2`;
      const { rows } = await database.query(text, [id, clock.now()]);
      return (rows[0] as { readonly value: string } | undefined)?.value ?? null;
    },

    async set(id, value, { subject, login, since, until }) {
      await forgetOld();
      await changed(
        `insert into ${sessions} (id, value, subject, login, since, until) values ($1, $2, $3, $4, $5, $6)
          on conflict (id) do update set value = excluded.value, subject = excluded.subject, login = excluded.login,
            since = excluded.since, until = excluded.until`,
        [id, value, subject, login, since, until],
      );
      // A logout that came to another process while this sign-in was on its way. Both write down what they bring before
      // they delete what the other may have brought, each in a transaction of its own: one of them sees the other.
      // What is of the second of the logout or later may be the sign-in after it.
      await changed(
        `delete from ${sessions} where id = $1 and exists (
          select 1 from ${logouts} where before > $4
            and ((login is null and subject = $2) or login = $3 or (subject = $2 and $3::text is null)))`,
        [id, subject, login, since],
      );
    },

    async replace(id, before, value, { subject, login, since, until }) {
      const text = `update ${sessions} set value = $3, subject = $4, login = $5, since = $6, until = $7
        where id = $1 and value = $2`;
      return (await changed(text, [id, before, value, subject, login, since, until])) === 1;
    },

    async delete(id) {
      await changed(`delete from ${sessions} where id = $1`, [id]);
    },

    async deleteWhere({ subject, login }, before) {
      const own = new Date(before.getTime() - issuerClockSeconds * 1000);
      await changed(`insert into ${logouts} (subject, login, before, until) values ($1, $2, $3, $4)`, [
        subject,
        login,
        own,
        new Date(clock.now().getTime() + dayMs),
      ]);
      await changed(
        `delete from ${sessions} where since <= $3
          and (case when $2::text is null then subject = $1 else login = $2 or (subject = $1 and login is null) end)`,
        [subject, login, before],
      );
    },

    async once(key, until) {
      await forgetOld();
      // Where it was used and forgotten by now, it may be used again: as if it were deleted already.
      const text = `insert into ${used} as present (key, until) values ($1, $2)
        on conflict (key) do update set until = excluded.until where present.until <= $3`;
      return (await changed(text, [key, until, clock.now()])) === 1;
    },
  };
}
