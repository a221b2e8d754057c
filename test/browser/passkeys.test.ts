import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { freshSqliteDatabase, type TestApp, type TestDatabase } from '../support/app.ts';
import { launch } from '../support/chromium.ts';
import { keepComplaints } from '../support/complaints.ts';
import { look } from '../support/look.ts';
import { describeWith } from '../support/needs.ts';
import { createPasskeyApp } from '../support/passkey-flows.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** What Chromium's virtual authenticator can be (WebAuthn domain of the DevTools protocol). */
interface Device {
  readonly transport?: 'internal' | 'usb';
  readonly hasResidentKey?: boolean;
  readonly hasUserVerification?: boolean;
  readonly isUserVerified?: boolean;
  readonly defaultBackupEligibility?: boolean;
  readonly defaultBackupState?: boolean;
}

/** People with passkeys: the real pages, a real browser, the browser's own authenticators. */
describeWith('Chromium', 'passkeys in a browser', () => {
  const port = 29_800 + (process.pid % 600);
  const url = `http://localhost:${port}`;
  let database: TestDatabase;
  let app: TestApp;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let devices: CDPSession;
  let people = 0;
  const complaints: string[] = [];

  beforeAll(async () => {
    database = await freshSqliteDatabase();
    app = await createPasskeyApp(database.open(), {
      name: 'Acme',
      origin: url,
      clock: { now: () => new Date() },
    });
    app.app.get('/', (_request, reply) =>
      reply.type('text/html').send('<!doctype html><title>Home</title><h1>Home</h1>'),
    );
    await app.app.listen({ port, host: 'localhost' });
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
    await database?.drop();
  });
  beforeEach(() => newVisitor());

  /** Somebody who comes without cookies and without a passkey. */
  async function newVisitor(locale = 'en-US'): Promise<void> {
    await context?.close();
    context = await browser.newContext({ baseURL: url, locale });
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    keepComplaints(page, complaints);
    page.on('request', (request) => {
      if (!request.url().startsWith(url) && !request.url().startsWith('data:')) {
        complaints.push(`asked ${request.url()}`);
      }
    });
    devices = await context.newCDPSession(page);
    await devices.send('WebAuthn.enable', { enableUI: false });
  }

  /** Puts an authenticator into the computer; gives the id by which it is taken out again. */
  async function plug(device: Device = {}): Promise<string> {
    const { authenticatorId } = await devices.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        ctap2Version: 'ctap2_1',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
        ...device,
      },
    });
    return authenticatorId;
  }
  const button = (name: string | RegExp): ReturnType<Page['getByRole']> => page.getByRole('button', { name });

  /** Browsers offer passkeys in the field for the user name; the virtual one takes the first there is, at once. */
  async function withoutAutofill(): Promise<void> {
    await page.addInitScript(() => {
      PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false);
    });
  }
  /** What the pages tell the device, in the order of the calls. */
  async function signals(): Promise<{ readonly name: string; readonly told: Record<string, unknown> }[]> {
    const calls: { readonly name: string; readonly told: Record<string, unknown> }[] = [];
    await page.exposeFunction('signalled', (name: string, told: Record<string, unknown>) => {
      calls.push({ name, told });
    });
    await page.addInitScript(() => {
      for (const name of ['signalAllAcceptedCredentials', 'signalCurrentUserDetails']) {
        Object.assign(PublicKeyCredential, {
          [name]: (told: unknown) =>
            (globalThis as unknown as { signalled: (...args: unknown[]) => Promise<void> }).signalled(
              name,
              told,
            ),
        });
      }
    });
    return calls;
  }

  const secret = 'tulips on the window sill';
  /** Somebody new: registered, signed in, on the security page. */
  async function register(): Promise<string> {
    people += 1;
    const name = `ann-${people}@example.com`;
    await page.goto('/auth/register');
    await page.getByLabel('User name').fill(name);
    await page.locator('input[type=password]').fill(secret);
    await button('Create account').click();
    await page.waitForURL(`${url}/`);
    await page.goto('/auth/security');
    return name;
  }
  async function setUp(name = ''): Promise<void> {
    await button(/^Passkey/).click();
    await page.getByLabel('Name (optional)').fill(name);
    await button('Create a passkey').click();
  }
  /** Puts the codes away that come with the first second factor, and goes back to the list. */
  async function keepCodes(): Promise<void> {
    await page.getByText('I have saved these').first().waitFor();
    const saved = page.getByRole('checkbox', { name: 'I have saved these' });
    if ((await saved.count()) > 0) await saved.check();
    await button(/Continue|I have saved these|Go on|Done/)
      .last()
      .click();
    await page.getByText('Two-step verification is on').first().waitFor();
    await page.goto('/auth/security');
    await page.getByText('Two-step verification is on').first().waitFor();
  }
  async function newcomer(name = ''): Promise<string> {
    const identifier = await register();
    await setUp(name);
    await keepCodes();
    return identifier;
  }
  async function passwordStep(identifier: string, path = '/auth/sign-in'): Promise<void> {
    await context.clearCookies();
    await page.goto(path);
    await page.getByLabel('User name').fill(identifier);
    await page.locator('input[type=password]').fill(secret);
    await button('Sign in').first().click();
  }
  async function who(): Promise<unknown> {
    const answer = await context.request.get('/who');
    return answer.json();
  }
  /** Has the browser wait with passkeys as it does while it asks its person; `go` lets it go on. */
  async function slowly(): Promise<{ readonly go: () => Promise<void> }> {
    await page.addInitScript(() => {
      const { credentials } = navigator;
      const { create, get } = credentials;
      const holder = globalThis as unknown as { go: () => void };
      const held = new Promise<void>((resolve) => (holder.go = resolve));
      credentials.create = (options) => held.then(() => create.call(credentials, options));
      credentials.get = (options) =>
        options?.mediation === 'conditional'
          ? new Promise((_resolve, reject) => {
              options.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
            })
          : held.then(() => get.call(credentials, options));
    });
    return { go: () => page.evaluate(() => (globalThis as unknown as { go: () => void }).go()) };
  }

  it('U2 one is set up with a press of a button, named, and asked for at once after the password', async () => {
    await withoutAutofill();
    const asking = await slowly();
    await plug();
    const identifier = await register();
    await button(/^Passkey/).click();
    await button('Create a passkey').waitFor();
    expect(await look(page, 'passkey-setup')).toEqual([]);
    await page.getByLabel('Name (optional)').fill('Work laptop');
    await page.keyboard.press('Enter');
    await page.getByText('Follow the steps that your browser shows').waitFor();
    expect(await look(page, 'passkey-setup-waiting')).toEqual([]);
    await asking.go();
    await keepCodes();
    await page.getByRole('heading', { name: 'Work laptop' }).waitFor();
    await page.getByText('On one device or security key only').waitFor();
    expect(await look(page, 'passkey-security')).toEqual([]);

    await passwordStep(identifier, '/auth/sign-in?return_to=%2Fauth%2Fsecurity');
    await page.getByText('Follow the steps that your browser shows').waitFor();
    expect(await look(page, 'passkey-second')).toEqual([]);
    await asking.go();
    await page.waitForURL(`${url}/auth/security`);
    expect(await who()).toMatchObject({ user: identifier, amr: ['pwd', 'hwk', 'user', 'mfa'], acr: 'phrh' });
  });

  it('U2 signs in without user name and password, by the button, with the keyboard', async () => {
    await withoutAutofill();
    await plug();
    const identifier = await newcomer();
    await context.clearCookies();
    await page.goto('/auth/sign-in?return_to=%2Fauth%2Fsecurity');
    await button('Sign in with a passkey').waitFor();
    expect(await look(page, 'passkey-sign-in')).toEqual([]);
    await button('Sign in with a passkey').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(`${url}/auth/security`);
    expect(await who()).toMatchObject({ user: identifier, amr: ['hwk', 'user', 'mfa'] });
  });

  it('U2 signs in with what the browser offers in the field for the user name', async () => {
    await plug();
    const identifier = await newcomer();
    await context.clearCookies();
    await page.goto('/auth/sign-in?return_to=%2Fauth%2Fsecurity');
    // Nothing is pressed: the virtual authenticator picks the only passkey there is.
    await page.waitForURL(`${url}/auth/security`);
    expect(await who()).toMatchObject({ user: identifier, amr: ['hwk', 'user', 'mfa'] });
  });

  it('who signs in with the password while the browser offers a passkey is not disturbed by it', async () => {
    await withoutAutofill();
    await plug();
    const identifier = await newcomer();
    // From here on the browser offers passkeys, and its person does not take any.
    await page.addInitScript(() => {
      PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(true);
    });
    const asking = await slowly();
    await passwordStep(identifier);
    await page.getByText('Follow the steps that your browser shows').waitFor();
    await asking.go();
    await page.waitForURL(`${url}/`);
    expect(await who()).toMatchObject({ amr: ['pwd', 'hwk', 'user', 'mfa'] });
  });

  it('a security key without PIN is a second factor, and one factor only', async () => {
    await withoutAutofill();
    const plain = { hasResidentKey: false, hasUserVerification: false, isUserVerified: false };
    await plug({ transport: 'usb', ...plain });
    const identifier = await newcomer('Key ring');
    await context.clearCookies();
    await page.goto('/auth/sign-in');
    await button('Sign in with a passkey').click();
    await page.getByText('No passkey was used').waitFor();
    expect(await look(page, 'passkey-sign-in-refused')).toEqual([]);
    await passwordStep(identifier);
    await page.waitForURL(`${url}/`);
    expect(await who()).toMatchObject({ user: identifier, amr: ['pwd', 'hwk', 'mfa'] });
  });

  it('a synced one says so, and when it has become so', async () => {
    await withoutAutofill();
    const authenticatorId = await plug({ defaultBackupEligibility: true, defaultBackupState: false });
    const identifier = await newcomer();
    await page.getByText('Can be synced between your devices, but is not yet').waitFor();
    const { credentials } = await devices.send('WebAuthn.getCredentials', { authenticatorId });
    await devices.send('WebAuthn.setCredentialProperties', {
      authenticatorId,
      credentialId: credentials[0]?.credentialId ?? '',
      backupState: true,
    });
    await passwordStep(identifier, '/auth/sign-in?return_to=%2Fauth%2Fsecurity');
    await page.waitForURL(`${url}/auth/security`);
    await page.getByText('Synced between your devices').waitFor();
    expect(await look(page, 'passkey-synced')).toEqual([]);
    expect(await who()).toMatchObject({ amr: ['pwd', 'swk', 'user', 'mfa'], acr: 'phr' });
  });

  it('one that is removed is told to the device, and refused in plain words', async () => {
    await withoutAutofill();
    const told = await signals();
    const authenticatorId = await plug();
    const identifier = await newcomer('Old phone');
    const { credentials } = await devices.send('WebAuthn.getCredentials', { authenticatorId });
    const id = (credentials[0]?.credentialId ?? '')
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '');
    await passwordStep(identifier, '/auth/sign-in?return_to=%2Fauth%2Fsecurity');
    await page.waitForURL(`${url}/auth/security`);
    await button('Remove Old phone').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByText('Two-step verification is off').waitFor();
    const all = () => told.filter(({ name }) => name === 'signalAllAcceptedCredentials');
    const none = { rpId: 'localhost', allAcceptedCredentialIds: [] };
    await vi.waitFor(() => expect(all().at(-1)?.told).toMatchObject(none), { timeout: 5000 });
    const lists = all();
    expect(JSON.stringify(lists.slice(0, -1))).toContain(id);
    expect(told.find(({ name }) => name === 'signalCurrentUserDetails')?.told).toMatchObject({
      name: identifier,
    });

    // The device has not listened: it still offers the passkey.
    await context.clearCookies();
    await page.goto('/auth/sign-in');
    await button('Sign in with a passkey').click();
    await page.getByText('That passkey was not accepted').waitFor();
    expect(page.url()).toBe(`${url}/auth/sign-in`);
    expect(await look(page, 'passkey-removed')).toEqual([]);
  });

  it('verification that its person fails or declines is told, and can be tried again', async () => {
    await withoutAutofill();
    const authenticatorId = await plug();
    const identifier = await newcomer();
    const verified = (isUserVerified: boolean): Promise<unknown> =>
      devices.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
    await verified(false);
    await context.clearCookies();
    await page.goto('/auth/sign-in');
    await button('Sign in with a passkey').click();
    await page.getByText('No passkey was used').waitFor();
    await verified(true);
    await button('Sign in with a passkey').click();
    await page.waitForURL(`${url}/`);
    expect(await who()).toMatchObject({ user: identifier });
  });

  it('adding another asks for the first in place; a device that has one already is told apart', async () => {
    await withoutAutofill();
    await plug();
    await newcomer('First');
    await setUpAfterProof();
    await page.getByText('There is a passkey for your account on that device already').waitFor();
    expect(await look(page, 'passkey-setup-twice')).toEqual([]);
    await plug({ transport: 'usb' });
    await button('Create a passkey').click();
    await page.getByText('is ready').first().waitFor();
    await page.goto('/auth/security');
    await page.getByText('2 passkeys').first().waitFor();
  });
  /** The session is at the level of the password: the passkey is asked for in a dialog, which goes on by itself. */
  async function setUpAfterProof(): Promise<void> {
    await button(/^Passkey/).click();
    await button('Create a passkey').waitFor();
    await button('Create a passkey').click();
  }

  it('a set-up that is declined is told in plain words, and can be tried again', async () => {
    await withoutAutofill();
    await page.addInitScript(() => {
      const { create } = navigator.credentials;
      let first = true;
      navigator.credentials.create = (options) => {
        if (!first) return create.call(navigator.credentials, options);
        first = false;
        return Promise.reject(new DOMException('declined', 'NotAllowedError'));
      };
    });
    await plug();
    await register();
    await setUp();
    await page.getByText('No passkey was created').waitFor();
    expect(await look(page, 'passkey-setup-declined')).toEqual([]);
    await button('Create a passkey').click();
    await keepCodes();
  });

  it('a browser that cannot is told so at set-up, and not bothered at sign-in', async () => {
    await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'PublicKeyCredential'));
    await register();
    await button(/^Passkey/).click();
    await page.getByText('This browser cannot create passkeys here').waitFor();
    expect(await look(page, 'passkey-setup-unsupported')).toEqual([]);
    await context.clearCookies();
    await page.goto('/auth/sign-in');
    await button('Sign in').first().waitFor();
    await page.waitForTimeout(500);
    expect(await button('Sign in with a passkey').isVisible()).toBe(false);
  });

  it('speaks the language of its reader', async () => {
    await newVisitor('de-DE');
    await withoutAutofill();
    await page.goto('/auth/sign-in');
    await button('Mit einem Passkey anmelden').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
  });

  it('says nothing on the console and loads nothing from elsewhere', () => {
    expect(complaints).toEqual([]);
  });
});
