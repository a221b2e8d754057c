import * as client from 'openid-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OidcClient } from 'cofactor/oidc-server';
import { enrolTotp, onEachDatabase, register, type Person, type TestDatabase } from '../support/app.ts';
import { api } from '../support/oidc.ts';
import { goTo, liveOidc, parametersOf, secondsAhead, type LiveOidc } from '../support/oidc-live.ts';
import { begin, connect, liveClients, signInAt } from '../support/oidc-parties.ts';

const offline = { scope: 'openid email offline_access', prompt: 'consent' };

/** What a library throws where the server says no, be it in the body or in `WWW-Authenticate`. */
function refusal(status: number, error: string): unknown {
  return expect.toSatisfy((thrown: unknown) => {
    const { error: name, status: code, cause } = thrown as client.ResponseBodyError;
    const challenge = (cause as unknown as readonly { parameters: { error?: string } }[] | undefined)?.[0];
    return code === status && (name ?? challenge?.parameters.error) === error;
  }, `is refused with ${status} ${error}`);
}

onEachDatabase('openid-client', (fresh) => {
  let database: TestDatabase;
  let test: LiveOidc;
  /** Signed in with a password, and never with more. */
  let ann: Person;
  let keyed: OidcClient;
  let keyOfKeyed: CryptoKeyPair;
  beforeAll(async () => {
    database = await fresh();
    keyOfKeyed = await client.randomDPoPKeyPair('ES256', { extractable: true });
    const jwk = await crypto.subtle.exportKey('jwk', keyOfKeyed.publicKey);
    keyed = {
      id: 'keyed',
      name: 'Keyed',
      redirectUris: ['https://keyed.example/callback'],
      jwks: {
        keys: [{ kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y, alg: 'ES256', use: 'sig', kid: 'own' }],
      },
      firstParty: true,
    };
    test = await liveOidc(database.open(), {
      clients: [...Object.values(liveClients), keyed],
      algorithms: ['ES256', 'EdDSA', 'RS256'],
    });
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

  it('reads in discovery what is true', async () => {
    const config = await connect(test, liveClients.web);
    const { supportsPKCE, grant_types_supported: grants, ...metadata } = config.serverMetadata();
    const at = (path: string): string => `${test.issuer}${path}`;
    expect(supportsPKCE()).toBe(true);
    expect(metadata).toEqual({
      issuer: test.issuer,
      authorization_endpoint: at('/auth'),
      token_endpoint: at('/token'),
      userinfo_endpoint: at('/userinfo'),
      jwks_uri: at('/jwks'),
      revocation_endpoint: at('/revoke'),
      introspection_endpoint: at('/introspect'),
      end_session_endpoint: at('/logout'),
      pushed_authorization_request_endpoint: at('/par'),
      device_authorization_endpoint: at('/device/start'),
      // What the factors of this server reach, and no more.
      acr_values_supported: ['pwd', 'mfa'],
      // Those of APIs mean something together with `resource` only.
      scopes_supported: ['openid', 'profile', 'email', 'roles', 'offline_access'],
      claims_supported: [
        'sub',
        'acr',
        'amr',
        'auth_time',
        'preferred_username',
        'locale',
        'email',
        'email_verified',
        'roles',
        'sid',
        'iss',
      ],
      claim_types_supported: ['normal'],
      claims_parameter_supported: true,
      request_uri_parameter_supported: false,
      response_types_supported: ['code', 'code id_token'],
      response_modes_supported: ['form_post', 'fragment', 'query'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256', 'EdDSA', 'RS256'],
      token_endpoint_auth_methods_supported: [
        'client_secret_basic',
        'client_secret_post',
        'private_key_jwt',
        'none',
      ],
      token_endpoint_auth_signing_alg_values_supported: ['ES256', 'EdDSA', 'RS256', 'PS256'],
      dpop_signing_alg_values_supported: ['ES256', 'EdDSA'],
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    });
    expect([...(grants ?? [])].sort()).toEqual([
      'authorization_code',
      'client_credentials',
      // What the hybrid flow goes under (OpenID Connect Registration, 2).
      'implicit',
      'refresh_token',
      'urn:ietf:params:oauth:grant-type:device_code',
    ]);
  });

  it('finds the same at the place of RFC 8414', async () => {
    const config = await connect(test, liveClients.web);
    const other = await connect(test, liveClients.web, { algorithm: 'oauth2' });
    expect(other.serverMetadata().issuer).toBe(test.issuer);
    expect(JSON.stringify(other.serverMetadata())).toBe(JSON.stringify(config.serverMetadata()));
  });

  it.each<[string, () => OidcClient, () => client.ClientAuth]>([
    [
      'its secret in the header',
      () => liveClients.web,
      () => client.ClientSecretBasic(liveClients.web.secret),
    ],
    ['its secret in the form', () => liveClients.web, () => client.ClientSecretPost(liveClients.web.secret)],
    ['a signature', () => keyed, () => client.PrivateKeyJwt({ key: keyOfKeyed.privateKey, kid: 'own' })],
    ['nothing but PKCE', () => liveClients.spa, () => client.None()],
  ])('gets tokens for a code, as a client that proves itself by %s', async (_how, registered, proof) => {
    const config = await connect(test, registered(), { proof: proof() });
    const tokens = await signInAt(test, ann, config, registered(), { scope: 'openid email profile' });
    const claims = tokens.claims();
    expect(claims).toMatchObject({ iss: test.issuer, aud: registered().id, acr: 'pwd', amr: ['pwd'] });
    expect(claims).toMatchObject({ auth_time: expect.any(Number), sid: expect.any(String) });
    expect(tokens.token_type).toBe('bearer');
    expect(tokens.refresh_token).toBeUndefined();
    const info = await client.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '');
    expect(info).toMatchObject({ preferred_username: ann.identifier });
  });

  it('is refused with another secret, another key, another verifier', async () => {
    const config = await connect(test, liveClients.web);
    const { url, checks } = await begin(config, liveClients.web);
    const { callback } = await goTo(test, ann, url);
    const wrong = await connect(test, liveClients.web, { proof: client.ClientSecretBasic('x'.repeat(40)) });
    await expect(client.authorizationCodeGrant(wrong, callback, checks)).rejects.toEqual(
      refusal(401, 'invalid_client'),
    );
    const { privateKey } = await client.randomDPoPKeyPair('ES256');
    const forger = await connect(test, keyed, {
      proof: client.PrivateKeyJwt({ key: privateKey, kid: 'own' }),
    });
    await expect(client.authorizationCodeGrant(forger, callback, checks)).rejects.toEqual(
      refusal(401, 'invalid_client'),
    );
    const guessed = { ...checks, pkceCodeVerifier: client.randomPKCECodeVerifier() };
    await expect(client.authorizationCodeGrant(config, callback, guessed)).rejects.toEqual(
      refusal(400, 'invalid_grant'),
    );
  });

  it('gets nothing for a code that was used, and what was made from it is worth nothing', async () => {
    const config = await connect(test, liveClients.web);
    const { url, checks } = await begin(config, liveClients.web);
    const { callback } = await goTo(test, ann, url);
    const tokens = await client.authorizationCodeGrant(config, callback, checks);
    const sub = tokens.claims()?.sub ?? '';
    await client.fetchUserInfo(config, tokens.access_token, sub);
    await expect(client.authorizationCodeGrant(config, callback, checks)).rejects.toEqual(
      refusal(400, 'invalid_grant'),
    );
    await expect(client.fetchUserInfo(config, tokens.access_token, sub)).rejects.toEqual(
      refusal(401, 'invalid_token'),
    );
  });

  it('pushes its requests, and has to where that is required', async () => {
    const web = await connect(test, liveClients.web);
    const tokens = await signInAt(test, ann, web, liveClients.web, {}, { pushed: true });
    expect(tokens.claims()?.aud).toBe('web');

    const config = await connect(test, liveClients.pushed);
    const plain = await begin(config, liveClients.pushed);
    const refused = await goTo(test, ann, plain.url);
    await expect(client.authorizationCodeGrant(config, refused.callback, plain.checks)).rejects.toMatchObject(
      { error: 'invalid_request', code: 'OAUTH_AUTHORIZATION_RESPONSE_ERROR' },
    );
    expect((await parametersOf(refused)).get('iss')).toBe(test.issuer);

    const pushed = await begin(config, liveClients.pushed, {}, { pushed: true });
    expect([...pushed.url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
    const arrival = await goTo(test, ann, pushed.url);
    const got = await client.authorizationCodeGrant(config, arrival.callback, pushed.checks);
    expect(got.claims()?.aud).toBe('pushed');
  });

  it('binds code, tokens and refresh to a key of its own', async () => {
    const config = await connect(test, liveClients.bound);
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
    const tokens = await signInAt(test, ann, config, liveClients.bound, offline, { pushed: true, DPoP });
    const sub = tokens.claims()?.sub ?? '';
    expect(tokens.token_type).toBe('dpop');
    const info = await client.fetchUserInfo(config, tokens.access_token, sub, { DPoP });
    expect(info.sub).toBe(sub);
    await expect(client.fetchUserInfo(config, tokens.access_token, sub)).rejects.toEqual(
      refusal(401, 'invalid_token'),
    );

    const thief = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
    await expect(client.fetchUserInfo(config, tokens.access_token, sub, { DPoP: thief })).rejects.toEqual(
      refusal(401, 'invalid_token'),
    );
    await expect(
      client.refreshTokenGrant(config, tokens.refresh_token ?? '', {}, { DPoP: thief }),
    ).rejects.toEqual(refusal(400, 'invalid_grant'));
    const renewed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '', {}, { DPoP });
    expect(renewed.token_type).toBe('dpop');
    await client.fetchUserInfo(config, renewed.access_token, sub, { DPoP });
  });

  it('cannot redeem a code with another key than it was asked with, nor leave the key out', async () => {
    const config = await connect(test, liveClients.bound);
    const pair = (): Promise<client.CryptoKeyPair> => client.randomDPoPKeyPair('ES256');
    const DPoP = client.getDPoPHandle(config, await pair());
    const { url, checks } = await begin(config, liveClients.bound, {}, { pushed: true, DPoP });
    const { callback } = await goTo(test, ann, url);
    const thief = { DPoP: client.getDPoPHandle(config, await pair()) };
    for (const how of [thief, {}]) {
      await expect(client.authorizationCodeGrant(config, callback, checks, {}, how)).rejects.toEqual(
        refusal(400, 'invalid_grant'),
      );
    }
    const plain = await begin(config, liveClients.bound);
    const arrival = await goTo(test, ann, plain.url);
    await expect(client.authorizationCodeGrant(config, arrival.callback, plain.checks)).rejects.toEqual(
      refusal(400, 'invalid_grant'),
    );
  });

  it('refreshes with a new token each time; an old one ends them all', async () => {
    const config = await connect(test, liveClients.web);
    const first = await signInAt(test, ann, config, liveClients.web, offline);
    const second = await client.refreshTokenGrant(config, first.refresh_token ?? '');
    expect(second.refresh_token).not.toBe(first.refresh_token);
    const { sub, acr, amr, auth_time, sid } = first.claims() as client.IDToken;
    expect(second.claims()).toMatchObject({ sub, acr, amr, auth_time, sid });
    const third = await client.refreshTokenGrant(config, second.refresh_token ?? '');
    for (const { refresh_token: token } of [first, third]) {
      await expect(client.refreshTokenGrant(config, token ?? '')).rejects.toEqual(
        refusal(400, 'invalid_grant'),
      );
    }
  });

  it('tells an API about tokens, and takes them back', async () => {
    const web = await connect(test, liveClients.web);
    const asking = await connect(test, liveClients.api);
    const ben = await withApp();
    const tokens = await signInAt(test, ben, web, liveClients.web, { ...offline, acr_values: 'mfa' });
    const { sub, acr, amr, auth_time } = tokens.claims() as client.IDToken;
    expect([acr, amr]).toEqual(['mfa', ['pwd', 'otp', 'mfa']]);
    const told = await client.tokenIntrospection(asking, tokens.access_token);
    expect(told).toMatchObject({ active: true, client_id: 'web', iss: test.issuer, sub });
    expect(told).toMatchObject({ acr, amr, auth_time });
    // Who is no API learns nothing of somebody else's token (RFC 7662, 2.2).
    const partner = await connect(test, liveClients.partner);
    expect(await client.tokenIntrospection(partner, tokens.access_token)).toEqual({ active: false });
    // Nor can it take it back.
    await client.tokenRevocation(partner, tokens.access_token);
    expect(await client.tokenIntrospection(asking, tokens.access_token)).toMatchObject({ active: true });

    const renewed = await client.refreshTokenGrant(web, tokens.refresh_token ?? '');
    await client.tokenRevocation(web, renewed.refresh_token ?? '');
    expect(await client.tokenIntrospection(asking, renewed.access_token)).toEqual({ active: false });
    await expect(client.refreshTokenGrant(web, renewed.refresh_token ?? '')).rejects.toEqual(
      refusal(400, 'invalid_grant'),
    );
    const others = await signInAt(test, ann, web, liveClients.web);
    await client.tokenRevocation(web, others.access_token);
    expect(await client.tokenIntrospection(asking, others.access_token)).toEqual({ active: false });
  });

  it('gets tokens for itself where nobody signs in', async () => {
    const config = await connect(test, liveClients.job);
    const tokens = await client.clientCredentialsGrant(config, { resource: api, scope: 'orders:read' });
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'orders:read', expires_in: 300 });
    expect(tokens.id_token).toBeUndefined();
    const web = await connect(test, liveClients.web);
    await expect(client.clientCredentialsGrant(web, { resource: api })).rejects.toEqual(
      refusal(400, 'invalid_request'),
    );
  });

  it.each(['fragment', 'form_post'])('validates what the hybrid flow hands over by %s', async (mode) => {
    const config = await connect(test, liveClients.hybrid);
    client.useCodeIdTokenResponseType(config);
    const { url, checks } = await begin(config, liveClients.hybrid, { response_mode: mode });
    expect(url.searchParams.get('response_type')).toBe('code id_token');
    const arrival = await goTo(test, ann, url);
    expect(arrival.callback instanceof Request).toBe(mode === 'form_post');
    const handed = await parametersOf(arrival);
    expect([...handed.keys()].sort()).toEqual(['code', 'id_token', 'iss', 'state']);
    const tokens = await client.authorizationCodeGrant(config, arrival.callback, checks);
    expect(tokens.claims()).toMatchObject({ aud: 'hybrid', acr: 'pwd', amr: ['pwd'] });

    // That it looks at c_hash and nonce is seen by what it says of others.
    const swapped = new URL(liveClients.hybrid.redirectUris[0] ?? '');
    swapped.hash = String(new URLSearchParams({ ...Object.fromEntries(handed), code: 'another' }));
    await expect(client.authorizationCodeGrant(config, swapped, checks)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('c_hash') },
    });
    const expectedNonce = client.randomNonce();
    swapped.hash = String(handed);
    await expect(
      client.authorizationCodeGrant(config, swapped, { ...checks, expectedNonce }),
    ).rejects.toMatchObject({ cause: { message: expect.stringContaining('nonce') } });
  });

  it('has the hybrid flow only where it is switched on', async () => {
    const config = await connect(test, liveClients.web);
    const { url } = await begin(config, liveClients.web, { response_type: 'code id_token' });
    const parameters = await parametersOf(await goTo(test, ann, url));
    expect(Object.fromEntries(parameters)).toMatchObject({ error: 'invalid_request', iss: test.issuer });
  });

  it('finds the time that it is told in order, after max_age led to a new proof', async () => {
    const ben = await withApp();
    const old = await signInAt(test, ben, await connect(test, liveClients.web), liveClients.web);
    test.clock.advance(400);
    // The client lives at the time of the test, as the server does.
    const metadata = { [client.clockSkew]: secondsAhead(test) };
    const config = await connect(test, liveClients.web, { metadata });
    const checks = { maxAge: 300 };
    await expect(signInAt(test, ben, config, liveClients.web, {}, { checks })).rejects.toMatchObject({
      code: 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
    });
    const fresh = await signInAt(test, ben, config, liveClients.web, { max_age: '300' }, { checks });
    expect(fresh.asked).toEqual(['/auth/step-up']);
    expect(fresh.claims()?.auth_time).toBeGreaterThanOrEqual((old.claims()?.auth_time ?? 0) + 400);
  });

  it('gets an essential level, or an error that says so', async () => {
    const config = await connect(test, liveClients.web);
    const claims = (value: string): string =>
      JSON.stringify({ id_token: { acr: { essential: true, value } } });
    const ben = await withApp();
    const tokens = await signInAt(test, ben, config, liveClients.web, { claims: claims('mfa') });
    expect([tokens.asked, tokens.claims()?.['acr']]).toEqual([['/auth/step-up'], 'mfa']);
    const { url, checks } = await begin(config, liveClients.web, { claims: claims('urn:example:gold') });
    const { callback } = await goTo(test, ben, url);
    await expect(client.authorizationCodeGrant(config, callback, checks)).rejects.toMatchObject({
      error: 'unmet_authentication_requirements',
    });
  });

  it('is told by prompt=none that somebody has to do something', async () => {
    const config = await connect(test, liveClients.web);
    const { url, checks } = await begin(config, liveClients.web, { prompt: 'none' });
    const { callback } = await goTo(test, ann, url, { browser: test.browser() });
    await expect(client.authorizationCodeGrant(config, callback, checks)).rejects.toMatchObject({
      error: 'login_required',
    });
  });

  it('of somebody else waits for what the person agrees to, once', async () => {
    const config = await connect(test, liveClients.partner);
    const ben = await register(test);
    const scope = 'openid email';
    const first = await signInAt(test, ben, config, liveClients.partner, { scope });
    expect(first.asked).toEqual(['/oidc/interaction/']);
    const again = await signInAt(test, ben, config, liveClients.partner, { scope });
    expect(again.asked).toEqual([]);
  });

  it.each(['ES256', 'EdDSA', 'RS256'] as const)('verifies an id_token that %s signed', async (algorithm) => {
    const registered: OidcClient = {
      id: `signed-${algorithm}`,
      name: algorithm,
      secret: 'signed-secret-of-at-least-32-characters',
      redirectUris: ['https://signed.example/callback'],
      firstParty: true,
      idTokenAlgorithm: algorithm,
    };
    await test.oidc.clients.put(registered);
    const config = await connect(test, registered);
    const tokens = await signInAt(test, ann, config, registered);
    const [header = ''] = tokens.id_token?.split('.') ?? [];
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: algorithm,
      kid: expect.any(String),
    });
  });
});
