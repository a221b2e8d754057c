import type { Policy } from '../assurance/index.ts';
import type { RingKey } from '../base/keys/ring.ts';
import { KeyRing } from '../base/keys/ring.ts';
import { isPath, isProduction, keysOf, originOf, portOf, sessionOf } from '../base/options.ts';
import { policiesOf } from '../base/policies.ts';
import type { Clock, Log, Random } from '../base/ports.ts';
import { consoleLog, systemClock, systemRandom } from '../base/system.ts';
import { Issuer, type Claims } from '../issuer/issuer.ts';
import { checkedIssuerNames, checkedIssuerSettings } from '../issuer/settings.ts';
import { checkedAsk, type Ask } from './ask.ts';
import { checkedDialect, type Dialect } from './dialect.ts';
import type { SessionStore } from './store.ts';
import { isOptions, wrong } from './wrong.ts';

/** One issuer that people may sign in at, and what it is asked for. */
export interface OidcIssuerOptions {
  /** Part of the redirect URI and of sessions: never rename it. E.g. `acme`. */
  readonly name: string;
  /** What people know it as, e.g. `Acme`. */
  readonly label: string;
  /** Exactly as it calls itself in its discovery document. An https address; http for `localhost` in development. */
  readonly issuer: string;
  readonly clientId: string;
  /** Left out for a public client. */
  readonly clientSecret?: string;
  /** `openid email profile` if left out; add `offline_access` for a refresh token, where the issuer wants it so. */
  readonly scope?: string;
  /** How it says that MFA was done: one of `dialects`, or one of your own. What it does not name was not done. */
  readonly dialect: Dialect;
  /** What is asked at every sign-in, e.g. `{ acrValues: 'mfa' }`. */
  readonly ask?: Ask;
  /** Where people set up a second factor there, in place of what the dialect says. */
  readonly enableMfa?: string;
  /** Reads names and the like from its userinfo endpoint too. They are `profile`, and decide nothing (false). */
  readonly userinfo?: boolean;
  /** Seconds that each question to it may take (5). */
  readonly timeout?: number;
  /** In place of the `fetch` of Node, e.g. to go through a proxy. */
  readonly fetch?: typeof fetch;
}

