import type { Requirement } from '../assurance/index.ts';
import type { Cofactor } from '../core/cofactor.ts';
import { wrongOption } from '../base/errors.ts';
import type { UserRecord } from '../core/store.ts';
import { ownScopes } from './scopes.ts';
import { checkClient, signingAlgorithms, type OidcClient, type SigningAlgorithm } from './clients.ts';

/** What `createOidcServer` takes. Checked and frozen once; a wrong option is named with what it takes. */
export interface OidcServerOptions {
  /** The applications that sign in here, as far as they are known from the start (none). */
  readonly clients?: readonly OidcClient[];
  /** Path below which its endpoints are; the issuer is the origin with this path (`/oidc`). */
  readonly base?: string;
  /** Path of the sign-in pages, where the adapter of Cofactor was given another (`/auth`). */
  readonly authBase?: string;
  /** APIs for which clients get JWT access tokens (RFC 9068), by the address a client names as `resource` (RFC 8707). */
  readonly resources?: Readonly<Record<string, OidcResource>>;
  /** What id_tokens may be signed with; keys are made for each (`['ES256']`). The first one signs access tokens. */
  readonly algorithms?: readonly SigningAlgorithm[];
  /** Whether there is `code id_token` for clients that have it switched on (where one of `clients` has). */
  readonly hybrid?: boolean;
  /**
   * Whether clients of the database may be told of sign-outs at addresses of this machine and of private networks (not in
   * production): whoever may write them there would have this server knock inside (SSRF). Clients of `clients` always may.
   */
  readonly privateNetworks?: boolean;
  /**
   * What is asked of a person besides what their client does, e.g. `mfa` of administrators. What it throws refuses the
   * request.
   */
  readonly enforce?: (who: {
    readonly user: UserRecord;
    readonly client: string;
  }) => Requirement | null | Promise<Requirement | null>;
  /** Seconds. `code` 60, `accessToken` 3600, `refreshToken` 14 days, `deviceCode` 600, `interaction` 1800. */
  readonly lifetimes?: Partial<Lifetimes>;
}

export interface OidcResource {
  /** Scopes that mean something at this API. */
  readonly scopes: readonly string[];
  /** Seconds that its access tokens live (300: they cannot be taken back). */
  readonly accessTokenLifetime?: number;
}

export interface Lifetimes {
  readonly code: number;
  readonly accessToken: number;
  readonly refreshToken: number;
  readonly deviceCode: number;
  readonly interaction: number;
}

/** The options as everything else sees them. */
export interface OidcConfig {
  readonly issuer: string;
  readonly base: string;
  readonly authBase: string;
  readonly clients: readonly OidcClient[];
  readonly resources: ReadonlyMap<string, Required<OidcResource>>;
  readonly algorithms: readonly SigningAlgorithm[];
  readonly hybrid: boolean;
  readonly privateNetworks: boolean;
  readonly enforce: OidcServerOptions['enforce'] | null;
  readonly lifetimes: Lifetimes;
  readonly scopes: readonly string[];
}

const known = new Set<string>([
  'clients',
  'base',
  'authBase',
  'resources',
  'algorithms',
  'hybrid',
  'privateNetworks',
  'enforce',
  'lifetimes',
] satisfies (keyof OidcServerOptions)[]);

export function checkOidcOptions(auth: Cofactor, options: OidcServerOptions): OidcConfig {
  const { origin, production } = auth.engine.config;
  for (const name of Object.keys(options)) {
    if (!known.has(name))
      throw wrongOption('ERR_CONFIG_UNKNOWN', `there is no option ${JSON.stringify(name)}`);
  }
  const base = pathOf('base', options.base ?? '/oidc');
  const authBase = pathOf('authBase', options.authBase ?? '/auth');
  if (base === authBase || base.startsWith(`${authBase}/`) || authBase.startsWith(`${base}/`)) {
    throw wrongOption('ERR_CONFIG_BASE', `base: the sign-in pages live at ${authBase} already`);
  }
  const resources = resourcesOf(options.resources);
  const scopes = [...new Set([...ownScopes, ...[...resources.values()].flatMap((one) => one.scopes)])];
  const algorithms = algorithmsOf(options.algorithms);
  if (options.clients !== undefined && !isList(options.clients)) {
    throw wrongOption('ERR_CONFIG_OIDC_CLIENT', 'clients takes a list');
  }
  const clients = (options.clients ?? []).map((client) => checkClient(client, { production, scopes }));
  for (const [index, { id, idTokenAlgorithm, hybrid }] of clients.entries()) {
    if (clients.findIndex((other) => other.id === id) !== index) {
      throw wrongOption('ERR_CONFIG_OIDC_CLIENT', `client ${JSON.stringify(id)} stands twice`);
    }
    if (hybrid === true && options.hybrid === false) {
      throw wrongOption(
        'ERR_CONFIG_OIDC_CLIENT',
        `client ${JSON.stringify(id)}: hybrid is switched off for this server`,
      );
    }
    if (idTokenAlgorithm !== undefined && !algorithms.includes(idTokenAlgorithm)) {
      throw wrongOption(
        'ERR_CONFIG_OIDC_CLIENT',
        `client ${JSON.stringify(id)}: idTokenAlgorithm ${idTokenAlgorithm} is not among algorithms`,
      );
    }
  }
  for (const flag of ['hybrid', 'privateNetworks'] as const) {
    if (options[flag] !== undefined && typeof options[flag] !== 'boolean')
      throw wrongOption('ERR_CONFIG_OIDC', `${flag} takes true or false`);
  }
  if (options.enforce !== undefined && typeof options.enforce !== 'function') {
    throw wrongOption('ERR_CONFIG_OIDC', 'enforce takes a function');
  }
  return Object.freeze({
    issuer: `${origin.origin}${base}`,
    base,
    authBase,
    clients,
    resources,
    algorithms,
    hybrid: options.hybrid ?? clients.some((client) => client.hybrid === true),
    privateNetworks: options.privateNetworks ?? !production,
    enforce: options.enforce ?? null,
    lifetimes: lifetimesOf(options.lifetimes),
    scopes,
  });
}

