import { generateKeyPairSync } from 'node:crypto';
import { createCofactor, CofactorError } from 'cofactor';
import { password } from 'cofactor/password';
import { sqlite } from 'cofactor/sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClientRegistry } from './client-registry.ts';
import { checkClient, metadataOf, signingAlgorithms, termsOf, type OidcClient } from './clients.ts';
import { checkOidcOptions } from './options.ts';
import { createProvider } from './provider.ts';
import { loadKeys } from './signing-keys.ts';

const secret = 's3cret-of-at-least-32-characters-!';
const scopes = ['openid', 'profile', 'email', 'roles', 'offline_access', 'orders:read'];
const good: OidcClient = { id: 'shop', name: 'Shop', redirectUris: ['https://shop.example/callback'] };
const publicKey = (type: 'ec' | 'ed25519' | 'rsa'): Record<string, unknown> => {
  const pair =
    type === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : type === 'ed25519'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...pair.publicKey.export({ format: 'jwk' }) };
};
const ec = publicKey('ec');
const jwks = { keys: [ec] };

const flags = [
  'firstParty',
  'deviceFlow',
  'serviceAccount',
  'hybrid',
  'introspection',
  'requirePushedRequests',
  'requireDpop',
] as const;

const check = (client: object, production = false): OidcClient =>
  checkClient(client as OidcClient, { production, scopes });
const withMembers = (members: object) => (): OidcClient => check({ ...good, ...members });

function errorOf(make: () => unknown): CofactorError {
  try {
    make();
  } catch (error) {
    expect(error).toBeInstanceOf(CofactorError);
    return error as CofactorError;
  }
  return expect.fail('was taken');
}

