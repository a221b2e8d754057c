import type { Policy } from '../../assurance/index.ts';
import { wrongOption } from '../../base/errors.ts';
import { isList, portOf } from '../../base/options.ts';
import { policiesOf } from '../../base/policies.ts';
import type { Clock, Log } from '../../base/ports.ts';
import { consoleLog, systemClock } from '../../base/system.ts';
import { checkedIssuer } from '../../issuer/settings.ts';
import { checkedDialect, type Dialect } from '../dialect.ts';
import { dialects } from '../dialects.ts';

/** The claims of a token that was found good. */
export type TokenClaims = Readonly<Record<string, unknown>>;

/** An issuer whose tokens are taken. */
export interface ResourceIssuer {
  /** Exactly as it calls itself in its discovery document and in `iss`. An https address; http for localhost. */
  readonly issuer: string;
  /**
   * What its tokens call this API: exactly one value of `aud`. With introspection it may be `null`, for an issuer whose
   * tokens name no API: then the token of any client of that issuer is taken, so ask for scopes.
   */
  readonly audience: string | null;
  /** How it says that MFA was done (`dialects.cofactor`). */
  readonly dialect?: Dialect;
  /**
   * `rfc9068` (the default) takes JWTs that say that they are access tokens. `jwt` takes those of issuers that do not
   * follow RFC 9068, such as Entra ID and Keycloak, and refuses what could be an id_token. An object asks the issuer about
   * every token (RFC 7662), so that a sign-out counts at once; one issuer may be asked.
   */
  readonly tokens?: 'rfc9068' | 'jwt' | ResourceIntrospection;
  /** Signatures that are taken, of those that are by default: `ES256`, `EdDSA`, `Ed25519`, `RS256`, `PS256`. */
  readonly algorithms?: readonly string[];
}

export interface ResourceIntrospection {
  readonly introspection: {
    readonly clientId: string;
    readonly clientSecret: string;
    /** Seconds for which an answer is believed, at most 60: so long a token that was taken back is still good (0). */
    readonly cache?: number;
  };
}

/** What `createResourceServer` takes. A wrong option is named with what it takes. */
export interface ResourceServerOptions {
  readonly issuers: readonly ResourceIssuer[];
  /** Named policies for guards; the same language as everywhere in Cofactor. */
  readonly policies?: Readonly<Record<string, Policy>>;
  /** What roles somebody has, by the claims of the token and the issuer it is of; for `requireRole` (none). */
  readonly roles?: (claims: TokenClaims, issuer: string) => readonly string[];
  /** Seconds that each question to an issuer may take (5). */
  readonly timeout?: number;
  /** In place of the `fetch` of Node, e.g. to go through a proxy. */
  readonly fetch?: typeof fetch;
  readonly clock?: Clock;
  readonly log?: Log;
}

/** How an issuer is asked about a token. */
export interface IntrospectionSettings {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly cache: number;
}

/** An issuer as everything else sees it. */
export interface IssuerConfig {
  readonly issuer: string;
  readonly audience: string | null;
  readonly dialect: Dialect;
  readonly tokens: 'rfc9068' | 'jwt' | IntrospectionSettings;
  readonly algorithms: readonly string[];
}

/** The options as everything else sees them: whole, checked, frozen. */
export interface ResourceConfig {
  readonly issuers: readonly IssuerConfig[];
  readonly policies: ReadonlyMap<string, Policy>;
  readonly roles: (claims: TokenClaims, issuer: string) => readonly string[];
  readonly timeout: number;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly log: Log;
}

/** None that is made with a secret: who checks such a token could have made it. */
const signatures: readonly string[] = Object.freeze(['ES256', 'EdDSA', 'Ed25519', 'RS256', 'PS256']);

