import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import {
  createOidcClient,
  dialects,
  requireFresh,
  requireMfa,
  requireRole,
  type OidcClient,
  type OidcClientOptions,
  type OidcIssuerOptions,
  type Visitor,
} from 'cofactor/oidc-client';
import { oidcClient as forExpress } from 'cofactor/oidc-client/express';
import { oidcClient as forFastify } from 'cofactor/oidc-client/fastify';
import { oidcClient as forFetch } from 'cofactor/oidc-client/fetch';
import { describe } from 'vitest';
import { inject, network, TestBrowser, type Answer, type Transport } from './browser.ts';
import { TestClock } from './clock.ts';
import { TestIssuer, type Upstreamer } from './memory-issuer.ts';

/** The ways in which an application can carry the client. */
export const adapters = ['fastify', 'express', 'fetch'] as const;
export type Adapter = (typeof adapters)[number];

/** Runs tests once over each of them. */
export function onEachAdapter(title: string, tests: (adapter: Adapter) => void): void {
  for (const adapter of adapters) describe(`${title}, ${adapter}`, () => tests(adapter));
}

export const clientOrigin = 'http://localhost:4000';

/** Pages of the application, and the policy of each. */
const guarded: Readonly<Record<string, string | null>> = {
  '/orders': null,
  '/admin': 'Admin',
  '/fresh-admin': 'FreshAdmin',
  '/recent': 'Recent',
  '/boss': 'Boss',
};

export interface RpOptions {
  readonly adapter?: Adapter;
  /** Changes to the only issuer. */
  readonly issuer?: Partial<OidcIssuerOptions>;
  /** More issuers. */
  readonly others?: readonly OidcIssuerOptions[];
  readonly client?: Partial<OidcClientOptions>;
}

/** An application that signs its people in at an issuer. */
export interface TestRp {
  readonly client: OidcClient;
  readonly issuer: TestIssuer;
  readonly clock: TestClock;
  readonly logged: { readonly level: string; readonly details: object; readonly message: string }[];
  browser(): TestBrowser;
  close(): Promise<void>;
}

/** Its issuer is one in memory, unless `issuer.issuer` names another. The clock starts now: tokens are of the system's time. */
export async function createRp(options: RpOptions = {}): Promise<TestRp> {
  const clock = (options.client?.clock as TestClock | undefined) ?? new TestClock(new Date());
  const issuer = new TestIssuer();
  issuer.now = () => clock.now();
  const logged: TestRp['logged'] = [];
  const log = (level: string) => (details: object, message: string) =>
    void logged.push({ level, details, message });
  const client = createOidcClient({
    origin: clientOrigin,
    name: 'Orders',
    issuers: [
      {
        name: 'acme',
        label: 'Acme',
        issuer: issuer.issuer,
        clientId: 'orders',
        clientSecret: 'the secret of the client',
        dialect: dialects.cofactor,
        enableMfa: `${issuer.issuer}/security`,
        fetch: issuer.fetch,
        ...options.issuer,
      },
      ...(options.others ?? []),
    ],
    policies: {
      Admin: requireMfa(),
      FreshAdmin: requireMfa({ maxAge: 900 }),
      Recent: requireFresh(300),
      Boss: requireRole('boss'),
    },
    roles: ({ role }) => (Array.isArray(role) ? (role as string[]) : []),
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    clock,
    ...options.client,
  });
  const { transport, close } = await carried(options.adapter ?? 'fastify', client);
  return { client, issuer, clock, logged, close, browser: () => new TestBrowser(transport, clientOrigin) };
}

/** What an API of the application tells of who asks. */
export interface Who {
  readonly subject: string | null;
  readonly amr: readonly string[];
  readonly acr: string | null;
  readonly admin: boolean;
}

async function who(visitor: Visitor): Promise<Who> {
  const { user, assurance } = visitor;
  const admin = await visitor.allows('Admin');
  return { subject: user?.subject ?? null, amr: assurance?.amr ?? [], acr: assurance?.acr ?? null, admin };
}

