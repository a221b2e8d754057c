import { createCofactor, CofactorError, type Cofactor, type CofactorOptions, type Store } from 'cofactor';
import { createOidcServer, type OidcClient, type OidcServerOptions } from 'cofactor/oidc-server';
import { password } from 'cofactor/password';
import { sqlite } from 'cofactor/sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkOidcOptions } from './options.ts';

const secret = 's3cret-of-at-least-32-characters-!';
const shop: OidcClient = { id: 'shop', name: 'Shop', redirectUris: ['https://shop.example/callback'] };

const cofactorWith = (options: Partial<CofactorOptions> = {}): Cofactor =>
  createCofactor({
    database: sqlite(':memory:'),
    factors: [password()],
    environment: 'development',
    ...options,
  });
const auth = cofactorWith();
const withOptions = (options: object) => (): unknown => createOidcServer(auth, options);

function errorOf(make: () => unknown): CofactorError {
  try {
    make();
  } catch (error) {
    expect(error).toBeInstanceOf(CofactorError);
    return error as CofactorError;
  }
  return expect.fail('was taken');
}

const api = 'https://api.example.com';
/** Options that a program without types could pass, the code of the error, and what its message has to name. */
const wrong: readonly (readonly [code: string, says: RegExp, make: () => unknown])[] = [
  ['ERR_CONFIG_UNKNOWN', /"client"/, withOptions({ client: [] })],
  ['ERR_CONFIG_UNKNOWN', /"__proto__"/, withOptions(JSON.parse('{"__proto__":{}}') as object)],
  ['ERR_CONFIG_BASE', /base takes a path/, withOptions({ base: 'oidc' })],
  ['ERR_CONFIG_BASE', /base/, withOptions({ base: '/oidc/' })],
  ['ERR_CONFIG_BASE', /base/, withOptions({ base: '/' })],
  ['ERR_CONFIG_BASE', /base/, withOptions({ base: '//evil.example' })],
  ['ERR_CONFIG_BASE', /base/, withOptions({ base: '/OIDC' })],
  ['ERR_CONFIG_BASE', /base/, withOptions({ base: 7 })],
  ['ERR_CONFIG_BASE', /authBase takes a path/, withOptions({ authBase: 'auth' })],
  ['ERR_CONFIG_BASE', /pages live at \/auth/, withOptions({ base: '/auth' })],
  ['ERR_CONFIG_BASE', /pages live at \/auth/, withOptions({ base: '/auth/oidc' })],
  ['ERR_CONFIG_BASE', /pages live at \/id\/auth/, withOptions({ base: '/id', authBase: '/id/auth' })],
  ['ERR_CONFIG_OIDC_CLIENT', /clients takes a list/, withOptions({ clients: { shop } })],
  ['ERR_CONFIG_OIDC_CLIENT', /"shop" stands twice/, withOptions({ clients: [shop, { ...shop, name: 'B' }] })],
  ['ERR_CONFIG_OIDC_CLIENT', /"shop": secret/, withOptions({ clients: [{ ...shop, secret: 'short' }] })],
  [
    'ERR_CONFIG_OIDC_CLIENT',
    /"shop": idTokenAlgorithm RS256 is not among algorithms/,
    withOptions({ clients: [{ ...shop, idTokenAlgorithm: 'RS256' }] }),
  ],
  [
    'ERR_CONFIG_OIDC_CLIENT',
    /scopes: there is no "orders:read"/,
    withOptions({ clients: [{ ...shop, scopes: ['orders:read'] }] }),
  ],
  [
    'ERR_CONFIG_OIDC_CLIENT',
    /hybrid is switched off/,
    withOptions({ hybrid: false, clients: [{ ...shop, hybrid: true }] }),
  ],
  ['ERR_CONFIG_OIDC', /hybrid takes true or false/, withOptions({ hybrid: 'yes' })],
  ['ERR_CONFIG_OIDC', /algorithms takes a list of ES256, EdDSA, RS256/, withOptions({ algorithms: [] })],
  ['ERR_CONFIG_OIDC', /algorithms/, withOptions({ algorithms: 'ES256' })],
  ['ERR_CONFIG_OIDC', /algorithms/, withOptions({ algorithms: ['none'] })],
  ['ERR_CONFIG_OIDC', /algorithms/, withOptions({ algorithms: ['HS256'] })],
  ['ERR_CONFIG_OIDC', /algorithms.*each once/, withOptions({ algorithms: ['ES256', 'ES256'] })],
  ['ERR_CONFIG_OIDC', /enforce takes a function/, withOptions({ enforce: { acr: 'mfa' } })],
  ['ERR_CONFIG_OIDC', /resources takes an object/, withOptions({ resources: api })],
  ['ERR_CONFIG_OIDC', /resources takes an object/, withOptions({ resources: [api] })],
  ['ERR_CONFIG_OIDC', /resources takes an object/, withOptions({ resources: null })],
  ['ERR_CONFIG_OIDC', /resources: https:\/\/api.*null/, withOptions({ resources: { [api]: null } })],
  [
    'ERR_CONFIG_OIDC',
    /not "lifetime"/,
    withOptions({ resources: { [api]: { scopes: ['orders:read'], lifetime: 60 } } }),
  ],
  ['ERR_CONFIG_OIDC', /resources takes addresses/, withOptions({ resources: { api: { scopes: ['a'] } } })],
  ['ERR_CONFIG_OIDC', /fragment/, withOptions({ resources: { [`${api}#x`]: { scopes: ['a'] } } })],
  ['ERR_CONFIG_OIDC', /\{ scopes \}/, withOptions({ resources: { [api]: {} } })],
  ['ERR_CONFIG_OIDC', /\{ scopes \}/, withOptions({ resources: { [api]: { scopes: 'a' } } })],
  ['ERR_CONFIG_OIDC', /\{ scopes \}/, withOptions({ resources: { [api]: { scopes: ['a b'] } } })],
  ['ERR_CONFIG_OIDC', /\{ scopes \}/, withOptions({ resources: { [api]: { scopes: [7] } } })],
  ['ERR_CONFIG_OIDC', /of its own/, withOptions({ resources: { [api]: { scopes: ['openid'] } } })],
  ...[0, -1, 1.5, Infinity, '300', 86_401].map(
    (accessTokenLifetime) =>
      [
        'ERR_CONFIG_OIDC',
        /accessTokenLifetime takes 1 to 86400/,
        withOptions({ resources: { [api]: { scopes: ['a'], accessTokenLifetime } } }),
      ] as const,
  ),
  ['ERR_CONFIG_OIDC', /lifetimes takes an object/, withOptions({ lifetimes: 60 })],
  ['ERR_CONFIG_OIDC', /lifetimes takes an object/, withOptions({ lifetimes: null })],
  [
    'ERR_CONFIG_OIDC',
    /lifetimes.*code, accessToken.*not idToken/,
    withOptions({ lifetimes: { idToken: 60 } }),
  ],
  ['ERR_CONFIG_OIDC', /not code/, withOptions({ lifetimes: { code: 0 } })],
  ['ERR_CONFIG_OIDC', /not code/, withOptions({ lifetimes: { code: '60' } })],
  ['ERR_CONFIG_OIDC', /not refreshToken/, withOptions({ lifetimes: { refreshToken: 366 * 86_400 } })],
];

