import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireMfa } from 'cofactor';
import { cofactor } from 'cofactor/fastify';
import Fastify from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { backOfficePolicy, serveShell } from '../../packages/server/src/server/shell.ts';
import {
  createAuth,
  enrolTotp,
  freshSqliteDatabase,
  origin,
  register,
  signInWithCode,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import { inject, TestBrowser } from '../support/browser.ts';
import type { TestClock } from '../support/clock.ts';

/** The pages of the back office as files, whatever is in them. */
const files = {
  'index.html': '<!doctype html><title>Back office</title>',
  'assets/main-Ab3_x9Zk.js': 'export {};',
  'assets/main-Ab3_x9Zk.css': ':root {}',
  'logo.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
} as const;

let home: string;
let database: TestDatabase;
let app: TestApp;
let empty: TestApp;
let inside: TestBrowser;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'cofactor-shell-'));
  const folder = join(home, 'assets');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  writeFileSync(join(home, 'secret.txt'), 'CANARY');
  database = await freshSqliteDatabase();
  const open = async (of: string): Promise<TestApp> => {
    const auth = createAuth(database.open(), { policies: { [backOfficePolicy]: requireMfa() } });
    const fastify = Fastify();
    await fastify.register(cofactor, { auth });
    serveShell(fastify, auth, of);
    return {
      auth,
      app: fastify,
      clock: auth.engine.config.clock as TestClock,
      browser: () => new TestBrowser(inject(fastify), origin),
      close: () => fastify.close(),
    };
  };
  app = await open(folder);
  empty = await open(join(home, 'nothing'));
  const person = await register(app);
  await enrolTotp(app, person);
  inside = await signInWithCode(app, person);
});
afterAll(async () => {
  await app?.close();
  await empty?.close();
  await database?.drop();
  rmSync(home, { recursive: true, force: true });
});

it('gives its one document to whoever is signed in with a second factor, at every address below it', async () => {
  for (const path of ['/admin', '/admin/', '/admin/users', '/admin/users/usr_1?tab=audit']) {
    const page = await inside.page(path);
    expect([path, page.status, page.text]).toEqual([path, 200, files['index.html']]);
    expect(page.headers['cache-control']).toBe('no-store');
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  }
});

it('I-27 has the policy and the headers of every page of ours on everything', async () => {
  const paths = ['/admin/', ...Object.keys(files).map((name) => `/admin/${name}`)];
  for (const path of paths) {
    const { headers } = await inside.page(path);
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-frame-options']).toBe('DENY');
  }
});

it('leads strangers to sign in and back, and says so to programs', async () => {
  const stranger = app.browser();
  const page = await stranger.page('/admin/users/usr_1?tab=audit');
  expect([page.status, page.headers['location']]).toEqual([
    303,
    '/auth/sign-in?return_to=%2Fadmin%2Fusers%2Fusr_1%3Ftab%3Daudit',
  ]);
  expect((await stranger.get('/admin/')).problem).toBe('not-signed-in');
  const weak = await register(app);
  const led = await weak.browser.page('/admin/');
  expect([led.status, led.headers['location']]).toEqual([303, '/auth/security?return_to=%2Fadmin%2F']);
});

it('has files with a hash in their name kept for a year, and asks for the others each time', async () => {
  const script = await inside.get('/admin/assets/main-Ab3_x9Zk.js');
  expect(script.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
  const logo = await inside.get('/admin/logo.svg');
  expect(logo.headers['cache-control']).toBe('public, no-cache');
  const again = await inside.get('/admin/logo.svg', {
    headers: { 'if-none-match': String(logo.headers['etag']) },
  });
  expect([again.status, again.text]).toEqual([304, '']);
});

it('A-21 leads nowhere else, however an address is spelled', async () => {
  const spellings = [
    '/admin/../secret.txt',
    '/admin/..%2fsecret.txt',
    '/admin/%2e%2e/secret.txt',
    '/admin/assets/..%5c..%5csecret.txt',
    '/admin/assets/main-Ab3_x9Zk.js%00.html',
    '/admin//etc/passwd',
    '/admin/assets/',
  ];
  for (const path of spellings) {
    const answer = await inside.page(path);
    expect([path, answer.text.includes('CANARY')]).toEqual([path, false]);
    // The document, or nothing at all.
    expect([path, [files['index.html'], ''].includes(answer.text) || answer.status >= 300]).toEqual([
      path,
      true,
    ]);
    const stranger = await app.browser().get(path);
    expect([path, stranger.status >= 300]).toEqual([path, true]);
  }
});

it('says in words that it is not built, to whoever may come in', async () => {
  const browser = empty.browser();
  for (const [name, value] of inside.cookies) browser.cookies.set(name, value);
  const page = await browser.page('/admin/');
  expect([page.status, page.text.includes('npm run build')]).toEqual([503, true]);
  expect((await empty.browser().page('/admin/')).status).toBe(303);
});
