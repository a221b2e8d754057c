import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import type { Bearer, ResourceServer } from 'cofactor/oidc-client';
import * as onExpress from 'cofactor/oidc-client/express';
import * as onFastify from 'cofactor/oidc-client/fastify';
import * as onFetch from 'cofactor/oidc-client/fetch';
import { closed } from './listening.ts';

/** The ways in which an API can carry its guards. */
export const carriers = ['fastify', 'express', 'fetch'] as const;
export type Carrier = (typeof carriers)[number];

/** The routes of the API, and what each asks for. */
const routes: Readonly<Record<string, { readonly policy?: string; readonly scopes?: readonly string[] }>> = {
  '/me': {},
  '/orders': { scopes: ['orders:read'] },
  '/refunds': { policy: 'Mfa', scopes: ['orders:read'] },
  '/transfers': { policy: 'Fresh' },
  '/admin': { policy: 'Admin' },
};

export interface GuardedApi {
  readonly origin: string;
  close(): Promise<void>;
}

/** An API on a port of its own that tells who calls, and what was sent to it. */
export async function startApi(carrier: Carrier, api: ResourceServer): Promise<GuardedApi> {
  switch (carrier) {
    case 'fastify':
      return onFastifyServer(api);
    case 'express':
      return onExpressServer(api);
    case 'fetch':
      return onHonoServer(api);
  }
}

function tell({ subject, scopes, assurance }: Bearer, body: unknown): object {
  return { subject, scopes, acr: assurance.acr, body };
}

async function onFastifyServer(api: ResourceServer): Promise<GuardedApi> {
  const app = Fastify();
  for (const [url, { policy, scopes = [] }] of Object.entries(routes)) {
    const onRequest = onFastify.requireBearer(api, policy, { scopes });
    app.route({
      method: ['GET', 'POST'],
      url,
      onRequest,
      handler: (request) => tell(onFastify.bearerOf(request), request.body ?? null),
    });
  }
  app.get('/open', (request) => tell(onFastify.bearerOf(request), null));
  await app.listen({ port: 0, host: '127.0.0.1' });
  return { origin: originOf(app.server), close: () => app.close() };
}

async function onExpressServer(api: ResourceServer): Promise<GuardedApi> {
  const app = express();
  for (const [path, { policy, scopes = [] }] of Object.entries(routes)) {
    const guard = onExpress.requireBearer(api, policy, { scopes });
    app.all(path, guard, express.json(), (request, response) => {
      response.json(tell(onExpress.bearerOf(request), request.body ?? null));
    });
  }
  app.get('/open', (request, response) => {
    response.json(tell(onExpress.bearerOf(request), null));
  });
  return listening(app);
}

async function onHonoServer(api: ResourceServer): Promise<GuardedApi> {
  const app = new Hono();
  for (const [path, { policy, scopes = [] }] of Object.entries(routes)) {
    const guard = onFetch.requireBearer(api, policy, { scopes });
    app.all(path, async (context) => {
      const guarded = await guard(context.req.raw);
      if ('response' in guarded) return guarded.response;
      const text = await context.req.text();
      return context.json(tell(guarded.bearer, text === '' ? null : JSON.parse(text)));
    });
  }
  return listening((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const headers = new Headers();
      for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
        headers.append(incoming.rawHeaders[at] ?? '', incoming.rawHeaders[at + 1] ?? '');
      }
      const { method = 'GET', url = '/' } = incoming;
      const body = method === 'GET' || method === 'HEAD' ? null : Buffer.concat(chunks);
      void (async () => {
        const response = await app.fetch(new Request(`http://127.0.0.1${url}`, { method, headers, body }));
        outgoing.writeHead(response.status, Object.fromEntries(response.headers));
        outgoing.end(Buffer.from(await response.arrayBuffer()));
      })();
    });
  });
}

async function listening(listener: RequestListener): Promise<GuardedApi> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { origin: originOf(server), close: () => closed(server) };
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
