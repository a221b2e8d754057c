/** An issuer, and what we are to it. */
export interface IssuerSettings {
  /** Exactly as it calls itself in its discovery document. */
  readonly issuer: string;
  readonly clientId: string;
  /** `null` for a public client. */
  readonly clientSecret: string | null;
  readonly scope: string;
  /** Seconds that each question to it may take. */
  readonly timeout: number;
  readonly fetch: typeof fetch;
}

/** What is given of them; the rest has defaults. */
export interface IssuerOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
  readonly scope?: string | undefined;
  readonly timeout?: number | undefined;
  readonly fetch?: typeof fetch | undefined;
}

/** Makes the error for an option that is wrong, out of its name and what it takes. */
export type WrongOption = (name: string, takes: string) => Error;

/** @throws what `wrong` makes */
export function checkedIssuerSettings(
  { issuer, clientId, clientSecret, scope, timeout = 5, fetch: fetcher = fetch }: IssuerOptions,
  wrong: WrongOption,
): IssuerSettings {
  if (typeof clientId !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(clientId)) {
    throw wrong('clientId', 'takes the client_id that the issuer gave');
  }
  if (clientSecret !== undefined && (typeof clientSecret !== 'string' || clientSecret === '')) {
    throw wrong('clientSecret', 'takes a text; leave it out for a public client');
  }
  // A sign-in may have three questions, and somebody waits for it.
  if (typeof timeout !== 'number' || !(timeout >= 0.1 && timeout <= 10)) {
    throw wrong('timeout', 'takes seconds, from 0.1 to 10');
  }
  if (typeof fetcher !== 'function') throw wrong('fetch', 'takes a function like the fetch of Node');
  return {
    issuer: checkedIssuer(issuer, wrong),
    clientId,
    clientSecret: clientSecret ?? null,
    scope: checkedScope(scope, wrong),
    timeout,
    fetch: fetcher,
  };
}

/** What an issuer is known by on this side: in addresses, and to people. */
export function checkedIssuerNames(name: unknown, label: unknown, wrong: WrongOption): void {
  if (typeof name !== 'string' || !/^[a-z][a-z0-9-]{0,31}$/.test(name)) {
    throw wrong('name', "takes 1 to 32 lower-case letters, digits and hyphens, e.g. 'google'");
  }
  // Braces stand for values in texts.
  if (typeof label !== 'string' || !/^[^\p{C}{}]{1,64}$/u.test(label) || label.trim() !== label) {
    throw wrong('label', 'takes one line of 1 to 64 characters, without braces');
  }
}

const loopback: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

export function checkedIssuer(given: unknown, wrong: WrongOption): string {
  const url = typeof given === 'string' ? URL.parse(given) : null;
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.includes(url.hostname));
  // OpenID Connect Discovery 2: no query and no fragment.
  if (!url || !safe || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw wrong('issuer', 'takes an https address such as https://accounts.google.com');
  }
  return given as string;
}

function checkedScope(given = 'openid email profile', wrong: WrongOption): string {
  const scopes = typeof given === 'string' ? given.split(' ') : [];
  if (!scopes.includes('openid') || !scopes.every((scope) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))) {
    throw wrong('scope', "takes scopes with one space between them, 'openid' among them");
  }
  return given;
}
