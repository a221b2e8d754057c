import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import Fastify from 'fastify';
import { oidcClient as forExpress } from 'cofactor/oidc-client/express';
import { oidcClient as forFastify } from 'cofactor/oidc-client/fastify';
import { expect, it, onTestFinished } from 'vitest';
import { inject, TestBrowser } from '../support/browser.ts';
import { startRp } from '../support/client-attacks.ts';
import { closed, listening } from '../support/listening.ts';
import { rawRequest } from '../support/raw.ts';
import { clientOrigin, locationOf } from '../support/rp.ts';

const html = { headers: { accept: 'text/html' } };

/** Ways to write an address that begins like the client's own pages and is none of them. */
const beside = [
  '/auth/profile',
  '/auth/sign-in/more',
  '/auth/callback/other',
  '/auth/callback/acme/more',
  '/auth/sign-out.json',
  '/auth/cofactor.css/x',
  '/auth/backchannel-logout/other',
  '/auth/%2e%2e/secret',
  '/auth/;/secret',
  '/auth//secret',
];

it('A-21 a guard over a whole application on Fastify stands before every page that is not the client\u2019s', async () => {
  const { client } = await startRp();
  const app = Fastify();
  onTestFinished(() => app.close());
  await app.register(forFastify, { client });
  app.addHook('preHandler', app.requireSignIn());
  app.get('/auth/profile', () => 'inside');
  app.get('/auth/callback/other', () => 'inside');
  app.get('/secret', () => 'inside');
  const browser = new TestBrowser(inject(app), clientOrigin);
  for (const path of [...beside, '/secret', '/auth', '/']) {
    const answer = await browser.get(path, html);
    expect([path, answer.text.includes('inside')]).toEqual([path, false]);
    if (['/auth/profile', '/auth/callback/other', '/secret'].includes(path)) {
      expect([path, answer.status, new URL(locationOf(answer)).origin]).toEqual([
        path,
        303,
        'https://issuer.example',
      ]);
    }
  }
  expect((await browser.get('/auth/signed-out', html)).status).toBe(200);
});

it('A-21 the same on Express, with files beside it, in whatever order they are put', async () => {
  const { client } = await startRp();
  const folder = await mkdtemp(join(tmpdir(), 'cofactor-files-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'secret.txt'), 'inside');
  const site = forExpress(client);
  const orders: readonly ((app: express.Express) => void)[] = [
    (app) => void app.use(site.requireSignIn()).use(express.static(folder)).use(site.routes),
    (app) => void app.use(site.routes).use(site.requireSignIn()).use(express.static(folder)),
    (app) => void app.use(site.requireSignIn()).use('/auth', express.static(folder)).use(site.routes),
  ];
  for (const put of orders) {
    const app = express();
    put(app);
    app.get('/auth/profile', (_request, response) => void response.send('inside'));
    const { origin, server } = await listening(async (request, response) => void app(request, response));
    onTestFinished(() => closed(server));
    for (const path of [
      ...beside,
      '/secret.txt',
      '/auth/secret.txt',
      '/auth/../secret.txt',
      '/auth/sign-in/../../secret.txt',
      '/auth/callback/acme/../../../secret.txt',
      '//secret.txt',
      '/AUTH/secret.txt',
    ]) {
      const { status, head, body } = await rawRequest(Number(new URL(origin).port), 'GET', path, {
        accept: 'text/html',
      });
      expect([path, (head + body).includes('inside')]).toEqual([path, false]);
      expect([303, 400, 403, 404]).toContain(status);
    }
  }
});
