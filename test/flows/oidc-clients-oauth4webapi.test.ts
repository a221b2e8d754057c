import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OidcClient } from 'cofactor/oidc-server';
import { enrolTotp, onEachDatabase, register, type Person, type TestDatabase } from '../support/app.ts';
import { api } from '../support/oidc.ts';
import { goTo, liveOidc, parametersOf, secondsAhead, type LiveOidc } from '../support/oidc-live.ts';
import { liveClients, plain } from '../support/oidc-parties.ts';

/** A client in the terms of the library, and how it proves itself. */
interface Registered {
  readonly registered: OidcClient;
  readonly client: oauth.Client;
  readonly proof: oauth.ClientAuth;
}

function asClient(registered: OidcClient, proof?: oauth.ClientAuth): Registered {
  const { id, secret } = registered;
  const own = secret === undefined ? oauth.None() : oauth.ClientSecretBasic(secret);
  return { registered, client: { client_id: id }, proof: proof ?? own };
}

interface Asked {
  readonly url: URL;
  readonly verifier: string;
  readonly nonce: string;
  readonly state: string;
}

const offline = { scope: 'openid offline_access', prompt: 'consent' };

onEachDatabase('oauth4webapi', (fresh) => {
  let database: TestDatabase;
  let test: LiveOidc;
  let as: oauth.AuthorizationServer;
  let ann: Person;
  let keyed: OidcClient;
  let keys: oauth.CryptoKeyPair;
  const web = asClient(liveClients.web);
  beforeAll(async () => {
    database = await fresh();
    keys = await oauth.generateKeyPair('ES256', { extractable: true });
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', keys.publicKey);
    keyed = {
      id: 'keyed',
      name: 'Keyed',
      redirectUris: ['https://keyed.example/callback'],
      jwks: { keys: [{ kty, crv, x, y }] },
      firstParty: true,
    };
    test = await liveOidc(database.open(), { clients: [...Object.values(liveClients), keyed] });
    const issuer = new URL(test.issuer);
    const found = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...plain });
    as = await oauth.processDiscoveryResponse(issuer, found);
    ann = await withApp();
  });
  async function withApp(): Promise<Person> {
    const person = await register(test);
    await enrolTotp(test, person);
    return person;
  }
  afterAll(async () => {
    await test?.close();
    await database?.drop();
  });

  async function ask(
    { registered, client, proof }: Registered,
    parameters: Readonly<Record<string, string>> = {},
    pushed: oauth.PushedAuthorizationRequestOptions | null = null,
  ): Promise<Asked> {
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const nonce = oauth.generateRandomNonce();
    const all = {
      client_id: client.client_id,
      redirect_uri: registered.redirectUris[0] ?? '',
      response_type: 'code',
      scope: 'openid',
      state,
      nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...parameters,
    };
    const url = new URL(as.authorization_endpoint ?? '');
    if (pushed) {
      const answer = await oauth.pushedAuthorizationRequest(as, client, proof, all, { ...plain, ...pushed });
      const { request_uri: uri } = await oauth.processPushedAuthorizationResponse(as, client, answer);
      url.search = String(new URLSearchParams({ client_id: client.client_id, request_uri: uri }));
    } else url.search = String(new URLSearchParams(all));
    return { url, verifier, nonce, state };
  }

  async function redeem(
    { registered, client, proof }: Registered,
    { verifier, nonce }: Asked,
    validated: URLSearchParams,
    options: oauth.TokenEndpointRequestOptions & oauth.ProcessAuthorizationCodeResponseOptions = {},
  ): Promise<oauth.TokenEndpointResponse> {
    const uri = registered.redirectUris[0] ?? '';
    const all = { ...plain, ...options };
    const answer = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      proof,
      validated,
      uri,
      verifier,
      all,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, answer, {
      expectedNonce: nonce,
      ...options,
      requireIdToken: true,
    });
    await oauth.validateApplicationLevelSignature(as, answer, plain);
    return tokens;
  }

  async function signIn(
    who: Registered,
    parameters: Readonly<Record<string, string>> = {},
    options: Parameters<typeof redeem>[3] & { readonly person?: Person } = {},
  ): Promise<oauth.TokenEndpointResponse> {
    const asked = await ask(who, parameters);
    const { callback } = await goTo(test, options.person ?? ann, asked.url);
    return redeem(
      who,
      asked,
      oauth.validateAuthResponse(as, who.client, callback as URL, asked.state),
      options,
    );
  }

  /** A request to an API as it arrives there. */
  function atApi({ access_token: token }: oauth.TokenEndpointResponse): Request {
    return new Request(`${api}/orders`, { headers: { authorization: `Bearer ${token}` } });
  }

  it('finds the server at both places', async () => {
    const issuer = new URL(test.issuer);
    const found = await oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...plain });
    expect(await oauth.processDiscoveryResponse(issuer, found)).toEqual(as);
  });

  it.each<[string, () => Registered]>([
    ['a secret in the header', () => web],
    ['a secret in the form', () => asClient(liveClients.web, oauth.ClientSecretPost(liveClients.web.secret))],
    ['a signature', () => asClient(keyed, oauth.PrivateKeyJwt(keys.privateKey))],
    ['nothing but PKCE', () => asClient(liveClients.spa)],
  ])('gets tokens for a code with %s', async (_how, who) => {
    const tokens = await signIn(who());
    const claims = oauth.getValidatedIdTokenClaims(tokens);
    expect(claims).toMatchObject({ aud: who().client.client_id, acr: 'pwd', amr: ['pwd'] });
    expect(claims).toMatchObject({ sid: expect.any(String), auth_time: expect.any(Number) });
    const answer = await oauth.userInfoRequest(as, who().client, tokens.access_token, plain);
    const info = await oauth.processUserInfoResponse(as, who().client, claims?.sub ?? '', answer);
    expect(info).toEqual({ sub: claims?.sub, acr: 'pwd', amr: ['pwd'], auth_time: claims?.auth_time });
  });

  it('is answered by this server and no other', async () => {
    const asked = await ask(web);
    const { callback } = await goTo(test, ann, asked.url);
    const mixedUp = { ...as, issuer: 'https://other.example' };
    expect(() => oauth.validateAuthResponse(mixedUp, web.client, callback as URL, asked.state)).toThrow(
      /"iss"/,
    );
    const refused = await goTo(test, ann, (await ask(web, { max_age: '1e1' })).url);
    const parameters = await parametersOf(refused);
    expect(Object.fromEntries(parameters)).toMatchObject({ error: 'invalid_request', iss: test.issuer });
  });

  it('pushes requests, with a key that everything is bound to', async () => {
    const bound = asClient(liveClients.bound);
    const DPoP = oauth.DPoP(bound.client, await oauth.generateKeyPair('ES256'));
    const asked = await ask(bound, offline, { DPoP });
    const { callback } = await goTo(test, ann, asked.url);
    const validated = oauth.validateAuthResponse(as, bound.client, callback as URL, asked.state);
    const tokens = await redeem(bound, asked, validated, { DPoP });
    expect(tokens.token_type).toBe('dpop');
    const sub = oauth.getValidatedIdTokenClaims(tokens)?.sub ?? '';
    const answer = await oauth.userInfoRequest(as, bound.client, tokens.access_token, { ...plain, DPoP });
    expect((await oauth.processUserInfoResponse(as, bound.client, sub, answer)).sub).toBe(sub);
    const renewed = await oauth.refreshTokenGrantRequest(
      as,
      bound.client,
      bound.proof,
      tokens.refresh_token ?? '',
      {
        ...plain,
        DPoP,
      },
    );
    expect((await oauth.processRefreshTokenResponse(as, bound.client, renewed)).token_type).toBe('dpop');
  });

  it('refreshes, asks about a token, and takes it back', async () => {
    const { client, proof } = web;
    const tokens = await signIn(web, offline);
    const claims = oauth.getValidatedIdTokenClaims(tokens);
    const refresh = async (token = ''): Promise<oauth.TokenEndpointResponse> =>
      oauth.processRefreshTokenResponse(
        as,
        client,
        await oauth.refreshTokenGrantRequest(as, client, proof, token, plain),
      );
    const renewed = await refresh(tokens.refresh_token);
    expect(oauth.getValidatedIdTokenClaims(renewed)?.auth_time).toBe(claims?.auth_time);
    const asking = asClient(liveClients.api);
    const about = async (): Promise<oauth.IntrospectionResponse> =>
      oauth.processIntrospectionResponse(
        as,
        asking.client,
        await oauth.introspectionRequest(as, asking.client, asking.proof, renewed.access_token, plain),
      );
    const { acr, amr, auth_time } = claims as oauth.IDToken;
    expect(await about()).toMatchObject({ active: true, acr, amr, auth_time });
    const revoked = await oauth.revocationRequest(as, client, proof, renewed.refresh_token ?? '', plain);
    await oauth.processRevocationResponse(revoked);
    expect(await about()).toEqual({ active: false });
    await expect(refresh(renewed.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('validates an access token for an API, with the sign-in in it (RFC 9068, RFC 9470)', async () => {
    const person = await withApp();
    const parameters = { scope: 'openid orders:read', resource: api, acr_values: 'mfa' };
    const tokens = await signIn(web, parameters, { person });
    const claims = await oauth.validateJwtAccessToken(as, atApi(tokens), api, plain);
    const { sub, acr, amr, auth_time } = oauth.getValidatedIdTokenClaims(tokens) as oauth.IDToken;
    expect([acr, amr]).toEqual(['mfa', ['pwd', 'otp', 'mfa']]);
    expect(claims).toMatchObject({ sub, acr, amr, auth_time, client_id: 'web', scope: 'orders:read' });
    expect(claims.exp - claims.iat).toBe(300);
    await expect(
      oauth.validateJwtAccessToken(as, atApi(tokens), 'https://other.example', plain),
    ).rejects.toThrow(/"aud"/);
    // A token for userinfo is none for an API.
    await expect(oauth.validateJwtAccessToken(as, atApi(await signIn(web)), api, plain)).rejects.toThrow(
      /JWT/,
    );
  });

  it('validates at an API that a token is used with its key', async () => {
    const bound = asClient(liveClients.bound);
    const pair = await oauth.generateKeyPair('ES256');
    const DPoP = oauth.DPoP(bound.client, pair);
    const tokens = await signIn(bound, { scope: 'openid orders:read', resource: api }, { DPoP });
    const got: Request[] = [];
    await oauth.protectedResourceRequest(
      tokens.access_token,
      'GET',
      new URL(`${api}/orders`),
      undefined,
      undefined,
      {
        DPoP,
        [oauth.customFetch]: (url, init) => {
          got.push(new Request(url, init as RequestInit));
          return Promise.resolve(new Response());
        },
      },
    );
    const [request = new Request(api)] = got;
    const claims = await oauth.validateJwtAccessToken(as, request, api, { ...plain, requireDPoP: true });
    expect(claims.cnf).toEqual({ jkt: await DPoP.calculateThumbprint() });
    await expect(oauth.validateJwtAccessToken(as, atApi(tokens), api, plain)).rejects.toThrow(/DPoP/i);
  });

  it('validates an access token of a client for itself', async () => {
    const job = asClient(liveClients.job);
    const wanted = { scope: 'orders:read', resource: api };
    const answer = await oauth.clientCredentialsGrantRequest(as, job.client, job.proof, wanted, plain);
    const tokens = await oauth.processClientCredentialsResponse(as, job.client, answer);
    const claims = await oauth.validateJwtAccessToken(as, atApi(tokens), api, plain);
    expect(claims).toMatchObject({ sub: 'job', client_id: 'job', scope: 'orders:read' });
    // Nobody signed in.
    for (const name of ['acr', 'amr', 'auth_time']) expect(claims).not.toHaveProperty(name);
  });

  it.each(['fragment', 'form_post'])('validates code and id_token that came by %s', async (mode) => {
    const hybrid = asClient(liveClients.hybrid);
    const asked = await ask(hybrid, { response_type: 'code id_token', response_mode: mode });
    const { callback } = await goTo(test, ann, asked.url);
    const parameters = await parametersOf({ callback });
    const { nonce, state } = asked;
    const { client } = hybrid;
    const validate = (nonceToFind: string, handed: URLSearchParams = parameters): Promise<URLSearchParams> =>
      oauth.validateCodeIdTokenResponse(as, client, handed, nonceToFind, state, undefined, plain);
    const validated = await validate(nonce);
    const tokens = await redeem(hybrid, asked, validated);
    expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({ aud: 'hybrid', nonce });

    await expect(validate('another')).rejects.toThrow(/nonce/);
    const swapped = new URLSearchParams({ ...Object.fromEntries(parameters), code: 'another' });
    await expect(validate(nonce, swapped)).rejects.toThrow(/c_hash/);
  });

  it('finds the sign-in as new as it asked for', async () => {
    const person = await withApp();
    const client = { client_id: 'web', [oauth.clockSkew]: 0 };
    const who = { ...web, client };
    await signIn(who, {}, { person });
    test.clock.advance(400);
    client[oauth.clockSkew] = secondsAhead(test);
    await expect(signIn(who, {}, { person, maxAge: 300 })).rejects.toThrow(/too much time has elapsed/);
    const tokens = await signIn(who, { max_age: '300' }, { person, maxAge: 300 });
    expect(oauth.getValidatedIdTokenClaims(tokens)?.['amr']).toEqual(['pwd', 'otp', 'mfa']);
  });
});
