import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs that tests drive and npm cannot bring, each with the Debian package that has it. */
export const programs = {
  Chromium: { debian: 'chromium', find: findChromium },
  PostgreSQL: { debian: 'postgresql', find: findPostgres },
  oathtool: { debian: 'oathtool', find: () => inPath('oathtool') },
  'python3-fido2': { debian: 'python3-fido2', find: findPythonWithFido2 },
  zbarimg: { debian: 'zbar-tools', find: () => inPath('zbarimg') },
} as const;

export type Program = keyof typeof programs;

/** The browser: `$CHROMIUM`, or the first known name in the PATH. */
export function findChromium(): string | undefined {
  const named = process.env['CHROMIUM'];
  if (named) return isExecutable(named) ? named : undefined;
  return ['chromium', 'chromium-browser', 'google-chrome'].map(inPath).find(Boolean);
}

/** The folder that has `initdb` and `postgres`. Debian keeps it out of the PATH, one for each version. */
export function findPostgres(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const folders = [
    ...list(debian)
      .sort(byVersionDescending)
      .map((version) => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  return folders.find((folder) => ['initdb', 'postgres'].every((name) => isExecutable(join(folder, name))));
}

let python: string | undefined;

/** A Python that has the FIDO library: Debian puts it beside its own, which need not be the first in the PATH. */
export function findPythonWithFido2(): string | undefined {
  python ??= ['/usr/bin/python3', inPath('python3')].find(
    (path) => path !== undefined && spawnSync(path, ['-c', 'import fido2.server']).status === 0,
  );
  return python;
}

export function inPath(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function byVersionDescending(a: string, b: string): number {
  return Number(b) - Number(a);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
