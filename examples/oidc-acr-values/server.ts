/**
 * An application that asks the server for a second factor with every sign-in: `acr_values=mfa`. Start it along with the
 * server by `npm start` in the folder above these examples.
 */
import Fastify from 'fastify';
import { createOidcClient, dialects, requireMfa } from 'cofactor/oidc-client';
import { oidcClient } from 'cofactor/oidc-client/fastify';
import { styles } from '../parts/styles.ts';
import { adminPage, homePage, paymentsPage } from './pages.ts';

const port = Number(process.env['PORT'] ?? 3001);
const acme = process.env['ACME'] ?? 'http://localhost:3000';
const origin = `http://localhost:${port}`;

const client = createOidcClient({
  name: 'Orders',
  origin,
  issuers: [
    {
      name: 'acme',
      label: 'Acme',
      issuer: `${acme}/oidc`,
      clientId: 'orders',
      dialect: dialects.cofactor,
      // With every sign-in of this application. It is a wish: what is shown or not is up to the policies.
      ask: { acrValues: 'mfa' },
      enableMfa: `${acme}/auth/security`,
      userinfo: true,
    },
  ],
  policies: {
    Admin: requireMfa(),
    Payments: requireMfa({ maxAge: 300 }),
  },
});

const app = Fastify();
await app.register(oidcClient, { client });

app.get('/', async (request, reply) =>
  reply.type('text/html').send(await homePage(await request.oidcVisitor())),
);
app.get('/admin', { preHandler: app.requireSignIn('Admin') }, async (request, reply) =>
  reply.type('text/html').send(await adminPage(await request.oidcVisitor())),
);

// This route asks for more than the others: the level is essential, so Acme lets nobody go on without it.
const essential = { id_token: { acr: { essential: true, values: ['mfa', 'phr', 'phrh'] } } };
const payments = app.requireSignIn('Payments', { ask: { claims: essential } });
app.get('/payments', { preHandler: payments }, async (request, reply) =>
  reply.type('text/html').send(await paymentsPage(await request.oidcVisitor())),
);
app.get('/styles.css', (_request, reply) => reply.type('text/css').send(styles));

await app.listen({ port, host: 'localhost' });
console.log(`listening on ${origin}: Orders, whose people sign in at ${acme}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void app.close());
