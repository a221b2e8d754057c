import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { languages, type Language } from '../../packages/cofactor/src/web/language.ts';
import { oidcTexts, say } from '../../packages/cofactor/src/oidc-server/texts.ts';
import type { Person } from '../support/app.ts';
import { launch } from '../support/chromium.ts';
import { glimpse, look } from '../support/look.ts';
import { describeWith } from '../support/needs.ts';
import { startOidcSite, Visitor, type OidcSite } from '../support/oidc-site.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describeWith(['Chromium', 'oathtool'], 'every page between an application and a sign-in', () => {
  const port = 10_000 + (process.pid % 2000) * 5;
  let site: OidcSite;
  let browser: Browser;

  beforeAll(async () => {
    site = await startOidcSite(port);
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  describe.each(languages)('in %s', (language) => {
    // The longest words and the widest letters go every way, the others the first ones.
    it.each(['en', 'de', 'ja'].includes(language) ? ways : ways.slice(0, 2))('%s', async (_name, way) => {
      const complaints: string[] = [];
      await way(new Walk(site, browser, language, complaints));
      expect(complaints).toEqual([]);
    });
  });
});

/** One after the other they come by every page. */
const ways: readonly (readonly [name: string, way: (walk: Walk) => Promise<void>])[] = [
  ['what goes wrong', (walk) => walk.errors()],
  ['who has no second factor', (walk) => walk.withoutSecondFactor()],
  ['who has one that is not enough, or too old', (walk) => walk.withSecondFactor()],
  ['a device', (walk) => walk.device()],
  ['consent, and taking it back', (walk) => walk.consent()],
  ['signing out', (walk) => walk.logout()],
];

/** Through the pages in one language. */
class Walk {
  readonly #site: OidcSite;
  readonly #browser: Browser;
  readonly #language: Language;
  readonly #complaints: string[];

  constructor(site: OidcSite, browser: Browser, language: Language, complaints: string[]) {
    this.#site = site;
    this.#browser = browser;
    this.#language = language;
    this.#complaints = complaints;
  }

  /** Looks at a page with this heading, which is the page's title too. */
  async #see(page: Page, name: string, heading: string): Promise<void> {
    await page.getByRole('heading', { name: heading, level: 1, exact: true }).waitFor();
    await page.locator('cofactor-languages:defined').waitFor();
    const language = this.#language;
    const facts = [await page.getAttribute('html', 'lang'), await page.title()].join(': ');
    if (facts !== `${language}: ${heading} · Acme`) this.#complaints.push(`${name}: ${facts}`);
    const left = /\{\w+\}|undefined|\[object/.exec(await page.locator('main').innerText());
    if (left) this.#complaints.push(`${name}: ${left[0]} is not filled in`);
    const seen =
      language === 'en' ? await look(page, `oidc-${name}`) : await glimpse(page, `oidc-${language}-${name}`);
    this.#complaints.push(...seen);
  }

