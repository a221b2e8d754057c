import { rankOf, standardLevels, type Policy, type Requirement } from '../assurance/index.ts';
import { wrongOption as wrong } from '../base/errors.ts';
import type { RingKey } from '../base/keys/ring.ts';
import { isList, isPath, isProduction, keysOf, originOf, portOf, sessionOf } from '../base/options.ts';
import type { Clock, Log, Mailer, Meter, Random } from '../base/ports.ts';
import { policiesOf } from '../base/policies.ts';
import type { FactorProvider } from './provider.ts';
import { extensionsOf, providersOf, wrongExtensionsOf } from './provider-options.ts';
import { Providers } from './providers.ts';
import type { Store } from './store.ts';
import { consoleLog, noMeter, systemClock, systemRandom } from '../base/system.ts';

/** What `createCofactor` takes. Checked and frozen once; a wrong option is named with what it takes. */
export interface CofactorOptions {
  /** Where users, authenticators and sessions live: `sqlite('app.db')` or `postgres(url)`. */
  readonly database: Store;
  /** The factor providers, e.g. `[password(), totp({ issuer: 'Acme' }), recoveryCodes()]`. */
  readonly factors: readonly FactorProvider[];
  /**
   * Folders of packages that bring elements for providers to the pages: `<folder>/<package>/cofactor-package.json`.
   * What stands in them is code that runs on the sign-in page. A path or a `file:` URL, or a list of them (none).
   */
  readonly extensions?: URL | string | readonly (URL | string)[];
  /**
   * What a package of `extensions` in which something is wrong does: `refuse` (the default) stops the start; `leave-out` tells
   * it in the log, and goes on without that package. Its providers keep the pages that they have without it.
   */
  readonly wrongExtensions?: 'refuse' | 'leave-out';
  /** Named policies, for guards and pages. */
  readonly policies?: Readonly<Record<string, Policy>>;
  /** Which accounts these are; several realms may share a database (`users`). */
  readonly realm?: string;
  /** What the site is called on its pages. */
  readonly name?: string;
  /**
   * The address people see, e.g. `https://app.example.com`. Never taken from a request (I-26).
   * In development `http://localhost:3000` if left out.
   */
  readonly origin?: string;
  /** Secrets that protect what is stored, newest first. Required in production. */
  readonly keys?: readonly RingKey[];
  /** `production` refuses development keys, http and memory databases (by default what NODE_ENV says). */
  readonly environment?: 'production' | 'development';
  /** Whether anybody may create an account (false). */
  readonly registration?: boolean;
  /**
   * Path of the application's own sign-in page, for applications that prove the first factor themselves
   * (`signInFromHost`). People are led there with `?return_to=`; the second factor is asked on our page.
   */
  readonly signInPage?: string;
  /** Pages of the site's own that people are led to in place of ours, e.g. `{ signIn: '/login' }`. */
  readonly pages?: SitePages;
  /** Seconds. Idle 3600 and absolute 86400 are what NIST SP 800-63B-4 2.2.3 advises for AAL2. */
  readonly session?: { readonly idle?: number; readonly absolute?: number };
  /** What every account that has reached it must keep: the last authenticator for it cannot be removed. */
  readonly minimum?: Requirement;
  /** Wrong first factors and new accounts that one network may send in a minute, over all accounts (300). */
  readonly wrongPerMinute?: number;
  /**
   * Takes mails away: `smtp(...)`, in development `mailbox()`. Without one nothing is mailed: no codes, no links for
   * forgotten passwords, no notices.
   */
  readonly mail?: Mailer;
  /** Whether people may have a browser remembered, for 30 days, as one that needs no second factor at sign-in (false). */
  readonly rememberDevices?: boolean;
  /**
   * `nist-800-63b-4` refuses what that document does not allow as a second factor: codes by e-mail (3.1.3.1).
   * `standard` is the default.
   */
  readonly profile?: 'standard' | 'nist-800-63b-4';
  /** Addresses or networks of the proxies in front, whose `X-Forwarded-For` is believed (none). */
  readonly trustedProxies?: readonly string[];
  readonly log?: Log;
  /** Where what happens is counted, for whoever watches over it (nowhere). */
  readonly meter?: Meter;
  readonly clock?: Clock;
  readonly random?: Random;
}

