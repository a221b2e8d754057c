import { CofactorError } from 'cofactor';
import {
  createOidcClient,
  dialects,
  memorySessionStore,
  requireFresh,
  requireMfa,
  type OidcClientOptions,
} from 'cofactor/oidc-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { developmentKey } from '../../packages/cofactor/src/base/keys/ring.ts';
import { onHttps, ownKey } from '../support/https.ts';

const issuer = {
  name: 'acme',
  label: 'Acme',
  issuer: 'https://issuer.example',
  clientId: 'orders',
  dialect: dialects.cofactor,
};
const good: OidcClientOptions = { issuers: [issuer], environment: 'development' };
const make =
  (options: object): (() => unknown) =>
  () =>
    createOidcClient({ ...good, ...options });
const withIssuer = (changes: object): (() => unknown) => make({ issuers: [{ ...issuer, ...changes }] });
const own = (json: string): object => JSON.parse(json) as object;

/** Options that a program without types could pass, the code of the error, and what its message has to name. */
const wrong: readonly (readonly [code: string, says: RegExp, make: () => unknown])[] = [
  ['OIDC_CLIENT', /\{ issuer \}.*not an option/, make({ issuer: 'https://issuer.example' })],
  ['OIDC_CLIENT', /sesion/, make({ sesion: {} })],
  ['OIDC_CLIENT', /policy/, make({ policy: requireMfa() })],
  ['OIDC_CLIENT', /__proto__/, make(own('{"__proto__":{"stepUp":false}}'))],
  ['OIDC_CLIENT', /issuers.*at least one/, make({ issuers: [] })],
  ['OIDC_CLIENT', /issuers.*at least one/, make({ issuers: undefined })],
  ['OIDC_CLIENT', /issuers.*at least one/, make({ issuers: null })],
  ['OIDC_CLIENT', /issuers.*at least one/, make({ issuers: issuer })],
  ['OIDC_CLIENT', /issuers/, make({ issuers: [null] })],
  ['OIDC_CLIENT', /issuers/, make({ issuers: ['https://issuer.example'] })],
  [
    'OIDC_CLIENT',
    /issuers.*acme twice/,
    make({ issuers: [issuer, { ...issuer, issuer: 'https://other.example' }] }),
  ],
  ['OIDC_CLIENT', /issuers: client_id.*not an option/, withIssuer({ client_id: 'x' })],
  ['OIDC_CLIENT', /issuers: secret.*not an option/, withIssuer({ secret: 'x' })],
  ['OIDC_CLIENT', /issuers: __proto__/, make({ issuers: [{ ...issuer, ...own('{"__proto__":{}}') }] })],
  ['OIDC_CLIENT', /issuers: name.*lower-case/, withIssuer({ name: 'Acme' })],
  ['OIDC_CLIENT', /issuers: name/, withIssuer({ name: '' })],
  ['OIDC_CLIENT', /issuers: name/, withIssuer({ name: 'a/b' })],
  ['OIDC_CLIENT', /issuers: name/, withIssuer({ name: '../x' })],
  ['OIDC_CLIENT', /issuers: name/, withIssuer({ name: 'a\n' })],
  ['OIDC_CLIENT', /issuers: name/, withIssuer({ name: 7 })],
  ['OIDC_CLIENT', /issuers: label/, withIssuer({ label: '' })],
  ['OIDC_CLIENT', /issuers: label/, withIssuer({ label: undefined })],
  ['OIDC_CLIENT', /issuers: label/, withIssuer({ label: 'a\r\nb' })],
  ['OIDC_CLIENT', /issuers: label/, withIssuer({ label: '{issuer}' })],
  ['OIDC_CLIENT', /issuers: label/, withIssuer({ label: 'x'.repeat(65) })],
  ['OIDC_CLIENT', /issuers: issuer.*https/, withIssuer({ issuer: 'http://issuer.example' })],
  ['OIDC_CLIENT', /issuers: issuer.*https/, withIssuer({ issuer: 'http://localhost.evil.example' })],
  ['OIDC_CLIENT', /issuers: issuer.*https/, withIssuer({ issuer: 'issuer.example' })],
  ['OIDC_CLIENT', /issuers: issuer.*https/, withIssuer({ issuer: 'javascript:alert(1)' })],
  ['OIDC_CLIENT', /issuers: issuer.*https/, withIssuer({ issuer: 'https://issuer.example?x=1' })],
  ['OIDC_CLIENT', /issuers: issuer.*https/, withIssuer({ issuer: 'https://issuer.example#x' })],
  ['OIDC_CLIENT', /issuers: issuer.*https/, withIssuer({ issuer: 'https://me:pw@issuer.example' })],
  ['OIDC_CLIENT', /issuers: issuer.*https/, withIssuer({ issuer: undefined })],
  ['OIDC_CLIENT', /issuers: clientId/, withIssuer({ clientId: undefined })],
  ['OIDC_CLIENT', /issuers: clientId/, withIssuer({ clientId: '' })],
  ['OIDC_CLIENT', /issuers: clientId/, withIssuer({ clientId: 'a b' })],
  ['OIDC_CLIENT', /issuers: clientSecret.*public client/, withIssuer({ clientSecret: '' })],
  ['OIDC_CLIENT', /issuers: clientSecret/, withIssuer({ clientSecret: 7 })],
  ['OIDC_CLIENT', /issuers: scope.*openid/, withIssuer({ scope: 'email profile' })],
  ['OIDC_CLIENT', /issuers: scope/, withIssuer({ scope: ['openid'] })],
  ['OIDC_CLIENT', /issuers: scope/, withIssuer({ scope: 'openid  email' })],
  ['OIDC_CLIENT', /issuers: dialect.*dialects\.entra/, withIssuer({ dialect: undefined })],
  ['OIDC_CLIENT', /dialect.*object/, withIssuer({ dialect: 'entra' })],
  ['OIDC_CLIENT', /dialect.*object/, withIssuer({ dialect: null })],
  ['OIDC_CLIENT', /dialect.*rules/, withIssuer({ dialect: { name: 'x', rules: [] } })],
  ['OIDC_CLIENT', /dialect: says/, withIssuer({ dialect: { name: 'x' } })],
  [
    'OIDC_CLIENT',
    /dialect: says/,
    withIssuer({ dialect: { name: 'x', says: [{ claim: 'email', value: 'x', level: 'mfa' }] } }),
  ],
  [
    'OIDC_CLIENT',
    /dialect: says/,
    withIssuer({ dialect: { name: 'x', says: [{ claim: 'acr', value: '', level: 'mfa' }] } }),
  ],
  [
    'OIDC_CLIENT',
    /dialect: says/,
    withIssuer({ dialect: { name: 'x', says: [{ claim: 'acr', value: /mfa/, level: 'mfa' }] } }),
  ],
  [
    'OIDC_CLIENT',
    /dialect: says/,
    withIssuer({ dialect: { name: 'x', says: [{ claim: 'acr', value: 'a', level: 'pwd' }] } }),
  ],
  ['OIDC_CLIENT', /issuers: ask.*acr_values/, withIssuer({ ask: { acr_values: 'mfa' } })],
  ['OIDC_CLIENT', /issuers: ask: prompt.*none/, withIssuer({ ask: { prompt: 'none' } })],
  ['OIDC_CLIENT', /issuers: ask: prompt.*none/, withIssuer({ ask: { prompt: 'login none' } })],
  ['OIDC_CLIENT', /issuers: ask: prompt/, withIssuer({ ask: { prompt: '' } })],
  ['OIDC_CLIENT', /issuers: ask: acrValues/, withIssuer({ ask: { acrValues: ['mfa'] } })],
  ['OIDC_CLIENT', /issuers: ask: acrValues/, withIssuer({ ask: { acrValues: 'mfa  phr' } })],
  ['OIDC_CLIENT', /issuers: ask: maxAge/, withIssuer({ ask: { maxAge: -1 } })],
  ['OIDC_CLIENT', /issuers: ask: maxAge/, withIssuer({ ask: { maxAge: '300' } })],
  ['OIDC_CLIENT', /issuers: ask: maxAge/, withIssuer({ ask: { maxAge: 1.5 } })],
  ['OIDC_CLIENT', /issuers: ask: maxAge/, withIssuer({ ask: { maxAge: NaN } })],
  ['OIDC_CLIENT', /issuers: ask: claims/, withIssuer({ ask: { claims: [] } })],
  ['OIDC_CLIENT', /issuers: ask: claims/, withIssuer({ ask: { claims: '{}' } })],
  ['OIDC_CLIENT', /issuers: ask: resource/, withIssuer({ ask: { resource: '/api' } })],
  ['OIDC_CLIENT', /issuers: ask/, withIssuer({ ask: null })],
  ['OIDC_CLIENT', /issuers: ask/, withIssuer({ ask: 'mfa' })],
  ['OIDC_CLIENT', /issuers: enableMfa.*https/, withIssuer({ enableMfa: 'javascript:alert(1)' })],
  ['OIDC_CLIENT', /issuers: enableMfa.*https/, withIssuer({ enableMfa: 'http://issuer.example/' })],
  ['OIDC_CLIENT', /issuers: enableMfa/, withIssuer({ enableMfa: '/security' })],
  ['OIDC_CLIENT', /issuers: enableMfa/, withIssuer({ enableMfa: 7 })],
  ['OIDC_CLIENT', /issuers: userinfo.*true or false/, withIssuer({ userinfo: 'yes' })],
  ['OIDC_CLIENT', /issuers: timeout.*seconds/, withIssuer({ timeout: 5000 })],
  ['OIDC_CLIENT', /issuers: timeout/, withIssuer({ timeout: 0 })],
  ['OIDC_CLIENT', /issuers: timeout/, withIssuer({ timeout: Infinity })],
  ['OIDC_CLIENT', /issuers: fetch.*function/, withIssuer({ fetch: 'undici' })],
  ['OIDC_CLIENT', /base.*\/auth/, make({ base: 'auth' })],
  ['OIDC_CLIENT', /base/, make({ base: '/auth/' })],
  ['OIDC_CLIENT', /base/, make({ base: '/' })],
  ['OIDC_CLIENT', /base/, make({ base: '' })],
  ['OIDC_CLIENT', /base/, make({ base: '//evil.example' })],
  ['OIDC_CLIENT', /base/, make({ base: '/a b' })],
  ['OIDC_CLIENT', /base/, make({ base: '/a;x' })],
  ['OIDC_CLIENT', /base/, make({ base: '/a\n' })],
  ['OIDC_CLIENT', /base/, make({ base: '/../x' })],
  ['OIDC_CLIENT', /base/, make({ base: 7 })],
  ['OIDC_CLIENT', /name.*64/, make({ name: '' })],
  ['OIDC_CLIENT', /name.*64/, make({ name: 'x'.repeat(65) })],
  ['OIDC_CLIENT', /name/, make({ name: 7 })],
  ['OIDC_CLIENT', /stepUp.*true or false/, make({ stepUp: 'no' })],
  ['OIDC_CLIENT', /stepUp/, make({ stepUp: null })],
  ['OIDC_CLIENT', /roles.*function/, make({ roles: ['boss'] })],
  ['OIDC_CLIENT', /roles.*function/, make({ roles: null })],
  ['OIDC_CLIENT', /session: idel/, make({ session: { idel: 60 } })],
  ['OIDC_CLIENT', /session: recheck.*from 10/, make({ session: { recheck: 5 } })],
  ['OIDC_CLIENT', /session: recheck/, make({ session: { recheck: '60' } })],
  ['OIDC_CLIENT', /session: recheck/, make({ session: { recheck: 10.5 } })],
  ['OIDC_CLIENT', /session: recheck/, make({ session: { recheck: Infinity } })],
  ['OIDC_CLIENT', /session: whenAway.*'refuse'/, make({ session: { whenAway: 'ignore' } })],
  ['OIDC_CLIENT', /session/, make({ session: null })],
  ['OIDC_CLIENT', /session/, make({ session: 3600 })],
  ['SESSION', /idle.*absolute/, make({ session: { idle: 1 } })],
  ['SESSION', /idle/, make({ session: { idle: '3600' } })],
  ['SESSION', /idle/, make({ session: { idle: 7200, absolute: 3600 } })],
  ['SESSION', /absolute/, make({ session: { absolute: Infinity } })],
  ['OIDC_CLIENT', /store.*memorySessionStore/, make({ store: new Map() })],
  ['OIDC_CLIENT', /store/, make({ store: null })],
  ['OIDC_CLIENT', /store/, make({ store: { ...memorySessionStore(), once: undefined } })],
  ['OIDC_CLIENT', /pages.*denied/, make({ pages: { denied: '//evil.example' } })],
  ['OIDC_CLIENT', /pages.*denied/, make({ pages: { denied: 'https://evil.example' } })],
  ['OIDC_CLIENT', /pages.*denied/, make({ pages: { denied: '/\\evil.example' } })],
  ['OIDC_CLIENT', /pages.*denied/, make({ pages: { denied: '/x?y=1' } })],
  ['OIDC_CLIENT', /pages.*denied/, make({ pages: { accessDenied: '/x' } })],
  ['OIDC_CLIENT', /pages.*denied/, make({ pages: null })],
  ['OIDC_CLIENT', /pages.*denied/, make({ pages: '/x' })],
  ['POLICIES', /Admin is not a policy/, make({ policies: { Admin: true } })],
  ['POLICIES', /Admin is not a policy/, make({ policies: { Admin: null } })],
  ['POLICIES', /Admin is not a policy/, make({ policies: { Admin: 'mfa' } })],
  ['POLICIES', /Admin is not a policy/, make({ policies: { Admin: { type: 'any', of: [] } } })],
  ['POLICIES', /maxAge 0/, make({ policies: { Admin: requireFresh(0) } })],
  ['POLICIES', /ladder/, make({ policies: { Admin: { type: 'requirement', requirement: { acr: 'MFA' } } } })],
  ['ORIGIN', /https/, make({ origin: 'http://app.example.com' })],
  ['ORIGIN', /path/, make({ origin: 'https://app.example.com/x' })],
  ['ORIGIN', /origin/, make({ origin: 'app.example.com' })],
  ['ORIGIN', /origin/, make({ origin: 'https://me:pw@app.example.com' })],
  ['KEYS', /keys.*https origin/, make({ origin: 'https://app.example.com' })],
  ['KEYS', /keys.*https origin/, make({ ...onHttps, keys: [developmentKey] })],
  ['KEYS', /keys/, make({ ...onHttps, keys: [ownKey, { ...developmentKey, id: 'other' }] })],
  ['KEYS', /keys/, make({ keys: [] })],
  ['KEYS', /32 bytes/, make({ keys: [{ id: 'a', secret: 'short' }] })],
  ['KEYS', /twice/, make({ keys: [ownKey, ownKey] })],
  ['KEYS', /keys/, make({ keys: [{ ...ownKey, id: 'a.b' }] })],
  ['KEYS', /keys/, make({ keys: [null] })],
  ['KEYS', /keys/, make({ keys: 'secret' })],
  ['ENVIRONMENT', /'production'/, make({ environment: 'prod' })],
  ['ORIGIN', /production needs it/, make({ environment: 'production' })],
  ['ORIGIN', /https/, make({ environment: 'production', origin: 'http://localhost:3000' })],
  ['LOG', /log/, make({ log: () => undefined })],
  ['CLOCK', /clock/, make({ clock: Date.now })],
  ['RANDOM', /random/, make({ random: Math.random })],
];

