import { stat } from 'node:fs/promises';
import { openCsv } from './csv.ts';
import { openPostgres } from './postgres.ts';
import { openSqlite } from './sqlite.ts';
import { unusable, type OpenSource } from './source.ts';

/** Opens what an address stands for: a URL of PostgreSQL, a folder of CSV files, or a file of SQLite. */
export async function openSource(address: string): Promise<OpenSource> {
  if (typeof address !== 'string' || address === '') throw unusable('There is no source to read');
  if (/^postgres(ql)?:\/\//.test(address)) return openPostgres(address);
  if (/(^|;)\s*(server|data source)\s*=/i.test(address)) {
    throw unusable('SQL Server is not read itself: export its tables as CSV files and give the folder');
  }
  const found = await stat(address).catch(() => null);
  // What looks like an address may hold a secret (I-28).
  const shown = /[@:]/.test(address) ? 'The source' : JSON.stringify(address);
  if (found === null) throw unusable(`${shown} does not exist`);
  return found.isDirectory() ? openCsv(address) : openSqlite(address);
}