/**
 * Paths of pages that the site renders itself (`siteView`). Each gets `?return_to=`, a path to lead back to once it is
 * done; what is asked, and whether it was answered, is decided by the routes as ever.
 */
export interface SitePages {
  /** Where somebody signs in. Unlike `signInPage`, with the factors of this realm. */
  readonly signIn?: string;
  /** Where somebody confirms what a policy asks, which is named in `?policy=`. */
  readonly stepUp?: string;
  /** Where somebody sets a second factor up. */
  readonly security?: string;
}

/** The options as everything else sees them: whole, checked, frozen. */
export interface Config {
  readonly realm: string;
  readonly name: string;
  readonly origin: URL;
  readonly production: boolean;
  readonly registration: boolean;
  readonly signInPage: string | null;
  readonly pages: SitePages;
  readonly session: { readonly idle: number; readonly absolute: number };
  readonly minimum: Requirement | null;
  readonly keys: readonly RingKey[];
  readonly wrongPerMinute: number;
  readonly mail: Mailer | null;
  readonly rememberDevices: boolean;
  readonly trustedProxies: readonly string[];
  /** Those of `factors`; the server renews them when the issuers of its database change. */
  readonly providers: Providers;
  /** Folders, as URLs with a slash at the end. */
  readonly extensions: readonly URL[];
  readonly wrongExtensions: 'refuse' | 'leave-out';
  readonly policies: ReadonlyMap<string, Policy>;
  readonly log: Log;
  readonly meter: Meter;
  readonly clock: Clock;
  readonly random: Random;
}

const known = new Set<string>([
  'database',
  'factors',
  'extensions',
  'wrongExtensions',
  'policies',
  'realm',
  'name',
  'origin',
  'keys',
  'environment',
  'registration',
  'signInPage',
  'pages',
  'session',
  'minimum',
  'wrongPerMinute',
  'mail',
  'rememberDevices',
  'profile',
  'trustedProxies',
  'log',
  'meter',
  'clock',
  'random',
] satisfies (keyof CofactorOptions)[]);

export function checkOptions(options: CofactorOptions): Config {
  for (const name of Object.keys(options)) {
    if (!known.has(name)) throw wrong('ERR_CONFIG_UNKNOWN', `there is no option ${JSON.stringify(name)}`);
  }
  const production = isProduction(options.environment);
  if (typeof options.database?.migrate !== 'function') {
    throw wrong('ERR_CONFIG_DATABASE', "database takes a store such as sqlite('app.db') or postgres(url)");
  }
  if (production && !options.database.durable) {
    throw wrong('ERR_CONFIG_DATABASE', 'database: production needs one that outlives its process');
  }
  const realm = options.realm ?? 'users';
  if (typeof realm !== 'string' || !/^[a-z][a-z0-9-]{0,31}$/.test(realm)) {
    throw wrong('ERR_CONFIG_REALM', 'realm takes 1 to 32 lower-case letters, digits and hyphens');
  }
  const name = options.name ?? 'Cofactor';
  if (typeof name !== 'string' || name.length < 1 || name.length > 64) {
    throw wrong('ERR_CONFIG_NAME', 'name takes a text of 1 to 64 characters');
  }
  if (options.registration !== undefined && typeof options.registration !== 'boolean') {
    throw wrong('ERR_CONFIG_REGISTRATION', 'registration takes true or false');
  }
  if (options.rememberDevices !== undefined && typeof options.rememberDevices !== 'boolean') {
    throw wrong('ERR_CONFIG_REMEMBER_DEVICES', 'rememberDevices takes true or false');
  }
  const origin = originOf(options.origin, production);
  const profile = profileOf(options.profile);
  return Object.freeze({
    realm,
    name,
    origin,
    production,
    registration: options.registration ?? false,
    signInPage: signInPageOf(options.signInPage),
    pages: pagesOf(options.pages),
    session: sessionOf(options.session),
    minimum: minimumOf(options.minimum),
    keys: keysOf(options.keys, origin),
    wrongPerMinute: wrongPerMinuteOf(options.wrongPerMinute),
    trustedProxies: proxiesOf(options.trustedProxies),
    mail: mailOf(options.mail, production, origin),
    rememberDevices: options.rememberDevices ?? false,
    providers: new Providers(options.factors, (factors) => providersOf({ ...options, factors }, profile)),
    extensions: extensionsOf(options.extensions),
    wrongExtensions: wrongExtensionsOf(options.wrongExtensions),
    policies: policiesOf(options.policies),
    log: portOf('log', 'ERR_CONFIG_LOG', options.log, ['info', 'warn', 'error']) ?? consoleLog,
    meter: portOf('meter', 'ERR_CONFIG_METER', options.meter, ['count']) ?? noMeter,
    clock: portOf('clock', 'ERR_CONFIG_CLOCK', options.clock, ['now']) ?? systemClock,
    random: portOf('random', 'ERR_CONFIG_RANDOM', options.random, ['bytes']) ?? systemRandom,
  });
}

