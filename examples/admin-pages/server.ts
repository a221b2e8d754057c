/**
 * The first story of multi-factor authentication: everybody may sign in with a password, and the pages of the
 * administrator need a second factor. Start it with `npm start -w example-admin-pages` and open what it prints.
 */
import { mkdirSync } from 'node:fs';
import Fastify from 'fastify';
import { createCofactor, requireClaim, requireMfa } from 'cofactor';
import { cofactor } from 'cofactor/fastify';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { sqlite } from 'cofactor/sqlite';
import { totp } from 'cofactor/totp';
import { webauthn } from 'cofactor/webauthn';
import { adminPage, homePage, styles } from './pages.ts';

const port = Number(process.env['PORT'] ?? 3000);
const data = process.env['DATA'] ?? new URL('.data/', import.meta.url).pathname;
mkdirSync(data, { recursive: true });

const auth = createCofactor({
  name: 'Acme',
  origin: `http://localhost:${port}`,
  database: sqlite(`${data}/admin-pages.db`),
  registration: true,
  factors: [password(), totp({ issuer: 'Acme' }), webauthn(), recoveryCodes()],
  rememberDevices: true,
  policies: {
    // The second factor has to have been shown in the last 15 minutes.
    Admin: requireMfa({ maxAge: 900 }),
    TwoFactorEnabled: requireClaim('amr', 'mfa'),
  },
});

const app = Fastify();
await app.register(cofactor, { auth });

app.get('/', async (request, reply) => reply.type('text/html').send(await homePage(await request.visitor())));
app.get('/admin', { preHandler: app.requirePolicy('Admin') }, async (request, reply) =>
  reply.type('text/html').send(await adminPage(await request.visitor())),
);
app.get('/api/report', { preHandler: app.requirePolicy('Admin') }, () => ({ visitorsToday: 1204 }));
app.get('/styles.css', (_request, reply) => reply.type('text/css').send(styles));

await app.listen({ port, host: 'localhost' });
console.log(`listening on http://localhost:${port}

Try this:
  1. Register, then look at the menu: "Admin (Not Enabled)" says what is missing.
  2. Click it, add an authenticator app and keep the recovery codes.
  3. Admin now asks for a code; afterwards the menu says "Admin".
  4. Sign out and in again: password, then code. A recovery code works once.
  5. Add a passkey on the security page, sign out, and sign in with it alone.
  6. curl -i http://localhost:${port}/api/report shows what an API answers.

Stop with Ctrl-C. The database is in ${data}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void app.close());
