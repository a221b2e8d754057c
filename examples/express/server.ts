/**
 * The same on Express: pages and a group of pages that need a second factor. Start it along with the server by `npm start`
 * in the folder above these examples.
 */
import express from 'express';
import { createOidcClient, dialects, requireMfa } from 'cofactor/oidc-client';
import { oidcClient } from 'cofactor/oidc-client/express';
import { styles } from '../parts/styles.ts';
import { adminPage, homePage, shelvesPage, tulipsPage } from './pages.ts';

const port = Number(process.env['PORT'] ?? 3003);
const acme = process.env['ACME'] ?? 'http://localhost:3000';
const origin = `http://localhost:${port}`;

const client = createOidcClient({
  name: 'Stock',
  origin,
  issuers: [
    {
      name: 'acme',
      label: 'Acme',
      issuer: `${acme}/oidc`,
      clientId: 'stock',
      dialect: dialects.cofactor,
      enableMfa: `${acme}/auth/security`,
      userinfo: true,
    },
  ],
  policies: {
    Admin: requireMfa(),
    Shelves: requireMfa({ maxAge: 900 }),
  },
});
const site = oidcClient(client);

const app = express();
// Before body parsers: it reads the forms of its own pages itself.
app.use(site.routes);

app.get('/', async (request, response) => {
  response.send(await homePage(await site.visitor(request)));
});
// One page with a policy.
app.get('/admin', site.requireSignIn('Admin'), async (request, response) => {
  response.send(await adminPage(await site.visitor(request)));
});
// A policy for all that is in a group. With `app.use` it is for the whole application.
const shelves = express.Router();
shelves.use(site.requireSignIn('Shelves'));
shelves.get('/', async (request, response) => {
  response.send(await shelvesPage(await site.visitor(request)));
});
shelves.get('/tulips', async (request, response) => {
  response.send(await tulipsPage(await site.visitor(request)));
});
app.use('/shelves', shelves);
app.get('/styles.css', (_request, response) => {
  response.type('css').send(styles);
});

const server = app.listen(port, 'localhost', (error) => {
  if (error) throw error;
  console.log(`listening on ${origin}: Stock, whose people sign in at ${acme}`);
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
