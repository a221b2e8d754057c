/** Cofactor in Fastify, with one route that a policy guards. */
import Fastify from 'fastify';
import { cofactor } from 'cofactor/fastify';
import { cofactorOf } from './ours.options.ts';
import { readConfig, serve } from './serve.ts';
import { countStatements } from './statements.ts';

const config = readConfig();
countStatements(config.database);
let ahead = 0;
const auth = await cofactorOf(config, { now: () => new Date(Date.now() + ahead) });
const app = Fastify();
await app.register(cofactor, { auth });
app.route({
  method: 'GET',
  url: '/guarded',
  preHandler: app.requirePolicy('Mfa'),
  async handler(request) {
    const { session } = await request.visitor();
    return { user: session?.user.id };
  },
});

await serve(app, config, (question) => {
  if (question.ask === 'advance') ahead += question.seconds * 1000;
});
