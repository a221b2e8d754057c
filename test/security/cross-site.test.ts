import { routes } from 'cofactor/http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  createApp,
  onEachAdapter,
  register,
  throughEachAdapter,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import { credentials, type Actor } from '../support/credentials.ts';
import { cookieNameOf, cookieOf, dump } from '../support/tables.ts';

const changing = routes.filter(({ method }) => method !== 'GET');

/** What a page of somebody else can make a browser send, one fault at a time. `undefined` leaves the header out. */
type Forgery = (actor: Actor, stranger: Actor) => Readonly<Record<string, string | undefined>>;
const forgeries: Readonly<Record<string, Forgery>> = {
  'no token': () => ({ 'x-csrf-token': undefined }),
  'an empty token': () => ({ 'x-csrf-token': '' }),
  'the token of another browser': (_actor, stranger) => ({ 'x-csrf-token': stranger.browser.csrf }),
  'the cookie as token': ({ browser }) => ({ 'x-csrf-token': cookieOf(browser, 'csrf') }),
  'the token cut short': ({ browser }) => ({ 'x-csrf-token': browser.csrf.slice(0, -1) }),
  'the token twice': ({ browser }) => ({ 'x-csrf-token': `${browser.csrf}, ${browser.csrf}` }),
  'no cookie for the token': ({ browser }) => ({ cookie: withoutCsrf(browser.cookies) }),
  'the token and cookie of another browser, beside our own': ({ browser }, stranger) => ({
    'x-csrf-token': stranger.browser.csrf,
    cookie: `${cookieNameOf(browser, 'csrf')}=${cookieOf(stranger.browser, 'csrf')}; ${all(browser.cookies)}`,
  }),
  'no Origin': () => ({ origin: undefined }),
  'Origin null': () => ({ origin: 'null' }),
  'the Origin of another site': () => ({ origin: 'https://evil.example' }),
  'the Origin of another port': () => ({ origin: 'http://localhost:3001' }),
  'the Origin with another scheme': () => ({ origin: 'https://localhost:3000' }),
  'an Origin that begins like ours': () => ({ origin: 'http://localhost:3000.evil.example' }),
  'an Origin that ends like ours': () => ({ origin: 'http://evil.localhost:3000' }),
  'the Origin with a path': () => ({ origin: 'http://localhost:3000/' }),
  'a Referer instead of the Origin': () => ({
    origin: undefined,
    referer: 'http://localhost:3000/auth/security',
  }),
};

const all = (cookies: ReadonlyMap<string, string>): string =>
  [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
const withoutCsrf = (cookies: ReadonlyMap<string, string>): string =>
  all(new Map([...cookies].filter(([name]) => !name.endsWith('-csrf'))));

onEachAdapter('I-27 A-63 requests that other sites make', (fresh, through) => {
  let database: TestDatabase;
  let app: TestApp;
  beforeEach(async () => {
    database = await fresh();
    app = await createApp(database.open(), {}, through);
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  it('are refused by every route that changes something, and change nothing', async () => {
    expect(changing.length).toBeGreaterThan(10);
    const signedIn = await credentials.mfa(app, database);
    const halfWay = await credentials.ceremony(app, database);
    const stranger = await credentials.pwd(app, database);
    const before = await dump(database);
    for (const route of changing) {
      const actor = route.level === 'ceremony' ? halfWay : signedIn;
      const name = `${route.method} ${route.path}`;
      const body = actor.bodies[name]?.();
      for (const [forgery, made] of Object.entries(forgeries)) {
        const answer = await send(
          app,
          actor,
          route.method,
          `/auth${route.path}`,
          body,
          made(actor, stranger),
        );
        expect({ name, forgery, answer }).toEqual({ name, forgery, answer: [403, 'csrf', undefined] });
      }
    }
    expect(await dump(database)).toEqual(before);
    // The same requests, from our own page: they were in order otherwise.
    const begun = signedIn.bodies['POST /enrolments']?.();
    expect(await send(app, signedIn, 'POST', '/auth/enrolments', begun, {})).toEqual([
      201,
      undefined,
      undefined,
    ]);
    const answered = await send(
      app,
      halfWay,
      'POST',
      '/auth/ceremony',
      halfWay.bodies['POST /ceremony']?.(),
      {},
    );
    expect(answered[0]).toBe(200);
  });

  it('A-63 a form of another site (urlencoded, multipart, text) begins, confirms and removes nothing', async () => {
    const actor = await credentials.mfa(app, database);
    const before = await dump(database);
    for (const type of [
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/plain',
    ]) {
      for (const { method, path } of changing) {
        const answer = await actor.browser.send(method, `/auth${path}`, {
          raw: 'provider=totp&{"provider":"totp"}',
          headers: { 'content-type': type, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
        });
        expect([path, answer.problem]).toEqual([path, 'csrf']);
      }
    }
    expect(await dump(database)).toEqual(before);
  });

  it('I-27 the token changes with the session, and the old pair of cookie and token ends with the cookie', async () => {
    const { browser } = await register(app);
    const first = browser.csrf;
    const cookie = cookieOf(browser, 'csrf');
    const visitor = app.browser();
    await visitor.context();
    expect(visitor.csrf).not.toBe(first);
    expect(cookieOf(visitor, 'csrf')).not.toBe(cookie);
    // Our own token with the cookie of another browser is worth nothing.
    visitor.csrf = first;
    expect((await visitor.post('/auth/sign-out')).problem).toBe('csrf');
  });
});

throughEachAdapter('A-99 login CSRF', (through) => {
  it('a stranger cannot sign a browser in to the stranger’s account', async () => {
    const { freshSqliteDatabase } = await import('../support/app.ts');
    const database = await freshSqliteDatabase();
    const app = await createApp(database.open(), {}, through);
    const attacker = await register(app);
    const victim = app.browser();
    await victim.context();
    const answer = await victim.post(
      '/auth/sign-in',
      { identifier: attacker.identifier, provider: 'password', response: { password: attacker.password } },
      { headers: { 'x-csrf-token': attacker.browser.csrf } },
    );
    expect([answer.status, answer.problem]).toEqual([403, 'csrf']);
    expect((await victim.get<{ user: unknown }>('/who')).body.user).toBeNull();
    await app.close();
    await database.drop();
  });
});

/** The status, the problem and what cookies were set: a refusal sets none. */
async function send(
  app: TestApp,
  { browser }: Actor,
  method: string,
  url: string,
  body: unknown,
  changed: Readonly<Record<string, string | undefined>>,
): Promise<[number, string | undefined, unknown]> {
  const forged = app.browser();
  forged.csrf = browser.csrf;
  const answer = await forged.send(method, url, {
    ...(body !== undefined && { body }),
    headers: { cookie: all(browser.cookies), ...changed },
  });
  return [
    answer.status,
    answer.problem ?? undefined,
    answer.status < 300 ? undefined : answer.headers['set-cookie'],
  ];
}
