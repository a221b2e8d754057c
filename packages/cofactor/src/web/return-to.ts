import { header, type HttpRequest } from './message.ts';

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

/** The page a person wants to come back to: the one they asked for, or for a form that was sent the page it stood on. */
export function pageAsked(request: HttpRequest, origin: URL): string {
  if (request.method === 'GET' || request.method === 'HEAD') return safeReturnTo(request.url, origin);
  const referrer = URL.parse(header(request, 'referer') ?? '');
  return referrer?.origin === origin.origin
    ? safeReturnTo(`${referrer.pathname}${referrer.search}`, origin)
    : '/';
}