/** Members that a program without types could pass, and what the message has to name. */
const wrong: readonly (readonly [says: RegExp, make: () => unknown])[] = [
  [/undefined: id takes/, () => check(undefined as unknown as object)],
  [/undefined: id takes/, () => check(null as unknown as object)],
  [/undefined: id takes/, () => check({ name: 'Shop' })],
  [/id takes 1 to 128/, withMembers({ id: '' })],
  [/id takes/, withMembers({ id: 'a b' })],
  [/id takes/, withMembers({ id: 'x'.repeat(129) })],
  [/id takes/, withMembers({ id: 7 })],
  [/"shop": name takes a text of 1 to 64/, withMembers({ name: '' })],
  [/name takes/, withMembers({ name: 'x'.repeat(65) })],
  [/name takes/, withMembers({ name: undefined })],
  [/there is no member "redirect_uris"/, withMembers({ redirect_uris: [] })],
  [/there is no member "minimumACR"/, withMembers({ minimumACR: 'mfa' })],
  [
    /there is no member "__proto__"/,
    () => check(JSON.parse('{"id":"a","name":"A","__proto__":{}}') as object),
  ],
  [/redirectUris takes a list/, withMembers({ redirectUris: [] })],
  [/redirectUris takes a list/, withMembers({ redirectUris: 'https://shop.example/callback' })],
  [/redirectUris takes a list/, withMembers({ redirectUris: [7] })],
  [/redirectUris takes a list/, withMembers({ redirectUris: undefined })],
  ...[
    'http://shop.example/callback',
    'https://*.shop.example/callback',
    'https://shop.example/callback#here',
    'https://shop.example/callback#',
    'https://me:pw@shop.example/callback',
    'https://shop.example/call back',
    'https://shop.example\\callback',
    'http://localhost.evil.example/callback',
    '/callback',
    'javascript:alert(1)',
    'data:text/html,x',
    '',
  ].map((uri) => [/no address to lead back to: https/, withMembers({ redirectUris: [uri] })] as const),
  [/no address to lead back to/, withMembers({ postLogoutRedirectUris: ['http://shop.example/bye'] })],
  [
    /postLogoutRedirectUris takes a list/,
    withMembers({ postLogoutRedirectUris: 'https://shop.example/bye' }),
  ],
  [
    /backchannelLogoutUri takes an https address/,
    withMembers({ backchannelLogoutUri: 'http://shop.example/x' }),
  ],
  [/backchannelLogoutUri takes a string/, withMembers({ backchannelLogoutUri: ['https://shop.example/x'] })],
  [/no address to lead back to/, () => check({ ...good, redirectUris: ['http://localhost:8080/cb'] }, true)],
  [/backchannelLogoutUri/, () => check({ ...good, backchannelLogoutUri: 'http://localhost:8080/' }, true)],
  [/secret takes at least 32/, withMembers({ secret: 'short' })],
  [/secret takes at least 32/, withMembers({ secret: `${secret}\n` })],
  [/secret takes at least 32/, withMembers({ secret: `${secret}ä` })],
  [/secret takes a string/, withMembers({ secret: 7 })],
  [/secret takes a string/, withMembers({ secret: null })],
  [/both secret and jwks/, withMembers({ secret, jwks })],
  [/jwks takes an object/, withMembers({ jwks: 'https://shop.example/jwks' })],
  [/jwks takes public keys/, withMembers({ jwks: {} })],
  [/jwks takes public keys/, withMembers({ jwks: { keys: [] } })],
  [/jwks takes public keys/, withMembers({ jwks: { keys: {} } })],
  [/jwks takes public keys/, withMembers({ jwks: { keys: [null] } })],
  [/jwks takes public keys/, withMembers({ jwks: { keys: [{ kty: 'EC' }] } })],
  [/jwks takes public keys/, withMembers({ jwks: { keys: [{ ...ec, kid: 7 }] } })],
  [/jwks takes public keys/, withMembers({ jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } })],
  [/jwks takes public keys/, withMembers({ jwks: { keys: [{ kty: 'toString' }] } })],
  [/jwks.*nothing private/, withMembers({ jwks: { keys: [{ ...ec, d: 'AAAA' }] } })],
  [/serviceAccount needs secret or jwks/, withMembers({ serviceAccount: true })],
  [/introspection needs secret or jwks/, withMembers({ introspection: true })],
  [/hybrid needs redirectUris/, withMembers({ hybrid: true, deviceFlow: true, redirectUris: [] })],
  [/minimumAcr takes one of pwd, mfa, phr, phrh/, withMembers({ minimumAcr: 'MFA' })],
  [/minimumAcr takes a string/, withMembers({ minimumAcr: ['mfa'] })],
  [/maxAge takes a whole number/, withMembers({ maxAge: -1 })],
  [/maxAge takes a whole number/, withMembers({ maxAge: 1.5 })],
  [/maxAge takes a whole number/, withMembers({ maxAge: Infinity })],
  [/maxAge takes a number/, withMembers({ maxAge: '300' })],
  [/scopes: there is no "orders"/, withMembers({ scopes: ['openid', 'orders'] })],
  [/scopes takes at least one/, withMembers({ scopes: [] })],
  [/scopes takes a list/, withMembers({ scopes: 'openid' })],
  [/idTokenAlgorithm takes one of ES256, EdDSA, RS256/, withMembers({ idTokenAlgorithm: 'none' })],
  [/idTokenAlgorithm/, withMembers({ idTokenAlgorithm: 'HS256' })],
  ...flags.map(
    (name) => [new RegExp(`${name} takes true or false`), withMembers({ [name]: 'true' })] as const,
  ),
];

describe('a client that is wrong is named, with what it takes', () => {
  it.each(wrong.map(([says, make], index) => [index, String(says), says, make] as const))(
    '%s %s',
    (_index, _text, says, make) => {
      const error = errorOf(make);
      expect(error.code).toBe('ERR_CONFIG_OIDC_CLIENT');
      expect(error.message).toMatch(says);
      // The message is for a log, where no secret belongs (I-28).
      expect(error.message).not.toContain(secret);
    },
  );
});

