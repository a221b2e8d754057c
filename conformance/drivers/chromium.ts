import type { Browser, CDPSession, Page } from 'playwright-core';
import { forAccount } from '../accounts.ts';
import { UsageError, type PageKind, type PageRule, type Step } from '../config.ts';
import {
  isAttacker,
  isCallback,
  pageKinds,
  PageError,
  pause,
  type Action,
  type Driver,
  type DriverOptions,
  type Place,
  takenAt,
  type Taken,
} from './driver.ts';
import { findChromium } from './find-chromium.ts';

/** A Chromium that opens a window of its own for each person. */
export interface Chromium {
  open(options: DriverOptions): Promise<Driver>;
  close(): Promise<void>;
}

export async function launchChromium(): Promise<Chromium> {
  const executablePath = findChromium();
  if (!executablePath) throw new UsageError('there is no Chromium: install one, or name it in $CHROMIUM');
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });
  return { open: (options) => openWindow(browser, options), close: () => browser.close() };
}

interface Rule extends PageRule {
  readonly kind: PageKind;
}

async function openWindow(browser: Browser, options: DriverOptions): Promise<Driver> {
  const { config, codes, account } = options;
  const context = await browser.newContext();
  context.setDefaultTimeout(config.timeout * 1000);
  const cookies = Object.entries(account.cookies).map(([name, value]) => ({
    name,
    value,
    url: config.issuer,
  }));
  await context.addCookies(cookies);
  const page = await context.newPage();
  const traffic = await watch(page, options);
  const rules = pageKinds.flatMap((kind) =>
    (config.pages[kind] ?? []).map((rule): Rule => ({ ...rule, kind })),
  );

  /** The rule of what is shown now. Asked in the middle of a navigation, a page shows nothing. */
  async function shown(): Promise<Rule | null> {
    for (const rule of rules) {
      const visible = await page
        .locator(rule.when)
        .first()
        .isVisible()
        .catch(() => false);
      if (visible) return rule;
    }
    return null;
  }

  /** Waits for something to be recognised. A page that says nothing for a while is one that nobody described. */
  async function arrive(gone: () => Promise<boolean>): Promise<Place> {
    const until = Date.now() + config.timeout * 1000;
    let settled = 0;
    while (Date.now() < until) {
      const callback = traffic.callback();
      if (callback) return place(callback, null);
      if (traffic.astray()) break;
      if (await gone()) {
        const rule = await shown();
        if (rule) return place(null, rule.kind);
        // An error page is plain and complete as soon as it is loaded; a page with scripts may still draw itself.
        const idle =
          traffic.isIdle() && (await page.evaluate(() => document.readyState).catch(() => '')) === 'complete';
        settled = idle ? settled + 1 : 0;
        if (settled > (traffic.status() >= 400 ? 2 : 20)) break;
      }
      await pause(0.05);
    }
    return place(null, (await shown())?.kind ?? null);
  }

  async function place(callback: URL | null, kind: PageKind | null): Promise<Place> {
    const title = callback ? '' : await page.title().catch(() => '');
    return { callback, url: traffic.astray() ?? page.url(), status: traffic.status(), title, kind };
  }

  async function run(steps: readonly Step[], { account }: Action): Promise<void> {
    for (const step of steps.map((one) => forAccount(one, account))) {
      if ('fill' in step) await page.locator(step.fill).first().fill(step.value);
      else if ('totp' in step)
        await page
          .locator(step.totp)
          .first()
          .fill(await codes.next(step.secret));
      else await page.locator(step.click).first().click();
    }
  }

  return {
    async open(url) {
      traffic.begin(0);
      // Where the client is called back at once, its address is never loaded, and the navigation ends early.
      await page.goto(url, { waitUntil: 'commit' }).catch((error: unknown) => {
        if (!traffic.callback()) traffic.refused(error);
      });
      return arrive(() => Promise.resolve(true));
    },
    async act(action) {
      const rule = await shown();
      const steps = action.how === 'prove' ? rule?.steps : rule?.decline;
      if (!rule || !steps)
        throw new PageError(`the configuration does not say how to ${action.how} the page ${action.kind}`);
      traffic.begin(action.hold);
      const before = await page.locator(rule.when).first().elementHandle();
      try {
        await run(steps, action);
      } catch (error) {
        throw new PageError(
          `the page "${await page.title().catch(() => '')}" (${page.url()}): ${(error as Error).message.split('\n')[0]}`,
        );
      }
      // What was answered has to go: the same page, shown again, is a page shown twice.
      const next = await arrive(async () => !(await before?.isVisible().catch(() => false)));
      return { ...next, taken: traffic.taken() };
    },
    close: () => context.close(),
  };
}

interface Traffic {
  /** Begins anew; holds back the next redirect, or the first answer to a script, for some seconds. */
  begin(hold: number): void;
  callback(): URL | null;
  /** Where the issuer wanted to lead, and nobody went. */
  astray(): string | null;
  status(): number;
  isIdle(): boolean;
  /** When the issuer took the last thing that was sent to it. */
  taken(): Taken;
  refused(error: unknown): never | void;
}

/**
 * Follows what the page asks for. The DevTools protocol sees each hop of a redirect, so the client's address is known
 * before anything is sent to it, and an answer can be held back.
 */
async function watch(page: Page, { redirectUris }: DriverOptions): Promise<Traffic> {
  let callback: URL | null = null;
  let astray: string | null = null;
  let status = 0;
  let open = 0;
  let began = Date.now();
  let taken = takenAt(null, began);
  let hold = 0;
  const session: CDPSession = await page.context().newCDPSession(page);
  await session.send('Fetch.enable', {
    patterns: [{ requestStage: 'Request' }, { requestStage: 'Response' }],
  });
  page.on('request', () => (open += 1));
  page.on('requestfinished', () => (open -= 1));
  page.on('requestfailed', () => (open -= 1));
  session.on('Fetch.requestPaused', (event) => {
    void (async () => {
      const { requestId, request, resourceType, responseStatusCode, responseHeaders = [] } = event;
      if (responseStatusCode === undefined) {
        const url = new URL(request.url);
        if (isCallback(url, redirectUris)) {
          callback = url;
          await session.send('Fetch.fulfillRequest', { requestId, responseCode: 204 });
        } else if (isAttacker(url)) {
          astray = url.href;
          await session.send('Fetch.fulfillRequest', { requestId, responseCode: 204 });
        } else await session.send('Fetch.continueRequest', { requestId });
        return;
      }
      if (resourceType === 'Document') status = responseStatusCode;
      if (request.method === 'POST') {
        const date = responseHeaders.find(({ name }) => name.toLowerCase() === 'date')?.value;
        taken = takenAt(date, began);
        const seconds = hold;
        hold = 0;
        if (seconds > 0) await pause(seconds);
      }
      await session.send('Fetch.continueResponse', { requestId });
    })().catch(() => undefined); // The page has gone on, or was closed.
  });
  return {
    begin(seconds) {
      callback = null;
      astray = null;
      hold = seconds;
      began = Date.now();
      taken = takenAt(null, began);
    },
    callback: () => callback,
    astray: () => astray,
    status: () => status,
    isIdle: () => open <= 0,
    taken: () => taken,
    refused(error) {
      const message = error instanceof Error ? error.message : String(error);
      if (/ERR_(CONNECTION|NAME_NOT|ADDRESS|TIMED)/.test(message)) {
        throw new UsageError(`the issuer does not answer: ${message.split('\n')[0]}`);
      }
    },
  };
}
