import { sql, type Kysely, type RawBuilder } from 'kysely';
import { jsonArrayFrom as postgresJson } from 'kysely/helpers/postgres';
import { jsonArrayFrom as sqliteJson } from 'kysely/helpers/sqlite';
import type { Dialect } from '../driver.ts';
import type { Schema } from '../schema.ts';
import { statement } from '../statement.ts';

/** Single-use secrets left. */
export const remaining: RawBuilder<number | null> = sql`case when a.usage = 'recovery' then (
  select count(*) from lookup_secrets as l where l.authenticator_id = a.id and l.used_at is null) end`;

/** All of a user, for every statement that reads one. */
export const userColumns = [
  'users.id',
  'users.realm',
  'users.identifier',
  'users.canonical',
  'users.generation',
  'users.roles',
  'users.created_at',
  'users.disabled_at',
  'users.email',
  'users.email_canonical',
  'users.email_verified_at',
  'users.language',
  'users.groups',
  'users.claims',
  'users.joined',
  // What is demanded of the realm's people, set apart by commas: whoever looks at one of them wants to know.
  sql<
    string | null
  >`(select string_agg(r.data, ',') from enforcement_rules as r where r.realm = users.realm)`.as('rules'),
] as const;

/**
 * A user with all authenticators as JSON, in one row and without a join: SQLite plans a join with parameters
 * anew each time it is bound, which costs ten times what reading does. It is the same statement for every
 * account, with and without recovery, so that its time tells nothing (I-17).
 */
export const accounts = (db: Kysely<Schema>, dialect: Dialect) =>
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
          'a.data',
          'a.counter',
          'a.failures',
          'a.failed_at',
          'a.failed_before',
          'a.created_at',
          'a.last_used_at',
          'a.handle',
          'a.about',
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

/** Who has the one authenticator in the world with this handle (I-08), and which of theirs it is. */
export const accountByHandle = statement(
  'account by handle',
  (db, slot: { realm: string; provider: string; handle: string }, dialect) => {
    const owned = db
      .selectFrom('authenticators as h')
      .where('h.provider', '=', slot.provider)
      .where('h.handle', '=', slot.handle);
    return accounts(db, dialect)
      .select(owned.select('h.id').as('found'))
      .where('id', '=', owned.select('h.user_id'))
      .where('realm', '=', slot.realm);
  },
);

/** The account whose confirmed address this is. */
export const accountByEmail = statement(
  'account by address',
  (db, slot: { realm: string; email: string }, dialect) =>
    accounts(db, dialect)
      .where('realm', '=', slot.realm)
      .where('email_canonical', '=', slot.email)
      .where('email_verified_at', 'is not', null),
);

export const insertUser = statement(
  'insert user',
  (
    db,
    slot: {
      id: string;
      realm: string;
      identifier: string;
      canonical: string;
      roles: string;
      now: number;
      email: string | null;
      emailCanonical: string | null;
      emailVerifiedAt: number | null;
      language: string | null;
      groups: string;
      claims: string;
      disabledAt: number | null;
    },
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
        disabled_at: slot.disabledAt,
        email: slot.email,
        email_canonical: slot.emailCanonical,
        email_verified_at: slot.emailVerifiedAt,
        language: slot.language,
        groups: slot.groups,
        claims: slot.claims,
        joined: sql`'[]'`,
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

/** The account whose confirmed address this is. */
export const userByEmail = statement('user by address', (db, slot: { realm: string; email: string }) =>
  db
    .selectFrom('users')
    .select('id')
    .where('realm', '=', slot.realm)
    .where('email_canonical', '=', slot.email)
    .where('email_verified_at', 'is not', null),
);

export const setEmail = statement(
  'set address',
  (db, slot: { id: string; email: string; emailCanonical: string; verified: number | null }) =>
    db
      .updateTable('users')
      .set({
        email: slot.email,
        email_canonical: slot.emailCanonical,
        email_verified_at: slot.verified,
      })
      .where('id', '=', slot.id),
);

/** Who signs in with an address goes on doing so with the new one. */
export const setIdentifier = statement(
  'set identifier',
  (db, slot: { id: string; identifier: string; canonical: string }) =>
    db
      .updateTable('users')
      .set({ identifier: slot.identifier, canonical: slot.canonical })
      .where('id', '=', slot.id),
);

export const setRoles = statement('set roles', (db, slot: { id: string; roles: string }) =>
  db.updateTable('users').set({ roles: slot.roles }).where('id', '=', slot.id),
);

/** What somebody has before a change of it. Whoever reads it has locked the account. */
export const labelsOf = statement('labels of a user', (db, slot: { id: string }) =>
  db.selectFrom('users').select(['roles', 'groups', 'created_at', 'joined']).where('id', '=', slot.id),
);

export const setJoined = statement('set joined', (db, slot: { id: string; joined: string }) =>
  db.updateTable('users').set({ joined: slot.joined }).where('id', '=', slot.id),
);

export const setLanguage = statement('set language', (db, slot: { id: string; language: string }) =>
  db.updateTable('users').set({ language: slot.language }).where('id', '=', slot.id),
);

export const deleteUser = statement('delete user', (db, slot: { id: string }) =>
  db.deleteFrom('users').where('id', '=', slot.id),
);
