import { postgres } from 'cofactor/postgres';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ConfirmedView, EnrolmentView } from '../../packages/cofactor/src/http/contract.ts';
import {
  codeOf,
  createApp,
  enrolTotp,
  freshSqliteDatabase,
  onEachDatabase,
  register,
  signInWithCode,
  signInWithPassword,
  type Person,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import type { Answer, TestBrowser } from '../support/browser.ts';
import { describeWith } from '../support/needs.ts';
import { oathtoolCode } from '../support/oathtool.ts';
import { startPostgres, type PostgresServer } from '../support/postgres.ts';
import { cookieOf, dump } from '../support/tables.ts';

const unavailable = { status: 503, problem: 'unavailable' };

describeWith('PostgreSQL', 'I-12 A-207 a PostgreSQL server that goes away', () => {
  let server: PostgresServer;
  let app: TestApp;
  let person: Person;
  beforeEach(async () => {
    server = await startPostgres();
    app = await createApp(postgres(server.url, { connections: 4, timeout: 2 }));
    person = await register(app);
    await enrolTotp(app, person);
  });
  afterEach(async () => {
    await app.close();
    await server.remove();
  });

  const answer = (browser: TestBrowser): Promise<Answer> =>
    browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(app, person) },
    });

  it('in the middle of a sign-in: 503 everywhere, nobody is let in, and it goes on when the server is back', async () => {
    const signedIn = await signInWithCode(app, person);
    const halfWay = app.browser();
    await signInWithPassword(person, halfWay);
    const visitor = app.browser();
    await visitor.context();
    // Longer than a guard believes what it has read.
    app.clock.advance(2);
    await server.stop();

    const away = [
      await answer(halfWay),
      await signedIn.get('/admin'),
      await signedIn.page('/admin'),
      await signedIn.get('/auth/security'),
      await signedIn.page('/auth/security'),
      await signedIn.get('/auth/context'),
      await signedIn.post('/auth/enrolments', { provider: 'totp' }),
      await signedIn.post('/auth/sign-out'),
      await signInWithPasswordOnly(person, visitor),
    ];
    for (const one of away) {
      expect(one).toMatchObject(unavailable);
      expect(one.headers['retry-after']).toBe('5');
      expect(one.headers['set-cookie']).toBeUndefined();
      expect(one.text).not.toMatch(/ECONN|postgres|127\.0\.0\.1|select|\bat [\w.]+ \(/i);
    }
    // The application's own page does not take "the database is away" for "nobody is signed in".
    expect((await signedIn.get('/who')).status).toBe(500);
    expect((await visitor.page('/auth/sign-in')).status).toBe(200);

    await server.restart();
    expect((await signedIn.get('/admin')).status).toBe(200);
    expect((await answer(halfWay)).body).toEqual({ status: 'done', returnTo: '/' });
    expect((await signInWithPasswordOnly(person, visitor)).body).toMatchObject({ status: 'more-needed' });
  });

  it('pulled out under many sign-ins: no answer but done or 503, and what is in the tables fits together', async () => {
    const people = await Promise.all(Array.from({ length: 12 }, () => register(app)));
    const browsers = people.map(() => app.browser());
    await Promise.all(browsers.map((browser) => browser.context()));
    const running = people.map((one, n) => signInWithPasswordOnly(one, browsers[n] ?? one.browser));
    await running[0];
    await server.kill();
    const answers = await Promise.all(running);
    for (const one of answers) {
      expect([200, 503]).toContain(one.status);
      if (one.status === 503) expect(one.headers['set-cookie']).toBeUndefined();
    }
    await server.restart();

    const database = { address: server.url, query: queryOf(server.url) } as TestDatabase;
    expect(await app.auth.verifyAudit()).toBeNull();
    const [counts] = await database.query(
      `select (select count(*) from sessions) as sessions,
        (select count(*) from audit where type = 'signed-in') as signed_in,
        (select count(*) from users as u where not exists (
          select 1 from authenticators as a where a.user_id = u.id)) as without`,
    );
    // The session that enrolling renewed has an entry of another kind.
    expect(Number(counts?.['sessions'])).toBe(Number(counts?.['signed_in']) + 1);
    expect(Number(counts?.['without'])).toBe(0);
    for (const one of people) {
      const again = app.browser();
      await again.context();
      expect((await signInWithPasswordOnly(one, again)).status).toBe(200);
    }
  });
});

it('A-207 a SQLite file that another process holds: what is read goes on, what is written is 503, then goes on', async () => {
  const { default: Database } = await import('better-sqlite3');
  const database = await freshSqliteDatabase();
  const app = await createApp(database.open());
  const person = await register(app);
  const visitor = app.browser();
  await visitor.context();
  const other = new Database(database.address);
  other.exec('begin exclusive');
  try {
    // SQLite waits for the lock, five seconds long: the one place where this file waits for real.
    const refused = await signInWithPasswordOnly(person, visitor);
    expect(refused).toMatchObject(unavailable);
    expect(cookieOf(visitor, 'session')).toBe('');
    expect((await person.browser.get('/auth/security')).status).toBe(200);
    expect((await person.browser.get('/recent')).status).toBe(200);
  } finally {
    other.exec('rollback');
    other.close();
  }
  expect((await signInWithPasswordOnly(person, visitor)).body).toMatchObject({ status: 'done' });
  await app.close();
  await database.drop();
});

