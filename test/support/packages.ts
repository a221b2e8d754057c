import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder of packages for the option `extensions`. */
export interface Packages {
  readonly folder: string;
  /** Writes a file, its folders included; an object as JSON. */
  write(path: string, content: string | object): void;
  drop(): void;
}

export function packages(files: Readonly<Record<string, string | object>> = {}): Packages {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cofactor-packages-')));
  const write = (path: string, content: string | object): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
  };
  for (const [path, content] of Object.entries(files)) write(path, content);
  return { folder, write, drop: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A manifest with one extension, of which some parts may differ. */
export function manifest(extension: object = {}): {
  readonly name: string;
  readonly extensions: readonly object[];
} {
  return {
    name: 'Acme',
    extensions: [
      {
        type: 'mfaLoginProvider',
        alias: 'Acme.Totp',
        name: 'Authenticator app of Acme',
        forProviderName: 'totp',
        ...extension,
      },
    ],
  };
}
