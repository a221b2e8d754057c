import type { ClientAuth, Configuration, IDToken, ServerMetadata } from 'openid-client';
import { asking, IssuerFault } from './faults.ts';
import { client } from './library.ts';
import type { IssuerSettings } from './settings.ts';

/** What an issuer says of somebody. Its own words, checked in form and signature only. */
export type Claims = Readonly<Record<string, unknown>> & { readonly sub: string };

/** What is asked with an authorization request (OpenID Connect Core 3.1.2.1). */
export interface AuthorizationRequest {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  /** RFC 7636: the SHA-256 of the verifier. */
  readonly codeChallenge: string;
  readonly acrValues?: string | undefined;
  readonly maxAge?: number | undefined;
  readonly prompt?: string | undefined;
  readonly loginHint?: string | undefined;
  readonly language?: string | undefined;
  /** Core 5.5. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
  /** RFC 8707: what the access token is for. */
  readonly resource?: string | undefined;
  /** Hands the request to the issuer directly, where it takes it that way (RFC 9126). */
  readonly pushed?: boolean;
}

/** What came back, and what it has to fit. */
export interface AuthorizationResponse {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly response: {
    readonly state: string;
    readonly code: string;
    readonly iss?: string | undefined;
  };
  readonly resource?: string | undefined;
}

/** What an issuer gave out for a code, or for a refresh token. */
export interface Tokens {
  readonly accessToken: string;
  /** When the access token ends, in milliseconds; `null` where the issuer does not say. */
  readonly until: number | null;
  readonly refreshToken: string | null;
}

/** Somebody whom the issuer has signed in just now. */
export interface SignedIn {
  readonly claims: Claims;
  /** The id_token as it came: a hint at sign-out. */
  readonly idToken: string;
  readonly tokens: Tokens;
  /** What it says besides, where it was not said in the id_token. */
  profile(): Promise<Readonly<Record<string, unknown>>>;
}

/** How long a discovery document is believed, and by how much clocks may differ, in milliseconds. */
const documentLifeMs = 24 * 3_600_000;
const toleranceMs = 60_000;

/** One issuer: its addresses and keys, and the conversation with it. Everything here throws `IssuerFault`. */
export class Issuer {
  readonly #settings: IssuerSettings;
  #configuration: { readonly loading: Promise<Configuration>; readonly since: Date } | null = null;

  constructor(settings: IssuerSettings) {
    this.#settings = settings;
  }

  /** Where to send somebody. */
  async authorizationUrl(request: AuthorizationRequest, now: Date): Promise<string> {
    const configuration = await this.#discovered(now);
    const { buildAuthorizationUrl, buildAuthorizationUrlWithPAR } = await client();
    const metadata = configuration.serverMetadata();
    const parameters = {
      scope: this.#settings.scope,
      redirect_uri: request.redirectUri,
      state: request.state,
      nonce: request.nonce,
      code_challenge: request.codeChallenge,
      code_challenge_method: 'S256',
      ...given({
        acr_values: request.acrValues,
        max_age: request.maxAge,
        prompt: request.prompt,
        login_hint: request.loginHint,
        ui_locales: request.language,
        resource: request.resource,
        claims: claimsParameter(request.claims, metadata),
      }),
    };
    const push =
      metadata.pushed_authorization_request_endpoint !== undefined &&
      (request.pushed === true || metadata.require_pushed_authorization_requests === true);
    if (!push) return buildAuthorizationUrl(configuration, parameters).href;
    const url = await asking('the pushed authorization request endpoint', () =>
      buildAuthorizationUrlWithPAR(configuration, parameters),
    );
    return url.href;
  }

  /** Whether a response may be this issuer's: it says so, or does not say that it always does (RFC 9207, 2.4). */
  async isFromHere(iss: string | undefined, now: Date): Promise<boolean> {
    const { issuer, authorization_response_iss_parameter_supported: says = false } = (
      await this.#discovered(now)
    ).serverMetadata();
    return iss === undefined ? !says : iss === issuer;
  }

