import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireMfa } from 'cofactor/assurance';
import { createResourceServer, createStepUpFetch, type ResourceServer } from 'cofactor/oidc-client';
import { startApi, type GuardedApi } from '../support/guarded-api.ts';
import { closed } from '../support/listening.ts';

const audience = 'https://api.example.com';
const shop = { id: 'shop', secret: 'shop-secret-of-at-least-32-characters' };
const asking = { clientId: 'api', clientSecret: 'api-secret-of-at-least-32-characters' };
const redirectUri = 'https://shop.example/callback';
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
// oxlint-disable-next-line typescript/no-deprecated -- localhost has no certificate
const overHttp = client.allowInsecureRequests;

/** What a sign-in at the issuer proves, by what was asked for: a wish for `mfa` is always fulfilled. */
const proved = (acrValues: string): { readonly acr: string; readonly amr: string[] } =>
  acrValues.split(' ').includes('mfa')
    ? { acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] }
    : { acr: 'pwd', amr: ['pwd'] };

/** oidc-provider as it is, with opaque tokens for an API and somebody who signs in at once. */
async function startProvider(): Promise<{ readonly issuer: string; readonly server: Server }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: shop.id,
        client_secret: shop.secret,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        id_token_signed_response_alg: 'ES256',
      },
      {
        client_id: asking.clientId,
        client_secret: asking.clientSecret,
        redirect_uris: [],
        grant_types: [],
        response_types: [],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'one', alg: 'ES256', use: 'sig' }] },
    cookies: { keys: ['a key of a test'] },
    acrValues: ['mfa', 'pwd'],
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, RefreshToken: 600, Session: 600 },
    features: {
      devInteractions: { enabled: false },
      introspection: { enabled: true, allowedPolicy: (_ctx, who) => who.clientId === asking.clientId },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx, resource) => ({
          scope: 'orders:read',
          audience: resource,
          accessTokenFormat: 'opaque',
        }),
        useGrantedResource: () => true,
      },
    },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    issueRefreshToken: (_ctx, _client, code) => code.scopes.has('offline_access'),
    extraTokenClaims(ctx) {
      const { acr, amr, authTime } = ctx.oidc.entities.AuthorizationCode ?? {};
      return { acr, amr, auth_time: authTime };
    },
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ clientId: shop.id, accountId: oidc.session?.accountId ?? '' });
      grant.addOIDCScope('openid offline_access');
      for (const resource of [audience, 'https://other.example.com'])
        grant.addResourceScope(resource, 'orders:read');
      await grant.save();
      return grant;
    },
  });
  const callback = provider.callback();
  server.on('request', (request, response) => {
    const answer = async (): Promise<void> => {
      if (request.url?.startsWith('/interaction/') !== true) return callback(request, response);
      const { params } = await provider.interactionDetails(request, response);
      const { acr, amr } = proved(String(params['acr_values']));
      await provider.interactionFinished(request, response, {
        login: { accountId: 'ann', acr, amr },
        consent: {},
      });
    };
    answer().catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  return { issuer, server };
}

describe('an API that asks a bare oidc-provider about tokens', () => {
  let server: Server;
  let config: client.Configuration;
  let api: GuardedApi;
  let guards: ResourceServer;
  beforeAll(async () => {
    const started = await startProvider();
    server = started.server;
    config = await client.discovery(
      new URL(started.issuer),
      shop.id,
      undefined,
      client.ClientSecretBasic(shop.secret),
      {
        execute: [overHttp],
      },
    );
    guards = createResourceServer({
      issuers: [{ issuer: started.issuer, audience, tokens: { introspection: asking } }],
      policies: { Mfa: requireMfa(), Fresh: requireMfa({ maxAge: 300 }), Admin: requireMfa() },
      log,
    });
    api = await startApi('express', guards);
  });
  afterAll(async () => {
    await api?.close();
    if (server) await closed(server);
  });

  async function signIn(
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<Awaited<ReturnType<typeof client.authorizationCodeGrant>>> {
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const expectedState = client.randomState();
    let at = client.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: 'openid orders:read',
      resource: audience,
      state: expectedState,
      prompt: 'login',
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      ...parameters,
    });
    const cookies = new Map<string, string>();
    for (let step = 0; at.origin !== new URL(redirectUri).origin; step += 1) {
      if (step > 8) throw new Error(`does not end at ${at.href}`);
      const answer = await fetch(at, {
        redirect: 'manual',
        headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      });
      for (const cookie of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        cookies.set(name, value);
      }
      at = new URL(answer.headers.get('location') ?? 'about:blank', at);
    }
    return client.authorizationCodeGrant(
      config,
      at,
      { pkceCodeVerifier, expectedState },
      { resource: parameters['resource'] ?? audience },
    );
  }

  const status = async (token: string | undefined, path = '/orders'): Promise<number> =>
    (await fetch(api.origin + path, { headers: { authorization: `Bearer ${token ?? ''}` } })).status;

  it('lets its tokens in, by scope, level and age', async () => {
    const { access_token: token } = await signIn();
    expect(token.includes('.')).toBe(false);
    expect([await status(token, '/me'), await status(token)]).toEqual([200, 200]);
    expect([await status(token, '/refunds'), await status(token, '/transfers')]).toEqual([401, 401]);

    let current = token;
    const call = createStepUpFetch({
      token: () => current,
      async stepUp({ acrValues = '' }) {
        current = (await signIn({ acr_values: acrValues })).access_token;
        return current;
      },
    });
    const answer = await call(`${api.origin}/transfers`, { method: 'POST' });
    expect([answer.status, await answer.json()]).toMatchObject([200, { subject: 'ann', acr: 'mfa' }]);
    expect(await status(current, '/refunds')).toBe(200);
  });

  it('takes none for another API, none that is something else, and none that was taken back', async () => {
    const other = await signIn({ resource: 'https://other.example.com' });
    expect(await status(other.access_token)).toBe(401);
    const tokens = await signIn({ scope: 'openid offline_access orders:read', prompt: 'login consent' });
    expect(await status(tokens.access_token)).toBe(200);
    expect(tokens.refresh_token).toBeDefined();
    expect(await status(tokens.refresh_token)).toBe(401);
    expect(await status(tokens.id_token)).toBe(401);
    expect(await status(`${tokens.access_token}x`)).toBe(401);
    expect(await status('x')).toBe(401);
    await client.tokenRevocation(config, tokens.access_token);
    expect(await status(tokens.access_token)).toBe(401);
  });

  it('A-159 lets nobody in where it does not know the API, or is gone', async () => {
    const { access_token: token } = await signIn();
    const { issuer } = config.serverMetadata();
    const stranger = createResourceServer({
      issuers: [
        {
          issuer,
          audience,
          tokens: { introspection: { ...asking, clientSecret: 'not the secret of this client' } },
        },
      ],
      log,
    });
    const request = {
      method: 'GET',
      url: '/',
      headers: { authorization: `Bearer ${token}` },
      body: null,
      remoteAddress: '',
    };
    const answered = async (one: ResourceServer): Promise<number> => {
      const guarded = await one.guard(request);
      return 'response' in guarded ? guarded.response.status : 200;
    };
    expect(await answered(stranger)).toBe(503);
    expect(await answered(guards)).toBe(200);
    await closed(server);
    expect(await answered(guards)).toBe(503);
    expect(await status(token)).toBe(503);
    server = createServer().listen(0, '127.0.0.1');
  });
});