describe('a wrong option is named at the start, with what it takes', () => {
  it.each(wrong.map(([code, says, make], index) => [index, code, String(says), says, make] as const))(
    '%s %s %s',
    (_index, code, _text, says, make) => {
      const error = errorOf(make);
      expect(error.code).toBe(code);
      expect(error.message).toMatch(says);
    },
  );

  it('and the right ones are taken, and cannot be changed afterwards', () => {
    const scopes = ['orders:read'];
    const options: OidcServerOptions = {
      base: '/id/oidc',
      authBase: '/id/auth',
      clients: [{ ...shop, secret, scopes: ['openid', 'orders:read'] }],
      resources: { [api]: { scopes } },
      algorithms: ['EdDSA', 'RS256'],
      lifetimes: { code: 30 },
    };
    const config = checkOidcOptions(auth, options);
    scopes.push('openid');
    expect(config.issuer).toBe('http://localhost:3000/id/oidc');
    expect(config.resources.get(api)).toEqual({ scopes: ['orders:read'], accessTokenLifetime: 300 });
    expect(config.lifetimes).toMatchObject({ code: 30, accessToken: 3600 });
    expect(config.hybrid).toBe(false);
    expect(() => Object.assign(config, { enforce: null })).toThrow(TypeError);
    expect(() => Object.assign(config.lifetimes, { code: 1e9 })).toThrow(TypeError);
    expect(() => (config.algorithms as string[]).push('none')).toThrow(TypeError);
  });

  it('I-29 under production leads nobody to http, and has its own origin in everything', () => {
    const file = sqlite(':memory:');
    const durable = new Proxy(file, {
      get: (target, name) => (name === 'durable' ? true : (Reflect.get(target, name, target) as unknown)),
    });
    const live = cofactorWith({
      database: durable,
      environment: 'production',
      origin: 'https://id.example.com',
      keys: [{ id: 'own', secret: Buffer.alloc(32, 7).toString('base64') }],
    });
    expect(createOidcServer(live, { clients: [shop] }).issuer).toBe('https://id.example.com/oidc');
    for (const members of [
      { redirectUris: ['http://localhost:8080/callback'] },
      { postLogoutRedirectUris: ['http://localhost:8080/bye'] },
      { backchannelLogoutUri: 'http://localhost:8080/out' },
    ]) {
      const error = errorOf(() => createOidcServer(live, { clients: [{ ...shop, ...members }] }));
      expect([error.code, error.message]).toEqual([
        'ERR_CONFIG_OIDC_CLIENT',
        expect.stringMatching(/"shop": .*https/),
      ]);
    }
  });
});

