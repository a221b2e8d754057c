import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AcmePerson } from '../support/acme.ts';
import { launch } from '../support/chromium.ts';
import { startAcmeClient, type AcmeClient } from '../support/client-adapters.ts';
import { describeWith } from '../support/needs.ts';
import { adapters } from '../support/rp.ts';
import { spawnServer, type SpawnedServer } from '../support/server.ts';

// A browser on a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** What the article tells of an application and its server, for an application on any adapter. */
interface Story {
  readonly title: string;
  /** What the person has at Acme before it begins. */
  readonly has: 'password' | 'app' | 'app and live session';
  tell(scene: Scene): Promise<void>;
}

interface Scene {
  readonly person: AcmePerson;
  /** Where the person signs in. */
  readonly acme: string;
  /** Where the application is. */
  readonly origin: string;
  /** The addresses that the person's browser came by, without what was asked there. */
  readonly visited: readonly string[];
  /** The `acr_values` with which the application sent the person to Acme, in order. */
  asked(): readonly (string | null)[];
  /** Lets an application of somebody else use the account; asked for once, and not at all for one of the house. */
  agree(): Promise<void>;
  /** Whether the application ever answered that somebody may not in. */
  wasDenied(): boolean;
}

const stories: readonly Story[] = [
  {
    title:
      'A10 a password alone: amr is pwd, denied with the way to enable MFA; set up and used, in; then out',
    has: 'password',
    async tell({ person, origin, asked, agree, wasDenied }) {
      const { page } = person;
      await page.goto(origin);
      await person.follow('Sign in');
      await person.enterPassword();
      await agree();
      await page.waitForURL(`${origin}/`);
      await person.heading(/^pwd$/);
      await person.follow('Admin (Not Enabled)');
      await person.denied();
      expect(page.url()).toBe(`${origin}/admin`);
      expect(wasDenied()).toBe(true);
      await person.enableMfa();
      await person.setUpApp();
      // A5: to have set one up is not to have used it.
      expect((await page.goto(`${origin}/admin`))?.status()).toBe(403);
      expect(asked()).toEqual([null]);
      await person.signInAgain();
      await person.enterCode();
      await page.waitForURL(`${origin}/admin`);
      await person.heading(/^pwd otp mfa$/);
      expect(asked()).toEqual([null, 'mfa phr phrh']);

      await person.press('Sign out');
      await person.heading('Sign out?');
      await person.press('Sign out');
      await person.heading('You are signed out');
      await page.goto(origin);
      await page.getByRole('link', { name: 'Sign in' }).waitFor();
    },
  },
  {
    title: 'A10 password and code: in at once',
    has: 'app',
    async tell({ person, origin, agree, wasDenied }) {
      const { page } = person;
      await page.goto(`${origin}/admin`);
      await person.enterPassword();
      await person.enterCode();
      await agree();
      await page.waitForURL(`${origin}/admin`);
      await person.heading(/^pwd otp mfa$/);
      expect(wasDenied()).toBe(false);
      await page.goto(origin);
      await page.getByRole('link', { name: 'Admin', exact: true }).waitFor();
    },
  },
  {
    title: 'A8 A9 acr_values=mfa on a live session with a password: the code is asked for, and nothing else',
    has: 'app and live session',
    async tell({ person, acme, origin, visited, asked, agree, wasDenied }) {
      const { page } = person;
      await page.goto(`${origin}/asking`);
      await page.waitForURL(/\/auth\/step-up/);
      await page.getByRole('textbox', { name: 'Code', exact: true }).waitFor();
      expect(await page.locator('input[type=password]').count()).toBe(0);
      await person.enterCode();
      await agree();
      await page.waitForURL(`${origin}/asking`);
      await person.heading(/^pwd otp mfa$/);
      expect(asked()).toEqual(['mfa']);
      // By the page for the code, and never by the one for the password.
      expect(visited).toContain(`${acme}/auth/step-up`);
      expect(visited).not.toContain(`${acme}/auth/sign-in`);
      expect((await page.goto(`${origin}/admin`))?.status()).toBe(200);
      await person.heading(/^pwd otp mfa$/);
      expect(wasDenied()).toBe(false);
    },
  },
];

/** One server, one browser, and the same application three times beside it. */
describeWith(['Chromium', 'oathtool'], 'A8 A9 A10 the article in a browser', () => {
  const port = 30_100 + (process.pid % 450) * 4;
  const acme = `http://localhost:${port}`;
  const complaints: string[] = [];
  let server: SpawnedServer;
  let browser: Browser;
  let data: string;

  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'cofactor-adapters-'));
    const env = { PORT: String(port), DATA: data };
    [server, browser] = await Promise.all([spawnServer('examples/oidc-server/server.ts', env), launch()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(data, { recursive: true, force: true });
  });

  describe.each(adapters)('an application on %s', (adapter) => {
    let client: AcmeClient;
    beforeAll(async () => {
      client = await startAcmeClient(adapter, port);
    });
    afterAll(() => client?.close());

    it.each(stories)('$title', async ({ has, tell }) => {
      const person = await AcmePerson.come(browser, acme, complaints);
      await person.register();
      if (has !== 'password') await person.addApp();
      if (has !== 'app and live session') await person.context.clearCookies();
      await tell(sceneOf(person, client));
      await person.context.close();
      expect(complaints).toEqual([]);
    });
  });

  function sceneOf(person: AcmePerson, client: AcmeClient): Scene {
    const { origin, isOfSomebodyElse } = client;
    const visited: string[] = [];
    const before = client.asked.length;
    let denials = 0;
    person.page.on('request', (request) => {
      if (!request.isNavigationRequest()) return;
      const address = new URL(request.url());
      visited.push(address.origin + address.pathname);
    });
    person.page.on('response', (response) => {
      if (response.url().startsWith(`${origin}/`) && response.status() === 403) denials += 1;
    });
    return {
      person,
      acme,
      origin,
      visited,
      asked: () => client.asked.slice(before),
      agree: async () => (isOfSomebodyElse ? person.press('Allow') : undefined),
      wasDenied: () => denials > 0,
    };
  }
});