/** What `createOidcClient` takes. A wrong option is named with what it takes. */
export interface OidcClientOptions {
  /** The first one is where people are led who may choose none. */
  readonly issuers: readonly OidcIssuerOptions[];
  /** Named policies, for guards and pages; the same language as everywhere in Cofactor. */
  readonly policies?: Readonly<Record<string, Policy>>;
  /** The address people see. In development `http://localhost:3000` if left out. Never taken from a request (I-26). */
  readonly origin?: string;
  /** Where its routes and pages live (`/auth`). Register `<origin><base>/callback/<issuer name>` at each issuer. */
  readonly base?: string;
  /** What the application is called on its pages. */
  readonly name?: string;
  /** Secrets that seal cookies, newest first. Needed under https. */
  readonly keys?: readonly RingKey[];
  /** What roles somebody has, by the claims of the id_token; for `requireRole` (none). */
  readonly roles?: (claims: Claims, issuer: string) => readonly string[];
  /** Whether somebody who falls short is sent to the issuer once by itself, with what is needed (true). */
  readonly stepUp?: boolean;
  readonly session?: OidcSessionOptions;
  /** Keeps sessions on the server, for several processes or long tokens. Without one they are in sealed cookies. */
  readonly store?: SessionStore;
  readonly pages?: OidcClientPages;
  /** `production` refuses http and development keys (by default what NODE_ENV says). */
  readonly environment?: 'production' | 'development';
  readonly log?: Log;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** Pages of the application's own, in place of ours. */
export interface OidcClientPages {
  /**
   * A path that people are led to (303) who are denied what they asked for, e.g. `/no-entry`. In its query are `why`
   * (`too-weak`, `too-old`, or `forbidden`, which no proof makes up for) and what a new sign-in takes: `issuer`, `acr`,
   * `max_age`, `switch`, `return_to`. With the same query, `<base>/sign-in` begins that sign-in: nothing in it can make one
   * weaker, or lead to another site. Anybody can write such an address, so put nothing of it on the page unescaped, and
   * link to nothing in it by itself.
   */
  readonly denied?: string;
}

export interface OidcSessionOptions {
  /** Seconds without a request after which a session ends (3600). */
  readonly idle?: number;
  /** Seconds after which it ends in any case (86400). */
  readonly absolute?: number;
  /** Seconds after which the issuer is asked, by refreshing, whether the sign-in still holds. Needs a refresh token. */
  readonly recheck?: number;
  /** What a due recheck means while the issuer is away: `refuse` (503, the default) or `keep` until it is back. */
  readonly whenAway?: 'refuse' | 'keep';
}

/** An issuer as everything else sees it. */
export interface Party {
  readonly name: string;
  readonly label: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  readonly dialect: Dialect;
  readonly ask: Ask;
  readonly enableMfa: string | null;
  readonly userinfo: boolean;
  readonly timeout: number;
  readonly fetch: typeof fetch;
  /** Where it leads people back to. */
  readonly redirectUri: string;
  readonly conversation: Issuer;
}

/** The options as everything else sees them: whole, checked, frozen. */
export interface Config {
  readonly parties: ReadonlyMap<string, Party>;
  readonly policies: ReadonlyMap<string, Policy>;
  readonly origin: URL;
  readonly base: string;
  readonly name: string;
  readonly ring: KeyRing;
  readonly roles: (claims: Claims, issuer: string) => readonly string[];
  readonly stepUp: boolean;
  readonly session: Required<Omit<OidcSessionOptions, 'recheck'>> & { readonly recheck: number | null };
  readonly store: SessionStore | null;
  readonly deniedPage: string | null;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
}

/** @throws {CofactorError} `ERR_CONFIG_...` */
export function checkOptions(options: OidcClientOptions): Config {
  const { issuers, policies, origin, base = '/auth', name = 'Cofactor', keys, roles, ...rest } = options;
  const { stepUp = true, session, store, pages, environment, log, clock, random, ...unknown } = rest;
  const [other] = Object.keys(unknown);
  if (other !== undefined) throw wrong(other, 'is not an option');
  if (typeof base !== 'string' || !/^(\/[a-z0-9-]+)+$/.test(base)) {
    throw wrong('base', 'takes a path without a slash at its end, e.g. /auth');
  }
  if (typeof name !== 'string' || name.length < 1 || name.length > 64) {
    throw wrong('name', 'takes a text of 1 to 64 characters');
  }
  if (typeof stepUp !== 'boolean') throw wrong('stepUp', 'takes true or false');
  if (roles !== undefined && typeof roles !== 'function') throw wrong('roles', 'takes a function of claims');
  const site = originOf(origin, isProduction(environment));
  return Object.freeze({
    parties: partiesOf(issuers, site, base),
    policies: policiesOf(policies),
    origin: site,
    base,
    name,
    ring: new KeyRing(keysOf(keys, site), 'oidc-client'),
    roles: roles ?? (() => []),
    stepUp,
    session: sessionTimes(session),
    store: storeOf(store),
    deniedPage: deniedPageOf(pages),
    log: portOf('log', 'ERR_CONFIG_LOG', log, ['info', 'warn', 'error']) ?? consoleLog,
    clock: portOf('clock', 'ERR_CONFIG_CLOCK', clock, ['now']) ?? systemClock,
    random: portOf('random', 'ERR_CONFIG_RANDOM', random, ['bytes']) ?? systemRandom,
  });
}

function partiesOf(
  issuers: OidcClientOptions['issuers'],
  origin: URL,
  base: string,
): ReadonlyMap<string, Party> {
  const isList: boolean = Array.isArray(issuers);
  if (!isList || issuers.length === 0) throw wrong('issuers', 'takes a list of at least one issuer');
  const parties = new Map<string, Party>();
  for (const given of issuers) {
    if (!isOptions(given))
      throw wrong('issuers', 'takes a list of { name, label, issuer, clientId, dialect }');
    const party = partyOf(given, origin, base);
    if (parties.has(party.name)) throw wrong('issuers', `has ${party.name} twice`);
    parties.set(party.name, party);
  }
  return parties;
}

function partyOf(given: OidcIssuerOptions, origin: URL, base: string): Party {
  const { name, label, issuer, clientId, clientSecret, scope, timeout, fetch, ...rest } = given;
  const { dialect, ask, enableMfa, userinfo = false, ...unknown } = rest;
  const here = (option: string, takes: string): Error => wrong(`issuers: ${option}`, takes);
  const [other] = Object.keys(unknown);
  if (other !== undefined) throw here(other, 'is not an option of an issuer');
  checkedIssuerNames(name, label, here);
  if (dialect === undefined) {
    throw here('dialect', 'takes how this issuer says that MFA was done, e.g. dialects.entra');
  }
  if (typeof userinfo !== 'boolean') throw here('userinfo', 'takes true or false');
  const settings = checkedIssuerSettings({ issuer, clientId, clientSecret, scope, timeout, fetch }, here);
  const spoken = checkedDialect(dialect);
  return Object.freeze({
    ...settings,
    name,
    label,
    dialect: spoken,
    ask: checkedAsk(ask, 'issuers: ask'),
    enableMfa: checkedAddress(enableMfa) ?? spoken.enableMfa ?? null,
    userinfo,
    redirectUri: `${origin.origin}${base}/callback/${name}`,
    conversation: new Issuer(settings),
  });
}

function checkedAddress(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const url = typeof given === 'string' ? URL.parse(given) : null;
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && url.hostname === 'localhost');
  if (!safe) throw wrong('issuers: enableMfa', 'takes an https address');
  return given;
}

function sessionTimes(given: OidcSessionOptions = {}): Config['session'] {
  if (!isOptions(given)) throw wrong('session', 'takes { idle, absolute, recheck, whenAway }');
  const { idle, absolute, recheck, whenAway = 'refuse', ...unknown } = given;
  const [other] = Object.keys(unknown);
  if (other !== undefined) throw wrong(`session: ${other}`, 'is not an option of the session');
  if (recheck !== undefined && !(Number.isInteger(recheck) && recheck >= 10)) {
    throw wrong('session: recheck', 'takes a whole number of seconds from 10 on');
  }
  if (whenAway !== 'refuse' && whenAway !== 'keep') {
    throw wrong('session: whenAway', "takes 'refuse' or 'keep'");
  }
  const times = sessionOf({
    ...(idle !== undefined && { idle }),
    ...(absolute !== undefined && { absolute }),
  });
  return Object.freeze({ ...times, recheck: recheck ?? null, whenAway });
}

function storeOf(given: SessionStore | undefined): SessionStore | null {
  if (given === undefined) return null;
  const operations = ['get', 'set', 'replace', 'delete', 'deleteWhere', 'once'] as const;
  if (operations.every((one) => typeof given?.[one] === 'function')) return given;
  throw wrong('store', `takes an object with ${operations.join(', ')}, e.g. memorySessionStore()`);
}

function deniedPageOf(given: OidcClientOptions['pages'] = {}): string | null {
  const { denied, ...unknown } = isOptions(given) ? given : { unknown: given };
  if (Object.keys(unknown).length > 0 || (denied !== undefined && !isPath(denied))) {
    throw wrong('pages', 'takes { denied }, a path of this site, e.g. /access-denied');
  }
  return denied ?? null;
}