describe('clients of the database', () => {
  let database: Store;
  let running: Cofactor;
  const server = (options: OidcServerOptions = {}): ReturnType<typeof createOidcServer> =>
    createOidcServer(running, options);
  beforeAll(async () => {
    database = sqlite(':memory:');
    running = cofactorWith({ database });
    await running.start();
  });
  afterAll(() => running.close());

  it('are checked as those of the configuration are', async () => {
    const oidc = server({ clients: [shop] });
    const put = (members: object): Promise<unknown> => oidc.clients.put({ ...shop, id: 'other', ...members });
    const refused = (says: RegExp): unknown =>
      expect.objectContaining({ code: 'ERR_CONFIG_OIDC_CLIENT', message: expect.stringMatching(says) });
    await expect(put({ secret: 'short' })).rejects.toEqual(refused(/"other": secret/));
    await expect(put({ id: 'shop' })).rejects.toEqual(refused(/"shop" stands in the configuration/));
    await expect(put({ idTokenAlgorithm: 'RS256' })).rejects.toEqual(refused(/no key for RS256/));
    await expect(put({ hybrid: true })).rejects.toEqual(refused(/hybrid is not switched on/));
    expect(await oidc.clients.list()).toEqual([shop]);
    expect(await oidc.clients.find('other')).toBeNull();
  });

  it('are kept, changed and removed, and their secret is sealed', async () => {
    const oidc = server();
    const stored: OidcClient = { ...shop, id: 'stored', secret, minimumAcr: 'mfa', firstParty: true };
    expect(await oidc.clients.put(stored)).toEqual(stored);
    // Another server on the same database sees it.
    expect(await server().clients.find('stored')).toEqual(stored);
    const record = await database.oidc.client('users', 'stored');
    expect(record?.secret).toMatch(/^v1\./);
    expect(JSON.stringify(record)).not.toContain(secret);
    const { secret: _gone, ...open } = stored;
    await oidc.clients.put(open);
    expect(await server().clients.list()).toEqual([open]);
    expect([await oidc.clients.remove('stored'), await oidc.clients.remove('stored')]).toEqual([true, false]);
    expect(await server().clients.list()).toEqual([]);
  });
});
