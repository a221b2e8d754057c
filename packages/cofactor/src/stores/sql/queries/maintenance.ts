import { sql, type RawBuilder } from 'kysely';
import type {
  LookupRow,
  OldAuthenticator,
  Perishable,
  SealedRow,
  SealedTable,
} from '../../../core/maintenance-store.ts';
import type { Dialect } from '../driver.ts';
import { statement, type Statement } from '../statement.ts';

/**
 * A statement that is written out: these are the same few for many tables, and walk each of them in the order of its key, so
 * that no step reads more than it returns.
 */
function written<Values extends object, Row>(
  name: string,
  build: (slot: Values, dialect: Dialect) => RawBuilder<Row>,
): Statement<Values, Row> {
  return statement(name, (db, slot: Values, dialect) => ({
    compile: () => build(slot, dialect).compile(db),
  }));
}

/** Where the envelope stands, what the rest of its place is called, and whether ids are those of a realm. */
export const sealedColumns: Readonly<
  Record<
    SealedTable,
    { readonly column: string; readonly user?: string; readonly of?: string; readonly inRealm?: true }
  >
> = {
  authenticators: { column: 'data', user: 'user_id', of: 'provider' },
  enrolments: { column: 'data', user: 'user_id' },
  challenges: { column: 'data' },
  email_tokens: { column: 'data' },
  permit_tokens: { column: 'data', user: 'user_id' },
  operations: { column: 'data' },
  oidc_artifacts: { column: 'payload' },
  oidc_keys: { column: 'sealed', of: 'alg' },
  oidc_clients: { column: 'secret', inRealm: true },
  webhooks: { column: 'secret', inRealm: true },
  external_issuers: { column: 'secret', inRealm: true },
};

type Page = { readonly realm: string; readonly beyond: string; readonly limit: number };
type Change = {
  readonly realm: string;
  readonly id: string;
  readonly earlier: string;
  readonly later: string;
};

const tables = Object.keys(sealedColumns) as SealedTable[];

function each<T>(make: (table: SealedTable) => T): Readonly<Record<SealedTable, T>> {
  return Object.fromEntries(tables.map((table) => [table, make(table)])) as Record<SealedTable, T>;
}

export const sealedPages: Readonly<Record<SealedTable, Statement<Page, SealedRow>>> = each((table) => {
  const { column, user, of, inRealm } = sealedColumns[table];
  return written<Page, SealedRow>(`sealed in ${table}`, (slot) => {
    const realm =
      table === 'authenticators'
        ? sql`(select u.realm from users as u where u.id = authenticators.user_id)`
        : sql.ref('realm');
    return sql<SealedRow>`
      select id, ${realm} as realm, ${user === undefined ? sql.lit('') : sql.ref(user)} as "user",
        ${of === undefined ? sql.lit('') : sql.ref(of)} as "of", ${sql.ref(column)} as value
      from ${sql.table(table)}
      where ${inRealm ? sql`realm = ${slot.realm} and id > ${slot.beyond}` : sql`id > ${slot.beyond}`}
      order by id limit ${slot.limit}`;
  });
});

export const reseals: Readonly<Record<SealedTable, Statement<Change, unknown>>> = each((table) => {
  const column = sql.ref(sealedColumns[table].column);
  const inRealm = sealedColumns[table].inRealm;
  return written<Change, unknown>(
    `reseal in ${table}`,
    (slot) => sql`
      update ${sql.table(table)} set ${column} = ${slot.later}
      where ${inRealm ? sql`realm = ${slot.realm} and id = ${slot.id}` : sql`id = ${slot.id}`}
        and ${column} = ${slot.earlier}`,
  );
});

export const resealAnchor: Statement<
  { realm: string; seq: number; earlier: string; later: string },
  unknown
> = written(
  'reseal an anchor',
  (slot) => sql`
    update audit_anchors set seal = ${slot.later}
    where realm = ${slot.realm} and seq = ${slot.seq} and seal = ${slot.earlier}`,
);

