import type { Call, Dialect, Driver, Work } from './driver.ts';
import { labels } from './labels.ts';

/**
 * Migrations in order. One that was released is never edited: the next one changes what it made, by
 * expand-then-contract, so that old and new nodes can run side by side.
 */
const migrations: readonly { readonly name: string; readonly up: (dialect: Dialect) => readonly string[] }[] =
  [
    {
      name: '0001 users, authenticators, ceremonies, sessions, audit',
      up: (dialect) => [
        `create table users (
        id text primary key, realm text not null, identifier text not null, canonical text not null,
        generation bigint not null, roles text not null, created_at bigint not null, disabled_at bigint)${clustered(dialect)}`,
        'create unique index users_canonical on users (realm, canonical)',
        `create table authenticators (
        id text primary key, user_id text not null references users (id) on delete cascade,
        provider text not null, usage text not null, name text not null, data text not null,
        counter bigint not null, failures bigint not null, failed_at bigint not null,
        created_at bigint not null, last_used_at bigint)${clustered(dialect)}`,
        'create index authenticators_user on authenticators (user_id)',
        `create table lookup_secrets (
        authenticator_id text not null references authenticators (id) on delete cascade,
        hash text not null, used_at bigint, primary key (authenticator_id, hash))${clustered(dialect)}`,
        `create table ceremonies (
        id text primary key, realm text not null, purpose text not null,
        user_id text not null, generation bigint not null,
        requirement text not null, policy text, events text not null, session_id text,
        return_to text not null, limit_key text, attempts bigint not null,
        created_at bigint not null, expires_at bigint not null, consumed_at bigint)${clustered(dialect)}`,
        'create index ceremonies_expiry on ceremonies (expires_at)',
        `create table sessions (
        id text primary key, realm text not null,
        user_id text not null references users (id) on delete cascade, generation bigint not null,
        events text not null, limit_key text, user_agent text not null, ip text not null,
        created_at bigint not null, last_seen_at bigint not null, expires_at bigint not null, ended_at bigint)${clustered(dialect)}`,
        'create index sessions_user on sessions (user_id)',
        'create index sessions_expiry on sessions (expires_at)',
        'create index sessions_limit on sessions (limit_key, created_at)',
        `create table enrolments (
        id text primary key, realm text not null,
        user_id text not null, generation bigint not null,
        session_id text not null, provider text not null, data text not null, return_to text not null,
        attempts bigint not null, created_at bigint not null, expires_at bigint not null, consumed_at bigint)${clustered(dialect)}`,
        'create index enrolments_expiry on enrolments (expires_at)',
        `create table limits (
        bucket text primary key, subject text not null, tries bigint not null, tried_at bigint not null)${clustered(dialect)}`,
        'create index limits_subject on limits (subject)',
        'create index limits_quiet on limits (tried_at)',
        `create table audit (
        realm text not null, seq bigint not null, at bigint not null, type text not null,
        user_id text, data text not null, mac text not null, primary key (realm, seq))${clustered(dialect)}`,
        'create table audit_heads (realm text primary key, seq bigint not null, mac text not null)',
        ...auditTrigger[dialect],
      ],
    },
    {
      name: '0002 challenges, devices, addresses, tokens',
      up: (dialect) => [
        'alter table authenticators add column failed_before bigint not null default 0',
        'alter table authenticators add column handle text',
        "alter table authenticators add column about text not null default '{}'",
        'create unique index authenticators_handle on authenticators (provider, handle) where handle is not null',
        'alter table users add column email text',
        'alter table users add column email_canonical text',
        'alter table users add column email_verified_at bigint',
        'alter table users add column language text',
        `create unique index users_email on users (realm, email_canonical)
          where email_verified_at is not null and email_canonical is not null`,
        'create index audit_user on audit (realm, user_id, seq) where user_id is not null',
        `create table challenges (
        id text primary key, realm text not null, provider text not null, authenticator_id text not null,
        data text not null, created_at bigint not null, sent_at bigint not null, expires_at bigint not null,
        used_at bigint)${clustered(dialect)}`,
        'create index challenges_expiry on challenges (expires_at)',
        `create table devices (
        id text primary key, realm text not null,
        user_id text not null references users (id) on delete cascade, generation bigint not null,
        user_agent text not null, created_at bigint not null, last_used_at bigint not null,
        expires_at bigint not null)${clustered(dialect)}`,
        'create index devices_user on devices (user_id)',
        'create index devices_expiry on devices (expires_at)',
        ...['reset_tokens', 'email_tokens'].flatMap((table) => [
          `create table ${table} (
          id text primary key, realm text not null,
          user_id text not null references users (id) on delete cascade, generation bigint not null,
          data text not null, created_at bigint not null, expires_at bigint not null,
          used_at bigint)${clustered(dialect)}`,
          `create index ${table}_user on ${table} (user_id)`,
          `create index ${table}_expiry on ${table} (expires_at)`,
        ]),
        `create table sends (
        recipient text not null, slot bigint not null, sent_at bigint not null,
        primary key (recipient, slot))${clustered(dialect)}`,
        'create index sends_sent on sends (sent_at)',
      ],
    },
    {
      name: '0004 openid connect',
      up: (dialect) => [
        'alter table sessions add column login text',
        // Most sessions never get another level, so most are not in it.
        'create index sessions_login on sessions (login) where login is not null',
        'alter table ceremonies add column application text',
        `create table oidc_artifacts (
        id text not null primary key, realm text not null, kind text not null, payload text not null,
        client_id text, grant_id text, user_id text, generation bigint, login text, user_code text,
        created_at bigint not null, expires_at bigint not null, consumed_at bigint)`,
        'create index oidc_artifacts_expiry on oidc_artifacts (expires_at)',
        "create index oidc_grants_user on oidc_artifacts (user_id) where kind = 'Grant'",
        "create index oidc_grants_client on oidc_artifacts (client_id) where kind in ('Grant', 'ClientCredentials')",
        'create unique index oidc_artifacts_code on oidc_artifacts (user_code) where user_code is not null',
        `create table oidc_sessions (
        id text not null, client_id text not null, realm text not null, user_id text, login text,
        data text not null, grant_id text, expires_at bigint not null,
        tries bigint not null, next_try bigint not null, primary key (id, client_id))${clustered(dialect)}`,
        'create index oidc_sessions_expiry on oidc_sessions (expires_at)',
        `create table oidc_keys (
        id text primary key, realm text not null, alg text not null, seq bigint not null, sealed text not null,
        created_at bigint not null, active_at bigint not null)${clustered(dialect)}`,
        'create unique index oidc_keys_seq on oidc_keys (realm, alg, seq)',
        `create table oidc_clients (
        realm text not null, id text not null, data text not null, secret text,
        created_at bigint not null, updated_at bigint not null, primary key (realm, id))${clustered(dialect)}`,
        `create table oidc_consents (
        realm text not null, user_id text not null references users (id) on delete cascade,
        client_id text not null, data text not null, created_at bigint not null, updated_at bigint not null,
        primary key (user_id, client_id))${clustered(dialect)}`,
        'create index oidc_consents_client on oidc_consents (client_id)',
      ],
    },
    {
      name: '0005 administration',
      up: (dialect) => [
        "alter table users add column groups text not null default '[]'",
        "alter table users add column claims text not null default '[]'",
        "alter table users add column joined text not null default '[]'",
        ...['invite_tokens', 'permit_tokens'].flatMap((table) => [
          `create table ${table} (
          id text primary key, realm text not null,
          user_id text not null references users (id) on delete cascade, generation bigint not null,
          data text not null, created_at bigint not null, expires_at bigint not null,
          used_at bigint)${clustered(dialect)}`,
          `create index ${table}_user on ${table} (user_id)`,
          `create index ${table}_expiry on ${table} (expires_at)`,
        ]),
        ...labels(dialect),
        `create table setup_tokens (
        id text primary key, realm text not null, created_at bigint not null, expires_at bigint not null,
        used_at bigint)${clustered(dialect)}`,
        'create index setup_tokens_realm on setup_tokens (realm)',
        `create table enforcement_rules (
        realm text not null, id text not null, data text not null,
        created_at bigint not null, updated_at bigint not null, primary key (realm, id))${clustered(dialect)}`,
        `create table operations (
        id text primary key, realm text not null,
        user_id text not null references users (id) on delete cascade, generation bigint not null,
        session_id text not null, action text not null, digest text not null, data text not null,
        created_at bigint not null, expires_at bigint not null, proved_at bigint, used_at bigint)${clustered(dialect)}`,
        'create index operations_user on operations (user_id)',
        'create index operations_expiry on operations (expires_at)',
        `create table webhooks (
        realm text not null, id text not null, data text not null, secret text not null, position bigint not null,
        tries bigint not null, next_try bigint not null, leased_until bigint not null, state text not null,
        created_at bigint not null, updated_at bigint not null, primary key (realm, id))${clustered(dialect)}`,
        // Whoever asks for a rare type would have the whole table read. Sign-ins are not rare, and pay nothing for it.
        "create index audit_type on audit (realm, type, seq) where type <> 'signed-in'",
        'alter table ceremonies add column operation_id text',
        `create table audit_anchors (
        realm text not null, seq bigint not null, mac text not null, at bigint not null, data text not null,
        seal text not null, primary key (realm, seq))${clustered(dialect)}`,
        `create table import_rows (
        realm text not null, source text not null, row_key text not null, outcome text not null,
        detail text not null, at bigint not null, primary key (realm, source, row_key))${clustered(dialect)}`,
        `create table external_issuers (
        realm text not null, id text not null, data text not null, secret text not null,
        created_at bigint not null, updated_at bigint not null, primary key (realm, id))${clustered(dialect)}`,
      ],
    },
  ];

