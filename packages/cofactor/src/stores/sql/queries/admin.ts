import { sql, type Kysely, type RawBuilder } from 'kysely';
import { jsonArrayFrom as postgresJson } from 'kysely/helpers/postgres';
import { jsonArrayFrom as sqliteJson } from 'kysely/helpers/sqlite';
import { hostPrefix } from '../../../core/users/identifier.ts';
import type { Dialect } from '../driver.ts';
import type { Schema } from '../schema.ts';
import { statement } from '../statement.ts';
import { remaining, userColumns } from './users.ts';

export const countUsers = statement('count users', (db, slot: { realm: string }) =>
  db
    .selectFrom('users')
    .select((eb) => eb.fn.countAll().as('users'))
    .where('realm', '=', slot.realm),
);

export const countDisabled = statement('count disabled users', (db, slot: { realm: string }) =>
  db
    .selectFrom('users')
    .select((eb) => eb.fn.countAll().as('disabled'))
    .select(
      // Who comes from the application around has nothing to sign in with here, and waits for no invitation.
      sql<number | string>`sum(case when users.canonical like ${sql.lit(`${hostPrefix}%`)} or exists (
      select 1 from authenticators as a where a.user_id = users.id) then 0 else 1 end)`.as('invited'),
    )
    .where('realm', '=', slot.realm)
    .where('disabled_at', 'is not', null),
);

export const countLabels = statement('count labels', (db, slot: { realm: string; kind: string }) =>
  db
    .selectFrom('user_labels')
    .select(['kind', 'value'])
    .select((eb) => eb.fn.countAll().as('users'))
    .where('realm', '=', slot.realm)
    .where('kind', '=', slot.kind)
    .groupBy(['kind', 'value']),
);

/** Compared by the numbers of their characters, so that a beginning is a range; SQLite does nothing else. */
function plain(column: string, dialect: Dialect): RawBuilder<string> {
  return dialect === 'postgres' ? sql`${sql.ref(column)} collate "C"` : sql`${sql.ref(column)}`;
}

/** Accounts with their authenticators, without what those hold: no list ever reads that (A-81). */
const listed = (db: Kysely<Schema>, dialect: Dialect) =>
  db
    .selectFrom('users')
    .select(userColumns)
    .select((eb) => {
      const authenticators = eb
        .selectFrom('authenticators as a')
        .select([
          'a.id',
          'a.user_id',
          'a.provider',
          'a.usage',
          'a.name',
          sql.lit('').as('data'),
          sql.lit(0).as('counter'),
          'a.failures',
          'a.failed_at',
          'a.failed_before',
          'a.created_at',
          'a.last_used_at',
          'a.about',
          remaining.as('remaining'),
        ])
        .whereRef('a.user_id', '=', 'users.id');
      return (dialect === 'sqlite' ? sqliteJson(authenticators) : postgresJson(authenticators)).as(
        'authenticators',
      );
    });

/** From one name on, which may be the last one of the page before: of two lower bounds a database may take the worse. */
interface Window {
  realm: string;
  after: string;
  from: string;
  until: string;
  limit: number;
}

export const usersByName = statement('users by name', (db, slot: Window, dialect) => {
  const name = plain('users.canonical', dialect);
  return listed(db, dialect)
    .where('realm', '=', slot.realm)
    .where(sql<boolean>`${name} >= ${slot.from} and ${name} < ${slot.until} and ${name} <> ${slot.after}`)
    .orderBy(name)
    .limit(sql<number>`${slot.limit}`);
});

export const usersDisabled = statement('disabled users by name', (db, slot: Window, dialect) => {
  const name = plain('users.canonical', dialect);
  return listed(db, dialect)
    .where('realm', '=', slot.realm)
    .where('disabled_at', 'is not', null)
    .where(sql<boolean>`${name} >= ${slot.from} and ${name} < ${slot.until} and ${name} <> ${slot.after}`)
    .orderBy(name)
    .limit(sql<number>`${slot.limit}`);
});

