import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { password } from 'cofactor/password';
import type { OidcClient } from 'cofactor/oidc-server';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { totp } from 'cofactor/totp';
import { webauthn } from 'cofactor/webauthn';
import { codeOf, enrolTotp, freshSqliteDatabase, register, type Person, type TestDatabase } from './app.ts';
import { inject, TestBrowser } from './browser.ts';
import { startClientApp, type ClientApp } from './client-app.ts';
import { TestClock } from './clock.ts';
import { keepComplaints } from './complaints.ts';
import { plainHasher } from './hasher.ts';
import { createOidcApp, type TestOidc } from './oidc.ts';

/** The server on a port, with applications on ports of their own: everything that a browser needs to be led between them. */
export interface OidcSite {
  readonly url: string;
  readonly oidc: TestOidc;
  readonly clock: TestClock;
  /** Of the house; takes any sign-in, and asks for more where its address says so. */
  readonly shop: ClientApp;
  /** Of the house; takes nobody without a second factor. */
  readonly bank: ClientApp;
  /** Somebody else's: it needs consent. */
  readonly partner: ClientApp;
  /** A set without a browser. */
  readonly tv: OidcClient;
  /** Somebody with a password; `withApp`: and an authenticator app. */
  person(withApp?: 'with app'): Promise<Person>;
  /** The code that the person's app shows, and that was not used before. */
  code(person: Person): string;
  close(): Promise<void>;
}

const secretOf = (id: string): string => `${id}-secret-of-at-least-32-characters`;

/** `port` and the three after it have to be free. */
export async function startOidcSite(port: number): Promise<OidcSite> {
  const url = `http://localhost:${port}`;
  const clock = new TestClock(new Date());
  const database: TestDatabase = await freshSqliteDatabase();
  const houses = ['shop', 'bank', 'partner'] as const;
  const portOf = (id: (typeof houses)[number]): number => port + 1 + houses.indexOf(id);
  const registered = (id: (typeof houses)[number], name: string): OidcClient => ({
    id,
    name,
    secret: secretOf(id),
    redirectUris: [`http://127.0.0.1:${portOf(id)}/callback`],
    postLogoutRedirectUris: [`http://127.0.0.1:${portOf(id)}/bye`],
  });
  const tv: OidcClient = {
    id: 'tv',
    name: 'Living Room TV',
    redirectUris: [],
    deviceFlow: true,
    firstParty: true,
    minimumAcr: 'mfa',
  };
  const oidc = await createOidcApp(
    database.open(),
    {
      clients: [
        { ...registered('shop', 'Shop'), firstParty: true },
        { ...registered('bank', 'Bank'), firstParty: true, minimumAcr: 'mfa' },
        registered('partner', 'Partner'),
        tv,
      ],
      resources: {},
    },
    {
      name: 'Acme',
      origin: url,
      clock,
      factors: [password({ hasher: plainHasher }), webauthn(), totp({ issuer: 'Acme' }), recoveryCodes()],
    },
  );
  await oidc.app.listen({ port, host: 'localhost' });
  const start = (id: (typeof houses)[number], scope: string): Promise<ClientApp> =>
    startClientApp({ issuer: oidc.oidc.issuer, id, secret: secretOf(id), port: portOf(id), scope });
  const [shop, bank, partner] = await Promise.all([
    start('shop', 'openid profile'),
    start('bank', 'openid'),
    start('partner', 'openid profile email'),
  ]);
  return {
    url,
    oidc,
    clock,
    shop,
    bank,
    partner,
    tv,
    async person(withApp) {
      const own = { ...oidc, browser: () => new TestBrowser(inject(oidc.app), url) };
      const person = await register(own);
      if (withApp) await enrolTotp(own, person);
      return person;
    },
    code(person) {
      clock.advance(31);
      return codeOf(oidc, person);
    },
    async close() {
      await Promise.all([shop, bank, partner].map((client) => client.close()));
      await oidc.close();
      await database.drop();
    },
  };
}

/** Somebody with a browser of their own. */
export class Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly #site: OidcSite;

  private constructor(site: OidcSite, context: BrowserContext, page: Page) {
    this.#site = site;
    this.context = context;
    this.page = page;
  }

  /** `complaints` gets what the console says: refused scripts, forms and redirects among it. */
  static async come(
    browser: Browser,
    site: OidcSite,
    complaints: string[],
    options: { readonly locale?: string; readonly javaScriptEnabled?: boolean } = {},
  ): Promise<Visitor> {
    const context = await browser.newContext({ baseURL: site.url, locale: 'en-US', ...options });
    const visitor = new Visitor(site, context, await context.newPage());
    visitor.listen(visitor.page, complaints);
    return visitor;
  }

  listen(page: Page, complaints: string[]): void {
    page.setDefaultTimeout(15_000);
    keepComplaints(page, complaints);
  }

  button(name: string | RegExp, page: Page = this.page): Locator {
    return page.getByRole('button', { name, ...(typeof name === 'string' && { exact: true }) });
  }

  heading(name: string | RegExp, page: Page = this.page): Locator {
    return page.getByRole('heading', { name, level: 1 });
  }

  /** Fills in the sign-in page that is there. */
  async password({ identifier, password: secret }: Person, page: Page = this.page): Promise<void> {
    await page.getByLabel('User name').fill(identifier);
    await page.locator('input[type=password]').fill(secret);
    await this.button('Sign in', page).click();
  }

  /** Fills in the code that is asked for; it goes on by itself. */
  async code(person: Person, page: Page = this.page): Promise<void> {
    await page.getByRole('textbox', { name: 'Code', exact: true }).fill(this.#site.code(person));
  }

  /** Signs in here, for no application, with what there is. */
  async signIn(person: Person): Promise<void> {
    await this.page.goto('/auth/sign-in?return_to=/auth/security');
    await this.password(person);
    if (person.key !== '') await this.code(person);
    await this.heading('Security').waitFor();
  }

  /** Sets up an authenticator app, on the security page that is there, to where it says that it is done. */
  async setUpApp(person: Person): Promise<void> {
    const { page } = this;
    await this.button(/^Authenticator app/).click();
    await page.getByText("Can't scan it?").click();
    const key = await page
      .getByText(/^([A-Z2-7]{4} ?){8}$/)
      .first()
      .innerText();
    person.key = key.replaceAll(' ', '');
    await page.getByRole('textbox', { name: 'Code', exact: true }).fill(this.#site.code(person));
    await this.button('Confirm and finish').click();
    await page.getByRole('checkbox', { name: 'I have saved these' }).check();
    await this.button('Continue').click();
    await this.heading('Two-step verification is on').waitFor();
  }

  /** The same, from wherever somebody is. */
  async addApp(person: Person): Promise<void> {
    await this.page.goto('/auth/security');
    await this.setUpApp(person);
  }

  /** What an application shows in the end: the claims that it was told, or the error. */
  async facts(client: ClientApp, page: Page = this.page): Promise<Readonly<Record<string, unknown>>> {
    await page.waitForURL(`${client.url}/**`);
    return JSON.parse(await page.locator('#facts').innerText()) as Record<string, unknown>;
  }
}
