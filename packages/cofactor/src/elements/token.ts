/**
 * The token of a link from a mail, which stands behind the `#` so that no server and no log ever sees it, and takes it
 * out of the address bar: what stays there is seen over the shoulder, bookmarked and copied (I-28).
 */
export function takeToken(
  page: Pick<Location, 'hash' | 'pathname' | 'search'> = location,
  history: Pick<History, 'replaceState'> = globalThis.history,
): string | null {
  const token = tokenIn(page.hash);
  if (page.hash) history.replaceState(null, '', page.pathname + page.search);
  return token;
}

/** Anything that no token of ours looks like is none: a link that was cut off, or somebody's joke. */
export function tokenIn(hash: string): string | null {
  const token = hash.slice(1);
  return /^[A-Za-z0-9_-]{16,128}$/.test(token) ? token : null;
}

/** A link that is opened over the page it leads to changes nothing but the part after `#`: the page begins anew. */
export function beginAnewWithLinks(): void {
  addEventListener('hashchange', () => location.reload());
}
