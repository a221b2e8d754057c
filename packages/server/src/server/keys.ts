import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random, RingKey } from 'cofactor';
import { isReadableByOthers, SettingsError } from '../settings/load.ts';
import type { Settings } from '../settings/table.ts';

/**
 * The keys of the settings, or those in `keys.json` of the data folder, which is made at the first start: a server of one
 * node with its database in a file needs nobody to think of keys. Nodes that share a database have to share keys, so
 * PostgreSQL wants them set.
 *
 * @throws {SettingsError}
 */
export function keysFor(settings: Settings, random: Random): readonly RingKey[] {
  if (settings.keys !== null) return settings.keys;
  if (settings.database !== null && /^postgres(ql)?:/.test(settings.database)) {
    throw new SettingsError(['keys has to be set where several nodes may share a database (PostgreSQL)']);
  }
  const file = fileOf(settings);
  try {
    mkdirSync(settings.data, { recursive: true, mode: 0o700 });
    const secret = Buffer.from(random.bytes(32)).toString('base64');
    // Of two that start at once one makes it, and both read the same.
    writeFileSync(file, `${JSON.stringify([{ id: 'first', secret }], null, 2)}\n`, {
      flag: 'wx',
      mode: 0o600,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new SettingsError([`data: ${file} cannot be made`]);
  }
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as readonly RingKey[];
  } catch {
    throw new SettingsError([`data: ${file} cannot be read, or is not JSON`]);
  }
}

export function keyFileWarnings(settings: Settings): readonly string[] {
  const file = fileOf(settings);
  if (settings.keys !== null || !isReadableByOthers(file)) return [];
  return [`${file} has secrets in it and everybody on this machine can read it: chmod 600`];
}

function fileOf({ data }: Settings): string {
  return join(data, 'keys.json');
}
