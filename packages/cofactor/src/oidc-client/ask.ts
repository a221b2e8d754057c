import { open, seal } from '../base/keys/envelope.ts';
import type { Config } from './options.ts';
import { isOptions, wrong } from './wrong.ts';

/** What is asked of an issuer with a sign-in, in its own words. A wish: what has to be is said by a policy. */
export interface Ask {
  /** OpenID Connect Core 3.1.2.1: values in order of preference, with a space between them, e.g. `mfa`. */
  readonly acrValues?: string;
  /** Seconds. Who signed in at the issuer longer ago has to do so again; an answer that does not is refused. */
  readonly maxAge?: number;
  /** E.g. `login`, `consent`, `select_account`. */
  readonly prompt?: string;
  /** Core 5.5, e.g. `{ id_token: { acr: { essential: true, values: ['mfa'] } } }`. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** RFC 8707: the API that the access token is for. */
  readonly resource?: string;
}

/** Values with one space between them, without anything that could end a parameter. */
const words = /^[\x21\x23-\x5b\x5d-\x7e]{1,255}(?: [\x21\x23-\x5b\x5d-\x7e]{1,255})*$/;

/** @throws {CofactorError} `ERR_CONFIG_OIDC_CLIENT` */
export function checkedAsk(given: Ask = {}, where = 'ask'): Ask {
  const takes = 'takes { acrValues, maxAge, prompt, claims, resource }';
  if (!isOptions(given)) throw wrong(where, takes);
  const { acrValues, maxAge, prompt, claims, resource, ...unknown } = given;
  const [other] = Object.keys(unknown);
  if (other !== undefined) throw wrong(where, `${takes}, and not ${other}`);
  for (const [name, value] of Object.entries({ acrValues, prompt })) {
    if (value !== undefined && !(typeof value === 'string' && words.test(value))) {
      throw wrong(`${where}: ${name}`, 'takes values with one space between them');
    }
  }
  // Whoever asks with `none` gets no page to sign in on; that is not what a guard is for.
  if (prompt?.split(' ').includes('none') === true) throw wrong(`${where}: prompt`, 'cannot be none');
  if (maxAge !== undefined && !(Number.isInteger(maxAge) && maxAge >= 0)) {
    throw wrong(`${where}: maxAge`, 'takes a whole number of seconds from 0 on');
  }
  const isObject = typeof claims === 'object' && claims !== null && !Array.isArray(claims);
  if (claims !== undefined && !isObject) throw wrong(`${where}: claims`, 'takes an object');
  if (resource !== undefined && URL.parse(resource) === null) {
    throw wrong(`${where}: resource`, 'takes an absolute address');
  }
  return Object.freeze({ ...given });
}

/** Where a link is good: at another application of the same keys it would ask for what that one never asks. */
const placeOf = ({ origin, base }: Pick<Config, 'origin' | 'base'>): string =>
  `client ask ${origin.origin}${base}`;

/** So that it can travel in a link, and nobody but us can have written it. */
export function sealedAsk(config: Pick<Config, 'ring' | 'random' | 'origin' | 'base'>, ask: Ask): string {
  return seal(ask, placeOf(config), config.ring, config.random);
}

/** What `sealedAsk` sealed; nothing where it is something else. */
export function openedAsk(
  config: Pick<Config, 'ring' | 'origin' | 'base'>,
  sealed: string | null,
): Ask | undefined {
  if (sealed === null) return undefined;
  try {
    return checkedAsk(open(sealed, placeOf(config), config.ring) as Ask);
  } catch {
    return undefined;
  }
}

/** What is asked all in all: the later one where both say something, and the smaller of two ages. */
export function together(one: Ask, other: Ask): Ask {
  const maxAge = Math.min(one.maxAge ?? Infinity, other.maxAge ?? Infinity);
  const { claims: _one, ...first } = one;
  const { claims: _other, ...second } = other;
  const claims = joinClaims(one.claims, other.claims);
  return { ...first, ...second, ...(claims && { claims }), ...(maxAge !== Infinity && { maxAge }) };
}

function joinClaims(one: Ask['claims'], other: Ask['claims']): NonNullable<Ask['claims']> | undefined {
  if (!one || !other) return one ?? other;
  const parts = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(
    parts.map((part) => [part, { ...(one[part] as object), ...(other[part] as object) }]),
  );
}
