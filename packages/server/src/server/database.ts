import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Store } from 'cofactor';
import type { Settings } from '../settings/table.ts';

/** The one database that all realms are in. The driver of the other kind is not even loaded. */
export async function openDatabase(settings: Settings): Promise<Store> {
  const named = settings.database ?? join(settings.data, 'cofactor.db');
  if (/^postgres(ql)?:/.test(named)) {
    const { postgres } = await import('cofactor/postgres');
    return postgres(named, { connections: settings.databaseConnections });
  }
  if (named !== ':memory:') mkdirSync(dirname(named), { recursive: true });
  const { sqlite } = await import('cofactor/sqlite');
  return sqlite(named);
}
