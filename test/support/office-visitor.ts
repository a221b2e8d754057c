import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import type { TestClock } from './clock.ts';
import { quickCode } from './codes.ts';
import type { Seeded } from './seed.ts';

/** Somebody at the back office of the ready-made server, in a browser of their own. */
export interface OfficeVisitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the browser complained of: scripts that failed, what the security policy blocked, other sites asked. */
  readonly complaints: readonly string[];
  /** A code of theirs that was not used before: the clock moves on for it. */
  code(key?: string): string;
  /** Comes to an address with password and code, and is where it leads. */
  enter(path: string): Promise<void>;
  button(name: string | RegExp, within?: Locator): Locator;
  press(name: string | RegExp, within?: Locator): Promise<void>;
  link(name: string | RegExp): Locator;
  /** The dialog on top. */
  dialog(): Locator;
  /** What the page said last of something that is done. */
  said(): Promise<string>;
}

export async function officeVisitor(
  browser: Browser,
  url: string,
  who: Pick<Seeded, 'identifier' | 'password' | 'keys'>,
  clock: TestClock,
): Promise<OfficeVisitor> {
  const context = await browser.newContext({ baseURL: url, locale: 'en-US' });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    // A refused answer is an answer, and sign-out clears the cache; the browser reports both.
    const expected = /^(Failed to load resource|Clear-Site-Data header)/;
    if (!expected.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const to = request.url();
    if (!to.startsWith(url) && !to.startsWith('data:')) complaints.push(`asked ${to}`);
  });
  const button = (name: string | RegExp, within: Locator = page.locator('body')): Locator =>
    within.getByRole('button', { name, exact: typeof name === 'string' });
  const code = (key: string = who.keys[0] ?? ''): string => {
    clock.advance(31);
    return quickCode(key, clock.now());
  };
  return {
    page,
    context,
    complaints,
    code,
    button,
    async enter(path) {
      await page.goto(path);
      await page.getByLabel('User name').fill(who.identifier);
      await page.getByLabel('Password', { exact: true }).fill(who.password);
      await button('Sign in').click();
      if (who.keys.length === 0) return;
      await page.getByLabel('Code', { exact: true }).fill(code());
      await page.waitForURL((at) => at.pathname + at.search === path);
    },
    press: (name, within) => button(name, within).click(),
    link: (name) => page.getByRole('link', { name, exact: typeof name === 'string' }),
    dialog: () => page.locator('dialog[open]').last(),
    said: () => page.locator('.bo-said p').innerText(),
  };
}
