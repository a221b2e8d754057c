import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import type { OidcClient } from 'cofactor/oidc-server';
import type { Person } from './app.ts';
import { goTo, type LiveOidc } from './oidc-live.ts';

const all = ['openid', 'profile', 'email', 'roles', 'offline_access', 'orders:read'];

/** Clients of every sort that there is. Their addresses are elsewhere: a browser that gets there has arrived. */
export const liveClients = {
  web: registered('web', {
    secret: 'web-secret-of-at-least-32-characters!',
    scopes: all,
    firstParty: true,
    postLogoutRedirectUris: ['https://web.example/bye'],
  }),
  spa: registered('spa', { firstParty: true, scopes: all }),
  partner: registered('partner', { secret: 'partner-secret-of-at-least-32-characters', scopes: all }),
  bank: registered('bank', {
    secret: 'bank-secret-of-at-least-32-characters',
    firstParty: true,
    minimumAcr: 'mfa',
    maxAge: 300,
  }),
  pushed: registered('pushed', {
    secret: 'pushed-secret-of-at-least-32-characters',
    firstParty: true,
    requirePushedRequests: true,
  }),
  bound: registered('bound', { firstParty: true, scopes: all, requireDpop: true }),
  hybrid: registered('hybrid', {
    // On a developer's machine.
    redirectUris: ['http://localhost:5173/callback'],
    secret: 'hybrid-secret-of-at-least-32-characters',
    firstParty: true,
    hybrid: true,
  }),
  tv: registered('tv', {
    redirectUris: [],
    deviceFlow: true,
    firstParty: true,
    scopes: all,
    minimumAcr: 'mfa',
  }),
  radio: registered('radio', { redirectUris: [], deviceFlow: true, firstParty: true }),
  job: registered('job', {
    redirectUris: [],
    secret: 'job-secret-of-at-least-32-characters!',
    serviceAccount: true,
    scopes: ['orders:read'],
  }),
  api: registered('api', {
    redirectUris: [],
    secret: 'api-secret-of-at-least-32-characters!',
    introspection: true,
  }),
} satisfies Readonly<Record<string, OidcClient>>;

function registered<Members extends Partial<OidcClient>>(
  id: string,
  members: Members,
): { id: string; name: string; redirectUris: readonly string[] } & Members {
  const name = id[0]?.toUpperCase() + id.slice(1);
  return { id, name, redirectUris: [`https://${id}.example/callback`], ...members };
}

// oxlint-disable-next-line typescript/no-deprecated -- localhost has no certificate
const overHttp = client.allowInsecureRequests;
/** The same for oauth4webapi, which takes it with each call. */
// oxlint-disable-next-line typescript/no-deprecated -- as above
export const plain = { [oauth.allowInsecureRequests]: true } as const;

/** A client as its developer makes it: what it knows of the server it reads from the server. */
export async function connect(
  { issuer }: Pick<LiveOidc, 'issuer'>,
  { id, secret, idTokenAlgorithm }: OidcClient,
  options: {
    readonly proof?: client.ClientAuth;
    readonly metadata?: Partial<client.ClientMetadata>;
    readonly algorithm?: 'oidc' | 'oauth2';
  } = {},
): Promise<client.Configuration> {
  const metadata = {
    ...(idTokenAlgorithm !== undefined && { id_token_signed_response_alg: idTokenAlgorithm }),
    ...options.metadata,
  };
  const proof = options.proof ?? (secret === undefined ? client.None() : client.ClientSecretBasic(secret));
  return client.discovery(new URL(issuer), id, metadata, proof, {
    algorithm: options.algorithm ?? 'oidc',
    // Signatures are verified beside what is checked anyway.
    execute: [overHttp, client.enableNonRepudiationChecks],
  });
}

/** An authorization request on its way, and what its answer is checked against. */
export interface Begun {
  readonly url: URL;
  readonly checks: client.AuthorizationCodeGrantChecks;
}

export interface HowToBegin {
  readonly pushed?: boolean;
  readonly DPoP?: client.DPoPHandle;
}

/** An authorization request with everything that protects it. */
export async function begin(
  config: client.Configuration,
  { redirectUris }: OidcClient,
  parameters: Readonly<Record<string, string>> = {},
  { pushed = false, ...more }: HowToBegin = {},
): Promise<Begun> {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState();
  const expectedNonce = client.randomNonce();
  const all = {
    redirect_uri: redirectUris[0] ?? '',
    scope: 'openid',
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...parameters,
  };
  const url = pushed
    ? await client.buildAuthorizationUrlWithPAR(config, all, more)
    : client.buildAuthorizationUrl(config, all);
  return { url, checks: { pkceCodeVerifier, expectedState, expectedNonce } };
}

export type Tokens = Awaited<ReturnType<typeof client.authorizationCodeGrant>>;

/** The whole flow, from the client to the server and back; with the pages on which the person was asked for something. */
export async function signInAt(
  test: LiveOidc,
  person: Person,
  config: client.Configuration,
  registered: OidcClient,
  parameters: Readonly<Record<string, string>> = {},
  options: HowToBegin & { readonly checks?: client.AuthorizationCodeGrantChecks } = {},
): Promise<Tokens & { readonly asked: readonly string[] }> {
  const { checks: more, ...how } = options;
  const { url, checks } = await begin(config, registered, parameters, how);
  const { callback, asked } = await goTo(test, person, url);
  const tokens = await client.authorizationCodeGrant(config, callback, { ...checks, ...more }, {}, how);
  return Object.assign(tokens, { asked });
}
