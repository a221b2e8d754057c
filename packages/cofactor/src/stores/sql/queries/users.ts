import { sql, type Kysely, type RawBuilder } from 'kysely';
import { jsonArrayFrom as postgresJson } from 'kysely/helpers/postgres';
import { jsonArrayFrom as sqliteJson } from 'kysely/helpers/sqlite';
import type { Dialect } from '../driver.ts';
import type { Schema } from '../schema.ts';
import { statement } from '../statement.ts';

/** Single-use secrets left. */
const remaining: RawBuilder<number | null> = sql`case when a.usage = 'recovery' then (
  select count(*) from lookup_secrets as l where l.authenticator_id = a.id and l.used_at is null) end`;

/**
 * A user with all authenticators as JSON, in one row and without a join: SQLite plans a join with parameters
 * anew each time it is bound, which costs ten times what reading does. It is the same statement for every
 * account, with and without recovery, so that its time tells nothing (I-17).
 */
const accounts = (db: Kysely<Schema>, dialect: Dialect) =>
  db
    .selectFrom('users')
    .select(['id', 'realm', 'identifier', 'canonical', 'generation', 'roles', 'created_at', 'disabled_at'])
    .select((eb) => {
      const authenticators = eb
        .selectFrom('authenticators as a')
        .select([
          'a.id',
          'a.user_id',
          'a.provider',
          'a.usage',
          'a.name',
          'a.data',
          'a.counter',
          'a.failures',
          'a.failed_at',
          'a.created_at',
          'a.last_used_at',
          remaining.as('remaining'),
        ])
        .whereRef('a.user_id', '=', 'users.id');
      return (dialect === 'sqlite' ? sqliteJson(authenticators) : postgresJson(authenticators)).as(
        'authenticators',
      );
    });

export const accountByCanonical = statement(
  'account by name',
  (db, slot: { realm: string; canonical: string }, dialect) =>
    accounts(db, dialect).where('realm', '=', slot.realm).where('canonical', '=', slot.canonical),
);

export const accountById = statement('account by id', (db, slot: { realm: string; id: string }, dialect) =>
  accounts(db, dialect).where('id', '=', slot.id).where('realm', '=', slot.realm),
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
