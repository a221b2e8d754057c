import { header, type HttpRequest } from './message.ts';

/** What all cookies of a request may take together; more is not looked at. */
const longest = 16_384;

/**
 * The value of a cookie, or `undefined`. One that was sent twice is not believed at all: somebody else on the
 * domain may have set the other one.
 */
export function cookieValue(request: HttpRequest, cookie: string): string | undefined {
  const all = header(request, 'cookie');
  if (all === undefined || all.length > longest) return undefined;
  const name = `${cookie}=`;
  let value: string | undefined;
  for (let start = 0; start < all.length;) {
    let end = all.indexOf(';', start);
    if (end === -1) end = all.length;
    let from = start;
    while (all[from] === ' ' || all[from] === '\t') from += 1;
    if (all.startsWith(name, from)) {
      if (value !== undefined) return undefined;
      value = all.slice(from + name.length, end).trimEnd();
    }
    start = end + 1;
  }
  return value === '' ? undefined : value;
}
