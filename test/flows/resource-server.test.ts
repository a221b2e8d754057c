import { request as send } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import * as client from 'openid-client';
import { requireMfa, requireRole } from 'cofactor/assurance';
import { createResourceServer, createStepUpFetch, type StepUpChallenge } from 'cofactor/oidc-client';
import { enrolTotp, onEachDatabase, register, type Person, type TestDatabase } from '../support/app.ts';
import { carriers, startApi, type GuardedApi } from '../support/guarded-api.ts';
import { api } from '../support/oidc.ts';
import { liveOidc, type LiveOidc } from '../support/oidc-live.ts';
import { connect, liveClients, signInAt, type Tokens } from '../support/oidc-parties.ts';

const policies = { Mfa: requireMfa(), Fresh: requireMfa({ maxAge: 300 }), Admin: requireRole('admin') };
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const parameters = { scope: 'openid orders:read', resource: api };

onEachDatabase('an API behind createResourceServer', (fresh) => {
  let database: TestDatabase;
  let test: LiveOidc;
  let config: client.Configuration;
  let ann: Person;
  const apis = new Map<string, GuardedApi>();
  beforeAll(async () => {
    database = await fresh();
    // Tokens are made by the clock of the machine, which the one of the tests runs away from.
    const resources = { [api]: { scopes: ['orders:read'], accessTokenLifetime: 86_400 } };
    test = await liveOidc(database.open(), { clients: Object.values(liveClients), resources });
    config = await connect(test, liveClients.web);
    const { issuer, clock } = test;
    const reading = createResourceServer({ issuers: [{ issuer, audience: api }], policies, clock, log });
    for (const carrier of carriers) apis.set(carrier, await startApi(carrier, reading));
    const { id: clientId, secret: clientSecret } = liveClients.api;
    const asking = createResourceServer({
      issuers: [{ issuer, audience: null, tokens: { introspection: { clientId, clientSecret } } }],
      policies,
      clock,
      log,
    });
    apis.set('introspection', await startApi('fastify', asking));
  });
  afterAll(async () => {
    for (const one of apis.values()) await one.close();
    await test?.close();
    await database?.drop();
  });
  beforeEach(async () => {
    ann = await register(test);
    await enrolTotp(test, ann);
  });

  const origin = (name: string): string => apis.get(name)?.origin ?? '';

  /** A client of ann's, as it is written: it signs her in once more where the API asks for it. */
  function clientOf(
    first: Tokens,
    more: Readonly<Record<string, string>>,
  ): { readonly call: typeof fetch; readonly steps: StepUpChallenge[] } {
    let token = first.access_token;
    const steps: StepUpChallenge[] = [];
    const call = createStepUpFetch({
      token: () => token,
      async stepUp(challenge) {
        steps.push(challenge);
        const { acrValues, maxAge } = challenge;
        const better = await signInAt(test, ann, config, liveClients.web, {
          ...more,
          ...(acrValues !== undefined && { acr_values: acrValues }),
          ...(maxAge !== undefined && { max_age: String(maxAge) }),
        });
        token = better.access_token;
        return token;
      },
    });
    return { call, steps };
  }

  it.each([...carriers, 'introspection'])(
    'password only is not enough, the client steps up and gets in: %s',
    async (name) => {
      const more = name === 'introspection' ? { scope: 'openid' } : parameters;
      const first = await signInAt(test, ann, config, liveClients.web, more);
      const subject = first.claims()?.sub;
      const plain = (path: string): Promise<Response> =>
        fetch(origin(name) + path, { headers: { authorization: `Bearer ${first.access_token}` } });
      const me = await plain('/me');
      expect([me.status, await me.json()]).toMatchObject([200, { subject, acr: 'pwd' }]);
      const refused = await plain('/transfers');
      expect([refused.status, refused.headers.get('content-type')]).toEqual([
        401,
        'application/problem+json; charset=utf-8',
      ]);
      expect(refused.headers.get('www-authenticate')).toContain('error="insufficient_user_authentication"');

      const { call, steps } = clientOf(first, more);
      const post = (path: string): Promise<Response> =>
        call(origin(name) + path, {
          method: 'POST',
          body: '{"amount":7}',
          headers: { 'content-type': 'application/json' },
        });
      const answer = await post('/transfers');
      expect([answer.status, await answer.json()]).toMatchObject([
        200,
        { subject, acr: 'mfa', body: { amount: 7 } },
      ]);
      expect(steps).toEqual([{ acrValues: 'mfa', maxAge: 300 }]);
      expect((await post('/transfers')).status).toBe(200);
      expect(steps.length).toBe(1);

      // The proof grows old, and is asked for again; the policy without age goes on to be met.
      test.clock.advance(301);
      const renewed = await post('/transfers');
      expect([renewed.status, steps.length]).toEqual([200, 2]);
      // What was got with the password is as weak as it was.
      expect((await plain('/transfers')).status).toBe(401);
      // No proof makes up for a role.
      expect((await post('/admin')).status).toBe(403);
      expect(steps.length).toBe(2);
    },
  );

  it.each(carriers)('asks for scopes, and takes nothing but a good header: %s', async (name) => {
    const { access_token: token, id_token: idToken } = await signInAt(
      test,
      ann,
      config,
      liveClients.web,
      parameters,
    );
    const bare = await signInAt(test, ann, config, liveClients.web, { scope: 'openid', resource: api });
    const status = async (path: string, headers: Record<string, string>): Promise<readonly unknown[]> => {
      const answer = await fetch(origin(name) + path, { headers });
      return [answer.status, answer.headers.get('www-authenticate')];
    };
    expect((await status('/orders', { authorization: `Bearer ${token}` }))[0]).toBe(200);
    expect(await status('/orders', { authorization: `Bearer ${bare.access_token}` })).toEqual([
      403,
      'Bearer error="insufficient_scope", scope="orders:read"',
    ]);
    expect(await status('/me', {})).toEqual([401, 'Bearer']);
    expect(await status(`/me?access_token=${token}`, {})).toEqual([401, 'Bearer']);
    expect(await status('/me', { authorization: `Bearer ${idToken}` })).toEqual([
      401,
      'Bearer error="invalid_token"',
    ]);
    // An access token that is not for an API is for nobody but the server.
    const other = await signInAt(test, ann, config, liveClients.web, { scope: 'openid' });
    expect((await status('/me', { authorization: `Bearer ${other.access_token}` }))[0]).toBe(401);

    // Two headers of the same name: of those, Node keeps one.
    const twice = await rawStatus(`${origin(name)}/me`, [`Bearer ${token}`, `Bearer ${bare.access_token}`]);
    expect(twice).toBe(name === 'fetch' ? 401 : 400);
    expect(await rawStatus(`${origin(name)}/me`, [`Bearer ${token}`])).toBe(200);
    expect(await rawStatus(`${origin(name)}/me`, ['Basic eDp5', `Bearer ${token}`])).toBeGreaterThanOrEqual(
      400,
    );
    if (name !== 'fetch') {
      expect((await fetch(`${origin(name)}/open`)).status, 'no bearer where there is no guard').toBe(500);
    }
  });

  it('a token of a client that acts for itself opens what asks for nobody, and nothing else', async () => {
    const job = await connect(test, liveClients.job);
    const { access_token: token } = await client.clientCredentialsGrant(job, {
      resource: api,
      scope: 'orders:read',
    });
    const status = async (path: string): Promise<number> =>
      (await fetch(origin('fastify') + path, { headers: { authorization: `Bearer ${token}` } })).status;
    expect([await status('/orders'), await status('/refunds')]).toEqual([200, 401]);
  });

  it('a token that is bound to a key of its client is not good without it', async () => {
    const bound = await connect(test, liveClients.bound);
    const DPoP = client.getDPoPHandle(bound, await client.randomDPoPKeyPair());
    const tokens = await signInAt(test, ann, bound, liveClients.bound, parameters, { DPoP });
    for (const name of carriers) {
      const answer = await fetch(`${origin(name)}/me`, {
        headers: { authorization: `Bearer ${tokens.access_token}` },
      });
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
        401,
        'Bearer error="invalid_token"',
      ]);
    }
  });

  it('by introspection, a sign-out and a revoked token count at once, and a refresh token is none', async () => {
    const tokens = await signInAt(test, ann, config, liveClients.web, {
      scope: 'openid offline_access',
      prompt: 'consent',
    });
    const status = async (token: string | undefined): Promise<number> =>
      (await fetch(`${origin('introspection')}/me`, { headers: { authorization: `Bearer ${token}` } }))
        .status;
    expect(await status(tokens.access_token)).toBe(200);
    expect(await status(tokens.refresh_token)).toBe(401);
    expect(await status(tokens.id_token)).toBe(401);
    await client.tokenRevocation(config, tokens.access_token);
    expect(await status(tokens.access_token)).toBe(401);

    const again = await signInAt(test, ann, config, liveClients.web, { scope: 'openid' });
    expect(await status(again.access_token)).toBe(200);
    await ann.browser.post('/auth/sign-out');
    expect(await status(again.access_token)).toBe(401);
  });
});

/** The status of a request with these headers, as they are. */
function rawStatus(url: string, authorization: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    send(url, { headers: { authorization: [...authorization] as never } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}