export const sealedCounts: Readonly<Record<SealedTable, Statement<object, { n: number }>>> = each((table) =>
  written<object, { n: number }>(
    `upkeep: count ${table}`,
    () => sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`,
  ),
);

export const lookupPage: Statement<{ beyond: string; beyondHash: string; limit: number }, LookupRow> =
  written(
    'unused lookup secrets',
    (slot) => sql<LookupRow>`
      select
        (select u.realm from users as u where u.id =
          (select a.user_id from authenticators as a where a.id = lookup_secrets.authenticator_id)) as realm,
        (select a.user_id from authenticators as a where a.id = lookup_secrets.authenticator_id) as "user",
        authenticator_id as authenticator, hash
      from lookup_secrets
      where (authenticator_id, hash) > (${slot.beyond}, ${slot.beyondHash}) and used_at is null
      order by authenticator_id, hash limit ${slot.limit}`,
  );

/** The last of some ids, to go on from. */
export const nextUsers: Statement<{ beyond: string; limit: number }, { id: string; realm: string }> = written(
  'users after an id',
  (slot) => sql<{ id: string; realm: string }>`
    select id, realm from users where id > ${slot.beyond} order by id limit ${slot.limit}`,
);

export const outdateUsers: Statement<{ realm: string; beyond: string; last: string }, unknown> = written(
  'outdate users',
  (slot) => sql`
    update users set generation = generation + 1
    where id > ${slot.beyond} and id <= ${slot.last} and realm = ${slot.realm}`,
);

export const endAllSessions: Statement<{ realm: string; now: number; limit: number }, unknown> = written(
  'upkeep: end sessions',
  (slot) => sql`
    update sessions set ended_at = ${slot.now} where id in (
      select id from sessions where realm = ${slot.realm} and ended_at is null limit ${slot.limit})`,
);

const perishables = [
  'ceremonies',
  'enrolments',
  'challenges',
  'devices',
  'reset_tokens',
  'email_tokens',
  'invite_tokens',
  'permit_tokens',
  'setup_tokens',
  'operations',
  'oidc_artifacts',
] as const satisfies Perishable[];

export const clears: Readonly<Record<Perishable, Statement<{ realm: string; limit: number }, unknown>>> =
  Object.fromEntries(
    perishables.map((table) => [
      table,
      written<{ realm: string; limit: number }, unknown>(`upkeep: all of ${table}`, (slot) => {
        // What was used and must not be used again is no promise to anybody: it stays.
        const but = table === 'oidc_artifacts' ? sql`and kind <> ${sql.lit('ReplayDetection')}` : sql``;
        return sql`
          delete from ${sql.table(table)} where id in (
            select id from ${sql.table(table)} where realm = ${slot.realm} ${but} limit ${slot.limit})`;
      }),
    ]),
  ) as Record<Perishable, Statement<{ realm: string; limit: number }, unknown>>;

export const oldAuthenticators: Statement<{ beyond: string; limit: number }, OldAuthenticator> = written(
  'authenticators after an id',
  (slot) => sql<OldAuthenticator>`
    select id, (select u.realm from users as u where u.id = authenticators.user_id) as realm,
      user_id as "user", provider, usage, counter, failures,
      (select count(*) from lookup_secrets as l
        where l.authenticator_id = authenticators.id and l.used_at is null) as unused
    from authenticators where id > ${slot.beyond} order by id limit ${slot.limit}`,
);

export const raiseCounter: Statement<{ id: string; counter: number }, unknown> = written(
  'raise counter',
  (slot) => sql`
    update authenticators set counter = ${slot.counter}
    where id = ${slot.id} and counter < ${slot.counter}`,
);
export const setFailures: Statement<{ id: string; tries: number }, unknown> = written(
  'set failures',
  (slot) => sql`update authenticators set failures = ${slot.tries} where id = ${slot.id}`,
);
export const spendAll: Statement<{ id: string; now: number }, unknown> = written(
  'spend all lookup secrets',
  (slot) => sql`
    update lookup_secrets set used_at = ${slot.now}
    where authenticator_id = ${slot.id} and used_at is null`,
);
