import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeStream } from 'node:stream/web';
import { Hono } from 'hono';
import { cofactor } from 'cofactor/fetch';
import type { Transport } from '../browser.ts';
import { notFastify, siteNamed, type MountedRealm, type Served } from './served.ts';

/** What a server tells Hono of a connection. */
interface Connection {
  readonly address: string | undefined;
}

/** Takes a `Request` and where it came from. */
type Fetch = (request: Request, connection: Connection) => Response | Promise<Response>;

/** Hono, given requests without a server between; `listen` puts one in front. */
export async function serveFetch(realms: readonly MountedRealm[]): Promise<Served> {
  const app = new Hono<{ Bindings: Connection }>();
  const sites = new Map(realms.map((realm) => [realm.auth.realm, cofactor(realm)]));
  for (const site of sites.values()) {
    await site.start();
    app.use(async (c, next) => {
      const answer = await site.handle(c.req.raw, { remoteAddress: c.env.address });
      return answer ?? next();
    });
  }
  const handle: Fetch = (request, connection) => app.fetch(request, connection);
  let server: Server | undefined;
  return {
    app: notFastify,
    transport: withoutNetwork(handle),
    route(path, handler, { methods = ['GET'], policy, realm } = {}) {
      app.on([...methods], path, async (c) => {
        const request = c.req.raw;
        let answered: Response | null = null;
        const own = async (): Promise<Response> => {
          const reply = await handler({
            body: request.body ? await c.req.json() : undefined,
            query: new URL(request.url).searchParams,
            visitor: (name) => siteNamed(sites, name).visitor(request),
            async account(name, options) {
              const view = await siteNamed(sites, name).account(request, options);
              const cookies = view.headers.getSetCookie();
              const headers = { ...Object.fromEntries(view.headers), 'set-cookie': cookies };
              return { ...view, headers };
            },
            async signInFromHost(proof, name) {
              const info = { remoteAddress: c.env.address };
              const { outcome, response } = await siteNamed(sites, name).signInFromHost(request, proof, info);
              answered = response;
              return outcome;
            },
          });
          if (!reply) return answered ?? new Response(null, { status: 500 });
          const headers = new Headers();
          for (const [name, value] of Object.entries(reply.headers ?? {})) {
            for (const one of [value].flat()) headers.append(name, one);
          }
          const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
          if (typeof reply.body !== 'string') headers.set('content-type', 'application/json');
          return new Response(text, { status: reply.status ?? 200, headers });
        };
        if (policy === undefined) return own();
        return siteNamed(sites, realm).protect(policy, own)(request);
      });
    },
    async listen() {
      server = await serveRequests(handle);
      return (server.address() as AddressInfo).port;
    },
    async close() {
      server?.closeAllConnections();
      server?.close();
      for (const site of sites.values()) await site.close();
    },
  };
}

/** Which methods a `Request` cannot have, and which have no body. */
const impossible = ['TRACE', 'CONNECT'];
const bodiless = ['GET', 'HEAD'];

function withoutNetwork(handle: Fetch): Transport {
  return async (method, path, headers, payload, ip) => {
    const request = new Request(`http://localhost:3000${path}`, {
      method: impossible.includes(method) ? 'OPTIONS' : method,
      headers: { host: 'localhost:3000', ...headers },
      ...(payload !== undefined && !bodiless.includes(method) && { body: payload as string }),
    });
    const answer = await handle(request, { address: ip });
    const cookies = answer.headers.getSetCookie();
    return {
      status: answer.status,
      headers: {
        ...Object.fromEntries(answer.headers),
        ...(cookies.length > 0 && { 'set-cookie': cookies }),
      },
      cookies,
      text: await answer.text(),
    };
  };
}

/** A server that makes requests of `node:http` into a `Request`, as those for Hono and SvelteKit do. */
export async function serveRequests(handle: Fetch, port = 0): Promise<Server> {
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url = '/', headers } = incoming;
    if (impossible.includes(method)) return void response.writeHead(405).end();
    const address = url.startsWith('/') ? `http://localhost:3000${url}` : url;
    if (!URL.canParse(address)) return void response.writeHead(400).end();
    const request = new Request(address, {
      method,
      headers: Object.entries(headers).map(([name, value]) => [name, String(value)]),
      ...(!bodiless.includes(method) && { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' }),
    });
    const made = await handle(request, { address: incoming.socket.remoteAddress });
    response.statusCode = made.status;
    for (const [name, value] of made.headers) response.appendHeader(name, value);
    if (made.body) Readable.fromWeb(made.body as NodeStream).pipe(response);
    else response.end();
  };
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
