import { afterEach, beforeEach, expect, it } from 'vitest';
import { onEachDatabase, type TestDatabase } from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import {
  api,
  authorizationRequest,
  createOidcApp,
  follow,
  post,
  type TestOidc,
  type Tokens,
} from '../support/oidc.ts';
import {
  everyClient,
  everyClientList,
  expectClientError,
  expectErrorPage,
  personWithCode,
} from '../support/oidc-flows.ts';

const { shop, hybrid, pushed } = everyClient;
const claims = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const acr = (value: unknown): string => claims({ id_token: { acr: value } });

/** Values that a parameter of the sign-in does not take: `invalid_request`, and nobody guesses what was meant. */
const malformed: Readonly<Record<string, readonly string[]>> = {
  max_age: [
    'abc', '-1', '-0', '+1', '1e1', '1.0', '1.5', ' 1', '1 ', '01', '0x10', '1_000', '１０', '10\0', '10;', '1,2', 'NaN',
    'Infinity', 'null', '[]', '{}', 'true', '9999999999', '9007199254740993', '1'.repeat(400),
  ],
  acr_values: [
    ' mfa', 'mfa ', 'mfa  phr', ' ', 'mfa\tphr', 'mfa\nphr', 'mfa\0', 'mfa\u00a0phr', '"mfa"', 'mfa\\phr', 'mfä', 'x'.repeat(201),
    Array.from({ length: 21 }, (_, n) => `l${n}`).join(' '),
  ],
  claims: [
    'x', '{', 'null', '1', '"mfa"', '[]', '[{}]', 'true', '{}', '{"other":{}}', '{"id_token":null}', '{"id_token":[]}',
    '{"id_token":"acr"}', '{"id_token":1}', '{"userinfo":null}', '{"userinfo":[]}', '{"userinfo":"acr"}',
    acr('mfa'), acr(1), acr([]), acr(true), acr({ essential: 'true', value: 'mfa' }), acr({ essential: 1, value: 'mfa' }),
    acr({ essential: null, value: 'mfa' }), acr({ value: 1 }), acr({ value: null }), acr({ value: ['mfa'] }), acr({ value: '' }),
    acr({ values: 'mfa' }), acr({ values: 1 }), acr({ values: {} }), acr({ values: null }), acr({ values: [] }),
    acr({ values: [1] }), acr({ values: [['mfa']] }), acr({ values: ['mfa', null] }), acr({ value: 'x'.repeat(201) }),
    claims({ userinfo: { acr: { values: 'mfa' } } }), claims({ userinfo: { acr: 'mfa' } }),
    claims({ id_token: { sub: { value: 1 } } }), claims({ id_token: { sub: 'somebody' } }), claims({ id_token: { email: 'x' } }),
    `${acr({ value: 'mfa' })}x`, `\ufeff${acr({ value: 'mfa' })}`, acr({ value: 'mfa' }).replaceAll('"', "'"),
  ],
  prompt: ['None', 'none login', 'login none', 'nonsense', 'login,consent', 'create', 'none\0', 'login  consent x'],
}; // prettier-ignore

