import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CofactorError, type Store } from 'cofactor';
import { SettingsError } from '../settings/load.ts';
import type { Settings } from '../settings/table.ts';

/**
 * The one database that all realms are in. The driver of the other kind is not even loaded.
 *
 * @throws {SettingsError}
 */
export async function openDatabase(settings: Settings): Promise<Store> {
  const named = settings.database ?? join(settings.data, 'cofactor.db');
  if (/^postgres(ql)?:/.test(named)) {
    const { postgres } = await import('cofactor/postgres');
    return postgres(named, { connections: settings.databaseConnections });
  }
  try {
    if (named !== ':memory:') keepPrivate(named);
    const { sqlite } = await import('cofactor/sqlite');
    return sqlite(named, { durability: settings.durability });
  } catch (error) {
    const code = error instanceof CofactorError ? error.code : (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    // Of an address that is no file name, too: it may have a password in it.
    throw new SettingsError([`database: the file cannot be opened or made (${code})`]);
  }
}

/**
 * Names, addresses and password hashes are nobody's business who has an account on this machine: the file is the server's
 * alone where it is made here, and so is its folder. What SQLite puts beside it follows the file.
 */
function keepPrivate(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
}
