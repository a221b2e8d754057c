import { jsonObjectFrom as postgresJson } from 'kysely/helpers/postgres';
import { jsonObjectFrom as sqliteJson } from 'kysely/helpers/sqlite';
import { statement } from '../statement.ts';
import { userColumns } from './users.ts';
import type { Schema } from '../schema.ts';

export const insertSession = statement('insert session', (db, slot: Omit<Schema['sessions'], 'ended_at'>) =>
  db.insertInto('sessions').values({
    id: slot.id,
    realm: slot.realm,
    user_id: slot.user_id,
    generation: slot.generation,
    events: slot.events,
    limit_key: slot.limit_key,
    user_agent: slot.user_agent,
    ip: slot.ip,
    created_at: slot.created_at,
    last_seen_at: slot.last_seen_at,
    expires_at: slot.expires_at,
    ended_at: null,
    login: slot.login,
  }),
);

/** The one statement of a guarded request. Without a join, for the reason that stands in users.ts. */
export const findSession = statement('find session', (db, slot: { realm: string; id: string }, dialect) =>
  db
    .selectFrom('sessions')
    .selectAll()
    .select((eb) => {
      const user = eb.selectFrom('users').select(userColumns).whereRef('users.id', '=', 'sessions.user_id');
      return (dialect === 'sqlite' ? sqliteJson(user) : postgresJson(user)).as('user');
    })
    .where('id', '=', slot.id)
    .where('realm', '=', slot.realm)
    .where('ended_at', 'is', null),
);

export const sessionsOf = statement(
  'sessions of a user',
  (db, slot: { realm: string; user: string; now: number }) =>
    db
      .selectFrom('sessions')
      .selectAll()
      .where('user_id', '=', slot.user)
      .where('realm', '=', slot.realm)
      .where('ended_at', 'is', null)
      .where('expires_at', '>', slot.now)
      .where('generation', '=', (eb) =>
        eb.selectFrom('users').select('users.generation').whereRef('users.id', '=', 'sessions.user_id'),
      ),
);

export const touchSession = statement('touch session', (db, slot: { id: string; now: number }) =>
  db
    .updateTable('sessions')
    .set({ last_seen_at: slot.now })
    .where('id', '=', slot.id)
    .where('ended_at', 'is', null),
);

export const endSession = statement('end session', (db, slot: { id: string; user: string; now: number }) =>
  db
    .updateTable('sessions')
    .set({ ended_at: slot.now })
    .where('id', '=', slot.id)
    .where('user_id', '=', slot.user)
    .where('ended_at', 'is', null)
    .returning('id'),
);

export const endSessions = statement(
  'end sessions of a user',
  (db, slot: { realm: string; user: string; except: string; now: number }) =>
    db
      .updateTable('sessions')
      .set({ ended_at: slot.now })
      .where('user_id', '=', slot.user)
      .where('realm', '=', slot.realm)
      .where('id', '<>', slot.except)
      .where('ended_at', 'is', null)
      .returning('id'),
);
