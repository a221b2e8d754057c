import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cbor, type CborValue } from '../../../../../test/support/passkey.ts';
import { decodeCbor } from './cbor.ts';

const read = (hex: string): unknown => decodeCbor(Buffer.from(hex, 'hex'));

describe('CBOR', () => {
  test.each<[string, unknown]>([
    ['00', 0],
    ['17', 23],
    ['1818', 24],
    ['190100', 256],
    ['1a00010000', 65_536],
    ['1affffffff', 4_294_967_295],
    ['20', -1],
    ['390100', -257],
    ['40', Buffer.alloc(0)],
    ['420102', Buffer.of(1, 2)],
    ['60', ''],
    ['6161', 'a'],
    ['80', []],
    ['8301820203f5', [1, [2, 3], true]],
    ['a0', new Map()],
    [
      'a2012061616162',
      new Map<number | string, unknown>([
        [1, -1],
        ['a', 'b'],
      ]),
    ],
    ['f4', false],
    ['8181818100', [[[[0]]]]],
  ])('%s is read', (hex, value) => {
    expect(read(hex)).toEqual(value);
  });

  test.each([
    ['nothing', ''],
    ['a byte too many', '0000'],
    ['a number in a byte it does not need', '1817'],
    ['a number in two bytes it does not need', '1900ff'],
    ['a number in four bytes it does not need', '1a0000ffff'],
    ['a number of 64 bits', '1b0000000100000000'],
    ['a number without its bytes', '1901'],
    ['bytes that are fewer than they say', '4201'],
    ['a text that is shorter than it says', '6261'],
    ['a text in UTF-8', '62c3a9'],
    ['a list that is shorter than it says', '8201'],
    ['a list of four thousand million', '9affffffff00'],
    ['a map without its last value', 'a10'.padEnd(4, '1')],
    ['a map of four thousand million', 'baffffffff0101'],
    ['a key twice', 'a201010102'],
    ['bytes for a key', 'a1410101'],
    ['a list for a key', 'a1800101'],
    ['indefinite bytes', '5f4101ff'],
    ['an indefinite list', '9f01ff'],
    ['an indefinite map', 'bf0101ff'],
    ['a tag', 'c101'],
    ['null', 'f6'],
    ['undefined', 'f7'],
    ['a float', 'fb3ff199999999999a'],
    ['another simple value', 'f820'],
    ['true, in two bytes', 'f815'],
    ['what is kept for later', '1c'],
    ['a break alone', 'ff'],
    ['five levels', '818181818100'],
    ['a thousand levels', '81'.repeat(1000)],
  ])('is none: %s', (_name, hex) => {
    expect(read(hex)).toBeNull();
  });

  test('whatever is written as CTAP has it written is read as it was written', () => {
    fc.assert(
      fc.property(value, (written) => {
        expect(decodeCbor(cbor(written))).toEqual(written);
      }),
      { numRuns: 1_000 },
    );
  });

  test('whatever comes is read where that is the one way to write it, and is none elsewhere', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const read = decodeCbor(Buffer.from(bytes));
        const again = read === null ? bytes : cbor(read as CborValue);
        expect(Buffer.from(again)).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 10_000 },
    );
  });
});

const ascii = fc.string({ unit: 'binary-ascii', maxLength: 300 });
const value = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    fc.oneof(
      fc.boolean(),
      fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 }),
      ascii,
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    ),
    fc.array(tie('value'), { maxLength: 30 }),
    fc
      .array(fc.tuple(fc.oneof(ascii, fc.integer({ min: -300, max: 300 })), tie('value')), { maxLength: 5 })
      .map((entries) => new Map(entries)),
  ),
})).value;
