import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  createApp,
  enrolTotp,
  onEachAdapter,
  origin,
  register,
  signInWithCode,
  signInWithPassword,
  type Person,
  type RoutedApp,
  type TestDatabase,
} from '../support/app.ts';
import { rawRequest, type RawAnswer } from '../support/raw.ts';
import type { TestBrowser } from '../support/browser.ts';

/** Other spellings of an address that somewhere have been taken for the same one. */
function spellings(path: string): readonly string[] {
  const [, first = '', ...rest] = path.split('/');
  const last = rest.at(-1) ?? first;
  return [
    `/${path}`,
    `//localhost:3000${path}`,
    `/.${path}`,
    `/x/..${path}`,
    `/auth/..${path}`,
    `/%2e${path}`,
    `/%2e%2e${path}`,
    path.replace(/\/([^/]*)$/, '//$1'),
    path.replace(/\/([^/]*)$/, '/./$1'),
    path.replace(/\/([^/]*)$/, '/x/../$1'),
    path.replace(/\/([^/]*)$/, '%2f$1'),
    path.replace(/\/([^/]*)$/, '/%2f$1'),
    path.replace(/\/([^/]*)$/, '\\$1'),
    `${path}/`,
    `${path}//`,
    `${path}/.`,
    `${path}%2f`,
    `${path}%20`,
    `${path}%00`,
    `${path}%0a`,
    `${path}%09`,
    `${path}.`,
    `${path}.json`,
    `${path}.css`,
    `${path};a=b`,
    `${path};.css`,
    `${path}%3ba=b`,
    `${path}%3f`,
    `${path}%23`,
    path.toUpperCase(),
    path.replace(last, last.charAt(0).toUpperCase() + last.slice(1)),
    path.replace(last, `%${last.charCodeAt(0).toString(16)}${last.slice(1)}`),
    `http://localhost:3000${path}`,
    `https://localhost:3000${path}`,
    `http://evil.example${path}`,
    `http://localhost:3000/${path}`,
  ];
}

/** Addresses that need a session: guarded by a policy of the application, and by a level of the table. */
const guarded = ['/admin', '/two-factor', '/auth/security', '/auth/step-up'] as const;

onEachAdapter('another spelling of an address', (fresh, through) => {
  let database: TestDatabase;
  let app: RoutedApp;
  let port: number;
  let person: Person;
  beforeEach(async () => {
    database = await fresh();
    app = await createApp(database.open(), {}, through);
    port = await app.listen();
    person = await register(app);
    await enrolTotp(app, person);
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  const cookies = (browser: TestBrowser): Record<string, string> => ({
    cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
  });
  const isInside = ({ body }: RawAnswer): boolean =>
    /inside|"authenticators"|<cofactor-security|<cofactor-sign-in/.test(body);

  // Tracks: GHSA-x732, CVE-2023-38507
  it('A-21 is as closed as the usual one, or is not there', async () => {
    const pending = app.browser();
    await signInWithPassword(person, pending);
    for (const path of guarded) {
      for (const target of [path, ...spellings(path)]) {
        for (const accept of ['application/json', 'text/html']) {
          for (const method of ['GET', 'POST', 'HEAD', 'OPTIONS', 'TRACE']) {
            const answered = await rawRequest(port, method, target, { accept, ...cookies(pending) });
            const got = `${method} ${target}: ${answered.status}`;
            // 400 of a parser, 401 and 303 of the guard, 403 of the CSRF check, 404 and 405 of the router; Express
            // says by itself which methods there are.
            expect(got).toMatch(/: (303|400|401|403|404|405)$|^OPTIONS .*: 200$/);
            if (answered.status === 200) expect(answered.body).toMatch(/^GET, HEAD, POST$/);
            expect([got, isInside(answered)]).toEqual([got, false]);
            if (answered.status === 303) expect(answered.head).toMatch(/^location: \/auth\/sign-in\?/im);
          }
        }
      }
    }
  });

  it('A-21 gives nothing to a full session that the usual one would not give, and the usual one answers', async () => {
    const full = await signInWithCode(app, person);
    const headers = { accept: 'application/json', ...cookies(full) };
    expect(isInside(await rawRequest(port, 'GET', '/admin', headers))).toBe(true);
    expect(isInside(await rawRequest(port, 'GET', '/auth/security', headers))).toBe(true);
    for (const target of spellings('/phishing')) {
      const answered = await rawRequest(port, 'GET', target, headers);
      expect([target, isInside(answered)]).toEqual([target, false]);
    }
  });

  it('A-21 no header or parameter makes one method another', async () => {
    const full = await signInWithCode(app, person);
    const sessions = async (): Promise<number> =>
      Number((await database.query('select count(*) as n from sessions where ended_at is null'))[0]?.['n']);
    const before = await sessions();
    const overrides: Readonly<Record<string, string>>[] = [
      { 'x-http-method-override': 'DELETE' },
      { 'x-http-method': 'DELETE' },
      { 'x-method-override': 'DELETE' },
      { 'x-original-method': 'POST', 'x-original-url': '/auth/sign-out' },
      { 'x-rewrite-url': '/auth/sign-out' },
    ];
    for (const override of overrides) {
      for (const target of [
        '/auth/sessions/others',
        '/auth/sign-out',
        '/auth/sessions/others?_method=DELETE',
      ]) {
        for (const method of ['GET', 'HEAD', 'POST']) {
          if (method === 'POST' && target === '/auth/sign-out') continue;
          const headers = { ...cookies(full), origin, 'x-csrf-token': full.csrf, ...override };
          const { status } = await rawRequest(port, method, target, headers);
          expect([method, target, status]).toEqual([method, target, 404]);
        }
      }
    }
    expect(await sessions()).toBe(before);
  });

  it('A-21 is no way round the limit of tries', async () => {
    const browser = app.browser();
    await browser.context();
    const headers = {
      ...cookies(browser),
      origin,
      'x-csrf-token': browser.csrf,
      'content-type': 'application/json',
    };
    const body = JSON.stringify({
      identifier: person.identifier,
      provider: 'password',
      response: { password: 'not the right one' },
    });
    const statuses: number[] = [];
    for (let n = 0; n < 11; n += 1) {
      statuses.push((await rawRequest(port, 'POST', '/auth/sign-in', headers, body)).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
    for (const target of spellings('/auth/sign-in')) {
      const { status } = await rawRequest(port, 'POST', target, headers, body);
      // The address of a `Request` is what the URL standard makes of it: then it is the usual one, limit included.
      const usual = through.adapter === 'fetch' ? [429] : [];
      expect([target, [400, 404, 405, ...usual].includes(status)]).toEqual([target, true]);
    }
    const spelled = [
      person.identifier.toUpperCase(),
      ` ${person.identifier} `,
      person.identifier.replace('p', 'ｐ'),
    ];
    for (const identifier of spelled) {
      const other = JSON.stringify({ ...(JSON.parse(body) as object), identifier });
      expect((await rawRequest(port, 'POST', '/auth/sign-in', headers, other)).status).toBe(429);
    }
  });
});
