import { once } from 'node:events';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { createOidcClient, dialects, requireMfa, type OidcClient, type Visitor } from 'cofactor/oidc-client';
import { oidcClient as forExpress } from 'cofactor/oidc-client/express';
import { oidcClient as forFastify } from 'cofactor/oidc-client/fastify';
import { oidcClient as forFetch } from 'cofactor/oidc-client/fetch';
import { serveRequests } from './adapters/fetch.ts';
import { closed } from './listening.ts';
import type { Adapter } from './rp.ts';

/** One application, carried by an adapter, whose people sign in at the server of the examples. */
export interface AcmeClient {
  readonly origin: string;
  /** Whether Acme asks people, the first time, to let it use their account. */
  readonly isOfSomebodyElse: boolean;
  /** The `acr_values` of each request that it handed to Acme, the newest last. */
  readonly asked: readonly (string | null)[];
  close(): Promise<void>;
}

/** What each is known as at Acme, and on which port after Acme's. */
const known = {
  fastify: { clientId: 'orders', name: 'Orders', after: 1, isOfSomebodyElse: false },
  express: { clientId: 'stock', name: 'Stock', after: 3, isOfSomebodyElse: true },
  fetch: { clientId: 'payroll', name: 'Payroll', after: 2, isOfSomebodyElse: false },
} as const;

/** What this page asks Acme for where it sends somebody there. It lets in whoever signed in. */
const asking = { ask: { acrValues: 'mfa' } } as const;

export async function startAcmeClient(adapter: Adapter, acmePort: number): Promise<AcmeClient> {
  const { clientId, name, after, isOfSomebodyElse } = known[adapter];
  const acme = `http://localhost:${acmePort}`;
  const port = acmePort + after;
  const origin = `http://localhost:${port}`;
  const asked: (string | null)[] = [];
  const client = createOidcClient({
    name,
    origin,
    issuers: [
      {
        name: 'acme',
        label: 'Acme',
        issuer: `${acme}/oidc`,
        clientId,
        dialect: dialects.cofactor,
        enableMfa: `${acme}/auth/security`,
        // Acme takes requests beforehand (RFC 9126), so the browser does not see what is in them.
        async fetch(address, init) {
          const request = new Request(address, init);
          if (request.url.endsWith('/par')) {
            asked.push(new URLSearchParams(await request.text()).get('acr_values'));
          }
          return fetch(address, init);
        },
      },
    ],
    policies: { Admin: requireMfa() },
    stepUp: false,
  });
  return { origin, isOfSomebodyElse, asked, close: await carriers[adapter](client, port) };
}

/** The same three pages on each; resolves with what ends it. */
const carriers: Readonly<
  Record<Adapter, (client: OidcClient, port: number) => Promise<() => Promise<void>>>
> = {
  async fastify(client, port) {
    const app = Fastify();
    await app.register(forFastify, { client });
    app.get('/', async (request, reply) =>
      reply.type('text/html').send(await home(await request.oidcVisitor())),
    );
    app.get('/admin', { preHandler: app.requireSignIn('Admin') }, async (request, reply) =>
      reply.type('text/html').send(inside(await request.oidcVisitor())),
    );
    app.get('/asking', { preHandler: app.requireSignIn(null, asking) }, async (request, reply) =>
      reply.type('text/html').send(inside(await request.oidcVisitor())),
    );
    await app.listen({ port, host: 'localhost' });
    return () => app.close();
  },

  async express(client, port) {
    const app = express();
    const site = forExpress(client);
    app.use(site.routes);
    app.get('/', async (request, response) => {
      response.send(await home(await site.visitor(request)));
    });
    app.get('/admin', site.requireSignIn('Admin'), async (request, response) => {
      response.send(inside(await site.visitor(request)));
    });
    app.get('/asking', site.requireSignIn(null, asking), async (request, response) => {
      response.send(inside(await site.visitor(request)));
    });
    const server = app.listen(port, 'localhost');
    await once(server, 'listening');
    return () => closed(server);
  },

  async fetch(client, port) {
    const app = new Hono();
    const site = forFetch(client);
    const page = (_request: Request, visitor: Visitor): Response =>
      new Response(inside(visitor), { headers: { 'content-type': 'text/html' } });
    const admin = site.protect('Admin', page);
    const asked = site.protect(null, page, asking);
    app.use(async (c, next) => (await site.handle(c.req.raw)) ?? next());
    app.get('/', async (c) => c.html(await home(await site.visitor(c.req.raw))));
    app.get('/admin', (c) => admin(c.req.raw));
    app.get('/asking', (c) => asked(c.req.raw));
    const server = await serveRequests((request) => app.fetch(request), port);
    return () => closed(server);
  },
};

/** What it was told of the visitor, and the menu of row A7. */
async function home(visitor: Visitor): Promise<string> {
  if (visitor.user === null) return html('Welcome', '<a href="/auth/sign-in">Sign in</a>');
  const admin = (await visitor.allows('Admin')) ? 'Admin' : 'Admin (Not Enabled)';
  return inside(visitor, `<a href="/admin">${admin}</a>`);
}

function inside({ assurance }: Visitor, menu = ''): string {
  const leave = '<form method="post" action="/auth/sign-out"><button>Sign out</button></form>';
  return html(assurance?.amr.join(' ') ?? '', menu + leave);
}

function html(heading: string, body: string): string {
  return `<!doctype html><title>${heading}</title><h1>${heading}</h1>${body}`;
}
