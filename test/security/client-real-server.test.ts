import { dialects } from 'cofactor/oidc-client';
import type { OidcClient } from 'cofactor/oidc-server';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  freshSqliteDatabase,
  register,
  signInWithCode,
  signInWithPassword,
  type Person,
  type TestDatabase,
} from '../support/app.ts';
import type { Answer, TestBrowser } from '../support/browser.ts';
import { bring, cookiesOf, putBack, startRp, whoIs } from '../support/client-attacks.ts';
import { createOidcApp, follow, type TestOidc } from '../support/oidc.ts';
import { personWithCode } from '../support/oidc-flows.ts';
import { clientOrigin, locationOf, open, type TestRp } from '../support/rp.ts';

const orders: OidcClient = {
  id: 'orders',
  name: 'Orders',
  secret: 'orders-secret-of-at-least-32-characters',
  redirectUris: [`${clientOrigin}/auth/callback/acme`],
  postLogoutRedirectUris: [`${clientOrigin}/auth/signed-out`],
  backchannelLogoutUri: `${clientOrigin}/auth/backchannel-logout/acme`,
  firstParty: true,
  scopes: ['openid', 'profile', 'email', 'offline_access'],
};

let database: TestDatabase;
let server: TestOidc;
let rp: TestRp;

/** The servers talk to each other without a network. */
const toServer: typeof fetch = async (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input);
  const answer = await server.app.inject({
    method: (init?.method ?? 'GET') as 'GET',
    url: url.pathname + url.search,
    headers: Object.fromEntries(new Headers(init?.headers)),
    ...(init?.body !== undefined && init.body !== null && { payload: String(init.body as URLSearchParams) }),
  });
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers)) {
    for (const one of [value ?? []].flat()) headers.append(name, String(one));
  }
  return new Response(answer.statusCode === 204 ? null : new Uint8Array(answer.rawPayload), {
    status: answer.statusCode,
    headers,
  });
};

beforeEach(async () => {
  database = await freshSqliteDatabase();
  server = await createOidcApp(database.open(), { clients: [orders] });
});
afterEach(async () => {
  await server.close();
  await database.drop();
});

async function application(session: object = {}): Promise<TestRp> {
  rp = await startRp({
    client: { clock: server.clock, session },
    issuer: {
      issuer: 'http://localhost:3000/oidc',
      clientId: orders.id,
      clientSecret: orders.secret ?? '',
      dialect: dialects.cofactor,
      scope: 'openid profile email offline_access',
      ask: { prompt: 'consent' },
      fetch: toServer,
    },
  });
  // What the server says to its clients by itself.
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const url = new URL(input as string);
    const answer = await rp.browser().send(init?.method ?? 'GET', url.pathname, {
      raw: String(init?.body as URLSearchParams),
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: undefined },
    });
    return new Response(answer.text || null, { status: answer.status });
  });
  return rp;
}

/** What the server leads back with, for whoever sits at this browser; `null` where it shows a page first. */
async function responseOf(redirect: Answer, there: TestBrowser): Promise<Record<string, string> | null> {
  const url = new URL(locationOf(redirect));
  const { response } = await follow(there, url.pathname + url.search);
  return response && Object.fromEntries(response);
}

async function signedIn(person: TestBrowser, path: string): Promise<TestBrowser> {
  const browser = rp.browser();
  const response = await responseOf(await open(browser, path), person);
  expect((await bring(browser, response ?? {})).status).toBe(303);
  return browser;
}

async function withPasswordOnly(person: Person): Promise<TestBrowser> {
  const there = server.browser();
  expect((await signInWithPassword(person, there)).body.status).toBe('done');
  return there;
}

const settled = (): Promise<void> => server.auth.engine.background.settled();

it('A-145 A-161 what the server proves is what the guard sees, once', async () => {
  await application();
  const ann = await personWithCode(server);
  const browser = rp.browser();
  const led = await open(browser, '/fresh-admin');
  const response = (await responseOf(led, ann.mfa)) ?? {};
  const waiting = cookiesOf(browser, 'transaction');
  const back = await bring(browser, response);
  expect([back.status, locationOf(back)]).toEqual([303, '/fresh-admin']);
  expect((await open(browser, '/fresh-admin')).status).toBe(200);
  expect(await whoIs(browser)).toMatchObject({ acr: 'mfa', admin: true });
  const thief = rp.browser();
  putBack(thief, waiting);
  for (const one of [browser, thief]) expect((await bring(one, response)).status).toBe(400);
  expect((await whoIs(thief)).subject).toBeNull();
});

