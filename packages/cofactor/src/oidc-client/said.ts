import { unknownTime, type AuthenticationEvent } from '../assurance/index.ts';
import { saidLevels, type Dialect, type SaidLevel } from './dialect.ts';

type Claims = Readonly<Record<string, unknown>>;

/** More than this nobody means to say: a longer list, or a longer value, counts as if it were not there. */
const mostValues = 256;
const longestValue = 255;

/** How far ahead an issuer's clock may be. */
const clockToleranceSeconds = 60;

/**
 * The proofs that a validated id_token reports, in the words of a dialect. The issuer's word alone is one factor, and
 * counts as something known: whoever has learnt the password over there can make it be said. What a rule names is a
 * second one, which the person has: only possession makes a second factor (800-63B-4, 2.2.1). What is missing or
 * malformed is the weakest (ASVS 6.8.4, I-20). Never throws; the list is frozen.
 *
 * Validating the token is the caller's business: this function takes every claim for the issuer's own.
 */
export function eventsOf(
  claims: Claims,
  dialect: Dialect,
  now: Date,
  source: string,
): readonly AuthenticationEvent[] {
  const told = authTimeOf(claims, now);
  const at = told instanceof Date ? told : unknownTime;
  // `mfa` is derived from what the dialect makes of it, never taken over.
  const amr = Object.freeze([...new Set(listOf(claims, 'amr'))].filter((method) => method !== 'mfa'));
  const whose = { provider: 'openid', authenticator: null, at, source } as const;
  const events: AuthenticationEvent[] = [Object.freeze({ ...whose, kind: 'know', amr })];
  const level = saidLevel(claims, dialect);
  if (level !== null) {
    events.push(
      Object.freeze({
        ...whose,
        kind: 'have',
        amr: nothing,
        ...(level !== 'mfa' && { phishingResistant: true }),
        ...(level === 'phrh' && { hardwareProtected: true }),
      }),
    );
  }
  return Object.freeze(events);
}

/** The highest level of which a rule of the dialect finds that it was said; `null` where none does. */
export function saidLevel(claims: Claims, dialect: Dialect): SaidLevel | null {
  const acr = own(claims, 'acr');
  const said = {
    acr: isValue(acr) ? [acr] : nothing,
    amr: listOf(claims, 'amr'),
    acrs: listOf(claims, 'acrs'),
  };
  const levels = dialect.says.filter(({ claim, value }) => said[claim].includes(value));
  return saidLevels.findLast((level) => levels.some((rule) => rule.level === level)) ?? null;
}

/**
 * When the issuer says that its user was authenticated (OpenID Connect Core 2), or why that cannot be told: a time in
 * text, before 1970, or further ahead than clocks differ is none. Milliseconds are a time far ahead.
 */
export function authTimeOf(claims: Claims, now: Date): Date | 'missing' | 'malformed' | 'future' {
  const seconds = own(claims, 'auth_time');
  if (seconds === undefined) return 'missing';
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds < 0) return 'malformed';
  // Asked this way round, a clock that has no time believes nothing.
  const believable = seconds <= now.getTime() / 1000 + clockToleranceSeconds;
  return believable ? new Date(seconds * 1000) : 'future';
}

const nothing: readonly string[] = Object.freeze([]);

/** A list of texts; empty where it is anything else, and where one member is. */
function listOf(claims: Claims, name: 'amr' | 'acrs'): readonly string[] {
  const list = own(claims, name);
  const length = unlessItThrows(() => Array.isArray(list)) ? own(list, 'length') : undefined;
  if (typeof length !== 'number' || !(length <= mostValues)) return nothing;
  // By index: `every` would skip what a list leaves out.
  const values = Array.from({ length }, (_, index) => own(list, index));
  return values.every(isValue) ? values : nothing;
}

function isValue(value: unknown): value is string {
  return typeof value === 'string' && value.length <= longestValue;
}

/** What an object itself has: not what its prototype lends it, and not what a function of its own makes up when asked. */
function own(holder: unknown, name: string | number): unknown {
  return unlessItThrows((): unknown => Object.getOwnPropertyDescriptor(holder, name)?.value);
}

/** An object can be one that throws when it is looked at: then there is nothing in it. */
function unlessItThrows<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