onEachDatabase('I-04 I-12 a write that fails half-way through', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let person: Person;
  beforeEach(async () => {
    database = await fresh();
    app = await createApp(database.open());
    person = await register(app);
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  /** Makes every insert into a table fail, runs, and repairs it. */
  async function withBroken<T>(table: string, run: () => Promise<T>): Promise<T> {
    if (database.address.startsWith('postgres')) {
      await database.query(
        `create function broken() returns trigger language plpgsql as $$ begin raise 'secret detail'; end $$`,
      );
      await database.query(`create trigger broken before insert on ${table} execute function broken()`);
    } else {
      await database.query(
        `create trigger broken before insert on ${table} begin select raise(abort, 'secret detail'); end`,
      );
    }
    try {
      return await run();
    } finally {
      if (database.address.startsWith('postgres')) await database.query('drop function broken() cascade');
      else await database.query('drop trigger broken');
    }
  }

  /** The rows apart from counters of tries, which are taken before anything else and may stay taken. */
  const state = async (): Promise<string[]> =>
    (await dump(database))
      .filter((row) => !row.startsWith('limits '))
      .map((row) => row.replaceAll(/"(attempts|failures|failed_at|failed_before)":\s*\d+,?\s*/g, ''));

  const tables = ['sessions', 'audit'] as const;

  it('registering: an account is whole or not there', async () => {
    for (const table of ['authenticators', 'audit']) {
      const before = await state();
      const browser = app.browser();
      await browser.context();
      const body = {
        identifier: `half-${table}`,
        provider: 'password',
        response: { password: 'a walk by the river' },
      };
      const failed = await withBroken(table, () => browser.post('/auth/register', body));
      expect(failed).toMatchObject(unavailable);
      expect(failed.text).not.toContain('secret detail');
      expect(await state()).toEqual(before);
      expect((await browser.post('/auth/register', body)).status).toBe(200);
    }
  });

  it('the second step: the code is not used up, the ceremony not over, and both work afterwards', async () => {
    await enrolTotp(app, person);
    for (const table of tables) {
      const browser = app.browser();
      await signInWithPassword(person, browser);
      const before = await state();
      const send = (): Promise<Answer> =>
        browser.post('/auth/ceremony', {
          authenticator: person.authenticator,
          response: { code: codeOf(app, person) },
        });
      const failed = await withBroken(table, send);
      expect(failed).toMatchObject(unavailable);
      expect(cookieOf(browser, 'session')).toBe('');
      expect(await state()).toEqual(before);
      expect((await send()).body).toEqual({ status: 'done', returnTo: '/' });
      app.clock.advance(31);
    }
  });

  it('enrolling, changing a password, removing: all of it or nothing, and the session goes on', async () => {
    const { browser } = person;
    const begun = await browser.post<EnrolmentView>('/auth/enrolments', { provider: 'totp' });
    const key = String(begun.body.setup['key']);
    const confirm = (): Promise<Answer<ConfirmedView>> =>
      browser.post<ConfirmedView>('/auth/enrolments/confirm', {
        enrolment: begun.body.enrolment,
        response: { code: oathtoolCode(key, app.clock.now()) },
      });
    for (const table of ['lookup_secrets', 'authenticators', ...tables]) {
      const before = await state();
      expect(await withBroken(table, confirm)).toMatchObject(unavailable);
      expect(await state()).toEqual(before);
      expect((await browser.get('/auth/security')).status).toBe(200);
    }
    const confirmed = await confirm();
    expect(confirmed.status).toBe(201);
    Object.assign(person, { key, authenticator: confirmed.body.authenticator.id });
    app.clock.advance(31);

    const signedIn = await signInWithCode(app, person);
    const view = await signedIn.get<{ authenticators: { id: string }[] }>('/auth/security');
    const change = (): Promise<Answer> =>
      signedIn.send('PUT', '/auth/authenticators', {
        body: {
          id: view.body.authenticators[0]?.id,
          current: { password: person.password },
          response: { password: 'seven herons on a fence' },
        },
      });
    const remove = (): Promise<Answer> =>
      signedIn.send('DELETE', '/auth/authenticators', { body: { id: person.authenticator } });
    for (const table of tables) {
      for (const act of [change, remove]) {
        const before = await state();
        expect(await withBroken(table, act)).toMatchObject(unavailable);
        expect(await state()).toEqual(before);
      }
    }
    expect((await change()).status).toBe(204);
    expect((await remove()).status).toBe(204);
  });
});

/** The password step in a browser that has a token already, so that it is one request. */
function signInWithPasswordOnly(person: Person, browser: TestBrowser): Promise<Answer> {
  const response = { password: person.password };
  return browser.post('/auth/sign-in', { identifier: person.identifier, provider: 'password', response });
}

function queryOf(url: string): TestDatabase['query'] {
  return async (sql) => {
    const { default: pg } = await import('pg');
    const client = new pg.Client(url);
    await client.connect();
    try {
      return (await client.query(sql)).rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  };
}
