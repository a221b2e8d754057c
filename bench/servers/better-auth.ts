/** better-auth in Fastify, mounted and asked for the session as its guide for Fastify says. */
import { betterAuth } from 'better-auth';
import { fromNodeHeaders } from 'better-auth/node';
import Fastify from 'fastify';
import { betterAuthOptions, openDatabase } from './better-auth.options.ts';
import { readConfig, serve } from './serve.ts';
import { countStatements } from './statements.ts';

const config = readConfig();
countStatements(config.database);
const auth = betterAuth(betterAuthOptions(config, openDatabase(config.database)));
const app = Fastify();

app.route({
  method: ['GET', 'POST'],
  url: '/api/auth/*',
  async handler(request, reply) {
    const response = await auth.handler(
      new Request(new URL(request.url, `http://${request.headers.host}`), {
        method: request.method,
        headers: fromNodeHeaders(request.headers),
        ...(request.body ? { body: JSON.stringify(request.body) } : {}),
      }),
    );
    reply.status(response.status);
    response.headers.forEach((value, key) => reply.header(key, value));
    return reply.send(response.body ? await response.text() : null);
  },
});

app.get('/guarded', async (request, reply) => {
  const session = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) });
  if (session === null) return reply.status(401).send({ error: 'not signed in' });
  return { user: session.user.id };
});

await serve(app, config);
