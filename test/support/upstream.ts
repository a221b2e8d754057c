import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { decodeJwt, exportJWK, generateKeyPair, importJWK, SignJWT, type JWK } from 'jose';
import {
  Provider,
  type Adapter,
  type AdapterPayload,
  type Configuration,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import type { Clock } from 'cofactor';
import { signedByAnother, signedWithSecret, unsigned } from './memory-issuer.ts';

/** What an issuer that is broken, or somebody else's, says in place of the truth. */
export type Fault =
  | 'nonce'
  | 'audience'
  | 'authorized party'
  | 'issuer'
  | 'expired'
  | 'not yet'
  | 'unsigned'
  | 'other key'
  | 'client secret as key'
  | 'no id_token'
  | 'slow'
  | 'error'
  | 'not json';

export interface UpstreamOptions {
  readonly clock: Clock;
  readonly redirectUris: readonly string[];
  readonly clientId?: string;
}

let keyPair: Promise<JWK> | undefined;

/** A private key, made once. */
async function privateKey(): Promise<JWK> {
  return (keyPair ??= (async () => {
    const pair = await generateKeyPair('ES256', { extractable: true });
    return { ...(await exportJWK(pair.privateKey)), kid: 'upstream', alg: 'ES256', use: 'sig' };
  })());
}

export const clientSecret = 'the secret of the client, long enough for anybody';

/**
 * A real OpenID Connect issuer (oidc-provider) on a loopback port, at which people have accounts. Its page to sign in has
 * two buttons. What it says of them can be set, and it can be made to lie: tokens are then signed anew with its own key.
 */
export class Upstream {
  readonly issuer: string;
  readonly clientId: string;
  /** What is said of people, by subject: in the userinfo, as an honest issuer does. */
  readonly people = new Map<string, Readonly<Record<string, unknown>>>();
  /** Who signs in next. */
  person = 'ann';
  /** What the id_token says besides, e.g. `amr`; `undefined` takes a claim out. */
  says: Readonly<Record<string, unknown>> = {};
  fault: Fault | null = null;
  /** How many codes somebody tried to exchange. */
  exchanges = 0;
  /** The queries that people were led here with. */
  readonly asked: URLSearchParams[] = [];
  readonly #server: Server;
  readonly #clock: Clock;
  /** When somebody signed in last, by the clock of the test. */
  #signedInAt: Date;
  #closed = new AbortController();

  private constructor(server: Server, issuer: string, { clock, clientId = 'acme' }: UpstreamOptions) {
    this.#server = server;
    this.#clock = clock;
    this.#signedInAt = clock.now();
    this.issuer = issuer;
    this.clientId = clientId;
  }

  static async start(options: UpstreamOptions): Promise<Upstream> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const upstream = new Upstream(server, issuer, options);
    const provider = new Provider(issuer, await upstream.#configuration(options.redirectUris));
    provider.use((ctx, next) => upstream.#answer(ctx as KoaContextWithOIDC, next));
    const callback = provider.callback();
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      upstream.#request(provider, request, response, callback).catch((error: unknown) => {
        response.writeHead(500).end(String(error));
      });
    });
    return upstream;
  }

  async close(): Promise<void> {
    this.#closed.abort();
    this.#server.closeAllConnections();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #configuration(redirectUris: readonly string[]): Promise<Configuration> {
    return {
      clients: [
        {
          client_id: this.clientId,
          client_secret: clientSecret,
          redirect_uris: [...redirectUris],
          grant_types: ['authorization_code'],
          response_types: ['code'],
          id_token_signed_response_alg: 'ES256',
        },
      ],
      adapter: memory(),
      ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 3600 },
      jwks: { keys: [await privateKey()] },
      cookies: { keys: ['a key of a test'] },
      acrValues: ['urn:upstream:mfa', 'urn:upstream:phr'],
      claims: {
        openid: ['sub'],
        email: ['email', 'email_verified'],
        profile: ['preferred_username', 'name'],
        acr: null,
        auth_time: null,
      },
      features: { devInteractions: { enabled: false }, claimsParameter: { enabled: true } },
      interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
      findAccount: (_ctx, id) => ({
        accountId: id,
        claims: () => ({ ...this.people.get(id), sub: id }),
      }),
      // Nobody is asked twice whether an application may know them.
      async loadExistingGrant({ oidc }) {
        const grant = new oidc.provider.Grant({
          clientId: oidc.client?.clientId ?? '',
          accountId: oidc.session?.accountId ?? '',
        });
        grant.addOIDCScope('openid email profile');
        grant.addOIDCClaims(['acr', 'auth_time']);
        await grant.save();
        return grant;
      },
    };
  }

  async #request(
    provider: Provider,
    request: IncomingMessage,
    response: ServerResponse,
    callback: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  ): Promise<void> {
    const url = new URL(request.url ?? '/', this.issuer);
    const [, page, uid, action] = url.pathname.split('/');
    if (page === 'interaction' && action === 'login') {
      this.#signedInAt = this.#clock.now();
      const login = { accountId: this.person, remember: true };
      return provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
    }
    if (page === 'interaction' && action === 'cancel') {
      return provider.interactionFinished(request, response, { error: 'access_denied' });
    }
    if (page === 'interaction') {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(signInPage(uid ?? ''));
      return;
    }
    if (url.pathname === '/auth') {
      this.asked.push(url.searchParams);
      this.#keepTime(url);
      request.url = url.pathname + url.search;
    }
    return callback(request, response);
  }

  /** The library looks at the clock of the machine; here a sign-in grows old by that of the test. */
  #keepTime(url: URL): void {
    const maxAge = url.searchParams.get('max_age');
    const age = (this.#clock.now().getTime() - this.#signedInAt.getTime()) / 1000;
    if (maxAge !== null && age > Number(maxAge)) url.searchParams.set('prompt', 'login');
  }

  async #answer(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
    const isToken = ctx.path === '/token';
    if (isToken) this.exchanges += 1;
    if (isToken && this.fault === 'slow') {
      // For longer than anybody waits: until the test is over.
      await new Promise((resolve) => {
        this.#closed.signal.addEventListener('abort', resolve, { once: true });
      });
      return;
    }
    if (isToken && this.fault === 'error') {
      ctx.status = 500;
      ctx.body = { error: 'server_error' };
      return;
    }
    await next();
    const body = ctx.body as { id_token?: string } | undefined;
    if (!isToken || typeof body?.id_token !== 'string') return;
    if (this.fault === 'not json') {
      ctx.body = 'out of order';
      return;
    }
    const { id_token: _true, ...rest } = body;
    ctx.body = this.fault === 'no id_token' ? rest : { ...rest, id_token: await this.#sign(body.id_token) };
  }

  /** The token as this issuer gave it, with what the test wants it to say, by the clock of the test. */
  async #sign(token: string): Promise<string> {
    const now = Math.floor(this.#clock.now().getTime() / 1000);
    const said = decodeJwt(token);
    const times = {
      iat: now,
      exp: now + 3600,
      ...(said['auth_time'] !== undefined && { auth_time: Math.floor(this.#signedInAt.getTime() / 1000) }),
    };
    const claims = Object.fromEntries(
      Object.entries({ ...said, ...times, ...this.says, ...lies(this.fault, now) }).filter(
        ([, value]) => value !== undefined,
      ),
    );
    switch (this.fault) {
      case 'unsigned':
        return unsigned(claims);
      case 'other key':
        return signedByAnother(claims, 'upstream');
      case 'client secret as key':
        return signedWithSecret(claims, clientSecret);
      default:
        return new SignJWT(claims)
          .setProtectedHeader({ alg: 'ES256', kid: 'upstream' })
          .sign(await importJWK(await privateKey(), 'ES256'));
    }
  }
}

/** What an issuer keeps, for as long as the test takes. */
export function memory(): (name: string) => Adapter {
  const kept = new Map<string, AdapterPayload>();
  return (name) => {
    const at = (id: string): string => `${name} ${id}`;
    const byUid = async (uid: string): Promise<AdapterPayload | undefined> =>
      [...kept.entries()].find(([key, { uid: own }]) => key.startsWith(`${name} `) && own === uid)?.[1];
    return {
      upsert: async (id, payload) => void kept.set(at(id), payload),
      find: async (id) => kept.get(at(id)),
      findByUid: byUid,
      findByUserCode: async () => undefined,
      consume: async (id) => void kept.set(at(id), { ...kept.get(at(id)), consumed: 1 }),
      destroy: async (id) => void kept.delete(at(id)),
      async revokeByGrantId(grantId) {
        for (const [key, payload] of kept) if (payload.grantId === grantId) kept.delete(key);
      },
    };
  };
}

function lies(fault: Fault | null, now: number): Record<string, unknown> {
  switch (fault) {
    case 'nonce':
      return { nonce: 'of another sign-in' };
    case 'audience':
      return { aud: 'somebody-else' };
    case 'authorized party':
      return { azp: 'somebody-else' };
    case 'issuer':
      return { iss: 'https://issuer.example' };
    case 'expired':
      return { iat: now - 7200, exp: now - 3600 };
    case 'not yet':
      return { iat: now + 3600, exp: now + 7200 };
    default:
      return {};
  }
}

function signInPage(uid: string): string {
  const button = (action: string, words: string): string =>
    `<form method="post" action="/interaction/${uid}/${action}"><button>${words}</button></form>`;
  return `<!doctype html><html lang="en"><title>Upstream</title><h1>Upstream</h1>${button('login', 'Yes, it is me')}${button('cancel', 'Cancel')}</html>`;
}

/** A browser at the issuer: it keeps the cookies it gets there, so that its person is signed in the next time. */
export class UpstreamBrowser {
  readonly #cookies = new Map<string, string>();
  /** How often the person was asked to sign in. */
  prompts = 0;
  /** What the person does there. */
  cancels = false;

  /** Goes where the application leads, signs in if asked, and says what the issuer sends the person back with. */
  async visit(address: string): Promise<URL> {
    const start = new URL(address);
    let at = start;
    let method = 'GET';
    for (let step = 0; step < 12; step += 1) {
      const answer = await fetch(at, {
        method,
        redirect: 'manual',
        headers: { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      });
      for (const cookie of answer.headers.getSetCookie()) {
        const [pair = ''] = cookie.split(';');
        this.#cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
      }
      const location = answer.headers.get('location');
      method = 'GET';
      if (location !== null) {
        at = new URL(location, at);
        if (at.origin !== start.origin) return at;
      } else if (at.pathname.startsWith('/interaction/')) {
        this.prompts += 1;
        at = new URL(`${at.pathname}/${this.cancels ? 'cancel' : 'login'}`, at);
        method = 'POST';
      } else throw new Error(`the issuer answered ${answer.status}: ${await answer.text()}`);
    }
    throw new Error('the issuer led round in a circle');
  }
}
