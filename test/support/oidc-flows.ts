import { expect } from 'vitest';
import type { OidcClient } from 'cofactor/oidc-server';
import { enrolTotp, origin, register, signInWithCode, type Person } from './app.ts';
import type { Answer, TestBrowser } from './browser.ts';
import { submit } from './forms.ts';
import {
  authorizationRequest,
  follow,
  post,
  redeem,
  testClients,
  type Landing,
  type TestOidc,
  type TestRequest,
  type Tokens,
} from './oidc.ts';
import { formOf } from './oidc-live.ts';

const everything = ['openid', 'profile', 'email', 'roles', 'offline_access', 'orders:read'];

/** Clients of every sort, one of each, for tests that attack what makes each of them different. */
export const everyClient = {
  shop: testClients[0] as OidcClient,
  bank: testClients[1] as OidcClient,
  partner: { ...(testClients[2] as OidcClient), scopes: everything },
  spa: one('spa', { firstParty: true, scopes: everything }),
  fresh: one('fresh', { secret: secretOf('fresh'), firstParty: true, minimumAcr: 'mfa', maxAge: 300 }),
  pushed: one('pushed', {
    secret: secretOf('pushed'),
    firstParty: true,
    minimumAcr: 'mfa',
    requirePushedRequests: true,
  }),
  hybrid: one('hybrid', { secret: secretOf('hybrid'), firstParty: true, hybrid: true }),
  bound: one('bound', { firstParty: true, scopes: everything, requireDpop: true }),
  radio: one('radio', { redirectUris: [], deviceFlow: true, firstParty: true, scopes: everything }),
  vault: one('vault', { redirectUris: [], deviceFlow: true, firstParty: true, minimumAcr: 'mfa' }),
  job: one('job', { redirectUris: [], secret: secretOf('job'), serviceAccount: true, scopes: everything }),
  inspector: one('inspector', {
    redirectUris: [],
    secret: secretOf('inspector'),
    introspection: true,
    serviceAccount: true,
  }),
} satisfies Readonly<Record<string, OidcClient>>;

export const everyClientList: readonly OidcClient[] = Object.values(everyClient);

function one(id: string, members: Partial<OidcClient>): OidcClient {
  const name = `${id[0]?.toUpperCase() ?? ''}${id.slice(1)}`;
  return { id, name, redirectUris: [`https://${id}.example/callback`], ...members };
}

function secretOf(id: string): string {
  return `${id}-secret-of-at-least-32-characters`;
}

/** Somebody with an authenticator app, signed in with it. */
export async function personWithCode(
  test: TestOidc,
  identifier?: string,
): Promise<Person & { readonly mfa: TestBrowser }> {
  const person = await register(test, identifier);
  await enrolTotp(test, person);
  return Object.assign(person, { mfa: await signInWithCode(test, person) });
}

/** A code that a browser gets without a page. */
export async function codeFor(
  browser: TestBrowser,
  client: OidcClient,
  parameters: Readonly<Record<string, string | undefined>> = {},
): Promise<{ readonly request: TestRequest; readonly code: string; readonly landing: Landing }> {
  const request = authorizationRequest(client, parameters);
  const landing = await follow(browser, request.address);
  const code = landing.response?.get('code');
  if (code === null || code === undefined)
    throw new Error(`no code: ${landing.url} ${landing.answer.text.slice(0, 2000)}`);
  return { request, code, landing };
}

/** Tokens, as a client gets them that has a session to build on. */
export async function tokensFor(
  test: TestOidc,
  browser: TestBrowser,
  client: OidcClient,
  parameters: Readonly<Record<string, string | undefined>> = {},
): Promise<Tokens & { readonly code: string; readonly request: TestRequest }> {
  const { request, code } = await codeFor(browser, client, parameters);
  const { status, body } = await redeem(test, request, code);
  if (status !== 200) throw new Error(`no tokens: ${JSON.stringify(body)}`);
  return { ...body, code, request };
}

/** What a client asks for that wants to go on without its person. */
export const offline = { scope: 'openid email offline_access', prompt: 'consent' } as const;

export async function refresh(
  test: TestOidc,
  client: OidcClient,
  token: string | undefined,
  headers: Readonly<Record<string, string>> = {},
): Promise<Pick<Answer<Tokens>, 'status' | 'body'>> {
  const own: Record<string, string> = client.secret === undefined ? { client_id: client.id } : {};
  const form = { grant_type: 'refresh_token', refresh_token: token ?? '', ...own };
  return post(test, '/oidc/token', client, form, headers);
}

export interface Introspection {
  readonly active: boolean;
  readonly acr?: string;
  readonly amr?: readonly string[];
  readonly auth_time?: number;
  readonly sub?: string;
  readonly error?: string;
}

/** What the server says of a token, to a resource server that may ask about every one. */
export async function introspect(
  test: TestOidc,
  token: string | undefined,
  by: OidcClient = everyClient.inspector,
): Promise<Introspection> {
  const own: Record<string, string> = by.secret === undefined ? { client_id: by.id } : {};
  const { body } = await post<Introspection>(test, '/oidc/introspect', by, { token: token ?? '', ...own });
  return body;
}

export async function userinfo(
  { app }: Pick<TestOidc, 'app'>,
  token: string | undefined,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }> {
  const answer = await app.inject({
    method: 'GET',
    url: '/oidc/userinfo',
    headers: { authorization: `Bearer ${token ?? ''}`, ...headers },
  });
  return { status: answer.statusCode, body: JSON.parse(answer.payload) as Record<string, unknown> };
}

/** Where an answer leads to: path and query on this site, or the whole address elsewhere. */
export function leadsTo({ headers, status, text }: Answer): string {
  const { location } = headers;
  if (typeof location !== 'string') throw new Error(`leads nowhere: ${status} ${text.slice(0, 500)}`);
  const url = new URL(location, origin);
  return url.origin === origin ? url.pathname + url.search : url.href;
}

/** Sends the form of a page, with its hidden fields and what else is in it. */
export async function press(
  browser: TestBrowser,
  page: Answer,
  fields: Readonly<Record<string, string>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const form = formOf(page.text);
  if (!form) throw new Error(`no form: ${page.status} ${page.text.slice(0, 500)}`);
  const { pathname, search } = new URL(form.action, origin);
  return submit(browser, pathname + search, { ...Object.fromEntries(form.fields), ...fields }, headers);
}

/** Neither a page nor an answer of a client may say that the server broke. */
export function expectNoFault(status: number, title: string): void {
  expect([title, status < 500 ? 'fine' : status]).toEqual([title, 'fine']);
}

/** A page that says that something is wrong, and leads nowhere. */
export function expectErrorPage({ answer, response, url }: Landing, title: string): void {
  expect({
    title,
    status: answer.status,
    location: answer.headers['location'],
    response,
    url: url.slice(0, 5),
  }).toEqual({
    title,
    status: 400,
    location: undefined,
    response: null,
    url: '/oidc',
  });
  expect(answer.text).toMatch(/^<!doctype html>/i);
}

/** The error that a client was told, with what it needs to know whose and which. */
export function expectClientError(
  landing: Landing,
  request: TestRequest,
  error: string,
  title: string,
): void {
  const { error_description: _words, ...told } = Object.fromEntries(landing.response ?? []) as Record<
    string,
    string
  >;
  expect({ title, ...told }).toEqual({
    title,
    error,
    state: request.state,
    iss: 'http://localhost:3000/oidc',
  });
  expect(landing.url.startsWith(request.client.redirectUris[0] ?? '-')).toBe(true);
}
