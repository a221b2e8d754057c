import { CofactorError } from '../base/errors.ts';
import { canonicalAddress } from '../core/mail/address.ts';

/** Where mails are handed over, and as whose. */
export interface SmtpOptions {
  readonly host: string;
  /** 587, or 465 where `secure`. */
  readonly port?: number;
  /** TLS from the first byte on (RFC 8314), in place of STARTTLS. Port 465 is that, unless said otherwise. */
  readonly secure?: boolean;
  readonly user?: string;
  readonly password?: string;
  /** `noreply@example.com` or `Acme <noreply@example.com>`. */
  readonly from: string;
  /**
   * Whether a server that offers no STARTTLS is refused: yes, except on this machine. Without it, whoever is in
   * between reads the codes.
   */
  readonly requireTls?: boolean;
  /** Milliseconds for one mail, from the connection to the last answer (10000). */
  readonly timeout?: number;
}

/** The options whole and checked. */
export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly auth: { readonly user: string; readonly pass: string } | undefined;
  readonly from: Sender;
  readonly requireTls: boolean;
  readonly timeout: number;
}

interface Sender {
  readonly name: string;
  readonly address: string;
}

/** Checks what `smtp()` was given. No message repeats a value: there is a password among them. */
export function checkSmtp(given: SmtpOptions | string): SmtpSettings {
  const options: Partial<SmtpOptions> = (typeof given === 'string' ? fromUrl(given) : given) ?? {};
  const {
    host,
    port: wanted,
    secure: tls,
    user,
    password,
    from,
    requireTls,
    timeout = 10_000,
    ...more
  } = options;
  const [unknown] = Object.keys(more);
  if (unknown !== undefined) throw wrong(`has no option ${unknown}`);
  if (typeof host !== 'string' || !/^[A-Za-z0-9.:-]{1,253}$/.test(host)) {
    throw wrong('host takes the name or address of a mail server');
  }
  const secure = flag('secure', tls) ?? wanted === 465;
  const port = wanted ?? (secure ? 465 : 587);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw wrong('port takes a number from 1 to 65535');
  for (const [name, value] of Object.entries({ user, password })) {
    if (value !== undefined && (typeof value !== 'string' || value === ''))
      throw wrong(`${name} takes a text`);
  }
  if ((user === undefined) !== (password === undefined)) throw wrong('user and password come together');
  if (!Number.isInteger(timeout) || timeout < 100 || timeout > 60_000) {
    throw wrong('timeout takes milliseconds, from 100 to 60000');
  }
  return Object.freeze({
    host,
    port,
    secure,
    auth: user === undefined || password === undefined ? undefined : { user, pass: password },
    from: senderOf(from),
    requireTls: flag('requireTls', requireTls) ?? !isThisMachine(host),
    timeout,
  });
}

/** `smtps://user:password@mail.example.com?from=noreply%40example.com`; the other options are parameters, too. */
function fromUrl(text: string): SmtpOptions {
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'smtp:' && url.protocol !== 'smtps:') || !['', '/'].includes(url.pathname)) {
    throw wrong('takes options, or smtp://user:password@host:port?from=noreply%40example.com');
  }
  const { from, requireTls, timeout, ...more } = Object.fromEntries(url.searchParams);
  return {
    ...more,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    secure: url.protocol === 'smtps:',
    from: from ?? '',
    ...(url.port !== '' && { port: Number(url.port) }),
    ...(url.username !== '' && { user: decoded(url.username) }),
    ...(url.password !== '' && { password: decoded(url.password) }),
    ...(requireTls !== undefined && { requireTls: truth(requireTls) }),
    ...(timeout !== undefined && { timeout: Number(timeout) }),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw wrong('takes a URL whose user and password are percent-encoded');
  }
}

function truth(value: string): boolean {
  if (value === 'true' || value === 'false') return value === 'true';
  throw wrong('requireTls takes true or false');
}

function flag(name: string, value: boolean | undefined): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  throw wrong(`${name} takes true or false`);
}

function senderOf(from: unknown): Sender {
  const [, name = '', bracketed, bare = ''] =
    typeof from === 'string' ? (/^(?:([^<>"\p{Cc}]{0,64}?)\s*<([^<>]+)>|([^<>]+))$/u.exec(from) ?? []) : [];
  const address = canonicalAddress(bracketed ?? bare);
  if (address !== null) return Object.freeze({ name, address });
  throw wrong('from takes noreply@example.com or Acme <noreply@example.com>');
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function wrong(why: string): CofactorError {
  return new CofactorError('ERR_CONFIG_MAIL', `smtp(): ${why}.`);
}
