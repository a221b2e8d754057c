import { existsSync } from 'node:fs';
import { loadSettings } from '../settings/load.ts';
import type { Settings } from '../settings/table.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The file that settings come from: the one that is named, or `cofactor.json` of this folder. */
export function settingsFileOf(options: { readonly settings?: string | undefined }, env: Env): string | null {
  const named = options.settings ?? env['COFACTOR_SETTINGS'];
  return named ?? (existsSync('cofactor.json') ? 'cofactor.json' : null);
}

/** The settings as the command line, the environment and the file give them. */
export function settingsFrom(options: { readonly settings?: string | undefined }, env: Env): Settings {
  return loadSettings({ file: settingsFileOf(options, env), env });
}
