import { sql } from 'kysely';
import { statement } from '../statement.ts';
import type { Schema } from '../schema.ts';

export const insertCeremony = statement('insert ceremony', (db, slot: Schema['ceremonies']) =>
  db.insertInto('ceremonies').values({
    id: slot.id,
    realm: slot.realm,
    purpose: slot.purpose,
    user_id: slot.user_id,
    generation: slot.generation,
    requirement: slot.requirement,
    policy: slot.policy,
    events: slot.events,
    session_id: slot.session_id,
    return_to: slot.return_to,
    limit_key: slot.limit_key,
    application: slot.application,
    operation_id: slot.operation_id,
    attempts: 0,
    created_at: slot.created_at,
    expires_at: slot.expires_at,
    consumed_at: null,
  }),
);

/** The ceremony's user, read along with it. */
const userColumns = [
  sql<string>`(select u.identifier from users as u where u.id = ceremonies.user_id)`.as('identifier'),
  sql<string>`(select u.canonical from users as u where u.id = ceremonies.user_id)`.as('canonical'),
] as const;

export const findCeremony = statement('find ceremony', (db, slot: { realm: string; id: string }) =>
  db
    .selectFrom('ceremonies')
    .selectAll()
    .select(userColumns)
    .where('id', '=', slot.id)
    .where('realm', '=', slot.realm),
);

/** Takes one of the ceremony's tries, while it lives and its user is unchanged (I-06, I-13). */
export const reserveCeremony = statement(
  'reserve ceremony',
  (db, slot: { realm: string; id: string; tries: number; now: number }) =>
    db
      .updateTable('ceremonies')
      .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
      .where('id', '=', slot.id)
      .where('realm', '=', slot.realm)
      .where('consumed_at', 'is', null)
      .where('expires_at', '>', slot.now)
      .where('attempts', '<', slot.tries)
      .where('generation', '=', (eb) =>
        eb
          .selectFrom('users')
          .select('users.generation')
          .whereRef('users.id', '=', 'ceremonies.user_id')
          .where('users.disabled_at', 'is', null),
      )
      .returningAll()
      .returning(userColumns),
);

export const consumeCeremony = statement('consume ceremony', (db, slot: { id: string; now: number }) =>
  db
    .updateTable('ceremonies')
    .set({ consumed_at: slot.now })
    .where('id', '=', slot.id)
    .where('consumed_at', 'is', null),
);

/** Adds an event, unless another answer was added in the meantime. */
export const advanceCeremony = statement(
  'advance ceremony',
  (db, slot: { id: string; before: string; events: string }) =>
    db
      .updateTable('ceremonies')
      .set({ events: slot.events })
      .where('id', '=', slot.id)
      .where('consumed_at', 'is', null)
      .where('events', '=', slot.before),
);

export const abandonCeremony = statement(
  'abandon ceremony',
  (db, slot: { realm: string; id: string; now: number }) =>
    db
      .updateTable('ceremonies')
      .set({ consumed_at: slot.now })
      .where('id', '=', slot.id)
      .where('realm', '=', slot.realm)
      .where('consumed_at', 'is', null),
);

export const insertEnrolment = statement('insert enrolment', (db, slot: Schema['enrolments']) =>
  db.insertInto('enrolments').values({
    id: slot.id,
    realm: slot.realm,
    user_id: slot.user_id,
    generation: slot.generation,
    session_id: slot.session_id,
    provider: slot.provider,
    data: slot.data,
    return_to: slot.return_to,
    attempts: 0,
    created_at: slot.created_at,
    expires_at: slot.expires_at,
    consumed_at: null,
  }),
);

export const findEnrolment = statement(
  'find enrolment',
  (db, slot: { realm: string; id: string; user: string; now: number }) =>
    db
      .selectFrom('enrolments')
      .selectAll()
      .where('id', '=', slot.id)
      .where('realm', '=', slot.realm)
      .where('user_id', '=', slot.user)
      .where('consumed_at', 'is', null)
      .where('expires_at', '>', slot.now),
);

export const reserveEnrolment = statement(
  'reserve enrolment',
  (db, slot: { realm: string; id: string; user: string; tries: number; now: number }) =>
    db
      .updateTable('enrolments')
      .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
      .where('id', '=', slot.id)
      .where('realm', '=', slot.realm)
      .where('user_id', '=', slot.user)
      .where('consumed_at', 'is', null)
      .where('expires_at', '>', slot.now)
      .where('attempts', '<', slot.tries)
      .returningAll(),
);

export const consumeEnrolment = statement('consume enrolment', (db, slot: { id: string; now: number }) =>
  db
    .updateTable('enrolments')
    .set({ consumed_at: slot.now })
    .where('id', '=', slot.id)
    .where('consumed_at', 'is', null),
);

/** A ceremony gives a try back for which there was no answer yet. */
export const releaseCeremony = statement('release ceremony', (db, slot: { id: string }) =>
  db
    .updateTable('ceremonies')
    .set((eb) => ({ attempts: eb('attempts', '-', 1) }))
    .where('id', '=', slot.id)
    .where('attempts', '>', 0),
);
