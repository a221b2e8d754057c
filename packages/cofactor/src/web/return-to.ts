/**
 * The address to go to afterwards, as a path of this site; `/` for anything else (I-25). Parsed by the URL
 * standard against our own origin, so that `//host`, `/\host` and `javascript:` go nowhere.
 */
export function safeReturnTo(value: unknown, origin: URL): string {
  if (typeof value !== 'string' || !value.startsWith('/') || value.length > 2048) return '/';
  // Browsers drop tabs and line ends inside addresses; nothing honest has them.
  if (/[\p{Cc}\\]/u.test(value)) return '/';
  const url = URL.parse(value, origin.href);
  return url?.origin === origin.origin && !url.pathname.startsWith('//')
    ? `${url.pathname}${url.search}${url.hash}`
    : '/';
}
