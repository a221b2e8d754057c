import { hash } from 'node:crypto';
import type { Requirement } from '../assurance/index.ts';
import { open, seal } from '../base/keys/envelope.ts';
import { cookieValue } from '../web/cookies.ts';
import { header, type HttpRequest } from '../web/message.ts';
import { cookieName, setCookie } from './cookies.ts';
import type { Config } from './options.ts';

/** A sign-in under way at an issuer, in the browser that began it. Each has a cookie of its own. */
export interface Transaction {
  readonly state: string;
  /** Name of the issuer. */
  readonly party: string;
  readonly nonce: string;
  readonly verifier: string;
  /** A path of this site. */
  readonly returnTo: string;
  /** When it began, in milliseconds. */
  readonly at: number;
  /** What is to be reached, where a guard or a link said so. */
  readonly requirement: Requirement | null;
  /** Greatest age of the sign-in that was asked for, in seconds. */
  readonly maxAge: number | null;
  /** The application asked for the age itself: an answer that does not say when is none. */
  readonly mustSayWhen: boolean;
  /** A guard led here by itself, which it does once. */
  readonly automatic: boolean;
  /** Who was signed in when it began and is to prove more; `null` where anybody may come back. */
  readonly who: { readonly party: string; readonly subject: string } | null;
  readonly resource: string | null;
  /** What an API asked for: a key for what was tried, however it turns out. */
  readonly challenge: string | null;
}

const lifeSeconds = 600;
/** More at once nobody has open; each is a cookie. */
const mostAtOnce = 4;
/** Of a longer address only its path is kept, or nothing: all cookies of a request have one limit together. */
const longestReturn = 512;

/** A new one, with the cookie that binds it to this browser. */
export function beginTransaction(
  config: Config,
  request: HttpRequest,
  wanted: Omit<Transaction, 'state' | 'nonce' | 'verifier' | 'at'>,
): { readonly transaction: Transaction; readonly cookies: readonly string[] } {
  const { random, clock, ring } = config;
  const secret = (): string => Buffer.from(random.bytes(32)).toString('base64url');
  const transaction: Transaction = {
    ...wanted,
    returnTo: short(wanted.returnTo),
    state: secret(),
    nonce: secret(),
    verifier: secret(),
    at: clock.now().getTime(),
  };
  const name = nameFor(config, transaction.state);
  const value = seal(transaction, placeOf(config, name), ring, random);
  return {
    transaction,
    cookies: [...tooMany(config, request), setCookie(config, name, value, lifeSeconds)],
  };
}

function short(returnTo: string): string {
  const [path = '/'] = returnTo.split(/[?#]/, 1);
  return [returnTo, path].find((one) => one.length <= longestReturn) ?? '/';
}

/** RFC 7636, 4.2. */
export function challengeOf({ verifier }: Transaction): string {
  return hash('sha256', verifier, 'base64url');
}

/** The transaction that a `state` belongs to in this browser; `null` where there is none, or it is over. */
export function findTransaction(config: Config, request: HttpRequest, state: string): Transaction | null {
  const name = nameFor(config, state);
  const sealed = cookieValue(request, name);
  if (sealed === undefined) return null;
  try {
    const transaction = open(sealed, placeOf(config, name), config.ring) as Transaction;
    const age = config.clock.now().getTime() - transaction.at;
    return transaction.state === state && age >= 0 && age < lifeSeconds * 1000 ? transaction : null;
  } catch {
    return null;
  }
}

/** It is over, whatever came of it. */
export function endTransaction(config: Config, state: string): string {
  return setCookie(config, nameFor(config, state), '', 0);
}

/** How long a `state` could come back. */
export function transactionEnd({ at }: Transaction): Date {
  return new Date(at + lifeSeconds * 1000);
}

function nameFor(config: Config, state: string): string {
  return `${prefixOf(config)}${hash('sha256', state, 'base64url').slice(0, 16)}`;
}

function prefixOf(config: Config): string {
  return cookieName(config, 'transaction.');
}

function placeOf({ origin, base }: Config, name: string): string {
  return `client transaction ${origin.origin}${base} ${name}`;
}

/** Takes back those of this browser where there are too many: which are the oldest their names do not say. */
function tooMany(config: Config, request: HttpRequest): readonly string[] {
  const prefix = prefixOf(config);
  const present = (header(request, 'cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim().split('=')[0] ?? '')
    .filter((name) => name.startsWith(prefix) && /^[\w.-]{1,128}$/.test(name));
  return present.length < mostAtOnce ? [] : present.map((name) => setCookie(config, name, '', 0));
}
