import * as fc from 'fast-check';
import { Secret } from 'otpauth';
import { expect, test } from 'vitest';
import { decodeBase32, encodeBase32 } from './base32.ts';

test.each([
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
])('RFC 4648, 10: %j is %s', (text, base32) => {
  expect(encodeBase32(Buffer.from(text))).toBe(base32);
  expect(Buffer.from(decodeBase32(base32)).toString()).toBe(text);
});

test('reads back what it wrote, and agrees with otpauth', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const text = encodeBase32(bytes);
      expect(decodeBase32(text)).toEqual(bytes);
      expect(text).toBe(new Secret({ buffer: bytes.slice().buffer }).base32);
    }),
  );
});

test('I-28 an unreadable key is not repeated in the error', () => {
  expect(() => decodeBase32('marked-secret')).toThrow(/^not Base32$/);
});
