import { cookieValue } from '../web/cookies.ts';
import { header, type HttpRequest } from '../web/message.ts';
import type { Config } from './options.ts';

/** What browsers keep of one cookie, with its name and attributes left out. */
const longestPart = 3200;
/** With more, servers refuse the whole request. */
const mostParts = 3;

/**
 * `__Host-` binds a cookie to this host over https; browsers refuse it on http, so localhost goes without (I-23). Hosts
 * share their cookies over all ports (RFC 6265, 8.5), so an application on a port of its own says which.
 */
export function cookieName({ origin, base }: Config, kind: string): string {
  const prefix = origin.protocol === 'https:' ? '__Host-' : '';
  const port = origin.port === '' ? '' : `-${origin.port}`;
  return `${prefix}cofactor-client${port}-${base.slice(1).replaceAll('/', '_')}-${kind}`;
}

/** Lax: people come back from the issuer, which is another site. */
export function setCookie(config: Config, name: string, value: string, maxAge: number): string {
  const secure = config.origin.protocol === 'https:' ? '; Secure' : '';
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAge}${secure}`;
}

/** A value in as many cookies as it takes, the first of which says how many; `null` where it takes too many. */
export function splitCookie(
  config: Config,
  request: HttpRequest,
  name: string,
  value: string,
  maxAge: number,
): readonly string[] | null {
  const parts = value.match(new RegExp(`.{1,${longestPart}}`, 'g')) ?? [''];
  if (parts.length > mostParts) return null;
  const written = parts.map((part, at) =>
    setCookie(config, partName(name, at), at === 0 ? `${parts.length}~${part}` : part, maxAge),
  );
  return [...written, ...leftOver(config, request, name, parts.length)];
}

/** Whatever there is of it in this browser is gone. */
export function clearSplitCookie(config: Config, request: HttpRequest, name: string): readonly string[] {
  return [setCookie(config, name, '', 0), ...leftOver(config, request, name, 1)];
}

/** The value that was split; `undefined` where a part is missing or there twice. */
export function joinedCookie(request: HttpRequest, name: string): string | undefined {
  const first = cookieValue(request, name);
  if (first === undefined || first[1] !== '~') return undefined;
  if (first[0] === '1') return first.slice(2);
  const count = Number(first[0]);
  if (!(count >= 2 && count <= mostParts)) return undefined;
  let value = first.slice(2);
  for (let at = 1; at < count; at += 1) {
    const part = cookieValue(request, partName(name, at));
    if (part === undefined) return undefined;
    value += part;
  }
  return value;
}

function partName(name: string, at: number): string {
  return at === 0 ? name : `${name}.${at}`;
}

/** Takes back parts of a longer value that was there before. */
function leftOver(config: Config, request: HttpRequest, name: string, from: number): readonly string[] {
  const sent = header(request, 'cookie') ?? '';
  const names = Array.from({ length: mostParts }, (_, at) => partName(name, at)).slice(from);
  return names.filter((one) => sent.includes(`${one}=`)).map((one) => setCookie(config, one, '', 0));
}
