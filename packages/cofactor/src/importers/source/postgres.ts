import type Pg from 'pg';
import { peer } from '../../base/peer.ts';
import { oneOf, plainColumns, unusable, type OpenSource, type SourceTable } from './source.ts';

const library = peer('pg', 'cofactor/importers', () => import('pg'));

/** How many rows come at a time. */
const page = 500;

/** A database of PostgreSQL, read and never written. The tables of the search path are looked at. */
export async function openPostgres(url: string): Promise<OpenSource> {
  const { default: pg } = await library();
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // A connection that breaks fails the statement that waits for it; unheard, the event would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    // One snapshot, so that all tables are of the same moment while the other system goes on; and times as text that
    // does not depend on how the server is set up.
    await client.query(
      "begin isolation level repeatable read read only; set local datestyle to 'ISO'; set local timezone to 'UTC'; set local bytea_output to 'hex'",
    );
  } catch (cause) {
    await client.end().catch(() => undefined);
    throw unusable('The database cannot be read', cause);
  }
  return {
    async table(wanted) {
      const columns = await answer(client, columnsOfAll);
      const tables = [...new Set(columns.map((row) => row[0] ?? ''))];
      const name = oneOf(tables, wanted, 'The database');
      if (name === null) return null;
      const own = columns.filter((row) => row[0] === name).map((row) => row[1] ?? '');
      return tableOf(client, name, plainColumns(own, name));
    },
    close: () => client.end(),
  };
}

/** A table that stands in several schemas is the one of the schema that comes first, as in a statement. */
const columnsOfAll = `
  select c.relname::text, a.attname::text from pg_catalog.pg_class c
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relkind in ('r', 'p', 'v', 'm') and pg_catalog.pg_table_is_visible(c.oid)
    and c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
  order by c.relname, a.attnum`;

function tableOf(client: Pg.Client, name: string, columns: ReadonlyMap<string, string>): SourceTable {
  return {
    name,
    columns: new Set(columns.keys()),
    async *rows(wanted) {
      const list = wanted.map((column) => `${quoted(columns.get(column) ?? column)}::text`).join(', ');
      await answer(client, `declare rows no scroll cursor for select ${list} from ${quoted(name)}`);
      let number = 0;
      for (;;) {
        const rows = await answer(client, `fetch ${page} from rows`);
        for (const row of rows) {
          number += 1;
          yield { number, cells: new Map(wanted.map((column, at) => [column, row[at] ?? null])) };
        }
        if (rows.length < page) break;
      }
      await answer(client, 'close rows');
    },
  };
}

async function answer(client: Pg.Client, text: string): Promise<readonly (readonly (string | null)[])[]> {
  try {
    return (await client.query<(string | null)[]>({ text, rowMode: 'array' })).rows;
  } catch (cause) {
    throw unusable('The database stopped answering', cause);
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
