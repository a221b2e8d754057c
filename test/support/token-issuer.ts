import {
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTHeaderParameters,
} from 'jose';

export type Claims = Readonly<Record<string, unknown>>;

/** A key of an issuer, both parts. */
export interface IssuerKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

export async function newKey(kid: string, alg = 'ES256'): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** The API that tokens are for where a test says nothing else. */
export const audience = 'https://api.example';

/**
 * An issuer of access tokens in memory, behind a `fetch` of its own: what it says, signs and publishes can be anything. Flows
 * have real ones.
 */
export class TokenIssuer {
  readonly issuer: string;
  readonly now: () => Date;
  /** Keys that are published, the first of which signs. */
  keys: readonly IssuerKey[];
  /** Paths that were asked for, with what was sent to them. */
  readonly asked: { readonly path: string; readonly body: string; readonly authorization: string }[] = [];
  /** Answers in place of the issuer, by path. */
  answer: (path: string, init: RequestInit) => Response | Promise<Response> | undefined = () => undefined;
  /** Changes the discovery document. */
  document: (document: Claims) => Claims = (document) => document;
  /** What is said of a token that it is asked about. */
  introspects: (token: string) => unknown = () => ({ active: false });

  private constructor(issuer: string, now: () => Date, key: IssuerKey) {
    this.issuer = issuer;
    this.now = now;
    this.keys = [key];
  }

  static async create(issuer: string, now: () => Date, alg = 'ES256'): Promise<TokenIssuer> {
    return new TokenIssuer(issuer, now, await newKey('one', alg));
  }

  /** How often the keys were asked for. */
  get keysAsked(): number {
    return this.asked.filter(({ path }) => path.endsWith('/jwks')).length;
  }

  /** The claims of an access token as RFC 9068 has them, of somebody who signed in a minute ago. */
  claims(more: Claims = {}): Record<string, unknown> {
    const now = Math.floor(this.now().getTime() / 1000);
    const claims = {
      iss: this.issuer,
      aud: audience,
      sub: 'ann',
      client_id: 'shop',
      scope: 'orders:read orders:refund',
      jti: 'a-token',
      iat: now - 60,
      exp: now + 300,
      auth_time: now - 60,
      acr: 'pwd',
      amr: ['pwd'],
      ...more,
    };
    return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
  }

  async token(
    more: Claims = {},
    header: Partial<JWTHeaderParameters> = {},
    key: IssuerKey | undefined = this.keys[0],
  ): Promise<string> {
    if (!key) throw new Error('there is no key');
    return new SignJWT(this.claims(more))
      .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'at+jwt', ...header })
      .sign(key.privateKey);
  }

  async respond(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    const body = typeof init.body === 'string' ? init.body : '';
    this.asked.push({ path, body, authorization: headers.get('authorization') ?? '' });
    const instead = await this.answer(path, init);
    if (instead) return instead;
    const base = new URL(this.issuer).pathname.replace(/\/$/, '');
    switch (path) {
      case `${base}/.well-known/openid-configuration`:
        return Response.json(this.document(this.#document()));
      case `${base}/jwks`:
        return Response.json({ keys: this.keys.map(({ publicJwk }) => publicJwk) });
      case `${base}/introspect`:
        return Response.json(this.introspects(new URLSearchParams(body).get('token') ?? ''));
      default:
        return new Response('', { status: 404 });
    }
  }

  #document(): Claims {
    const base = this.issuer.replace(/\/$/, '');
    return { issuer: this.issuer, jwks_uri: `${base}/jwks`, introspection_endpoint: `${base}/introspect` };
  }
}

/** A network on which there are these issuers and nobody else; `strangers` is who else was asked. */
export function networkOf(...issuers: readonly TokenIssuer[]): {
  readonly fetch: typeof fetch;
  readonly strangers: string[];
} {
  const strangers: string[] = [];
  return {
    strangers,
    fetch: async (input, init = {}) => {
      const url = new URL(input instanceof Request ? input.url : input);
      const issuer = issuers.find((one) => new URL(one.issuer).origin === url.origin);
      if (issuer) return issuer.respond(url.pathname, init);
      strangers.push(url.href);
      throw new TypeError(`there is nobody at ${url.href}`);
    },
  };
}
