import { sql, type InsertQueryBuilder, type InsertResult, type Kysely } from 'kysely';
import { statement } from '../statement.ts';
import type { Schema } from '../schema.ts';

// Artifacts

export const putArtifact = statement('put artifact', (db, slot: Schema['oidc_artifacts']) =>
  db
    .insertInto('oidc_artifacts')
    .values({
      id: slot.id,
      realm: slot.realm,
      kind: slot.kind,
      payload: slot.payload,
      client_id: slot.client_id,
      grant_id: slot.grant_id,
      user_id: slot.user_id,
      generation: slot.generation,
      login: slot.login,
      user_code: slot.user_code,
      created_at: slot.created_at,
      expires_at: slot.expires_at,
      consumed_at: null,
    })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({
        payload: slot.payload,
        user_id: slot.user_id,
        generation: slot.generation,
        login: slot.login,
        expires_at: slot.expires_at,
      }),
    ),
);

/** What it takes for an artifact to be alive, read along with it: by subqueries, for the reason that stands in users.ts. */
const alive = (slot: { readonly now: number; readonly quiet: number }) => [
  sql<number | null>`(select u.generation from users as u
    where u.id = oidc_artifacts.user_id and u.disabled_at is null)`.as('user_generation'),
  sql<string | null>`coalesce(
    (select s.id from sessions as s where s.id = oidc_artifacts.login and s.ended_at is null
      and s.expires_at > ${slot.now} and s.last_seen_at > ${slot.quiet}),
    (select s.id from sessions as s where s.login = oidc_artifacts.login and s.ended_at is null
      and s.expires_at > ${slot.now} and s.last_seen_at > ${slot.quiet} limit 1))`.as('session_id'),
  // Whatever belongs to a grant is worth nothing without it, so it is always wanted along.
  sql<string | null>`(select g.payload from oidc_artifacts as g where g.id = oidc_artifacts.grant_id
    and g.kind = 'Grant' and g.generation = oidc_artifacts.generation and g.expires_at > ${slot.now})`.as(
    'grant_payload',
  ),
];

export const findArtifact = statement(
  'find artifact',
  (db, slot: { realm: string; id: string; now: number; quiet: number }) =>
    db
      .selectFrom('oidc_artifacts')
      .selectAll()
      .select(alive(slot))
      .where('id', '=', slot.id)
      .where('realm', '=', slot.realm)
      .where('expires_at', '>', slot.now),
);

export const findArtifactByUserCode = statement(
  'find artifact by user code',
  (db, slot: { realm: string; code: string; now: number; quiet: number }) =>
    db
      .selectFrom('oidc_artifacts')
      .selectAll()
      .select(alive(slot))
      .where('user_code', '=', slot.code)
      .where('realm', '=', slot.realm)
      .where('expires_at', '>', slot.now),
);

export const addArtifact = statement('add artifact', (db, slot: Schema['oidc_artifacts']) =>
  db
    .insertInto('oidc_artifacts')
    .values({
      id: slot.id,
      realm: slot.realm,
      kind: slot.kind,
      payload: slot.payload,
      client_id: slot.client_id,
      grant_id: slot.grant_id,
      user_id: slot.user_id,
      generation: slot.generation,
      login: slot.login,
      user_code: slot.user_code,
      created_at: slot.created_at,
      expires_at: slot.expires_at,
      consumed_at: null,
    })
    .onConflict((conflict) => conflict.doNothing()),
);

export const consumeArtifact = statement(
  'consume artifact',
  (db, slot: { realm: string; id: string; now: number }) =>
    db
      .updateTable('oidc_artifacts')
      .set({ consumed_at: slot.now })
      .where('id', '=', slot.id)
      .where('realm', '=', slot.realm)
      .where('consumed_at', 'is', null),
);

export const dropArtifact = statement('drop artifact', (db, slot: { realm: string; id: string }) =>
  db.deleteFrom('oidc_artifacts').where('id', '=', slot.id).where('realm', '=', slot.realm),
);

export const dropGrantsOfUser = statement(
  'drop grants of a user',
  (db, slot: { realm: string; user: string }) =>
    db
      .deleteFrom('oidc_artifacts')
      .where(sql<boolean>`kind = 'Grant'`)
      .where('user_id', '=', slot.user)
      .where('realm', '=', slot.realm),
);

/** What it has for itself goes along; all the rest is worth nothing without a grant. */
export const dropGrantsOfClient = statement(
  'drop grants of a client',
  (db, slot: { realm: string; client: string }) =>
    db
      .deleteFrom('oidc_artifacts')
      .where(sql<boolean>`kind in ('Grant', 'ClientCredentials')`)
      .where('client_id', '=', slot.client)
      .where('realm', '=', slot.realm),
);

