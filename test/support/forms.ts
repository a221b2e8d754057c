import type { SiteView } from 'cofactor/http';
import type { Answer, TestBrowser } from './browser.ts';

/** What a page without JavaScript sends: fields in the order in which they stand, and nothing else. */
export type Fields = Readonly<Record<string, string>> | readonly (readonly [string, string])[];

/** Presses the button of a form, as a browser without scripts does: no JSON, no header of ours. */
export function submit(
  browser: TestBrowser,
  path: string,
  fields: Fields,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const pairs = Array.isArray(fields) ? (fields as [string, string][]) : Object.entries(fields);
  return browser.send('POST', path, {
    raw: String(new URLSearchParams(pairs)),
    headers: {
      accept: 'text/html,application/xhtml+xml',
      'content-type': 'application/x-www-form-urlencoded',
      // A form has no such header; the token of the page is a field.
      'x-csrf-token': '',
      ...headers,
    },
  });
}

/** Opens a page of the site (see `sitePages`) and returns what it was made of; its cookies are kept. */
export async function view(browser: TestBrowser, path = '/site'): Promise<SiteView> {
  const answer = await browser.page(path);
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
  return answer.body as SiteView;
}
