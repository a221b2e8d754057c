import { readFileSync, statSync } from 'node:fs';
import { combinationFaults } from './combinations.ts';
import { suggestion } from './suggest.ts';
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
const warnings = new WeakMap<Settings, readonly string[]>();

/** What is not wrong with settings that were loaded, but should be looked at. */
export function warningsOf(settings: Settings): readonly string[] {
  return warnings.get(settings) ?? [];
}

/**
 * Reads the settings: what is given goes before the environment, the environment before the file, and that before what
 * holds otherwise.
 *
 * @throws {SettingsError} with everything that is wrong, and not only the first of it
 */
export function loadSettings({ file, env, given = {} }: Sources): Settings {
  const reading = new Reading(env);
  const fromFile = file === null ? {} : reading.json(file);
  for (const name of Object.keys(fromFile)) {
    if (!Object.hasOwn(settingsTable, name)) reading.faults.push(noSuch(name, names));
  }
  reading.unknownVariables();
  const settings: Record<string, unknown> = {};
  for (const name of names) {
    const setting = settingsTable[name] as Setting<unknown>;
    settings[name] = setting.standard;
    const found = reading.find(name, setting, given, fromFile);
    if (found === undefined) continue;
    const value = setting.read(found.value);
    if (value === undefined) reading.faults.push(`${found.where} takes ${setting.takes}`);
    else settings[name] = value;
    if (setting.secret && file !== null && found.where === name) reading.secretIn(file);
  }
  settings['environment'] ??= env['NODE_ENV'] === 'production' ? 'production' : null;
  const whole = Object.freeze(settings) as unknown as Settings;
  const faults = [...reading.faults, ...combinationFaults(whole)];
  if (faults.length > 0) throw new SettingsError([...new Set(faults)]);
  warnings.set(whole, [...reading.warnings]);
  return whole;
}

/** One reading of the settings, and what there is to say of it. */
class Reading {
  readonly faults: string[] = [];
  readonly warnings = new Set<string>();
  readonly #env: Sources['env'];

  constructor(env: Sources['env']) {
    this.#env = env;
  }

  unknownVariables(): void {
    const known = names.flatMap((name) => {
      const { env, secret } = settingsTable[name] as Setting<unknown>;
      return secret ? [env, `${env}_FILE`] : [env];
    });
    for (const variable of Object.keys(this.#env)) {
      if (!variable.startsWith('COFACTOR_') || variable === 'COFACTOR_SETTINGS') continue;
      if (known.includes(variable) || isOfKubernetes(variable)) continue;
      const open = variable.endsWith('_FILE') && known.includes(variable.slice(0, -'_FILE'.length));
      this.faults.push(
        open ? `${variable}: only what is secret can come from a file` : noSuch(variable, known),
      );
    }
  }

  /** Where a setting stands, and what stands there. */
  find(
    name: keyof Settings,
    setting: Setting<unknown>,
    given: Readonly<Record<string, unknown>>,
    fromFile: Readonly<Record<string, unknown>>,
  ): { readonly value: unknown; readonly where: string } | undefined {
    if (given[name] !== undefined) return { value: given[name], where: name };
    const value = this.#env[setting.env];
    const pointed = setting.secret ? this.#env[`${setting.env}_FILE`] : undefined;
    if (value !== undefined && pointed !== undefined) {
      this.faults.push(`${setting.env} and ${setting.env}_FILE are both set; leave one out`);
      return undefined;
    }
    if (value === '') {
      this.faults.push(`${setting.env} (${name}) is empty: set it or leave it out`);
      return undefined;
    }
    if (value !== undefined && !isOfKubernetes(setting.env, value)) {
      return { value, where: `${setting.env} (${name})` };
    }
    if (pointed !== undefined) {
      const read = this.#text(pointed, `${setting.env}_FILE names a file that cannot be read`);
      if (read === undefined) return undefined;
      this.secretIn(pointed);
      return { value: read.trim(), where: `${setting.env}_FILE (${name})` };
    }
    return Object.hasOwn(fromFile, name) ? { value: fromFile[name], where: name } : undefined;
  }

  json(file: string): Readonly<Record<string, unknown>> {
    const text = this.#text(file, `${file} cannot be read`);
    if (text === undefined) return {};
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null && !Array.isArray(value))
        return value as Readonly<Record<string, unknown>>;
      this.faults.push(`${file} takes one object in JSON`);
    } catch {
      // What JSON.parse says quotes the text, and there are secrets in it.
      this.faults.push(`${file} is not JSON`);
    }
    return {};
  }

  /** A secret stands in this file: whoever may read it should be few. */
  secretIn(file: string): void {
    if (isReadableByOthers(file))
      this.warnings.add(`${file} has secrets in it and everybody on this machine can read it: chmod 600`);
  }

  #text(file: string, fault: string): string | undefined {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      this.faults.push(fault);
      return undefined;
    }
  }
}

function noSuch(name: string, known: readonly string[]): string {
  const meant = suggestion(name, known);
  return `${name}: there is no setting of this name${meant === null ? '' : `; is it ${meant}?`}`;
}

/** Everybody, and not only those of its group: systems that mount secrets for a group do so on purpose. */
export function isReadableByOthers(file: string): boolean {
  if (process.platform === 'win32') return false;
  try {
    return (statSync(file).mode & 0o004) !== 0;
  } catch {
    return false;
  }
}

/**
 * Kubernetes tells each container where services are, by variables with their names. That of a service called `cofactor`
 * would be settings: `COFACTOR_SERVICE_HOST`, and `COFACTOR_PORT` with an address in it.
 */
function isOfKubernetes(variable: string, value?: string): boolean {
  if (value !== undefined) return variable === 'COFACTOR_PORT' && /^(tcp|udp):\/\//.test(value);
  return /^COFACTOR_(SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)|PORT_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)$/.test(
    variable,
  );
}
