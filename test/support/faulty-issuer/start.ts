import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { basic, cookie, forms, json, redirect, textOf, words } from './answers.ts';
import { quickCode } from '../codes.ts';
import { base32 } from '../hotp.ts';
import { decide, standingOf, type Session, type Standing, type Wanted } from './decide.ts';
import type { Fault } from './faults.ts';
import { wantedOf, wrongWith } from './request.ts';

/**
 * A small OpenID Connect provider with two factors, written for the tests of the conformance checker and on nothing of
 * ours: right in everything the checker looks at, but for the fault it is given.
 */
export interface Issuer {
  readonly issuer: string;
  /** People by name: the key of their authenticator app, or `null` for who has none. */
  readonly people: Readonly<Record<string, string | null>>;
  close(): Promise<void>;
}

export const redirectUri = 'https://client.example/callback';
export const resource = 'https://api.example/';
export const secret = 'not much of a secret';
/** By `client_id`: the lowest level a client takes, and the one it asks for where its request does not. */
const clients: Readonly<
  Record<string, { readonly minimum: string | null; readonly fallback: string | null }>
> = {
  plain: { minimum: null, fallback: null },
  strict: { minimum: 'mfa', fallback: null },
  default: { minimum: null, fallback: 'pwd' },
};

interface Pending {
  readonly query: URLSearchParams;
  readonly browser: string;
  proved: boolean;
  declined: boolean;
}

interface Grant {
  readonly query: URLSearchParams;
  readonly user: string;
  readonly session: string;
  readonly standing: Standing;
}

/** Enough for nobody to wait for the next code of their app, and one who has none. */
function manyPeople(): Readonly<Record<string, string | null>> {
  const key = (): string => base32(Buffer.from(randomUUID()).subarray(0, 20));
  return Object.fromEntries([
    ['cai', null],
    ...Array.from({ length: 16 }, (_, n) => [`person-${n}`, key()] as const),
  ]);
}

