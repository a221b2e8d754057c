import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { EnrolmentView } from '../../packages/cofactor/src/http/contract.ts';
import { keepComplaints } from './complaints.ts';
import { oathtoolCode } from './oathtool.ts';

let count = 0;

/** Somebody with an account at the server of the examples, and a browser of their own. */
export class AcmePerson {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly name = `person-${(count += 1)}@example.com`;
  readonly #acme: string;
  readonly #password = 'roses in the winter garden';
  #key = '';
  #lastStep = 0;

  private constructor(acme: string, context: BrowserContext, page: Page) {
    this.#acme = acme;
    this.context = context;
    this.page = page;
  }

  /** `complaints` gets what the console says: refused scripts, forms and redirects among it. */
  static async come(
    browser: Browser,
    acme: string,
    complaints: string[],
    options: BrowserContextOptions = {},
  ): Promise<AcmePerson> {
    const context = await browser.newContext({ locale: 'en-US', ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    keepComplaints(page, complaints);
    return new AcmePerson(acme, context, page);
  }

  /** Has the browser make passkeys, and answer for their owner. */
  async addPasskeys(): Promise<void> {
    const devices = await this.context.newCDPSession(this.page);
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
  }

  press(text: string | RegExp): Promise<void> {
    return this.page.getByRole('button', { name: text, exact: true }).click();
  }

  follow(text: string | RegExp): Promise<void> {
    return this.page.getByRole('link', { name: text, exact: true }).first().click();
  }

  heading(text: string | RegExp): Promise<void> {
    return this.page.getByRole('heading', { name: text, level: 1 }).waitFor();
  }

  /** On the page of an application that lets nobody in without a second factor. */
  async denied(): Promise<void> {
    await this.heading(/second factor/);
    await this.page.locator(`a[href="${this.#acme}/auth/security"]`).waitFor();
  }

  /** From there to where one is set up. */
  async enableMfa(): Promise<void> {
    await this.page.locator(`a[href="${this.#acme}/auth/security"]`).click();
    await this.page.waitForURL(`${this.#acme}/auth/security`);
  }

  /** From there to Acme, with what is missing. */
  signInAgain(): Promise<void> {
    return this.page.locator('a[href^="/auth/sign-in?"][href*="acr=mfa"]').click();
  }

  /** Makes the account without its pages, where they are not what is shown: signed in at Acme with the password from then on. */
  async register(): Promise<void> {
    const response = { password: this.#password };
    await this.#post('/auth/register', { identifier: this.name, provider: 'password', response });
  }

  /** Sets an authenticator app up without its pages, in the same session; that stays one with a password alone. */
  async addApp(): Promise<void> {
    const { enrolment, setup } = await this.#post<EnrolmentView>('/auth/enrolments', { provider: 'totp' });
    this.#key = String(setup['key']);
    const response = { code: await this.#code() };
    await this.#post('/auth/enrolments/confirm', { enrolment, response, name: 'Phone' });
  }

  async #post<Body>(path: string, data: object): Promise<Body> {
    const { request } = this.context;
    const context = await request.get(`${this.#acme}/auth/context`);
    const { csrf } = (await context.json()) as { readonly csrf: string };
    const headers = { origin: this.#acme, 'x-csrf-token': csrf };
    const answer = await request.post(this.#acme + path, { data, headers });
    if (!answer.ok()) throw new Error(`${path} answered ${answer.status()}: ${await answer.text()}`);
    return (await answer.json()) as Body;
  }

  /** On the sign-in page that an application led to: makes the account. */
  async createAccount(): Promise<void> {
    await this.page.waitForURL(/\/auth\/sign-in/);
    await this.follow('Create an account');
    await this.page.getByLabel('User name').fill(this.name);
    await this.page.locator('input[type=password]').fill(this.#password);
    await this.press('Create account');
    await this.page.waitForURL((url) => url.pathname !== '/auth/register');
  }

  /** On the sign-in page: the password, and what comes after it is up to the caller. */
  async enterPassword(): Promise<void> {
    await this.page.waitForURL(/\/auth\/sign-in/);
    await this.page.getByLabel('User name').fill(this.name);
    await this.page.locator('input[type=password]').fill(this.#password);
    await this.page.keyboard.press('Enter');
  }

  /** On the security page: an authenticator app, and the recovery codes put away. */
  async setUpApp(): Promise<void> {
    const { page } = this;
    await page.waitForURL(/\/auth\/security/);
    await this.press(/^Authenticator app/);
    await page.getByText("Can't scan it?").click();
    const shown = page.getByText(/^([A-Z2-7]{4} ?){8}$/).first();
    this.#key = (await shown.innerText()).replaceAll(' ', '');
    await page.getByRole('textbox', { name: 'Code', exact: true }).fill(await this.#code());
    await this.press('Confirm and finish');
    await this.#saveCodes();
  }

  /** On the security page, where there are passkeys. */
  async setUpPasskey(): Promise<void> {
    await this.page.waitForURL(/\/auth\/security/);
    await this.page.getByRole('button', { name: /^Passkey/ }).click();
    await this.press('Create a passkey');
    await this.#saveCodes();
  }

  async #saveCodes(): Promise<void> {
    const { page } = this;
    await page.getByRole('checkbox', { name: 'I have saved these' }).check();
    await page
      .getByRole('button', { name: /Continue|Done/ })
      .last()
      .click();
    await page.getByText('Two-step verification is on').first().waitFor();
  }

  /** Where a code is asked for. */
  async enterCode(): Promise<void> {
    const field = this.page.getByRole('textbox', { name: 'Code', exact: true });
    await field.waitFor();
    await field.fill(await this.#code());
  }

  /** A code that was not used before: the next step of the clock, where the present one was. */
  async #code(): Promise<string> {
    const step = (): number => Math.floor(Date.now() / 30_000);
    // One step ahead is accepted, so waiting is needed only after that one was used too.
    const next = Math.max(step(), this.#lastStep + 1);
    while (next > step() + 1) await this.page.waitForTimeout(500);
    this.#lastStep = next;
    return oathtoolCode(this.#key, new Date(next * 30_000));
  }
}