/** @throws {CofactorError} `ERR_CONFIG_RESOURCE_SERVER`, or the code of a policy or dialect that is wrong */
export function checkedResourceServer(options: ResourceServerOptions): ResourceConfig {
  const { issuers, policies, roles, timeout = 5, fetch: fetcher = fetch, clock, log, ...unknown } = options;
  refuseOthers(unknown, 'is not an option');
  if (!isList(issuers) || issuers.length === 0) throw wrong('issuers', 'takes a list of at least one issuer');
  const checked = issuers.map(issuerOf);
  const names = checked.map(({ issuer }) => issuer);
  const twice = names.find((name, place) => names.indexOf(name) !== place);
  if (twice !== undefined) throw wrong('issuers', `has ${twice} twice`);
  // A token says nothing of whose it is, and would be told to each of them.
  if (checked.filter(({ tokens }) => typeof tokens === 'object').length > 1) {
    throw wrong(
      'issuers',
      'takes one issuer with introspection, since tokens do not say which one is to be asked',
    );
  }
  if (roles !== undefined && typeof roles !== 'function') throw wrong('roles', 'takes a function of claims');
  if (typeof timeout !== 'number' || !(timeout >= 0.1 && timeout <= 10)) {
    throw wrong('timeout', 'takes seconds, from 0.1 to 10');
  }
  if (typeof fetcher !== 'function') throw wrong('fetch', 'takes a function like the fetch of Node');
  return Object.freeze({
    issuers: Object.freeze(checked),
    policies: policiesOf(policies),
    roles: roles ?? (() => []),
    timeout,
    fetch: fetcher,
    clock: portOf('clock', code, clock, ['now']) ?? systemClock,
    log: portOf('log', code, log, ['info', 'warn', 'error']) ?? consoleLog,
  });
}

function issuerOf(given: ResourceIssuer): IssuerConfig {
  const {
    issuer,
    audience,
    dialect = dialects.cofactor,
    tokens = 'rfc9068',
    algorithms,
    ...unknown
  } = given ?? {};
  refuseOthers(unknown, 'is not an option of an issuer');
  const asked = tokensOf(tokens);
  if (audience === null ? typeof asked === 'string' : !isWord(audience)) {
    throw wrong('issuers: audience', 'takes what tokens call this API; null is for introspection only');
  }
  return Object.freeze({
    issuer: checkedIssuer(issuer, (name, takes) => wrong(`issuers: ${name}`, takes)),
    audience,
    dialect: checkedDialect(dialect),
    tokens: asked,
    algorithms: algorithmsOf(algorithms),
  });
}

function tokensOf(given: NonNullable<ResourceIssuer['tokens']>): IssuerConfig['tokens'] {
  if (given === 'rfc9068' || given === 'jwt') return given;
  const takes = "takes 'rfc9068', 'jwt' or { introspection: { clientId, clientSecret, cache } }";
  const { introspection, ...beside } = isObject(given) ? given : {};
  if (!isObject(introspection) || Object.keys(beside).length > 0) throw wrong('issuers: tokens', takes);
  const {
    clientId,
    clientSecret,
    cache = 0,
    ...unknown
  } = introspection as ResourceIntrospection['introspection'];
  refuseOthers(unknown, 'is not an option of introspection');
  const isId = typeof clientId === 'string' && /^[\x20-\x7e]{1,255}$/.test(clientId);
  if (!isId || typeof clientSecret !== 'string' || clientSecret === '') {
    throw wrong('issuers: tokens', takes);
  }
  if (typeof cache !== 'number' || !(cache >= 0 && cache <= 60)) {
    throw wrong('issuers: tokens: cache', 'takes seconds, from 0 to 60');
  }
  return Object.freeze({ clientId, clientSecret, cache });
}

function algorithmsOf(given: readonly string[] = signatures): readonly string[] {
  if (!isList(given) || given.length === 0 || !given.every((one) => signatures.includes(one))) {
    throw wrong('issuers: algorithms', `takes a list of ${signatures.join(', ')}`);
  }
  return Object.freeze([...given]);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]{1,255}$/.test(value);
}

function refuseOthers(unknown: object, why: string): void {
  const [other] = Object.keys(unknown);
  if (other !== undefined) throw wrong(other, why);
}

const code = 'ERR_CONFIG_RESOURCE_SERVER';

function wrong(option: string, takes: string): Error {
  return wrongOption(code, `createResourceServer({ ${option} }) ${takes}`);
}
