import { generateKeyPairSync, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { isDer } from './der.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

test('is what OpenSSL writes, whatever the length of its integers', () => {
  for (let n = 0; n < 500; n += 1) expect(isDer(sign('sha256', Buffer.from([n]), privateKey))).toBe(true);
});

test.each([
  ['nothing', ''],
  ['one integer', '3003020101'],
  ['three integers', '3009020101020101020101'],
  ['a set for a sequence', '3106020101020101'],
  ['a long form of its length', '308106020101020101'],
  ['a length that is too small', '3005020101020101'],
  ['a length that is too large', '3007020101020101'],
  ['a byte after it', '300602010102010100'],
  ['an integer without bytes', '30050200020101'],
  ['an integer longer than the rest', '3006020101020201'],
  ['a negative integer', '3006020181020101'],
  ['a zero in front for nothing', '300702020001020101'],
  ['an indefinite length', '30800201010201010000'],
  ['a private tag', 'b006020101020101'],
])('%s is not', (_name, hex) => {
  expect(isDer(Buffer.from(hex, 'hex'))).toBe(false);
});

test('the shortest one is, and a zero in front of a high bit', () => {
  expect(isDer(Buffer.from('3006020101020101', 'hex'))).toBe(true);
  expect(isDer(Buffer.from('300702020080020101', 'hex'))).toBe(true);
});
