import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { cofactor } from 'cofactor/fastify';
import { inject } from '../browser.ts';
import type { MountedRealm, Served } from './served.ts';

export async function serveFastify(realms: readonly MountedRealm[]): Promise<Served> {
  const app = Fastify();
  for (const realm of realms) await app.register(cofactor, realm);
  return {
    app,
    transport: inject(app),
    route(path, handler, { methods = ['GET'], policy, realm } = {}) {
      app.route({
        method: [...methods],
        url: path,
        ...(policy !== undefined && {
          preHandler: app.requirePolicy(policy, realm === undefined ? {} : { realm }),
        }),
        async handler(request, reply) {
          const answer = await handler({
            body: request.body,
            query: new URL(request.url, 'http://localhost').searchParams,
            visitor: (name) => request.visitor(name),
            account: (name, options) => request.account(name, options),
            signInFromHost: (proof, name) => reply.signInFromHost(proof, name),
          });
          if (!answer) return reply;
          const { status = 200, headers = {}, body } = answer;
          if (typeof body !== 'string') reply.type('application/json');
          return reply
            .code(status)
            .headers(headers)
            .send(typeof body === 'string' ? body : JSON.stringify(body));
        },
      });
    },
    async listen() {
      await app.listen({ host: '127.0.0.1', port: 0 });
      return (app.server.address() as AddressInfo).port;
    },
    close: () => app.close(),
  };
}
