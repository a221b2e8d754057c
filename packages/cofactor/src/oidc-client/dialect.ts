/** The levels that an issuer's word can stand for. Without a rule that fits, it stands for a first factor. */
export type SaidLevel = 'mfa' | 'phr' | 'phrh';

/**
 * One thing that an issuer says in its id_tokens, and what it is worth. Values are compared exactly; a value of `amr` and
 * of `acrs` counts anywhere in the list.
 */
export interface DialectRule {
  readonly claim: 'acr' | 'amr' | 'acrs';
  readonly value: string;
  readonly level: SaidLevel;
  /** Where the issuer's makers say so: an address. */
  readonly source: string;
}

/** What is asked of an issuer, in its own words, so that it proves a level (OpenID Connect Core 3.1.2.1 and 5.5). */
export interface DialectRequest {
  /** Values of `acr_values`, best first. */
  readonly acrValues?: string;
  /** The `claims` parameter, e.g. an essential `acrs` of Entra ID. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly source: string;
}

/**
 * How an issuer says "MFA was done", and how it is asked for it. Plain data: take one of `dialects` and spread your own
 * rules into it. What no rule names was not done (ASVS 6.8.4).
 */
export interface Dialect {
  readonly name: string;
  readonly says: readonly DialectRule[];
  readonly asks?: Readonly<Partial<Record<SaidLevel, DialectRequest>>>;
  /** Where people set up a second factor, where that is the same address for everybody. */
  readonly enableMfa?: string;
}
