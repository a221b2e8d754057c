import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { languages } from '../../packages/cofactor/src/web/language.ts';
import {
  createApp,
  freshSqliteDatabase,
  type Person,
  type RoutedApp,
  type TestDatabase,
} from '../support/app.ts';
import { launch } from '../support/chromium.ts';
import { TestClock } from '../support/clock.ts';
import { quickCode } from '../support/codes.ts';
import { confirmed, demand, ruleIn } from '../support/enforcement.ts';
import { glance, glimpse, look } from '../support/look.ts';
import { TestMailer } from '../support/mails.ts';
import { describeWith } from '../support/needs.ts';

// A browser on a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describeWith(['Chromium', 'oathtool'], 'a second factor that is demanded, in a browser', () => {
  const port = 29_700 + (process.pid % 200);
  const url = `http://localhost:${port}`;
  const mail = new TestMailer();
  const clock = new TestClock(new Date());
  let database: TestDatabase;
  let app: RoutedApp;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let ada: Person;
  let link = '';
  const complaints: string[] = [];

  beforeAll(async () => {
    database = await freshSqliteDatabase();
    app = await createApp(database.open(), { name: 'Acme', origin: url, clock, mail });
    app.route('/', () => ({ body: { home: true } }));
    ada = await confirmed(app, mail, 'ada@example.org');
    await demand(app, ruleIn(app, 0, { graceDays: 7 }));
    await app.app.listen({ port, host: 'localhost' });
    browser = await launch();
    context = await browser.newContext({ baseURL: url, locale: 'en-US' });
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (/prm_|ses_|adr_/.test(request.url())) complaints.push(`a secret in ${request.url()}`);
    });
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
    await database?.drop();
  });

  const at = (path: string): Promise<void> => page.waitForURL((address) => address.pathname === path);
  async function signIn(): Promise<void> {
    await page.goto('/auth/sign-in?return_to=%2Frecent');
    await page.fill('#cf-identifier', ada.identifier);
    await page.fill('input[type=password]', ada.password);
    await page.locator('button[type=submit]').first().click();
  }
  /** Where the link of the newest mail leads. */
  async function mailedLink(): Promise<string> {
    await app.auth.engine.background.settled();
    return `/auth/permit#${mail.tokenTo(ada.identifier)}`;
  }

  it('in grace it is asked for, and can be put off', async () => {
    await signIn();
    await at('/auth/required');
    expect(await look(page, 'required-grace')).toEqual([]);
    for (const language of [...languages.filter((one) => one !== 'en'), 'en']) {
      await page.locator(`cofactor-languages button[lang=${language}]`).click();
      await page.locator(`html[lang=${language}]`).waitFor();
      expect(await (language === 'de' ? glance : glimpse)(page, `required-grace-${language}`)).toEqual([]);
    }
    await page.getByRole('link', { name: /^Not now/ }).click();
    await at('/recent');
    expect(await page.locator('body').innerText()).toContain('inside');
  });

  it('the security page leads to the page that has the link sent', async () => {
    await page.goto('/auth/security');
    await page.getByRole('button', { name: /Authenticator app/ }).click();
    await at('/auth/required');
    await page.getByRole('button', { name: 'Send me the link' }).click();
    await page.getByText('is on its way to').waitFor();
    expect(await look(page, 'required-sent')).toEqual([]);
  });

  it('after the date it is set up by the link of the mail, confirmed once, and on it goes', async () => {
    clock.advance(8 * 86_400);
    await page.goto('/recent');
    await at('/auth/sign-in');
    await signIn();
    await at('/auth/required');
    expect(await page.getByRole('link', { name: /^Not now/ }).count()).toBe(0);
    expect(await look(page, 'required-due')).toEqual([]);
    // By keyboard, as everything can be.
    await page.getByRole('button', { name: 'Send me the link' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('is on its way to').waitFor();

    await page.goto('/auth/permit');
    await page.getByRole('link', { name: 'Ask for a new link' }).waitFor();
    expect(await look(page, 'permit-missing')).toEqual([]);
    link = await mailedLink();
    await page.goto(link);
    await at('/auth/security');
    await page.getByRole('button', { name: /Authenticator app/ }).click();
    await page.getByText("Can't scan it?").click();
    const shown = page.getByText(/^([A-Z2-7]{4} ?){8}$/).first();
    const key = (await shown.innerText()).replaceAll(' ', '');
    await page.getByRole('textbox', { name: 'Code', exact: true }).fill(quickCode(key, clock.now()));
    await page.getByRole('button', { name: 'Confirm and finish' }).click();
    await page.getByText('I have saved these').first().waitFor();
    const saved = page.getByRole('checkbox', { name: 'I have saved these' });
    if ((await saved.count()) > 0) await saved.check();
    await page
      .getByRole('button', { name: /Continue|I have saved these|Go on|Done/ })
      .last()
      .click();
    await page.getByRole('link', { name: 'Continue' }).first().click();
    await at('/auth/step-up');
    clock.advance(31);
    await page.getByRole('textbox', { name: 'Code', exact: true }).fill(quickCode(key, clock.now()));
    await at('/recent');
    expect(await page.locator('body').innerText()).toContain('inside');
  });

  it('a link that was followed says so, and one that is opened before signing in waits for it', async () => {
    await page.goto('about:blank');
    await page.goto(link);
    await page.getByRole('link', { name: 'Ask for a new link' }).waitFor();
    expect(await look(page, 'permit-gone')).toEqual([]);
    await context.clearCookies();
    await page.goto('about:blank');
    await page.goto(link);
    await at('/auth/sign-in');
    expect(page.url()).not.toContain('prm_');
    expect(complaints).toEqual([]);
  });
});
