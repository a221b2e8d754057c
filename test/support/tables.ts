import { createHash } from 'node:crypto';
import type { TestDatabase } from './app.ts';
import type { TestBrowser } from './browser.ts';

/** Every row of every table as text, sorted: to see that nothing was written, and to search for what must not be. */
export async function dump(database: TestDatabase): Promise<readonly string[]> {
  const [lists, rowOf] = isSqlite(database) ? sqliteTables : postgresTables;
  const tables = (await database.query(lists)).map(({ name }) => String(name));
  // One statement for all, because each is a connection of its own.
  const columns = isSqlite(database) ? await columnsOf(database, tables) : new Map<string, string>();
  const parts = tables.map(
    (table) => `select '${table} ' || ${rowOf(columns.get(table) ?? '')} as line from ${table} as t`,
  );
  return (await database.query(parts.join(' union all '))).map(({ line }) => String(line)).sort();
}

const isSqlite = ({ address }: TestDatabase): boolean => !address.startsWith('postgres');

type Tables = readonly [list: string, rowOf: (columns: string) => string];
const sqliteTables: Tables = [
  "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'",
  (columns) => `json_object(${columns})`,
];
const postgresTables: Tables = [
  "select tablename as name from pg_tables where schemaname = 'public'",
  () => 'to_jsonb(t)::text',
];

async function columnsOf(
  database: TestDatabase,
  tables: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const list = tables.map(
    (table) => `select '${table}' as name, name as field from pragma_table_info('${table}')`,
  );
  const columns = new Map<string, string>();
  for (const { name, field } of await database.query(list.join(' union all '))) {
    const pair = `'${String(field)}', t.${String(field)}`;
    columns.set(String(name), [columns.get(String(name)), pair].filter(Boolean).join(', '));
  }
  return columns;
}

/** The types of what the audit holds, oldest first. */
export async function auditTypes(database: TestDatabase): Promise<readonly string[]> {
  return (await database.query('select type from audit order by seq')).map(({ type }) => String(type));
}

/** The value of a cookie by its kind, whatever its prefix and realm. */
export function cookieOf(browser: TestBrowser, kind: 'session' | 'ceremony' | 'csrf' | 'known'): string {
  return browser.cookies.get(cookieNameOf(browser, kind)) ?? '';
}

export function cookieNameOf(browser: TestBrowser, kind: string): string {
  return [...browser.cookies.keys()].find((name) => name.endsWith(`-${kind}`)) ?? '';
}

/** What the database and the list of sessions call the session of a browser. */
export function sessionIdOf(browser: TestBrowser): string {
  return createHash('sha256').update(cookieOf(browser, 'session')).digest('base64url');
}