function signInPageOf(value: string | undefined): string | null {
  if (value === undefined) return null;
  if (!isPath(value)) {
    throw wrong('ERR_CONFIG_SIGN_IN_PAGE', 'signInPage takes a path of this site, e.g. /login');
  }
  return value;
}

function pagesOf(value: SitePages = {}): SitePages {
  const fits = ([name, path]: [string, unknown]): boolean =>
    ['signIn', 'stepUp', 'security'].includes(name) && isPath(path);
  if (typeof value === 'object' && value !== null && Object.entries(value).every(fits)) {
    return Object.freeze({ ...value });
  }
  throw wrong(
    'ERR_CONFIG_PAGES',
    'pages takes paths of this site as { signIn, stepUp, security }, e.g. { signIn: "/login" }',
  );
}

function minimumOf(value: Requirement | undefined): Requirement | null {
  if (value === undefined) return null;
  if (value.acr === undefined || rankOf(value.acr) === -1) {
    const ladder = standardLevels.map((level) => level.acr).join(', ');
    throw wrong('ERR_CONFIG_MINIMUM', `minimum takes { acr } with one of ${ladder}`);
  }
  return Object.freeze({ acr: value.acr });
}

function wrongPerMinuteOf(value = 300): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw wrong('ERR_CONFIG_WRONG_PER_MINUTE', 'wrongPerMinute takes a whole number from 1 on');
}

function proxiesOf(value: readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  if (!isList(value) || !value.every((entry) => typeof entry === 'string' && entry !== '')) {
    throw wrong(
      'ERR_CONFIG_TRUSTED_PROXIES',
      "trustedProxies takes addresses or networks, e.g. ['10.0.0.0/8']",
    );
  }
  return Object.freeze([...value]);
}

function mailOf(value: Mailer | undefined, production: boolean, origin: URL): Mailer | null {
  if (value === undefined) return null;
  if (typeof value?.send !== 'function') {
    throw wrong('ERR_CONFIG_MAIL', 'mail takes a mailer such as smtp({ host, from }) or mailbox()');
  }
  // Whatever the environment is called: under a real name everybody could read it.
  const open = production || !['localhost', '127.0.0.1', '[::1]'].includes(origin.hostname);
  if (open && (value as { readonly development?: unknown }).development === true) {
    throw wrong(
      'ERR_CONFIG_MAIL',
      'mail: a mailbox() is for development on localhost; elsewhere take smtp({ host, from })',
    );
  }
  return value;
}

function profileOf(value: CofactorOptions['profile'] = 'standard'): 'standard' | 'nist-800-63b-4' {
  if (value === 'standard' || value === 'nist-800-63b-4') return value;
  throw wrong('ERR_CONFIG_PROFILE', "profile takes 'standard' or 'nist-800-63b-4'");
}
