import { rankOf } from '../../assurance/index.ts';
import type { Reported } from '../../core/provider.ts';
import { wrong } from './wrong.ts';

/** One thing that an issuer may say of a sign-in, and what it is worth here. */
export interface TrustRule {
  readonly claim: 'acr' | 'amr';
  /** Compared exactly: with `acr` itself, or with each value in the list `amr`. */
  readonly value: string;
  /** The level that a sign-in of which this is said has reached at the issuer. */
  readonly level: TrustedLevel;
}

/** The levels that an issuer's word can stand for. Without it, it stands for a first factor. */
export type TrustedLevel = (typeof trusted)[number];

const trusted = ['mfa', 'phr', 'phrh'] as const;

/** What an issuer's word is worth by the table: no level where nothing in it was said. */
export interface Worth {
  readonly level: TrustedLevel | null;
  /** The values of `amr` that the table names and the issuer said. */
  readonly amr: readonly string[];
}

/** @throws {CofactorError} `ERR_CONFIG_OPENID` */
export function checkedTrust(given: readonly TrustRule[] = []): readonly TrustRule[] {
  const takes = "takes a list of { claim: 'acr' | 'amr', value, level: 'mfa' | 'phr' | 'phrh' }";
  const isList: boolean = Array.isArray(given);
  if (!isList) throw wrong('trust', takes);
  const seen = new Set<string>();
  for (const rule of given) {
    const { claim, value, level, ...unknown } = rule ?? ({} as Partial<TrustRule>);
    const whole =
      (claim === 'acr' || claim === 'amr') &&
      typeof value === 'string' &&
      // One value: several would be taken for one that nobody says.
      /^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/.test(value) &&
      trusted.includes(level);
    if (!whole || Object.keys(unknown).length > 0) throw wrong('trust', takes);
    const said = `${claim} ${value}`;
    if (seen.has(said)) throw wrong('trust', `has ${said} twice`);
    seen.add(said);
  }
  return Object.freeze(given.map((rule) => Object.freeze({ ...rule })));
}

/**
 * What the claims of an id_token are worth. Exact and case-sensitive; `amr` counts as a list of texts only, and anything
 * else as if it were not there (ASVS 6.8.4: who does not say counts as the weakest).
 */
export function worthOf(trust: readonly TrustRule[], claims: Readonly<Record<string, unknown>>): Worth {
  const { acr, amr } = claims;
  const methods = Array.isArray(amr) && amr.every((value) => typeof value === 'string') ? amr : [];
  const said = trust.filter(({ claim, value }) =>
    claim === 'acr' ? acr === value : methods.includes(value),
  );
  const named = said.flatMap(({ claim, value }) => (claim === 'amr' ? [value] : []));
  return { level: highest(said), amr: named.filter((value) => !derived.includes(value)) };
}

/** What is derived from several proofs is never taken over from anybody. */
const derived: readonly string[] = ['mfa', 'user'];

function highest(rules: readonly TrustRule[]): TrustedLevel | null {
  return trusted.findLast((level) => rules.some((rule) => rule.level === level)) ?? null;
}

/** The private value that says that the proof was made elsewhere. */
export const external = 'ext';

/**
 * The proofs that an issuer reports. Its word alone is one factor, and counts as something known: whoever has learnt the
 * password over there can make it be said. Trusted with `mfa` it is two, the second of which is something that the person
 * has: only possession makes a second factor (800-63B-4, 2.2.1).
 */
export function reportsOf(
  { level, amr }: Worth,
  { at, source }: Required<Pick<Reported, 'at' | 'source'>>,
): readonly Reported[] {
  const first: Reported = { kind: 'know', amr: [external], at, source };
  if (level === null) return [first];
  const second: Reported = {
    kind: 'have',
    amr: [external, ...amr],
    at,
    source,
    ...(level !== 'mfa' && { phishingResistant: true }),
    ...(level === 'phrh' && { hardwareProtected: true }),
  };
  return [first, second];
}

/** The best that the issuer can be asked for: what is only in `amr` comes unasked, or not at all. */
export function atBest(trust: readonly TrustRule[], source: string): readonly Reported[] | undefined {
  const level = highest(trust.filter(({ claim }) => claim === 'acr'));
  if (level === null) return undefined;
  return reportsOf({ level, amr: [] }, { at: new Date(0), source }).map(
    ({ at: _never, ...reported }) => reported,
  );
}

/** What to ask the issuer for: every `acr` that means the wanted level or more (OpenID Connect Core 3.1.2.1). */
export function acrValuesFor(trust: readonly TrustRule[], wanted: string | undefined): string | undefined {
  const floor = wanted === undefined ? -1 : rankOf(wanted);
  // The first rung is reached by any sign-in, and what nobody knows by none.
  if (floor < 1) return undefined;
  const values = trust.flatMap(({ claim, value, level }) =>
    claim === 'acr' && rankOf(level) >= floor ? [value] : [],
  );
  return values.length === 0 ? undefined : values.join(' ');
}
