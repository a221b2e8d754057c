import { dialects, extendDialect } from 'cofactor/oidc-client';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { clientTexts, say, type ClientTexts } from '../../packages/cofactor/src/oidc-client/texts.ts';
import { languages, type Language } from '../../packages/cofactor/src/web/language.ts';
import { launch } from '../support/chromium.ts';
import {
  issuerOf,
  startBrowserIssuer,
  startClientSite,
  type BrowserIssuer,
  type ClientSite,
} from '../support/client-site.ts';
import { TestClock } from '../support/clock.ts';
import { glance, glimpse, look } from '../support/look.ts';
import { describeWith } from '../support/needs.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const withPassword = { sub: 'ann', acr: 'pwd', amr: ['pwd'] } as const;
const withCode = { sub: 'ann', acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] } as const;

/** As long as a label can be. */
const longLabel = 'Verwaltungsgemeinschaft Informationstechnologie Nordostwestfalen';

/** What the pages are looked at on: issuers, and applications that people sign in to with them. */
interface Town {
  readonly clock: TestClock;
  readonly acme: BrowserIssuer;
  readonly quiet: BrowserIssuer;
  readonly long: BrowserIssuer;
  /** With all three. */
  readonly several: ClientSite;
  /** With Acme alone, which asks for nothing by itself and knows no address to set a second factor up at. */
  readonly plain: ClientSite;
  /** With the issuer alone that never says how somebody signed in. */
  readonly silent: ClientSite;
}

describeWith('Chromium', 'every page of the OpenID Connect client', () => {
  let town: Town;
  let browser: Browser;

  beforeAll(async () => {
    const clock = new TestClock(new Date());
    const [acme, quiet, long] = await Promise.all([
      startBrowserIssuer(clock),
      startBrowserIssuer(clock),
      startBrowserIssuer(clock),
    ]);
    const enableMfa = 'http://localhost:1/security';
    // Knows of no keys, so that they are never confirmed there.
    const cofactor = extendDialect(dialects.cofactor, { name: 'Acme' });
    const quietOnes = issuerOf(quiet, 'quiet', 'Umbraco ID', { dialect: dialects.umbracoId });
    const [several, plain, silent] = await Promise.all([
      startClientSite(clock, [
        issuerOf(acme, 'acme', 'Acme', { dialect: cofactor, enableMfa }),
        quietOnes,
        issuerOf(long, 'long', longLabel, { enableMfa }),
      ]),
      startClientSite(clock, [issuerOf(acme, 'acme', 'Acme')], { stepUp: false }),
      startClientSite(clock, [quietOnes], { stepUp: false }),
    ]);
    town = { clock, acme, quiet, long, several, plain, silent };
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    const { clock: _clock, ...servers } = town;
    await Promise.all(Object.values(servers).map((one) => one.close()));
  });

  describe.each(languages)('in %s', (language) => {
    // The longest words and the widest letters go every way, the others the one with the most words on it.
    it.each(['en', 'de', 'ja'].includes(language) ? ways : ways.slice(0, 1))('%s', async (_name, way) => {
      const walk = new Walk(town, browser, language);
      await way(walk);
      await walk.end();
      expect(walk.complaints).toEqual([]);
    });
  });
});

/** One after the other they come by every page. */
const ways: readonly (readonly [name: string, way: (walk: Walk) => Promise<void>])[] = [
  ['A10 who falls short', (walk) => walk.fallsShort()],
  ['A10 who was not asked for more, or signed in too long ago', (walk) => walk.unasked()],
  ['A10 an issuer that never says so', (walk) => walk.neverSaid()],
  ['what goes wrong', (walk) => walk.goesWrong()],
  ['somebody else, and nobody', (walk) => walk.leaves()],
];

/** Through the pages in one language. */
class Walk {
  readonly complaints: string[] = [];
  readonly #town: Town;
  readonly #browser: Browser;
  readonly #language: Language;
  readonly #texts: ClientTexts;
  readonly #contexts: BrowserContext[] = [];
  #isUnderWay = false;

  constructor(town: Town, browser: Browser, language: Language) {
    this.#town = town;
    this.#browser = browser;
    this.#language = language;
    this.#texts = clientTexts[language];
  }

