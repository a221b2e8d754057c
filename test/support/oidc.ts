import { createHash, randomBytes } from 'node:crypto';
import type { CofactorOptions, Store } from 'cofactor';
import {
  createOidcServer,
  oidcServer,
  type OidcClient,
  type OidcServer,
  type OidcServerOptions,
} from 'cofactor/oidc-server';
import { createApp, origin, type TestApp } from './app.ts';
import type { Answer, TestBrowser } from './browser.ts';
import { TestClock } from './clock.ts';

/** Clients that most tests get by with. */
export const testClients: readonly OidcClient[] = [
  {
    id: 'shop',
    name: 'Shop',
    secret: 'shop-secret-of-at-least-32-characters',
    redirectUris: ['https://shop.example/callback'],
    postLogoutRedirectUris: ['https://shop.example/bye'],
    firstParty: true,
    scopes: ['openid', 'profile', 'email', 'roles', 'offline_access', 'orders:read'],
  },
  {
    id: 'bank',
    name: 'Bank',
    secret: 'bank-secret-of-at-least-32-characters',
    redirectUris: ['https://bank.example/callback'],
    firstParty: true,
    minimumAcr: 'mfa',
  },
  {
    id: 'partner',
    name: 'Partner',
    secret: 'partner-secret-of-at-least-32-characters',
    redirectUris: ['https://partner.example/callback'],
  },
];

export const api = 'https://api.example.com';

export interface TestOidc extends TestApp {
  readonly oidc: OidcServer;
}

/** An application with an OpenID Connect server in it. Its clock starts now: oidc-provider reads the system's beside it. */
export async function createOidcApp(
  database: Store,
  options: OidcServerOptions = {},
  core: Partial<CofactorOptions> = {},
): Promise<TestOidc> {
  const test = await createApp(database, { clock: new TestClock(new Date()), ...core });
  const oidc = createOidcServer(test.auth, {
    clients: testClients,
    resources: { [api]: { scopes: ['orders:read'] } },
    ...options,
  });
  await test.app.register(oidcServer, { oidc });
  return { ...test, oidc };
}

/** An authorization request as a client makes it. */
export interface TestRequest {
  readonly address: string;
  readonly verifier: string;
  readonly client: OidcClient;
  readonly state: string;
  readonly nonce: string;
}

export function authorizationRequest(
  client: OidcClient = testClients[0] as OidcClient,
  parameters: Readonly<Record<string, string | undefined>> = {},
): TestRequest {
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(8).toString('base64url');
  const nonce = randomBytes(8).toString('base64url');
  const all = {
    client_id: client.id,
    redirect_uri: client.redirectUris[0],
    response_type: 'code',
    scope: 'openid',
    state,
    nonce,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...parameters,
  };
  const query = new URLSearchParams(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  return { address: `/oidc/auth?${query}`, verifier, client, state, nonce };
}

/** Where a request of a browser ended: a page of this site, or back at the client. */
export interface Landing {
  /** Path and query on this site, or the whole address elsewhere. */
  readonly url: string;
  readonly answer: Answer;
  /** Parameters that the client got, where it is the client's address. */
  readonly response: URLSearchParams | null;
  /** Pages that were passed on the way, redirects included. */
  readonly passed: readonly string[];
}

/** Follows an address as a browser does, until there is a page or it leads away from this site. */
export async function follow(browser: TestBrowser, address: string): Promise<Landing> {
  const passed: string[] = [];
  let url = address;
  for (let step = 0; step < 12; step += 1) {
    passed.push(url);
    const answer = await browser.get(url, { headers: { accept: 'text/html' } });
    const location = answer.headers['location'];
    if (answer.status < 300 || answer.status > 399 || typeof location !== 'string') {
      return { url, answer, response: null, passed };
    }
    const next = new URL(location, origin + url);
    if (next.origin !== origin) {
      const response = new URLSearchParams(next.search || next.hash.slice(1));
      return { url: next.href, answer, response, passed };
    }
    url = next.pathname + next.search;
  }
  throw new Error(`does not end: ${passed.join(' -> ')}`);
}

export interface Tokens {
  readonly access_token: string;
  readonly id_token?: string;
  readonly refresh_token?: string;
  readonly token_type: string;
  readonly expires_in: number;
  readonly error?: string;
}

/** Sends a form to an endpoint as a client's server does: it proves itself by its secret, and has no cookies. */
export async function post<Body = Tokens>(
  { app }: Pick<TestOidc, 'app'>,
  path: string,
  client: OidcClient,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Pick<Answer<Body>, 'status' | 'body' | 'headers'>> {
  const basic = Buffer.from(`${encodeURIComponent(client.id)}:${encodeURIComponent(client.secret ?? '')}`);
  const answer = await app.inject({
    method: 'POST',
    url: path,
    payload: String(new URLSearchParams(form)),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(client.secret !== undefined && { authorization: `Basic ${basic.toString('base64')}` }),
      ...headers,
    },
  });
  const body = (answer.payload === '' ? undefined : JSON.parse(answer.payload)) as Body;
  return { status: answer.statusCode, headers: answer.headers, body };
}

/** Redeems a code. */
export async function redeem(
  test: Pick<TestOidc, 'app'>,
  request: TestRequest,
  code: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Pick<Answer<Tokens>, 'status' | 'body' | 'headers'>> {
  return post(test, '/oidc/token', request.client, {
    grant_type: 'authorization_code',
    code,
    code_verifier: request.verifier,
    redirect_uri: request.client.redirectUris[0] ?? '',
    ...(request.client.secret === undefined && { client_id: request.client.id }),
    ...more,
  });
}

/** The claims of a token, unverified: what signed it is looked at by the tests that are about that. */
export function claimsOf(token: string | undefined): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<
    string,
    unknown
  >;
}
