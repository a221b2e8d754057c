import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { languages } from '../../packages/cofactor/src/web/language.ts';
import {
  codeOf,
  createApp,
  enrolTotp,
  freshSqliteDatabase,
  register,
  type Person,
  type RoutedApp,
  type TestDatabase,
} from '../support/app.ts';
import { launch } from '../support/chromium.ts';
import { TestClock } from '../support/clock.ts';
import { keepComplaints } from '../support/complaints.ts';
import { glimpse, look } from '../support/look.ts';
import { describeWith } from '../support/needs.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

describeWith(['Chromium', 'oathtool'], 'confirming one operation', () => {
  const port = 27_300 + (process.pid % 600);
  const url = `http://localhost:${port}`;
  const parameters = { amount: '100.00', to: 'X' } as const;
  const complaints: string[] = [];
  let title = 'Pay 100.00 to X';
  let database: TestDatabase;
  let app: RoutedApp;
  let person: Person;
  let browser: Browser;
  let context: BrowserContext | undefined;
  let page: Page;

  beforeAll(async () => {
    database = await freshSqliteDatabase();
    app = await createApp(database.open(), { name: 'Acme', origin: url, clock: new TestClock(new Date()) });
    app.route('/pay', async ({ query, visitor }) => {
      const who = await visitor();
      const id = query.get('operation');
      if (id !== null) {
        const confirmed = await who.confirmed({ id, action: 'payment', parameters });
        return { body: confirmed ? 'Paid.' : 'Not confirmed.' };
      }
      const begun = await who.confirm({ action: 'payment', parameters, title, returnTo: '/pay' });
      return { status: 303, headers: { location: begun?.location ?? '/' }, body: '' };
    });
    app.route('/', () => ({ body: 'Home' }));
    person = await register(app);
    await enrolTotp(app, person);
    await app.app.listen({ port, host: 'localhost' });
    browser = await launch();
    await openIn('en-US');
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
    await database?.drop();
  });

  /** The person's browser, set to a language. */
  async function openIn(locale: string): Promise<void> {
    await context?.close();
    context = await browser.newContext({ baseURL: url, locale });
    await context.addCookies([...person.browser.cookies].map(([name, value]) => ({ name, value, url })));
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    // The application has no icon.
    keepComplaints(page, complaints);
  }

  const button = (name: string): ReturnType<Page['getByRole']> => page.getByRole('button', { name });
  const lead = (): Promise<string | null> => page.locator('.cf-lead').innerText();

  it('shows what it is, takes a code for it, and is done once', async () => {
    await page.goto('/pay');
    await page.getByRole('heading', { name: 'Confirm it is you' }).waitFor();
    expect(await lead()).toBe(
      'Acme asks you to confirm with your second factor.\n\nPay 100.00 to X\namount: 100.00\nto: X',
    );
    expect(await look(page, 'operation')).toEqual([]);
    // A reload asks the same.
    await page.reload();
    await page.locator('.cf-lead b').waitFor();
    expect(await lead()).toContain('Pay 100.00 to X');
    await page.getByRole('textbox', { name: 'Code', exact: true }).fill(codeOf(app, person));
    await page.waitForURL(/\/pay\?operation=/);
    expect(await page.locator('body').innerText()).toBe('Paid.');
    await page.reload();
    expect(await page.locator('body').innerText()).toBe('Not confirmed.');
    // Back in the history there is nothing to be confirmed any more.
    await page.goBack();
    await page.waitForURL(/\/pay\?operation=/);
    expect(await page.locator('body').innerText()).toBe('Not confirmed.');
    app.clock.advance(31);
  });

  it('leads back to the application where it is given up', async () => {
    await page.goto('/pay');
    await button('Cancel').click();
    await page.waitForURL(/\/pay\?operation=/);
    expect(await page.locator('body').innerText()).toBe('Not confirmed.');
  });

  it('shows a title as it is written, however long, in every language', async () => {
    const wrong: string[] = [];
    title = `<img src=x onerror="alert(1)"> ${'Überweisungsauftragsbestätigung'.repeat(5)}`;
    for (const language of languages) {
      await openIn(language);
      await page.goto('/pay');
      await page.locator('.cf-lead b').waitFor();
      expect(await lead()).toContain(title);
      expect(await page.locator('.cf-lead img').count()).toBe(0);
      wrong.push(...(await glimpse(page, `operation-${language}`)));
    }
    expect(wrong).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