function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return 'nothing was thrown';
}

describe('options of createOidcClient that are wrong are told at once', () => {
  it.each(
    wrong.map(([code, says, run], at) => [`${at + 1} ${code} ${String(says)}`, code, says, run] as const),
  )('%s', (_name, code, says, run) => {
    const error = thrown(run);
    expect(error).toBeInstanceOf(CofactorError);
    expect((error as CofactorError).code).toBe(`ERR_CONFIG_${code}`);
    expect((error as CofactorError).message).toMatch(says);
  });

  it('a secret is not in the message that tells of it', () => {
    for (const run of [
      withIssuer({ clientSecret: { canary: 'canary' } }),
      make({ keys: [{ id: 'a', secret: 'canary' }] }),
      withIssuer({ issuer: 'http://me:canary@issuer.example' }),
    ]) {
      expect((thrown(run) as Error).message).not.toContain('canary');
    }
  });

  it('the whole of them at once: good ones pass, and are not changed by who changes them later', () => {
    const mutable = { ...issuer, ask: { prompt: 'login' } };
    const client = createOidcClient({ ...good, ...onHttps, issuers: [mutable] });
    mutable.issuer = 'https://evil.example';
    expect(client.base).toBe('/auth');
    expect(() => Object.assign(client, { base: '/evil' })).toThrow(TypeError);
  });
});

