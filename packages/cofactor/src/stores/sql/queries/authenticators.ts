import { sql } from 'kysely';
import { delays, limits } from '../../../core/limits/limits.ts';
import { statement } from '../statement.ts';

/** `case when n >= 17 then 3600000 ... else 0 end`: the waits of `delays`, in milliseconds. */
export const delayOf = (n: string): string =>
  `case ${delays.map(([from, seconds]) => `when ${n} >= ${from} then ${seconds * 1000}`).join(' ')} else 0 end`;

export const authenticatorsOf = statement('authenticators of a user', (db, slot: { user: string }) =>
  db.selectFrom('authenticators').selectAll().where('user_id', '=', slot.user),
);

/**
 * Counts a failure before the answer is looked at, so that no number of parallel tries gets past a bound
 * (A-23). The wait grows with the failures of all second factors of the account together. Its own are taken
 * from the row itself: where that is waited for, PostgreSQL looks at it again, but not at what a subquery read.
 */
export const reserveAuthenticator = statement(
  'reserve authenticator',
  (db, slot: { id: string; user: string; now: number; disableAt: number }) =>
    db
      .updateTable('authenticators')
      .set((eb) => ({
        failures: eb('failures', '+', 1),
        failed_before: eb.ref('failed_at'),
        failed_at: slot.now,
      }))
      .where('id', '=', slot.id)
      .where('user_id', '=', slot.user)
      .where((eb) => eb.or([eb('usage', '=', 'first'), eb('failures', '<', slot.disableAt)]))
      .where(
        sql<boolean>`(select s.n < ${sql.lit(limits.slowFrom)}
            or cast(${slot.now} as bigint) >= authenticators.failed_at + ${sql.raw(delayOf('s.n'))} from (
          select authenticators.failures + coalesce(sum(o.failures), 0) as n from authenticators as o
          where o.user_id = authenticators.user_id and o.id <> authenticators.id
            and o.usage <> 'first' and authenticators.usage <> 'first') as s)`,
      )
      .returningAll(),
);

export const authenticatorTries = statement(
  'why an authenticator was not reserved',
  (db, slot: { id: string; user: string }) =>
    db
      .selectFrom('authenticators')
      .select((eb) => [
        'authenticators.usage',
        'authenticators.failures',
        'authenticators.failed_at',
        eb
          .selectFrom('authenticators as o')
          // A sum is of another type than its parts on PostgreSQL, which would come as text.
          .select(sql<number>`cast(sum(o.failures) as bigint)`.as('n'))
          .where('o.user_id', '=', slot.user)
          .where('o.usage', '<>', 'first')
          .as('together'),
      ])
      .where('authenticators.id', '=', slot.id)
      .where('authenticators.user_id', '=', slot.user),
);

export const releaseAuthenticator = statement('release authenticator', (db, slot: { id: string }) =>
  db
    .updateTable('authenticators')
    .set((eb) => ({ failures: eb('failures', '-', 1), failed_at: eb.ref('failed_before') }))
    .where('id', '=', slot.id)
    .where('failures', '>', 0),
);

export const settle = statement('settle', (db, slot: { id: string; now: number }) =>
  db
    .updateTable('authenticators')
    .set({ failures: 0, failed_at: 0, last_used_at: slot.now })
    .where('id', '=', slot.id),
);

/** Settles only where the counter really moves on: the second of two equal codes changes nothing (I-04). */
export const settleCounter = statement(
  'settle counter',
  (db, slot: { id: string; now: number; counter: number }) =>
    db
      .updateTable('authenticators')
      .set({ failures: 0, failed_at: 0, last_used_at: slot.now, counter: slot.counter })
      .where('id', '=', slot.id)
      .where('counter', '<', slot.counter),
);

export const setData = statement(
  'set authenticator data',
  (db, slot: { id: string; before: string; after: string }) =>
    db
      .updateTable('authenticators')
      .set({ data: slot.after })
      .where('id', '=', slot.id)
      .where('data', '=', slot.before),
);

export const resetFailures = statement(
  'reset failures',
  (db, slot: { id: string; data: string; now: number }) =>
    db
      .updateTable('authenticators')
      .set({ data: slot.data, failures: 0, failed_at: 0, created_at: slot.now })
      .where('id', '=', slot.id),
);

export const insertAuthenticator = statement(
  'insert authenticator',
  (
    db,
    slot: {
      id: string;
      user: string;
      provider: string;
      usage: string;
      name: string;
      data: string;
      counter: number;
      now: number;
      handle: string | null;
      about: string;
    },
  ) =>
    db.insertInto('authenticators').values({
      id: slot.id,
      user_id: slot.user,
      provider: slot.provider,
      usage: slot.usage,
      name: slot.name,
      data: slot.data,
      counter: slot.counter,
      failures: 0,
      failed_at: 0,
      failed_before: 0,
      created_at: slot.now,
      last_used_at: null,
      handle: slot.handle,
      about: slot.about,
    }),
);

/** The one authenticator in the world that has this handle (I-08). */
export const byHandle = statement(
  'authenticator by handle',
  (db, slot: { provider: string; handle: string }) =>
    db
      .selectFrom('authenticators')
      .select(['id', 'user_id'])
      .where('provider', '=', slot.provider)
      .where('handle', '=', slot.handle),
);

export const setAbout = statement('set what is known', (db, slot: { id: string; about: string }) =>
  db.updateTable('authenticators').set({ about: slot.about }).where('id', '=', slot.id),
);

export const insertLookup = statement(
  'insert lookup secret',
  (db, slot: { authenticator: string; hash: string }) =>
    db
      .insertInto('lookup_secrets')
      .values({ authenticator_id: slot.authenticator, hash: slot.hash, used_at: null }),
);

/** Uses a single-use secret up: one row, once (A-51). */
export const spendLookup = statement(
  'spend lookup secret',
  (db, slot: { authenticator: string; hash: string; now: number }) =>
    db
      .updateTable('lookup_secrets')
      .set({ used_at: slot.now })
      .where('authenticator_id', '=', slot.authenticator)
      .where('hash', '=', slot.hash)
      .where('used_at', 'is', null),
);

export const findLookup = statement(
  'find lookup secret',
  (db, slot: { authenticator: string; hash: string }) =>
    db
      .selectFrom('lookup_secrets')
      .select('used_at')
      .where('authenticator_id', '=', slot.authenticator)
      .where('hash', '=', slot.hash),
);

export const deleteAuthenticator = statement(
  'delete authenticator',
  (db, slot: { id: string; user: string }) =>
    db.deleteFrom('authenticators').where('id', '=', slot.id).where('user_id', '=', slot.user),
);

export const renameAuthenticator = statement(
  'rename authenticator',
  (db, slot: { id: string; user: string; name: string }) =>
    db
      .updateTable('authenticators')
      .set({ name: slot.name })
      .where('id', '=', slot.id)
      .where('user_id', '=', slot.user),
);