  /**
   * Exchanges the code for the id_token, and checks it: signature, issuer, audience, authorized party, times, nonce, and
   * that the response is the issuer's and belongs to this request (RFC 9207, RFC 7636).
   */
  async signedIn(answered: AuthorizationResponse, now: Date): Promise<SignedIn> {
    const { response, redirectUri, resource } = answered;
    // Before anything is asked: what does not belong to the request costs the issuer nothing.
    if (response.state !== answered.state) throw new IssuerFault('answer', 'the state is another one');
    if (!(await this.isFromHere(response.iss, now))) {
      throw new IssuerFault('answer', 'the response is of another issuer');
    }
    const configuration = await this.#discovered(now);
    const { authorizationCodeGrant, fetchUserInfo } = await client();
    const tokens = await asking('the token endpoint', () =>
      authorizationCodeGrant(
        configuration,
        withParameters(redirectUri, response),
        {
          expectedState: answered.state,
          expectedNonce: answered.nonce,
          pkceCodeVerifier: answered.verifier,
          idTokenExpected: true,
        },
        given({ resource }),
      ),
    );
    const claims = tokens.claims();
    if (!claims) throw new IssuerFault('wrong', 'the token endpoint: no id_token');
    this.#check(claims, now);
    return {
      claims,
      idToken: tokens.id_token ?? '',
      tokens: tokensOf(tokens, now),
      async profile() {
        if (configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
        const more = await asking('the userinfo endpoint', () =>
          fetchUserInfo(configuration, tokens.access_token, claims.sub),
        );
        // What is signed is not overruled.
        return { ...more, ...claims };
      },
    };
  }

  /**
   * New tokens for a refresh token. An id_token that comes along proves nothing new (Core 12.2): it has to be of the same
   * person and the same sign-in, and is left at that.
   */
  async refreshed(
    refreshToken: string,
    of: { readonly subject: string; readonly authTime: unknown; readonly resource?: string | undefined },
    now: Date,
  ): Promise<Tokens> {
    const configuration = await this.#discovered(now);
    const { refreshTokenGrant } = await client();
    const tokens = await asking('the token endpoint', () =>
      refreshTokenGrant(configuration, refreshToken, given({ resource: of.resource })),
    );
    const claims = tokens.claims();
    if (claims) {
      this.#check(claims, now);
      const { sub, auth_time: authTime } = claims;
      const same = sub === of.subject && (authTime === undefined || authTime === of.authTime);
      if (!same) throw new IssuerFault('answer', 'the token endpoint: the id_token is of another sign-in');
    }
    return tokensOf(tokens, now, refreshToken);
  }

  /** Where somebody signs out at the issuer as well; `null` where it has no such address (RP-Initiated Logout 1.0). */
  async endSessionUrl(
    request: {
      readonly idToken: string | undefined;
      readonly returnTo: string;
      readonly state: string;
    },
    now: Date,
  ): Promise<string | null> {
    const configuration = await this.#discovered(now);
    if (configuration.serverMetadata().end_session_endpoint === undefined) return null;
    const { buildEndSessionUrl } = await client();
    return buildEndSessionUrl(configuration, {
      post_logout_redirect_uri: request.returnTo,
      state: request.state,
      ...given({ id_token_hint: request.idToken }),
    }).href;
  }

  /** Its addresses, as its discovery document has them. */
  async metadata(now: Date): Promise<Readonly<ServerMetadata>> {
    return (await this.#discovered(now)).serverMetadata();
  }

  /** What the library leaves out, or holds against another clock than ours. */
  #check(claims: IDToken, now: Date): void {
    const { exp, iat, azp, aud, sub } = claims as Claims;
    const late = typeof exp !== 'number' || exp * 1000 <= now.getTime() - toleranceMs;
    const early = typeof iat !== 'number' || iat * 1000 > now.getTime() + toleranceMs;
    if (late || early) throw new IssuerFault('wrong', 'the id_token is not of now');
    const shared = Array.isArray(aud) && aud.length > 1;
    if (azp === undefined ? shared : azp !== this.#settings.clientId) {
      throw new IssuerFault('wrong', 'the id_token is for another');
    }
    // Core 2: at most 255 ASCII characters.
    if (!/^[\x20-\x7e]{1,255}$/.test(sub)) throw new IssuerFault('wrong', 'the id_token has no subject');
  }

  async #discovered(now: Date): Promise<Configuration> {
    const known = this.#configuration;
    if (known && now.getTime() - known.since.getTime() < documentLifeMs) return known.loading;
    const loading = this.#discover();
    const loaded = { loading, since: now };
    this.#configuration = loaded;
    // What failed is asked for again the next time.
    loading.catch(() => {
      if (this.#configuration === loaded) this.#configuration = null;
    });
    return loading;
  }

  async #discover(): Promise<Configuration> {
    const { issuer, clientId, timeout, fetch } = this.#settings;
    // oxlint-disable-next-line typescript/no-deprecated -- marked so to stand out; that it is this machine was checked
    const { allowInsecureRequests, customFetch, discovery, enableNonRepudiationChecks } = await client();
    const url = new URL(issuer);
    const insecure = url.protocol === 'http:' ? [allowInsecureRequests] : [];
    const found = await asking('the discovery document', async () =>
      discovery(url, clientId, undefined, await this.#authentication(), {
        timeout,
        // The signature of the id_token is checked even though it comes from the issuer directly (ASVS 6.8.2).
        execute: [...insecure, enableNonRepudiationChecks],
        [customFetch]: fetch as never,
      }),
    );
    const { issuer: said } = found.serverMetadata();
    if (said !== issuer) {
      throw new IssuerFault(
        'wrong',
        `the discovery document is of another issuer than ${issuer}: ${said.slice(0, 255)}`,
      );
    }
    return found;
  }

  /** As the issuer takes it (Discovery 3: Basic where it does not say). */
  async #authentication(): Promise<ClientAuth> {
    const { ClientSecretBasic, ClientSecretPost, None } = await client();
    const { clientSecret } = this.#settings;
    if (clientSecret === null) return None();
    const [basic, post] = [ClientSecretBasic(clientSecret), ClientSecretPost(clientSecret)];
    return (server, ...rest) => (takesBasic(server) ? basic : post)(server, ...rest);
  }
}

