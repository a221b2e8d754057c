/**
 * Why: what two processes do at once with one code, one token or one sign-out is seen in two processes only. It runs the
 * built `cofactor`; passwords are not hashed, so that the database and nothing else is what is waited for.
 *
 * DATABASE is a file or an address of PostgreSQL, KEY the secret of the key ring, CLIENTS the clients as JSON.
 */
import Fastify from 'fastify';
import { createCofactor, requireMfa } from 'cofactor';
import { cofactor } from 'cofactor/fastify';
import { createOidcServer, oidcServer, type OidcClient } from 'cofactor/oidc-server';
import { password } from 'cofactor/password';
import { postgres } from 'cofactor/postgres';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { sqlite } from 'cofactor/sqlite';
import { totp } from 'cofactor/totp';
import { plainHasher } from '../hasher.ts';

const address = process.env['DATABASE'] ?? '';
const auth = createCofactor({
  database: address.startsWith('postgres') ? postgres(address) : sqlite(address),
  keys: [{ id: 'test', secret: process.env['KEY'] ?? '' }],
  origin: 'http://localhost:3000',
  factors: [password({ hasher: plainHasher }), totp({ issuer: 'Test' }), recoveryCodes()],
  policies: { Admin: requireMfa() },
  // One machine plays many: whoever calls says from which address.
  trustedProxies: ['127.0.0.1'],
});

const app = Fastify();
await app.register(cofactor, { auth });
const clients = JSON.parse(process.env['CLIENTS'] ?? '[]') as OidcClient[];
const resources = { 'https://api.example.com': { scopes: ['orders:read'] } };
await app.register(oidcServer, { oidc: createOidcServer(auth, { clients, resources }) });

process.once('SIGTERM', () => void app.close().then(() => process.exit(0)));
process.stdout.write(`listening on ${await app.listen({ host: '127.0.0.1', port: 0 })}\n`);
