import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshSqliteDatabase, type TestDatabase } from '../support/app.ts';
import type { Answer } from '../support/browser.ts';
import { onHttps } from '../support/https.ts';
import { authorizationRequest, createOidcApp, follow, type TestOidc } from '../support/oidc.ts';
import { startDevice } from '../support/oidc-device.ts';
import {
  everyClient,
  everyClientList,
  offline,
  personWithCode,
  press,
  tokensFor,
} from '../support/oidc-flows.ts';
import { cookieNameOf } from '../support/tables.ts';

const { shop, spa, partner, hybrid, radio } = everyClient;

/** What every answer of ours carries, but for the policy of what a page may load and send. */
const always: Readonly<Record<string, string>> = {
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  // Without any, browsers would send forms as if they came from nowhere; other sites get none.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
};
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

describe('I-23 I-27 A-189 what every answer carries', () => {
  let database: TestDatabase;
  let test: TestOidc;
  beforeEach(async () => {
    database = await freshSqliteDatabase();
    test = await createOidcApp(database.open(), { clients: everyClientList }, onHttps);
  });
  afterEach(async () => {
    await test.close();
    await database.drop();
  });
  const endpoints = [
    '/.well-known/openid-configuration', '/.well-known/oauth-authorization-server', '/jwks', '/auth', '/par', '/token', '/userinfo', '/revoke', '/introspect',
    '/logout', '/logout/confirm', '/logout/success', '/device', '/device/start', '/device/x', '/auth/x', '/interaction/x', '/applications', '/nowhere', '/',
  ]; // prettier-ignore

  it('the headers of the house, on every endpoint, by every method, signed in or not', async () => {
    const { mfa } = await personWithCode(test);
    const statuses = new Set<number>();
    for (const path of endpoints) {
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        for (const browser of [mfa, test.browser()]) {
          for (const accept of ['text/html', 'application/json']) {
            const answer = await browser.send(method, `/oidc${path}`, { headers: { accept } });
            const title = `${method} ${path} ${accept} ${answer.status}`;
            statuses.add(answer.status);
            expect([title, answer.status < 500]).toEqual([title, true]);
            expectSecured(answer, title);
            expect([title, answer.headers['access-control-allow-credentials']]).toEqual([title, undefined]);
            if (
              method !== 'OPTIONS' &&
              /^\/(auth|logout|device(?!\/start)|interaction|applications)/.test(path)
            ) {
              expect([title, answer.headers['access-control-allow-origin']]).toEqual([title, undefined]);
            }
          }
        }
      }
    }
    expect([...statuses]).toEqual(expect.arrayContaining([200, 303, 400, 401, 404]));
  });

  it('on every page there is, with nothing of another site, and forms that lead where they have to', async () => {
    const { mfa, browser } = await personWithCode(test);
    const device = await startDevice(test, radio);
    const visitor = test.browser();
    const pages: readonly (readonly [string, Answer, string?])[] = [
      [
        'consent',
        (await follow(mfa, authorizationRequest(partner).address)).answer,
        'https://partner.example',
      ],
      [
        'choice of accounts',
        (await follow(mfa, authorizationRequest(shop, { prompt: 'select_account' }).address)).answer,
        'https://shop.example',
      ],
      [
        'turned away',
        await browser.page(
          `${new URL((await follow(browser, authorizationRequest(everyClient.bank).address)).url, 'http://x').searchParams.get('return_to')}?left=1`,
        ),
        'https://bank.example',
      ],
      ['device', await mfa.page('/oidc/device')],
      ['device, asked', await device.type(mfa)],
      ['device, wrong', await device.type(mfa, 'XXXX-XXXX')],
      ['sign-out', await mfa.page('/oidc/logout')],
      [
        'sign-out to a client',
        await mfa.page(
          '/oidc/logout?client_id=shop&post_logout_redirect_uri=https%3A%2F%2Fshop.example%2Fbye',
        ),
        'https://shop.example',
      ],
      ['signed out', await visitor.page('/oidc/logout/success')],
      ['applications', await mfa.page('/oidc/applications')],
      ['error', await mfa.page('/oidc/auth?client_id=nobody')],
      [
        'unknown address',
        (await follow(mfa, authorizationRequest(shop, { redirect_uri: 'https://evil.example/' }).address))
          .answer,
      ],
      ['request of another browser', await mfa.page('/oidc/interaction/nobody')],
    ];
    for (const [title, answer, target] of pages) {
      expectSecured(answer, title);
      const wanted =
        target === undefined ? policy : policy.replace("form-action 'self'", `form-action 'self' ${target}`);
      expect([title, answer.headers['content-security-policy']]).toEqual([title, wanted]);
      expect([title, answer.headers['cache-control']]).toEqual([title, 'no-store']);
      expect([title, /<!doctype html>/i.test(answer.text)]).toEqual([title, true]);
      expect(answer.text).not.toMatch(
        /<script(?![^>]+src="\/auth\/assets\/)|<style|\son\w+=|style=|src="https?:|href="https?:/i,
      );
    }
  });

  it.each([
    ['an answer', shop, {}, 'https://shop.example'],
    ['an error', shop, { max_age: 'abc' }, 'https://shop.example'],
    ['a hybrid answer', hybrid, { response_type: 'code id_token' }, 'https://hybrid.example'],
  ] as const)(
    'response_mode=form_post: %s is a form to the client alone, and its values stay values',
    async (_what, client, parameters, target) => {
      const { mfa } = await personWithCode(test);
      const state = `"'><script>alert(1)</script><input name="code" value="&amp;x`;
      const request = authorizationRequest(client, { ...parameters, response_mode: 'form_post', state });
      const { answer } = await follow(mfa, request.address);
      expect([200, 400]).toContain(answer.status);
      expectSecured(answer, 'form_post');
      const script = /<script>([^]*?)<\/script>/.exec(answer.text)?.[1] ?? '';
      const digest = createHash('sha256').update(script).digest('base64');
      const directives = String(answer.headers['content-security-policy'])
        .split(';')
        .map((one) => one.trim());
      expect(directives.sort()).toEqual(
        policy
          .replace("script-src 'self'", `script-src 'self' 'sha256-${digest}'`)
          .replace("form-action 'self'", `form-action 'self' ${target}`)
          .split('; ')
          .sort(),
      );
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.text.match(/<script(?! src=| type="module" src=)/g)).toHaveLength(1);
      expect(answer.text.match(/name="state"/g)).toHaveLength(1);
      const value = /name="state" value="([^"]*)"/.exec(answer.text)?.[1] ?? '';
      expect(
        value
          .replaceAll('&quot;', '"')
          .replaceAll('&#39;', "'")
          .replaceAll('&lt;', '<')
          .replaceAll('&gt;', '>')
          .replaceAll('&amp;', '&'),
      ).toBe(state);
      expect(answer.text).toMatch(new RegExp(`<form method="post" action="${target}/callback">`));
      expect(answer.headers['location']).toBeUndefined();
    },
  );

  it('no cookie but ours: bound to the host, over https, out of reach of scripts; nothing of oidc-provider', async () => {
    const person = await personWithCode(test);
    const { mfa, browser } = person;
    const visitor = test.browser();
    await follow(visitor, authorizationRequest(shop).address);
    await follow(browser, authorizationRequest(everyClient.bank).address);
    const { url, answer } = await follow(mfa, authorizationRequest(partner, offline).address);
    await press(mfa, answer, { choice: 'allow' });
    await follow(mfa, url);
    await tokensFor(test, mfa, shop);
    const device = await startDevice(test, radio);
    await device.approve(mfa);
    await mfa.page('/oidc/applications');
    await press(mfa, await mfa.page('/oidc/logout'), { logout: 'yes' });
    for (const path of endpoints)
      for (const method of ['GET', 'POST']) await visitor.send(method, `/oidc${path}`);
    const set = [mfa, browser, visitor].flatMap(({ setCookies }) => setCookies);
    expect(set.some((cookie) => cookie.startsWith(cookieNameOf(browser, 'oidc')))).toBe(true);
    for (const cookie of set) {
      expect(cookie).toMatch(
        /^__Host-cofactor-users-(session|ceremony|challenge|enrolment|form|csrf|known|language|oidc|external|device)=[A-Za-z0-9_.-]*; Path=\/; HttpOnly; SameSite=(Lax|Strict); Max-Age=\d+; Secure$/,
      );
    }
  });

  it('A-99 cookies of oidc-provider that somebody sends are not looked at', async () => {
    const victim = await personWithCode(test);
    const mine = await personWithCode(test);
    const begun = await follow(mine.browser, authorizationRequest(everyClient.bank).address);
    const uid = /interaction%2F([A-Za-z0-9_-]+)/.exec(begun.url)?.[1] ?? '';
    const rows = await database.query('select id, login from oidc_sessions');
    const guesses = [
      ...rows.flatMap(({ id, login }) => [String(id), `login:${String(login)}`]),
      uid,
      `browser:${uid}`,
    ];
    const own = [...mine.browser.cookies].map((pair) => pair.join('=')).join('; ');
    for (const guess of guesses) {
      for (const cookie of [
        `_session=${guess}`,
        `_session=${guess}; ${own}`,
        `${own}; _session=${guess}; _interaction=${uid}; _interaction_resume=${uid}`,
      ]) {
        const answer = await test.app.inject({
          url: authorizationRequest(shop, { prompt: 'none' }).address,
          headers: { cookie },
        });
        const code = new URL(String(answer.headers['location'])).searchParams.get('code');
        if (cookie.includes('-session=')) continue;
        expect([cookie, code]).toEqual([cookie, null]);
      }
      const resumed = await test.app.inject({
        url: `/oidc/auth/${uid}`,
        headers: { cookie: `_session=${guess}; _interaction_resume=${uid}; _interaction=${uid}` },
      });
      expect(resumed.statusCode).toBe(400);
    }
    expect(victim.identifier).not.toBe(mine.identifier);
  });

  it('tokens are given to pages of a client’s own origin, and to no other page', async () => {
    for (const [path, form] of [
      ['/oidc/token', { grant_type: 'authorization_code', code: 'x' }],
      ['/oidc/revoke', { token: 'x' }],
      ['/oidc/introspect', { token: 'x' }],
    ] as const) {
      const from = async (from: string): Promise<{ headers: Record<string, unknown>; statusCode: number }> =>
        test.app.inject({
          method: 'POST',
          url: path,
          headers: { origin: from, 'content-type': 'application/x-www-form-urlencoded' },
          payload: String(new URLSearchParams({ client_id: spa.id, ...form })),
        });
      expect((await from('https://spa.example')).headers['access-control-allow-origin']).toBe(
        'https://spa.example',
      );
      for (const other of [
        'https://evil.example',
        'null',
        'http://spa.example',
        'https://spa.example.evil.example',
        'https://shop.example',
      ]) {
        const answer = await from(other);
        expect([path, other, answer.headers['access-control-allow-origin'], answer.statusCode]).toEqual([
          path,
          other,
          undefined,
          400,
        ]);
      }
    }
  });

  function expectSecured(answer: Answer, title: string): void {
    const found = Object.fromEntries(Object.keys(always).map((name) => [name, answer.headers[name]]));
    expect({ title, ...found }).toEqual({ title, ...always });
    const csp = String(answer.headers['content-security-policy']);
    expect([title, csp.includes("frame-ancestors 'none'"), csp.includes('unsafe')]).toEqual([
      title,
      true,
      false,
    ]);
    for (const name of ['x-powered-by', 'server'])
      expect([title, name, answer.headers[name]]).toEqual([title, name, undefined]);
  }
});
