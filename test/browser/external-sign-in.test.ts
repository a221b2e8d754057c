import { openid } from 'cofactor/openid';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { totp } from 'cofactor/totp';
import { webauthn } from 'cofactor/webauthn';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createApp, freshSqliteDatabase, type TestApp, type TestDatabase } from '../support/app.ts';
import { launch } from '../support/chromium.ts';
import { quickCode } from '../support/codes.ts';
import { keepComplaints } from '../support/complaints.ts';
import { optionsFor, redirectUris } from '../support/external.ts';
import { plainHasher } from '../support/hasher.ts';
import { glance, look } from '../support/look.ts';
import { describeWith } from '../support/needs.ts';
import { Upstream } from '../support/upstream.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** People with accounts elsewhere: the real pages, a real browser, and a real issuer on another site. */
describeWith('Chromium', 'sign-in with an account elsewhere, in a browser', () => {
  const port = 30_500 + (process.pid % 600);
  const url = `http://localhost:${port}`;
  const clock = { now: () => new Date() };
  let database: TestDatabase;
  let upstream: Upstream;
  let app: TestApp;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let people = 0;
  const complaints: string[] = [];

  beforeAll(async () => {
    database = await freshSqliteDatabase();
    upstream = await Upstream.start({ clock, redirectUris: redirectUris(url) });
    const trust = [{ claim: 'acr', value: 'urn:upstream:mfa', level: 'mfa' }] as const;
    app = await createApp(database.open(), {
      name: 'Acme',
      origin: url,
      clock,
      factors: [
        password({ hasher: plainHasher }),
        totp({ issuer: 'Acme' }),
        recoveryCodes(),
        webauthn(),
        openid(optionsFor(upstream, { accounts: 'create', trust })),
        openid(optionsFor(upstream, { name: 'second', label: 'Contoso Work and School Accounts' })),
      ],
    });
    app.auth.engine.purposes.add('/shop/', async () => ({
      application: 'Tulip Shop',
      requirement: {},
      since: null,
    }));
    app.app.get('/', (_request, reply) =>
      reply.type('text/html').send('<!doctype html><html lang="en"><title>Home</title><h1>Home</h1></html>'),
    );
    await app.app.listen({ port, host: 'localhost' });
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
    await upstream?.close();
    await database?.drop();
  });
  beforeEach(() => newVisitor());

  async function newVisitor(locale = 'en-US'): Promise<void> {
    upstream.person = `ann-${(people += 1)}`;
    upstream.says = {};
    upstream.fault = null;
    await context?.close();
    context = await browser.newContext({ baseURL: url, locale });
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    keepComplaints(page, complaints);
    page.on('request', (request) => {
      const asked = request.url();
      if (!asked.startsWith(url) && !asked.startsWith(upstream.issuer) && !asked.startsWith('data:')) {
        complaints.push(`asked ${asked}`);
      }
      // Where people come from is nobody's business over there.
      const { referer } = request.headers();
      if (asked.startsWith(upstream.issuer) && referer?.startsWith(url)) complaints.push(`told ${referer}`);
    });
  }

  const button = (name: string | RegExp): ReturnType<Page['getByRole']> => page.getByRole('button', { name });
  const shown = (text: string | RegExp): Promise<void> => page.getByText(text).first().waitFor();
  async function there(choice = 'Yes, it is me'): Promise<void> {
    await page.waitForURL(`${upstream.issuer}/**`);
    await button(choice).click();
  }
  async function signIn(path: string): Promise<void> {
    await page.goto(path);
    await button('Sign in with Acme ID').click();
    await there();
  }
  /** Somebody with a password, on the security page. */
  async function register(): Promise<string> {
    const name = `person-${people}`;
    await page.goto('/auth/register');
    await page.getByLabel('User name').fill(name);
    await page.locator('input[type=password]').fill('tulips on the window sill');
    await button('Create account').click();
    await page.waitForURL(`${url}/`);
    await page.goto('/auth/security');
    return name;
  }
  async function addTotp(): Promise<string> {
    await button(/^Authenticator app/).click();
    await page.getByText('Can’t scan it?').or(page.getByText("Can't scan it?")).first().click();
    const key = ((await page.locator('.cf-key code').textContent()) ?? '').replaceAll(/\s/g, '');
    await page.getByLabel(/code/i).last().fill(quickCode(key, new Date()));
    await button('Confirm and finish').click();
    await page.getByText('I have saved these').first().waitFor();
    await page.getByRole('checkbox', { name: 'I have saved these' }).check();
    await button('Continue').click();
    await shown('Two-step verification is on');
    return key;
  }

  it('stands beside the password and the passkey, by its name', async () => {
    await page.goto('/auth/sign-in?return_to=%2Frecent');
    await button('Sign in with Acme ID').waitFor();
    await button('Sign in with Contoso Work and School Accounts').waitFor();
    await button('Sign in with a passkey').waitFor();
    expect(await look(page, 'external-sign-in')).toEqual([]);
    await newVisitor('de-DE');
    await page.goto('/auth/sign-in');
    await button('Mit Acme ID anmelden').waitFor();
    expect(await glance(page, 'external-sign-in-de')).toEqual([]);
  });

  it('leads to the issuer and back to where the person was going; nothing of it stays in the address bar', async () => {
    await signIn('/auth/sign-in?return_to=%2Fwho');
    await page.waitForURL(`${url}/who`);
    expect(await page.locator('body').textContent()).toContain('"acr":"pwd"');
    await page.goBack();
    expect(page.url()).not.toMatch(/code=|state=/);
  });

  it('I-28 takes the code out of the address bar before it asks for anything else', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.goto('/auth/sign-in?return_to=%2Fwho');
    await button('Sign in with Acme ID').waitFor();
    const asked: string[] = [];
    // All but the page itself with its style and its own script have to wait.
    await page.route(`${url}/auth/**`, async (route) => {
      const { pathname } = new URL(route.request().url());
      if (/^\/auth\/external\/|\/callback\.js$|\.css$/.test(pathname)) return route.continue();
      if (!pathname.endsWith('/challenges')) {
        asked.push(pathname);
        await held;
      }
      return route.continue();
    });
    await button('Sign in with Acme ID').click();
    await there();
    await page.waitForURL(`${url}/auth/external/acme-id`, { waitUntil: 'commit' });
    expect(asked.filter((path) => path.endsWith('/sign-in'))).toEqual([]);
    release();
    await page.waitForURL(`${url}/who`);
  });

  it('says so where the person turned back over there, and offers to try again', async () => {
    await page.goto('/auth/sign-in?return_to=%2Fwho');
    await button('Sign in with Acme ID').click();
    await there('Cancel');
    await shown('You did not go through with it at Acme ID.');
    expect(page.url()).toBe(`${url}/auth/external/acme-id`);
    expect(await look(page, 'external-cancelled')).toEqual([]);
    await page.getByRole('link', { name: 'Try again' }).click();
    await page.waitForURL(`${url}/auth/sign-in?return_to=%2Fwho`);
  });

  it('says what to do where no account is linked', async () => {
    await page.goto('/auth/sign-in');
    await button('Sign in with Contoso Work and School Accounts').click();
    await there();
    await shown('No account here is linked with this identity.');
    expect(await look(page, 'external-not-linked')).toEqual([]);
  });

  it('says so where the issuer is away, and every other way is still there', async () => {
    upstream.fault = 'error';
    await signIn('/auth/sign-in');
    await shown(/does not work at the moment/);
    expect(await glance(page, 'external-away')).toEqual([]);
    await page.route('**/auth/challenges', (route) =>
      route.fulfill({
        status: 503,
        contentType: 'application/problem+json',
        body: JSON.stringify({
          type: 'urn:cofactor:problem:provider-unavailable',
          title: '',
          status: 503,
          detail: '',
        }),
      }),
    );
    await page.goto('/auth/sign-in');
    await button('Sign in with Acme ID').click();
    await shown('Acme ID cannot be reached at the moment.');
    expect(await look(page, 'external-sign-in-away')).toEqual([]);
    await page.getByLabel('User name').waitFor();
  });

  it('an address that somebody made up, and one that is opened again, leads nowhere', async () => {
    for (const query of ['', '?code=a&state=b', '?code=a&code=b&state=discover.abc', '?state=discover.abc']) {
      await page.goto(`/auth/external/acme-id${query}`);
      await shown('does not fit what was begun here');
      expect(page.url()).toBe(`${url}/auth/external/acme-id`);
    }
    await page.goto('/auth/external/acme-id?code=a&state=discover.abc');
    await shown('does not fit what was begun here');
    expect(await glance(page, 'external-made-up')).toEqual([]);
  });

  it('is linked on the security page, listed there, and signs in from then on', async () => {
    const name = await register();
    await page.getByRole('heading', { name: 'Add another way to sign in' }).waitFor();
    expect(await look(page, 'external-security')).toEqual([]);
    await button(/^Acme ID/).click();
    await shown('You go to Acme ID, sign in there and come back.');
    expect(await look(page, 'external-set-up')).toEqual([]);
    await button('Go on to Acme ID').click();
    await there();
    await shown('Acme ID is set up');
    expect(await look(page, 'external-linked')).toEqual([]);
    await page.getByRole('link', { name: 'Back to the list' }).click();
    await page.waitForURL(`${url}/auth/security`);
    await page.getByRole('heading', { name: 'Acme ID', level: 3 }).waitFor();
    expect(await glance(page, 'external-listed')).toEqual([]);
    // A first factor that nobody made up cannot be changed, and can be called something else.
    expect(await button('Change Acme ID').count()).toBe(0);
    expect(await button('Rename Acme ID').count()).toBe(1);
    await button('Sign out').first().click();
    await page.waitForURL(`${url}/auth/sign-in`);
    await button('Sign in with Acme ID').click();
    await page.waitForURL(`${url}/`);
    await page.goto('/who');
    expect(await page.locator('body').textContent()).toContain(`"user":"${name}"`);
    // The same identity a second time.
    await page.goto('/auth/security');
    await button(/^Acme ID/).click();
    await button('Go on to Acme ID').click();
    await shown('This account at Acme ID is linked already');
    await page.getByRole('link', { name: 'Go to the security page' }).click();
    await page.waitForURL(`${url}/auth/security`);
  });

  it('our own second factor follows on the page that the person came back to', async () => {
    await signIn('/auth/sign-in');
    await page.waitForURL(`${url}/`);
    await page.goto('/auth/security');
    const key = await addTotp();
    await context.clearCookies({ domain: 'localhost' });
    await page.goto('/auth/sign-in?return_to=%2Fwho');
    await button('Sign in with Acme ID').click();
    await page.waitForURL(`${url}/auth/external/acme-id`);
    await page.getByRole('heading', { name: 'Confirm it is you' }).waitFor();
    expect(await look(page, 'external-second')).toEqual([]);
    // A reload loses nothing of it.
    await page.reload();
    await page.getByRole('heading', { name: 'Confirm it is you' }).waitFor();
    const next = new Date(Date.now() + 30_000);
    await page.locator('input[autocomplete=one-time-code]').fill(quickCode(key, next));
    await page.waitForURL(`${url}/who`);
    expect(await page.locator('body').textContent()).toContain('"acr":"mfa"');
  });

  it('confirms in place what the security page asks, and leads back to it', async () => {
    await signIn('/auth/sign-in');
    await page.waitForURL(`${url}/`);
    await database.query('update sessions set events = replace(events, \'"at":\', \'"at":1, "was":\')');
    await page.goto('/auth/security?return_to=%2Fwho');
    await button(/^Authenticator app/).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('You go to Acme ID and come back here.').waitFor();
    expect(await look(page, 'external-confirm')).toEqual([]);
    await dialog.getByRole('button', { name: 'Go on to Acme ID' }).press('Enter');
    await page.waitForURL(`${url}/auth/security?return_to=%2Fwho`);
    await button(/^Authenticator app/).click();
    await page.getByText(/scan/i).first().waitFor();
  });

  it('says so where the issuer did not confirm enough, and what else there is', async () => {
    await signIn('/auth/sign-in');
    await page.waitForURL(`${url}/`);
    await page.goto('/auth/step-up?policy=Admin&return_to=%2Fwho');
    await button('Go on to Acme ID').click();
    await shown('Acme ID has confirmed that it is you, but not as much as is needed here.');
    expect(await look(page, 'external-not-enough')).toEqual([]);
    upstream.says = { acr: 'urn:upstream:mfa' };
    await button('Go on to Acme ID').click();
    await page.waitForURL(`${url}/who`);
    expect(await page.locator('body').textContent()).toContain('"acr":"mfa"');
    // Who thinks better of it finds back to where they were.
    await newVisitor();
    await signIn('/auth/sign-in');
    await page.waitForURL(`${url}/`);
    await page.goto('/auth/step-up?policy=Admin&return_to=%2Fwho');
    await button('Go on to Acme ID').click();
    await shown('not as much as is needed here');
    await button('Cancel').click();
    await page.waitForURL(`${url}/auth/step-up?policy=Admin&return_to=%2Fwho`);
  });

  it('A9 the page says which application it is for, in the language of the reader', async () => {
    await page.goto('/auth/sign-in?return_to=%2Fshop%2F1');
    await shown('To go on to Tulip Shop.');
    expect(await glance(page, 'sign-in-application')).toEqual([]);
    await page.goto('/auth/sign-in?return_to=%2Felsewhere');
    await shown('To go on to Acme.');
    await newVisitor('ja-JP');
    await page.goto('/auth/sign-in?return_to=%2Fshop%2F1');
    await shown(/Tulip Shop/);
  });

  it('begins with the name that an application expects, and asks again where it has to be anew', async () => {
    await page.goto('/auth/sign-in?login_hint=ann%40example.com');
    const name = page.getByLabel('User name');
    expect(await name.inputValue()).toBe('ann@example.com');
    expect(await page.locator('input[type=password]').evaluate((one) => one === document.activeElement)).toBe(
      true,
    );
    await name.fill('somebody-else');
    expect(await name.inputValue()).toBe('somebody-else');

    const registered = await register();
    await page.goto('/auth/sign-in?return_to=%2Fwho');
    await shown('You are signed in');
    await page.goto('/auth/sign-in?return_to=%2Fwho&prompt=login');
    expect(await name.inputValue()).toBe(registered);
    expect(await look(page, 'sign-in-anew')).toEqual([]);
    await page.locator('input[type=password]').fill('tulips on the window sill');
    await button(/^Sign in$/).click();
    await page.waitForURL(`${url}/who`);
    // A name in the address comes before who is signed in, and other values of prompt mean nothing here.
    await page.goto('/auth/sign-in?prompt=login&login_hint=ben');
    expect(await name.inputValue()).toBe('ben');
    await page.goto('/auth/sign-in?prompt=none&login_hint=ben');
    await shown('You are signed in');
  });

  it('no page complained, asked anybody else, or told where people come from', () => {
    expect(complaints).toEqual([]);
  });
});
