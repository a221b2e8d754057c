import { onTestFinished } from 'vitest';
import type { Answer, TestBrowser } from './browser.ts';
import { createRp, locationOf, open, type RpOptions, type TestRp, type Who } from './rp.ts';
import type { Upstreamer } from './memory-issuer.ts';

/** What the names of the client's cookies begin with, at the address of the tests. */
export const clientCookies = 'cofactor-client-4000-auth';

/** An application that is closed with the test. */
export async function startRp(options: RpOptions = {}): Promise<TestRp> {
  const rp = await createRp(options);
  onTestFinished(() => rp.close());
  return rp;
}

/** Parameters as the issuer leads them back to the application. */
export function responseTo(
  rp: TestRp,
  redirect: Pick<Answer, 'headers'>,
  person: Upstreamer,
): { readonly state: string; readonly code: string; readonly iss: string } {
  return rp.issuer.authorize(locationOf(redirect), person);
}

/** Brings parameters to the address that the issuer leads back to. */
export function bring(
  browser: TestBrowser,
  parameters: Readonly<Record<string, string>> | readonly (readonly [string, string])[],
  issuer = 'acme',
): Promise<Answer> {
  const pairs = Array.isArray(parameters) ? parameters : Object.entries(parameters);
  return open(browser, `/auth/callback/${issuer}?${new URLSearchParams(pairs as [string, string][])}`);
}

/** Where an answer to a form leads: browsers follow no redirect from it to another site, so a page leads on. */
export function ledTo(answer: Answer): { readonly headers: { readonly location: string } } {
  const [, written = locationOf(answer)] =
    /http-equiv="refresh" content="0;url=([^"]*)"/.exec(answer.text) ?? [];
  return { headers: { location: written.replaceAll('&amp;', '&').replaceAll('&#39;', "'") } };
}

/** What the application knows of who asks. */
export async function whoIs(browser: TestBrowser): Promise<Who> {
  return (await browser.get<Who>('/who')).body;
}

/** Names and values of the cookies of one kind. */
export function cookiesOf(browser: TestBrowser, kind: 'session' | 'transaction'): Map<string, string> {
  return new Map([...browser.cookies].filter(([name]) => name.includes(`-${kind}`)));
}

/** The cookies as they were, whatever was set since. */
export function putBack(browser: TestBrowser, cookies: ReadonlyMap<string, string>): void {
  for (const [name, value] of cookies) browser.cookies.set(name, value);
}

/** How often a page leads to the issuer by itself while the issuer always gives the same answer; at most 10 times. */
export async function ledAway(
  rp: TestRp,
  browser: TestBrowser,
  path: string,
  atIssuer: (redirect: Answer) => Promise<Answer>,
): Promise<{ readonly times: number; readonly last: Answer }> {
  let times = 0;
  let last = await open(browser, path);
  while (times < 10 && last.status === 303) {
    const location = new URL(locationOf(last), browser.origin);
    if (location.origin === rp.issuer.issuer) {
      times += 1;
      last = await atIssuer(last);
    } else last = await open(browser, location.pathname + location.search);
  }
  return { times, last };
}
