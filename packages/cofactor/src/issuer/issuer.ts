import type { ClientAuth, Configuration, ServerMetadata } from 'openid-client';
import { unlessTheirs } from './faults.ts';
import { client } from './library.ts';

/** An issuer, and what we are to it. */
export interface IssuerSettings {
  /** Exactly as it calls itself in its discovery document. */
  readonly issuer: string;
  readonly clientId: string;
  /** `null` for a public client. */
  readonly clientSecret: string | null;
  readonly scope: string;
  /** Seconds that each question to it may take. */
  readonly timeout: number;
  readonly fetch: typeof fetch;
}

/** What an issuer says of somebody. Its own words, checked in form and signature only. */
export type Claims = Readonly<Record<string, unknown>> & { readonly sub: string };

/** What is asked with an authorization request (OpenID Connect Core 3.1.2.1). */
export interface AuthorizationRequest {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  /** RFC 7636: the SHA-256 of the verifier. */
  readonly codeChallenge: string;
  readonly acrValues: string | undefined;
  readonly maxAge: number | undefined;
  readonly prompt: string | undefined;
  readonly loginHint: string | undefined;
  readonly language: string;
}

/** What came back, and what it has to fit. */
export interface AuthorizationResponse {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly response: { readonly state: string; readonly code: string; readonly iss?: string };
}

/** Somebody whom the issuer has signed in just now. */
export interface SignedIn {
  readonly claims: Claims;
  /** What it says besides, where it was not said in the id_token. */
  profile(): Promise<Readonly<Record<string, unknown>>>;
}

/** How long a discovery document is believed, and by how much clocks may differ, in milliseconds. */
const documentLifeMs = 24 * 3_600_000;
const toleranceMs = 60_000;

/** One issuer: its addresses and keys, and the conversation with it. */
export class Issuer {
  readonly #settings: IssuerSettings;
  #configuration: { readonly loading: Promise<Configuration>; readonly since: Date } | null = null;

  constructor(settings: IssuerSettings) {
    this.#settings = settings;
  }

  /** Where to send somebody. @throws where the issuer cannot be asked for its addresses */
  async authorizationUrl(request: AuthorizationRequest, now: Date): Promise<string> {
    const configuration = await this.#discovered(now);
    const { buildAuthorizationUrl } = await client();
    const { acrValues, maxAge, prompt, loginHint } = request;
    // Without this, many leave auth_time out, and nothing is fresh (Core 5.5).
    const askTime = configuration.serverMetadata().claims_parameter_supported === true;
    const url = buildAuthorizationUrl(configuration, {
      scope: this.#settings.scope,
      redirect_uri: request.redirectUri,
      state: request.state,
      nonce: request.nonce,
      code_challenge: request.codeChallenge,
      code_challenge_method: 'S256',
      ui_locales: request.language,
      ...(acrValues !== undefined && { acr_values: acrValues }),
      ...(maxAge !== undefined && { max_age: String(maxAge) }),
      ...(prompt !== undefined && { prompt }),
      ...(loginHint !== undefined && { login_hint: loginHint }),
      ...(askTime && { claims: JSON.stringify({ id_token: { auth_time: null } }) }),
    });
    return url.href;
  }

  /**
   * Exchanges the code for the id_token, and checks it: signature, issuer, audience, authorized party, times, nonce, and
   * that the response is the issuer's and belongs to this request (RFC 9207, RFC 7636). `null` where it does not.
   */
  async signedIn(answered: AuthorizationResponse, now: Date): Promise<SignedIn | null> {
    const { response, redirectUri } = answered;
    // Before anything is asked: what does not belong to the request costs the issuer nothing.
    if (response.state !== answered.state) return null;
    const configuration = await this.#discovered(now);
    const { issuer, authorization_response_iss_parameter_supported: says = false } =
      configuration.serverMetadata();
    if (response.iss === undefined ? says : response.iss !== issuer) return null;

    const { authorizationCodeGrant, fetchUserInfo } = await client();
    const tokens = await unlessTheirs('the token endpoint', () =>
      authorizationCodeGrant(configuration, withParameters(redirectUri, response), {
        expectedState: answered.state,
        expectedNonce: answered.nonce,
        pkceCodeVerifier: answered.verifier,
        idTokenExpected: true,
      }),
    );
    const claims = tokens?.claims();
    if (!tokens || !claims) return null;
    this.#check(claims, now);
    return {
      claims,
      async profile() {
        if (claims['email'] !== undefined || configuration.serverMetadata().userinfo_endpoint === undefined) {
          return claims;
        }
        const more = await unlessTheirs('the userinfo endpoint', () =>
          fetchUserInfo(configuration, tokens.access_token, claims.sub),
        );
        // What is signed is not overruled.
        return { ...more, ...claims };
      },
    };
  }

  /** What the library leaves out, or holds against another clock than ours. */
  #check(claims: Claims, now: Date): void {
    const { exp, iat, azp, sub } = claims;
    const late = typeof exp !== 'number' || exp * 1000 <= now.getTime() - toleranceMs;
    const early = typeof iat !== 'number' || iat * 1000 > now.getTime() + toleranceMs;
    if (late || early) throw new Error('the id_token is not of now');
    if (azp !== undefined && azp !== this.#settings.clientId) throw new Error('the id_token is for another');
    // Core 2: at most 255 ASCII characters.
    if (!/^[\x20-\x7e]{1,255}$/.test(sub)) throw new Error('the id_token has no subject');
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
    const found = await unlessTheirs('the discovery document', async () =>
      discovery(url, clientId, undefined, await this.#authentication(), {
        timeout,
        // The signature of the id_token is checked even though it comes from the issuer directly (ASVS 6.8.2).
        execute: [...insecure, enableNonRepudiationChecks],
        [customFetch]: fetch as never,
      }),
    );
    const { issuer: said } = found?.serverMetadata() ?? {};
    if (!found || said !== issuer) {
      throw new Error(
        `the discovery document is of another issuer than ${issuer}: ${String(said).slice(0, 255)}`,
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

/** The address that the person came back to, as the library wants to see it. */
function withParameters(redirectUri: string, { state, code, iss }: AuthorizationResponse['response']): URL {
  const url = new URL(redirectUri);
  url.search = String(new URLSearchParams({ state, code, ...(iss !== undefined && { iss }) }));
  return url;
}
