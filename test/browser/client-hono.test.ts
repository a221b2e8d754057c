import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import type { Browser } from 'playwright-core';
import { createOidcClient, dialects, requireMfa } from 'cofactor/oidc-client';
import { oidcClient } from 'cofactor/oidc-client/fetch';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { AcmePerson } from '../support/acme.ts';
import { serveRequests } from '../support/adapters/fetch.ts';
import { launch } from '../support/chromium.ts';
import { closed } from '../support/listening.ts';
import { describeWith } from '../support/needs.ts';
import { spawnServer, type SpawnedServer } from '../support/server.ts';

// A browser on a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** An application on Hono in place of Payroll: `Request` and `Response` behind a real server. */
function payroll(acme: string, origin: string): Hono {
  const client = createOidcClient({
    name: 'Payroll',
    origin,
    issuers: [
      {
        name: 'acme',
        label: 'Acme',
        issuer: `${acme}/oidc`,
        clientId: 'payroll',
        dialect: dialects.cofactor,
        enableMfa: `${acme}/auth/security`,
      },
    ],
    policies: { Admin: requireMfa() },
    stepUp: false,
  });
  const site = oidcClient(client);
  const app = new Hono();
  app.use(async (c, next) => (await site.handle(c.req.raw)) ?? next());
  app.get('/', async (c) => {
    const { user, assurance } = await site.visitor(c.req.raw);
    return c.html(user ? `<h1>${assurance?.amr.join(' ')}</h1>` : '<a href="/auth/sign-in">Sign in</a>');
  });
  const admin = site.protect('Admin', (_request, { assurance }) => {
    const form = '<form method="post" action="/auth/sign-out"><button>Sign out</button></form>';
    return new Response(`<h1>${assurance?.amr.join(' ')}</h1>${form}`, {
      headers: { 'content-type': 'text/html' },
    });
  });
  app.get('/admin', (c) => admin(c.req.raw));
  return app;
}

describeWith(['Chromium', 'oathtool'], 'A8 A10 an application on Hono', () => {
  const port = 30_100 + (process.pid % 600) * 3;
  const acme = `http://localhost:${port}`;
  const origin = `http://localhost:${port + 2}`;
  let server: SpawnedServer;
  let application: Server;
  let browser: Browser;
  let data: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'cofactor-hono-'));
    server = await spawnServer('examples/oidc-server/server.ts', { PORT: String(port), DATA: data });
    const app = payroll(acme, origin);
    application = await serveRequests((request) => app.fetch(request), port + 2);
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    if (application) await closed(application);
    await server?.stop();
    rmSync(data, { recursive: true, force: true });
  });

  it('denies who has a password alone, lets in who set a second factor up and used it, and signs out', async () => {
    const ann = await AcmePerson.come(browser, acme, complaints);
    const { page } = ann;
    await page.goto(origin);
    await ann.follow('Sign in');
    await ann.createAccount();
    await page.waitForURL(`${origin}/`);
    await ann.heading(/^pwd$/);
    expect((await page.goto(`${origin}/admin`))?.status()).toBe(403);
    await ann.denied();
    await ann.enableMfa();
    await ann.setUpApp();
    await page.goto(`${origin}/admin`);
    await ann.signInAgain();
    await ann.enterCode();
    await page.waitForURL(`${origin}/admin`);
    await ann.heading('pwd otp mfa');

    await ann.press('Sign out');
    await ann.heading('Sign out?');
    await ann.press('Sign out');
    await ann.heading('You are signed out');
    await page.goto(origin);
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    expect(complaints).toEqual([]);
  });
});
