import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { Hono } from 'hono';
import { cofactor, type CofactorSite } from 'cofactor/fetch';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveRequests } from '../support/adapters/fetch.ts';
import { notFastify } from '../support/adapters/served.ts';
import {
  codeOf,
  createAuth,
  enrolTotp,
  freshSqliteDatabase,
  origin,
  register,
  signInWithCode,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import { network, TestBrowser, type Transport } from '../support/browser.ts';
import type { TestClock } from '../support/clock.ts';

let database: TestDatabase;
let app: TestApp;
let site: CofactorSite;
let transport: Transport;
beforeEach(async () => {
  database = await freshSqliteDatabase();
  const auth = createAuth(database.open());
  site = cofactor({ auth });
  app = {
    auth,
    clock: auth.engine.config.clock as TestClock,
    app: notFastify,
    browser: () => new TestBrowser(transport, origin),
    close: () => site.close(),
  };
});
afterEach(async () => {
  await app.close();
  await database.drop();
});

/** From an account to a page that two factors open, and in again from another browser. */
async function story(): Promise<readonly [string, number][]> {
  const person = await register(app);
  const { browser } = person;
  expect((await browser.page('/admin')).headers['location']).toBe('/auth/security?return_to=%2Fadmin');
  await enrolTotp(app, person);
  expect((await browser.page('/admin')).headers['location']).toBe(
    '/auth/step-up?policy=Admin&return_to=%2Fadmin',
  );
  await browser.post('/auth/step-up', { policy: 'Admin', returnTo: '/admin' });
  const done = await browser.post('/auth/ceremony', {
    authenticator: person.authenticator,
    response: { code: codeOf(app, person) },
  });
  expect(done.body).toEqual({ status: 'done', returnTo: '/admin' });
  const inside = await browser.get('/admin');
  expect([inside.text, inside.headers['cache-control']]).toEqual([`Hello ${person.identifier}`, 'no-store']);
  app.clock.advance(31);
  const other = await signInWithCode(app, person);
  const statuses: [string, number][] = [];
  for (const path of ['/', '/admin']) statuses.push([path, (await other.get(path)).status]);
  await other.post('/auth/sign-out');
  for (const path of ['/', '/admin']) statuses.push([path, (await other.get(path)).status]);
  return statuses;
}

/** Signed in, and signed out again. */
const told = [
  ['/', 200],
  ['/admin', 200],
  ['/', 200],
  ['/admin', 401],
];

describe('U3 an application on Hono, behind a server', () => {
  let server: Server;
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('A5 A6 leads people to what is missing and back, by middleware before its routes', async () => {
    const hono = new Hono<{ Bindings: { readonly address: string | undefined } }>();
    hono.use(async (c, next) => {
      const answer = await site.handle(c.req.raw, { remoteAddress: c.env.address });
      return answer ?? next();
    });
    const requireAdmin = site.requirePolicy('Admin');
    hono.use('/admin/*', async (c, next) => {
      const guarded = await requireAdmin(c.req.raw);
      if ('response' in guarded) return guarded.response;
      await next();
      c.header('cache-control', 'no-store');
      return undefined;
    });
    hono.get('/admin', async (c) => c.text(`Hello ${(await site.visitor(c.req.raw)).user?.identifier}`));
    hono.get('/', (c) => c.text('public'));
    server = await serveRequests((request, connection) => hono.fetch(request, connection));
    transport = network(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(await story()).toEqual(told);
  });
});

describe('U3 an application of route handlers, as Next.js has them', () => {
  type Handlers = Partial<
    Record<string, (request: Request, context: object) => Response | Promise<Response>>
  >;

  it('A5 A6 leads people to what is missing and back', async () => {
    // app/auth/[...path]/route.ts
    const handle = async (request: Request): Promise<Response> =>
      (await site.handle(request, { remoteAddress: request.headers.get('x-real-ip') })) ??
      new Response(null, { status: 404 });
    const auth: Handlers = { GET: handle, POST: handle, PUT: handle, PATCH: handle, DELETE: handle };
    // app/admin/route.ts
    const admin: Handlers = {
      GET: site.protect('Admin', (_request, { user }) => new Response(`Hello ${user?.identifier}`)),
    };
    // app/route.ts
    const root: Handlers = { GET: () => new Response('public') };
    const files: readonly (readonly [RegExp, Handlers])[] = [
      [/^\/auth\/.+/, auth],
      [/^\/admin$/, admin],
      [/^\/$/, root],
    ];
    transport = async (method, path, headers, payload, ip) => {
      const request = new Request(origin + path, {
        method,
        headers: { ...headers, 'x-real-ip': ip },
        ...(payload !== undefined && { body: payload as string }),
      });
      const [, handlers] = files.find(([pattern]) => pattern.test(new URL(request.url).pathname)) ?? [];
      const handler = handlers?.[method] ?? (() => new Response(null, { status: handlers ? 405 : 404 }));
      const answer = await handler(request, { params: Promise.resolve({}) });
      const cookies = answer.headers.getSetCookie();
      return {
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
        cookies,
        text: await answer.text(),
      };
    };
    expect(await story()).toEqual(told);
  });
});
