import type { Server } from 'node:http';
import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { enrolTotp, onEachDatabase, register, type Person, type TestDatabase } from '../support/app.ts';
import { closed, listening } from '../support/listening.ts';
import { api } from '../support/oidc.ts';
import { goTo, liveOidc, type LiveOidc } from '../support/oidc-live.ts';
import { begin, connect, liveClients, plain, signInAt, type Tokens } from '../support/oidc-parties.ts';

/** What each path of the API needs of a sign-in. */
const needs: Readonly<Record<string, { readonly acr?: string; readonly maxAge?: number }>> = {
  '/orders': {},
  '/refunds': { acr: 'mfa' },
  '/transfers': { acr: 'mfa', maxAge: 300 },
};

/** What an API knows of a token: it read it, or asked about it. */
type Proof = oauth.JWTAccessTokenClaims | oauth.IntrospectionResponse;

/** Why a sign-in is not enough, as RFC 9470 has an API say it; `null` where it is. */
function challengeFor(path: string, proof: Proof, now: Date): string | null {
  const { acr, auth_time: time } = proof as Readonly<Record<string, unknown>>;
  const need = needs[path] ?? {};
  const isStrong = need.acr === undefined || acr === need.acr;
  const isFresh = need.maxAge === undefined || now.getTime() / 1000 - Number(time) <= need.maxAge;
  if (isStrong && isFresh) return null;
  return [
    'Bearer error="insufficient_user_authentication"',
    ...(need.acr === undefined ? [] : [`acr_values="${need.acr}"`]),
    ...(need.maxAge === undefined ? [] : [`max_age="${need.maxAge}"`]),
  ].join(', ');
}

/** What a client is to ask for, where an API wants a better sign-in; what it throws else is thrown on. */
function askedBy(error: unknown): Record<string, string> {
  if (!(error instanceof client.WWWAuthenticateChallengeError)) throw error;
  const challenge = error.cause.find(
    ({ parameters }) => parameters.error === 'insufficient_user_authentication',
  );
  if (!challenge) throw error;
  const { acr_values: acr, max_age: age } = challenge.parameters;
  return { ...(acr !== undefined && { acr_values: acr }), ...(age !== undefined && { max_age: age }) };
}

onEachDatabase('an API that wants a better sign-in', (fresh) => {
  let database: TestDatabase;
  let test: LiveOidc;
  let config: client.Configuration;
  let server: Server;
  let origin: string;
  let ann: Person;
  beforeAll(async () => {
    database = await fresh();
    test = await liveOidc(database.open(), { clients: Object.values(liveClients) });
    config = await connect(test, liveClients.web);
    const as: oauth.AuthorizationServer = config.serverMetadata();
    const asking = await connect(test, liveClients.api);
    // An API of somebody else: it knows the address of the server, and nothing more.
    ({ origin, server } = await listening(async (request, response) => {
      const { url = '/', headers } = request;
      const authorization = headers.authorization ?? '';
      const isJwt = authorization.split('.').length === 3;
      const arrived = new Request(`${api}${url}`, { headers: { authorization } });
      const proof: Proof = isJwt
        ? await oauth.validateJwtAccessToken(as, arrived, api, plain)
        : await client.tokenIntrospection(asking, authorization.slice('Bearer '.length));
      const challenge = challengeFor(url, proof, test.clock.now());
      if (challenge !== null) response.writeHead(401, { 'www-authenticate': challenge }).end();
      else response.writeHead(200).end(`what is at ${url}`);
    }));
  });
  afterAll(async () => {
    if (server) await closed(server);
    await test?.close();
    await database?.drop();
  });
  beforeEach(async () => {
    ann = await register(test);
    await enrolTotp(test, ann);
  });

  const get = async (tokens: Tokens, path: string): Promise<string> => {
    const answer = await client.fetchProtectedResource(
      config,
      tokens.access_token,
      new URL(path, origin),
      'GET',
    );
    return answer.text();
  };
  /** What the API asks of a client that comes with these tokens. */
  const refusedAt = async (tokens: Tokens, path: string): Promise<Record<string, string>> =>
    get(tokens, path).then((text) => expect.fail(`got ${text}`), askedBy);

  it.each<[string, Record<string, string>]>([
    ['in a JWT', { scope: 'openid orders:read', resource: api }],
    ['by introspection', { scope: 'openid' }],
  ])('sees %s what a token was got with, and gets a better one', async (_how, parameters) => {
    const first = await signInAt(test, ann, config, liveClients.web, parameters);
    expect(await get(first, '/orders')).toBe('what is at /orders');
    const wanted = await refusedAt(first, '/refunds');
    expect(wanted).toEqual({ acr_values: 'mfa' });
    const second = await signInAt(test, ann, config, liveClients.web, { ...parameters, ...wanted });
    expect(second.asked).toEqual(['/auth/step-up']);
    expect(await get(second, '/refunds')).toBe('what is at /refunds');
    // The old one is what it was.
    await refusedAt(first, '/refunds');

    test.clock.advance(400);
    const fresher = await refusedAt(second, '/transfers');
    expect(fresher).toEqual({ acr_values: 'mfa', max_age: '300' });
    const third = await signInAt(test, ann, config, liveClients.web, { ...parameters, ...fresher });
    expect(third.asked).toEqual(['/auth/step-up']);
    expect(await get(third, '/transfers')).toBe('what is at /transfers');
    // Another client of the same browser has nothing to ask for: it is there.
    const bank = await connect(test, liveClients.bank);
    expect((await signInAt(test, ann, bank, liveClients.bank, fresher)).asked).toEqual([]);
  });

  it('is refused a second time where the person declined, and the client sees why', async () => {
    const parameters = { scope: 'openid orders:read', resource: api };
    const first = await signInAt(test, ann, config, liveClients.web, parameters);
    const wanted = await refusedAt(first, '/refunds');
    const { url, checks } = await begin(config, liveClients.web, { ...parameters, ...wanted });
    const { callback, asked } = await goTo(test, ann, url, { declines: true });
    expect(asked).toEqual(['/auth/step-up', '/oidc/interaction/']);
    const second = await client.authorizationCodeGrant(config, callback, checks);
    expect(second.claims()).toMatchObject({ acr: 'pwd', amr: ['pwd'] });
    expect(await refusedAt(second, '/refunds')).toEqual(wanted);
  });

  it('keeps what it asked for apart from what a refresh gives', async () => {
    const parameters = { scope: 'openid orders:read offline_access', resource: api, prompt: 'consent' };
    const first = await signInAt(test, ann, config, liveClients.web, { ...parameters, acr_values: 'mfa' });
    expect(await get(first, '/transfers')).toBe('what is at /transfers');
    test.clock.advance(400);
    const renewed = await client.refreshTokenGrant(config, first.refresh_token ?? '', { resource: api });
    expect(await get(renewed, '/refunds')).toBe('what is at /refunds');
    // Renewed is not proved anew.
    expect(await refusedAt(renewed, '/transfers')).toEqual({ acr_values: 'mfa', max_age: '300' });
  });
});
