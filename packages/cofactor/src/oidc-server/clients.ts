import type { ClientMetadata } from 'oidc-provider';
import { rankOf, standardLevels } from '../assurance/index.ts';
import { wrongOption } from '../base/errors.ts';
import type { ClientTerms } from './asked.ts';
import { ownScopes } from './scopes.ts';

/**
 * An application that signs its users in here. Clients stand in the configuration, or in the database
 * (`server.clients.put`), and are checked alike.
 */
export interface OidcClient {
  /** `client_id`. */
  readonly id: string;
  /** What people know it as; pages say "to go on to ...". */
  readonly name: string;
  /** Exact addresses; nothing in them matches anything else (RFC 9700, 2.1). */
  readonly redirectUris: readonly string[];
  /** At least 32 characters. Left out for an application that cannot keep one (PKCE protects it), or that has `jwks`. */
  readonly secret?: string;
  /** Public keys of a client that proves itself by `private_key_jwt`. */
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  readonly postLogoutRedirectUris?: readonly string[];
  /** Where it is told that somebody signed out (OpenID Connect Back-Channel Logout). */
  readonly backchannelLogoutUri?: string;
  /** Of the same house as this server: nobody is asked for consent (false). */
  readonly firstParty?: boolean;
  /** The lowest level it takes, whatever its requests say: no token is ever below it. */
  readonly minimumAcr?: string;
  /** Seconds. The oldest sign-in it takes, whatever its requests say. */
  readonly maxAge?: number;
  /** What it may ask for (`openid profile email roles offline_access` and the scopes of `resources`). */
  readonly scopes?: readonly string[];
  /** Whether it may sign in devices without a browser (RFC 8628; false). */
  readonly deviceFlow?: boolean;
  /** Whether it may get tokens for itself, without anybody signing in (false). Needs `secret` or `jwks`. */
  readonly serviceAccount?: boolean;
  /** Whether it may use `code id_token`, which hands an id_token through the browser (false). */
  readonly hybrid?: boolean;
  /** Whether it may ask about every token (RFC 7662), as resource servers do (false: its own). Needs `secret` or `jwks`. */
  readonly introspection?: boolean;
  /** Whether its requests have to be pushed (RFC 9126), so that nobody can change them on the way (false). */
  readonly requirePushedRequests?: boolean;
  /** Whether its tokens have to be bound to a key of its own (RFC 9449; false). */
  readonly requireDpop?: boolean;
  /** What its id_tokens are signed with (the first one of `algorithms`, which is `ES256`). */
  readonly idTokenAlgorithm?: SigningAlgorithm;
}

export type SigningAlgorithm = 'ES256' | 'EdDSA' | 'RS256';
export const signingAlgorithms: readonly SigningAlgorithm[] = ['ES256', 'EdDSA', 'RS256'];

type Kind = 'string' | 'object' | 'list' | 'boolean' | 'number';
const words: Readonly<Record<Kind, string>> = {
  string: 'a string',
  object: 'an object',
  list: 'a list of strings',
  boolean: 'true or false',
  number: 'a number',
};

const optional: Readonly<Record<Exclude<keyof OidcClient, 'id' | 'name' | 'redirectUris'>, Kind>> = {
  secret: 'string',
  jwks: 'object',
  postLogoutRedirectUris: 'list',
  backchannelLogoutUri: 'string',
  firstParty: 'boolean',
  minimumAcr: 'string',
  maxAge: 'number',
  scopes: 'list',
  deviceFlow: 'boolean',
  serviceAccount: 'boolean',
  hybrid: 'boolean',
  introspection: 'boolean',
  requirePushedRequests: 'boolean',
  requireDpop: 'boolean',
  idTokenAlgorithm: 'string',
};

const code = 'ERR_CONFIG_OIDC_CLIENT';

export function isClientId(id: string): boolean {
  return /^[A-Za-z0-9._~:/-]{1,128}$/.test(id);
}

/**
 * Checks a client, and freezes it.
 *
 * @throws {CofactorError} `ERR_CONFIG_OIDC_CLIENT`, naming the client and what it takes.
 */
