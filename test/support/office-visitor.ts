import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import type { TestClock } from './clock.ts';
import { quickCode } from './codes.ts';
import { keepComplaints } from './complaints.ts';
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
  /** Confirms that it is them, in the dialog that asks for it. */
  prove(): Promise<void>;
  /** Says why in the dialog on top, and presses its button. */
  because(reason: string, submit: string): Promise<void>;
  /** Waits until the page says that this is done. */
  told(text: string): Promise<void>;
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
  keepComplaints(page, complaints);
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
  const dialog = (): Locator => page.locator('dialog[open]').last();
  return {
    page,
    context,
    complaints,
    code,
    button,
    dialog,
    async prove() {
      const proof = page.getByRole('dialog', { name: 'Confirm it is you' });
      await proof.getByLabel('Code', { exact: true }).fill(code());
      await proof.waitFor({ state: 'hidden' });
    },
    async because(reason, submit) {
      await dialog().getByLabel('Reason').fill(reason);
      await button(submit, dialog()).click();
    },
    told: (text) => page.locator('.bo-said p', { hasText: text }).waitFor(),
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
    said: () => page.locator('.bo-said p').innerText(),
  };
}
