import { existsSync } from 'node:fs';
import { loadSettings } from '../settings/load.ts';
import type { Settings } from '../settings/table.ts';

/** The settings as the command line, the environment and the file give them. */
export function settingsFrom(options: { readonly settings?: string }): Settings {
  const named = options.settings ?? process.env['COFACTOR_SETTINGS'];
  const file = named ?? (existsSync('cofactor.json') ? 'cofactor.json' : null);
  return loadSettings({ file, env: process.env });
}