function takesBasic({ token_endpoint_auth_methods_supported: methods }: ServerMetadata): boolean {
  return methods === undefined || methods.includes('client_secret_basic');
}

/** Without this, many leave auth_time out, and nothing is fresh (Core 5.5). */
function claimsParameter(
  wanted: AuthorizationRequest['claims'],
  { claims_parameter_supported: supported }: ServerMetadata,
): string | undefined {
  if (supported !== true) return wanted && JSON.stringify(wanted);
  const { id_token: idToken, ...rest } = wanted ?? {};
  return JSON.stringify({ ...rest, id_token: { auth_time: null, ...(idToken as object | undefined) } });
}

/** Parameters without those that nobody gave. */
function given(parameters: Readonly<Record<string, string | number | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    ),
  );
}

function tokensOf(
  tokens: { readonly access_token: string; readonly refresh_token?: string; expiresIn(): number | undefined },
  now: Date,
  refreshToken: string | null = null,
): Tokens {
  const seconds = tokens.expiresIn();
  return {
    accessToken: tokens.access_token,
    until: seconds === undefined ? null : now.getTime() + seconds * 1000,
    refreshToken: tokens.refresh_token ?? refreshToken,
  };
}

/** The address that the person came back to, as the library wants to see it. */
function withParameters(redirectUri: string, { state, code, iss }: AuthorizationResponse['response']): URL {
  const url = new URL(redirectUri);
  url.search = String(new URLSearchParams({ state, code, ...(iss !== undefined && { iss }) }));
  return url;
}
