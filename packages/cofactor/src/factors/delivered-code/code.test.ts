import { createCipheriv } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { makeCode } from './code.ts';

/** A source that gives the same bytes each time: AES-CTR over zeros. */
function seeded(seed: number): (length: number) => Uint8Array {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16));
  return (length) => cipher.update(Buffer.alloc(length));
}

/** Gives these numbers as four bytes each, one after the other. */
function numbers(...list: readonly number[]): (length: number) => Uint8Array {
  const left = [...list];
  return (length) => {
    const bytes = Buffer.alloc(length);
    bytes.writeUInt32BE(left.shift() ?? 0);
    return bytes;
  };
}

describe('R-N11 codes of six digits', () => {
  test('are evenly spread: every digit in every place, over a hundred thousand', () => {
    const random = seeded(7);
    const draws = 100_000;
    const counts = Array.from({ length: 6 }, () => Array.from({ length: 10 }, () => 0));
    for (let draw = 0; draw < draws; draw++) {
      const code = makeCode(random);
      expect(code).toHaveLength(6);
      [...code].forEach((digit, place) => {
        const row = counts[place] ?? [];
        row[Number(digit)] = (row[Number(digit)] ?? 0) + 1;
      });
    }
    for (const row of counts) {
      const chiSquare = row.reduce((sum, count) => sum + (count - draws / 10) ** 2 / (draws / 10), 0);
      // Nine degrees of freedom: 27.9 is passed by chance once in a thousand.
      expect(chiSquare).toBeLessThan(27.9);
    }
  });

  test('begin with zeros as often as with anything else', () => {
    expect(makeCode(numbers(0))).toBe('000000');
    expect(makeCode(numbers(42))).toBe('000042');
    expect(makeCode(numbers(999_999))).toBe('999999');
    expect(makeCode(numbers(1_000_000))).toBe('000000');
  });

  test('do not favour low ones: a number of the last, unfinished million is drawn again', () => {
    // 2^32 is 4294 millions and 967296.
    expect(makeCode(numbers(4_293_999_999, 1))).toBe('999999');
    expect(makeCode(numbers(4_294_000_000, 1))).toBe('000001');
    expect(makeCode(numbers(4_294_967_295, 4_294_500_000, 123_456))).toBe('123456');
  });
});
