import {
  createCofactor,
  requireAcr,
  requireClaim,
  requireFresh,
  requireMfa,
  requireRole,
  type Cofactor,
  type CofactorOptions,
  type Store,
} from 'cofactor';
import { password } from 'cofactor/password';
import { postgres } from 'cofactor/postgres';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { sqlite } from 'cofactor/sqlite';
import { totp } from 'cofactor/totp';
import { describe } from 'vitest';
import type {
  ConfirmedView,
  EnrolmentView,
  SecurityView,
  StepView,
} from '../../packages/cofactor/src/http/contract.ts';
import { serve, type AdapterName } from './adapters.ts';
import type { Served } from './adapters/served.ts';
import { TestBrowser, type Answer } from './browser.ts';
import { TestClock } from './clock.ts';
import { plainHasher } from './hasher.ts';
import { describeWith } from './needs.ts';
import { oathtoolCode } from './oathtool.ts';
import { freshPostgres, type Template } from './postgres.ts';
import { freshSqlite } from './sqlite.ts';

/** A database for one test, and how to be rid of it. */
export interface TestDatabase {
  /** File or URL, for a server in a process of its own. */
  readonly address: string;
  /** For a second store on the same database: pass it to `open`. */
  open(): Store;
  /** A connection that is not Cofactor's, to look at and to tamper with rows. */
  query(sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  drop(): Promise<void>;
}

type Fresh = () => Promise<TestDatabase>;

/** Runs tests once on SQLite (a file) and once on a real PostgreSQL. `empty` is for tests of how tables are made. */
export function onEachDatabase(title: string, tests: (fresh: Fresh, empty: Fresh) => void): void {
  describe(`${title} on SQLite`, () => tests(freshSqliteDatabase, () => sqliteDatabase('nothing')));
  describeWith('PostgreSQL', `${title} on PostgreSQL`, () =>
    tests(freshPostgresDatabase, () => postgresDatabase('template0')),
  );
}

/**
 * Runs tests once through each adapter: through Fastify on both databases, through the others on SQLite, because what
 * lies behind an adapter is the same for all of them.
 */
export function onEachAdapter(
  title: string,
  tests: (fresh: Fresh, through: { readonly adapter: AdapterName }) => void,
): void {
  onEachDatabase(title, (fresh) => tests(fresh, { adapter: 'fastify' }));
  for (const adapter of ['express', 'fetch'] as const) {
    describe(`${title} through ${adapter} on SQLite`, () => tests(freshSqliteDatabase, { adapter }));
  }
}

/** The same on SQLite alone, for what has nothing to do with a database. */
export function throughEachAdapter(
  title: string,
  tests: (through: { readonly adapter: AdapterName }) => void,
): void {
  for (const adapter of ['fastify', 'express', 'fetch'] as const) {
    describe(`${title} through ${adapter}`, () => tests({ adapter }));
  }
}

/** With all tables, and no rows. */
export const freshSqliteDatabase: Fresh = () => sqliteDatabase('migrated');
/** With all tables, and no rows. */
export const freshPostgresDatabase: Fresh = () => postgresDatabase('migrated');

async function sqliteDatabase(template: Parameters<typeof freshSqlite>[0]): Promise<TestDatabase> {
  const { default: Database } = await import('better-sqlite3');
  const { file, drop } = await freshSqlite(template);
  return {
    address: file,
    open: () => sqlite(file),
    async query(sql, values = []) {
      const db = new Database(file);
      try {
        const statement = db.prepare(sql.replace(/\$\d+/g, '?'));
        if (statement.reader) return statement.all(...values) as Record<string, unknown>[];
        statement.run(...values);
        return [];
      } finally {
        db.close();
      }
    },
    drop,
  };
}

async function postgresDatabase(template: Template): Promise<TestDatabase> {
  const { default: pg } = await import('pg');
  const { url, drop } = await freshPostgres(template);
  return {
    address: url,
    open: () => postgres(url, { connections: 5 }),
    async query(sql, values = []) {
      const client = new pg.Client(url);
      await client.connect();
      try {
        return (await client.query(sql, [...values])).rows as Record<string, unknown>[];
      } finally {
        await client.end();
      }
    },
    drop,
  };
}

export interface TestApp extends Pick<Served, 'app' | 'close'> {
  readonly auth: Cofactor;
  readonly clock: TestClock;
  browser(): TestBrowser;
}

/** One that takes further routes, and can listen. */
export type RoutedApp = TestApp & Pick<Served, 'route' | 'listen'>;

export const origin = 'http://localhost:3000';

/**
 * What `createApp` puts into an application. Passwords are not hashed (see `plainHasher`) unless `factors` says otherwise;
 * time stands still until the test moves it.
 */
export function createAuth(database: Store, options: Partial<CofactorOptions> = {}): Cofactor {
  return createCofactor({
    database,
    origin,
    clock: new TestClock(),
    registration: true,
    factors: [password({ hasher: plainHasher }), totp({ issuer: 'Test' }), recoveryCodes()],
    policies: {
      Admin: requireMfa(),
      FreshAdmin: requireMfa({ maxAge: 900 }),
      TwoFactorEnabled: requireClaim('amr', 'mfa'),
      Recent: requireFresh(300),
      Phishing: requireAcr('phr'),
      Boss: requireRole('boss'),
    },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    ...options,
  });
}

/** An application with the usual pages on a given database. */
export async function createApp(
  database: Store,
  options: Partial<CofactorOptions> = {},
  { adapter = 'fastify' }: { readonly adapter?: AdapterName } = {},
): Promise<RoutedApp> {
  const auth = createAuth(database, options);
  const clock = auth.engine.config.clock as TestClock;
  const served = await serve(adapter, [{ auth }]);
  for (const [path, policy] of Object.entries(guardedPaths)) {
    served.route(path, () => ({ body: { secret: 'inside' } }), { methods: ['GET', 'POST'], policy });
  }
  served.route('/who', async (call) => {
    const { user, assurance } = await call.visitor();
    const { amr = [], acr = null } = assurance ?? {};
    return { body: { user: user?.identifier ?? null, amr, acr } };
  });
  const { app, route, listen, close } = served;
  return {
    auth,
    app,
    route,
    listen,
    clock,
    browser: () => new TestBrowser(served.transport, auth.engine.config.origin.origin),
    close,
  };
}

/** Pages of the test application and the policy that guards each. */
export const guardedPaths: Readonly<Record<string, string>> = {
  '/admin': 'Admin',
  '/fresh-admin': 'FreshAdmin',
  '/two-factor': 'TwoFactorEnabled',
  '/recent': 'Recent',
  '/phishing': 'Phishing',
  '/boss': 'Boss',
};

/** A person with a browser, a password that is long enough, and (once enrolled) an authenticator app. */
export interface Person {
  readonly browser: TestBrowser;
  readonly identifier: string;
  readonly password: string;
  /** Base32 key of the authenticator app. */
  key: string;
  authenticator: string;
  recovery: readonly string[];
  recoveryAuthenticator: string;
}

let people = 0;

/** Registers somebody: signed in with a password, nothing else enrolled. */
export async function register(app: TestApp, identifier?: string): Promise<Person> {
  people += 1;
  const browser = app.browser();
  const person = {
    browser,
    identifier: identifier ?? `person-${people}`,
    // Each has another one, and none has the name in it: both would be refused or would hide a mix-up.
    password: `correct horse ${(people * 7919).toString(36)} battery`,
    key: '',
    authenticator: '',
    recovery: [],
    recoveryAuthenticator: '',
  };
  await browser.context();
  const answer = await browser.post('/auth/register', {
    identifier: person.identifier,
    provider: 'password',
    response: { password: person.password },
  });
  if (answer.status !== 200) throw new Error(`could not register: ${answer.text}`);
  return person;
}

/** Adds an authenticator app (and with it recovery codes) to somebody who is signed in with a fresh proof. */
export async function enrolTotp(app: TestApp, person: Person, name = 'Phone'): Promise<ConfirmedView> {
  const { browser } = person;
  const begun = await browser.post<EnrolmentView>('/auth/enrolments', { provider: 'totp' });
  if (begun.status !== 201) throw new Error(`could not begin: ${begun.text}`);
  const key = String(begun.body.setup['key']);
  const confirmed = await browser.post<ConfirmedView>('/auth/enrolments/confirm', {
    enrolment: begun.body.enrolment,
    response: { code: oathtoolCode(key, app.clock.now()) },
    name,
  });
  if (confirmed.status !== 201) throw new Error(`could not confirm: ${confirmed.text}`);
  person.key = key;
  person.authenticator = confirmed.body.authenticator.id;
  const issued = confirmed.body.issued[0];
  if (issued) {
    person.recovery = issued.setup['codes'] as string[];
    const { authenticators } = (await browser.get<SecurityView>('/auth/security')).body;
    const made = authenticators.find(({ provider }) => provider.provider === issued.provider.provider);
    person.recoveryAuthenticator = made?.id ?? '';
  }
  // The code of the set-up is used up; the next one works after the clock has moved.
  app.clock.advance(31);
  return confirmed.body;
}

/** The person's code now, by an implementation that is not ours. */
export function codeOf(app: TestApp, person: Person): string {
  return oathtoolCode(person.key, app.clock.now());
}

/** The password step of a sign-in, in a given or in a new browser. */
export async function signInWithPassword(
  person: Person,
  browser: TestBrowser,
  typed = person.password,
): Promise<Answer<StepView>> {
  await browser.context();
  return browser.post('/auth/sign-in', {
    identifier: person.identifier,
    provider: 'password',
    response: { password: typed },
  });
}

/** Password and code, to a session at `mfa`; the browser is new and becomes the person's. */
export async function signInWithCode(app: TestApp, person: Person): Promise<TestBrowser> {
  const browser = app.browser();
  const first = await signInWithPassword(person, browser);
  if (first.body?.status !== 'more-needed') throw new Error(`no second step: ${first.text}`);
  const second = await browser.post('/auth/ceremony', {
    authenticator: person.authenticator,
    response: { code: codeOf(app, person) },
  });
  if (second.body?.status !== 'done') throw new Error(`second step failed: ${second.text}`);
  app.clock.advance(31);
  return browser;
}
