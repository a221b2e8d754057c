import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Random, RingKey } from 'cofactor';
import type { Settings } from '../settings/table.ts';
import { CommandError } from './exits.ts';

/** Where the keys of a server come from, and so who can change them. */
export type KeySource =
  /** `keys.json` of the data folder, which is ours. */
  | { readonly kind: 'file'; readonly file: string }
  /** What somebody else sets: the environment, or a file that it or the settings name. */
  | { readonly kind: 'settings'; readonly where: string; readonly file: string | null };

export function keySourceOf(
  settings: Settings,
  env: Readonly<Record<string, string | undefined>>,
  settingsFile: string | null,
): KeySource {
  if (settings.keys === null) return { kind: 'file', file: join(settings.data, 'keys.json') };
  if (env['COFACTOR_KEYS'] !== undefined) return { kind: 'settings', where: 'COFACTOR_KEYS', file: null };
  const named = env['COFACTOR_KEYS_FILE'];
  if (named !== undefined) return { kind: 'settings', where: named, file: named };
  return { kind: 'settings', where: `keys in ${settingsFile ?? 'the settings'}`, file: settingsFile };
}

/** The keys of a file, as they are now; `null` where it cannot be read or is not what it should be. */
export function readKeyFile(file: string): readonly RingKey[] | null {
  try {
    const keys = JSON.parse(readFileSync(file, 'utf8')) as readonly RingKey[];
    return Array.isArray(keys) && keys.length > 0 ? keys : null;
  } catch {
    return null;
  }
}

/**
 * Puts other keys into a file at once: whoever reads it sees the old ones or the new ones. Of two that do it at the same time
 * the second is told to wait.
 */
export function changeKeyFile(file: string, change: (keys: readonly RingKey[]) => readonly RingKey[]): void {
  const beside = `${file}.new`;
  let handle: number;
  try {
    handle = openSync(beside, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new CommandError(
      'refused',
      `${beside} is there: somebody else is changing the keys.`,
      'If nobody is, remove that file and try again.',
    );
  }
  try {
    const keys = readKeyFile(file);
    if (!keys) throw new CommandError('failed', `${file} cannot be read.`);
    writeFileSync(handle, `${JSON.stringify(change(keys), null, 2)}\n`);
    keepOwner(handle, file);
    fsyncSync(handle);
  } catch (error) {
    closeSync(handle);
    unlinkSync(beside);
    throw error;
  }
  closeSync(handle);
  renameSync(beside, file);
  syncFolder(dirname(file));
}

/** A server that runs as somebody else than whoever changes its keys has to go on reading them. */
function keepOwner(handle: number, file: string): void {
  const { uid, gid, mode } = statSync(file);
  const made = fstatSync(handle);
  try {
    if (made.uid !== uid || made.gid !== gid) fchownSync(handle, uid, gid);
    fchmodSync(handle, mode & 0o777);
  } catch {
    throw new CommandError(
      'refused',
      `${file} belongs to somebody else, who could not read it afterwards.`,
      'Run this as the user that the server runs as.',
    );
  }
}

/** So that a power cut does not bring the old name back. Not every system can. */
function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, 'r');
    fsyncSync(handle);
    closeSync(handle);
  } catch {
    // The change is made all the same.
  }
}

/** A key named after the day it was made. */
export function newKey(keys: readonly Pick<RingKey, 'id'>[], now: Date, random: Random): RingKey {
  const day = now.toISOString().slice(0, 10);
  const taken = new Set(keys.map(({ id }) => id));
  let id = day;
  for (let n = 2; taken.has(id); n += 1) id = `${day}-${n}`;
  return { id, secret: Buffer.from(random.bytes(32)).toString('base64') };
}

/**
 * Looks at a file of keys again, and gives what is in it where it was changed since the last time: what a server in use asks
 * when it meets a key that it does not know.
 */
export function keyWatcher(file: string, read: () => readonly RingKey[]): () => readonly RingKey[] | null {
  let seen = stampOf(file);
  return () => {
    const stamp = stampOf(file);
    if (stamp === seen || stamp === '') return null;
    try {
      const keys = read();
      seen = stamp;
      return keys;
    } catch {
      // Half written, or wrong: the keys at hand stay, and it is looked at again.
      return null;
    }
  };
}

/** Changes with whatever is done to a file; empty where it is not there. */
function stampOf(file: string): string {
  try {
    const { mtimeMs, ino, size } = statSync(file);
    return `${mtimeMs} ${ino} ${size}`;
  } catch {
    return '';
  }
}
