import { readFileSync } from 'node:fs';
import { settingsTable, type Setting, type Settings } from './table.ts';

/** Everything that is wrong with the settings, each with its name and what it takes. No value is repeated: some are secret. */
export class SettingsError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The settings cannot be used:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'SettingsError';
    this.faults = faults;
  }
}

export interface Sources {
  /** A JSON file; `null` for none. */
  readonly file: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What goes before both, e.g. options of the command line. */
  readonly given?: Readonly<Partial<Record<keyof Settings, unknown>>>;
}

const names = Object.keys(settingsTable) as (keyof Settings)[];

/**
 * Reads the settings: what is given goes before the environment, the environment before the file, and that before what
 * holds otherwise.
 *
 * @throws {SettingsError} with everything that is wrong, and not only the first of it
 */
export function loadSettings({ file, env, given = {} }: Sources): Settings {
  const faults: string[] = [];
  const fromFile = file === null ? {} : readFile(file, faults);
  for (const name of Object.keys(fromFile)) {
    if (!Object.hasOwn(settingsTable, name)) faults.push(`${name}: there is no setting of this name`);
  }
  const variables = new Set(
    names.flatMap((name) => [settingsTable[name].env, `${settingsTable[name].env}_FILE`]),
  );
  for (const variable of Object.keys(env)) {
    if (variable.startsWith('COFACTOR_') && !variables.has(variable) && variable !== 'COFACTOR_SETTINGS')
      faults.push(`${variable}: there is no setting of this name`);
  }
  const settings: Record<string, unknown> = {};
  for (const name of names) {
    const setting = settingsTable[name] as Setting<unknown>;
    const found = find(name, setting, given, env, fromFile, faults);
    if (found === undefined) {
      settings[name] = setting.standard;
      continue;
    }
    const value = setting.read(found.value);
    if (value === undefined) faults.push(`${found.where} takes ${setting.takes}`);
    else settings[name] = value;
  }
  if (faults.length > 0) throw new SettingsError(faults);
  return Object.freeze(settings) as unknown as Settings;
}

function find(
  name: keyof Settings,
  setting: Setting<unknown>,
  given: Readonly<Record<string, unknown>>,
  env: Sources['env'],
  fromFile: Readonly<Record<string, unknown>>,
  faults: string[],
): { readonly value: unknown; readonly where: string } | undefined {
  if (given[name] !== undefined) return { value: given[name], where: name };
  const value = env[setting.env];
  if (value !== undefined) return { value, where: `${setting.env} (${name})` };
  const pointed = setting.secret ? env[`${setting.env}_FILE`] : undefined;
  if (pointed !== undefined) {
    try {
      return { value: readFileSync(pointed, 'utf8').trim(), where: `${setting.env}_FILE (${name})` };
    } catch {
      faults.push(`${setting.env}_FILE names a file that cannot be read`);
      return undefined;
    }
  }
  return Object.hasOwn(fromFile, name) ? { value: fromFile[name], where: name } : undefined;
}

function readFile(file: string, faults: string[]): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Readonly<Record<string, unknown>>;
    faults.push(`${file} takes one object in JSON`);
  } catch (error) {
    // What JSON.parse says quotes the text, and there are secrets in it.
    faults.push(error instanceof SyntaxError ? `${file} is not JSON` : `${file} cannot be read`);
  }
  return {};
}