export async function startIssuer(
  fault: Fault | null,
  people: Readonly<Record<string, string | null>> = manyPeople(),
): Promise<Issuer> {
  const has = (one: Fault): boolean => one === fault;
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const usedCodes = new Set<string>();
  const sessions = new Map<string, Session>();
  const pending = new Map<string, Pending>();
  const grants = new Map<string, Grant>();
  const accessTokens = new Map<string, Grant>();

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(error instanceof Error ? error.stack : 'error');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const seconds = (): number => Math.floor(Date.now() / 1000);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', issuer);
    const body =
      request.method === 'POST' ? new URLSearchParams(await textOf(request)) : new URLSearchParams();
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return json(response, metadata());
      case '/jwks':
        return json(response, { keys: [{ ...(await exportJWK(publicKey)), kid: '1', alg: 'ES256' }] });
      case '/authorize':
        return authorize(url.searchParams, request, response);
      case '/page':
        return showPage(url, body, request, response);
      case '/resume':
        return resume(url.searchParams.get('id') ?? '', request, response);
      case '/token':
        return token(body, request, response);
      case '/userinfo': {
        const grant = accessTokens.get(request.headers.authorization?.slice(7) ?? '');
        if (!grant) return void response.writeHead(401).end();
        const acr = has('userinfo says another acr') ? 'phr' : grant.standing.acr;
        return json(response, { sub: grant.user, acr, auth_time: grant.standing.auth_time });
      }
      case '/introspect': {
        const grant = accessTokens.get(body.get('token') ?? '');
        if (!grant) return json(response, { active: false });
        const later = has('introspection says another auth_time') ? 1 : 0;
        const { acr, auth_time: authTime } = grant.standing;
        return json(response, { active: true, sub: grant.user, acr, auth_time: authTime + later });
      }
      default:
        return void response.writeHead(404).end();
    }
  }

  function metadata(): object {
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      introspection_endpoint: `${issuer}/introspect`,
      jwks_uri: `${issuer}/jwks`,
      acr_values_supported: has('a level is announced and cannot be had') ? ['pwd', 'gold'] : ['pwd', 'mfa'],
      authorization_response_iss_parameter_supported: true,
      claims_parameter_supported: true,
      id_token_signing_alg_values_supported: ['ES256'],
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
    };
  }

  async function authorize(
    query: URLSearchParams,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const uri = query.get('redirect_uri') ?? '';
    const loose =
      (has('redirect URIs are compared by their beginning') && uri.startsWith(redirectUri)) ||
      (has('redirect URIs are compared by their end') && uri.endsWith('.example/callback'));
    if (!clients[query.get('client_id') ?? ''] || (uri !== redirectUri && !loose)) {
      if (has('errors go wherever the request says') && URL.canParse(uri)) {
        return redirect(response, `${uri}?error=invalid_request`);
      }
      return words(response, 400, 'This application is not known here');
    }
    const wrong = wrongWith(query, has);
    if (wrong) return refuse(response, query, wrong);
    const browser = cookie(request, 'browser') ?? randomUUID();
    response.appendHeader('set-cookie', `browser=${browser}; Path=/; HttpOnly`);
    const id = randomUUID();
    pending.set(id, { query, browser, proved: false, declined: false });
    return goOn(id, request, response);
  }

  /** Where a request stands: back to the client, or to the next page. */
  async function goOn(id: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const one = pending.get(id);
    if (!one) return words(response, 400, 'This sign-in is over');
    const { query } = one;
    const { wanted, decision } = decisionOn(one, cookie(request, 'session'));
    switch (decision.do) {
      case 'refuse':
        pending.delete(id);
        if (has('a refusal ends the session')) sessions.clear();
        return refuse(response, query, decision.error);
      case 'ask':
        if (wanted.none && !has('prompt=none shows a page')) {
          return refuse(
            response,
            query,
            decision.page === 'first' ? 'login_required' : 'interaction_required',
          );
        }
        return redirect(response, `/page?id=${id}&return_to=${encodeURIComponent(`/resume?id=${id}`)}`);
      case 'pass': {
        pending.delete(id);
        const session = cookie(request, 'session') ?? '';
        const user = sessions.get(session)?.user ?? '';
        const code = randomUUID();
        grants.set(code, { query, user, session, standing: decision.standing });
        return back(response, query, { code });
      }
    }
  }

  function decisionOn(
    one: Pending,
    sessionId: string | undefined,
  ): { wanted: Wanted; decision: ReturnType<typeof decide> } {
    const client = clients[one.query.get('client_id') ?? ''];
    const session = sessions.get(sessionId ?? '') ?? null;
    const wanted = wantedOf(one.query, client?.fallback ?? null, has);
    const { proved, declined } = one;
    const decision = decide(
      wanted,
      {
        session,
        hasSecond: session !== null && people[session.user] !== null,
        proved,
        declined,
        minimum: client?.minimum ?? null,
        now: seconds(),
      },
      has,
    );
    return { wanted, decision };
  }

  async function showPage(
    url: URL,
    body: URLSearchParams,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const id = url.searchParams.get('id') ?? '';
    const one = pending.get(id);
    const own =
      one?.browser === cookie(request, 'browser') || has('a sign-in belongs to whoever has its address');
    if (!one || !own) return words(response, 400, 'This sign-in was begun elsewhere');
    const { decision } = decisionOn(one, cookie(request, 'session'));
    if (decision.do !== 'ask') return redirect(response, `/resume?id=${id}`);
    if (request.method !== 'POST') return words(response, 200, 'Sign in', forms[decision.page]);
    if (body.has('no')) one.declined = true;
    else if (decision.page === 'first') signIn(one, body.get('name') ?? '', request, response);
    else confirm(one, body.get('code') ?? '', request);
    return redirect(response, `/resume?id=${id}`);
  }

  function signIn(one: Pending, user: string, request: IncomingMessage, response: ServerResponse): void {
    if (!(user in people)) return;
    const before = sessions.get(cookie(request, 'session') ?? '');
    const same = before?.user === user ? before : null;
    const id = same ? (cookie(request, 'session') ?? '') : randomUUID();
    const first = same && has('auth_time stays what it was') ? same.first : seconds();
    sessions.set(id, { user, first, second: keptSecond(one, same) });
    response.appendHeader('set-cookie', `session=${id}; Path=/; HttpOnly`);
    one.proved = true;
  }

  /** Where all is to be proved anew, a second factor from before does not count. */
  function keptSecond({ query }: Pending, same: Session | null | undefined): number | null {
    const second = same?.second ?? null;
    if (second === null || !wantedOf(query, null, has).anew) return second;
    return has('an old second factor passes for new') ? seconds() : null;
  }

  function confirm(one: Pending, code: string, request: IncomingMessage): void {
    const id = cookie(request, 'session') ?? '';
    const session = sessions.get(id);
    const key = session && people[session.user];
    if (!session || !key || code !== quickCode(key, new Date()) || usedCodes.has(key + code)) return;
    usedCodes.add(key + code);
    one.proved = true;
    if (has('acr_values asks and forgets')) one.declined = true;
    else sessions.set(id, { ...session, second: seconds() });
  }

  async function resume(id: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const one = pending.get(id);
    if (
      one &&
      one.browser !== cookie(request, 'browser') &&
      !has('a sign-in belongs to whoever has its address')
    ) {
      return words(response, 400, 'This sign-in was begun elsewhere');
    }
    const sessionId = cookie(request, 'session') ?? '';
    const session = sessions.get(sessionId);
    if (one && has('the way back leads past the page')) one.proved = true;
    if (session && one?.proved && has('auth_time is the time of the return')) {
      sessions.set(sessionId, { ...session, first: seconds() });
    }
    return goOn(id, request, response);
  }

  async function token(
    body: URLSearchParams,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const [id, given] = basic(request);
    if (given !== secret) return json(response, { error: 'invalid_client' }, 401);
    const refreshes = body.get('grant_type') === 'refresh_token';
    const key = body.get(refreshes ? 'refresh_token' : 'code') ?? '';
    const grant = grants.get(key);
    const challenge = createHash('sha256')
      .update(body.get('code_verifier') ?? '')
      .digest('base64url');
    const proves = refreshes || grant?.query.get('code_challenge') === challenge;
    const isOurs = proves && grant?.query.get('client_id') === id;
    if (!grant || !isOurs || (refreshes && has('refresh tokens are refused'))) {
      return json(response, { error: 'invalid_grant' }, 400);
    }
    grants.delete(key);
    const granted = { ...grant, standing: standingLater(grant, refreshes) };
    const { user, query, standing } = granted;
    const isJwt = body.has('resource') || query.has('resource');
    const acr = has('access tokens say another acr') ? 'phr' : standing.acr;
    const accessToken = isJwt
      ? await sign(
          { ...standing, acr, client_id: query.get('client_id'), jti: randomUUID() },
          user,
          resource,
          'at+jwt',
        )
      : randomUUID();
    accessTokens.set(accessToken, granted);
    const refreshToken = randomUUID();
    const offline = (query.get('scope') ?? '').includes('offline_access');
    if (offline) grants.set(refreshToken, granted);
    const nonce = refreshes ? {} : { nonce: query.get('nonce') };
    json(response, {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: 300,
      id_token: await sign({ ...standing, ...nonce }, user, query.get('client_id') ?? '', 'JWT'),
      ...(offline && { refresh_token: refreshToken }),
    });
  }

  function standingLater({ query, session, standing }: Grant, refreshes: boolean): Standing {
    const lives = has(
      refreshes
        ? 'a refresh tells of the session as it is later'
        : 'a code tells of the session as it is later',
    );
    const now = sessions.get(session);
    if (lives && now) return standingOf(wantedOf(query, null, has), now, seconds(), has);
    return refreshes && has('a refresh renews auth_time') ? { ...standing, auth_time: seconds() } : standing;
  }

  function sign(claims: object, subject: string, audience: string, typ: string): Promise<string> {
    return new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: '1', typ })
      .setIssuer(issuer)
      .setSubject(subject)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime('5 minutes')
      .sign(privateKey);
  }

  function refuse(response: ServerResponse, query: URLSearchParams, error: string): void {
    back(response, query, { error });
  }

  function back(
    response: ServerResponse,
    query: URLSearchParams,
    values: Readonly<Record<string, string>>,
  ): void {
    const url = new URL(query.get('redirect_uri') ?? '');
    const isError = 'error' in values;
    for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value);
    if (!isError || !has('errors come without state'))
      url.searchParams.set('state', query.get('state') ?? '');
    if (!isError || !has('errors come without iss')) {
      url.searchParams.set(
        'iss',
        isError && has('iss is somebody else') ? 'https://attacker.example' : issuer,
      );
    }
    redirect(response, url.href);
  }

  return {
    issuer,
    people,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
