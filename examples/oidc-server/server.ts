/**
 * One sign-in for several applications: an OpenID Connect server with two clients, each of which asks for more than a
 * password in its own way. Start it with `npm start -w example-oidc-server` and open what it prints.
 */
import { mkdirSync } from 'node:fs';
import Fastify from 'fastify';
import { createCofactor } from 'cofactor';
import { cofactor } from 'cofactor/fastify';
import { createOidcServer, oidcServer } from 'cofactor/oidc-server';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { sqlite } from 'cofactor/sqlite';
import { totp } from 'cofactor/totp';
import { webauthn } from 'cofactor/webauthn';
import { startClient } from './client.ts';

const port = Number(process.env['PORT'] ?? 3000);
const data = process.env['DATA'] ?? new URL('.data/', import.meta.url).pathname;
mkdirSync(data, { recursive: true });
const addresses = { orders: `http://localhost:${port + 1}`, payroll: `http://localhost:${port + 2}` };

const auth = createCofactor({
  name: 'Acme',
  origin: `http://localhost:${port}`,
  database: sqlite(`${data}/oidc-server.db`),
  registration: true,
  factors: [password(), totp({ issuer: 'Acme' }), webauthn(), recoveryCodes()],
});

const oidc = createOidcServer(auth, {
  clients: [
    // Asks for a second factor itself, with acr_values, where it needs one.
    {
      id: 'orders',
      name: 'Orders',
      firstParty: true,
      redirectUris: [`${addresses.orders}/callback`],
      postLogoutRedirectUris: [`${addresses.orders}/`],
    },
    // Gets nobody without a second factor, whatever it asks for.
    {
      id: 'payroll',
      name: 'Payroll',
      redirectUris: [`${addresses.payroll}/callback`],
      postLogoutRedirectUris: [`${addresses.payroll}/`],
      minimumAcr: 'mfa',
      maxAge: 3600,
    },
  ],
});

const app = Fastify();
await app.register(cofactor, { auth });
await app.register(oidcServer, { oidc });
app.get('/', (_request, reply) => reply.redirect('/auth/security'));
await app.listen({ port, host: 'localhost' });

const clients = [
  await startClient({ issuer: oidc.issuer, id: 'orders', name: 'Orders', address: addresses.orders }),
  await startClient({ issuer: oidc.issuer, id: 'payroll', name: 'Payroll', address: addresses.payroll }),
];

console.log(`listening on http://localhost:${port}

Try this:
  1. ${addresses.orders}: sign in with a password (register first). You are let in with acr "pwd".
  2. Press "Ask for a second factor" there: Acme says that Orders needs one, lets you set one up, asks for it and leads
     back with acr "mfa".
  3. ${addresses.payroll}: the same sign-in is good enough by now. It belongs to somebody else, so it asks for your consent;
     take that back at http://localhost:${port}/oidc/applications.
  4. Sign out of one of them: the other one's next request finds you signed out.
  5. ${oidc.issuer}/.well-known/openid-configuration is what other clients need.

Stop with Ctrl-C. The database is in ${data}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void Promise.all([app.close(), ...clients.map((client) => client.close())]));
}
