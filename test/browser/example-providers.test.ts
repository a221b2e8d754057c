import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApp, freshSqliteDatabase, type TestApp, type TestDatabase } from '../support/app.ts';
import { launch } from '../support/chromium.ts';
import { keepComplaints } from '../support/complaints.ts';
import { hotpCode } from '../support/hotp.ts';
import { look } from '../support/look.ts';
import { describeWith } from '../support/needs.ts';
import { manifest, packages, type Packages } from '../support/packages.ts';
import { spawnServer, type SpawnedServer } from '../support/server.ts';

// A browser on a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000 });

const password = 'tulips on the window sill';

interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
}

/** A visitor whose complaints are kept: what the console says of a page that works is nothing. */
async function visitor(browser: Browser, baseURL: string, complaints: string[]): Promise<Visitor> {
  const context = await browser.newContext({ baseURL, locale: 'en-US' });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  keepComplaints(page, complaints);
  return { context, page };
}

describeWith('Chromium', 'the example with providers of its own, in a browser', () => {
  const { secret } = (
    JSON.parse(readFileSync('examples/providers/hardware-token/tokens.json', 'utf8')) as Record<
      string,
      { secret: string }
    >
  )['HT-2204-0001'] ?? { secret: '' };
  let server: SpawnedServer;
  let browser: Browser;
  let data: string;
  let phone: Visitor;
  let laptop: Visitor;
  /** How often the button of the token was pressed. */
  let presses = 0;
  const complaints: string[] = [];
  const name = 'ann@example.com';

  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'cofactor-example-'));
    const PORT = String(20_000 + (process.pid % 8000));
    const NODE_OPTIONS = '--import ./test/support/servers/half-a-minute.ts';
    server = await spawnServer('examples/providers/server.ts', { PORT, DATA: data, NODE_OPTIONS });
    browser = await launch();
    phone = await visitor(browser, server.url, complaints);
    laptop = await visitor(browser, server.url, complaints);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(data, { recursive: true, force: true });
  });

  const press = (): string => hotpCode(secret, presses++);
  const button = (page: Page, text: string): Locator => page.getByRole('button', { name: text });

  async function signIn({ page }: Visitor): Promise<void> {
    await page.goto('/auth/sign-in?return_to=/');
    await page.getByLabel('User name').fill(name);
    await page.locator('input[type=password]').fill(password);
    await button(page, 'Sign in').click();
  }

  it('U8 sets a hardware token up with the element of its package', async () => {
    const { page } = phone;
    await page.goto('/auth/register?return_to=/auth/security');
    await page.getByLabel('User name').fill(name);
    await page.locator('input[type=password]').fill(password);
    await button(page, 'Create account').click();
    await button(page, 'Hardware token').click();
    await page.getByLabel('Serial number').fill('HT-0000-0000');
    await page.keyboard.press('Enter');
    await page.getByText('There is no token with this number').waitFor();
    await page.getByLabel('Serial number').fill('ht-2204-0001');
    await page.keyboard.press('Enter');

    await page.getByText('Your token HT22040001').waitFor();
    expect(await page.getByText('We sent').count()).toBe(0);
    expect(await look(page, 'example-token-setup')).toEqual([]);
    await button(page, 'Confirm and finish').click();
    await page.getByText('Enter the six digits.').first().waitFor();
    const [first, second] = [page.getByLabel('Code', { exact: true }), page.getByLabel('Next code')];
    expect(await first.evaluate((input) => input === document.activeElement)).toBe(true);
    const [one, two] = [press(), press()];
    await first.fill(two);
    await second.fill(one);
    await button(page, 'Confirm and finish').click();
    await page.getByText('do not follow each other').waitFor();
    expect(await look(page, 'example-token-setup-wrong')).toEqual([]);
    await first.fill(one);
    // As people read it off: in two groups.
    await second.fill(`${two.slice(0, 3)} ${two.slice(3)}`);
    await page.keyboard.press('Enter');

    await page.getByText('I have saved these').first().waitFor();
    await page.getByRole('checkbox', { name: 'I have saved these' }).check();
    await button(page, 'Continue').last().click();
    await page.getByText('Two-step verification is on').first().waitFor();
  });

  it('U9 signs in with the token, and brings it back when it ran away', async () => {
    const { page } = phone;
    await page.goto('/auth/security');
    await button(page, 'Sign out').click();
    await page.waitForURL(/\/auth\/sign-in/);
    await signIn(phone);
    const code = page.getByLabel('Code', { exact: true });
    await page.getByText('Press the button of your token').waitFor();
    await code.waitFor();
    expect(await code.evaluate((input) => input === document.activeElement)).toBe(true);
    expect(await look(page, 'example-token-login')).toEqual([]);
    // Played with in a pocket.
    presses += 300;
    await code.fill(press());
    await page.keyboard.press('Enter');
    await page.getByText('That code is not right').waitFor();
    expect(await look(page, 'example-token-login-wrong')).toEqual([]);

    await button(page, 'Codes are not accepted?').click();
    const next = page.getByLabel('Next code');
    await next.waitFor();
    expect(await look(page, 'example-token-resync')).toEqual([]);
    await code.fill(press());
    await next.fill('000000');
    await button(page, 'Confirm').click();
    await page.getByText('do not follow each other').waitFor();
    await code.fill(press());
    await next.fill(press());
    await page.keyboard.press('Enter');
    await page.waitForURL(`${server.url}/`);
    await page.getByText('pwd, otp, mfa').waitFor();
  });

  it('U8 lets a browser approve', async () => {
    const { page } = phone;
    await page.goto('/auth/security');
    await button(page, 'Approval on another device').click();
    await page.getByText('This browser will approve').waitFor();
    expect(await look(page, 'example-approval-setup')).toEqual([]);
    await page.getByLabel('Name of this device').fill('Phone');
    await button(page, 'Let this browser approve').click();
    await page.getByText('Phone').first().waitFor();
    await page.goto('/approvals');
    await page.getByText('Nothing waits for you').waitFor();
    expect(await look(page, 'example-approvals-empty')).toEqual([]);
  });

  /** Signs in on the laptop and chooses the approval. Returns the number that is shown. */
  async function askFor(): Promise<string> {
    const { page } = laptop;
    await signIn(laptop);
    const shown = page.locator('.approval-number');
    const other = button(page, 'Try another way');
    const token = page.getByText('Press the button of your token');
    await token.or(shown).first().waitFor();
    // The last one used comes first, so it may be there already.
    if (await token.isVisible()) {
      await other.click();
      await button(page, 'Approval on another device').click();
    }
    await shown.waitFor();
    return shown.innerText();
  }

  it('U9 signs in when the other browser says yes to the number', async () => {
    const number = await askFor();
    expect(number).toMatch(/^\d\d$/);
    await laptop.page.getByText('Waiting for your device').waitFor();
    expect(await look(laptop.page, 'example-approval-login')).toEqual([]);

    const { page } = phone;
    await page.getByText('Is this you?').waitFor();
    await page.getByText('Chrome on Linux').waitFor();
    const field = page.getByLabel('The number that you see there');
    await expect.poll(() => field.evaluate((input) => input === document.activeElement)).toBe(true);
    expect(await look(page, 'example-approvals')).toEqual([]);
    await button(page, 'Yes, let me in').click();
    await page.getByText('Enter the two digits').waitFor();
    await field.fill(number);
    await page.keyboard.press('Enter');
    await page.getByText('Approved.').waitFor();
    await laptop.page.waitForURL(`${server.url}/`);
    await laptop.page.getByText('pwd, oob, mfa').waitFor();
  });

  it('says that it was denied, and asks again', async () => {
    await laptop.context.clearCookies();
    // Nobody is asked more often than that.
    process.kill(server.pid, 'SIGUSR2');
    await laptop.page.clock.install();
    await askFor();
    await button(phone.page, 'No, it is not me').click();
    await phone.page.getByText('Nobody was let in').waitFor();
    expect(await look(phone.page, 'example-approvals-denied')).toEqual([]);
    const { page } = laptop;
    await page.getByText('It was denied, or it took too long').waitFor();
    expect(await look(page, 'example-approval-denied')).toEqual([]);
    // Not at once: nobody is to be asked until they say yes.
    await page.getByText(/You can ask again in \d+ seconds/).waitFor();
    const again = button(page, 'Ask again');
    expect(await again.getAttribute('aria-disabled')).toBe('true');
    process.kill(server.pid, 'SIGUSR2');
    await page.clock.runFor(31_000);
    await expect.poll(() => again.getAttribute('aria-disabled'), { timeout: 10_000 }).toBe('false');
    await again.click();
    await page.locator('.approval-number').waitFor();
    // Who does not want to wait goes another way.
    await button(page, 'Try another way').click();
    await button(page, 'Hardware token').click();
    await page.getByLabel('Code', { exact: true }).fill(press());
    await page.keyboard.press('Enter');
    await page.waitForURL(`${server.url}/`);
  });

  it('complains of nothing on the console', () => {
    expect(complaints).toEqual([]);
  });
});