export const dropGrantsOfBoth = statement(
  'drop grants of a user to a client',
  (db, slot: { realm: string; user: string; client: string }) =>
    db
      .deleteFrom('oidc_artifacts')
      .where(sql<boolean>`kind = 'Grant'`)
      .where('user_id', '=', slot.user)
      .where('client_id', '=', slot.client)
      .where('realm', '=', slot.realm),
);

// Sessions

export const putOidcSession = statement(
  'put openid session',
  (db, slot: Omit<Schema['oidc_sessions'], 'tries' | 'next_try'>) =>
    db
      .insertInto('oidc_sessions')
      .values({
        id: slot.id,
        client_id: slot.client_id,
        realm: slot.realm,
        user_id: slot.user_id,
        login: slot.login,
        data: slot.data,
        grant_id: slot.grant_id,
        expires_at: slot.expires_at,
        tries: 0,
        next_try: 0,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['id', 'client_id'])
          .doUpdateSet({ data: slot.data, grant_id: slot.grant_id, expires_at: slot.expires_at }),
      ),
);

export const findOidcSession = statement(
  'find openid session',
  (db, slot: { realm: string; id: string; now: number }) =>
    db
      .selectFrom('oidc_sessions')
      .selectAll()
      .select(
        sql<string | null>`(select g.payload from oidc_artifacts as g where g.id = oidc_sessions.grant_id
          and g.kind = 'Grant' and g.expires_at > ${slot.now} and g.generation = (
            select u.generation from users as u where u.id = g.user_id))`.as('grant_payload'),
      )
      .where('id', '=', slot.id)
      .where('realm', '=', slot.realm)
      .where('expires_at', '>', slot.now),
);

export const dropOidcSession = statement('drop openid session', (db, slot: { realm: string; id: string }) =>
  db.deleteFrom('oidc_sessions').where('id', '=', slot.id).where('realm', '=', slot.realm),
);

/** The sign-in of a session, ended or not. */
export const loginOfSession = statement('login of a session', (db, slot: { realm: string; id: string }) =>
  db.selectFrom('sessions').select('login').where('id', '=', slot.id).where('realm', '=', slot.realm),
);

/** No session of the sign-in goes on. */
const isOver = (slot: { readonly now: number }) =>
  sql<boolean>`not exists (select 1 from sessions as s where s.id = oidc_sessions.login and s.ended_at is null
      and s.expires_at > ${slot.now})
    and not exists (select 1 from sessions as s where s.login = oidc_sessions.login and s.ended_at is null
      and s.expires_at > ${slot.now})`;

/** Of several nodes one gets it, for a while: who was told is forgotten, and who could not be is taken again. */
export const takeEndedSession = statement(
  'take ended openid session',
  (db, slot: { realm: string; login: string; now: number; again: number }) =>
    db
      .updateTable('oidc_sessions')
      .set((eb) => ({ tries: eb('tries', '+', 1), next_try: slot.again }))
      .where('id', '=', slot.login)
      .where('realm', '=', slot.realm)
      .where('login', 'is not', null)
      .where('next_try', '<=', slot.now)
      .where(isOver(slot))
      .returningAll(),
);

/** Rows looked at in one go. */
export const sweepAtOnce = 200;

export const oidcSessionsAfter = statement(
  'openid sessions after one',
  (db, slot: { realm: string; after: string }) =>
    db
      .selectFrom('oidc_sessions')
      .select('id')
      .distinct()
      .where('id', '>', slot.after)
      .where('realm', '=', slot.realm)
      .orderBy('id')
      .limit(sql.lit(sweepAtOnce)),
);

/** The same for all between two ids, which are few. */
export const takeEndedSessions = statement(
  'take ended openid sessions',
  (db, slot: { realm: string; after: string; last: string; now: number; again: number }) =>
    db
      .updateTable('oidc_sessions')
      .set((eb) => ({ tries: eb('tries', '+', 1), next_try: slot.again }))
      .where('id', '>', slot.after)
      .where('id', '<=', slot.last)
      .where('realm', '=', slot.realm)
      .where('login', 'is not', null)
      .where('next_try', '<=', slot.now)
      .where(isOver(slot))
      .returningAll(),
);

export const dropOidcSessionPart = statement(
  'drop openid session of a client',
  (db, slot: { realm: string; id: string; client: string }) =>
    db
      .deleteFrom('oidc_sessions')
      .where('id', '=', slot.id)
      .where('client_id', '=', slot.client)
      .where('realm', '=', slot.realm),
);

// Keys

export const keysOf = statement('signing keys', (db, slot: { realm: string }) =>
  db.selectFrom('oidc_keys').selectAll().where('realm', '=', slot.realm),
);

export const insertKey = statement('insert signing key', (db, slot: Schema['oidc_keys']) =>
  db
    .insertInto('oidc_keys')
    .values({
      id: slot.id,
      realm: slot.realm,
      alg: slot.alg,
      seq: slot.seq,
      sealed: slot.sealed,
      created_at: slot.created_at,
      active_at: slot.active_at,
    })
    .onConflict((conflict) => conflict.doNothing()),
);

