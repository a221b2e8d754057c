import { statement } from '../statement.ts';
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
  }),
);

/** The one statement of a guarded request. */
export const findSession = statement('find session', (db, slot: { realm: string; id: string }) =>
  db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .selectAll('sessions')
    .select([
      'users.identifier',
      'users.canonical',
      'users.generation as user_generation',
      'users.roles',
      'users.created_at as user_created_at',
      'users.disabled_at',
    ])
    .where('sessions.id', '=', slot.id)
    .where('sessions.realm', '=', slot.realm)
    .where('sessions.ended_at', 'is', null),
);

export const sessionsOf = statement(
  'sessions of a user',
  (db, slot: { realm: string; user: string; now: number }) =>
    db
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .selectAll('sessions')
      .where('sessions.user_id', '=', slot.user)
      .where('sessions.realm', '=', slot.realm)
      .where('sessions.ended_at', 'is', null)
      .where('sessions.expires_at', '>', slot.now)
      .whereRef('sessions.generation', '=', 'users.generation'),
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
