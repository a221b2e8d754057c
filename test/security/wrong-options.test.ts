import { createCofactor, CofactorError, requireMfa, type CofactorOptions } from 'cofactor';
import { emailOtp } from 'cofactor/email-otp';
import { createHashQueue, password } from 'cofactor/password';
import { postgres } from 'cofactor/postgres';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { sqlite } from 'cofactor/sqlite';
import { totp } from 'cofactor/totp';
import { describe, expect, it } from 'vitest';
import { developmentKey } from '../../packages/cofactor/src/base/keys/ring.ts';
import { onHttps, ownKey as key } from '../support/https.ts';

const good: CofactorOptions = {
  database: sqlite(':memory:'),
  factors: [password()],
  environment: 'development',
};
const withOptions = (options: object) => (): unknown => createCofactor({ ...good, ...options });

/** Options that a program without types could pass, the code of the error, and what its message has to name. */
const wrong: readonly (readonly [code: string, says: RegExp, make: () => unknown])[] = [
  ['ERR_CONFIG_UNKNOWN', /"sesion"/, withOptions({ sesion: {} })],
  ['ERR_CONFIG_UNKNOWN', /"__proto__"/, withOptions(JSON.parse('{"__proto__":{}}') as object)],
  ['ERR_CONFIG_ENVIRONMENT', /environment.*'production'/, withOptions({ environment: 'prod' })],
  ['ERR_CONFIG_DATABASE', /database.*sqlite/, withOptions({ database: undefined })],
  ['ERR_CONFIG_DATABASE', /database.*sqlite/, withOptions({ database: 'app.db' })],
  ['ERR_CONFIG_REALM', /realm.*lower-case/, withOptions({ realm: 'Users' })],
  ['ERR_CONFIG_REALM', /realm/, withOptions({ realm: 'a; Path=/' })],
  ['ERR_CONFIG_REALM', /realm/, withOptions({ realm: 1 })],
  ['ERR_CONFIG_NAME', /name.*64/, withOptions({ name: '' })],
  ['ERR_CONFIG_NAME', /name/, withOptions({ name: 'x'.repeat(65) })],
  ['ERR_CONFIG_REGISTRATION', /registration.*true or false/, withOptions({ registration: 'false' })],
  ['ERR_CONFIG_SIGN_IN_PAGE', /signInPage.*path/, withOptions({ signInPage: '//evil.example' })],
  ['ERR_CONFIG_SIGN_IN_PAGE', /signInPage/, withOptions({ signInPage: 'https://evil.example' })],
  ['ERR_CONFIG_PAGES', /pages.*signIn/, withOptions({ pages: { signIn: '//evil.example' } })],
  ['ERR_CONFIG_PAGES', /pages/, withOptions({ pages: { login: '/login' } })],
  ['ERR_CONFIG_PAGES', /pages/, withOptions({ pages: '/login' })],
  ['ERR_CONFIG_ORIGIN', /origin.*https/, withOptions({ origin: 'http://app.example.com' })],
  ['ERR_CONFIG_ORIGIN', /origin.*path/, withOptions({ origin: 'https://app.example.com/auth' })],
  ['ERR_CONFIG_ORIGIN', /origin/, withOptions({ origin: 'app.example.com' })],
  ['ERR_CONFIG_ORIGIN', /origin/, withOptions({ origin: 'javascript:x' })],
  ['ERR_CONFIG_ORIGIN', /origin/, withOptions({ origin: 'http://localhost.evil.example' })],
  ['ERR_CONFIG_ORIGIN', /origin/, withOptions({ origin: 'https://me:pw@app.example.com' })],
  ['ERR_CONFIG_SESSION', /session.*idle.*absolute/, withOptions({ session: { idle: 1 } })],
  ['ERR_CONFIG_SESSION', /session.*not life/, withOptions({ session: { life: 60 } })],
  ['ERR_CONFIG_SESSION', /session/, withOptions({ session: { idle: '3600' } })],
  ['ERR_CONFIG_SESSION', /session/, withOptions({ session: { absolute: Infinity } })],
  ['ERR_CONFIG_SESSION', /session\.idle/, withOptions({ session: { idle: 7200, absolute: 3600 } })],
  ['ERR_CONFIG_MINIMUM', /minimum.*pwd, mfa/, withOptions({ minimum: { acr: 'MFA' } })],
  ['ERR_CONFIG_MINIMUM', /minimum/, withOptions({ minimum: {} })],
  ['ERR_CONFIG_KEYS', /keys.*32 bytes/, withOptions({ keys: [] })],
  ['ERR_CONFIG_KEYS', /keys/, withOptions({ keys: [{ id: 'a', secret: 'short' }] })],
  ['ERR_CONFIG_KEYS', /keys/, withOptions({ keys: [{ ...key, id: 'a.b' }] })],
  ['ERR_CONFIG_KEYS', /keys.*twice/, withOptions({ keys: [key, key] })],
  ['ERR_CONFIG_KEYS', /keys/, withOptions({ keys: [{ id: 'a' }] })],
  ['ERR_CONFIG_KEYS', /keys/, withOptions({ keys: [null] })],
  ['ERR_CONFIG_KEYS', /keys/, withOptions({ keys: key })],
  ['ERR_CONFIG_KEYS', /keys/, withOptions({ keys: key.secret })],
  [
    'ERR_CONFIG_TRUSTED_PROXIES',
    /trustedProxies.*10\.0\.0\.0\/8/,
    withOptions({ trustedProxies: '10.0.0.1' }),
  ],
  ['ERR_CONFIG_TRUSTED_PROXIES', /trustedProxies/, withOptions({ trustedProxies: [''] })],
  ['ERR_CONFIG_FACTORS', /factors.*list/, withOptions({ factors: [] })],
  ['ERR_CONFIG_FACTORS', /factors/, withOptions({ factors: undefined })],
  ['ERR_CONFIG_FACTORS', /factors/, withOptions({ factors: ['password'] })],
  ['ERR_CONFIG_FACTORS', /password stands twice/, withOptions({ factors: [password(), password()] })],
  [
    'ERR_CONFIG_FACTORS',
    /email-otp sends mails: set mail/,
    withOptions({ factors: [password(), emailOtp()] }),
  ],
  ['ERR_CONFIG_FACTORS', /begin a sign-in/, withOptions({ factors: [recoveryCodes()] })],
  ...(['name', 'usage', 'verify', 'confirm', 'view', 'proves', 'response'] as const).map(
    (part) =>
      [
        'ERR_CONFIG_FACTORS',
        /factors/,
        withOptions({ factors: [{ ...password(), [part]: undefined }] }),
      ] as const,
  ),
  [
    'ERR_CONFIG_FACTORS',
    /derived value mfa/,
    withOptions({ factors: [{ ...password(), proves: { kind: 'know', amr: ['pwd', 'mfa'] } }] }),
  ],
  ['ERR_CONFIG_POLICIES', /policies: Admin/, withOptions({ policies: { Admin: 'mfa' } })],
  [
    'ERR_CONFIG_POLICIES',
    /Admin.*Mfa/,
    withOptions({ policies: { Admin: { type: 'requirement', requirement: { acr: 'Mfa' } } } }),
  ],
  ['ERR_CONFIG_POLICIES', /Admin/, withOptions({ policies: { Admin: { type: 'requirement' } } })],
  ['ERR_CONFIG_POLICIES', /Admin/, withOptions({ policies: { Admin: { type: 'all' } } })],
  ['ERR_CONFIG_POLICIES', /Admin/, withOptions({ policies: { Admin: { type: 'requireMfa' } } })],
  [
    'ERR_CONFIG_POLICIES',
    /Admin/,
    withOptions({
      policies: { Admin: { type: 'any', of: [{ type: 'requirement', requirement: { acr: 'x' } }] } },
    }),
  ],
  ['ERR_CONFIG_POLICIES', /maxAge 0/, withOptions({ policies: { Admin: requireMfa({ maxAge: 0 }) } })],
  ['ERR_CONFIG_WRONG_PER_MINUTE', /wrongPerMinute.*whole number/, withOptions({ wrongPerMinute: 0 })],
  ['ERR_CONFIG_WRONG_PER_MINUTE', /wrongPerMinute/, withOptions({ wrongPerMinute: '300' })],
  ['ERR_CONFIG_CLOCK', /clock.*now/, withOptions({ clock: {} })],
  ['ERR_CONFIG_RANDOM', /random.*bytes/, withOptions({ random: Math.random })],
  ['ERR_CONFIG_LOG', /log.*info/, withOptions({ log: { info: () => undefined } })],
  ['ERR_CONFIG_METER', /meter.*count/, withOptions({ meter: {} })],
  // The factories
  ['ERR_CONFIG_DATABASE', /sqlite/, () => sqlite('')],
  ['ERR_CONFIG_DATABASE', /sqlite/, () => sqlite(undefined as unknown as string)],
  ['ERR_CONFIG_DATABASE', /sqlite.*durability/, () => sqlite(':memory:', { durability: 'none' as 'power' })],
  ['ERR_CONFIG_DATABASE', /cannot be opened/, () => sqlite('no/such/folder/app.db')],
  ['ERR_CONFIG_DATABASE', /postgres.*postgres:\/\//, () => postgres('mysql://x')],
  ['ERR_CONFIG_DATABASE', /postgres/, () => postgres(undefined as unknown as string)],
  ['ERR_CONFIG_DATABASE', /connections/, () => postgres('postgres://x/y', { connections: 0 })],
  ['ERR_CONFIG_DATABASE', /timeout/, () => postgres('postgres://x/y', { timeout: -1 })],
  ['ERR_CONFIG_PASSWORD', /minLength/, () => password({ minLength: 4 } as object)],
  ['ERR_CONFIG_PASSWORD', /minimumLength\.only/, () => password({ minimumLength: { only: 4 } })],
  ['ERR_CONFIG_PASSWORD', /cost\.passes/, () => password({ cost: { passes: 0 } })],
  ['ERR_CONFIG_PASSWORD', /hasher/, () => password({ hasher: {} as never })],
  ['ERR_CONFIG_TOTP', /issuer/, () => totp({ issuer: 'a:b' })],
  ['ERR_CONFIG_TOTP', /issuer/, () => totp(undefined as never)],
  ['ERR_CONFIG_TOTP', /algorithm/, () => totp({ issuer: 'a', algorithm: 'SHA512' } as never)],
  ['ERR_CONFIG_RECOVERY_CODES', /count.*8 to 20/, () => recoveryCodes({ count: 7 })],
  ['ERR_CONFIG_RECOVERY_CODES', /length/, () => recoveryCodes({ length: 4 } as object)],
  ['ERR_CONFIG_HASH_QUEUE', /concurrency/, () => createHashQueue({ concurrency: 0 })],
  ['ERR_CONFIG_HASH_QUEUE', /maxWait/, () => createHashQueue({ maxWait: 0 })],
  ['ERR_CONFIG_HASH_QUEUE', /observer/, () => createHashQueue({ observer: {} as never })],
];

function errorOf(make: () => unknown): CofactorError {
  try {
    make();
  } catch (error) {
    expect(error).toBeInstanceOf(CofactorError);
    return error as CofactorError;
  }
  return expect.fail('was taken');
}

describe('a wrong option is named at the start, with what it takes', () => {
  it.each(wrong.map(([code, says, make]) => [code, String(says), says, make] as const))(
    '%s %s',
    (code, _, says, make) => {
      const error = errorOf(make);
      expect(error.code).toBe(code);
      expect(error.message).toMatch(says);
      expect(error.message).not.toContain(key.secret);
    },
  );

  it('and the right ones are taken, and cannot be changed afterwards', () => {
    const keys = [key];
    const auth = createCofactor({
      ...good,
      keys,
      trustedProxies: ['10.0.0.0/8', '::1'],
      session: { idle: 60, absolute: 60 },
    });
    const { config } = auth.engine;
    expect(() => Object.assign(config, { registration: true })).toThrow(TypeError);
    expect(() => Object.assign(config.session, { idle: 1e9 })).toThrow(TypeError);
    expect(config.registration).toBe(false);
  });
});

describe('I-29 production does not start', () => {
  const file = sqlite(':memory:');
  const durable = new Proxy(file, {
    get: (target, name) => (name === 'durable' ? true : (Reflect.get(target, name, target) as unknown)),
  });
  const production: CofactorOptions = {
    ...good,
    database: durable,
    environment: 'production',
    ...onHttps,
  };
  const development = { id: 'own', secret: developmentKey.secret };
  const bytes = Buffer.from(developmentKey.secret, 'base64');

  it('nor does anything else on https, without keys of its own', () => {
    const { environment: _, ...rest } = production;
    for (const keys of [undefined as never, [developmentKey], [key, development]]) {
      const options = { ...rest, keys, environment: 'development' as const };
      expect(errorOf(() => createCofactor(options)).code).toBe('ERR_CONFIG_KEYS');
    }
  });

  it.each<[string, string, Partial<CofactorOptions>]>([
    ['without keys', 'ERR_CONFIG_KEYS', { keys: undefined as never }],
    ['with the development key', 'ERR_CONFIG_KEYS', { keys: [developmentKey] }],
    ['with the development key under another name', 'ERR_CONFIG_KEYS', { keys: [development] }],
    ['with the development key as an older one', 'ERR_CONFIG_KEYS', { keys: [key, development] }],
    [
      'with the development key in base64url',
      'ERR_CONFIG_KEYS',
      { keys: [{ id: 'own', secret: bytes.toString('base64url') }] },
    ],
    [
      'with the development key and a line end',
      'ERR_CONFIG_KEYS',
      { keys: [{ id: 'own', secret: `${developmentKey.secret}\n` }] },
    ],
    ['without an origin', 'ERR_CONFIG_ORIGIN', { origin: undefined as never }],
    ['on http', 'ERR_CONFIG_ORIGIN', { origin: 'http://app.example.com' }],
    ['on http://localhost', 'ERR_CONFIG_ORIGIN', { origin: 'http://localhost:3000' }],
    ['with a database in memory', 'ERR_CONFIG_DATABASE', { database: file }],
  ])('%s', (_, code, options) => {
    const { ...all } = { ...production, ...options };
    expect(errorOf(() => createCofactor(all)).code).toBe(code);
  });

  it('with NODE_ENV=production just as with the option, and does start with all of its own', () => {
    const { environment: _, ...rest } = production;
    const before = process.env['NODE_ENV'];
    process.env['NODE_ENV'] = 'production';
    try {
      expect(errorOf(() => createCofactor({ ...rest, keys: [developmentKey] })).code).toBe('ERR_CONFIG_KEYS');
      expect(createCofactor(rest).engine.config.production).toBe(true);
    } finally {
      process.env['NODE_ENV'] = before;
    }
  });
});
