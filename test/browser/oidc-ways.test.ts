import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { launch } from '../support/chromium.ts';
import { describeWith } from '../support/needs.ts';
import { claimsOf } from '../support/oidc.ts';
import { startOidcSite, Visitor, type OidcSite } from '../support/oidc-site.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** The same road, gone in other ways: with a passkey, from a device, by keyboard, without JavaScript. */
describeWith(['Chromium', 'oathtool'], 'A9 other ways through the server', () => {
  const port = 10_000 + (process.pid % 2000) * 5;
  const complaints: string[] = [];
  let site: OidcSite;
  let browser: Browser;
  let visitor: Visitor;

  beforeAll(async () => {
    site = await startOidcSite(port);
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });
  beforeEach(async () => {
    visitor = await Visitor.come(browser, site, complaints);
  });
  afterEach(() => visitor.context.close());

  const phishingResistant = encodeURIComponent(
    JSON.stringify({ id_token: { acr: { essential: true, value: 'phr' } } }),
  );

  /** Puts an authenticator into the visitor's computer that takes part without being asked. */
  async function plug({ context, page }: Visitor): Promise<CDPSession> {
    const devices = await context.newCDPSession(page);
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
    // Browsers offer passkeys in the field for the user name; the virtual one takes the first there is, at once.
    await page.addInitScript(() => {
      PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false);
    });
    return devices;
  }

  it('a level that takes a passkey: set up on the way, then used on the way, then used alone', async () => {
    const person = await site.person('with app');
    const { page } = visitor;
    await plug(visitor);
    await page.goto(`${site.shop.url}/login?claims=${phishingResistant}`);
    await visitor.password(person);
    await visitor.code(person);
    await visitor.heading('Shop needs a stronger sign-in').waitFor();
    await page.getByRole('link', { name: 'Set it up' }).click();
    await visitor.button(/^Passkey/).click();
    await visitor.button('Create a passkey').click();
    await page.getByText('Next you are asked to confirm with it once; then Shop opens.').waitFor();
    await page.getByRole('link', { name: 'Continue' }).click();
    // It asks for the passkey at once, and the authenticator answers.
    const claims = await visitor.facts(site.shop);
    expect(claims['acr']).toBe('phr');
    expect(claims['amr']).toEqual(expect.arrayContaining(['pwd', 'mfa']));

    await page.goto('/auth/security');
    await visitor.button('Sign out').first().click();
    await page.waitForURL(/sign-in/);
    await page.goto(`${site.shop.url}/login?claims=${phishingResistant}`);
    await visitor.button('Sign in with a passkey').click();
    expect(await visitor.facts(site.shop)).toMatchObject({ acr: 'phr' });
  });

  /** What the set does meanwhile: it asks for a code to show, and then whether somebody entered it. */
  async function set(): Promise<{
    readonly code: string;
    readonly address: string;
    ask(): Promise<Readonly<Record<string, string>>>;
  }> {
    const send = async (path: string, form: Record<string, string>): Promise<Record<string, string>> => {
      const body = new URLSearchParams({ client_id: site.tv.id, ...form });
      const answer = await fetch(site.url + path, { method: 'POST', body });
      return (await answer.json()) as Record<string, string>;
    };
    const begun = await send('/oidc/device/start', { scope: 'openid' });
    return {
      code: begun['user_code'] ?? '',
      address: begun['verification_uri_complete'] ?? '',
      ask: () =>
        send('/oidc/token', {
          grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
          device_code: begun['device_code'] ?? '',
        }),
    };
  }

  it('a device: code entered, level asked for, and the device is signed in', async () => {
    const person = await site.person();
    const { page } = visitor;
    const device = await set();
    expect(await device.ask()).toMatchObject({ error: 'authorization_pending' });
    await page.goto('/oidc/device');
    await visitor.password(person);
    await visitor.heading('Sign in a device').waitFor();
    await page.getByLabel('Code').fill(device.code.toLowerCase().replace('-', ' '));
    await visitor.button('Continue').click();
    await visitor.heading('Sign in a device to Living Room TV?').waitFor();
    expect(await page.locator('.cf-device-code').innerText()).toBe(device.code);
    await visitor.button('Yes, sign it in').click();
    // The application takes nobody without a second factor, and there is none yet.
    await visitor.heading('Living Room TV needs a second factor').waitFor();
    await page.getByRole('link', { name: 'Set it up' }).click();
    await visitor.setUpApp(person);
    await page.getByRole('link', { name: 'Continue' }).click();
    await page.getByText('Living Room TV asks you to confirm with your second factor.').waitFor();
    await visitor.code(person);
    await visitor.heading('The device is signed in').waitFor();
    const tokens = await device.ask();
    expect(claimsOf(tokens['id_token'])).toMatchObject({ acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] });
  });

  it('a device that was not asked for: stopped at its code, or at the confirmation', async () => {
    const person = await site.person('with app');
    const { page } = visitor;
    await visitor.signIn(person);
    const first = await set();
    await page.goto(first.address);
    await visitor.button('No, stop here').click();
    await visitor.heading('The device was not signed in').waitFor();
    expect(await first.ask()).toMatchObject({ error: 'access_denied' });

    await page.goto('/auth/security');
    await visitor.button('Sign out').first().click();
    await page.waitForURL(/sign-in/);
    const weak = await site.person();
    const second = await set();
    await page.goto(second.address);
    await visitor.password(weak);
    await visitor.button('Yes, sign it in').click();
    await visitor.button('No, stop here').click();
    await visitor.heading('The device was not signed in').waitFor();
    expect(await second.ask()).toMatchObject({ error: 'unmet_authentication_requirements' });
    // Used up: the code opens nothing any more.
    await page.getByRole('link', { name: 'Enter another code' }).click();
    await page.getByLabel('Code').fill(second.code);
    await visitor.button('Continue').click();
    await page.getByText('This code was used already, or is too old.').waitFor();
  });

  /** Moves the focus with the keyboard until it is on something with that name. */
  async function tabTo(page: Page, name: string | RegExp): Promise<void> {
    const target = page
      .getByRole('button', { name })
      .or(page.getByRole('link', { name }))
      .or(page.getByRole('checkbox', { name }))
      .or(page.getByLabel(name, { exact: typeof name === 'string' }));
    await target.first().waitFor();
    for (let presses = 0; presses < 40; presses += 1) {
      if (await target.first().evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`${String(name)} cannot be reached by keyboard`);
  }

  it('by keyboard alone: sign-in, set-up, confirmation, consent, and taking it back', async () => {
    const person = await site.person();
    const { page } = visitor;
    const press = async (name: string | RegExp): Promise<void> => {
      await tabTo(page, name);
      await page.keyboard.press('Enter');
    };
    const type = async (name: string | RegExp, text: string): Promise<void> => {
      await tabTo(page, name);
      await page.keyboard.type(text);
    };
    await page.goto(`${site.partner.url}/login?acr_values=mfa`);
    await type('User name', person.identifier);
    await page.keyboard.press('Tab');
    await page.keyboard.type(person.password);
    await page.keyboard.press('Enter');
    await press('Set it up');
    await press(/^Authenticator app/);
    const summary = page.getByText("Can't scan it?");
    await summary.waitFor();
    const isThere = (): Promise<boolean> =>
      page.evaluate(() => document.activeElement?.textContent?.includes("Can't scan it?") === true);
    for (let presses = 0; presses < 40 && !(await isThere()); presses += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const key = page.getByText(/^([A-Z2-7]{4} ?){8}$/).first();
    person.key = (await key.innerText()).replaceAll(' ', '');
    await type('Code', site.code(person));
    await press('Confirm and finish');
    await tabTo(page, 'I have saved these');
    await page.keyboard.press('Space');
    await press('Continue');
    await visitor.heading('Two-step verification is on').waitFor();
    await press('Continue');
    await page.getByText('Partner asks you to confirm').waitFor();
    await type('Code', site.code(person));
    await press('Allow');
    expect(await visitor.facts(site.partner)).toMatchObject({ acr: 'mfa' });
    await page.goto('/auth/security');
    await press('Applications with access');
    await press('Take back: Partner');
    await page.getByText('Partner no longer has access to your account.').waitFor();
  });

  it('without JavaScript, once signed in: every page of the server does its work', async () => {
    const person = await site.person();
    await visitor.signIn(person);
    site.clock.advance(1);
    const plain = await Visitor.come(browser, site, complaints, { javaScriptEnabled: false });
    await plain.context.addCookies(await visitor.context.cookies());
    const { page } = plain;

    await page.goto(`${site.shop.url}/login?prompt=select_account&acr_values=mfa`);
    await plain.button(`Go on as ${person.identifier}`).click();
    await plain.button('Go on without it').click();
    expect(await plain.facts(site.shop)).toMatchObject({ acr: 'pwd' });
    await page.goto(`${site.bank.url}/login`);
    await plain.button('Back to Bank').click();
    expect(await plain.facts(site.bank)).toMatchObject({ error: 'unmet_authentication_requirements' });
    await page.goto(`${site.partner.url}/login?response_mode=form_post`);
    await plain.button('Allow').click();
    await plain.button('Continue').click();
    expect(await plain.facts(site.partner)).toMatchObject({ acr: 'pwd' });
    await page.goto('/oidc/applications');
    await plain.button('Take back: Partner').click();
    await page.getByText('Partner no longer has access to your account.').waitFor();

    const device = await set();
    await page.goto(device.address);
    await plain.button('Continue').click();
    await plain.button('No, stop here').click();
    await plain.heading('The device was not signed in').waitFor();

    await page.goto(`${site.shop.url}/logout`);
    await plain.button('Sign out').click();
    expect(await plain.facts(site.shop)).toEqual({ state: 'until-next-time' });
    await page.goto(`${site.shop.url}/logout`);
    await plain.button('Continue').click();
    expect(await plain.facts(site.shop)).toEqual({ state: 'until-next-time' });
    await plain.context.close();
  });

  it('says nothing on the console all the while', () => {
    expect(complaints).toEqual([]);
  });
});
