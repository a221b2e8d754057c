import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import * as client from 'openid-client';
import { createCofactor, type Cofactor } from 'cofactor';
import { createOidcServer, type OidcServer } from 'cofactor/oidc-server';
import { password } from 'cofactor/password';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onEachDatabase, type TestDatabase } from '../support/app.ts';
import { closed, freePort } from '../support/listening.ts';
import { connect, liveClients } from '../support/oidc-parties.ts';

onEachDatabase('a server without Fastify', (fresh) => {
  let database: TestDatabase;
  let auth: Cofactor;
  let oidc: OidcServer;
  let server: Server;
  let origin: string;
  const job = { ...liveClients.job, scopes: ['openid'] };
  beforeAll(async () => {
    database = await fresh();
    const port = await freePort();
    origin = `http://localhost:${port}`;
    auth = createCofactor({ database: database.open(), origin, factors: [password()] });
    oidc = createOidcServer(auth, { clients: [job] });
    await oidc.start();
    server = createServer((request, response) => {
      oidc.handle(request, response).then(
        (answered) => answered || response.writeHead(418).end('of the application'),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
    server.listen(port, 'localhost');
    await once(server, 'listening');
  });
  afterAll(async () => {
    if (server) await closed(server);
    await oidc?.close();
    await database?.drop();
  });

  it.each(['oidc', 'oauth2'] as const)('is found by %s discovery, and gives tokens', async (algorithm) => {
    const config = await connect(oidc, job, { algorithm });
    const tokens = await client.clientCredentialsGrant(config);
    expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 3600 });
    expect(await client.tokenIntrospection(config, tokens.access_token)).toMatchObject({ active: true });
  });

  it('leads people to its pages', async () => {
    const answer = await fetch(`${origin}/oidc/device`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      '/auth/sign-in?return_to=%2Foidc%2Fdevice',
    ]);
  });

  it.each([
    '/',
    '/oidc',
    '/oidcx',
    '/auth/sign-in',
    '/.well-known/oauth-authorization-server',
    '/.well-known/oauth-authorization-server/other',
    '/.well-known/openid-configuration',
  ])('leaves %s to the application', async (path) => {
    const answer = await fetch(origin + path, { redirect: 'manual' });
    expect([answer.status, await answer.text()]).toEqual([418, 'of the application']);
  });
});
