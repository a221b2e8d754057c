import { existsSync, statSync } from 'node:fs';
import { isProduction, originFor } from '../../server/origin.ts';
import { warningsOf } from '../../settings/load.ts';
import type { Settings } from '../../settings/table.ts';
import type { Run } from '../command.ts';
import { keySourceOf, readKeyFile } from '../key-file.ts';
import { plural } from '../text.ts';
import type { Check } from './check.ts';

/** What can be told without a database. Nothing is made by looking. */
export function settingsChecks(settings: Settings, run: Run): readonly Check[] {
  const from =
    run.settingsFile === null ? 'the environment alone' : `${run.settingsFile} and the environment`;
  return [
    { check: 'settings', status: 'ok', message: `from ${from}` },
    ...warningsOf(settings).map((message): Check => ({ check: 'settings', status: 'warning', message })),
    originCheck(settings),
    ...folderChecks(settings),
    ...fileChecks(settings),
    ...keyChecks(settings, run),
  ];
}

function originCheck(settings: Settings): Check {
  const origin = originFor(settings);
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(new URL(origin).hostname);
  if (isProduction(settings)) return { check: 'origin', status: 'ok', message: `${origin}, in production` };
  if (local) return { check: 'origin', status: 'ok', message: `${origin}, for trying out` };
  return {
    check: 'origin',
    status: 'warning',
    message: `${origin} is under a real name, and environment is not production`,
    next: 'Set environment to production: it refuses what only development may have.',
  };
}

/** Whether others on this machine may read, or do more. Windows has no such bits. */
function openTo(path: string): 'nobody' | 'others' {
  if (process.platform === 'win32') return 'nobody';
  return (statSync(path).mode & 0o077) === 0 ? 'nobody' : 'others';
}

/** Of a database file that has a place of its own: it may be older than what makes it private. */
function fileChecks({ database }: Settings): readonly Check[] {
  if (database === null || /^postgres(ql)?:/.test(database) || !existsSync(database)) return [];
  if (openTo(database) === 'nobody') return [];
  return [
    {
      check: 'database file',
      status: 'warning',
      message: `others on this machine can read ${database}`,
      next: `chmod 600 ${database}*`,
    },
  ];
}

function folderChecks({ data, keys, database }: Settings): readonly Check[] {
  // Nothing is kept there.
  if (keys !== null && database !== null) return [];
  if (!existsSync(data)) {
    return [
      {
        check: 'data folder',
        status: 'warning',
        message: `${data} is not there yet`,
        next: 'cofactor serve makes it.',
      },
    ];
  }
  if (openTo(data) === 'others') {
    return [
      {
        check: 'data folder',
        status: 'warning',
        message: `others on this machine can look into ${data}`,
        next: `chmod 700 ${data}`,
      },
    ];
  }
  return [{ check: 'data folder', status: 'ok', message: data }];
}

function keyChecks(settings: Settings, run: Run): readonly Check[] {
  const source = keySourceOf(settings, run.io.env, run.settingsFile);
  if (source.kind === 'file' && !existsSync(source.file)) {
    return [
      {
        check: 'keys',
        status: 'warning',
        message: `${source.file} is not there yet`,
        next: 'cofactor serve makes it.',
      },
    ];
  }
  const keys = source.kind === 'file' ? readKeyFile(source.file) : settings.keys;
  if (!keys) {
    const { file } = source;
    return [
      {
        check: 'keys',
        status: 'problem',
        message: `${file ?? 'the keys'} cannot be read, or is no list of keys`,
        next: 'Put it back from a copy: without it nothing that it protects can be read.',
      },
    ];
  }
  const found: Check[] = [];
  if (source.kind === 'file' && openTo(source.file) === 'others') {
    found.push({
      check: 'keys',
      status: 'problem',
      message: `others on this machine can read ${source.file}`,
      next: `chmod 600 ${source.file}, then: cofactor keys rotate`,
    });
  }
  const known = keys.filter(({ secret }) => isKnown(secret));
  if (known.length > 0) {
    found.push({
      check: 'keys',
      status: isProduction(settings) ? 'problem' : 'warning',
      message: `${known.map(({ id }) => id).join(', ')}: a key that everybody knows, or could guess`,
      next: 'cofactor keys rotate, then cofactor keys re-encrypt',
    });
  }
  const secrets = new Set(keys.map(({ secret }) => Buffer.from(secret, 'base64').toString('hex')));
  if (secrets.size < keys.length) {
    found.push({
      check: 'keys',
      status: 'warning',
      message: 'two ids have the same secret, so one of them protects nothing',
    });
  }
  if (found.length > 0) return found;
  const where = source.kind === 'file' ? source.file : source.where;
  const message = `${plural(keys.length, 'key')} from ${where}; the newest is ${keys[0]?.id ?? ''}`;
  return keys.length === 1
    ? [{ check: 'keys', status: 'ok', message }]
    : [
        {
          check: 'keys',
          status: 'ok',
          message,
          next: 'Which of them are still needed says: cofactor keys list',
        },
      ];
}

/** The key of development, and bytes that are none of chance: zeros, one letter, words. */
function isKnown(secret: string): boolean {
  const bytes = Buffer.from(secret, 'base64');
  return new Set(bytes).size < 12 || bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
}
