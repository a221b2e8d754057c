/** An application whose people sign in at an issuer, with the guard of `cofactor/oidc-client`: in Fastify or in Express. */
import { createOidcClient, dialects, memorySessionStore, requireMfa } from 'cofactor/oidc-client';
import { oidcClient } from '../oidc-client.ts';
import type { Question } from './protocol.ts';
import { readConfig, serve, serveHttp } from './serve.ts';

const config = readConfig();
let ahead = 0;
const answers = (question: Question): void => {
  if (question.ask === 'advance') ahead += question.seconds * 1000;
};

const client = createOidcClient({
  origin: config.origin,
  environment: 'production',
  keys: [
    { id: 'bench', secret: Buffer.from('the key of a benchmark, of no use elsewhere').toString('base64') },
  ],
  issuers: [
    {
      name: 'issuer',
      label: 'Issuer',
      issuer: config.issuer ?? '',
      clientId: oidcClient.id,
      clientSecret: oidcClient.secret,
      scope: oidcClient.scope,
      dialect: dialects.cofactor,
    },
  ],
  ...(config.store === true && { store: memorySessionStore() }),
  clock: { now: () => new Date(Date.now() + ahead) },
});

/** Each path with what it is guarded by. */
const routes = { '/guarded': requireMfa(), '/fresh': requireMfa({ maxAge: 3600 }) };

// Each framework is loaded only where it is used.
if (config.framework === 'express') {
  const { default: express } = await import('express');
  const { oidcClient: site } = await import('cofactor/oidc-client/express');
  const { routes: own, requireSignIn, visitor } = site(client);
  const app = express();
  app.use(own);
  for (const [path, policy] of Object.entries(routes)) {
    app.get(path, requireSignIn(policy), async (request, response) => {
      response.json({ user: (await visitor(request)).user?.subject });
    });
  }
  await serveHttp(app, config, answers);
} else {
  const { default: Fastify } = await import('fastify');
  const { oidcClient: plugin } = await import('cofactor/oidc-client/fastify');
  const app = Fastify();
  await app.register(plugin, { client });
  for (const [url, policy] of Object.entries(routes)) {
    app.route({
      method: 'GET',
      url,
      preHandler: app.requireSignIn(policy),
      async handler(request) {
        return { user: (await request.oidcVisitor()).user?.subject };
      },
    });
  }
  await serve(app, config, answers);
}
