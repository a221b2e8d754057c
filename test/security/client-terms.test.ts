import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import {
  createStepUpFetch,
  dialects,
  memorySessionStore,
  requireMfa,
  type Policy,
  type SessionStore,
} from 'cofactor/oidc-client';
import { oidcClient as forExpress } from 'cofactor/oidc-client/express';
import { oidcClient as forFastify } from 'cofactor/oidc-client/fastify';
import { oidcClient as forFetch } from 'cofactor/oidc-client/fetch';
import { describe, expect, it } from 'vitest';
import { TestClock } from '../support/clock.ts';
import { startRp, whoIs } from '../support/client-attacks.ts';
import {
  askedOf,
  clientOrigin,
  comeBack,
  locationOf,
  onEachAdapter,
  open,
  signIn,
  withCode,
  withPassword,
  type TestRp,
} from '../support/rp.ts';

const cookieOf = (browser: { readonly cookies: ReadonlyMap<string, string> }): string =>
  [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');

describe('what a route asks', () => {
  it('A8 goes along where people choose among issuers, and cannot be taken out or changed on the way', async () => {
    const other = { name: 'other', label: 'Other', issuer: 'https://other.example', clientId: 'x' };
    const rp = await startRp({ others: [{ ...other, dialect: dialects.google }] });
    const ask = { acrValues: 'gold', maxAge: 60, prompt: 'login', resource: 'https://api.example' };
    const decided = await rp.client.guard(null, { ask }).decide({
      method: 'GET',
      url: '/orders',
      headers: { accept: 'text/html' },
      body: null,
      remoteAddress: '',
    });
    const chooser = 'response' in decided ? String(decided.response.headers['location']) : '';
    expect(chooser).not.toContain('gold');
    const browser = rp.browser();
    const page = await open(browser, chooser);
    const link =
      /href="(\/auth\/sign-in\?issuer=acme[^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const asked = askedOf(await open(browser, link));
    expect(Object.fromEntries(asked)).toMatchObject({
      acr_values: 'gold',
      max_age: '60',
      prompt: 'login',
      resource: 'https://api.example',
    });
    const changed = link.replace(
      /ask=([^&]{40})(.)/,
      (_, before: string, at: string) => `ask=${before}${at === 'A' ? 'B' : 'A'}`,
    );
    expect(changed).not.toBe(link);
    expect(askedOf(await open(browser, changed)).get('acr_values')).toBeNull();
  });

  it('a requirement of a misspelt member is refused, and not taken for none', async () => {
    const rp = await startRp();
    const misspelt = { type: 'requirement', requirement: { arc: 'mfa' } } as unknown as Policy;
    expect(() => rp.client.guard(misspelt)).toThrow(/arc/);
  });
});

describe('a fresh sign-in that the issuer does not tell of', () => {
  it('is asked for once, and then a page says what is missing', async () => {
    const rp = await startRp();
    rp.issuer.claims = ({ auth_time: _never, ...claims }) => claims;
    const browser = rp.browser();
    expect(locationOf(await signIn(rp, browser, withCode, '/fresh-admin'))).toBe('/fresh-admin');
    for (let visit = 0; visit < 3; visit += 1) {
      expect((await open(browser, '/fresh-admin')).status).toBe(403);
    }
    expect((await open(browser, '/admin')).status).toBe(200);
  });
});

/** Two processes with one store, and an issuer whose refresh tokens are good once. */
async function twoProcesses(
  recheck = 30,
  around: (store: SessionStore, at: number) => SessionStore = (store) => store,
): Promise<{
  readonly rps: readonly TestRp[];
  readonly asked: string[];
  forms: URLSearchParams[];
}> {
  const clock = new TestClock(new Date());
  const store = memorySessionStore(clock);
  const rps = [];
  const asked: string[] = [];
  const forms: URLSearchParams[] = [];
  let good = 0;
  for (let at = 0; at < 2; at += 1) {
    const rp = await startRp({
      client: { clock, store: around(store, at), session: { recheck } },
      issuer: { ask: { resource: 'https://api.example' } },
    });
    rp.issuer.tokens = (tokens) => ({ ...tokens, refresh_token: 'refresh-0', expires_in: 60 });
    rp.issuer.answer = (path) => {
      const form = new URLSearchParams(rp.issuer.asked.at(-1)?.body);
      if (path !== '/token' || form.get('grant_type') !== 'refresh_token') return undefined;
      asked.push(form.get('refresh_token') ?? '');
      forms.push(form);
      if (asked.at(-1) !== `refresh-${good}`)
        return Response.json({ error: 'invalid_grant' }, { status: 400 });
      good += 1;
      return Response.json({
        access_token: `access-${good}`,
        refresh_token: `refresh-${good}`,
        token_type: 'Bearer',
        expires_in: 60,
      });
    };
    rps.push(rp);
  }
  return { rps, asked, forms };
}

describe('two processes that ask at the same time', () => {
  it('use the refresh token once, and nobody is signed out', async () => {
    const { rps, asked, forms } = await twoProcesses();
    const [one, other] = rps as [TestRp, TestRp];
    const browser = one.browser();
    await signIn(one, browser, withCode);
    one.clock.advance(31);
    const there = other.browser();
    for (const [name, value] of browser.cookies) there.cookies.set(name, value);
    const answers = await Promise.all([browser, there, browser, there].map((each) => each.get('/admin')));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(asked).toEqual(['refresh-0']);
    // RFC 8707: the new token is for the same API.
    expect(forms[0]?.get('resource')).toBe('https://api.example');
    expect([await whoIs(browser), await whoIs(there)].map(({ subject }) => subject)).toEqual(['ann', 'ann']);
    one.clock.advance(31);
    expect((await there.get('/admin')).status).toBe(200);
    expect(asked).toEqual(['refresh-0', 'refresh-1']);
  });
});

describe('a process that is slower than another', () => {
  it('puts no old refresh token in the place of a new one', async () => {
    // Between reading a session and writing it, the other process refreshes it.
    let meanwhile: (() => Promise<unknown>) | null = null;
    const { rps, asked } = await twoProcesses(3600, (store, at) => ({
      ...store,
      async replace(...all) {
        const before = at === 1 ? meanwhile : null;
        if (before) meanwhile = null;
        await before?.();
        return store.replace(...all);
      },
    }));
    const [one, other] = rps as [TestRp, TestRp];
    const [browser, there] = [one.browser(), other.browser()];
    await signIn(one, browser, withCode);
    for (const [name, value] of browser.cookies) there.cookies.set(name, value);
    one.clock.advance(61);
    meanwhile = () => browser.get('/token');
    expect((await there.get('/orders')).status).toBe(200);
    expect(asked).toEqual(['refresh-0']);
    one.clock.advance(61);
    expect((await there.get('/token')).body).toEqual({ token: 'access-2' });
    expect(asked).toEqual(['refresh-0', 'refresh-1']);
  });
});

describe('a step-up of several people at once, through one function', () => {
  it('gives each of them their own token', async () => {
    const person = new AsyncLocalStorage<string>();
    const sent: (string | null)[] = [];
    const call = createStepUpFetch({
      token: () => person.getStore() ?? null,
      stepUp: async () => {
        const who = person.getStore();
        await new Promise(setImmediate);
        return `${who}-stepped`;
      },
      fetch: async (_address, init) => {
        const token = new Headers(init?.headers).get('authorization');
        sent.push(token);
        if (token?.endsWith('-stepped') === true) return Response.json({ token });
        const headers = {
          'www-authenticate': 'Bearer error="insufficient_user_authentication", acr_values="mfa"',
        };
        return new Response(null, { status: 401, headers });
      },
    });
    const ask = (who: string): Promise<unknown> =>
      person.run(who, async () => (await call('https://api.example/')).json() as Promise<unknown>);
    const answers = await Promise.all(['ann', 'bob', 'ann'].map(ask));
    expect(answers).toEqual(['ann', 'bob', 'ann'].map((who) => ({ token: `Bearer ${who}-stepped` })));
    expect(await ask('eve')).toEqual({ token: 'Bearer eve-stepped' });
  });
});

describe('a guard before everything', () => {
  it('leaves the way in open, in whatever speaks Request and Response', async () => {
    const rp = await startRp();
    const app = new Hono();
    const site = forFetch(rp.client);
    const guard = site.requireSignIn(requireMfa());
    app.use(async (c, next) => {
      const decided = await guard(c.req.raw);
      return 'response' in decided ? decided.response : next();
    });
    app.get('/inside', () => new Response('inside'));
    const page = { headers: { accept: 'text/html' } };
    const led = await app.request(new Request(`${clientOrigin}/inside`, page));
    expect(led.headers.get('location')).toContain('https://issuer.example/auth');
    const answered = await app.request(
      new Request(`${clientOrigin}/auth/callback/acme?code=1&state=2`, page),
    );
    expect(answered.status).toBe(400);
    expect((await app.request(new Request(`${clientOrigin}/auth/cofactor.css`, page))).status).toBe(200);
    for (const path of ['/auth/callback/acme/', '/auth/x', '/auth/callback/other', '/auth/sign-in/']) {
      const answer = await app.request(new Request(clientOrigin + path, page));
      expect([path, answer.status]).toEqual([path, 303]);
    }
  });

  it('an answer with somebody’s cookies is kept by nobody, whatever the handler says of caching', async () => {
    const rp = await startRp();
    const browser = rp.browser();
    await signIn(rp, browser, withCode);
    // The session is written anew, so there are cookies to send.
    rp.clock.advance(61);
    const headers = { cookie: cookieOf(browser) };
    const caching = 'public, max-age=86400';

    const fastify = Fastify();
    await fastify.register(forFastify, { client: rp.client });
    fastify.get('/page', { preHandler: fastify.requireSignIn('Admin') }, (_request, reply) =>
      reply.header('cache-control', caching).send('page'),
    );
    const one = await fastify.inject({ url: '/page', headers });
    expect([one.statusCode, one.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(one.headers['set-cookie']).toBeDefined();

    const app = express();
    app.get('/page', forExpress(rp.client).requireSignIn('Admin'), (_request, response) => {
      response.set('cache-control', caching).send('page');
    });
    const server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/page`;
    const two = await fetch(address, { headers });
    expect([two.status, two.headers.get('cache-control')]).toEqual([200, 'no-store']);
    server.closeAllConnections();
    server.close();
  });

  it('says what to do where a body parser was there before the routes', async () => {
    const rp = await startRp();
    const app = express();
    app.use(express.urlencoded());
    app.use(forExpress(rp.client).routes);
    let told: unknown;
    app.use(((error, _request, response, _next) => {
      told = (error as { code?: unknown }).code;
      response.status(500).end();
    }) satisfies express.ErrorRequestHandler);
    const server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const body = new URLSearchParams({ logout_token: 'x' });
    await fetch(`http://127.0.0.1:${port}/auth/backchannel-logout/acme`, { method: 'POST', body });
    expect(told).toBe('ERR_CONFIG_BODY_PARSER');
    server.closeAllConnections();
    server.close();
  });
});

onEachAdapter('pages that say nothing of where they are', (adapter) => {
  it('I-27 send forms all the same, where the browser says that they are of this site', async () => {
    const rp = await startRp({ adapter });
    const browser = rp.browser();
    await signIn(rp, browser, withCode);
    const send = (site: string): ReturnType<typeof browser.send> =>
      browser.send('POST', '/admin', { headers: { origin: 'null', 'sec-fetch-site': site } });
    expect((await send('same-origin')).status).toBe(200);
    for (const site of ['cross-site', 'same-site', 'none', '']) expect((await send(site)).status).toBe(403);
  });
});

describe('cookies', () => {
  it('of sign-ins under way stay small, however long the address is that they lead back to', async () => {
    const rp = await startRp();
    const browser = rp.browser();
    const long = `/orders?${'x'.repeat(2000)}`;
    for (let at = 0; at < 4; at += 1) await open(browser, long);
    const sizes = [...browser.cookies.values()].map(({ length }) => length);
    expect(sizes.length).toBe(4);
    expect(Math.max(...sizes)).toBeLessThan(1300);
    const led = await open(browser, long);
    expect(locationOf(await comeBack(rp, browser, led, withPassword))).toBe('/orders');
  });

  it('A-157 who signed in while a step-up was under way is told that it is somebody else’s session now', async () => {
    const rp = await startRp();
    const browser = rp.browser();
    await signIn(rp, browser, withPassword);
    const stepUp = await open(browser, '/admin');
    const another = await open(browser, '/auth/sign-in?return_to=%2Forders');
    expect(locationOf(await comeBack(rp, browser, another, { ...withPassword, sub: 'bob' }))).toBe('/orders');
    const back = await comeBack(rp, browser, stepUp, withCode);
    expect([back.status, back.headers['location']]).toEqual([200, undefined]);
    expect((await whoIs(browser)).subject).toBe('ann');
  });
});