  async #newcomer(): Promise<Visitor> {
    const visitor = await Visitor.come(this.#browser, this.#site, this.#complaints, {
      locale: this.#language,
    });
    return visitor;
  }

  /** Signs in by the routes, in the browser's own name: what the pages for that say is not looked at here. */
  async #signIn(visitor: Visitor, person: Person): Promise<void> {
    const { page } = visitor;
    await page.goto('/auth/sign-in');
    await page.locator('#cf-identifier').fill(person.identifier);
    await page.locator('input[type=password]').fill(person.password);
    await page.locator('button[type=submit]').first().click();
    if (person.key !== '') {
      await page.locator('input[autocomplete=one-time-code]').fill(this.#site.code(person));
    }
    await page.waitForURL((url) => !url.pathname.startsWith('/auth/sign-in'));
    // Who signs in after they were asked which account has chosen one; this was before.
    this.#site.clock.advance(1);
  }

  async errors(): Promise<void> {
    const { page, context } = await this.#newcomer();
    const texts = oidcTexts[this.#language];
    await page.goto('/oidc/auth?client_id=nobody&response_type=code&scope=openid');
    await this.#see(page, 'error', texts.errorTitle);
    await page.goto('/oidc/interaction/of-somebody-else');
    await this.#see(page, 'expired', texts.expiredTitle);
    await page.goto('/oidc/nothing');
    await this.#see(page, 'missing', texts.missingTitle);
    await context.close();
  }

  async withoutSecondFactor(): Promise<void> {
    const { shop, bank } = this.#site;
    const person = await this.#site.person();
    const visitor = await this.#newcomer();
    const { page, context } = visitor;
    const texts = oidcTexts[this.#language];
    await this.#signIn(visitor, person);
    await page.goto(`${shop.url}/login?acr_values=mfa`);
    await this.#see(page, 'enable-optional', say(texts.enableOptionalTitle, { application: 'Shop' }));
    await page.goto(`${shop.url}/login?prompt=select_account`);
    await this.#see(page, 'select', texts.selectTitle);
    await page.goto(`${bank.url}/login`);
    await this.#see(page, 'enable', say(texts.enableTitle, { application: 'Bank' }));
    await page.getByRole('link', { name: texts.enable }).click();
    await page.getByText('Bank').first().waitFor();
    await this.#see(page, 'enable-security', await page.locator('h1').innerText());
    await context.close();
  }

  async withSecondFactor(): Promise<void> {
    const { shop, bank } = this.#site;
    const person = await this.#site.person('with app');
    const visitor = await this.#newcomer();
    const { page, context } = visitor;
    const texts = oidcTexts[this.#language];
    await this.#signIn(visitor, person);
    this.#site.clock.advance(600);
    const phr = encodeURIComponent(JSON.stringify({ id_token: { acr: { essential: true, value: 'phr' } } }));
    await page.goto(`${shop.url}/login?claims=${phr}`);
    await this.#see(page, 'enable-stronger', say(texts.enableStrongerTitle, { application: 'Shop' }));
    await page.goto(`${bank.url}/login?max_age=60`);
    await page.locator('input[autocomplete=one-time-code]').waitFor();
    await this.#see(page, 'step-up', await page.locator('h1').innerText());
    const way = new URL(page.url()).searchParams.get('return_to') ?? '';
    await page.goto(`${way}?left=1`);
    await this.#see(page, 'left', say(texts.leftTitle, { application: 'Bank' }));
    await context.close();
  }

  async device(): Promise<void> {
    const person = await this.#site.person('with app');
    const visitor = await this.#newcomer();
    const { page, context } = visitor;
    const texts = oidcTexts[this.#language];
    await this.#signIn(visitor, person);
    await page.goto('/oidc/device');
    await this.#see(page, 'device', texts.deviceTitle);
    await page.getByLabel(texts.deviceCode).fill('BCDF-GHJK');
    await page.getByRole('button', { name: texts.continue }).click();
    await page.locator('.cf-error').waitFor();
    await this.#see(page, 'device-wrong', texts.deviceTitle);
    const start = async (): Promise<string> => {
      const answer = await page.request.post('/oidc/device/start', {
        form: { client_id: 'tv', scope: 'openid' },
        headers: { 'user-agent': 'Mozilla/5.0 (SMART-TV; Linux; Tizen 8.0) SamsungBrowser/7.0' },
      });
      return ((await answer.json()) as { user_code: string }).user_code;
    };
    await page.getByLabel(texts.deviceCode).fill((await start()).toLowerCase().replace('-', ' '));
    await page.getByRole('button', { name: texts.continue }).click();
    const title = say(texts.deviceConfirmTitle, { application: 'Living Room TV' });
    await this.#see(page, 'device-confirm', title);
    await page.getByRole('button', { name: texts.deviceConfirm }).click();
    await this.#see(page, 'device-done', texts.deviceDoneTitle);
    await page.goto(`/oidc/device?user_code=${await start()}`);
    await page.getByRole('button', { name: texts.deviceAbort }).click();
    await this.#see(page, 'device-aborted', texts.deviceAbortedTitle);
    for (let tries = 0; tries < 12; tries += 1) {
      await page.goto('/oidc/device');
      await page.getByLabel(texts.deviceCode).fill('BCDF-GHJK');
      await page.getByRole('button', { name: texts.continue }).click();
      if ((await page.locator('.cf-error').count()) === 0) break;
    }
    await page.getByRole('link', { name: texts.deviceAgain }).waitFor();
    await this.#see(page, 'device-wait', texts.deviceTitle);
    await context.close();
  }

  async consent(): Promise<void> {
    const person = await this.#site.person('with app');
    const visitor = await this.#newcomer();
    const { page, context } = visitor;
    const texts = oidcTexts[this.#language];
    await this.#signIn(visitor, person);
    await page.goto('/oidc/applications');
    await this.#see(page, 'applications-none', texts.appsTitle);
    const scope = encodeURIComponent('openid profile email offline_access');
    await page.goto(`${this.#site.partner.url}/login?prompt=consent&scope=${scope}`);
    await this.#see(page, 'consent', say(texts.consentTitle, { application: 'Partner' }));
    await page.getByRole('button', { name: texts.allow, exact: true }).click();
    await visitor.facts(this.#site.partner);
    await page.goto('/auth/security');
    await page.getByRole('link', { name: texts.appsTitle }).waitFor();
    await this.#see(page, 'security', await page.locator('h1').innerText());
    await page.getByRole('link', { name: texts.appsTitle }).click();
    await this.#see(page, 'applications', texts.appsTitle);
    await page.getByRole('button', { name: say(texts.appsRemoveOf, { application: 'Partner' }) }).click();
    await page.getByRole('status').waitFor();
    await this.#see(page, 'applications-removed', texts.appsTitle);
    await context.close();
  }

  async logout(): Promise<void> {
    const person = await this.#site.person();
    const visitor = await this.#newcomer();
    const { page, context } = visitor;
    const texts = oidcTexts[this.#language];
    await this.#signIn(visitor, person);
    await page.goto(`${this.#site.shop.url}/login`);
    await visitor.facts(this.#site.shop);
    await page.goto(`${this.#site.shop.url}/logout`);
    await this.#see(page, 'logout', texts.logoutTitle);
    await page.goto('/oidc/logout');
    await this.#see(page, 'logout-unknown', texts.logoutTitle);
    await page.getByRole('button', { name: texts.logout, exact: true }).click();
    await this.#see(page, 'logged-out', texts.loggedOutTitle);
    await context.close();
  }
}