function pathOf(name: string, value: string): string {
  if (typeof value === 'string' && /^(\/[a-z0-9-]+)+$/.test(value)) return value;
  throw wrongOption('ERR_CONFIG_BASE', `${name} takes a path without a slash at its end, e.g. /oidc`);
}

function algorithmsOf(value: OidcServerOptions['algorithms'] = ['ES256']): readonly SigningAlgorithm[] {
  const isRight = isList(value) && value.length > 0 && value.every((one) => signingAlgorithms.includes(one));
  if (isRight && new Set(value).size === value.length) return Object.freeze([...value]);
  throw wrongOption(
    'ERR_CONFIG_OIDC',
    `algorithms takes a list of ${signingAlgorithms.join(', ')}, each once`,
  );
}

function resourcesOf(
  value: OidcServerOptions['resources'] = {},
): ReadonlyMap<string, Required<OidcResource>> {
  if (!isObject(value))
    throw wrongOption('ERR_CONFIG_OIDC', 'resources takes an object, by the address of each API');
  const entries = Object.entries(value).map(([address, resource]) => {
    const { scopes, accessTokenLifetime = 300, ...unknown } = isObject(resource) ? resource : { scopes: [] };
    const [misspelt] = Object.keys(unknown);
    if (!isObject(resource) || misspelt !== undefined) {
      throw wrongOption(
        'ERR_CONFIG_OIDC',
        `resources: ${address} takes { scopes, accessTokenLifetime }, not ${JSON.stringify(misspelt ?? resource)}`,
      );
    }
    const url = URL.parse(address);
    const areScopes =
      isList(scopes) &&
      scopes.every((one) => typeof one === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/.test(one));
    if (!url || url.hash !== '' || !areScopes || scopes.some((one) => ownScopes.includes(one))) {
      throw wrongOption(
        'ERR_CONFIG_OIDC',
        `resources takes addresses without a fragment, each with { scopes } of its own: ${address}`,
      );
    }
    if (!isSeconds(accessTokenLifetime, 86_400)) {
      throw wrongOption('ERR_CONFIG_OIDC', 'resources: accessTokenLifetime takes 1 to 86400 seconds');
    }
    return [address, { scopes: Object.freeze([...scopes]), accessTokenLifetime }] as const;
  });
  return new Map(entries);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An array, without forgetting of what. */
function isList<T>(value: readonly T[]): boolean {
  return Array.isArray(value);
}

const defaults: Lifetimes = {
  code: 60,
  accessToken: 3600,
  refreshToken: 14 * 86_400,
  deviceCode: 600,
  interaction: 1800,
};

function lifetimesOf(value: Partial<Lifetimes> = {}): Lifetimes {
  if (!isObject(value)) throw wrongOption('ERR_CONFIG_OIDC', 'lifetimes takes an object of seconds');
  for (const [name, seconds] of Object.entries(value)) {
    if (!Object.hasOwn(defaults, name) || !isSeconds(seconds, 365 * 86_400)) {
      throw wrongOption(
        'ERR_CONFIG_OIDC',
        `lifetimes takes seconds as { ${Object.keys(defaults).join(', ')} }, not ${name}`,
      );
    }
  }
  return Object.freeze({ ...defaults, ...value });
}

function isSeconds(value: unknown, most: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= most;
}