async function carried(
  adapter: Adapter,
  client: OidcClient,
): Promise<{ readonly transport: Transport; close(): Promise<void> }> {
  if (adapter === 'fastify') {
    const app = Fastify();
    await app.register(forFastify, { client });
    for (const [url, policy] of Object.entries(guarded)) {
      const preHandler = app.requireSignIn(policy);
      app.route({ method: ['GET', 'POST'], url, preHandler, handler: () => ({ secret: 'inside' }) });
    }
    app.get('/who', async (request) => who(await request.oidcVisitor()));
    app.get('/token', async (_request, reply) => ({ token: await reply.accessToken() }));
    return { transport: inject(app), close: () => app.close() };
  }
  if (adapter === 'express') {
    const app = express();
    const site = forExpress(client);
    app.use(site.routes);
    app.use(express.json());
    for (const [path, policy] of Object.entries(guarded)) {
      app.all(path, site.requireSignIn(policy), (_request, response) => {
        response.json({ secret: 'inside' });
      });
    }
    app.get('/who', async (request, response) => {
      response.json(await who(await site.visitor(request)));
    });
    app.get('/token', async (request, response) => {
      response.json({ token: await site.accessToken(request, response) });
    });
    const server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return {
      transport: network(`http://127.0.0.1:${port}`),
      async close() {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      },
    };
  }
  const app = new Hono();
  const site = forFetch(client);
  app.use(async (c, next) => (await site.handle(c.req.raw)) ?? next());
  for (const [path, policy] of Object.entries(guarded)) {
    const page = site.protect(policy, () => Response.json({ secret: 'inside' }));
    app.all(path, (c) => page(c.req.raw));
  }
  app.get('/who', async (c) => Response.json(await who(await site.visitor(c.req.raw))));
  app.get('/token', async (c) => {
    const held = await site.accessToken(c.req.raw);
    const answer = Response.json({ token: held?.token ?? null });
    for (const cookie of held?.cookies ?? []) answer.headers.append('set-cookie', cookie);
    return answer;
  });
  const transport: Transport = async (method, path, headers, payload) => {
    const answer = await app.fetch(
      new Request(clientOrigin + path, {
        method,
        headers,
        ...(payload !== undefined && { body: payload as string }),
      }),
    );
    return {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      cookies: answer.headers.getSetCookie(),
      text: await answer.text(),
    };
  };
  return { transport, close: async () => undefined };
}

/** A page, as a person's browser asks for it. */
export function open(browser: TestBrowser, path: string): Promise<Answer> {
  return browser.get(path, { headers: { accept: 'text/html' } });
}

export function locationOf(answer: Redirect): string {
  const { location } = answer.headers;
  if (typeof location === 'string') return location;
  const refresh = /http-equiv="refresh" content="[^"]*?url=([^"]*)"/i.exec(answer.text ?? '')?.[1] ?? '';
  return refresh.replaceAll('&amp;', '&');
}

/** An answer that leads elsewhere: by a redirect, or, after a form, by a page that goes on by itself. */
export type Redirect = Pick<Answer, 'headers'> & { readonly text?: string };

/** What the application asked of the issuer with a redirect. */
export function askedOf(answer: Redirect): URLSearchParams {
  return new URL(locationOf(answer), clientOrigin).searchParams;
}

/** The person signs in at the issuer where a redirect leads, and the browser brings back what it says of them. */
export async function comeBack(
  rp: TestRp,
  browser: TestBrowser,
  redirect: Redirect,
  person: Upstreamer,
): Promise<Answer> {
  const response = rp.issuer.authorize(locationOf(redirect), person);
  return open(browser, `/auth/callback/acme?${new URLSearchParams({ ...response })}`);
}

/** Signs somebody in who opens a page: where they end up. */
export async function signIn(
  rp: TestRp,
  browser: TestBrowser,
  person: Upstreamer,
  path = '/orders',
): Promise<Answer> {
  return comeBack(rp, browser, await open(browser, path), person);
}

export const withPassword = { sub: 'ann', acr: 'pwd', amr: ['pwd'] } as const;
export const withCode = { sub: 'ann', acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] } as const;
