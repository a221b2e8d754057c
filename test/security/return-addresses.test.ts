import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { safeReturnTo } from '../../packages/cofactor/src/web/return-to.ts';
import {
  codeOf,
  createApp,
  enrolTotp,
  freshSqliteDatabase,
  register,
  signInWithCode,
  signInWithPassword,
  throughEachAdapter,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import { oathtoolCode } from '../support/oathtool.ts';
import { onHttps } from '../support/https.ts';

const origin = 'http://localhost:3000';

/** Addresses that lead, or have led some browser, to another site or to a script. All must become `/`. */
const hostile: readonly string[] = [
  '//evil.example',
  '///evil.example',
  '////evil.example/x',
  '/\\evil.example',
  '\\\\evil.example',
  '\\/evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '/\r\n/evil.example',
  '\t//evil.example',
  ' //evil.example',
  '/ /evil.example\u0000',
  '/.//evil.example',
  '/..//evil.example',
  '/./\\evil.example',
  '/x/..//evil.example',
  '/%2e%2e//evil.example',
  '/%2E//evil.example',
  'https://evil.example',
  'HTTPS://evil.example',
  'https:evil.example',
  'https:/evil.example',
  'https:\\\\evil.example',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\tscript:alert(1)',
  '\u0001javascript:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  'blob:http://localhost:3000/x',
  'file:///etc/passwd',
  'evil.example',
  '@evil.example',
  '?x',
  '#x',
  'admin',
  'http://localhost:3000',
  'http://localhost:3000/admin',
  'http://localhost:3000@evil.example/',
  'http://localhost:3000.evil.example/',
  '/\u0085/evil.example',
  `/${'x'.repeat(2048)}`,
];

describe('I-25 addresses to come back to', () => {
  it.each(hostile.map((address) => [JSON.stringify(address).slice(0, 60), address]))(
    '%s',
    (_name, address) => {
      expect(safeReturnTo(address, new URL(origin))).toBe('/');
    },
  );

  it('paths of this site stay what they are, encoded parts and queries included', () => {
    const honest = [
      '/',
      '/admin',
      '/admin?tab=users&x=%2F%2Fevil.example',
      '/a/b#c',
      '/%2F%2Fevil.example',
      '/%5Cevil',
    ];
    for (const path of [...honest, '/@evil.example', '/:80/', '/javascript:alert(1)', '/a//b']) {
      expect(safeReturnTo(path, new URL(origin))).toBe(path);
    }
    for (const value of [undefined, null, 1, ['/admin'], { toString: () => '/admin' }]) {
      expect(safeReturnTo(value, new URL(origin))).toBe('/');
    }
  });

  it('whatever is typed, where it leads is on this site, and it leads there again when it is checked again', () => {
    const part = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '%2e',
      '%2f',
      '%5c',
      ':',
      '@',
      '?',
      '#',
      '\t',
      '\n',
      ' ',
      'evil',
      'javascript',
    );
    const address = fc.oneof(
      fc.array(part, { maxLength: 10 }).map((parts) => `/${parts.join('')}`),
      fc.webUrl(),
      fc.string({ unit: 'binary' }).map((text) => `/${text}`),
    );
    fc.assert(
      fc.property(address, (typed) => {
        const safe = safeReturnTo(typed, new URL(origin));
        // As a browser would follow it: from an address on this site, and as a Location.
        expect(new URL(safe, `${origin}/auth/sign-in`).origin).toBe(origin);
        expect(safe).toMatch(/^\/(?![/\\])/);
        expect(safeReturnTo(safe, new URL(origin))).toBe(safe);
      }),
      { numRuns: 2000 },
    );
  });
});

