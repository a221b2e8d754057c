import type { Config } from '../core/options.ts';
import { cookieValue } from '../web/cookies.ts';
import type { HttpRequest } from '../web/message.ts';

/** The cookies there are. Each holds one kind of secret, or a language, under a name of its own (I-02). */
export type CookieKind =
  | 'session'
  | 'ceremony'
  | 'challenge'
  | 'external'
  | 'enrolment'
  | 'form'
  | 'csrf'
  | 'known'
  | 'device'
  | 'language'
  | 'oidc';

/** `__Host-` binds a cookie to this host over https; browsers refuse it on http, so localhost goes without (I-23). */
export function cookieName(config: Config, kind: CookieKind): string {
  const prefix = config.origin.protocol === 'https:' ? '__Host-' : '';
  return `${prefix}cofactor-${config.realm}-${kind}`;
}

/** Sent along when a link from elsewhere leads here (lax), or only with our own requests (strict). */
const sameSite: Readonly<Record<CookieKind, 'Lax' | 'Strict'>> = {
  session: 'Lax',
  ceremony: 'Strict',
  csrf: 'Strict',
  known: 'Strict',
  challenge: 'Strict',
  // Apart from that of passkeys, which the page asks for by itself: one would take the other's place.
  external: 'Strict',
  enrolment: 'Strict',
  form: 'Strict',
  device: 'Strict',
  // Not secret, and wanted on the page that a link leads to.
  language: 'Lax',
  // Applications lead here from elsewhere; which of their requests are this browser's has to be known then.
  oidc: 'Lax',
};

export function setCookie(config: Config, kind: CookieKind, value: string, maxAge: number): string {
  const secure = config.origin.protocol === 'https:' ? '; Secure' : '';
  const attributes = `Path=/; HttpOnly; SameSite=${sameSite[kind]}; Max-Age=${maxAge}${secure}`;
  return `${cookieName(config, kind)}=${value}; ${attributes}`;
}

export function clearCookie(config: Config, kind: CookieKind): string {
  return setCookie(config, kind, '', 0);
}

/** The value of a cookie, or `undefined`; also where it was sent twice (I-23). */
export function readCookie(config: Config, request: HttpRequest, kind: CookieKind): string | undefined {
  return cookieValue(request, cookieName(config, kind));
}
