const key = 'cofactor-left';

/**
 * Leads to another site, from where people come back to `/external/...` below the base. Which page they left is kept for
 * this tab, so that they find back to it; no secret is. False where that is no address of a site.
 */
export function goAway(address: unknown): boolean {
  const url = typeof address === 'string' ? URL.parse(address) : null;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return false;
  try {
    sessionStorage.setItem(key, location.pathname + location.search);
  } catch {
    // Without storage the way back is the sign-in page.
  }
  location.assign(url.href);
  return true;
}

/** The page that was left, as it stands in the address bar; who follows it makes sure that it is one of this site. */
export function leftFrom(): string | undefined {
  try {
    return sessionStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}
