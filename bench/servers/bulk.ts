/** Fills tables by direct inserts, for whoever seeds: a million sign-ups would take the day. */
import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import pg from 'pg';
import type { DatabaseConfig } from './protocol.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface Bulk {
  insert(table: string, rows: readonly Row[]): Promise<void>;
  close(): Promise<void>;
}

export function openBulk(config: DatabaseConfig): Bulk {
  if (config.kind === 'sqlite') return bulkSqlite(config.file);
  if (config.kind === 'postgres') return bulkPostgres(config.url);
  throw new Error('only a database can be seeded');
}

/** How many people to make at a time. */
export const batch = 5000;

/** Text that looks random and is always the same. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** 22 characters of an id that rise with the number, so that a million of them are inserted in order. */
export function orderedId(kind: string, index: number): string {
  return `${String(index).padStart(9, '0')}${digest(`${kind} ${index}`).slice(0, 13)}`;
}

function bulkSqlite(file: string): Bulk {
  const database = new Database(file);
  database.pragma('synchronous = off');
  database.pragma('foreign_keys = off');
  database.pragma('cache_size = -500000');
  const value = (field: unknown): unknown =>
    field instanceof Date ? field.toISOString() : typeof field === 'boolean' ? Number(field) : field;
  return {
    insert(table, rows) {
      const columns = Object.keys(rows[0] ?? {});
      const places = columns.map(() => '?').join(', ');
      const insert = database.prepare(`insert into "${table}" (${quoted(columns)}) values (${places})`);
      database.transaction(() => {
        for (const row of rows) insert.run(columns.map((column) => value(row[column])));
      })();
      return Promise.resolve();
    },
    close() {
      database.pragma('wal_checkpoint(truncate)');
      database.close();
      return Promise.resolve();
    },
  };
}

function bulkPostgres(url: string): Bulk {
  const client = new pg.Pool({ connectionString: url, max: 1 });
  return {
    async insert(table, rows) {
      const columns = quoted(Object.keys(rows[0] ?? {}));
      const source = `json_populate_recordset(null::"${table}", $1)`;
      await client.query(`insert into "${table}" (${columns}) select ${columns} from ${source}`, [
        JSON.stringify(rows),
      ]);
    },
    async close() {
      await client.query('vacuum analyze');
      await client.end();
    },
  };
}

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');
