import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CsvParser, separatorOf } from './csv-parser.ts';

/** The records of a text, in pieces of some size. */
function parse(
  text: string,
  size = text.length || 1,
  separator = ',',
): (readonly (string | null)[] | null)[] {
  const parser = new CsvParser('file.csv', separator);
  const records = [];
  for (let at = 0; at < text.length; at += size) records.push(...parser.push(text.slice(at, at + size)));
  records.push(...parser.finish());
  return records.map(({ cells }) => cells);
}

describe('RFC 4180', () => {
  test.each<[string, (readonly (string | null)[] | null)[]]>([
    [
      'a,b\r\nc,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a,b\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a,b\rc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['"a,b","c\r\nd"\n', [['a,b', 'c\r\nd']]],
    ['"say ""x""",""', [['say "x"', '']]],
    ['a,,NULL,"NULL"', [['a', null, null, 'NULL']]],
    ['a\n\n\nb\n', [['a'], ['b']]],
    [',\n', [[null, null]]],
    ['', []],
  ])('%j', (text, records) => {
    for (const size of [text.length || 1, 1, 2, 3]) expect(parse(text, size)).toEqual(records);
  });

  test('a quote where none may be spoils its own record and no other', () => {
    expect(parse('a"b,c\nd,e\n"f"g,h\ni,j\nk\0,l\n')).toEqual([null, ['d', 'e'], null, ['i', 'j'], null]);
  });

  test('a quote that is never closed ends it, and so does a cell without end', () => {
    const unclosed = expect.objectContaining({
      code: 'ERR_IMPORT_SOURCE',
      message: expect.stringContaining('line 2'),
    });
    expect(() => parse('a,b\n"c,d\ne,f\n')).toThrow(unclosed);
    expect(() => parse(`a\n"${'x'.repeat(1_100_000)}"`)).toThrow('too long');
    expect(() => parse(`a\n${','.repeat(2_000)}`)).toThrow('too many cells');
  });

  test('says in which line a record begins', () => {
    const parser = new CsvParser('file.csv', ',');
    const lines = [...parser.push('a\n"b\nc"\n\nd\r\ne\n'), ...parser.finish()].map(({ line }) => line);
    expect(lines).toEqual([1, 2, 5, 6]);
  });

  test('what was written is read, whatever is in it and however it comes in pieces', () => {
    const cell = fc.oneof(fc.constant(null), fc.string({ unit: fc.constantFrom(...',;"\r\n aé😀N') }));
    const write = (value: string | null): string =>
      value === null ? '' : `"${value.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell, fc.string())),
        fc.integer({ min: 1, max: 9 }),
        (rows, size) => {
          const kept = rows.map((row) => row.map((one) => one?.replaceAll('\0', '') ?? null));
          const text = kept.map((row) => row.map(write).join(',')).join('\r\n');
          // By code points: a piece never ends in the middle of one.
          const pieces = [...text];
          const parser = new CsvParser('file.csv', ',');
          const read = [];
          for (let at = 0; at < pieces.length; at += size) {
            read.push(...parser.push(pieces.slice(at, at + size).join('')));
          }
          read.push(...parser.finish());
          expect(read.map(({ cells }) => cells)).toEqual(kept);
        },
      ),
      { numRuns: 200 },
    );
  });
});

test('the separator is the one that the header has', () => {
  expect(['Id,Name', 'Id;Name', 'Id\tName', 'Id'].map(separatorOf)).toEqual([',', ';', '\t', ',']);
});
