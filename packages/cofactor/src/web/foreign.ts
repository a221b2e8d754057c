import { header, type HttpRequest } from './message.ts';

/**
 * A change that a page of another site asks for, with our visitor's cookie (I-27). A page that says nothing of where it is
 * (`no-referrer`) sends `null` as its origin; that it is of this site the browser then says in `Sec-Fetch-Site`.
 */
export function isForeignChange(origin: URL, request: HttpRequest): boolean {
  if (['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return false;
  const from = header(request, 'origin');
  if (from === undefined || from === origin.origin) return false;
  return !(from === 'null' && header(request, 'sec-fetch-site') === 'same-origin');
}
