import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { launch } from '../support/chromium.ts';
import { glance } from '../support/look.ts';
import { describeWith } from '../support/needs.ts';
import { spawnServer, type SpawnedServer } from '../support/server.ts';

// A browser on a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** The example as who tries it out goes through it: three addresses, one sign-in. */
describeWith('Chromium', 'A8 A9 the example of the OpenID Connect server', () => {
  const port = 20_000 + (process.pid % 8000);
  const orders = `http://localhost:${port + 1}`;
  const payroll = `http://localhost:${port + 2}`;
  let server: SpawnedServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let devices: CDPSession;
  let data: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'cofactor-oidc-example-'));
    server = await spawnServer('examples/oidc-server/server.ts', { PORT: String(port), DATA: data });
    browser = await launch();
    context = await browser.newContext({ locale: 'en-US' });
    page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    devices = await context.newCDPSession(page);
    await devices.send('WebAuthn.enable', { enableUI: false });
    await devices.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        ctap2Version: 'ctap2_1',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(data, { recursive: true, force: true });
  });

  const press = (text: string | RegExp): Promise<void> => page.getByRole('button', { name: text }).click();
  const open = (text: string | RegExp): Promise<void> =>
    page.getByRole('link', { name: text }).first().click();
  const told = async (claim: string): Promise<unknown> =>
    JSON.parse((await page.locator(`tr:has(th:text-is("${claim}")) td`).textContent()) ?? 'null');

  it('signs in with a password and is told so', async () => {
    await page.goto(orders);
    await open('Sign in');
    await page.waitForURL(/\/auth\/sign-in/);
    await page.getByText('Orders').first().waitFor();
    await open('Create an account');
    await page.getByLabel('User name').fill('ann@example.com');
    await page.locator('input[type=password]').fill('roses in the winter garden');
    await press('Create account');
    await page.waitForURL(`${orders}/`);
    expect(await told('acr')).toBe('pwd');
    expect(await told('amr')).toEqual(['pwd']);
    expect(await glance(page, 'oidc-example-client')).toEqual([]);
  });

  it('is told by the server that a second factor is needed, sets one up, and comes back with it', async () => {
    await open('Ask for a second factor');
    await page.getByRole('heading', { name: 'Orders asks for a second factor' }).waitFor();
    await open('Set it up');
    await page.waitForURL(/\/auth\/security/);
    await press(/^Passkey/);
    await press('Create a passkey');
    await page.getByText('I have saved these').first().waitFor();
    const saved = page.getByRole('checkbox', { name: 'I have saved these' });
    if ((await saved.count()) > 0) await saved.check();
    await page
      .getByRole('button', { name: /Continue|I have saved these|Go on|Done/ })
      .last()
      .click();
    // On the way back Orders asks for what there is now; the passkey answers by itself.
    const goOn = page.getByRole('link', { name: 'Continue' }).first();
    await goOn.click({ timeout: 5000 }).catch(() => undefined);
    await page.waitForURL(`${orders}/`);
    expect(await told('acr')).toBe('mfa');
    expect(await told('amr')).toEqual(['pwd', 'hwk', 'user', 'mfa']);
  });

  it('is let into the other application by the same sign-in, after consent, and out of both at once', async () => {
    await page.goto(payroll);
    await open('Sign in');
    await page.getByRole('heading', { name: 'Let Payroll use your account?' }).waitFor();
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await page.waitForURL(`${payroll}/`);
    // It named no level, so it is told the one there is.
    expect(await told('acr')).toBe('phrh');
    await open('Sign out');
    await page.getByRole('heading', { name: 'Sign out?' }).waitFor();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.waitForURL(`${payroll}/`);
    await page.goto(orders);
    await open('Ask for a second factor');
    await page.waitForURL(/\/auth\/sign-in/);
    expect(complaints).toEqual([]);
  });
});