/** The same for what has to do with the protocol alone, with the error it is told. */
const unsupported: readonly (readonly [Readonly<Record<string, string | undefined>>, string])[] = [
  [{ response_type: undefined }, 'invalid_request'],
  [{ response_type: 'token' }, 'unsupported_response_type'],
  [{ response_type: 'id_token' }, 'unsupported_response_type'],
  [{ response_type: 'id_token token' }, 'unsupported_response_type'],
  [{ response_type: 'code token' }, 'unsupported_response_type'],
  [{ response_type: 'code id_token token' }, 'unsupported_response_type'],
  [{ response_type: 'none' }, 'unsupported_response_type'],
  [{ response_type: 'CODE' }, 'unsupported_response_type'],
  [{ response_type: 'code id_token' }, 'invalid_request'],
  [{ response_type: 'id_token code' }, 'invalid_request'],
  [{ response_mode: 'web_message' }, 'unsupported_response_mode'],
  [{ response_mode: 'jwt' }, 'unsupported_response_mode'],
  [{ response_mode: 'query.jwt' }, 'unsupported_response_mode'],
  [{ response_mode: 'Query' }, 'unsupported_response_mode'],
  [{ response_mode: '__proto__' }, 'unsupported_response_mode'],
  [{ code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
  [{ code_challenge: undefined }, 'invalid_request'],
  [{ code_challenge_method: undefined }, 'invalid_request'],
  [{ code_challenge_method: 'plain' }, 'invalid_request'],
  [{ code_challenge_method: 's256' }, 'invalid_request'],
  [{ code_challenge_method: 'S512' }, 'invalid_request'],
  [{ code_challenge: 'x'.repeat(42) }, 'invalid_request'],
  [{ code_challenge: 'x'.repeat(129) }, 'invalid_request'],
  [{ code_challenge: `${'x'.repeat(42)}=` }, 'invalid_request'],
  [{ code_challenge: `${'x'.repeat(42)}\0` }, 'invalid_request'],
  [{ request: 'eyJhbGciOiJub25lIn0.e30.' }, 'request_not_supported'],
  [{ request_uri: 'https://evil.example/request' }, 'request_uri_not_supported'],
  [{ request_uri: 'http://127.0.0.1:1/' }, 'request_uri_not_supported'],
  [{ request_uri: 'urn:ietf:params:oauth:request_uri:nobody-pushed-it' }, 'invalid_request_uri'],
  [{ request_uri: 'urn:ietf:params:oauth:request_uri:' }, 'invalid_request_uri'],
  [{ registration: '{}' }, 'registration_not_supported'],
  [{ resource: 'https://nowhere.example' }, 'invalid_target'],
  [{ resource: 'not an address' }, 'invalid_target'],
  [{ resource: `${api}#x` }, 'invalid_target'],
  [{ resource: `${api}/` }, 'invalid_target'],
  [{ resource: 'constructor' }, 'invalid_target'],
  [{ id_token_hint: 'x' }, 'invalid_request'],
  [{ id_token_hint: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.' }, 'invalid_request'],
  [{ id_token_hint: 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.AAAA' }, 'invalid_request'],
];

onEachDatabase('requests that are not in order', (fresh) => {
  let database: TestDatabase;
  let test: TestOidc;
  let mfa: TestBrowser;
  let nobody: TestBrowser;
  beforeEach(async () => {
    database = await fresh();
    test = await createOidcApp(database.open(), { clients: everyClientList });
    ({ mfa } = await personWithCode(test));
    nobody = test.browser();
  });
  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  it.each(Object.keys(malformed))(
    'I-24 a malformed %s is invalid_request, with iss and state',
    async (name) => {
      for (const value of malformed[name] ?? []) {
        for (const browser of [mfa, nobody]) {
          const request = authorizationRequest(shop, { [name]: value });
          expectClientError(
            await follow(browser, request.address),
            request,
            'invalid_request',
            `${name}=${value}`,
          );
        }
      }
      // What stands in it is all that was wrong.
      expect((await follow(mfa, authorizationRequest(shop).address)).response?.has('code')).toBe(true);
    },
  );

  it.each(Object.keys(malformed))('I-24 nor is a malformed %s taken beside a resource', async (name) => {
    const beside = { resource: api, scope: 'openid orders:read' };
    const found: string[] = [];
    for (const value of malformed[name] ?? []) {
      const request = authorizationRequest(shop, { [name]: value, ...beside });
      const { response, answer } = await follow(mfa, request.address);
      if (response?.get('error') !== 'invalid_request')
        found.push(`${value}: ${answer.status} ${response?.get('error')}`);
    }
    expect(found).toEqual([]);
  });

  it.each(Object.keys(malformed))('I-24 nor is a malformed %s taken when it is pushed', async (name) => {
    const found: string[] = [];
    for (const value of malformed[name] ?? []) {
      for (const beside of [{}, { resource: api, scope: 'openid orders:read' }]) {
        const { searchParams } = new URL(
          authorizationRequest(shop, { [name]: value, ...beside }).address,
          'http://x',
        );
        const { status, body } = await post(test, '/oidc/par', shop, Object.fromEntries(searchParams));
        if (status !== 400 || body.error !== 'invalid_request')
          found.push(`${value}: ${status} ${body.error}`);
      }
    }
    expect(found).toEqual([]);
  });

  it('what is not supported is told to the client, and no code with it', async () => {
    for (const [parameters, error] of unsupported) {
      for (const browser of [mfa, nobody]) {
        const request = authorizationRequest(shop, parameters);
        expectClientError(await follow(browser, request.address), request, error, JSON.stringify(parameters));
      }
    }
    expect((await follow(mfa, authorizationRequest(shop).address)).response?.has('code')).toBe(true);
  });

  it('hybrid is for a client that it is switched on for, and has no other way out than fragment and form', async () => {
    const asked = { response_type: 'code id_token' };
    const right = await follow(mfa, authorizationRequest(hybrid, asked).address);
    expect(right.url).toMatch(/^https:\/\/hybrid\.example\/callback#/);
    expect([...(right.response ?? new URLSearchParams()).keys()].sort()).toEqual([
      'code',
      'id_token',
      'iss',
      'state',
    ]);
    for (const wrong of [
      { ...asked, response_mode: 'query' },
      { ...asked, nonce: undefined },
      { ...asked, code_challenge: undefined, code_challenge_method: undefined },
    ]) {
      const request = authorizationRequest(hybrid, wrong);
      expectClientError(
        await follow(mfa, request.address),
        request,
        'invalid_request',
        JSON.stringify(wrong),
      );
    }
    for (const type of ['id_token', 'token', 'id_token token', 'code token', 'code id_token token']) {
      const request = authorizationRequest(hybrid, { response_type: type });
      expectClientError(await follow(mfa, request.address), request, 'unsupported_response_type', type);
    }
  });

  it('I-24 every parameter twice is an error, and neither of the two is taken', async () => {
    const every: Readonly<Record<string, string>> = {
      response_type: 'code', scope: 'openid', state: 'another', nonce: 'another', code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256', acr_values: 'pwd', claims: '{"id_token":{}}', max_age: '100000', prompt: 'none',
      response_mode: 'query', login_hint: 'x', id_token_hint: 'x', ui_locales: 'en', display: 'page', request: 'x',
      request_uri: 'x', registration: '{}', dpop_jkt: 'x'.repeat(43),
    }; // prettier-ignore
    for (const [name, value] of Object.entries(every)) {
      for (const again of [value, `${value} `]) {
        const one = authorizationRequest(shop, { [name]: value });
        const landing = await follow(mfa, `${one.address}&${name}=${encodeURIComponent(again)}`);
        // Whose state it is cannot be told if there are two.
        const told = landing.response && Object.fromEntries(landing.response);
        expect({ name, ...told }).toEqual({
          name,
          error: 'invalid_request',
          error_description: expect.stringContaining(name) as unknown,
          iss: 'http://localhost:3000/oidc',
          ...(name !== 'state' && { state: one.state }),
        });
      }
    }
  });

  it('A-131 a request that was pushed is for its client, once, for a minute, and cannot be added to', async () => {
    const push = async (parameters: Record<string, string> = {}): Promise<string> => {
      const { searchParams } = new URL(authorizationRequest(pushed, parameters).address, 'http://x');
      const { body } = await post<Tokens & { request_uri: string }>(
        test,
        '/oidc/par',
        pushed,
        Object.fromEntries(searchParams),
      );
      expect(body.request_uri).toMatch(/^urn:ietf:params:oauth:request_uri:/);
      return body.request_uri;
    };
    const use = (uri: string, more: Record<string, string> = {}, browser = mfa): ReturnType<typeof follow> =>
      follow(
        browser,
        `/oidc/auth?${new URLSearchParams({ client_id: pushed.id, request_uri: uri, ...more })}`,
      );
    const errorOf = async (landing: ReturnType<typeof follow>): Promise<string | null> => {
      const { response, answer } = await landing;
      return response ? response.get('error') : (/invalid_request(?:_uri)?/.exec(answer.text)?.[0] ?? null);
    };

    const uri = await push({ acr_values: 'phr', prompt: 'none' });
    // What stands beside it is not taken: this one is still not to be met.
    expect(
      await errorOf(use(uri, { acr_values: 'pwd', prompt: 'login', max_age: '99999', state: 'mine' })),
    ).toBe('unmet_authentication_requirements');
    const once = await push();
    expect((await use(once)).response?.get('code')).toEqual(expect.any(String));
    expect(await errorOf(use(once))).toBe('invalid_request_uri');
    const late = await push();
    test.clock.advance(61);
    expect(await errorOf(use(late))).toBe('invalid_request_uri');
    // Of another client, and by another client.
    const own = await push();
    const foreign = `/oidc/auth?${new URLSearchParams({ client_id: shop.id, request_uri: own })}`;
    expectErrorPage(await follow(mfa, foreign), 'of another client');
    // Two of them at once: one gets a code.
    const twice = await push();
    const both = await Promise.all([use(twice, {}, mfa), use(twice, {}, mfa)]);
    expect(both.filter(({ response }) => response?.has('code'))).toHaveLength(1);
  });

  it('A-131 a client whose requests have to be pushed cannot be asked otherwise', async () => {
    for (const more of [
      {},
      { prompt: 'none' },
      { request: 'x.y.z' },
      { acr_values: 'pwd' },
      { request_uri: '' },
    ]) {
      const request = authorizationRequest(pushed, more);
      const { response } = await follow(mfa, request.address);
      expect(response?.get('error')).toMatch(/^(invalid_request|request_not_supported)$/);
      expect(response?.get('code')).toBeNull();
    }
    // Nor by somebody who is not it.
    const { searchParams } = new URL(authorizationRequest(pushed).address, 'http://x');
    const form = Object.fromEntries(searchParams);
    const wrong = { ...pushed, secret: 'wrong-secret-of-at-least-32-characters' };
    const { secret: _secret, ...without } = pushed;
    expect((await post(test, '/oidc/par', wrong, form)).body.error).toBe('invalid_client');
    expect((await post(test, '/oidc/par', without, form)).status).toBeGreaterThanOrEqual(400);
    expect((await post(test, '/oidc/par', shop, form)).status).toBeGreaterThanOrEqual(400);
  });
});
