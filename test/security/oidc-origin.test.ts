import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshSqliteDatabase, type TestDatabase } from '../support/app.ts';
import { authorizationRequest, createOidcApp, type TestOidc } from '../support/oidc.ts';
import { everyClient, everyClientList, personWithCode } from '../support/oidc-flows.ts';
import { rawRequest } from '../support/raw.ts';

const { shop, spa, partner, radio } = everyClient;

/** What somebody puts into a request to be taken for another site. */
const poison: Readonly<Record<string, string>>[] = [
  { host: 'evil.example' },
  { host: 'evil.example:443' },
  { host: 'app.example.com.evil.example' },
  { host: 'app.example.com@evil.example' },
  { host: 'app.example.com/evil.example' },
  { host: '' },
  { 'x-forwarded-host': 'evil.example' },
  { 'x-forwarded-host': 'evil.example, app.example.com' },
  { 'x-forwarded-proto': 'http' },
  {
    'x-forwarded-proto': 'http',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-port': '8080',
    'x-forwarded-prefix': '/evil',
  },
  { 'x-forwarded-server': 'evil.example', 'x-forwarded-scheme': 'http', 'x-forwarded-ssl': 'off' },
  { forwarded: 'host=evil.example;proto=http' },
  { 'x-original-url': '/evil', 'x-rewrite-url': '/evil', 'x-original-host': 'evil.example' },
  { 'x-http-method-override': 'POST', 'x-host': 'evil.example', 'front-end-https': 'off' },
];

describe('I-26 A-187 the address of the server', () => {
  let database: TestDatabase;
  let test: TestOidc;
  beforeEach(async () => {
    database = await freshSqliteDatabase();
    test = await createOidcApp(
      database.open(),
      { clients: everyClientList },
      { trustedProxies: ['127.0.0.1'] },
    );
  });
  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  /** What does not depend on chance, with what does taken out. */
  const plain = (text: string): string =>
    text
      .replaceAll(/[A-Za-z0-9_-]{40,}/g, '#')
      .replaceAll(/\b[B-Z]{4}-[B-Z]{4}\b/g, '#')
      .replaceAll(/(interaction|auth)(\/|%2F)[A-Za-z0-9_-]{20,}/g, '$1$2#');

  it('is the configured one, whatever a request or a proxy says', async () => {
    const { mfa, browser } = await personWithCode(test);
    const cookies = [...mfa.cookies].map((pair) => pair.join('=')).join('; ');
    const weaker = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const requests: readonly (readonly ['GET' | 'POST', string, Record<string, string>, string?])[] = [
      ['GET', '/oidc/.well-known/openid-configuration', {}],
      ['GET', '/oidc/.well-known/oauth-authorization-server', {}],
      ['GET', '/.well-known/oauth-authorization-server/oidc', {}],
      ['GET', '/oidc/jwks', {}],
      ['GET', authorizationRequest(shop).address, {}],
      ['GET', authorizationRequest(shop).address, { cookie: cookies }],
      ['GET', authorizationRequest(shop, { max_age: 'abc' }).address, { cookie: cookies }],
      ['GET', authorizationRequest(shop, { acr_values: 'mfa' }).address, { cookie: weaker }],
      ['GET', authorizationRequest(partner).address, { cookie: cookies }],
      ['GET', '/oidc/device', {}],
      ['GET', '/oidc/device', { cookie: cookies }],
      ['GET', '/oidc/applications', {}],
      ['GET', '/oidc/logout', { cookie: cookies }],
      ['GET', '/oidc/logout', {}],
      ['GET', '/oidc/userinfo', {}],
      ['GET', '/oidc/nowhere', {}],
      ['POST', '/oidc/device/start', form, `client_id=${radio.id}&scope=openid`],
      ['POST', '/oidc/token', form, 'grant_type=authorization_code&client_id=spa&code=x'],
      [
        'POST',
        '/oidc/par',
        form,
        String(new URL(authorizationRequest(spa).address, 'http://x').searchParams),
      ],
    ];
    for (const [method, url, headers, payload] of requests) {
      const ask = async (more: Readonly<Record<string, string>>): Promise<string> => {
        const answer = await test.app.inject({
          method,
          url,
          headers: { ...headers, ...more },
          ...(payload !== undefined && { payload }),
        });
        const { 'content-length': _, date: _date, ...kept } = answer.headers;
        return plain(JSON.stringify([answer.statusCode, kept, answer.payload]));
      };
      const usual = await ask({});
      for (const one of poison) expect([method, url, one, await ask(one)]).toEqual([method, url, one, usual]);
      expect(usual).not.toContain('evil.example');
    }
  });

  it('A-21 an address written in another way is that address or none, and is answered', async () => {
    await test.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = test.app.server.address() as { port: number };
    const targets = [
      '/%6fidc/jwks', '/%6Fidc/auth', '/oid%63/.well-known/openid-configuration', '//oidc/jwks', '/./oidc/jwks', '/x/../oidc/jwks', '/oidc/%2e/jwks',
      '/oidc//jwks', '/oidc/./jwks', '/oidc/x/../jwks', '/oidc/jwks/', '/oidc/jwks;x', '/oidc/jwks%00', '/oidc/jwks%2f', '/oidc%2fjwks', '/OIDC/jwks', '/oidc/JWKS',
      '/oidc/jwks?', '/oidc/jwks#x', '/oidc', '/oidc/', '/oidc?x', 'http://evil.example/oidc/jwks', 'http://localhost:3000/oidc/.well-known/openid-configuration',
      '/.well-known/oauth-authorization-server/%6fidc', '/.well-known/oauth-authorization-server/oidc/', '/.well-known/oauth-authorization-server/oidc/x',
      '/oidc/.well-known/openid-configuration?x=//evil.example', '/oidc/%', '/oidc/%zz', '/oidc/%ff', '/oidc/\u00e9', '*', 'evil.example:443', '/oidc/interaction/%00',
      '/oidc/interaction/%2e%2e', '/oidc/auth/%00', '/oidc/auth/..', '/oidc/device/%00', `/oidc/${'x'.repeat(9000)}`,
    ]; // prettier-ignore
    const late = 'no answer';
    for (const method of ['GET', 'POST', 'HEAD', 'OPTIONS', 'TRACE', 'PUT']) {
      for (const target of targets) {
        const answered = await Promise.race([
          rawRequest(port, method, target),
          sleep(3000, late, { ref: false }),
        ]);
        expect([method, target, answered === late ? late : 'answered']).toEqual([method, target, 'answered']);
        if (typeof answered === 'string') continue;
        expect([method, target, answered.status < 500]).toEqual([method, target, true]);
        expect(answered.head + answered.body).not.toContain('//evil.example/oidc');
      }
    }
  }, 60_000);
});
