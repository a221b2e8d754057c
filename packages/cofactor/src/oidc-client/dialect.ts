import { wrong } from './wrong.ts';

/** The levels that an issuer's word can stand for. Without a rule that fits, it stands for a first factor. */
export type SaidLevel = (typeof saidLevels)[number];

export const saidLevels = ['mfa', 'phr', 'phrh'] as const;

/**
 * One thing that an issuer says in its id_tokens, and what it is worth. Values are compared exactly; a value of `amr` and
 * of `acrs` counts anywhere in the list.
 */
export interface DialectRule {
  readonly claim: 'acr' | 'amr' | 'acrs';
  readonly value: string;
  readonly level: SaidLevel;
  /** Where the issuer's makers say so. Every rule of `dialects` has one; one of your own needs none. */
  readonly source?: string;
}

/** What is asked of an issuer, in its own words, so that it proves a level (OpenID Connect Core 3.1.2.1 and 5.5). */
export interface DialectRequest {
  /** Values of `acr_values`, best first, with a space between them. */
  readonly acrValues?: string;
  /** The `claims` parameter, e.g. an essential `acrs` of Entra ID. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly source?: string;
}

/**
 * How an issuer says "MFA was done", and how it is asked for it. Plain data: take one of `dialects`, add what your tenant
 * says with `extendDialect`, or write your own. What no rule names was not done (ASVS 6.8.4).
 */
export interface Dialect {
  readonly name: string;
  readonly says: readonly DialectRule[];
  readonly asks?: Readonly<Partial<Record<SaidLevel, DialectRequest>>>;
  /**
   * Why there are no rules. `not-said`: its makers name no value that means several factors. `where-configured`: what is
   * said is up to who runs the server. Either way nothing counts; a rule takes the place of it.
   */
  readonly silence?: { readonly why: 'not-said' | 'where-configured'; readonly source?: string };
  /** Where people set up a second factor, where that is the same address for everybody. */
  readonly enableMfa?: string;
}

/**
 * A dialect with what an issuer of yours says beyond it. A rule of yours takes the place of one with the same claim and
 * value, a request of yours that of the same level.
 *
 * @throws {CofactorError} `ERR_CONFIG_OIDC_CLIENT`
 * @example
 * // Entra ID, in a tenant whose Conditional Access asks for MFA in the authentication context c1.
 * extendDialect(dialects.entra, {
 *   says: [{ claim: 'acrs', value: 'c1', level: 'mfa' }],
 *   asks: { mfa: { claims: { id_token: { acrs: { essential: true, value: 'c1' } } } } },
 * });
 */
export function extendDialect(dialect: Dialect, more: Partial<Dialect>): Dialect {
  const { name, says, asks, silence, enableMfa } = checkedDialect(dialect);
  // Checked by itself first, so that what is written twice in it is found.
  const own = checkedDialect({ name, says: [], ...more });
  const kept = says.filter((rule) => !own.says.some((mine) => isSame(rule, mine)));
  const rules = [...kept, ...own.says];
  return checkedDialect({
    ...(enableMfa !== undefined && { enableMfa }),
    ...(silence !== undefined && rules.length === 0 && { silence }),
    ...own,
    says: rules,
    asks: { ...asks, ...own.asks },
  });
}

/**
 * The dialect, copied and frozen, or the first thing that is wrong with it.
 *
 * @throws {CofactorError} `ERR_CONFIG_OIDC_CLIENT`
 */
export function checkedDialect(given: Dialect): Dialect {
  const { name, says, asks, silence, enableMfa, ...unknown } = objectOf(given, 'dialect');
  refuseOthers(unknown, 'dialect', 'takes { name, says, asks, silence, enableMfa }');
  if (typeof name !== 'string' || !/^[\x20-\x7e]{1,64}$/.test(name)) {
    throw wrong('dialect: name', 'takes a text of 1 to 64 characters');
  }
  if (enableMfa !== undefined && !isSafeAddress(enableMfa)) {
    throw wrong('dialect: enableMfa', 'takes an https address');
  }
  const rules = rulesOf(says);
  if (silence !== undefined && rules.length > 0) {
    throw wrong('dialect: silence', 'has no place where says has rules');
  }
  return Object.freeze({
    name,
    says: rules,
    ...(asks !== undefined && { asks: requestsOf(asks) }),
    ...(silence !== undefined && { silence: silenceOf(silence) }),
    ...(enableMfa !== undefined && { enableMfa }),
  });
}

function rulesOf(given: unknown): readonly DialectRule[] {
  if (!Array.isArray(given)) throw wrong('dialect: says', takesRules);
  const rules = given.map(ruleOf);
  rules.forEach((rule, place) => {
    if (rules.findIndex((other) => isSame(rule, other)) !== place) {
      throw wrong('dialect: says', `has ${rule.claim} ${rule.value} twice`);
    }
  });
  return Object.freeze(rules);
}

const takesRules =
  "takes a list of { claim: 'acr' | 'amr' | 'acrs', value, level: 'mfa' | 'phr' | 'phrh' }, where a value is one word";

function ruleOf(given: unknown): DialectRule {
  const { claim, value, level, source, ...unknown } = objectOf(given, 'dialect: says');
  refuseOthers(unknown, 'dialect: says', takesRules);
  const whole =
    (claim === 'acr' || claim === 'amr' || claim === 'acrs') &&
    typeof value === 'string' &&
    word.test(value) &&
    isSaidLevel(level);
  if (!whole) throw wrong('dialect: says', takesRules);
  return Object.freeze({ claim, value, level, ...sourceOf(source, 'dialect: says') });
}

function requestsOf(given: unknown): NonNullable<Dialect['asks']> {
  const entries = Object.entries(objectOf(given, 'dialect: asks')).map(([level, request]) => {
    if (!isSaidLevel(level)) throw wrong('dialect: asks', `takes mfa, phr and phrh, and not ${level}`);
    return [level, requestOf(request, `dialect: asks: ${level}`)] as const;
  });
  return Object.freeze(Object.fromEntries(entries));
}

function requestOf(given: unknown, where: string): DialectRequest {
  const { acrValues, claims, source, ...unknown } = objectOf(given, where);
  refuseOthers(unknown, where, 'takes { acrValues, claims }');
  if (acrValues === undefined && claims === undefined) throw wrong(where, 'takes acrValues, claims, or both');
  if (acrValues !== undefined && !isWords(acrValues)) {
    throw wrong(`${where}: acrValues`, 'takes different values with one space between them');
  }
  return Object.freeze({
    ...(acrValues !== undefined && { acrValues }),
    ...(claims !== undefined && { claims: claimsOf(claims, `${where}: claims`) }),
    ...sourceOf(source, where),
  });
}

function silenceOf(given: unknown): NonNullable<Dialect['silence']> {
  const { why, source, ...unknown } = objectOf(given, 'dialect: silence');
  const takes = "takes { why: 'not-said' | 'where-configured', source }";
  refuseOthers(unknown, 'dialect: silence', takes);
  if (why !== 'not-said' && why !== 'where-configured') throw wrong('dialect: silence', takes);
  return Object.freeze({ why, ...sourceOf(source, 'dialect: silence') });
}

/** Core 5.5; `access_token` is the part that Entra ID has besides. */
const partsOfClaims = ['id_token', 'userinfo', 'access_token'];

function claimsOf(given: unknown, where: string): Readonly<Record<string, unknown>> {
  const claims = objectOf(plainly(given), where);
  const parts = Object.keys(claims);
  if (parts.length === 0 || parts.some((part) => !partsOfClaims.includes(part))) {
    throw wrong(where, `takes an object with ${partsOfClaims.join(', ')}`);
  }
  for (const part of parts) objectOf(claims[part], `${where}: ${part}`);
  return deeplyFrozen(claims);
}

/** As it will be written into the address; nothing where it cannot be. */
function plainly(given: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(given));
  } catch {
    return undefined;
  }
}

function deeplyFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deeplyFrozen);
  return Object.freeze(value);
}

/** One value: several would be taken for one that nobody says. The characters are those of RFC 6749, appendix A.4. */
const word = /^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/;

function isWords(given: unknown): given is string {
  if (typeof given !== 'string') return false;
  const words = given.split(' ');
  return words.every((one) => word.test(one)) && new Set(words).size === words.length;
}

function isSaidLevel(given: unknown): given is SaidLevel {
  return saidLevels.some((level) => level === given);
}

function isSame(one: DialectRule, other: DialectRule): boolean {
  return one.claim === other.claim && one.value === other.value;
}

/** It becomes a link. */
function isSafeAddress(given: unknown): given is string {
  const url = typeof given === 'string' ? URL.parse(given) : null;
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && url.hostname === 'localhost');
}

function sourceOf(given: unknown, where: string): { readonly source?: string } {
  if (given === undefined) return {};
  if (typeof given !== 'string' || given === '') throw wrong(`${where}: source`, 'takes an address');
  return { source: given };
}

function objectOf(given: unknown, where: string): Readonly<Record<string, unknown>> {
  const isObject = typeof given === 'object' && given !== null && !Array.isArray(given);
  if (!isObject) throw wrong(where, 'takes an object');
  return given as Readonly<Record<string, unknown>>;
}

function refuseOthers(others: object, where: string, takes: string): void {
  const [other] = Object.keys(others);
  if (other !== undefined) throw wrong(where, `${takes}, and not ${other}`);
}
