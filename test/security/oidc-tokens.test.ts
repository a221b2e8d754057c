import { generateKeyPairSync, sign } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { OidcClient } from 'cofactor/oidc-server';
import { onEachDatabase, type TestDatabase } from '../support/app.ts';
import {
  api,
  authorizationRequest,
  claimsOf,
  createOidcApp,
  follow,
  post,
  type TestOidc,
  type Tokens,
} from '../support/oidc.ts';
import {
  codeFor,
  everyClient,
  everyClientList,
  introspect,
  offline,
  personWithCode,
  refresh,
  tokensFor,
  userinfo,
} from '../support/oidc-flows.ts';

const { shop, bank, spa, partner, job, inspector } = everyClient;

onEachDatabase('tokens', (fresh) => {
  let database: TestDatabase;
  let test: TestOidc;
  beforeEach(async () => {
    database = await fresh();
    test = await createOidcApp(database.open(), { clients: everyClientList });
  });
  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  const ask = <Body = Record<string, unknown>>(
    path: string,
    client: OidcClient,
    form: Record<string, string>,
  ): Promise<{ status: number; body: Body }> =>
    post<Body>(test, path, client, client.secret === undefined ? { client_id: client.id, ...form } : form);

  it('A-135 a refresh keeps auth_time and level, however often and whenever', async () => {
    const { mfa } = await personWithCode(test);
    const first = await tokensFor(test, mfa, spa, offline);
    const told = claimsOf(first.id_token);
    let { refresh_token: token } = first;
    for (let round = 0; round < 4; round += 1) {
      test.clock.advance(86_400);
      const { status, body } = await refresh(test, spa, token);
      expect(status).toBe(200);
      expect(body.refresh_token).not.toBe(token);
      expect(claimsOf(body.id_token)).toMatchObject({
        acr: told['acr'],
        amr: told['amr'],
        auth_time: told['auth_time'],
        sub: told['sub'],
        sid: told['sid'],
      });
      expect(await introspect(test, body.access_token)).toMatchObject({
        active: true,
        acr: 'mfa',
        auth_time: told['auth_time'],
      });
      ({ refresh_token: token } = body);
    }
  });

  it('A-135 a refresh token used twice ends them all', async () => {
    const { mfa } = await personWithCode(test);
    const first = await tokensFor(test, mfa, spa, offline);
    const second = (await refresh(test, spa, first.refresh_token)).body;
    const third = (await refresh(test, spa, second.refresh_token)).body;
    expect((await userinfo(test, third.access_token)).status).toBe(200);
    expect((await refresh(test, spa, first.refresh_token)).body.error).toBe('invalid_grant');
    for (const { access_token: access, refresh_token: token } of [first, second, third]) {
      expect((await userinfo(test, access)).status).toBe(401);
      expect(await introspect(test, access)).toEqual({ active: false });
      expect((await refresh(test, spa, token)).body.error).toBe('invalid_grant');
    }
  });

  it('A-135 I-04 a refresh token used twice at once ends them all, too', async () => {
    const { mfa } = await personWithCode(test);
    for (let round = 0; round < 5; round += 1) {
      const { refresh_token: token } = await tokensFor(test, mfa, spa, offline);
      const answers = await Promise.all([1, 2, 3, 4].map(() => refresh(test, spa, token)));
      const got = answers.filter(({ status }) => status === 200);
      expect(got.length).toBeLessThanOrEqual(1);
      for (const { status, body } of answers)
        expect([status, body.error]).toEqual(status === 200 ? [200, undefined] : [400, 'invalid_grant']);
      for (const { body } of got) {
        expect((await userinfo(test, body.access_token)).status).toBe(401);
        expect((await refresh(test, spa, body.refresh_token)).body.error).toBe('invalid_grant');
      }
    }
  });

  it('a refresh token is for its client, and brings no more than it was given', async () => {
    const { mfa } = await personWithCode(test);
    const { refresh_token: token = '' } = await tokensFor(test, mfa, shop, offline);
    const form = { grant_type: 'refresh_token', refresh_token: token };
    for (const client of [bank, spa, partner, { ...shop, secret: bank.secret ?? '' }, job]) {
      const { status, body } = await ask('/oidc/token', client, form);
      expect([client.id, status >= 400, body['error']]).toEqual([
        client.id,
        true,
        expect.stringMatching(/^invalid_(grant|client|request)$/),
      ]);
    }
    for (const scope of [
      'openid email roles',
      'roles',
      'openid profile',
      'openid orders:read',
      'openid nonsense',
    ]) {
      const { body } = await ask('/oidc/token', shop, { ...form, scope });
      expect([scope, body['error'] ?? body['scope']]).toEqual([scope, 'invalid_scope']);
    }
    // Less is fine, and it was not used up by any of that.
    const less = await ask<Tokens & { scope: string }>('/oidc/token', shop, { ...form, scope: 'openid' });
    expect([less.status, less.body.scope]).toEqual([200, 'openid']);
    const foreign = await ask('/oidc/token', shop, {
      ...form,
      refresh_token: less.body.refresh_token ?? '',
      resource: api,
    });
    expect(foreign.body['error']).toBe('invalid_target');
  });

  it('a client that may not be away gets no refresh token, nor one that did not ask for it properly', async () => {
    const { mfa } = await personWithCode(test);
    for (const [client, parameters] of [
      [shop, { scope: 'openid offline_access' }],
      [shop, { scope: 'openid' }],
      [shop, { scope: 'openid offline_access', prompt: 'none' }],
    ] as const) {
      expect((await tokensFor(test, mfa, client, parameters)).refresh_token).toBeUndefined();
    }
  });

  it('introspection: its own tokens, or all for a resource server; nobody else learns that there is one', async () => {
    const { mfa } = await personWithCode(test);
    const {
      access_token: access,
      refresh_token: renew,
      id_token: idToken,
    } = await tokensFor(test, mfa, shop, offline);
    expect(await introspect(test, access, inspector)).toMatchObject({ active: true });
    expect(await introspect(test, access, shop)).toMatchObject({ active: true });
    for (const client of [bank, partner, spa, job]) {
      for (const token of [access, renew])
        expect([client.id, await introspect(test, token, client)]).toEqual([client.id, { active: false }]);
    }
    for (const client of [
      { ...inspector, secret: shop.secret ?? '' },
      { ...shop, id: 'nobody' },
    ]) {
      expect((await introspect(test, access, client)).error).toBe('invalid_client');
    }
    for (const anonymous of [{}, { client_id: 'inspector' }, { client_id: 'shop' }]) {
      const { secret: _secret, ...nobody } = inspector;
      const { status, body } = await post<{ error?: string }>(test, '/oidc/introspect', nobody, {
        token: access,
        ...anonymous,
      });
      expect([status >= 400, typeof body.error]).toEqual([true, 'string']);
    }
    for (const hint of ['access_token', 'refresh_token', 'nonsense', '__proto__', 'x'.repeat(10_000)]) {
      const answer = await ask('/oidc/introspect', inspector, { token: access, token_type_hint: hint });
      expect([hint.slice(0, 20), answer.body['active']]).toEqual([hint.slice(0, 20), true]);
    }
    // What is no token of that kind is none, whatever it is.
    for (const token of [idToken, 'x', '\0', 'x'.repeat(40_000), '__proto__', access?.toUpperCase()]) {
      expect((await introspect(test, token)).active ?? false).toBe(false);
    }
    expect((await test.app.inject({ url: `/oidc/introspect?token=${access}` })).statusCode).toBe(404);
  });

  it('revocation: one’s own tokens; a stranger’s request is answered alike and changes nothing', async () => {
    const { mfa } = await personWithCode(test);
    const { access_token: access, refresh_token: renew = '' } = await tokensFor(test, mfa, shop, offline);
    for (const client of [bank, partner, spa, job, inspector]) {
      for (const token of [access, renew]) {
        for (const hint of ['access_token', 'refresh_token']) {
          expect((await revoke(client, token, hint)).status).toBe(200);
        }
      }
    }
    expect((await userinfo(test, access)).status).toBe(200);
    expect(await introspect(test, renew)).toMatchObject({ active: true });
    const wrong = { ...shop, secret: bank.secret ?? '' };
    expect((await revoke(wrong, access)).status).toBe(401);
    expect((await userinfo(test, access)).status).toBe(200);

    expect((await revoke(shop, renew)).status).toBe(200);
    for (const token of [access, renew]) expect(await introspect(test, token)).toEqual({ active: false });
    expect((await userinfo(test, access)).status).toBe(401);
    expect((await refresh(test, shop, renew)).body.error).toBe('invalid_grant');
    for (const token of ['x', '\0', '__proto__', 'x'.repeat(40_000)])
      expect((await revoke(shop, token)).status).toBe(200);
  });

  it('an access token for an API is worth nothing at userinfo, and one for userinfo says nothing to an API', async () => {
    const { mfa } = await personWithCode(test);
    const at = await tokensFor(test, mfa, shop, { scope: 'openid orders:read', resource: api });
    expect(claimsOf(at.access_token)).toMatchObject({
      aud: api,
      iss: test.oidc.issuer,
      client_id: 'shop',
      scope: 'orders:read',
    });
    expect(
      JSON.parse(Buffer.from(at.access_token.split('.')[0] ?? '', 'base64url').toString()),
    ).toMatchObject({ typ: 'at+jwt', alg: 'ES256' });
    expect((await userinfo(test, at.access_token)).status).toBe(401);
    expect(claimsOf(at.access_token)['exp']).toBe(Number(claimsOf(at.access_token)['iat']) + 300);
    for (const other of [at.id_token, at.code, 'x', at.access_token.replace(/\.[^.]+$/, '.')]) {
      expect((await userinfo(test, other)).status).toBe(401);
    }
    const online = await tokensFor(test, mfa, shop);
    expect(online.access_token.split('.')).toHaveLength(1);
    // Nor in the address, nor twice, nor by another scheme.
    const { access_token: access } = online;
    const refusedWith = async (request: {
      url?: string;
      headers?: Record<string, string>;
    }): Promise<number> => (await test.app.inject({ url: '/oidc/userinfo', ...request })).statusCode;
    expect(await refusedWith({ url: `/oidc/userinfo?access_token=${access}` })).toBe(400);
    expect(
      await refusedWith({
        url: `/oidc/userinfo?access_token=${access}`,
        headers: { authorization: `Bearer ${access}` },
      }),
    ).toBe(400);
    expect(await refusedWith({ headers: { authorization: `Basic ${access}` } })).toBe(400);
    expect(await refusedWith({ headers: { authorization: `Bearer ${access} x` } })).toBe(400);
    expect(await refusedWith({ headers: { cookie: `access_token=${access}; _session=${access}` } })).toBe(
      401,
    );
    expect((await userinfo(test, access)).status).toBe(200);
  });

  it('A-155 an id_token is signed by the published key, and nobody else’s signature is taken for it', async () => {
    const { mfa, identifier } = await personWithCode(test);
    const { id_token: idToken = '' } = await tokensFor(test, mfa, shop);
    const { keys } = (await test.app.inject({ url: '/oidc/jwks' })).json<{
      keys: Record<string, unknown>[];
    }>();
    for (const key of keys) {
      expect(
        Object.keys(key).filter((name) => ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth'].includes(name)),
      ).toEqual([]);
    }
    const [head = '', payload = ''] = idToken.split('.');
    const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const signed = (header: object, key = privateKey): string => {
      const text = `${encode(header)}.${payload}`;
      return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
    };
    const own = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string };
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const forged = [
      `${encode({ ...own, alg: 'none' })}.${payload}.`,
      signed(own),
      signed({ ...own, jwk: publicKey.export({ format: 'jwk' }) }),
      signed({ ...own, kid: 'other' }),
      signed({ ...own, jku: 'https://evil.example/jwks' }),
      `${encode({ ...own, alg: 'HS256' })}.${payload}.${Buffer.from('x').toString('base64url')}`,
      `${idToken.slice(0, -2)}AA`,
    ];
    expect((await codeFor(mfa, shop, { id_token_hint: idToken })).code).not.toBe('');
    for (const hint of forged) {
      const { response } = await follow(mfa, authorizationRequest(shop, { id_token_hint: hint }).address);
      expect(response?.get('error')).toBe('invalid_request');
      const page = await mfa.page(`/oidc/logout?${new URLSearchParams({ id_token_hint: hint })}`);
      expect([page.status, page.text.includes(identifier)]).toEqual([400, false]);
    }
  });

  function revoke(client: OidcClient, token: string, hint?: string): Promise<{ status: number }> {
    const form = new URLSearchParams({
      token,
      ...(hint !== undefined && { token_type_hint: hint }),
      ...(client.secret === undefined && { client_id: client.id }),
    });
    const basic = Buffer.from(`${client.id}:${client.secret ?? ''}`).toString('base64');
    return test.app
      .inject({
        method: 'POST',
        url: '/oidc/revoke',
        payload: String(form),
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          ...(client.secret !== undefined && { authorization: `Basic ${basic}` }),
        },
      })
      .then(({ statusCode }) => ({ status: statusCode }));
  }
});
