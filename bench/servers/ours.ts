/** Cofactor in Fastify, with one route that a policy guards, and with an OpenID Connect server where one is wanted. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cofactor } from 'cofactor';
import type { OidcServer } from 'cofactor/oidc-server';
import Fastify from 'fastify';
import { cofactor } from 'cofactor/fastify';
import { oidcClient } from '../oidc-client.ts';
import { cofactorOf } from './ours.options.ts';
import { readConfig, serve, serveHttp } from './serve.ts';
import { countStatements } from './statements.ts';
import type { Question } from './protocol.ts';

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
const answers = (question: Question): void => {
  if (question.ask === 'advance') ahead += question.seconds * 1000;
};

const oidc = config.oidc === undefined ? null : await openIdConnect(auth);
if (oidc !== null && config.oidc === 'http') {
  await Promise.all([oidc.start(), app.ready()]);
  await serveHttp(inFrontOf(oidc), config, answers);
} else {
  await serve(app, config, answers);
}

/** Loaded only where it is used: what it stands on takes its time to start. */
async function openIdConnect(own: Cofactor): Promise<OidcServer> {
  const { createOidcServer, oidcServer } = await import('cofactor/oidc-server');
  const { id, name, secret, redirectUri } = oidcClient;
  const clients = [{ id, name, secret, redirectUris: [redirectUri], firstParty: true }];
  const made = createOidcServer(own, { clients });
  if (config.oidc === 'fastify') await app.register(oidcServer, { oidc: made });
  return made;
}

/** What is not for the OpenID Connect server goes on to Fastify. */
function inFrontOf(server: OidcServer): (request: IncomingMessage, response: ServerResponse) => void {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!(await server.handle(request, response))) app.routing(request, response);
  };
  return (request, response) => void answer(request, response);
}
