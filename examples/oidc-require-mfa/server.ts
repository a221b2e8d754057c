/**
 * An application that asks the server for nothing, and lets nobody in without a second factor whatever the server did.
 * Start it along with the server by `npm start` in the folder above these examples.
 */
import Fastify from 'fastify';
import { all, createOidcClient, dialects, requireMfa } from 'cofactor/oidc-client';
import { oidcClient } from 'cofactor/oidc-client/fastify';
import { styles } from '../parts/styles.ts';
import { adminPage, homePage, octoberPage, payslipsPage } from './pages.ts';
import { noTextMessage } from './requirements.ts';

const port = Number(process.env['PORT'] ?? 3002);
const acme = process.env['ACME'] ?? 'http://localhost:3000';
const origin = `http://localhost:${port}`;

const client = createOidcClient({
  name: 'Payroll',
  origin,
  issuers: [
    {
      name: 'acme',
      label: 'Acme',
      issuer: `${acme}/oidc`,
      clientId: 'payroll',
      // How Acme says that a second factor was used. What it does not say was not done.
      dialect: dialects.cofactor,
      // Where the page of who is not let in leads.
      enableMfa: `${acme}/auth/security`,
      userinfo: true,
    },
  ],
  policies: {
    RequireMfa: requireMfa(),
    Admin: all(requireMfa(), noTextMessage),
  },
  // Nobody is sent to Acme for more by itself: they read what is missing, and choose.
  stepUp: false,
});

const app = Fastify();
await app.register(oidcClient, { client });

app.get('/', async (request, reply) =>
  reply.type('text/html').send(await homePage(await request.oidcVisitor())),
);
// One page with a policy.
app.get('/admin', { preHandler: app.requireSignIn('Admin') }, async (request, reply) =>
  reply.type('text/html').send(await adminPage(await request.oidcVisitor())),
);
// A policy for all that is in a group. On `app` itself the same line is for the whole application.
await app.register(async (group) => {
  group.addHook('preHandler', app.requireSignIn('RequireMfa'));
  group.get('/payslips', async (request, reply) =>
    reply.type('text/html').send(await payslipsPage(await request.oidcVisitor())),
  );
  group.get('/payslips/october', async (request, reply) =>
    reply.type('text/html').send(await octoberPage(await request.oidcVisitor())),
  );
});
app.get('/styles.css', (_request, reply) => reply.type('text/css').send(styles));

await app.listen({ port, host: 'localhost' });
console.log(`listening on ${origin}: Payroll, whose people sign in at ${acme}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void app.close());