describe('a client that is right', () => {
  it.each<[string, object]>([
    ['that keeps no secret', {}],
    ['under development', { redirectUris: ['http://localhost:8080/callback', 'http://127.0.0.1/cb'] }],
    ['with a query in its address', { redirectUris: ['https://shop.example/callback?tenant=1'] }],
    ['with keys', { jwks: { keys: [ec, publicKey('ed25519'), publicKey('rsa')] } }],
    ['that is a device', { redirectUris: [], deviceFlow: true }],
    ['that is nobody', { redirectUris: [], serviceAccount: true, secret, scopes: ['orders:read'] }],
    ['that is an API', { redirectUris: [], introspection: true, secret }],
    ['of which members are undefined', { secret: undefined, maxAge: undefined, scopes: undefined }],
    ['that takes no sign-in but its own', { maxAge: 0 }],
  ])('%s is taken', (_what, members) => {
    expect(withMembers(members)()).toMatchObject({ id: 'shop' });
  });

  it('cannot be changed afterwards, by nobody', () => {
    const redirectUris = ['https://shop.example/callback'];
    const mine = { ...good, redirectUris, jwks: { keys: [{ ...ec }] } };
    const client = check(mine);
    redirectUris.push('https://evil.example/callback');
    mine.jwks.keys.push({ ...ec, kid: 'another' });
    expect(client.redirectUris).toEqual(['https://shop.example/callback']);
    expect(client.jwks?.keys).toHaveLength(1);
    expect(() => (client.redirectUris as string[]).push('https://evil.example/')).toThrow(TypeError);
    expect(() => Object.assign(client, { minimumAcr: 'pwd' })).toThrow(TypeError);
  });

  it('says what it takes, to the decision', () => {
    const metadata = metadataOf({ ...good, minimumAcr: 'phr', maxAge: 300 });
    expect(termsOf(metadata)).toEqual({ minimumAcr: 'phr', maxAge: 300 });
    expect(termsOf(metadataOf(good))).toEqual({ minimumAcr: null, maxAge: null });
  });
});

describe('what is taken here', () => {
  const flag = fc.constantFrom(undefined, true, false);
  const members = fc.record({
    redirectUris: fc.constantFrom(
      [],
      ['https://shop.example/callback'],
      ['https://localhost/callback', 'https://shop.example/callback?a=b'],
      ['http://localhost:8080/callback', 'http://[::1]:8080/callback'],
    ),
    secret: fc.constantFrom(undefined, secret),
    jwks: fc.constantFrom(undefined, jwks, {
      keys: [publicKey('ed25519'), { ...ec, use: 'sig', alg: 'ES256' }],
    }),
    postLogoutRedirectUris: fc.constantFrom(
      undefined,
      [],
      ['https://shop.example/bye', 'http://localhost/bye'],
    ),
    backchannelLogoutUri: fc.constantFrom(undefined, 'https://shop.example/out', 'http://127.0.0.1:81/out'),
    firstParty: flag,
    minimumAcr: fc.constantFrom(undefined, 'pwd', 'mfa', 'phr', 'phrh'),
    maxAge: fc.constantFrom(undefined, 0, 300),
    scopes: fc.option(fc.subarray(scopes, { minLength: 1 }), { nil: undefined }),
    deviceFlow: flag,
    serviceAccount: flag,
    hybrid: flag,
    introspection: flag,
    requirePushedRequests: flag,
    requireDpop: flag,
    idTokenAlgorithm: fc.constantFrom(undefined, ...signingAlgorithms),
  });

  it('is a client of the protocol, too, whatever is put together', async () => {
    const auth = createCofactor({
      database: sqlite(':memory:'),
      factors: [password()],
      environment: 'development',
    });
    await auth.start();
    const { engine } = auth;
    const resources = { 'https://api.example': { scopes: ['orders:read'] } };
    const options = checkOidcOptions(auth, { resources, algorithms: signingAlgorithms, hybrid: true });
    const keys = await loadKeys(engine, signingAlgorithms);
    let taken = 0;
    const provider = createProvider(engine, options, new ClientRegistry(engine, options), keys);
    const { Client } = provider as unknown as {
      readonly Client: new (metadata: object) => { readonly clientId: string };
    };
    fc.assert(
      fc.property(members, (some) => {
        let client: OidcClient;
        try {
          client = check({ id: 'shop', name: 'Shop', ...some });
        } catch {
          return;
        }
        taken += 1;
        expect(new Client(metadataOf(client)).clientId).toBe('shop');
      }),
      { numRuns: 3000, seed: 1 },
    );
    expect(taken).toBeGreaterThan(300);
    await auth.close();
  });
});