describe('guards with wrong options are told when the route is defined', () => {
  const client = createOidcClient({ ...good, policies: { Admin: requireMfa() } });

  it.each(['admin', 'ADMIN', 'Admin ', '__proto__', 'constructor', ''])(
    'the policy %j does not exist',
    (name) => {
      const error = thrown(() => client.guard(name));
      expect((error as CofactorError).code).toBe('ERR_POLICY_UNKNOWN');
    },
  );

  it.each<[string, () => unknown]>([
    ['no policy', () => client.guard({} as never)],
    ['a policy that is undefined, out of a misspelt name', () => client.guard(undefined)],
    ['a list of names', () => client.guard(['Admin'] as never)],
    ['a level that nobody knows', () => client.guard({ type: 'requirement', requirement: { acr: 'x' } })],
    ['an option that does not exist', () => client.guard('Admin', { maxAge: 5 } as never)],
    ['an ask with prompt none', () => client.guard('Admin', { ask: { prompt: 'none' } })],
    ['an ask that is misspelt', () => client.guard('Admin', { ask: { max_age: 5 } as never })],
  ])('%s', (_name, run) => {
    const error = thrown(run);
    expect(error).toBeInstanceOf(CofactorError);
    expect((error as CofactorError).code).toMatch(/^ERR_(CONFIG_(OIDC_CLIENT|POLICIES)|POLICY_UNKNOWN)$/);
  });
});

describe('I-29 production', () => {
  afterEach(() => vi.unstubAllEnvs());
  it('is what NODE_ENV says where nothing else is said', () => {
    vi.stubEnv('NODE_ENV', 'production');
    const error = thrown(() => createOidcClient({ issuers: [issuer] }));
    expect((error as CofactorError).code).toBe('ERR_CONFIG_ORIGIN');
    expect(() => createOidcClient({ issuers: [issuer], ...onHttps })).not.toThrow();
  });
});
