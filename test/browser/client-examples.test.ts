import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { AcmePerson } from '../support/acme.ts';
import { launch } from '../support/chromium.ts';
import { glance, look } from '../support/look.ts';
import { describeWith } from '../support/needs.ts';
import { spawnServer, type SpawnedServer } from '../support/server.ts';

// A browser on a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/**
 * What `npm start` starts, as who tries it out goes through it: four addresses, one sign-in. What every adapter does alike
 * is told in client-adapters.test.ts.
 */
describeWith(['Chromium', 'oathtool'], 'A7 A8 A10 the three applications of the examples', () => {
  const port = 22_000 + (process.pid % 1600) * 5;
  const [acme, orders, payroll, stock] = [0, 1, 2, 3].map((after) => `http://localhost:${port + after}`) as [
    string,
    string,
    string,
    string,
  ];
  let server: SpawnedServer;
  let browser: Browser;
  let data: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'cofactor-applications-'));
    server = await spawnServer('examples/start.ts', { PORT: String(port), DATA: data });
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(data, { recursive: true, force: true });
  });

  const come = (): Promise<AcmePerson> => AcmePerson.come(browser, acme, complaints);
  /** What an application says that it was told. */
  async function told(page: Page): Promise<readonly (string | null)[]> {
    const values = await page.locator('dd:nth-of-type(1) code').allTextContents();
    return [values.join(' '), await page.locator('dd:nth-of-type(2) code').textContent()];
  }

  let ann: AcmePerson;
  /** What is in the browser of somebody who signed in with a password. */
  let withPassword: Awaited<ReturnType<AcmePerson['context']['storageState']>>;

  it('A10 A7 a password alone: amr is pwd, the menu says what is missing, and Admin is denied', async () => {
    ann = await come();
    const { page } = ann;
    await page.goto(payroll);
    await ann.heading('Payroll');
    expect(await look(page, 'client-home-signed-out')).toEqual([]);
    await ann.follow('Sign in with Acme');
    await ann.createAccount();
    await page.waitForURL(`${payroll}/`);
    await ann.heading(`Hello, ${ann.name}`);
    expect(await told(page)).toEqual(['pwd', 'pwd']);

    const admin = page.getByRole('link', { name: 'Admin (Not Enabled)' });
    const why = page.getByRole('tooltip');
    expect(await why.isVisible()).toBe(false);
    // Also with the keyboard, and to who does not see it.
    await admin.focus();
    expect(await why.isVisible()).toBe(true);
    await expect(admin.getAttribute('aria-describedby')).resolves.toBe(await why.getAttribute('id'));
    expect(await why.innerText()).toContain('You signed in without a second factor, and Admin needs one.');
    expect(await look(page, 'client-home-not-enabled')).toEqual([]);

    await admin.click();
    await ann.denied();
    expect(page.url()).toBe(`${payroll}/admin`);
    expect(await look(page, 'client-denied')).toEqual([]);
    // The whole group is closed by one line.
    expect((await page.goto(`${payroll}/payslips/october`))?.status()).toBe(403);
  });

  it('A10 the page leads to where a second factor is set up; signing in again with it opens the page', async () => {
    const { page } = ann;
    await page.goto(`${payroll}/admin`);
    await ann.enableMfa();
    await ann.setUpApp();
    // A5: to have set one up is not to have used it.
    await page.goto(payroll);
    expect(await told(page)).toEqual(['pwd', 'pwd']);
    await ann.follow('Admin (Not Enabled)');
    await ann.denied();
    await ann.signInAgain();
    await ann.enterCode();
    await page.waitForURL(`${payroll}/admin`);
    await ann.heading('Admin');
    expect(await glance(page, 'client-admin')).toEqual([]);
    await page.getByRole('link', { name: 'Admin', exact: true }).waitFor();
    await ann.follow('Payslips');
    await ann.follow('October');
    await ann.heading('October');
    await page.goto(payroll);
    expect(await told(page)).toEqual(['pwd otp mfa', 'mfa']);
    expect(await glance(page, 'client-home')).toEqual([]);
  });

  it('A8 A9 acr_values=mfa on a live session with a password: the code is asked for, and nothing else', async () => {
    const eve = await come();
    const { page } = eve;
    await eve.register();
    await eve.addApp();
    await page.goto(orders);
    expect(await glance(page, 'client-orders-signed-out')).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });
    await eve.follow('Sign in with Acme');
    await page.waitForURL(/\/auth\/step-up/);
    await page.getByText('Orders').first().waitFor();
    await eve.enterCode();
    await page.waitForURL(`${orders}/`);
    expect(await told(page)).toEqual(['pwd otp mfa', 'mfa']);
    await eve.follow('Admin');
    await eve.heading('Admin');
    await eve.follow('Payments');
    await eve.heading('Payments');
    expect(await glance(page, 'client-payments')).toEqual([]);
    await page.context().close();
  });

  it('A9 who has no second factor may go on without one, but not where it is essential', async () => {
    const max = await come();
    const { page } = max;
    await max.register();
    await page.goto(orders);
    await max.follow('Sign in with Acme');
    await max.heading('Orders asks for a second factor');
    await max.press('Go on without it');
    await page.waitForURL(`${orders}/`);
    expect(await told(page)).toEqual(['pwd', 'pwd']);
    await page.getByRole('link', { name: 'Admin (Not Enabled)' }).waitFor();

    await max.follow('Payments');
    await max.heading('Orders needs a second factor');
    await max.press('Back to Orders');
    await max.denied();
    expect(await glance(page, 'client-denied-refused')).toEqual([]);
    await page.goto(orders);
    // Whoever was refused is still who they were.
    expect(await told(page)).toEqual(['pwd', 'pwd']);
    withPassword = await max.context.storageState();
    await page.context().close();
  });

  it('A9 who sets a passkey up on the way comes back with it', async () => {
    const amy = await come();
    const { page } = amy;
    await amy.addPasskeys();
    await page.goto(`${orders}/admin`);
    await amy.createAccount();
    await amy.heading('Orders asks for a second factor');
    await amy.follow('Set it up');
    await amy.setUpPasskey();
    // The passkey answers by itself.
    await amy.follow('Continue');
    await page.waitForURL(`${orders}/admin`);
    await page.goto(orders);
    expect(await told(page)).toEqual(['pwd hwk user mfa', 'phrh']);
    await page.context().close();
  });

  it('A10 on Express: led to Acme once, denied, set up, in', async () => {
    const dan = await come();
    const { page } = dan;
    await dan.register();
    await page.goto(`${stock}/admin`);
    await dan.heading('Stock asks for a second factor');
    await dan.press('Go on without it');
    await dan.heading('Let Stock use your account?');
    await dan.press('Allow');
    await page.waitForURL(`${stock}/admin`);
    await dan.denied();
    await dan.addApp();
    await page.goto(stock);
    expect(await told(page)).toEqual(['pwd', 'pwd']);
    expect(await glance(page, 'client-stock')).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`${stock}/admin`);
    await dan.signInAgain();
    await dan.enterCode();
    await page.waitForURL(`${stock}/admin`);
    await dan.heading('Admin');
    await dan.follow('Shelves');
    await dan.follow('Tulips');
    await dan.heading('Tulips');
    await page.context().close();
  });

  it('needs no script: menu, denial, and signing out', async () => {
    const cookies = withPassword.cookies.filter(({ name }) => !name.startsWith('cofactor-client'));
    const storageState = { cookies, origins: [] };
    const max = await AcmePerson.come(browser, acme, complaints, { javaScriptEnabled: false, storageState });
    const { page } = max;
    page.on('request', (request) => {
      if (request.resourceType() === 'script') complaints.push(`asked for ${request.url()}`);
    });
    await page.goto(payroll);
    await max.follow('Sign in with Acme');
    await page.waitForURL(`${payroll}/`);
    expect(await told(page)).toEqual(['pwd', 'pwd']);
    await page.getByRole('link', { name: 'Admin (Not Enabled)' }).hover();
    expect(await page.getByRole('tooltip').isVisible()).toBe(true);
    await max.follow('Admin (Not Enabled)');
    await max.denied();
    await page.goBack();
    await max.press('Sign out');
    await max.press('Stay signed in');
    await max.heading('You are signed out');
    await page.locator('a[href="/"]').click();
    await max.heading('Payroll');
    await page.context().close();
  });

  it('signs out of one application, and then of all of them at once', async () => {
    const { page } = ann;
    for (const origin of [orders, stock]) {
      await page.goto(origin);
      await ann.follow('Sign in with Acme');
      if (origin === stock) await ann.press('Allow');
      await page.waitForURL(`${origin}/`);
      expect(await told(page)).toEqual(['pwd otp mfa', 'mfa']);
    }
    const isSignedIn = async (origin: string): Promise<boolean> => {
      await page.goto(origin);
      return (await page.getByRole('button', { name: 'Sign out' }).count()) === 1;
    };
    expect(await isSignedIn(payroll)).toBe(true);
    await ann.press('Sign out');
    await ann.heading('Sign out?');
    await ann.press('Stay signed in');
    await page.waitForURL(`${payroll}/auth/signed-out**`);
    await ann.heading('You are signed out');
    expect(await glance(page, 'client-signed-out')).toEqual([]);
    expect(await isSignedIn(payroll)).toBe(false);
    expect(await isSignedIn(orders)).toBe(true);
    expect(await isSignedIn(stock)).toBe(true);

    await ann.press('Sign out');
    await ann.heading('Sign out?');
    await ann.press('Sign out');
    await page.waitForURL(`${stock}/auth/signed-out**`);
    expect(await isSignedIn(stock)).toBe(false);
    // Acme tells the others, and does not wait for it.
    await expect.poll(() => isSignedIn(orders), { timeout: 10_000, interval: 200 }).toBe(false);
    await page.goto(`${orders}/admin`);
    await page.waitForURL(/\/auth\/sign-in/);
    await page.context().close();
  });

  it('has nothing in the console', () => {
    expect(complaints).toEqual([]);
    expect(server.output()).not.toMatch(/error|warn/i);
  });
});