/** Only what is still as it was read: another node may have been faster. */
export const resealKey = statement(
  'reseal signing key',
  (db, slot: { realm: string; id: string; before: string; after: string }) =>
    db
      .updateTable('oidc_keys')
      .set({ sealed: slot.after })
      .where('id', '=', slot.id)
      .where('realm', '=', slot.realm)
      .where('sealed', '=', slot.before),
);

export const deleteKey = statement('delete signing key', (db, slot: { realm: string; id: string }) =>
  db.deleteFrom('oidc_keys').where('id', '=', slot.id).where('realm', '=', slot.realm),
);

// Clients

const newClient = (
  db: Kysely<Schema>,
  slot: Schema['oidc_clients'],
): InsertQueryBuilder<Schema, 'oidc_clients', InsertResult> =>
  db.insertInto('oidc_clients').values({
    id: slot.id,
    realm: slot.realm,
    data: slot.data,
    secret: slot.secret,
    created_at: slot.created_at,
    updated_at: slot.updated_at,
  });

export const putClient = statement('put client', (db, slot: Schema['oidc_clients']) =>
  newClient(db, slot).onConflict((conflict) =>
    conflict
      .columns(['realm', 'id'])
      .doUpdateSet({ data: slot.data, secret: slot.secret, updated_at: slot.updated_at }),
  ),
);

export const addClient = statement('add client', (db, slot: Schema['oidc_clients']) =>
  newClient(db, slot).onConflict((conflict) => conflict.columns(['realm', 'id']).doNothing()),
);

/** Only where it is as it was read: another one may have been given a secret meanwhile. */
export const replaceClient = statement(
  'replace client',
  (db, slot: Omit<Schema['oidc_clients'], 'created_at'> & { dataBefore: string; secretBefore: string }) =>
    db
      .updateTable('oidc_clients')
      .set({ data: slot.data, secret: slot.secret, updated_at: slot.updated_at })
      .where('realm', '=', slot.realm)
      .where('id', '=', slot.id)
      .where('data', '=', slot.dataBefore)
      .where(sql<boolean>`coalesce(secret, '') = ${slot.secretBefore}`),
);

export const resealClient = statement(
  'reseal secret of a client',
  (db, slot: { realm: string; id: string; before: string; after: string }) =>
    db
      .updateTable('oidc_clients')
      .set({ secret: slot.after })
      .where('id', '=', slot.id)
      .where('realm', '=', slot.realm)
      .where('secret', '=', slot.before),
);

export const findClient = statement('find client', (db, slot: { realm: string; id: string }) =>
  db.selectFrom('oidc_clients').selectAll().where('realm', '=', slot.realm).where('id', '=', slot.id),
);

export const clientsOf = statement('clients', (db, slot: { realm: string }) =>
  db.selectFrom('oidc_clients').selectAll().where('realm', '=', slot.realm).orderBy('id'),
);

export const deleteClient = statement('delete client', (db, slot: { realm: string; id: string }) =>
  db.deleteFrom('oidc_clients').where('realm', '=', slot.realm).where('id', '=', slot.id),
);

// Consents

export const putConsent = statement('put consent', (db, slot: Schema['oidc_consents']) =>
  db
    .insertInto('oidc_consents')
    .values({
      realm: slot.realm,
      user_id: slot.user_id,
      client_id: slot.client_id,
      data: slot.data,
      created_at: slot.created_at,
      updated_at: slot.updated_at,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['user_id', 'client_id'])
        .doUpdateSet({ data: slot.data, updated_at: slot.updated_at }),
    ),
);

export const findConsent = statement(
  'find consent',
  (db, slot: { realm: string; user: string; client: string }) =>
    db
      .selectFrom('oidc_consents')
      .selectAll()
      .where('user_id', '=', slot.user)
      .where('client_id', '=', slot.client)
      .where('realm', '=', slot.realm),
);

export const consentsOf = statement('consents of a user', (db, slot: { realm: string; user: string }) =>
  db
    .selectFrom('oidc_consents')
    .selectAll()
    .where('user_id', '=', slot.user)
    .where('realm', '=', slot.realm)
    .orderBy('client_id'),
);

export const deleteConsentsTo = statement(
  'delete consents to a client',
  (db, slot: { realm: string; client: string }) =>
    db.deleteFrom('oidc_consents').where('client_id', '=', slot.client).where('realm', '=', slot.realm),
);

export const deleteConsent = statement(
  'delete consent',
  (db, slot: { realm: string; user: string; client: string }) =>
    db
      .deleteFrom('oidc_consents')
      .where('user_id', '=', slot.user)
      .where('client_id', '=', slot.client)
      .where('realm', '=', slot.realm),
);
