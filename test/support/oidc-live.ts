import type { CofactorOptions, Store } from 'cofactor';
import type { OidcServerOptions } from 'cofactor/oidc-server';
import type { StepView } from '../../packages/cofactor/src/http/contract.ts';
import { codeOf, signInWithPassword, type Person } from './app.ts';
import { network, TestBrowser, type Answer } from './browser.ts';
import { submit } from './forms.ts';
import { freePort } from './listening.ts';
import { createOidcApp, type TestOidc } from './oidc.ts';

/** A server that really listens, for clients that talk to it over the network and know nothing of how it is made. */
export interface LiveOidc extends TestOidc {
  readonly origin: string;
  readonly issuer: string;
}

/** Clocks of clients and server are one where a test says so: seconds that the server's is ahead. */
export function secondsAhead({ clock }: Pick<TestOidc, 'clock'>): number {
  return Math.round((clock.now().getTime() - Date.now()) / 1000);
}

export async function liveOidc(
  database: Store,
  options: OidcServerOptions,
  core: Partial<CofactorOptions> = {},
): Promise<LiveOidc> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const test = await createOidcApp(database, options, { origin, ...core });
  await test.app.listen({ port, host: 'localhost' });
  return {
    ...test,
    origin,
    issuer: test.oidc.issuer,
    browser: () => new TestBrowser(network(origin), origin),
  };
}

/** Where a browser came out, and what it was asked for on the way. */
export interface Arrival {
  /** What the client's server gets: an address, or a form that was posted to it (`response_mode=form_post`). */
  readonly callback: URL | Request;
  /** Paths of the pages on which the person had to do something. */
  readonly asked: readonly string[];
}

/** The parameters that a client was handed, however that was done. */
export async function parametersOf({ callback }: Pick<Arrival, 'callback'>): Promise<URLSearchParams> {
  if (callback instanceof URL) return new URLSearchParams(callback.search || callback.hash.slice(1));
  return new URLSearchParams(await callback.clone().text());
}

export interface Habits {
  readonly browser?: TestBrowser;
  /** Turns away from every confirmation. */
  readonly declines?: boolean;
}

/**
 * Opens an address as a person's browser does: follows redirects with its cookies, signs in and confirms where it is asked
 * to, agrees to what an application asks for, and ends where another site or a page without a task is.
 */
export async function goTo(
  test: LiveOidc,
  person: Person,
  address: URL | string,
  { browser = person.browser, declines = false }: Habits = {},
): Promise<Arrival & { readonly page: Answer | null }> {
  const asked: string[] = [];
  let url = new URL(address, test.origin);
  for (let step = 0; step < 20; step += 1) {
    if (url.origin !== test.origin) return { callback: url, asked, page: null };
    const page = await browser.page(url.pathname + url.search);
    const next = await afterPage({ test, person, browser, declines, asked }, url, page);
    if (next === null) return { callback: url, asked, page };
    if (next instanceof Request) return { callback: next, asked, page: null };
    url = next;
  }
  throw new Error(`does not end: ${asked.join(', ')}, ${url.href}`);
}

interface Walk extends Required<Habits> {
  readonly test: LiveOidc;
  readonly person: Person;
  readonly asked: string[];
}

async function afterPage(walk: Walk, url: URL, page: Answer): Promise<URL | Request | null> {
  const { test, person, browser, asked } = walk;
  const { location } = page.headers;
  if (typeof location === 'string') return new URL(location, url);
  if (page.status >= 400) throw new Error(`${url.href} answered ${page.status}: ${page.text}`);
  const returnTo = url.searchParams.get('return_to') ?? '/';
  switch (url.pathname) {
    case '/auth/sign-in':
      asked.push(url.pathname);
      await signIn(test, person, browser);
      return new URL(returnTo, url);
    case '/auth/step-up': {
      asked.push(url.pathname);
      if (walk.declines) return new URL(`${returnTo}?left=1`, url);
      await browser.context();
      const begun = await browser.post('/auth/step-up', { returnTo });
      return new URL(await confirm(test, person, browser, begun), url);
    }
  }
  const form = formOf(page.text);
  if (!form) return null;
  const action = new URL(form.action, url);
  if (action.origin !== test.origin) {
    return new Request(action, { method: 'POST', body: new URLSearchParams([...form.fields]) });
  }
  asked.push(url.pathname.replace(/(?<=\/interaction\/).*/, ''));
  const answer = await submit(browser, action.pathname, [...form.fields, ...form.button]);
  return afterPage(walk, action, answer);
}

/** Signs in as a person does by the pages, with whatever they are asked for. */
export async function signIn(test: LiveOidc, person: Person, browser: TestBrowser): Promise<void> {
  const first = await signInWithPassword(person, browser);
  if (first.body?.status === 'more-needed') await confirm(test, person, browser, first);
  else if (first.body?.status !== 'done') throw new Error(`not signed in: ${first.text}`);
}

/** Answers with the authenticator app, and returns the address that is gone on to. */
async function confirm(
  test: LiveOidc,
  person: Person,
  browser: TestBrowser,
  begun: Answer<StepView>,
): Promise<string> {
  if (begun.body?.status !== 'more-needed') throw new Error(`nothing to confirm: ${begun.text}`);
  const done = await browser.post('/auth/ceremony', {
    authenticator: person.authenticator,
    response: { code: codeOf(test, person) },
  });
  if (done.body?.status !== 'done') throw new Error(`not confirmed: ${done.text}`);
  // Each code works once.
  test.clock.advance(31);
  return done.body.returnTo;
}

interface Form {
  readonly action: string;
  readonly fields: readonly [string, string][];
  /** The button that is the one to press; nothing where a script sends the form. */
  readonly button: readonly [string, string][];
}

/** The form of a page, with what is in it already. */
export function formOf(html: string): Form | null {
  const [, attributes = '', inside = ''] = /<form\b([^>]*)>([^]*?)<\/form>/.exec(html) ?? [];
  const action = attributeOf(attributes, 'action');
  if (action === null) return null;
  const fields = [...inside.matchAll(/<input\b([^>]*)>/g)].flatMap(([, one = '']) => pairOf(one));
  const [, button = ''] = /<button\b([^>]*)>/.exec(inside) ?? [];
  return { action, fields, button: pairOf(button) };
}

function pairOf(attributes: string): [string, string][] {
  const name = attributeOf(attributes, 'name');
  return name === null ? [] : [[name, attributeOf(attributes, 'value') ?? '']];
}

function attributeOf(attributes: string, name: string): string | null {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1];
  if (value === undefined) return null;
  return value
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
