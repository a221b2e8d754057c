import { createHash, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

/** Somebody who signs in at the issuer, and what is said of them in the id_token beside the usual. */
export interface Upstreamer {
  readonly sub: string;
  readonly [claim: string]: unknown;
}

interface Granted {
  readonly who: Upstreamer;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly nonce: string;
  readonly challenge: string;
}

let keys: Promise<{ readonly privateKey: CryptoKey; readonly publicJwk: JWK }> | undefined;

/** Made once: many tests want an issuer, and none of them two keys. */
async function signingKey(): Promise<{ readonly privateKey: CryptoKey; readonly publicJwk: JWK }> {
  return (keys ??= (async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    return {
      privateKey,
      publicJwk: { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' },
    };
  })());
}

/**
 * An OpenID Connect issuer in memory, behind a `fetch` of its own: for tests of one function, and for answers that no
 * honest issuer gives. Flows have a real one (`upstream.ts`).
 */
export class TestIssuer {
  readonly issuer: string;
  /** What time it is over there. */
  now: () => Date = () => new Date('2030-06-15T12:00:00Z');
  /** Changes what is said before it is signed. */
  claims: (claims: Record<string, unknown>) => Record<string, unknown> = (claims) => claims;
  /** Takes the place of a signed token. */
  token: (token: string, claims: Record<string, unknown>) => string | Promise<string> = (token) => token;
  /** Answers in its place, by path. */
  answer: (path: string) => Response | Promise<Response> | undefined = () => undefined;
  /** Changes what the token endpoint answers to a code. */
  tokens: (tokens: Record<string, unknown>) => Record<string, unknown> = (tokens) => tokens;
  /** Paths that it never answers: a question ends when whoever asked has had enough. */
  hangs: (path: string) => boolean = () => false;
  /** Paths that it begins to answer, and never ends. */
  stalls: (path: string) => boolean = () => false;
  /** Changes the discovery document. */
  document: (document: Record<string, unknown>) => Record<string, unknown> = (document) => document;
  /** What is asked of it, by path. */
  readonly asked: { readonly path: string; readonly body: string; readonly authorization: string }[] = [];
  readonly #granted = new Map<string, Granted>();
  readonly #access = new Map<string, Upstreamer>();

  constructor(issuer = 'https://issuer.example') {
    this.issuer = issuer;
  }

  /** The person signs in and consents: what the browser would bring back. */
  authorize(
    url: string,
    who: Upstreamer,
  ): { readonly state: string; readonly code: string; readonly iss: string } {
    const query = new URL(url).searchParams;
    const one = (name: string): string => query.get(name) ?? '';
    const code = `code-${randomUUID()}`;
    this.#granted.set(code, {
      who,
      clientId: one('client_id'),
      redirectUri: one('redirect_uri'),
      nonce: one('nonce'),
      challenge: one('code_challenge'),
    });
    return { state: one('state'), code, iss: this.issuer };
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    const headers = new Headers(init?.headers);
    const body = init?.body === undefined || init.body === null ? '' : String(init.body as URLSearchParams);
    this.asked.push({ path: pathname, body, authorization: headers.get('authorization') ?? '' });
    init?.signal?.throwIfAborted();
    if (this.hangs(pathname)) await givenUp(init?.signal);
    if (this.stalls(pathname)) return stalled(init?.signal);
    const instead = await this.answer(pathname);
    if (instead) return instead;
    switch (pathname) {
      case '/.well-known/openid-configuration':
        return Response.json(this.document(this.#document()));
      case '/jwks':
        return Response.json({ keys: [(await signingKey()).publicJwk] });
      case '/token':
        return this.#exchange(new URLSearchParams(body));
      case '/userinfo':
        return this.#userinfo(headers.get('authorization') ?? '');
      default:
        return new Response('', { status: 404 });
    }
  };

  #document(): Record<string, unknown> {
    const { issuer } = this;
    return {
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      userinfo_endpoint: `${issuer}/userinfo`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
      authorization_response_iss_parameter_supported: true,
      claims_parameter_supported: true,
    };
  }

  async #exchange(form: URLSearchParams): Promise<Response> {
    const code = form.get('code') ?? '';
    const granted = this.#granted.get(code);
    this.#granted.delete(code);
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const fits = granted?.challenge === challenge && granted.redirectUri === form.get('redirect_uri');
    if (!granted || !fits) return Response.json({ error: 'invalid_grant' }, { status: 400 });
    const access = randomUUID();
    this.#access.set(access, granted.who);
    const tokens = { access_token: access, token_type: 'Bearer', expires_in: 3600 };
    return Response.json(this.tokens({ ...tokens, id_token: await this.#idToken(granted) }));
  }

  async #idToken({ who, clientId, nonce }: Granted): Promise<string> {
    const now = Math.floor(this.now().getTime() / 1000);
    const usual = { iss: this.issuer, aud: clientId, iat: now, exp: now + 86_400, auth_time: now, nonce };
    // What is said in the userinfo alone has a name that begins with `userinfo:`.
    const said = Object.entries(who).filter(([claim]) => !claim.startsWith('userinfo:'));
    const claims = this.claims({ ...usual, ...Object.fromEntries(said) });
    const { privateKey } = await signingKey();
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'one' }).sign(privateKey);
    return this.token(token, claims);
  }

  #userinfo(authorization: string): Response {
    const who = this.#access.get(authorization.replace(/^Bearer /, ''));
    if (!who) return new Response('', { status: 401 });
    const more = Object.entries(who).map(([claim, value]) => [claim.replace(/^userinfo:/, ''), value]);
    return Response.json(Object.fromEntries(more) as object);
  }
}

function givenUp(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error));
  });
}

function stalled(signal: AbortSignal | null | undefined): Response {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from('{'));
      signal?.addEventListener('abort', () => controller.error(signal.reason));
    },
  });
  return new Response(body, { headers: { 'content-type': 'application/json' } });
}

/** Signed by the issuer, whatever it says. */
export async function signedByIssuer(
  claims: Record<string, unknown>,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const { privateKey } = await signingKey();
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header }).sign(privateKey);
}

/** What everybody can read of the issuer's key. */
export async function publicKeyOfIssuer(): Promise<JWK> {
  return (await signingKey()).publicJwk;
}

/** The same claims without a signature (RFC 7519, 6). */
export function unsigned(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.`;
}

/** Signed by somebody who is not the issuer, under the name of its key. */
export async function signedByAnother(claims: Record<string, unknown>, kid = 'one'): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256');
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey);
}

/** Signed with what the client and everybody who reads its configuration knows. */
export async function signedWithSecret(claims: Record<string, unknown>, secret: string): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(secret.padEnd(32, '0')));
}
