import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { launch } from '../support/chromium.ts';
import { keepComplaints } from '../support/complaints.ts';
import { look } from '../support/look.ts';
import { describeWith } from '../support/needs.ts';
import { oathtoolCode } from '../support/oathtool.ts';
import { spawnServer, type SpawnedServer } from '../support/server.ts';
import { decodeQr } from '../support/zbar.ts';

// A browser on a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000 });

/** The story of the example, as a person lives it: the real server, a real browser, a real authenticator. */
describeWith(['Chromium', 'oathtool', 'zbarimg'], 'the first story in a browser', () => {
  let server: SpawnedServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let data: string;
  let key = '';
  let codes: string[] = [];
  /** What the console said: a page that works says nothing. */
  const complaints: string[] = [];
  const password = 'tulips on the window sill';
  const name = 'ann@example.com';

  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'cofactor-story-'));
    const PORT = String(20_000 + (process.pid % 8000));
    server = await spawnServer('examples/admin-pages/server.ts', { PORT, DATA: data });
    browser = await launch();
    ({ context, page } = await newVisitor());
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(data, { recursive: true, force: true });
  });

  async function newVisitor(): Promise<{ context: BrowserContext; page: Page }> {
    const made = await browser.newContext({ baseURL: server.url, locale: 'en-US' });
    const opened = await made.newPage();
    opened.setDefaultTimeout(15_000);
    keepComplaints(opened, complaints);
    return { context: made, page: opened };
  }

  const button = (text: string): ReturnType<Page['getByRole']> => page.getByRole('button', { name: text });
  /** A code that was not used before: the next step of the clock, where the present one was. */
  let lastStep = 0;
  async function freshCode(): Promise<string> {
    const step = (): number => Math.floor(Date.now() / 30_000);
    // One step ahead is accepted, so waiting is needed only after that one was used too.
    const next = Math.max(step(), lastStep + 1);
    while (next > step() + 1) await page.waitForTimeout(500);
    lastStep = next;
    return oathtoolCode(key, new Date(next * 30_000));
  }

  it('U7 registers, and sees what is not enabled and why', async () => {
    await page.goto('/');
    expect(await look(page, 'home-signed-out')).toEqual([]);
    await page.getByRole('link', { name: 'Create an account' }).click();
    await page.getByLabel('User name').fill(name);
    await page.locator('input[type=password]').fill('password1');
    expect(await look(page, 'register')).toEqual([]);
    await button('Create account').click();
    await page.getByText('Use at least 15 characters').waitFor();
    expect(await look(page, 'register-refused')).toEqual([]);
    await page.locator('input[type=password]').fill(password);
    await button('Create account').click();
    await page.waitForURL(`${server.url}/`);
    const admin = page.getByRole('link', { name: 'Admin (Not Enabled)' });
    await admin.hover();
    expect(await page.getByRole('tooltip').isVisible()).toBe(true);
    expect(await look(page, 'home-not-enabled')).toEqual([]);
  });

  it('signs out and in with the password', async () => {
    await page.goto('/auth/security');
    await button('Sign out').click();
    await page.waitForURL(/\/auth\/sign-in/);
    expect(await look(page, 'sign-in')).toEqual([]);
    await page.getByLabel('User name').fill(name);
    await page.locator('input[type=password]').fill('not the password at all');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('That does not match an account').waitFor();
    expect(await look(page, 'sign-in-wrong')).toEqual([]);
    await page.locator('input[type=password]').fill(password);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${server.url}/`);
  });

  it('A1 A6 is led from Admin to the security page and adds an authenticator app from the QR code', async () => {
    await page.getByRole('link', { name: 'Admin (Not Enabled)' }).click();
    await page.waitForURL(/\/auth\/security\?return_to=%2Fadmin/);
    await page.getByText('Two-step verification is off').waitFor();
    expect(await look(page, 'security-off')).toEqual([]);
    await button('Authenticator app').click();
    const image = page.getByRole('img', { name: /QR code/ });
    await image.waitFor();
    expect(await look(page, 'set-up-totp')).toEqual([]);
    await image.scrollIntoViewIfNeeded();
    const uri = new URL(decodeQr(await image.screenshot()));
    expect(uri.protocol + uri.pathname).toBe('otpauth:/Acme:ann%40example.com');
    key = uri.searchParams.get('secret') ?? '';
    await page.getByText("Can't scan it?").click();
    const shown = (
      await page
        .getByText(/^([A-Z2-7]{4} ?){8}$/)
        .first()
        .innerText()
    ).replaceAll(' ', '');
    expect(shown).toBe(key);
    expect(await look(page, 'set-up-totp-key')).toEqual([]);

    await page.getByRole('textbox', { name: 'Code', exact: true }).fill('000 000');
    await button('Confirm and finish').click();
    await page.getByText('That code is not right').waitFor();
    expect(await look(page, 'set-up-totp-wrong')).toEqual([]);
    await page.getByRole('textbox', { name: 'Code', exact: true }).fill(await freshCode());
    await button('Confirm and finish').click();
  });

  it('keeps ten recovery codes, shown once, and is led back towards Admin, which is not open yet', async () => {
    await page.getByText('I have saved these').first().waitFor();
    expect(await look(page, 'recovery-codes')).toEqual([]);
    const text = await page.locator('main').innerText();
    codes = text.match(/\b[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{5}\b/g) ?? [];
    expect(new Set(codes).size).toBe(10);
    const saved = page.getByRole('checkbox', { name: 'I have saved these' });
    if ((await saved.count()) > 0) await saved.check();
    await page
      .getByRole('button', { name: /Continue|I have saved these|Go on|Done/ })
      .last()
      .click();
    await page.getByText('Two-step verification is on').first().waitFor();
    expect(await look(page, 'two-step-on')).toEqual([]);
    await page.getByRole('link', { name: 'Continue' }).first().click();
    // A5: setting it up has not raised this session, so Admin asks for a confirmation.
    await page.waitForURL(/\/auth\/step-up\?policy=Admin/);
  });

  it('U7 says that a code is wrong, steps up with the right one and opens the page asked for', async () => {
    const field = page.getByRole('textbox', { name: 'Code', exact: true });
    await field.waitFor();
    await page.getByText('Admin needs a confirmation with your second factor').waitFor();
    expect(await field.getAttribute('autocomplete')).toBe('one-time-code');
    expect(await field.getAttribute('inputmode')).toBe('numeric');
    expect(await look(page, 'step-up')).toEqual([]);
    await field.fill('000000');
    await page.getByText('That code is not right').waitFor();
    expect(await field.evaluate((input) => input === document.activeElement)).toBe(true);
    expect(await look(page, 'step-up-wrong')).toEqual([]);
    // Pasted with a space, and sent by itself when it is complete.
    const code = await freshCode();
    await field.fill(`${code.slice(0, 3)} ${code.slice(3)}`);
    await page.waitForURL(`${server.url}/admin`);
    expect(await look(page, 'admin')).toEqual([]);
    await page.getByRole('link', { name: 'Admin', exact: true }).waitFor();
  });

  it('A-51 lets a recovery code in once, by keyboard alone', async () => {
    await context.close();
    for (const [attempt, expected] of [
      ['first', 'in'],
      ['second', 'refused'],
    ] as const) {
      ({ context, page } = await newVisitor());
      await page.goto('/admin');
      await page.getByLabel('User name').waitFor();
      await page.keyboard.type(name);
      await page.keyboard.press('Tab');
      await page.keyboard.type(password);
      await page.keyboard.press('Enter');
      await page.getByRole('textbox', { name: 'Code', exact: true }).waitFor();
      if (attempt === 'first') expect(await look(page, 'second-factor')).toEqual([]);
      await tabTo('I lost my device');
      await page.keyboard.press('Enter');
      await page.getByText('Lost your device?').waitFor();
      if (attempt === 'first') expect(await look(page, 'lost-device')).toEqual([]);
      await tabTo('Recovery codes');
      await page.keyboard.press('Enter');
      await page.getByLabel('Recovery code').waitFor();
      if (attempt === 'first') expect(await look(page, 'recovery-code')).toEqual([]);
      await page.getByLabel('Recovery code').focus();
      await page.keyboard.type((codes[0] ?? '').toUpperCase().replaceAll('-', ' '));
      await page.keyboard.press('Enter');
      if (expected === 'in') {
        await page.waitForURL(`${server.url}/admin`);
      } else {
        await page.getByText(/used already/).waitFor();
        expect(page.url()).toContain('/auth/sign-in');
        await page.getByLabel('Recovery code').fill(codes[1] ?? '');
        await page.keyboard.press('Enter');
        await page.waitForURL(`${server.url}/admin`);
      }
      if (attempt === 'first') await context.close();
    }
  });

  /** Moves the focus with the keyboard until it is on something with that text. */
  async function tabTo(text: string): Promise<void> {
    for (let n = 0; n < 30; n += 1) {
      const label = await page.evaluate(() => document.activeElement?.textContent ?? '');
      if (label.includes(text)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`nothing with the text ${JSON.stringify(text)} can be reached by keyboard`);
  }

  it('shows what protects the account, renames and removes with a fresh proof in place', async () => {
    await page.goto('/auth/security');
    await page.getByText('Two-step verification is on').first().waitFor();
    await page.getByText('8 left').waitFor();
    expect(await look(page, 'security-on')).toEqual([]);
    await button('Rename Authenticator app').click();
    expect(await look(page, 'rename')).toEqual([]);
    await page.getByRole('textbox', { name: 'Name' }).fill('Old phone');
    await button('Save').click();
    await page.getByText('Renamed to Old phone').waitFor();
    await button('Remove Old phone').click();
    expect(await look(page, 'remove')).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByText('Two-step verification is off').waitFor();
  });

  it('changes the password, asking for the current one', async () => {
    await button('Change Password').click();
    const fields = page.locator('dialog input[type=password], form input[type=password]');
    await fields.first().waitFor();
    expect(await look(page, 'change-password')).toEqual([]);
    await fields.nth(0).fill(password);
    await fields.nth(1).fill('roses in the winter garden');
    await button('Save').click();
    await page.getByText('Your other sessions were signed out').waitFor();
  });

  it('says nothing on the console and loads nothing from elsewhere', () => {
    expect(complaints).toEqual([]);
  });
});
