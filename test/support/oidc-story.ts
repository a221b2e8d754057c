import type { OidcClient } from 'cofactor/oidc-server';
import type { TestBrowser } from './browser.ts';
import {
  authorizationRequest,
  claimsOf,
  follow,
  redeem,
  type Landing,
  type TestOidc,
  type TestRequest,
} from './oidc.ts';
import type { Prepared, Someone } from './oidc-people.ts';
import type { Case, Expected, Page } from './oidc-reference.ts';

/** What came of a case, told by what a browser saw and a client got. */
export interface Story {
  readonly first: Expected['first'];
  readonly pages: readonly Page[];
  readonly outcome: Readonly<Record<string, unknown>>;
  /** Whoever was signed in in the end. */
  readonly who: Someone;
  /** What is wrong with the answer whatever the decision was; empty where nothing is. */
  readonly faults: readonly string[];
}

/** Plays a case: the request, the person on every page, the answer, the tokens. */
export async function play(
  test: TestOidc,
  one: Case,
  people: Prepared,
  { client, setsUp }: { readonly client: OidcClient; readonly setsUp: Expected['setsUp'] },
): Promise<Story> {
  const request = requestOf(one, people, client);
  const { browser } = people.self;
  const pages: Page[] = [];
  const passed: string[] = [];
  let who = people.self;
  let landing = await follow(browser, request.address);
  test.clock.advance(1);
  while (landing.response === null) {
    passed.push(...landing.passed);
    const page = pageOf(landing);
    pages.push(page);
    if (pages.length > 6) throw new Error(`no end of pages: ${pages.join(', ')}`);
    const here = interactionOf(landing.url);
    const gives = one.does === 'completes' || (one.does === 'declines the second' && pages.length === 1);
    if (!gives) landing = await turnAway(browser, here, page, one.does === 'skips');
    else if (page === 'select') landing = await press(browser, here, landing.answer.text, 'this');
    else {
      const isOther = [one.asks.hint, one.asks.sub].includes('other');
      if (page !== 'step-up' && page !== 'enable' && isOther) who = people.other ?? who;
      who.browser = browser;
      if (page === 'step-up') await who.stepUp('now', { returnTo: here });
      else if (page !== 'enable') await who.signIn('now', here);
      else if (setsUp) await who.setUp(setsUp);
      else throw new Error(`nobody was to set anything up: ${pages.join(', ')}`);
      landing = await follow(browser, here);
    }
  }
  passed.push(...landing.passed);
  const { response } = landing;
  const faults = faultsOf(test, request, response, passed);
  // Where there is nothing to ask, nobody is sent round about.
  if (pages.length === 0 && passed.length > 1) faults.push(`went through ${passed.join(', ')}`);
  if (response.has('error')) {
    return { first: pages[0] ?? 'error', pages, outcome: { error: response.get('error') }, who, faults };
  }
  const tokens = await redeem(test, request, response.get('code') ?? '');
  const { acr, amr, auth_time: authTime, sub } = claimsOf(tokens.body.id_token);
  if (sub !== who.id) faults.push(`the token is for ${String(sub)}, not for ${who.id}`);
  if (!(Number(authTime) <= test.clock.now().getTime() / 1000)) faults.push('auth_time lies ahead');
  const methods = Array.isArray(amr) ? (amr as string[]).toSorted() : amr;
  return {
    first: pages[0] ?? 'code',
    pages,
    outcome: { acr, amr: methods, auth_time: authTime },
    who,
    faults,
  };
}

function requestOf({ asks }: Case, people: Prepared, client: OidcClient): TestRequest {
  const { hint, sub } = asks;
  const claims = {
    ...asks.claims,
    ...(sub && { id_token: { ...asks.claims?.id_token, sub: { value: people[sub]?.id } } }),
  };
  return authorizationRequest(client, {
    acr_values: asks.acrValues,
    claims: Object.keys(claims).length === 0 ? undefined : JSON.stringify(claims),
    max_age: asks.maxAge === undefined ? undefined : String(asks.maxAge),
    prompt: asks.prompt,
    id_token_hint: hint && people[hint]?.hint,
  });
}

/** Which page it is, by its address and what is on it. */
function pageOf({ url, answer }: Landing): Page {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  if (answer.status === 200 && interactionOf(url) !== '') {
    const prompt = searchParams.get('prompt');
    if (pathname === '/auth/sign-in' && prompt === null) return 'sign-in';
    if (pathname === '/auth/sign-in' && prompt === 'login') return 'sign-in anew';
    if (pathname === '/auth/step-up') return 'step-up';
    if (answer.text.includes('name="choice" value="this"')) return 'select';
    if (answer.text.includes('href="/auth/security?return_to=')) return 'enable';
  }
  throw new Error(`not a page that was expected: ${url} (${answer.status}) ${answer.text.slice(0, 2000)}`);
}

/** The address of the request in progress that a page is of, or leads back to. */
function interactionOf(url: string): string {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const back = pathname.startsWith('/oidc/') ? pathname : (searchParams.get('return_to') ?? '');
  return /^\/oidc\/interaction\/[\w-]+$/.exec(back)?.[0] ?? '';
}

/** Says no where the page lets one, or else calls up the end of the request. */
async function turnAway(browser: TestBrowser, here: string, page: Page, skips: boolean): Promise<Landing> {
  if (skips || page === 'select') return follow(browser, here.replace('/interaction/', '/auth/'));
  const left = page === 'enable' ? here : `${here}?left=1`;
  const { answer } = await follow(browser, left);
  return press(browser, here, answer.text, 'decline');
}

/** Presses a button of a page of the request in progress. */
async function press(browser: TestBrowser, here: string, html: string, choice: string): Promise<Landing> {
  const csrf = /name="csrf" value="([^"]*)"/.exec(html)?.[1] ?? '';
  if (!html.includes(`name="choice" value="${choice}"`))
    throw new Error(`there is no button ${choice}: ${html}`);
  const answer = await browser.post(here, undefined, {
    raw: String(new URLSearchParams({ csrf, choice })),
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
  });
  const { location } = answer.headers;
  if (typeof location !== 'string') throw new Error(`went nowhere: ${answer.status} ${answer.text}`);
  return follow(browser, location.replace(browser.origin, ''));
}

/** What holds for every answer, whatever was decided (RFC 6749 4.1.2, RFC 9207; I-19: at most one interaction). */
function faultsOf(
  test: TestOidc,
  request: TestRequest,
  response: URLSearchParams,
  passed: readonly string[],
): string[] {
  const interactions = new Set(
    passed.map((url) => /^\/oidc\/interaction\/[\w-]+/.exec(url)?.[0]).filter(Boolean),
  );
  return [
    response.get('state') !== request.state && 'state is not what was sent',
    response.get('iss') !== test.oidc.issuer && 'iss is not the issuer',
    response.has('error') === response.has('code') && 'neither or both of error and code',
    response.has('error') && response.has('id_token') && 'a token beside an error',
    interactions.size > 1 && `asked in ${interactions.size} interactions`,
  ].filter((fault) => fault !== false);
}