export function checkClient(
  client: OidcClient,
  { production, scopes }: { readonly production: boolean; readonly scopes: readonly string[] },
): OidcClient {
  const wrong = (what: string): Error => wrongOption(code, `client ${JSON.stringify(client?.id)}: ${what}`);
  if (typeof client?.id !== 'string' || !isClientId(client.id)) {
    throw wrong('id takes 1 to 128 letters, digits and . _ ~ : / -');
  }
  for (const [name, value] of Object.entries(client)) {
    if (name === 'id' || name === 'name' || name === 'redirectUris') continue;
    const type = Object.hasOwn(optional, name) ? optional[name as keyof typeof optional] : undefined;
    if (type === undefined) throw wrong(`there is no member ${JSON.stringify(name)}`);
    const fits =
      value === undefined ||
      (type === 'list'
        ? Array.isArray(value) && value.every((one) => typeof one === 'string')
        : typeof value === type && value !== null);
    if (!fits) throw wrong(`${name} takes ${words[type]}`);
  }
  if (typeof client.name !== 'string' || client.name.length < 1 || client.name.length > 64) {
    throw wrong('name takes a text of 1 to 64 characters');
  }
  const { redirectUris } = client;
  const hasRedirects = Array.isArray(redirectUris) && redirectUris.every((uri) => typeof uri === 'string');
  const needsRedirects = ![client.deviceFlow, client.serviceAccount, client.introspection].includes(true);
  if (!hasRedirects || (needsRedirects && redirectUris.length === 0)) {
    throw wrong('redirectUris takes a list of addresses, e.g. https://app.example.com/callback');
  }
  for (const uri of [...redirectUris, ...(client.postLogoutRedirectUris ?? [])]) {
    if (!isAddress(uri, production)) {
      throw wrong(
        `${uri} is no address to lead back to: https (http for localhost under development), no fragment, no wildcard`,
      );
    }
  }
  if (client.backchannelLogoutUri !== undefined && !isAddress(client.backchannelLogoutUri, production)) {
    throw wrong('backchannelLogoutUri takes an https address');
  }
  if (client.secret !== undefined && (client.secret.length < 32 || !/^[\x21-\x7e]+$/.test(client.secret))) {
    throw wrong('secret takes at least 32 printable characters, e.g. of openssl rand -base64 32');
  }
  if (client.secret !== undefined && client.jwks !== undefined) throw wrong('it has both secret and jwks');
  if (client.jwks !== undefined && !isKeySet(client.jwks)) {
    throw wrong(
      'jwks takes public keys as { keys: [{ kty, ... }] }: EC, OKP or RSA, nothing private in them',
    );
  }
  const isConfidential = client.secret !== undefined || client.jwks !== undefined;
  for (const what of ['serviceAccount', 'introspection'] as const) {
    if (client[what] === true && !isConfidential) throw wrong(`${what} needs secret or jwks`);
  }
  if (client.hybrid === true && redirectUris.length === 0) throw wrong('hybrid needs redirectUris');
  if (client.minimumAcr !== undefined && rankOf(client.minimumAcr) < 0) {
    throw wrong(`minimumAcr takes one of ${standardLevels.map(({ acr }) => acr).join(', ')}`);
  }
  if (client.maxAge !== undefined && !(Number.isSafeInteger(client.maxAge) && client.maxAge >= 0)) {
    throw wrong('maxAge takes a whole number of seconds');
  }
  if (client.scopes?.length === 0) throw wrong('scopes takes at least one');
  for (const scope of client.scopes ?? []) {
    if (!scopes.includes(scope)) throw wrong(`scopes: there is no ${JSON.stringify(scope)}`);
  }
  const algorithm = client.idTokenAlgorithm;
  if (algorithm !== undefined && !signingAlgorithms.includes(algorithm)) {
    throw wrong(`idTokenAlgorithm takes one of ${signingAlgorithms.join(', ')}`);
  }
  return frozen(client);
}

/** A copy that nobody changes, lists included. */
function frozen(client: OidcClient): OidcClient {
  const members = Object.entries(structuredClone(client) as object).map(
    ([name, value]: [string, unknown]) => [name, Object.freeze(value)],
  );
  return Object.freeze(Object.fromEntries(members) as OidcClient);
}

/** What a key of each type has to have. */
const publicMembers: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'x', 'y'],
  OKP: ['crv', 'x'],
  RSA: ['n', 'e'],
};

/** Whether all of them are public keys: one that verifies, and none that signs. */
function isKeySet({ keys }: NonNullable<OidcClient['jwks']>): boolean {
  return Array.isArray(keys) && keys.length > 0 && keys.every(isPublicKey);
}

