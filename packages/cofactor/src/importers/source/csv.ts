import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CsvParser, separatorOf, type CsvRecord } from './csv-parser.ts';
import { oneOf, plainColumns, unusable, type OpenSource, type SourceTable } from './source.ts';

/** A folder of files, one for each table and named after it: `AspNetUsers.csv`. The first line has the columns. */
export async function openCsv(folder: string): Promise<OpenSource> {
  const files = (await readdir(folder)).filter((name) => /\.csv$/i.test(name));
  const names = files.map((name) => name.slice(0, -'.csv'.length));
  if (names.length === 0) throw unusable(`${JSON.stringify(folder)} holds no .csv files`);
  return {
    async table(wanted) {
      const name = oneOf(names, wanted, 'The folder');
      const file = files[names.indexOf(name ?? '')];
      return name === null || file === undefined ? null : tableOf(file, join(folder, file));
    },
    close: () => Promise.resolve(),
  };
}

async function tableOf(name: string, path: string): Promise<SourceTable> {
  const header = await firstOf(records(name, path));
  if (!header?.cells) throw unusable(`${name} has no line with the names of its columns`);
  const names = header.cells.map((cell) => cell ?? '');
  const columns = [...plainColumns(names, name).keys()];
  return {
    name,
    columns: new Set(columns),
    async *rows(wanted) {
      const places = wanted.map((column) => [column, columns.indexOf(column)] as const);
      let isHeader = true;
      for await (const { line, cells } of records(name, path)) {
        if (isHeader) isHeader = false;
        else if (cells?.length !== columns.length) yield { number: line, cells: null };
        else
          yield { number: line, cells: new Map(places.map(([column, at]) => [column, cells[at] ?? null])) };
      }
    },
  };
}

async function firstOf<T>(all: AsyncIterable<T>): Promise<T | undefined> {
  for await (const one of all) return one;
  return undefined;
}

async function* records(name: string, path: string): AsyncGenerator<CsvRecord> {
  let parser: CsvParser | undefined;
  let begin = '';
  for await (const text of texts(name, path)) {
    begin += text;
    // The header says what stands between cells.
    const [header = '', ...rest] = begin.split(/\r\n|\n|\r/, 2);
    if (parser === undefined && rest.length === 0 && begin.length < 65_536) continue;
    parser ??= new CsvParser(name, separatorOf(header));
    yield* parser.push(begin);
    begin = '';
  }
  parser ??= new CsvParser(name, separatorOf(begin));
  yield* parser.push(begin);
  yield* parser.finish();
}

async function* texts(name: string, path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const bytes of createReadStream(path)) {
      yield decoder.decode(bytes as Uint8Array, { stream: true });
    }
    yield decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw unusable(`${name} is not UTF-8: export it as that`);
    throw error;
  }
}