throughEachAdapter('I-25 in every place that takes one', (through) => {
  let database: TestDatabase;
  let app: TestApp;
  beforeAll(async () => {
    database = await freshSqliteDatabase();
    app = await createApp(database.open(), {}, through);
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const some = [
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    '/\t/evil.example',
    'https://evil.example/',
  ];

  it('POST /sign-in and POST /register', async () => {
    const person = await register(app);
    for (const [n, returnTo] of some.entries()) {
      const browser = app.browser();
      await browser.context();
      const response = { password: person.password };
      const body = { identifier: person.identifier, provider: 'password', response, returnTo };
      expect((await browser.post('/auth/sign-in', body)).body).toEqual({ status: 'done', returnTo: '/' });
      const newcomer = { ...body, identifier: `return-${n}` };
      expect((await browser.post('/auth/register', newcomer)).body).toEqual({
        status: 'done',
        returnTo: '/',
      });
    }
  });

  it('POST /step-up and POST /enrolments, to the end of the ceremony and of the set-up', async () => {
    const person = await register(app);
    const { browser } = person;
    for (const returnTo of some) {
      const enrol = await browser.post('/auth/step-up', { policy: 'Admin', returnTo });
      expect(enrol.body).toEqual({ status: 'enrol', returnTo: '/auth/security?return_to=%2F' });
    }
    const begun = await browser.post<{ enrolment: string; setup: { key: string } }>('/auth/enrolments', {
      provider: 'totp',
      returnTo: '//evil.example',
    });
    const code = oathtoolCode(begun.body.setup.key, app.clock.now());
    const confirmed = await browser.post<{ authenticator: { id: string }; returnTo: string }>(
      '/auth/enrolments/confirm',
      { enrolment: begun.body.enrolment, response: { code } },
    );
    expect(confirmed.body.returnTo).toBe('/');
    person.key = begun.body.setup.key;
    for (const returnTo of some) {
      app.clock.advance(901);
      await browser.post('/auth/step-up', { policy: 'FreshAdmin', returnTo });
      const done = await browser.post('/auth/ceremony', {
        authenticator: confirmed.body.authenticator.id,
        response: { code: codeOf(app, person) },
      });
      expect(done.body).toEqual({ status: 'done', returnTo: '/' });
      const met = await browser.post('/auth/step-up', { policy: 'FreshAdmin', returnTo });
      expect(met.body).toEqual({ status: 'done', returnTo: '/' });
    }
  });

  it('pages that lead elsewhere, and the guard, with what is in the address and in the Referer', async () => {
    const visitor = app.browser();
    for (const path of [
      '/auth/security?return_to=//evil.example',
      '/auth/step-up?return_to=javascript:alert(1)',
    ]) {
      const page = await visitor.page(path);
      expect(page.headers['location']).toBe(`/auth/sign-in?${new URLSearchParams({ return_to: path })}`);
    }
    for (const url of ['//evil.example/admin', '//evil.example/auth/security']) {
      const answer = await app.browser().page(url);
      expect(answer.headers['location'] ?? '/').toMatch(/^\/(?!\/)/);
    }
    for (const referer of [
      'https://evil.example/',
      'http://localhost:3000//evil.example',
      'javascript:alert(1)',
      'x',
    ]) {
      const answer = await app
        .browser()
        .send('POST', '/admin', { headers: { accept: 'text/html', referer } });
      expect(answer.headers['location']).toBe('/auth/sign-in?return_to=%2F');
    }
  });

  it('what an application hands over with its own first factor', async () => {
    const other = await freshSqliteDatabase();
    const host = await createApp(other.open(), { clock: app.clock }, through);
    host.route('/host', async ({ query, signInFromHost }) => {
      await signInFromHost({ subject: 'somebody', returnTo: query.get('to') ?? '' });
      return undefined;
    });
    for (const to of some) {
      const browser = host.browser();
      const answer = await browser.page(`/host?to=${encodeURIComponent(to)}`);
      expect([to, answer.status, answer.headers['location']]).toEqual([to, 303, '/']);
    }
    await host.close();
    await other.drop();
  });

  it('what stands in the database is checked again before anybody is sent there', async () => {
    const person = await register(app);
    await enrolTotp(app, person);
    const browser = app.browser();
    await signInWithPassword(person, browser);
    await database.query("update ceremonies set return_to = 'https://evil.example/'");
    const done = await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(app, person) },
    });
    expect(done.body).toEqual({ status: 'done', returnTo: '/' });
  });
});

// Tracks: CVE-2023-49097 (Zitadel)
throughEachAdapter(
  'I-26 A-187 the address of this site is the configured one, whatever a request says',
  (through) => {
    it('forged hosts change no answer, no link and no cookie', async () => {
      const database = await freshSqliteDatabase();
      const app = await createApp(database.open(), onHttps, through);
      const person = await register(app);
      await enrolTotp(app, person);
      const browser = await signInWithCode(app, person);
      const forged = {
        host: 'evil.example',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'http',
        'x-forwarded-port': '1',
        'x-forwarded-prefix': '/evil.example',
        'x-original-url': '//evil.example',
        'x-rewrite-url': '//evil.example',
        'x-host': 'evil.example',
        forwarded: 'host=evil.example;proto=http',
      };
      const paths = [
        '/auth/context',
        '/auth/security',
        '/auth/openapi.json',
        '/auth/sign-in',
        '/auth/step-up',
        '/admin',
        '/phishing',
      ];
      for (const path of paths) {
        for (const accept of ['text/html', 'application/json']) {
          const usual = await browser.get(path, { headers: { accept } });
          const answer = await browser.get(path, { headers: { accept, ...forged } });
          expect([path, answer.status, answer.text]).toEqual([path, usual.status, usual.text]);
          const { 'content-length': _a, date: _b, ...headers } = answer.headers;
          const { 'content-length': _c, date: _d, ...same } = usual.headers;
          expect(headers).toEqual(same);
          expect(JSON.stringify([answer.text, headers])).not.toContain('evil');
        }
      }
      const begun = await browser.post('/auth/enrolments', { provider: 'totp' }, { headers: forged });
      expect([begun.status, begun.text.includes('evil')]).toEqual([201, false]);
      // The origin that the Host header claims is not our origin.
      const answer = await browser.post('/auth/sign-out', undefined, {
        headers: { ...forged, origin: 'https://evil.example' },
      });
      expect(answer.problem).toBe('csrf');
      for (const cookie of browser.setCookies) expect(cookie).toMatch(/^__Host-.*; Secure$/);
      await app.close();
      await database.drop();
    });
  },
);
