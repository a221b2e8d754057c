import type { Browser } from 'playwright-core';
import { createAdmin, type Admin } from 'cofactor/admin';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createApp, freshSqliteDatabase, type TestApp, type TestDatabase } from '../support/app.ts';
import { operator } from '../support/charge.ts';
import { launch } from '../support/chromium.ts';
import { TestClock } from '../support/clock.ts';
import { glance, glimpse } from '../support/look.ts';
import { describeWith } from '../support/needs.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

describeWith(['Chromium'], 'the page of an invitation', () => {
  const port = 29_900 + (process.pid % 90);
  const url = `http://localhost:${port}`;
  let database: TestDatabase;
  let app: TestApp;
  let admin: Admin;
  let browser: Browser;
  beforeAll(async () => {
    database = await freshSqliteDatabase();
    app = await createApp(database.open(), { name: 'Acme', origin: url, clock: new TestClock(new Date()) });
    admin = createAdmin(app.auth);
    await app.app.listen({ port, host: 'localhost' });
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
    await database?.drop();
  });

  async function invited(identifier: string): Promise<string> {
    const outcome = await admin.users.invite(operator, { identifier, by: 'link' });
    if (outcome.status !== 'done' || outcome.link === null) throw new Error('no link');
    return outcome.link;
  }

  it('somebody follows the link, chooses a password, and stands on their security page', async () => {
    const link = await invited('ada.lovelace');
    const context = await browser.newContext({ locale: 'en', baseURL: url });
    const page = await context.newPage();
    const failed: string[] = [];
    page.on('pageerror', (error) => failed.push(error.message));
    await page.goto(link);
    await page.getByRole('heading', { name: 'Welcome to Acme' }).waitFor();
    // What the link holds is gone from the address bar.
    expect(page.url()).toBe(`${url}/auth/invitation`);
    expect(await page.textContent('.cf-lead')).toContain('ada.lovelace');
    expect(await glance(page, 'invitation')).toEqual([]);
    const field = page.locator('input[type=password]');
    expect(await field.getAttribute('autocomplete')).toBe('new-password');
    await page.getByRole('button', { name: 'Set up and sign in' }).click();
    await page.locator('.cf-error').waitFor();
    await field.fill('short');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.textContent('.cf-error')).toMatch(/\w/);
    await field.fill('a quiet walk by the river');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/auth/security');
    await page.getByRole('heading', { name: 'Security' }).waitFor();

    // The same link once more, in another browser.
    const other = await (await browser.newContext({ locale: 'en' })).newPage();
    await other.goto(link);
    await other.getByRole('heading', { name: 'This link does not work' }).waitFor();
    expect(await other.textContent('.cf-lead')).toContain('Ask whoever invited you');
    expect(await glance(other, 'invitation-over')).toEqual([]);
    await other.goto(`${url}/auth/invitation`);
    await other.getByRole('heading', { name: 'This link does not work' }).waitFor();
    expect(failed).toEqual([]);
    await other.context().close();
    await context.close();
  });

  // Those whose words try a layout most; that no text is missing in any is seen without a browser.
  const languages = ['de', 'fr', 'ja'];

  it('speaks the language of its reader, and fits 320 px', async () => {
    const link = await invited('somebody.with.a.rather.long.name@example.com');
    const heads = new Set<string>();
    for (const language of languages) {
      const context = await browser.newContext({ locale: language, baseURL: url });
      const page = await context.newPage();
      await page.goto(link);
      const head = page.locator('h1');
      await page.locator('input[type=password]').waitFor();
      expect(await page.getAttribute('html', 'lang')).toBe(language);
      heads.add((await head.textContent()) ?? '');
      expect(await glimpse(page, `${language}-invitation`)).toEqual([]);
      await context.close();
    }
    expect(heads.size).toBe(languages.length);
  });
});
