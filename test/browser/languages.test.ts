import type { Browser, BrowserContext, Page } from 'playwright-core';
import { emailOtp } from 'cofactor/email-otp';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { smsOtp } from 'cofactor/sms-otp';
import { totp } from 'cofactor/totp';
import { webauthn } from 'cofactor/webauthn';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { languages, type Language } from '../../packages/cofactor/src/web/language.ts';
import { createApp, freshSqliteDatabase, type TestApp, type TestDatabase } from '../support/app.ts';
import { launch } from '../support/chromium.ts';
import { TestClock } from '../support/clock.ts';
import { plainHasher } from '../support/hasher.ts';
import { glance, glimpse } from '../support/look.ts';
import { TestMailer } from '../support/mails.ts';
import { describeWith } from '../support/needs.ts';
import { oathtoolCode } from '../support/oathtool.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** A word of the sign-in button in each language: that the page really speaks it. */
const words: Readonly<Record<Language, RegExp>> = {
  en: /^Sign in$/,
  de: /^Anmelden$/,
  fr: /connecter/i,
  es: /(Iniciar|Entrar|Acceder)/i,
  da: /^Log (ind|på)$/i,
  ja: /(サインイン|ログイン)/,
};

describeWith(['Chromium', 'oathtool'], 'every page in every language', () => {
  const port = 29_100 + (process.pid % 600);
  const url = `http://localhost:${port}`;
  const clock = new TestClock(new Date());
  const mail = new TestMailer();
  let database: TestDatabase;
  let app: TestApp;
  let browser: Browser;

  beforeAll(async () => {
    database = await freshSqliteDatabase();
    app = await createApp(database.open(), {
      name: 'Acme',
      origin: url,
      clock,
      mail,
      rememberDevices: true,
      factors: [
        password({ hasher: plainHasher }),
        webauthn(),
        totp({ issuer: 'Acme' }),
        emailOtp(),
        smsOtp({ send: async () => undefined }),
        recoveryCodes(),
      ],
    });
    await app.app.listen({ port, host: 'localhost' });
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
    await database?.drop();
  });

  // At once: much of the time it is waited until a page has loaded everything.
  it.concurrent.each(languages)('%s', async (language) => {
    const context: BrowserContext = await browser.newContext({ locale: language, baseURL: url });
    const page: Page = await context.newPage();
    const complaints: string[] = [];
    const missing: string[] = [];
    page.on('response', (response) => {
      if (response.status() === 404 && response.url().includes('/auth/')) missing.push(response.url());
    });
    const seen = async (name: string): Promise<void> => {
      // The pages differ in nothing but words, so one language is held against all the rules.
      complaints.push(...(await (language === 'en' ? glance : glimpse)(page, `${language}-${name}`)));
      expect(await page.getAttribute('html', 'lang')).toBe(language);
    };
    const open = async (path: string, name: string): Promise<void> => {
      await page.goto(`/auth${path}`);
      await page.locator('.cf-headline, h1').first().waitFor();
      await page.waitForLoadState('networkidle');
      await seen(name);
    };

    await open('/sign-in', 'sign-in');
    expect(await page.locator('button[type=submit]').first().innerText()).toMatch(words[language]);
    await open('/forgot', 'forgot');
    await open(`/reset#rst_${'A'.repeat(43)}`, 'reset');
    await open('/confirm-email', 'confirm-email');
    await page.goto('/auth/denied');
    await seen('denied');

    await open('/register', 'register');
    await page.fill('#cf-identifier', `${language}@example.org`);
    await page.fill('input[type=password]', `a quiet ${language} river walk`);
    await page.locator('button[type=submit]').first().click();
    await page.waitForURL((address) => !address.pathname.endsWith('/register'));
    await open('/security', 'security-one-step');

    // The set-up of each provider, as the page offers it.
    const setUps = page.locator('.cf-choice');
    const count = await setUps.count();
    expect(count).toBe(4);
    for (let n = 0; n < count; n += 1) {
      await page.goto('/auth/security');
      await setUps.nth(n).click();
      await page.waitForLoadState('networkidle');
      await seen(`set-up-${n}`);
    }

    // Two steps from here on: an authenticator app, then the sign-in that asks for it.
    await page.goto('/auth/security');
    await page.locator('.cf-headline').first().waitFor();
    const key = await enrolApp(page);
    await page.goto('/auth/security');
    await page.locator('.cf-headline').first().waitFor();
    await seen('security');
    await page.request.get('/auth/context');
    await context.clearCookies();
    await page.goto('/auth/sign-in');
    await page.fill('#cf-identifier', `${language}@example.org`);
    await page.fill('input[type=password]', `a quiet ${language} river walk`);
    await page.locator('button[type=submit]').first().click();
    await page.locator('input[autocomplete=one-time-code]').waitFor();
    await seen('second-step');
    await page.fill('input[autocomplete=one-time-code]', key === '' ? '' : '000000');
    await page.locator('.cf-error').waitFor();
    await seen('second-step-wrong');

    expect(missing).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  /** Adds an authenticator app over the routes, in the browser's own session. */
  async function enrolApp(page: Page): Promise<string> {
    const send = (path: string, body: object): Promise<Record<string, unknown>> =>
      page.evaluate(
        async ([where, what]) => {
          const context = (await (await fetch('/auth/context')).json()) as { csrf: string };
          const answer = await fetch(`/auth${where}`, {
            method: 'POST',
            headers: {
              'content-type': 'application/json',
              accept: 'application/json',
              'x-csrf-token': context.csrf,
            },
            body: JSON.stringify(what),
          });
          return (await answer.json()) as Record<string, unknown>;
        },
        [path, body] as const,
      );
    const begun = await send('/enrolments', { provider: 'totp' });
    const { key } = begun['setup'] as { key: string };
    const code = oathtoolCode(key, clock.now());
    const done = await send('/enrolments/confirm', { enrolment: begun['enrolment'], response: { code } });
    expect(done).toHaveProperty('authenticator');
    return key;
  }
});
