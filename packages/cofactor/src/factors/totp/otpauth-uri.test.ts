import * as fc from 'fast-check';
import { URI } from 'otpauth';
import { expect, test } from 'vitest';
import { accountName, otpauthUri } from './otpauth-uri.ts';

const key = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

const nasty = [
  'a:b?secret=AAAA&issuer=X',
  '%00',
  '\0',
  '#fragment',
  'line\r\nbreak',
  '👩‍👩‍👧 family',
  '&algorithm=MD5',
  'a/../../b',
  '\ud800',
  '‮gro.elpmaxe',
  'x'.repeat(2048),
  '👩'.repeat(2048),
];

const issuers = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 64 })
  .map((text) => text.replaceAll(/[:\p{Cc}\p{Zl}\p{Zp}]/gu, '').trim())
  .filter((text) => text !== '');
const identifiers = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constantFrom(...nasty));

test('A-79 whatever the names are, a URI parser reads back one label and these five parameters', () => {
  fc.assert(
    fc.property(
      fc.oneof(issuers, fc.constantFrom('Acme & Söhne?', 'a=b#c%')),
      identifiers,
      (issuer, identifier) => {
        const uri = otpauthUri(issuer, identifier, key);
        expect(uri).toMatch(/^otpauth:\/\/totp\/[\w%.!~*'()-]+(?::[\w%.!~*'()-]+)?\?[\w%.!~*'()=&-]+$/);
        const { protocol, host, pathname, hash, searchParams } = new URL(uri);
        expect([protocol, host, hash]).toEqual(['otpauth:', 'totp', '']);
        expect([...searchParams]).toEqual([
          ['secret', key],
          ['issuer', issuer],
          ['algorithm', 'SHA1'],
          ['digits', '6'],
          ['period', '30'],
        ]);
        const account = accountName(identifier);
        expect(decodeURIComponent(pathname.slice(1))).toBe(account === '' ? issuer : `${issuer}:${account}`);
      },
    ),
    { numRuns: 500 },
  );
});

test.each(nasty)('A-79 %j gives a label of one line and at most 64 characters', (identifier) => {
  const account = accountName(identifier);
  expect([...account].length).toBeLessThanOrEqual(64);
  expect(account).not.toMatch(/\p{Cc}/u);
  expect(account.isWellFormed()).toBe(true);
});

test('an authenticator library reads the same key and names', () => {
  expect(URI.parse(otpauthUri('Acme', 'ada@example.org', key))).toMatchObject({
    issuer: 'Acme',
    label: 'ada@example.org',
    digits: 6,
    period: 30,
    algorithm: 'SHA1',
    secret: { base32: key },
  });
});

test('a user without a name to show still gets a label', () => {
  expect(otpauthUri('Acme', '', key)).toMatch(/^otpauth:\/\/totp\/Acme\?/);
});
