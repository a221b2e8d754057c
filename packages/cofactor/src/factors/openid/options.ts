import { canonicalAddress } from '../../core/mail/address.ts';
import { checkedTrust, type TrustRule } from './trust.ts';
import { wrong } from './wrong.ts';

export interface OpenidOptions {
  /** Stored with every linked identity, and part of the redirect URI: never rename it. E.g. `google`. */
  readonly name: string;
  /** What people know it as, e.g. `Google`. */
  readonly label: string;
  /**
   * The issuer, exactly as it calls itself in its discovery document. An https address; `http://localhost` and
   * `http://127.0.0.1` are for development.
   */
  readonly issuer: string;
  readonly clientId: string;
  /** Left out for a public client. */
  readonly clientSecret?: string;
  /** `openid email profile` if left out. */
  readonly scope?: string;
  /**
   * What the issuer's word counts for beyond a first factor (I-18). Values are compared exactly; whatever is not in here
   * counts for nothing.
   */
  readonly trust?: readonly TrustRule[];
  /**
   * Who may come in that no account is linked with. `existing` (the default): nobody, they sign in another way and link
   * it. `create`: everybody whom the issuer lets in gets an account.
   */
  readonly accounts?: 'existing' | 'create';
  /**
   * Domains whose addresses this issuer hands out itself, e.g. `['example.com']`. An account that has confirmed such an
   * address, and has no second factor, is linked at the first sign-in. Never name a domain of which the issuer only
   * repeats what people enter.
   */
  readonly authoritativeFor?: readonly string[];
  /** Seconds that each question to the issuer may take (5). */
  readonly timeout?: number;
  /** In place of the `fetch` of Node, e.g. to go through a proxy. */
  readonly fetch?: typeof fetch;
}

/** The options as the provider works with them: whole, checked and frozen. */
export interface OpenidSettings {
  readonly name: string;
  readonly label: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | null;
  readonly scope: string;
  readonly trust: readonly TrustRule[];
  readonly accounts: 'existing' | 'create';
  readonly authoritativeFor: ReadonlySet<string>;
  readonly timeout: number;
  readonly fetch: typeof fetch;
}

/** @throws {CofactorError} `ERR_CONFIG_OPENID` */
export function checked(options: OpenidOptions): OpenidSettings {
  const { name, label, issuer, clientId, clientSecret, scope, trust, accounts, authoritativeFor, ...rest } =
    options;
  const { timeout = 5, fetch: fetcher = fetch, ...unknown } = rest;
  const [other] = Object.keys(unknown);
  if (other !== undefined) throw wrong(other, 'is not an option');
  if (typeof name !== 'string' || !/^[a-z][a-z0-9-]{0,31}$/.test(name)) {
    throw wrong('name', "takes 1 to 32 lower-case letters, digits and hyphens, e.g. 'google'");
  }
  // Braces stand for values in texts.
  if (typeof label !== 'string' || !/^[^\p{C}{}]{1,64}$/u.test(label) || label.trim() !== label) {
    throw wrong('label', 'takes one line of 1 to 64 characters, without braces');
  }
  if (typeof clientId !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(clientId)) {
    throw wrong('clientId', 'takes the client_id that the issuer gave');
  }
  if (clientSecret !== undefined && (typeof clientSecret !== 'string' || clientSecret === '')) {
    throw wrong('clientSecret', 'takes a text; leave it out for a public client');
  }
  if (accounts !== undefined && accounts !== 'existing' && accounts !== 'create') {
    throw wrong('accounts', "takes 'existing' or 'create'");
  }
  // The core gives up after ten, and a sign-in may have three questions.
  if (typeof timeout !== 'number' || !(timeout >= 0.1 && timeout <= 10)) {
    throw wrong('timeout', 'takes seconds, from 0.1 to 10');
  }
  if (typeof fetcher !== 'function') throw wrong('fetch', 'takes a function like the fetch of Node');
  return Object.freeze({
    name,
    label,
    issuer: checkedIssuer(issuer),
    clientId,
    clientSecret: clientSecret ?? null,
    scope: checkedScope(scope),
    trust: checkedTrust(trust),
    accounts: accounts ?? 'existing',
    authoritativeFor: checkedDomains(authoritativeFor),
    timeout,
    fetch: fetcher,
  });
}

const loopback: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

function checkedIssuer(given: string): string {
  const url = typeof given === 'string' ? URL.parse(given) : null;
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.includes(url.hostname));
  // OpenID Connect Discovery 2: no query and no fragment.
  if (!url || !safe || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw wrong('issuer', 'takes an https address such as https://accounts.google.com');
  }
  return given;
}

function checkedScope(given = 'openid email profile'): string {
  const scopes = typeof given === 'string' ? given.split(' ') : [];
  if (!scopes.includes('openid') || !scopes.every((scope) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))) {
    throw wrong('scope', "takes scopes with one space between them, 'openid' among them");
  }
  return given;
}

function checkedDomains(given: readonly string[] = []): ReadonlySet<string> {
  const isDomain = (entry: unknown): boolean =>
    typeof entry === 'string' && canonicalAddress(`somebody@${entry}`) === `somebody@${entry}`;
  const isList: boolean = Array.isArray(given);
  if (!isList || !given.every(isDomain)) {
    throw wrong('authoritativeFor', "takes a list of domains in lower-case ASCII, e.g. ['example.com']");
  }
  return new Set(given);
}
