import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from 'cofactor';
import { postgres } from 'cofactor/postgres';
import { sqlite } from 'cofactor/sqlite';
import { programs } from './find-program.ts';
import { makeTemplate, sharedServerVariable, startPostgres } from './postgres.ts';
import { migratedFileVariable } from './sqlite.ts';

/** Runs once, before all test files: one PostgreSQL server serves them all, a database each. Fresh ones are copies. */
export default async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'cofactor-template-'));
  const file = join(folder, 'migrated.db');
  await migrated(sqlite(file));
  process.env[migratedFileVariable] = file;
  const server = programs.PostgreSQL.find() ? await startPostgres() : undefined;
  if (server) {
    await makeTemplate(server.url, (url) => migrated(postgres(url)));
    process.env[sharedServerVariable] = server.url;
  }
  return async () => {
    rmSync(folder, { recursive: true, force: true });
    await server?.remove();
  };
}

async function migrated(store: Store): Promise<void> {
  await store.migrate();
  await store.close();
}