/** SQLite then keeps the rows in the primary key itself: one page less to write for each row, where a page has many. */
function clustered(dialect: Dialect): string {
  return dialect === 'sqlite' ? ' without rowid' : '';
}

/** The head of the chain moves with each row, so that a row that is cut off at the end is missed (I-09). */
const auditTrigger: Readonly<Record<Dialect, readonly string[]>> = {
  sqlite: [
    `create trigger audit_moves_head after insert on audit begin
       update audit_heads set seq = new.seq, mac = new.mac where realm = new.realm;
     end`,
  ],
  postgres: [
    `create function audit_moves_head() returns trigger language plpgsql as $$
     begin
       update audit_heads set seq = new.seq, mac = new.mac where realm = new.realm;
       return null;
     end $$`,
    'create trigger audit_moves_head after insert on audit for each row execute function audit_moves_head()',
  ],
};

/** An arbitrary number that only Cofactor's migrations lock on. */
const advisoryLock = 7_206_531_204;

/**
 * Brings the schema up to date in one transaction that only one node can be in; the others wait, and find it done. Gives the
 * names of what was done.
 */
export async function migrate(driver: Driver): Promise<readonly string[]> {
  const work = function* (): Work<readonly string[]> {
    const ran: string[] = [];
    // SQLite's transactions begin immediate, which is lock enough.
    if (driver.dialect === 'postgres') yield plain(`select pg_advisory_xact_lock(${advisoryLock})`);
    yield plain('create table if not exists cofactor_migrations (name text primary key)');
    const done = new Set(
      (yield plain('select name from cofactor_migrations')).rows.map((row) => row['name']),
    );
    for (const { name, up } of migrations) {
      if (done.has(name)) continue;
      for (const sql of up(driver.dialect)) yield plain(sql);
      yield plain(`insert into cofactor_migrations (name) values ('${name}')`);
      ran.push(name);
    }
    return ran;
  };
  return driver.transaction(work, { patient: true });
}

/** What was done and what waits, without changing anything. What a newer version did is among the first. */
export async function migrationState(
  driver: Driver,
): Promise<{ readonly done: readonly string[]; readonly waiting: readonly string[] }> {
  const table =
    driver.dialect === 'postgres'
      ? "select to_regclass('cofactor_migrations') is not null as there"
      : "select count(*) as there from sqlite_master where name = 'cofactor_migrations'";
  const done = await driver.run(function* (): Work<readonly string[]> {
    const there = (yield plain(table)).rows[0]?.['there'];
    if (there !== true && there !== 1) return [];
    return (yield plain('select name from cofactor_migrations order by name')).rows.map((row) =>
      String(row['name']),
    );
  });
  return { done, waiting: migrations.map(({ name }) => name).filter((name) => !done.includes(name)) };
}

function plain(sql: string): Call {
  return { sql, values: [] };
}