/** Of two accounts with the same address one has not confirmed it. */
export const usersByAddress = statement(
  'users by address',
  (db, slot: Window & { afterId: string }, dialect) => {
    const address = plain('users.email_canonical', dialect);
    return listed(db, dialect)
      .where('realm', '=', slot.realm)
      .where('email_canonical', 'is not', null)
      .where(sql<boolean>`${address} >= ${slot.from} and ${address} < ${slot.until}`)
      .where(sql<boolean>`(${address}, id) > (${slot.after}, ${slot.afterId})`)
      .orderBy(address)
      .orderBy('id')
      .limit(sql<number>`${slot.limit}`);
  },
);

/** In the order in which the labels stand, which is that of the names. */
export const usersByLabel = statement(
  'users by label',
  (db, slot: Window & { kind: string; value: string }, dialect) =>
    listed(db, dialect)
      .innerJoin('user_labels as l', 'l.user_id', 'users.id')
      .where('l.realm', '=', slot.realm)
      .where('l.kind', '=', slot.kind)
      .where('l.value', '=', slot.value)
      .where('l.canonical', '>=', slot.from)
      .where('l.canonical', '<', slot.until)
      .where('l.canonical', '<>', slot.after)
      .orderBy('l.canonical')
      .limit(sql<number>`${slot.limit}`),
);

export const userName = statement('name of a user', (db, slot: { realm: string; id: string }) =>
  db.selectFrom('users').select('identifier').where('id', '=', slot.id).where('realm', '=', slot.realm),
);

/**
 * Everybody whom a change is about, in one order, so that of two changes at once none waits for the other while that one
 * waits for it. SQLite's transaction has the whole database.
 */
export const lockPeople = statement(
  'lock people',
  (db, slot: { user: string; actor: string; realm: string; role: string }, dialect) =>
    db
      .selectFrom('users')
      .select(userColumns)
      .where(
        sql<boolean>`users.id in (
          select l.user_id from user_labels as l where l.realm = ${slot.realm} and l.kind = 'role' and l.value = ${slot.role}
          union all select cast(${slot.user} as text) union all select cast(${slot.actor} as text))`,
      )
      .orderBy('users.id')
      // Not more than that: whoever signs in meanwhile refers to the account, and would wait for us while we wait for them.
      .$if(dialect === 'postgres', (query) => query.forNoKeyUpdate()),
);

/** Whether a session of somebody goes on, inside a transaction that stands on it. */
export const liveSession = statement(
  'live session of an actor',
  (db, slot: { id: string; user: string; now: number }) =>
    db
      .selectFrom('sessions')
      .select(['generation'])
      .where('id', '=', slot.id)
      .where('user_id', '=', slot.user)
      .where('ended_at', 'is', null)
      .where('expires_at', '>', slot.now),
);

/** Makes everything older dead, also of an account that nobody can sign in to: its row is locked by then. */
export const renew = statement('renew user', (db, slot: { id: string }) =>
  db
    .updateTable('users')
    .set((eb) => ({ generation: eb('generation', '+', 1) }))
    .where('id', '=', slot.id),
);

export const setGroups = statement('set groups', (db, slot: { id: string; groups: string }) =>
  db.updateTable('users').set({ groups: slot.groups }).where('id', '=', slot.id),
);

export const setDisabled = statement('set disabled', (db, slot: { id: string; at: number | null }) =>
  db.updateTable('users').set({ disabled_at: slot.at }).where('id', '=', slot.id),
);

export const issuers = statement('external issuers', (db, slot: { realm: string }) =>
  db.selectFrom('external_issuers').selectAll().where('realm', '=', slot.realm).orderBy('id'),
);

export const putIssuer = statement('put external issuer', (db, slot: Schema['external_issuers']) =>
  db
    .insertInto('external_issuers')
    .values({
      realm: slot.realm,
      id: slot.id,
      data: slot.data,
      secret: slot.secret,
      created_at: slot.created_at,
      updated_at: slot.updated_at,
    })
    .onConflict((conflict) =>
      conflict.columns(['realm', 'id']).doUpdateSet((eb) => ({
        data: eb.ref('excluded.data'),
        secret: eb.ref('excluded.secret'),
        updated_at: eb.ref('excluded.updated_at'),
      })),
    ),
);

export const dropIssuer = statement('drop external issuer', (db, slot: { realm: string; id: string }) =>
  db.deleteFrom('external_issuers').where('realm', '=', slot.realm).where('id', '=', slot.id),
);