  async end(): Promise<void> {
    await Promise.all(this.#contexts.map((context) => context.close()));
  }

  async #newcomer({ url }: ClientSite): Promise<Page> {
    const context = await this.#browser.newContext({ baseURL: url, locale: this.#language });
    this.#contexts.push(context);
    const page = await context.newPage();
    page.on('console', (message) => {
      // Pages that say no are answered with 403 or 503, which browsers write down.
      if (message.type() === 'error' && !/responded with a status of/.test(message.text())) {
        this.complaints.push(message.text());
      }
    });
    return page;
  }

  /** Looks at a page with this heading, which is the page's title too. */
  async #see(page: Page, name: string, heading: string): Promise<void> {
    await page.getByRole('heading', { name: heading, level: 1, exact: true }).waitFor({ timeout: 20_000 });
    const language = this.#language;
    const title = await page.locator('title').textContent();
    const facts = `${await page.getAttribute('html', 'lang')}: ${title}`;
    if (facts !== `${language}: ${heading} · Orders`) this.complaints.push(`${name}: ${facts}`);
    const left = /\{\w+\}|undefined|\[object/.exec(await page.locator('main').innerText());
    if (left) this.complaints.push(`${name}: ${left[0]} is not filled in`);
    if ((await page.locator('script').count()) > 0) this.complaints.push(`${name}: needs a script`);
    this.complaints.push(...(await this.#looked(page, name)));
  }

  /** Whole in English. Other words keep every rule that the same page kept, so they are asked about one page of a way. */
  async #looked(page: Page, name: string): Promise<readonly string[]> {
    if (this.#language === 'en') return look(page, `oidc-client-${name}`);
    const isFirst = !this.#isUnderWay;
    this.#isUnderWay = true;
    return (isFirst ? glance : glimpse)(page, `oidc-client-${this.#language}-${name}`);
  }

  /** What is come by with the keyboard, one after the other. */
  async #checkOrder(page: Page, names: readonly string[]): Promise<void> {
    for (const name of names) {
      await page.keyboard.press('Tab');
      const there = await page.locator(':focus').innerText();
      if (there !== name) this.complaints.push(`Tab leads to ${there}, not to ${name}`);
    }
  }

  async fallsShort(): Promise<void> {
    const { acme, several } = this.#town;
    const { signIn, lacks, forbidden } = this.#texts;
    acme.person = withPassword;
    const page = await this.#newcomer(several);
    await page.goto('/orders');
    await this.#see(page, 'choose', signIn);
    await page.getByRole('link', { name: 'Acme' }).click();
    await page.getByText('Inside /orders').waitFor();
    await page.goto('/admin');
    await this.#see(page, 'denied', lacks.mfa.title);
    await this.#checkOrder(page, [
      lacks.mfa.enable,
      lacks.mfa.again,
      say(this.#texts.signInWith, { issuer: longLabel }),
      this.#texts.start,
    ]);
    await page.goto('/key');
    await this.#see(page, 'denied-key', lacks.phr.title);
    await page.goto('/hardware');
    await this.#see(page, 'denied-hardware', lacks.phrh.title);
    await page.goto('/app');
    await this.#see(page, 'denied-method', lacks.method.title);
    await page.goto('/boss');
    await this.#see(page, 'forbidden', forbidden);
    acme.person = { error: 'access_denied' };
    await page.goto('/admin');
    await page.getByRole('link', { name: lacks.mfa.again }).click();
    await this.#see(page, 'denied-refused', lacks.mfa.title);
    // Back to the page, by hand, with what was asked for.
    acme.person = withCode;
    await page.getByRole('link', { name: lacks.mfa.again }).click();
    await page.getByText('Inside /admin').waitFor();
    // Out here, over to the issuer, and back, by itself.
    await page.goto('/auth/sign-out');
    await page.getByRole('button', { name: this.#texts.signOut }).click();
    await page.getByRole('heading', { name: this.#texts.signedOut, exact: true }).waitFor();
  }

  async unasked(): Promise<void> {
    const { acme, plain, clock } = this.#town;
    const { lacks, old } = this.#texts;
    acme.person = withPassword;
    const page = await this.#newcomer(plain);
    await page.goto('/orders');
    await page.goto('/admin');
    await this.#see(page, 'denied-unasked', lacks.mfa.title);
    acme.person = withCode;
    await page.getByRole('link', { name: lacks.mfa.again }).click();
    await page.getByText('Inside /admin').waitFor();
    clock.advance(901);
    await page.goto('/fresh-admin');
    await this.#see(page, 'old', old);
    await page.getByRole('link', { name: this.#texts.oldAgain }).click();
    await page.getByText('Inside /fresh-admin').waitFor();
  }

  async neverSaid(): Promise<void> {
    const { quiet, silent, several, clock } = this.#town;
    const { lacks, old } = this.#texts;
    quiet.person = { sub: 'ann', auth_time: undefined };
    const page = await this.#newcomer(silent);
    await page.goto('/orders');
    await page.goto('/admin');
    await this.#see(page, 'silent-alone', lacks.mfa.title);
    await page.goto('/gold');
    await this.#see(page, 'silent-method', lacks.method.title);
    clock.advance(301);
    await page.goto('/recent');
    await this.#see(page, 'old-unknown', old);
    const other = await this.#newcomer(several);
    await other.goto('/auth/sign-in?issuer=quiet&return_to=/admin');
    await this.#see(other, 'silent', lacks.mfa.title);
    await other.getByRole('link', { name: this.#texts.otherAccount }).click();
    await other.getByRole('heading', { name: this.#texts.signIn }).waitFor();
  }

  async goesWrong(): Promise<void> {
    const { long, several, silent, quiet } = this.#town;
    const texts = this.#texts;
    const page = await this.#newcomer(several);
    const values = { issuer: longLabel };
    long.person = { error: 'access_denied' };
    await page.goto('/auth/sign-in?issuer=long');
    await this.#see(page, 'turned-away', texts.turnedAway);
    long.person = withCode;
    long.issuer.claims = (claims) => ({ ...claims, nonce: 'of-another-sign-in' });
    await page.getByRole('link', { name: texts.tryAgain }).click();
    await this.#see(page, 'refused', texts.refused);
    long.issuer.claims = (claims) => claims;
    long.issuer.answer = (path) => (path === '/token' ? new Response('', { status: 503 }) : undefined);
    await page.getByRole('link', { name: texts.tryAgain }).click();
    await this.#see(page, 'away', say(texts.away, values));
    long.issuer.answer = () => undefined;
    await page.goto('/auth/callback/long?code=old&state=old');
    await this.#see(page, 'unknown', texts.unknown);
    quiet.person = { sub: 'ann' };
    const other = await this.#newcomer(silent);
    await other.goto('/orders');
    silent.storeIsAway = true;
    await other.goto('/orders');
    await this.#see(other, 'unavailable', texts.unavailable);
    silent.storeIsAway = false;
    await other.getByRole('link', { name: texts.tryAgain }).click();
    await other.getByText('Inside /orders').waitFor();
  }

  async leaves(): Promise<void> {
    const { acme, several } = this.#town;
    const texts = this.#texts;
    acme.person = withPassword;
    const page = await this.#newcomer(several);
    await page.goto('/auth/sign-in?issuer=acme&return_to=/orders');
    acme.person = { ...withCode, sub: 'somebody-else' };
    await page.goto('/admin');
    await this.#see(page, 'switched', texts.switched);
    await page.goto('/auth/sign-out');
    await this.#see(page, 'sign-out', texts.signOutTitle);
    // Somebody whose browser does not go on by itself goes on by hand.
    await page.route('**/logout?*', (route) => route.abort('aborted'));
    const stayed = page.waitForEvent('requestfailed');
    await page.getByRole('button', { name: texts.signOut }).click();
    await stayed;
    await this.#see(page, 'leaving', texts.leaving);
    await page.unroute('**/logout?*');
    await page.getByRole('link', { name: texts.continue }).click();
    await this.#see(page, 'signed-out', texts.signedOut);
    const back = acme.asked.at(-1)?.searchParams.get('post_logout_redirect_uri');
    if (back !== `${several.url}/auth/signed-out`) this.complaints.push(`signed out over there: ${back}`);
  }
}
