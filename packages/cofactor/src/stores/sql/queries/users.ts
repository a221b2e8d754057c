import { sql } from 'kysely';
import { statement } from '../statement.ts';

const accountColumns = [
  'users.id as user_id',
  'users.realm',
  'users.identifier',
  'users.canonical',
  'users.generation',
  'users.roles',
  'users.created_at as user_created_at',
  'users.disabled_at',
  'a.id',
  'a.provider',
  'a.usage',
  'a.name',
  'a.data',
  'a.counter',
  'a.failures',
  'a.failed_at',
  'a.created_at',
  'a.last_used_at',
] as const;

/** Single-use secrets left; the same statement for every account, so that its time tells nothing (I-17). */
const remaining = sql<
  number | null
>`case when a.usage = 'recovery' then (select count(*) from lookup_secrets as l
  where l.authenticator_id = a.id and l.used_at is null) end`.as('remaining');

/** A user with all authenticators: a row for each, or one row with an empty one. */
export const accountByCanonical = statement(
  'account by name',
  (db, slot: { realm: string; canonical: string }) =>
    db
      .selectFrom('users')
      .leftJoin('authenticators as a', 'a.user_id', 'users.id')
      .select(accountColumns)
      .select(remaining)
      .where('users.realm', '=', slot.realm)
      .where('users.canonical', '=', slot.canonical),
);

export const accountById = statement('account by id', (db, slot: { realm: string; id: string }) =>
  db
    .selectFrom('users')
    .leftJoin('authenticators as a', 'a.user_id', 'users.id')
    .select(accountColumns)
    .select(remaining)
    .where('users.id', '=', slot.id)
    .where('users.realm', '=', slot.realm),
);

export const insertUser = statement(
  'insert user',
  (
    db,
    slot: { id: string; realm: string; identifier: string; canonical: string; roles: string; now: number },
  ) =>
    db
      .insertInto('users')
      .values({
        id: slot.id,
        realm: slot.realm,
        identifier: slot.identifier,
        canonical: slot.canonical,
        generation: 1,
        roles: slot.roles,
        created_at: slot.now,
        disabled_at: null,
      })
      .onConflict((conflict) => conflict.columns(['realm', 'canonical']).doNothing()),
);

/** Locks the user and makes everything older dead; changes nothing where somebody else was faster (I-06). */
export const nextGeneration = statement(
  'next generation',
  (db, slot: { realm: string; id: string; generation: number }) =>
    db
      .updateTable('users')
      .set((eb) => ({ generation: eb('generation', '+', 1) }))
      .where('id', '=', slot.id)
      .where('realm', '=', slot.realm)
      .where('generation', '=', slot.generation)
      .where('disabled_at', 'is', null),
);
