import { copyFile, rm } from 'node:fs/promises';
import type { TestDatabase } from './app.ts';

/** Takes a backup of a database in use; what it gives puts it back, with nobody connected. */
export async function backUp(database: TestDatabase): Promise<() => Promise<void>> {
  return database.address.startsWith('postgres') ? backUpPostgres(database.address) : backUpSqlite(database);
}

async function backUpSqlite(database: TestDatabase): Promise<() => Promise<void>> {
  const { address } = database;
  const copy = `${address}.backup`;
  await rm(copy, { force: true });
  await database.query(`vacuum into '${copy}'`);
  return async () => {
    for (const beside of ['-wal', '-shm']) await rm(`${address}${beside}`, { force: true });
    await copyFile(copy, address);
  };
}

/** Tables beside the tables: what a dump would hold. */
async function backUpPostgres(address: string): Promise<() => Promise<void>> {
  const { default: pg } = await import('pg');
  const run = async (make: (tables: readonly string[]) => readonly string[]): Promise<void> => {
    const client = new pg.Client(address);
    await client.connect();
    try {
      const { rows } = await client.query<{ name: string }>(
        "select tablename as name from pg_tables where schemaname = 'public'",
      );
      await client.query(make(rows.map(({ name }) => `"${name}"`)).join(';'));
    } finally {
      await client.end();
    }
  };
  await run((tables) => [
    'drop schema if exists backup cascade',
    'create schema backup',
    ...tables.map((name) => `create table backup.${name} as table public.${name}`),
  ]);
  return () =>
    run((tables) => [
      // Neither triggers nor references look at what is put back, as with a dump.
      'set session_replication_role = replica',
      `truncate ${tables.map((name) => `public.${name}`).join(', ')} cascade`,
      ...tables.map((name) => `insert into public.${name} select * from backup.${name}`),
    ]);
}
