import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeOf, matchingSteps, stepAt } from './code.ts';

const bytes = Buffer.from('12345678901234567890');
const key = createSecretKey(bytes);

test('RFC 4226 Appendix D: the first ten codes', () => {
  expect(Array.from({ length: 10 }, (_, counter) => codeOf(key, counter))).toEqual(
    '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' '),
  );
});

test.each([
  [59, '94287082'],
  [1111111109, '07081804'],
  [1111111111, '14050471'],
  [1234567890, '89005924'],
  [2000000000, '69279037'],
  [20000000000, '65353130'],
])('RFC 6238 Appendix B: at %i s the code is %s', (seconds, code) => {
  const now = new Date(seconds * 1000);
  expect(codeOf(key, stepAt(now), 8)).toBe(code);
  expect(matchingSteps(bytes, code.slice(2), now)).toContain(stepAt(now));
});

test('agrees with RFC 4226 written out, on any key and counter', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 10, maxLength: 64 }),
      fc.integer({ min: 0, max: 2 ** 40 }),
      (secret, counter) => {
        const message = Buffer.alloc(8);
        message.writeBigUInt64BE(BigInt(counter));
        const mac = createHmac('sha1', secret).update(message).digest();
        const number = mac.readUInt32BE((mac[19] ?? 0) & 15) & 0x7fffffff;
        const expected = (number % 1_000_000).toString().padStart(6, '0');
        expect(codeOf(createSecretKey(secret), counter)).toBe(expected);
      },
    ),
  );
});

describe('the window', () => {
  test('I-04 R-O06 is exactly T-1, T and T+1', () => {
    const now = new Date(1_700_000_015_000);
    const accepted = [-3, -2, -1, 0, 1, 2, 3].filter((delta) =>
      matchingSteps(bytes, codeOf(key, stepAt(now) + delta), now).includes(stepAt(now) + delta),
    );
    expect(accepted).toEqual([-1, 0, 1]);
  });

  test('moves with the first millisecond of a period', () => {
    expect(stepAt(new Date(29_999))).toBe(0);
    expect(stepAt(new Date(30_000))).toBe(1);
  });

  test('has no step before 1970', () => {
    expect(matchingSteps(bytes, codeOf(key, 0), new Date(0))).toEqual([0]);
  });

  test('says both steps that share a code, oldest first', () => {
    // Found by search: two neighbours of this key.
    expect(codeOf(key, 910_737)).toBe(codeOf(key, 910_738));
    expect(matchingSteps(bytes, codeOf(key, 910_738), new Date(910_738 * 30_000))).toEqual([
      910_737, 910_738,
    ]);
  });
});

test('a wrong code of another length matches nothing', () => {
  expect(matchingSteps(randomBytes(20), '1234567', new Date())).toEqual([]);
});
