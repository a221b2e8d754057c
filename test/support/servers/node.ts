/**
 * Why: tests of several processes on one database need a server that is really a process of its own. It runs the
 * built `cofactor`; passwords are not hashed, so that the database and nothing else is what is waited for.
 *
 * DATABASE is a file or an address of PostgreSQL, KEY the secret of the key ring.
 */
import Fastify from 'fastify';
import { createCofactor, requireMfa, type Store } from 'cofactor';
import { cofactor } from 'cofactor/fastify';
import { password } from 'cofactor/password';
import { postgres } from 'cofactor/postgres';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { sqlite } from 'cofactor/sqlite';
import { totp } from 'cofactor/totp';
import { webauthn } from 'cofactor/webauthn';
import { counting } from '../counting.ts';
import { plainHasher } from '../hasher.ts';

const open = (address: string): Store =>
  address.startsWith('postgres') ? postgres(address) : sqlite(address);

const codes = counting(totp({ issuer: 'Test' }));
const auth = createCofactor({
  database: open(process.env['DATABASE'] ?? ''),
  keys: [{ id: 'test', secret: process.env['KEY'] ?? '' }],
  origin: 'http://localhost:3000',
  factors: [password({ hasher: plainHasher }), codes.provider, webauthn(), recoveryCodes()],
  policies: { Admin: requireMfa() },
  minimum: { acr: 'mfa' },
  // One machine plays many: whoever calls says from which address.
  trustedProxies: ['127.0.0.1'],
});

const app = Fastify();
await app.register(cofactor, { auth });
app.get('/admin', { preHandler: app.requirePolicy('Admin') }, () => ({ secret: 'inside' }));
app.get('/evaluations', () => ({ evaluations: codes.evaluations() }));
/** Starts on another database, as a node would, and stops again. */
app.post<{ Body: { address: string } }>('/start', async ({ body }) => {
  const database = open(body.address);
  try {
    await database.migrate();
  } finally {
    await database.close();
  }
  return { started: true };
});

process.once('SIGTERM', () => void app.close().then(() => process.exit(0)));
process.stdout.write(`listening on ${await app.listen({ host: '127.0.0.1', port: 0 })}\n`);