it('A-145 a password alone does not come back as MFA, also where the person changes what is asked', async () => {
  await application();
  const ben: Person = await register(server);
  const there = await withPasswordOnly(ben);
  const browser = rp.browser();
  const led = await open(browser, '/admin');
  // The server asks for a second factor on a page of its own.
  expect(await responseOf(led, there)).toBeNull();
  const url = new URL(locationOf(led));
  const isPushed = url.searchParams.has('request_uri');
  for (const name of ['acr_values', 'max_age', 'claims']) url.searchParams.delete(name);
  const { response } = await follow(there, url.pathname + url.search);
  if (response?.has('code') === true) {
    await bring(browser, Object.fromEntries(response));
    expect((await open(browser, '/admin')).status).toBe(403);
  } else expect(isPushed).toBe(true);
  expect((await whoIs(browser)).admin).toBe(false);
  expect((await browser.get('/admin')).status).toBe(401);
});

it('A-151 an age is not met by a sign-in of before, whatever the person takes out of the address', async () => {
  await application();
  const ann = await personWithCode(server);
  const browser = await signedIn(ann.mfa, '/admin');
  rp.clock.advance(1200);
  expect((await browser.get('/fresh-admin')).status).toBe(401);
  const led = await open(browser, '/fresh-admin');
  // The server wants the person once more; what comes without that is refused.
  expect(await responseOf(led, ann.mfa)).toBeNull();
  const again = await open(browser, '/auth/sign-in?issuer=acme&return_to=%2Ffresh-admin');
  await bring(browser, (await responseOf(again, ann.mfa)) ?? {});
  expect((await browser.get('/fresh-admin')).status).toBe(401);
  expect((await open(browser, '/admin')).status).toBe(200);
});

it('A-157 somebody else at the server is somebody else here', async () => {
  await application();
  const [ann, eve] = [await register(server), await personWithCode(server)];
  const there = await withPasswordOnly(ann);
  const browser = await signedIn(there, '/orders');
  const before = cookiesOf(browser, 'session');
  const { subject } = await whoIs(browser);
  const led = await open(browser, '/admin');
  const back = await bring(browser, (await responseOf(led, eve.mfa)) ?? {});
  expect([back.status, locationOf(back)]).toEqual([200, '']);
  expect((await whoIs(browser)).subject).not.toBe(subject);
  const kept = rp.browser();
  putBack(kept, before);
  expect((await whoIs(kept)).subject).toBeNull();
});

it('A-153 a response is not taken in another browser, with another iss, or with the code of another', async () => {
  await application();
  const [ann, eve] = [await personWithCode(server), await personWithCode(server)];
  const [browser, thief] = [rp.browser(), rp.browser()];
  const [led, other] = [await open(browser, '/admin'), await open(thief, '/admin')];
  const response = (await responseOf(led, ann.mfa)) ?? {};
  const own = (await responseOf(other, eve.mfa)) ?? {};
  expect((await bring(thief, response)).status).toBe(400);
  expect((await bring(thief, { ...own, code: response['code'] ?? '' })).status).toBe(403);
  expect((await whoIs(thief)).subject).toBeNull();
  expect((await bring(browser, { ...response, iss: 'https://evil.example' })).status).toBe(403);
  expect((await whoIs(browser)).subject).toBeNull();
});

it('signing out at the server ends the sign-in here, kept cookies too, and nobody else\u2019s', async () => {
  await application();
  const [ann, eve] = [await personWithCode(server), await personWithCode(server)];
  const elsewhere = await signInWithCode(server, ann);
  const [home, work, other] = [
    await signedIn(ann.mfa, '/admin'),
    await signedIn(elsewhere, '/admin'),
    await signedIn(eve.mfa, '/admin'),
  ];
  const kept = cookiesOf(home, 'session');
  rp.clock.advance(5);
  await ann.mfa.post('/auth/sign-out');
  await settled();
  putBack(home, kept);
  expect((await home.get('/admin')).status).toBe(401);
  expect((await work.get('/admin')).status).toBe(200);
  expect((await other.get('/admin')).status).toBe(200);
});

it('I-06 an account that was closed at the server does not survive the next check', async () => {
  await application({ recheck: 60 });
  const ann = await personWithCode(server);
  const browser = await signedIn(ann.mfa, '/admin');
  rp.clock.advance(61);
  expect((await open(browser, '/admin')).status).toBe(200);
  // No notice comes of it; the next refresh does.
  await database.query('update users set disabled_at = $1 where identifier = $2', [
    server.clock.now().toISOString(),
    ann.identifier,
  ]);
  rp.clock.advance(61);
  expect((await browser.get('/admin')).status).toBe(401);
  expect((await whoIs(browser)).subject).toBeNull();
});
