import type BetterSqlite from 'better-sqlite3';
import { peer } from '../../base/peer.ts';
import { oneOf, plainColumns, unusable, type Cell, type OpenSource, type SourceTable } from './source.ts';

const library = peer('better-sqlite3', 'cofactor/importers', () => import('better-sqlite3'));

/** A file of SQLite, read and never written. */
export async function openSqlite(file: string): Promise<OpenSource> {
  const { default: Database } = await library();
  let db: BetterSqlite.Database;
  let names: readonly string[];
  try {
    db = new Database(file, { readonly: true, fileMustExist: true });
  } catch (cause) {
    throw unusable(`${JSON.stringify(file)} cannot be opened`, cause);
  }
  try {
    // One transaction, so that all tables are of the same moment while the other system goes on.
    db.exec('begin');
    names = db.prepare<[], string>("select name from sqlite_master where type = 'table'").pluck().all();
  } catch (cause) {
    db.close();
    throw unusable(`${JSON.stringify(file)} is no database of SQLite`, cause);
  }
  return {
    table(wanted) {
      const name = oneOf(names, wanted, 'The database');
      return Promise.resolve(name === null ? null : tableOf(db, name));
    },
    close() {
      db.close();
      return Promise.resolve();
    },
  };
}

function tableOf(db: BetterSqlite.Database, name: string): SourceTable {
  const found = db.pragma(`table_info(${quoted(name)})`) as readonly { readonly name: string }[];
  const columns = plainColumns(
    found.map((column) => column.name),
    name,
  );
  return {
    name,
    columns: new Set(columns.keys()),
    async *rows(wanted) {
      const list = wanted.map((column) => quoted(columns.get(column) ?? column)).join(', ');
      const rows = db
        .prepare(`select ${list} from ${quoted(name)}`)
        .safeIntegers()
        .raw()
        .iterate();
      let number = 0;
      for (const row of rows as IterableIterator<readonly SqliteValue[]>) {
        number += 1;
        yield { number, cells: new Map(wanted.map((column, at) => [column, cellOf(row[at])])) };
      }
    },
  };
}

type SqliteValue = string | number | bigint | Uint8Array | null;

function cellOf(value: SqliteValue = null): Cell {
  if (value === null) return null;
  return value instanceof Uint8Array ? value : String(value);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
