import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where the run's file with all tables and no rows is announced to the test files; set by `global-setup.ts`. */
export const migratedFileVariable = 'TEST_MIGRATED_SQLITE';

/** A file of one's own: a copy of the migrated one, or none yet. */
export async function freshSqlite(
  template: 'nothing' | 'migrated',
): Promise<{ readonly file: string; drop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'cofactor-test-'));
  const file = join(folder, 'test.db');
  const migrated = process.env[migratedFileVariable];
  if (template === 'migrated' && migrated !== undefined) await copyFile(migrated, file);
  return { file, drop: () => rm(folder, { recursive: true, force: true }) };
}