function isPublicKey(key: unknown): boolean {
  if (typeof key !== 'object' || key === null) return false;
  const members = key as Readonly<Record<string, unknown>>;
  const { kty } = members;
  const needed =
    typeof kty === 'string' && Object.hasOwn(publicMembers, kty) ? publicMembers[kty] : undefined;
  const isWhole = needed?.every((name) => typeof members[name] === 'string' && members[name] !== '') ?? false;
  const isNamed = ['alg', 'kid', 'use'].every(
    (name) => members[name] === undefined || (typeof members[name] === 'string' && members[name] !== ''),
  );
  return (
    isWhole && isNamed && ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'].every((name) => !(name in members))
  );
}

function isAddress(uri: string, production: boolean): boolean {
  const url = URL.parse(uri);
  // As written: what the URL standard would spell differently is compared as text, so it has to be in that spelling.
  if (!url || /[*\s\\]/.test(uri) || url.hash !== '' || uri.includes('#') || url.username || url.password) {
    return false;
  }
  if (url.protocol === 'https:') return true;
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return url.protocol === 'http:' && local && !production;
}

/** The members of ours that ride along in the metadata of oidc-provider. */
export const extraMetadata = [
  'minimum_acr',
  'oldest_sign_in',
  'first_party',
  'may_introspect',
  'resource_scopes',
] as const;

/** As oidc-provider knows a client (RFC 7591). */
export function metadataOf(client: OidcClient): ClientMetadata {
  const scopes = client.scopes ?? ['openid', 'profile', 'email', 'offline_access'];
  const grants = [
    ...(client.redirectUris.length > 0 ? ['authorization_code'] : []),
    ...(scopes.includes('offline_access') ? ['refresh_token'] : []),
    ...(client.deviceFlow === true ? ['urn:ietf:params:oauth:grant-type:device_code'] : []),
    ...(client.serviceAccount === true ? ['client_credentials'] : []),
    // What RFC 7591 asks of a client whose answers carry an id_token.
    ...(client.hybrid === true ? ['implicit'] : []),
  ];
  const codes = client.redirectUris.length > 0 ? ['code'] : [];
  return {
    client_id: client.id,
    client_name: client.name,
    ...(client.secret !== undefined && { client_secret: client.secret }),
    ...(client.jwks !== undefined && { jwks: { keys: [...client.jwks.keys] } }),
    token_endpoint_auth_method:
      client.secret !== undefined ? 'client_secret_basic' : client.jwks ? 'private_key_jwt' : 'none',
    redirect_uris: [...client.redirectUris],
    post_logout_redirect_uris: [...(client.postLogoutRedirectUris ?? [])],
    response_types: (client.hybrid === true ? [...codes, 'code id_token'] : codes) as (
      'code' | 'code id_token'
    )[],
    grant_types: grants,
    // Never empty: who is held to no scope may ask for all of them.
    scope: scopes.filter((scope) => ownScopes.includes(scope)).join(' ') || 'openid',
    // Those of APIs mean something together with a `resource` only.
    resource_scopes: scopes.filter((scope) => !ownScopes.includes(scope)),
    ...(client.idTokenAlgorithm !== undefined && { id_token_signed_response_alg: client.idTokenAlgorithm }),
    ...(client.backchannelLogoutUri !== undefined && {
      backchannel_logout_uri: client.backchannelLogoutUri,
      backchannel_logout_session_required: true,
    }),
    ...(client.requirePushedRequests === true && { require_pushed_authorization_requests: true }),
    ...(client.requireDpop === true && { dpop_bound_access_tokens: true }),
    minimum_acr: client.minimumAcr ?? null,
    oldest_sign_in: client.maxAge ?? null,
    first_party: client.firstParty === true,
    may_introspect: client.introspection === true,
  };
}

/** What a client takes, out of what oidc-provider knows of it. */
export function termsOf(client: object): ClientTerms {
  const { minimum_acr: minimumAcr, oldest_sign_in: maxAge } = client as {
    readonly minimum_acr?: unknown;
    readonly oldest_sign_in?: unknown;
  };
  return {
    minimumAcr: typeof minimumAcr === 'string' ? minimumAcr : null,
    maxAge: typeof maxAge === 'number' ? maxAge : null,
  };
}

/** The scopes of APIs that a client may ask for. */
export function resourceScopesOf(client: object): readonly string[] {
  const { resource_scopes: scopes } = client as { readonly resource_scopes?: readonly string[] };
  return scopes ?? [];
}
