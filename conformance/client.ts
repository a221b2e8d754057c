import * as oauth from 'oauth4webapi';
import { UsageError, type ClientConfig, type Config } from './config.ts';

/** What an authorization request asks, beyond what each one says. */
export interface Ask {
  readonly acrValues?: string;
  readonly claims?: unknown;
  readonly maxAge?: number;
  readonly prompt?: string;
  readonly scope?: string;
  /** Parameters as they are; a name may come twice, and `null` takes one away. */
  readonly raw?: readonly (readonly [string, string | null])[];
}

/** A request as it was sent, with what its answer is held against. */
export interface Sent {
  readonly url: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** What the token endpoint gave, checked as OpenID Connect Core 3.1.3.7 says. */
export interface Tokens {
  readonly claims: oauth.IDToken;
  readonly accessToken: string;
  readonly refreshToken: string | null;
}

/** A claim of an essential `acr`, as the `claims` parameter carries it (Core 5.5.1.1). */
export function essentialAcr(value: string): object {
  return { id_token: { acr: { essential: true, value } } };
}

/** Finds an issuer. Whatever goes wrong here is nobody's fault in a module: there is nothing to check. */
export async function discover(config: Config): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(config.issuer);
  try {
    const response = await oauth.discoveryRequest(issuer, { ...options(config), algorithm: 'oidc' });
    return await oauth.processDiscoveryResponse(issuer, response);
  } catch (error) {
    throw new UsageError(`${config.issuer} is not to be reached as an issuer: ${reasonOf(error)}`);
  }
}

/** One client of the issuer, on npm `oauth4webapi`: nothing of what it checks is ours. */
export class RelyingParty {
  readonly server: oauth.AuthorizationServer;
  readonly redirectUri: string;
  readonly #config: Config;
  readonly #client: oauth.Client;
  readonly #authentication: oauth.ClientAuth;

  constructor(config: Config, server: oauth.AuthorizationServer, client: ClientConfig) {
    this.server = server;
    this.redirectUri = client.redirectUri;
    this.#config = config;
    this.#client = { client_id: client.id };
    this.#authentication =
      client.secret === undefined
        ? oauth.None()
        : client.authentication === 'post'
          ? oauth.ClientSecretPost(client.secret)
          : oauth.ClientSecretBasic(client.secret);
  }

  async request(ask: Ask = {}): Promise<Sent> {
    const { authorization_endpoint: endpoint } = this.server;
    if (endpoint === undefined) throw new UsageError('the issuer has no authorization endpoint');
    const state = oauth.generateRandomState();
    const nonce = oauth.generateRandomNonce();
    const verifier = oauth.generateRandomCodeVerifier();
    const url = new URL(endpoint);
    const parameters: Record<string, string | undefined> = {
      response_type: 'code',
      client_id: this.#client.client_id,
      redirect_uri: this.redirectUri,
      scope: ask.scope ?? this.#config.scope,
      state,
      nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...this.#config.parameters,
      acr_values: ask.acrValues,
      claims: ask.claims === undefined ? undefined : JSON.stringify(ask.claims),
      max_age: ask.maxAge?.toString(),
      prompt: ask.prompt,
    };
    for (const [name, value] of Object.entries(parameters)) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    for (const [name, value] of ask.raw ?? []) {
      if (value === null) url.searchParams.delete(name);
      else url.searchParams.append(name, value);
    }
    return { url: url.href, state, nonce, verifier };
  }

  /** Turns a code into tokens. Throws where the answer, or the token, is not as the standard says. */
  async redeem(sent: Sent, callback: URL, resource?: string): Promise<Tokens> {
    const { state, nonce, verifier } = sent;
    const parameters = oauth.validateAuthResponse(this.server, this.#client, callback, state);
    const response = await oauth.authorizationCodeGrantRequest(
      this.server,
      this.#client,
      this.#authentication,
      parameters,
      this.redirectUri,
      verifier,
      { ...options(this.#config), ...(resource !== undefined && { additionalParameters: { resource } }) },
    );
    const tokens = await oauth.processAuthorizationCodeResponse(this.server, this.#client, response, {
      expectedNonce: nonce,
      requireIdToken: true,
    });
    await oauth.validateApplicationLevelSignature(this.server, response, options(this.#config));
    return tokensOf(tokens);
  }

  /** `null` where the answer has no id_token, which Core 12.2 allows. */
  async refresh(refreshToken: string): Promise<Tokens | null> {
    const response = await oauth.refreshTokenGrantRequest(
      this.server,
      this.#client,
      this.#authentication,
      refreshToken,
      options(this.#config),
    );
    const tokens = await oauth.processRefreshTokenResponse(this.server, this.#client, response);
    return oauth.getValidatedIdTokenClaims(tokens) ? tokensOf(tokens) : null;
  }

  async userInfo({ accessToken, claims }: Tokens): Promise<Readonly<Record<string, unknown>>> {
    const response = await oauth.userInfoRequest(
      this.server,
      this.#client,
      accessToken,
      options(this.#config),
    );
    return oauth.processUserInfoResponse(this.server, this.#client, claims.sub, response);
  }

  async introspect({ accessToken }: Tokens): Promise<Readonly<Record<string, unknown>>> {
    const response = await oauth.introspectionRequest(
      this.server,
      this.#client,
      this.#authentication,
      accessToken,
      options(this.#config),
    );
    return oauth.processIntrospectionResponse(this.server, this.#client, response);
  }

  /** The claims of a JWT access token, as a resource server reads them (RFC 9068). */
  async readAccessToken(
    { accessToken }: Tokens,
    resource: string,
  ): Promise<Readonly<Record<string, unknown>>> {
    const request = new Request(resource, { headers: { authorization: `Bearer ${accessToken}` } });
    return oauth.validateJwtAccessToken(this.server, request, resource, options(this.#config));
  }
}

function tokensOf(tokens: oauth.TokenEndpointResponse): Tokens {
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  if (!claims) throw new Error('the token response has no id_token');
  return { claims, accessToken: tokens.access_token, refreshToken: tokens.refresh_token ?? null };
}

/** What went wrong with a request, in one line. */
export function reasonOf(error: unknown): string {
  if (error instanceof oauth.ResponseBodyError) {
    return [error.error, error.error_description].filter(Boolean).join(': ');
  }
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const inner = cause instanceof Error ? cause.message : '';
  return inner ? `${error.message} (${inner})` : error.message;
}

function options({ issuer, timeout }: Config) {
  return {
    // Only what is asked to be checked over http is: an issuer on this machine.
    // oxlint-disable-next-line typescript/no-deprecated -- marked so for being dangerous, not for going away
    [oauth.allowInsecureRequests]: new URL(issuer).protocol === 'http:',
    signal: (): AbortSignal => AbortSignal.timeout(timeout * 1000),
  };
}
