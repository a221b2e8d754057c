import { CompactEncrypt, generateKeyPair, exportJWK, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import {
  publicKeyOfIssuer,
  signedByAnother,
  signedByIssuer,
  signedWithSecret,
  unsigned,
  type TestIssuer,
} from '../support/memory-issuer.ts';
import { cookiesOf, startRp, whoIs } from '../support/client-attacks.ts';
import { comeBack, onEachAdapter, open, signIn, withCode, withPassword, type TestRp } from '../support/rp.ts';

type Claims = Record<string, unknown>;
type Forgery = TestIssuer['token'];

async function hmacWith(secret: string, claims: Claims, header: object = {}): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', ...header })
    .sign(new TextEncoder().encode(secret.padEnd(32, '\0')));
}

const headerOf = (header: object): string => Buffer.from(JSON.stringify(header)).toString('base64url');

/** Tokens that are not the issuer's. */
const forged: Readonly<Record<string, Forgery>> = {
  'alg none': (_token, claims) => unsigned(claims),
  'alg None in other letters': (_token, claims) =>
    unsigned(claims).replace(/^[^.]*/, headerOf({ alg: 'nOnE' })),
  'alg none with a signature': (token, claims) => `${unsigned(claims)}${token.split('.')[2]}`,
  'no alg': (token) => token.replace(/^[^.]*/, headerOf({ kid: 'one' })),
  'no signature': (token) => token.replace(/[^.]*$/, ''),
  'no signature, no dot': (token) => token.replace(/\.[^.]*$/, ''),
  'HS256 with the client secret': (_token, claims) => signedWithSecret(claims, 'the secret of the client'),
  'HS256 with the public key as JWK': async (_token, claims) =>
    hmacWith(JSON.stringify(await publicKeyOfIssuer()), claims, { kid: 'one' }),
  'HS256 with the x of the public key': async (_token, claims) =>
    hmacWith((await publicKeyOfIssuer()).x ?? '', claims, { kid: 'one' }),
  'the kid of the issuer, the key of another': (_token, claims) => signedByAnother(claims),
  'a kid that is unknown': (_token, claims) => signedByAnother(claims, 'two'),
  'the key of the issuer under a kid that is unknown': (_token, claims) =>
    signedByIssuer(claims, { kid: 'two' }),
  'a key that the token brings along': async (_token, claims) => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(publicKey);
    return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', jwk }).sign(privateKey);
  },
  'a key at an address that the token brings along': async (_token, claims) => {
    const { privateKey } = await generateKeyPair('ES256');
    const header = {
      alg: 'ES256',
      kid: 'evil',
      jku: 'https://evil.example/jwks',
      x5u: 'https://evil.example/x',
    };
    return new SignJWT(claims).setProtectedHeader(header).sign(privateKey);
  },
  'a critical header that nobody knows': async (_token, claims) => {
    const token = await signedByIssuer(claims);
    return token.replace(/^[^.]*/, headerOf({ alg: 'ES256', kid: 'one', crit: ['exp'], exp: 1 }));
  },
  'encrypted by anybody, unsigned inside': async (_token, claims) => {
    const { publicKey } = await generateKeyPair('RSA-OAEP-256');
    return new CompactEncrypt(Buffer.from(unsigned(claims)))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', cty: 'JWT' })
      .encrypt(publicKey);
  },
  'encrypted with the client secret': async (_token, claims) => {
    const key = Buffer.from('the secret of the client'.padEnd(32, '\0'));
    return new CompactEncrypt(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(key);
  },
  'other claims under the same signature': (token, claims) => {
    const [header, , signature] = token.split('.');
    return `${header}.${headerOf({ ...claims, sub: 'eve' })}.${signature}`;
  },
  'a signature of other letters': (token) =>
    token.replace(/.....$/, (end) => (end === 'AAAAA' ? 'BBBBB' : 'AAAAA')),
  'four parts': (token) => `${token}.x`,
  empty: () => '',
  words: () => 'not a token',
};

/** Claims that are not for this sign-in, or not for us; `undefined` leaves one out. */
const wrong: Readonly<Record<string, (claims: Claims) => Claims>> = {
  'iss of another': () => ({ iss: 'https://evil.example' }),
  'iss with a slash more': ({ iss }) => ({ iss: `${String(iss)}/` }),
  'iss in capitals': ({ iss }) => ({ iss: String(iss).toUpperCase() }),
  'iss as a list': ({ iss }) => ({ iss: [iss] }),
  'no iss': () => ({ iss: undefined }),
  'aud of another': () => ({ aud: 'other' }),
  'aud that begins alike': () => ({ aud: 'orders2' }),
  'aud in capitals': () => ({ aud: 'ORDERS' }),
  'aud of others': () => ({ aud: ['other', 'third'] }),
  'aud empty': () => ({ aud: [] }),
  'aud as an object': () => ({ aud: { 0: 'orders' } }),
  'no aud': () => ({ aud: undefined }),
  'aud of several without azp': () => ({ aud: ['orders', 'other'] }),
  'azp of another': () => ({ azp: 'other' }),
  'azp of another, aud of several': () => ({ aud: ['orders', 'other'], azp: 'other' }),
  'azp as a list': () => ({ azp: ['orders'] }),
  'exp over': ({ iat }) => ({ exp: (iat as number) - 120, iat: (iat as number) - 600 }),
  'exp in text': ({ exp }) => ({ exp: String(exp) }),
  'no exp': () => ({ exp: undefined }),
  'iat ahead': ({ iat }) => ({ iat: (iat as number) + 600 }),
  'iat in text': ({ iat }) => ({ iat: String(iat) }),
  'no iat': () => ({ iat: undefined }),
  'nbf ahead': ({ iat }) => ({ nbf: (iat as number) + 600 }),
  'nonce of another': () => ({ nonce: 'other' }),
  'nonce empty': () => ({ nonce: '' }),
  'nonce in a list': ({ nonce }) => ({ nonce: [nonce] }),
  'no nonce': () => ({ nonce: undefined }),
  'sub empty': () => ({ sub: '' }),
  'no sub': () => ({ sub: undefined }),
  'sub null': () => ({ sub: null }),
  'sub a number': () => ({ sub: 7 }),
  'sub a list': () => ({ sub: ['ann'] }),
  'sub too long': () => ({ sub: 'a'.repeat(256) }),
  'sub with letters that look alike': () => ({ sub: '\u0430nn' }),
  'sub with a line end': () => ({ sub: 'ann\n' }),
  'sub with a NUL': () => ({ sub: 'ann\u0000' }),
};

