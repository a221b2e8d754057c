import { Agent, createServer, request as send, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { cofactor } from 'cofactor/express';
import type { Transport } from '../browser.ts';
import { notFastify, siteNamed, type MountedRealm, type Served } from './served.ts';

/** Says from which address a request is to come: all of them come from this machine. */
const from = 'x-test-address';

/** Express behind a real server. */
export async function serveExpress(realms: readonly MountedRealm[]): Promise<Served> {
  const app = express();
  app.disable('x-powered-by');
  app.use((request, _response, next) => {
    const value = request.headers[from];
    delete request.headers[from];
    Object.defineProperty(request.socket, 'remoteAddress', { value, configurable: true });
    next();
  });
  const sites = new Map(realms.map((realm) => [realm.auth.realm, cofactor(realm)]));
  for (const site of sites.values()) await site.start();
  for (const site of sites.values()) app.use(site.routes);
  app.use(express.json());

  // Headers as long as a test wants them: what is too long is for Cofactor to say.
  const server = createServer({ maxHeaderSize: 65_536 }, app);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  return {
    app: notFastify,
    transport: overHttp(port, agent),
    route(path, handler, { methods = ['GET'], policy, realm } = {}) {
      const guards = policy === undefined ? [] : [siteNamed(sites, realm).requirePolicy(policy)];
      for (const method of methods) {
        const on = method === 'GET' ? 'get' : 'post';
        app[on](path.replace(/\*$/, '{*rest}'), ...guards, async (request, response) => {
          const answer = await handler({
            body: request.body,
            query: new URL(request.originalUrl, 'http://localhost').searchParams,
            visitor: (name) => siteNamed(sites, name).visitor(request),
            account: (name, options) => siteNamed(sites, name).account(request, options),
            signInFromHost: (proof, name) => siteNamed(sites, name).signInFromHost(request, response, proof),
          });
          if (!answer) return;
          const { status = 200, headers = {}, body } = answer;
          response.status(status).set(headers);
          if (typeof body === 'string') response.send(body);
          else response.json(body);
        });
      }
    },
    listen: () => Promise.resolve(port),
    async close() {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      for (const site of sites.values()) await site.close();
    },
  };
}

/** By `node:http` and not by `fetch`, which has methods and headers that it sends for nobody. */
function overHttp(port: number, agent: Agent): Transport {
  return async (method, path, headers, payload, ip) => {
    const length = payload === undefined ? {} : { 'content-length': String(Buffer.byteLength(payload)) };
    const asked = send({
      port,
      agent,
      host: '127.0.0.1',
      method,
      path,
      headers: { host: 'localhost:3000', ...length, ...headers, [from]: ip },
    });
    asked.end(payload);
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    const pieces: Buffer[] = [];
    for await (const piece of answer as AsyncIterable<Buffer>) pieces.push(piece);
    return {
      status: answer.statusCode ?? 0,
      headers: answer.headers,
      cookies: answer.headers['set-cookie'] ?? [],
      text: Buffer.concat(pieces).toString(),
    };
  };
}
