/**
 * One sign-in for several applications: accounts with passwords, authenticator apps and passkeys, and an OpenID Connect
 * server over them. Start it together with its three applications by `npm start` in the folder above these examples.
 */
import { mkdirSync } from 'node:fs';
import Fastify from 'fastify';
import { createCofactor } from 'cofactor';
import { cofactor } from 'cofactor/fastify';
import { createOidcServer, oidcServer, type OidcClient } from 'cofactor/oidc-server';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { sqlite } from 'cofactor/sqlite';
import { totp } from 'cofactor/totp';
import { webauthn } from 'cofactor/webauthn';

const port = Number(process.env['PORT'] ?? 3000);
const data = process.env['DATA'] ?? new URL('.data/', import.meta.url).pathname;
mkdirSync(data, { recursive: true });

const auth = createCofactor({
  name: 'Acme',
  origin: `http://localhost:${port}`,
  database: sqlite(`${data}/oidc-server.db`),
  registration: true,
  factors: [password(), totp({ issuer: 'Acme' }), webauthn(), recoveryCodes()],
});

/** An application on a port after ours. The paths are those of `cofactor/oidc-client`; `acme` is what it calls us. */
function application(id: string, name: string, after: number): OidcClient {
  const origin = `http://localhost:${port + after}`;
  return {
    id,
    name,
    redirectUris: [`${origin}/auth/callback/acme`],
    postLogoutRedirectUris: [`${origin}/auth/signed-out`],
    // Told when a sign-in ends, whichever application it was ended in.
    backchannelLogoutUri: `${origin}/auth/backchannel-logout/acme`,
  };
}

const oidc = createOidcServer(auth, {
  clients: [
    // Of the same house, so nobody is asked for consent.
    { ...application('orders', 'Orders', 1), firstParty: true },
    { ...application('payroll', 'Payroll', 2), firstParty: true },
    // Of somebody else. `minimumAcr: 'mfa'` here would let nobody through to it without a second factor.
    application('stock', 'Stock', 3),
  ],
});

const app = Fastify();
await app.register(cofactor, { auth });
await app.register(oidcServer, { oidc });
app.get('/', (_request, reply) => reply.redirect('/auth/security'));
await app.listen({ port, host: 'localhost' });
console.log(`listening on http://localhost:${port}: Acme, whose database is in ${data}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void app.close());
