import { afterEach, beforeEach, expect, it } from 'vitest';
import type { OidcClient } from 'cofactor/oidc-server';
import { codeOf, onEachDatabase, register, type TestDatabase } from '../support/app.ts';
import {
  api,
  authorizationRequest,
  claimsOf,
  createOidcApp,
  follow,
  post,
  redeem,
  type TestOidc,
  type TestRequest,
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

const { shop, bank, spa, partner, job } = everyClient;

onEachDatabase('codes', (fresh) => {
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

  const token = (client: OidcClient, form: Record<string, string>): ReturnType<typeof post> =>
    post(test, '/oidc/token', client, form);
  /** A request to redeem a code with everything in order, to take away from. */
  const inOrder = ({ client, verifier }: TestRequest, code: string): Record<string, string> => ({
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: client.redirectUris[0] ?? '',
    ...(client.secret === undefined && { client_id: client.id }),
  });
  const errorOf = async (answer: ReturnType<typeof post>): Promise<string> => {
    const { status, body } = await answer;
    const { error = 'none' } = body as { error?: string };
    expect([error, status < 500]).toEqual([error, true]);
    return error;
  };

  it('A-137 issued before a step-up say what was proved then, and so does all that comes of them', async () => {
    const person = await personWithCode(test);
    const { browser } = person;
    const early = await codeFor(browser, shop, offline);
    const at = Math.floor(test.clock.now().getTime() / 1000);
    test.clock.advance(5);
    await browser.post('/auth/step-up', { policy: 'Admin' });
    const done = await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(test, person) },
    });
    expect(done.status).toBe(200);
    const { body } = await redeem(test, early.request, early.code);
    const old = claimsOf(body.id_token);
    expect(old).toMatchObject({ acr: 'pwd', amr: ['pwd'] });
    expect(Number(old['auth_time'])).toBeLessThanOrEqual(at);
    const renewed = await refresh(test, shop, body.refresh_token);
    expect(claimsOf(renewed.body.id_token)).toMatchObject({
      acr: 'pwd',
      amr: ['pwd'],
      auth_time: old['auth_time'],
    });
    expect(await introspect(test, renewed.body.access_token)).toMatchObject({
      active: true,
      acr: 'pwd',
      amr: ['pwd'],
      auth_time: old['auth_time'],
    });
    expect((await userinfo(test, renewed.body.access_token)).body).toMatchObject({ sub: old['sub'] });
    // A new one says what there is now.
    expect(claimsOf((await tokensFor(test, browser, shop)).id_token)).toMatchObject({ acr: 'mfa' });
  });

  it('A-137 I-04 work once; a second time is refused, and what came of the first is worth nothing', async () => {
    const { mfa } = await personWithCode(test);
    for (const client of [shop, spa]) {
      const { request, code } = await codeFor(mfa, client, offline);
      const first = await redeem(test, request, code);
      expect(first.status).toBe(200);
      const { access_token: access, refresh_token: refreshToken } = first.body;
      expect((await userinfo(test, access)).status).toBe(200);
      expect(await errorOf(token(client, inOrder(request, code)))).toBe('invalid_grant');
      expect((await userinfo(test, access)).status).toBe(401);
      expect(await introspect(test, access)).toEqual({ active: false });
      expect(await introspect(test, refreshToken)).toEqual({ active: false });
      expect((await refresh(test, client, refreshToken)).body.error).toBe('invalid_grant');
      // The next code is another grant's.
      const next = await tokensFor(test, mfa, client);
      expect((await userinfo(test, next.access_token)).status).toBe(200);
    }
  });

  it('A-137 I-04 sent twice at once: one is refused, and nothing that came of it lives on', async () => {
    const { mfa } = await personWithCode(test);
    for (let round = 0; round < 5; round += 1) {
      const { request, code } = await codeFor(mfa, shop, offline);
      const answers = await Promise.all([1, 2, 3, 4].map(() => redeem(test, request, code)));
      const got = answers.filter(({ status }) => status === 200);
      expect(got.length).toBeLessThanOrEqual(1);
      for (const { status, body } of answers)
        expect([status, body.error]).toEqual(status === 200 ? [200, undefined] : [400, 'invalid_grant']);
      for (const { body } of got) {
        expect((await userinfo(test, body.access_token)).status).toBe(401);
        expect((await refresh(test, shop, body.refresh_token)).body.error).toBe('invalid_grant');
      }
    }
  });

  it('are for their client, with its secret, its redirect URI and its verifier', async () => {
    const { mfa } = await personWithCode(test);
    const wrong: Readonly<
      Record<string, (request: TestRequest) => [OidcClient, Record<string, string | undefined>]>
    > = {
      'another client': () => [bank, {}],
      'another client, with its redirect URI': () => [bank, { redirect_uri: bank.redirectUris[0] }],
      'a client without a secret': () => [spa, { client_id: 'spa' }],
      'a wrong secret': () => [{ ...shop, secret: 'wrong-secret-of-at-least-32-characters' }, {}],
      'no secret': () => [{ ...shop, secret: undefined } as unknown as OidcClient, { client_id: 'shop' }],
      'the secret of another client': () => [{ ...shop, secret: bank.secret ?? '' }, {}],
      'no redirect URI': () => [shop, { redirect_uri: undefined }],
      'another redirect URI': () => [shop, { redirect_uri: 'https://shop.example/callback/' }],
      'no verifier': () => [shop, { code_verifier: undefined }],
      'an empty verifier': () => [shop, { code_verifier: '' }],
      'a wrong verifier': () => [shop, { code_verifier: 'x'.repeat(43) }],
      'the challenge as verifier': ({ address }) => [
        shop,
        { code_verifier: new URL(address, 'http://x').searchParams.get('code_challenge') ?? '' },
      ],
      'a verifier with a NUL': ({ verifier }) => [shop, { code_verifier: `${verifier}\0` }],
      'a verifier in other letters': ({ verifier }) => [shop, { code_verifier: verifier.toUpperCase() }],
      'a longer verifier': ({ verifier }) => [shop, { code_verifier: `${verifier}A` }],
      'plain said at the end': ({ verifier }) => [
        shop,
        { code_verifier: `${verifier}A`, code_challenge_method: 'plain' },
      ],
    };
    for (const [title, change] of Object.entries(wrong)) {
      const { request, code } = await codeFor(mfa, shop);
      const [client, changes] = change(request);
      const form = Object.entries({ ...inOrder(request, code), ...changes }).filter(
        (pair): pair is [string, string] => pair[1] !== undefined,
      );
      const error = await errorOf(token(client, Object.fromEntries(form)));
      expect([title, error]).toEqual([title, expect.stringMatching(/^invalid_(grant|client|request)$/)]);
    }
  });

  it('are letters for letters: nothing that looks like one is one', async () => {
    const { mfa } = await personWithCode(test);
    const { request, code } = await codeFor(mfa, shop);
    const { body } = await redeem(test, ...(await fresh2(mfa)));
    const variants = [
      '', ' ', `${code} `, ` ${code}`, `${code}\0`, code.slice(0, -1), code.toUpperCase() === code ? 'x' : code.toUpperCase(), 'undefined', 'null',
      '__proto__', body.access_token, body.id_token ?? '', request.state, request.verifier, 'x'.repeat(40_000), "' or '1'='1",
    ]; // prettier-ignore
    for (const variant of variants) {
      const error = await errorOf(token(shop, inOrder(request, variant)));
      expect([variant.slice(0, 20), error]).toEqual([
        variant.slice(0, 20),
        expect.stringMatching(/^invalid_(grant|request)$/),
      ]);
    }
    // None of that used it up.
    expect((await redeem(test, request, code)).status).toBe(200);
    for (const name of ['code', 'code_verifier', 'redirect_uri', 'grant_type', 'client_id']) {
      const other = await codeFor(mfa, shop);
      const form = new URLSearchParams(inOrder(other.request, other.code));
      form.append(name, form.get(name) ?? 'shop');
      form.append(name, form.get(name) ?? 'shop');
      const basic = Buffer.from(`shop:${shop.secret}`).toString('base64');
      const answer = await test.app.inject({
        method: 'POST',
        url: '/oidc/token',
        payload: String(form),
        headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: `Basic ${basic}` },
      });
      expect([name, answer.statusCode]).toEqual([name, 400]);
    }

    async function fresh2(browser: typeof mfa): Promise<[TestRequest, string]> {
      const got = await codeFor(browser, shop);
      return [got.request, got.code];
    }
  });

  it('are too late after a minute', async () => {
    const { mfa } = await personWithCode(test);
    const { request, code } = await codeFor(mfa, shop);
    test.clock.advance(61);
    expect(await errorOf(token(shop, inOrder(request, code)))).toBe('invalid_grant');
  });

  it('are the only way: no password grant, no other grant, nothing without a POST', async () => {
    const person = await register(test);
    const { mfa } = await personWithCode(test);
    const { code, request } = await codeFor(mfa, shop);
    for (const grant of [
      'password',
      'implicit',
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      'urn:ietf:params:oauth:grant-type:token-exchange',
      'urn:openid:params:grant-type:ciba',
      'urn:ietf:params:oauth:grant-type:saml2-bearer',
      'urn:ietf:params:oauth:grant-type:device_code',
      'AUTHORIZATION_CODE',
      'authorization_code ',
      '',
      '__proto__',
      'constructor',
    ]) {
      // prettier-ignore
      const form = { ...inOrder(request, code), grant_type: grant, username: person.identifier, password: person.password, assertion: 'x', subject_token: 'x' };
      const error = await errorOf(token(shop, form));
      expect([grant, error]).toEqual([
        grant,
        expect.stringMatching(/^(unsupported_grant_type|unauthorized_client|invalid_request)$/),
      ]);
    }
    const query = new URLSearchParams(inOrder(request, code));
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH'] as const) {
      const answer = await test.app.inject({
        method,
        url: `/oidc/token?${query}`,
        headers: { authorization: basicOf(shop) },
      });
      expect([method, answer.statusCode]).toEqual([method, 404]);
    }
    const inAddress = await test.app.inject({
      method: 'POST',
      url: `/oidc/token?${query}`,
      headers: { authorization: basicOf(shop) },
    });
    expect(inAddress.statusCode).toBe(400);
    const json = await test.app.inject({
      method: 'POST', url: '/oidc/token', payload: JSON.stringify(inOrder(request, code)),
      headers: { authorization: basicOf(shop), 'content-type': 'application/json' },
    }); // prettier-ignore
    expect(json.statusCode).toBe(400);
  });

  it('of a service account name nobody, and are no way to a person', async () => {
    const { body } = await token(job, {
      grant_type: 'client_credentials',
      resource: api,
      scope: 'orders:read openid profile email',
    });
    const { access_token: access = '' } = body as { access_token?: string };
    const claims = claimsOf(access);
    expect([claims['sub'], claims['acr'], claims['amr'], claims['auth_time']]).toEqual([
      'job',
      undefined,
      undefined,
      undefined,
    ]);
    expect((await userinfo(test, access)).status).toBe(401);
    for (const client of [shop, bank, partner, spa]) {
      const error = await errorOf(
        token(client, { grant_type: 'client_credentials', ...(client === spa && { client_id: 'spa' }) }),
      );
      expect(error).toMatch(/^(unauthorized_client|invalid_request)$/);
    }
    const { mfa } = await personWithCode(test);
    expect(
      (await follow(mfa, authorizationRequest(job, { redirect_uri: 'https://job.example/callback' }).address))
        .response,
    ).toBeNull();
  });
});

function basicOf({ id, secret }: OidcClient): string {
  return `Basic ${Buffer.from(`${id}:${secret ?? ''}`).toString('base64')}`;
}