describeWith('Chromium', 'an element that is broken', () => {
  /** Modules that bring no element, and what is told of each: that it may work later, or that it will not. */
  const broken: Readonly<Record<string, readonly [module: string | null, setup: RegExp, login: RegExp]>> = {
    'is not there': [null, /could not be loaded/, /could not be loaded/],
    throws: ["throw new Error('not today');", /could not be loaded/, /could not be loaded/],
    'is no JavaScript': ['export default class {', /could not be loaded/, /could not be loaded/],
    'has no default export': ['export const element = 1;', /broken|tell/, /is broken here/],
    'exports something else': ['export default { render() {} };', /broken|tell/, /is broken here/],
    'has an element that throws': [
      "export default class extends HTMLElement { constructor() { super(); throw new Error('not today'); } }",
      /broken|tell/,
      /is broken here/,
    ],
  };
  const whole = `export default class extends HTMLElement {
    connectedCallback() { this.textContent = 'An element of Acme'; }
  }`;
  let browser: Browser;
  let database: TestDatabase;
  let files: Packages;
  let app: TestApp;
  let url: string;
  beforeAll(async () => {
    database = await freshSqliteDatabase();
    files = packages({
      'acme/cofactor-package.json': manifest({ element: 'setup.js', loginElement: 'login.js' }),
      'acme/setup.js': whole,
      'acme/login.js': whole,
    });
    const port = 31_900 + (process.pid % 600);
    url = `http://localhost:${port}`;
    app = await createApp(database.open(), {
      extensions: files.folder,
      origin: url,
      clock: { now: () => new Date() },
    });
    await app.app.listen({ port, host: 'localhost' });
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
    files?.drop();
    await database?.drop();
  });

  async function registered(name: string): Promise<Visitor> {
    const made = await visitor(browser, url, []);
    await made.page.goto('/auth/register?return_to=/auth/security');
    await made.page.getByLabel('User name').fill(name);
    await made.page.locator('input[type=password]').fill(password);
    await made.page.getByRole('button', { name: 'Create account' }).click();
    await made.page.getByText('Two-step verification is off').waitFor();
    return made;
  }

  function put(file: string, text: string | null): void {
    if (text === null) rmSync(join(files.folder, 'acme', file), { force: true });
    else files.write(`acme/${file}`, text);
  }

  describe('at a set-up', () => {
    it.each(Object.keys(broken))('that %s is told, and the page goes on', async (fault) => {
      const [text = null, told = /./] = broken[fault] ?? [];
      put('setup.js', text);
      const { context, page } = await registered(`setup-${Object.keys(broken).indexOf(fault)}`);
      await page.getByRole('button', { name: 'Authenticator app' }).click();
      await page.getByRole('alert').filter({ hasText: told }).waitFor();
      expect(await page.getByRole('button', { name: 'Authenticator app' }).isVisible()).toBe(true);
      if (fault === 'throws') expect(await look(page, 'broken-setup-element')).toEqual([]);
      // Mended, it works without a reload where it could not be loaded at all.
      put('setup.js', whole);
      if (told.source.includes('loaded')) {
        await page.getByRole('button', { name: 'Authenticator app' }).click();
        await page.getByText('An element of Acme').waitFor();
      }
      await context.close();
    });
  });

  describe('at a sign-in', () => {
    let recovery: readonly string[] = [];
    beforeAll(async () => {
      // With the element of Cofactor itself: the package of Acme brings none that could finish.
      const { enrolTotp, register } = await import('../support/app.ts');
      const person = await register(app, 'holder');
      // The clock of this application is the real one: it cannot be moved.
      await enrolTotp({ ...app, clock: Object.assign(app.clock, { advance: () => undefined }) }, person);
      recovery = person.recovery;
      passwordOf = person.password;
    });
    let passwordOf = '';

    it.each(Object.keys(broken))('that %s is told, and another way lets in', async (fault) => {
      const [text = null, , told = /./] = broken[fault] ?? [];
      put('login.js', text);
      const { context, page } = await visitor(browser, url, []);
      await page.goto('/auth/sign-in?return_to=/auth/security');
      await page.getByLabel('User name').fill('holder');
      await page.locator('input[type=password]').fill(passwordOf);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').filter({ hasText: told }).waitFor();
      expect(await look(page, `broken-login-element-${Object.keys(broken).indexOf(fault)}`)).toEqual([]);
      if (told.source.includes('loaded')) {
        put('login.js', whole);
        await page.getByRole('button', { name: 'Try again' }).click();
        await page.getByText('An element of Acme').waitFor();
      }
      await page.getByRole('button', { name: 'Try another way' }).first().click();
      await page.getByRole('button', { name: 'Recovery codes' }).click();
      await page.getByLabel('Recovery code').fill(recovery[Object.keys(broken).indexOf(fault)] ?? '');
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/auth\/security$/);
      await context.close();
    });
  });
});
