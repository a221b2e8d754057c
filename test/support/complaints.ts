import type { Page } from 'playwright-core';

/**
 * What a browser says of pages that work. A refused answer is an answer; signing out empties the cache; and a test may
 * be in a field before the page, on a busy machine, comes to put the focus into its first one.
 */
const refusals = 'Failed to load resource';
const always: readonly string[] = ['Clear-Site-Data header', 'Autofocus processing was blocked'];

/** Keeps what the console says and what scripts throw: of a page that works, nothing. */
export function keepComplaints(page: Page, complaints: string[], { refused = true } = {}): void {
  const expected = refused ? [refusals, ...always] : always;
  page.on('console', (message) => {
    const text = message.text();
    if (!expected.some((one) => text.startsWith(one))) complaints.push(`${page.url()}: ${text}`);
  });
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
}