/** What becomes of somebody signed in with a password, and of nobody, where the answer to a step-up is a lie. */
async function outcomeOf(rp: TestRp, lie: () => void): Promise<object> {
  const browser = rp.browser();
  await signIn(rp, browser, withPassword);
  const before = [await whoIs(browser), ...cookiesOf(browser, 'session')];
  lie();
  const stepUp = await comeBack(rp, browser, await open(browser, '/admin'), withCode);
  const after = [await whoIs(browser), ...cookiesOf(browser, 'session')];
  const nobody = rp.browser();
  const first = await signIn(rp, nobody, withCode);
  return {
    statuses: [stepUp.status, first.status],
    isAsBefore: JSON.stringify(after) === JSON.stringify(before),
    somebody: (await whoIs(nobody)).subject,
    logged: rp.logged.filter(({ message }) => message === 'a sign-in was refused').length,
  };
}

const denied = { statuses: [403, 403], isAsBefore: true, somebody: null, logged: 2 };

describe('A-155 tokens that the issuer did not make', () => {
  it.each(Object.entries(forged))('%s', async (_name, forgery) => {
    const rp = await startRp();
    expect(await outcomeOf(rp, () => (rp.issuer.token = forgery))).toEqual(denied);
  });

  it.each(['HS256', 'none', 'ES256'])(
    'also where the issuer says that it signs with %s',
    async (algorithm) => {
      for (const forgery of [
        'alg none',
        'HS256 with the client secret',
        'HS256 with the public key as JWK',
      ]) {
        const rp = await startRp();
        rp.issuer.document = (document) => ({
          ...document,
          id_token_signing_alg_values_supported: [algorithm, 'ES256', 'HS256', 'none'],
        });
        expect(await outcomeOf(rp, () => (rp.issuer.token = forged[forgery] ?? (() => '')))).toEqual(denied);
      }
    },
  );

  it('no id_token at all, or one that is not text', async () => {
    for (const idToken of [undefined, null, 1, ['x'], {}]) {
      const rp = await startRp();
      expect(
        await outcomeOf(rp, () => (rp.issuer.tokens = (tokens) => ({ ...tokens, id_token: idToken }))),
      ).toEqual(denied);
    }
  });

  it('nobody asks at addresses that a token brings along', async () => {
    const rp = await startRp();
    const browser = rp.browser();
    rp.issuer.token = forged['a key at an address that the token brings along'] ?? (() => '');
    await signIn(rp, browser, withCode);
    const known = ['/.well-known/openid-configuration', '/token', '/jwks'];
    expect(rp.issuer.asked.every(({ path }) => known.includes(path))).toBe(true);
  });
});

describe('A-155 tokens that the issuer made for something else', () => {
  it.each(Object.entries(wrong))('%s', async (_name, change) => {
    const rp = await startRp();
    expect(
      await outcomeOf(rp, () => (rp.issuer.claims = (claims) => ({ ...claims, ...change(claims) }))),
    ).toEqual(denied);
  });

  it('what is honest passes: aud in a list, several with azp, the longest sub', async () => {
    for (const more of [
      { aud: ['orders'] },
      { aud: ['other', 'orders'], azp: 'orders' },
      { azp: 'orders' },
      { sub: 'a'.repeat(255) },
    ]) {
      const rp = await startRp();
      rp.issuer.claims = (claims) => ({ ...claims, ...more });
      const browser = rp.browser();
      expect([more, (await signIn(rp, browser, withCode)).status]).toEqual([more, 303]);
      expect((await open(browser, '/admin')).status).toBe(200);
    }
  });
});

onEachAdapter('A-155 the same at every door', (adapter) => {
  it('alg none and a nonce of another sign-in let nobody in', async () => {
    for (const lie of [
      (rp: TestRp) => (rp.issuer.token = (_token, claims) => unsigned(claims)),
      (rp: TestRp) => (rp.issuer.claims = (claims) => ({ ...claims, nonce: 'other' })),
    ]) {
      const rp = await startRp({ adapter });
      expect(await outcomeOf(rp, () => lie(rp))).toEqual(denied);
    }
  });
});
