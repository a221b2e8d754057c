import { routes } from 'cofactor/http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  createApp,
  freshSqliteDatabase,
  throughEachAdapter,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import type { Answer } from '../support/browser.ts';
import { credentials, type Actor } from '../support/credentials.ts';
import { onHttps } from '../support/https.ts';

/** What every answer of ours carries. */
const always: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-store',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
};

function expectSecured(answer: Answer, title: string, cached = 'no-store'): void {
  const found = Object.fromEntries(Object.keys(always).map((name) => [name, answer.headers[name]]));
  expect({ title, ...found }).toEqual({ title, ...always, 'cache-control': cached });
  for (const name of ['x-powered-by', 'server', 'access-control-allow-origin']) {
    expect([title, name, answer.headers[name]]).toEqual([title, name, undefined]);
  }
}

throughEachAdapter('I-27 A-189 the headers of every answer', (through) => {
  let database: TestDatabase;
  let app: TestApp;
  beforeEach(async () => {
    database = await freshSqliteDatabase();
    app = await createApp(database.open(), onHttps, through);
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  it('every route, let in and refused, as page and as data', async () => {
    const actors = async (): Promise<[Actor, Actor]> => [
      await credentials.mfa(app, database),
      await credentials['no credential'](app, database),
    ];
    let [actor, nobody] = await actors();
    const statuses = new Set<number>();
    for (const { method, path, page } of routes) {
      const url = `/auth${path === '/assets/*' ? '/assets/cofactor.css' : path}`;
      const isFile = path === '/assets/*' || path.endsWith('.schema.json');
      const cached = isFile ? 'public, no-cache' : 'no-store';
      const accept = page ? 'text/html' : 'application/json';
      for (const { browser } of [nobody, actor]) {
        const body = actor.bodies[`${method} ${path}`]?.();
        const send = { headers: { accept }, ...(body !== undefined && { body }) };
        for (const answer of [
          await browser.send(method, url, { ...send, headers: { accept, 'x-csrf-token': 'wrong' } }),
          await browser.send(method, url, { headers: { accept }, raw: '{' }),
          await browser.send(method, url, send),
        ]) {
          statuses.add(answer.status);
          expectSecured(answer, `${method} ${url} ${answer.status}`, cached);
        }
      }
      if (method !== 'GET') [actor, nobody] = await actors();
    }
    expect([...statuses]).toEqual(expect.arrayContaining([200, 201, 204, 303, 400, 401, 403, 404]));
  });

  it('what is not there, what is not understood, and what cannot be parsed', async () => {
    const { browser } = await credentials.pwd(app, database);
    const answers: (readonly [string, Answer])[] = [];
    for (const path of [
      '/auth/nowhere',
      '/auth/',
      '/auth//',
      '/auth/assets/nowhere.js',
      '/auth/assets/..%2fx',
      '/auth/assets/%00',
    ]) {
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']) {
        const answer = await browser.send(method, path);
        expect([method, path, answer.status]).toEqual([method, path, 404]);
        answers.push([`${method} ${path}`, answer]);
      }
    }
    answers.push(['too large', await browser.post('/auth/sign-in', undefined, { raw: 'x'.repeat(100_000) })]);
    const large = await browser.post('/auth/sign-in', undefined, { raw: 'x'.repeat(100_000) });
    expect(large.problem).toBe('malformed');
    for (const [title, answer] of answers) expectSecured(answer, title);
  });

  it('answers of the guard: to sign-in, to step-up, to the set-up, refused', async () => {
    const pwd = await credentials.pwd(app, database);
    const mfa = await credentials['pwd of mfa'](app, database);
    const visitor = app.browser();
    const answers: (readonly [string, Answer, number])[] = [
      ['page, nobody', await visitor.page('/admin'), 303],
      ['data, nobody', await visitor.get('/admin'), 401],
      ['page, to the set-up', await pwd.browser.page('/admin'), 303],
      ['page, to step-up', await mfa.browser.page('/admin'), 303],
      ['data, to step-up', await mfa.browser.get('/admin'), 401],
      ['page, denied', await pwd.browser.page('/boss'), 403],
      ['data, denied', await pwd.browser.get('/boss'), 403],
    ];
    for (const [title, answer, status] of answers) {
      expect([title, answer.status]).toEqual([title, status]);
      expectSecured(answer, title);
    }
    // The application's own page is its own affair, but is never stored.
    const open = await pwd.browser.get('/recent');
    expect([open.status, open.headers['cache-control']]).toEqual([200, 'no-store']);
  });

  it('a broken database and a broken provider', async () => {
    const { browser, bodies } = await credentials.pwd(app, database);
    await database.query('drop table limits');
    const broken = await browser.post('/auth/sign-in', bodies['POST /sign-in']?.());
    expect([broken.status, broken.problem]).toEqual([503, 'unavailable']);
    expectSecured(broken, 'broken database');
    await database.query('drop table sessions');
    // A guard believes for a moment what it has read before (A-103).
    app.clock.advance(2);
    for (const answer of [
      await browser.get('/admin'),
      await browser.page('/admin'),
      await browser.page('/auth/security'),
    ]) {
      expect([answer.status, answer.problem]).toEqual([503, 'unavailable']);
      expectSecured(answer, 'guard');
    }
  });

  it('scripts and styles answer 304 with the same headers, and only files of the pages are there', async () => {
    const visitor = app.browser();
    const first = await visitor.get('/auth/assets/cofactor.css');
    const again = await visitor.get('/auth/assets/cofactor.css', {
      headers: { 'if-none-match': String(first.headers['etag']) },
    });
    expect([first.status, again.status, again.text]).toEqual([200, 304, '']);
    expectSecured(again, '304', 'public, no-cache');
    for (const name of [
      '../package.json',
      '..%2fpackage.json',

      '.css',
      'cofactor.css.map',
      'COFACTOR.CSS',
      '__proto__',
      'constructor.js',
    ]) {
      expect([name, (await visitor.get(`/auth/assets/${name}`)).status]).toEqual([name, 404]);
    }
  });

  it('without https there is no promise of https', async () => {
    const plain = await createApp(database.open(), {}, through);
    const answer = await plain.browser().get('/auth/context');
    expect(answer.headers['strict-transport-security']).toBeUndefined();
    await plain.close();
  });

  it('no page has a script, style or handler of its own, or anything of another site', async () => {
    const { browser } = await credentials.pwd(app, database);
    for (const path of [
      '/auth/sign-in',
      '/auth/step-up',
      '/auth/register',
      '/auth/security',
      '/auth/denied',
      '/boss',
    ]) {
      const { text } = await browser.page(`${path}?return_to=%22%3E%3Cscript%3Ealert(1)%3C/script%3E`);
      expect(text).toContain('<!doctype html>');
      expect(text).not.toMatch(
        /alert\(1\)|<script(?![^>]+src="\/auth\/assets\/)|<style|\son\w+=|style=|https?:/i,
      );
    }
  });
});
