import { describe, expect, test } from 'vitest';
import { base32, bytesOf, guid, RowFault, RowReader, shownKey } from './row.ts';
import { keyOfNumber } from './umbraco/keys.ts';

const row = (cell: string | Uint8Array | null): RowReader =>
  new RowReader({ number: 1, cells: new Map([['a', cell]]) });
const text = (bytes: Uint8Array | null): string | null => bytes && Buffer.from(bytes).toString('latin1');

describe('what stands in a cell', () => {
  test('times, as SQLite, PostgreSQL and SQL Server write them', () => {
    const never = Date.UTC(9999, 11, 31, 23, 59, 59);
    for (const written of [
      '9999-12-31 23:59:59.9999999+00:00',
      '9999-12-31 23:59:59.9999999 +00:00',
      '9999-12-31T23:59:59Z',
      '9999-12-31 23:59:59.999999+00',
    ]) {
      expect([written, row(written).time('a')]).toEqual([written, never]);
    }
    expect(row('infinity').time('a')).toBe(Infinity);
    expect(row('2026-05-04 10:00:00+0200').time('a')).toBe(Date.UTC(2026, 4, 4, 8));
    expect(row('2026-05-04').time('a')).toBe(Date.UTC(2026, 4, 4));
    expect([row(null).time('a'), row('').time('a')]).toEqual([null, null]);
    for (const wrong of ['soon', '2026-13-01 00:00:00', '04/05/2026', '1767225600', '2026-05-04 25:00:00']) {
      expect(() => row(wrong).time('a')).toThrow(RowFault);
    }
  });

  test('yes and no, and nothing in between', () => {
    expect(['1', 't', 'True', 'TRUE'].map((cell) => row(cell).boolean('a'))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['0', 'f', 'False'].map((cell) => row(cell).boolean('a'))).toEqual([false, false, false]);
    for (const wrong of ['', '2', 'yes', ' 1', null]) expect(() => row(wrong).boolean('a')).toThrow(RowFault);
  });

  test('texts that cannot be stored are faults', () => {
    for (const wrong of ['a\0b', '\ud800', 'x'.repeat(5_000)])
      expect(() => row(wrong).text('a')).toThrow(RowFault);
    expect(() => row(new Uint8Array(3)).text('a')).toThrow(RowFault);
    expect(() => row('two\nlines').line('a')).toThrow(RowFault);
  });

  test('bytes in every way they are exported, and none that could be two', () => {
    expect(['0x6869', '\\x6869', 'aGk=', 'aGk'].map((cell) => text(bytesOf(cell)))).toEqual([
      'hi',
      'hi',
      'hi',
      'hi',
    ]);
    for (const wrong of ['6869', 'abcdef', '0x686', 'aGk==', '!', '']) expect(bytesOf(wrong)).toBeNull();
  });

  test('Base32 with every letter and every bit of it used', () => {
    // RFC 4648, 10.
    const vectors = {
      MY: 'f',
      MZXQ: 'fo',
      MZXW6: 'foo',
      MZXW6YQ: 'foob',
      MZXW6YTB: 'fooba',
      'MZXW6YTBOI======': 'foobar',
    };
    for (const [encoded, plain] of Object.entries(vectors)) expect(text(base32(encoded))).toBe(plain);
    expect(text(base32('mzxw6'))).toBe('foo');
    for (const wrong of ['', 'M', 'MZ', 'MZX', 'MZXW6Y', 'MZXW0', 'MZ XW6', 'MZXW6!', '=====']) {
      expect([wrong, base32(wrong)]).toEqual([wrong, null]);
    }
  });

  test('GUIDs in one form, and the ones that Umbraco made of numbers', () => {
    const plain = '0f8fad5b-d9cb-469f-a165-70867728950e';
    expect([plain.toUpperCase(), `{${plain}}`, plain].map(guid)).toEqual([plain, plain, plain]);
    expect([`{${plain}`.slice(0, 20), '1', ''].map(guid)).toEqual([null, null, null]);
    expect(keyOfNumber('5')).toBe('00000005-0000-0000-0000-000000000000');
    expect(keyOfNumber('-1')).toBe('ffffffff-0000-0000-0000-000000000000');
    expect(() => keyOfNumber('1.5')).toThrow(RowFault);
  });

  test('a key that is shown is an id or a name, and nothing of many lines', () => {
    expect(['7', 'ada'].map(shownKey)).toEqual(['7', 'ada']);
    expect(['a\nb', 'x'.repeat(100), null].map(shownKey)).toEqual([null, null, null]);
  });
});
