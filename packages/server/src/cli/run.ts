import type { Settings } from '../settings/table.ts';
import type { CommandSpec, Run } from './command.ts';
import { CommandError } from './exits.ts';
import type { Io } from './io.ts';
import type { Values } from './main.ts';
import { progressBar, type Progress } from './progress.ts';
import type { OpenRealms } from './realms.ts';
import { settingsFileOf, settingsFrom } from './settings.ts';
import { cleanLines } from './text.ts';

/** A call of a command, and what has to be put away after it. */
export function runOf(spec: CommandSpec, values: Values, io: Io): Run & { close(): Promise<void> } {
  let settings: Settings | undefined;
  let opened: Promise<OpenRealms> | undefined;
  const bars: Progress[] = [];
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  const named = { settings: values.options['settings'] as string | undefined };
  const option = (name: string): string | undefined => {
    const value = values.options[camel(name)];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    io,
    json: values.options['json'] === true,
    argument(name) {
      const value = values.arguments[name];
      if (value !== undefined) return value;
      throw new CommandError('usage', `${spec.name} needs <${name}>.`, `cofactor ${spec.name} --help`);
    },
    optional: (name) => values.arguments[name],
    option,
    flag: (name) => values.options[camel(name)] === true,
    list: (name) => (values.options[camel(name)] as readonly string[] | undefined) ?? [],
    number(name) {
      const value = option(name);
      if (value === undefined) return undefined;
      if (/^\d{1,9}$/.test(value)) return Number(value);
      throw new CommandError('usage', `--${name} takes a whole number.`);
    },
    get settings() {
      return (settings ??= settingsFrom(named, io.env));
    },
    get settingsFile() {
      return settingsFileOf(named, io.env);
    },
    open({ migrate = true } = {}) {
      opened ??= import('./realms.ts').then(({ openRealms }) =>
        openRealms((settings ??= settingsFrom(named, io.env)), io, { migrate }),
      );
      return opened;
    },
    progress(label) {
      const bar = progressBar(label, io.stderr, io.clock);
      bars.push(bar);
      return bar;
    },
    get signal() {
      process.once('SIGINT', interrupt);
      return stop.signal;
    },
    async say(text) {
      await io.stderr.write(`${cleanLines(text)}\n`);
    },
    async confirm(question) {
      if (values.options['yes'] === true) return;
      const answer = await io.ask(`${cleanLines(question)} [y/N] `);
      if (answer !== null && /^y(es)?$/i.test(answer.trim())) return;
      throw new CommandError(
        'refused',
        answer === null ? `Not done: ${question}` : 'Not done.',
        answer === null ? 'Say --yes, where nobody can be asked.' : undefined,
      );
    },
    async close() {
      process.off('SIGINT', interrupt);
      for (const bar of bars) bar.end();
      // What could not be opened was told already.
      await opened?.then((realms) => realms.close()).catch(() => undefined);
    },
  };
}

/** Commander's name of `--mail-to`. */
function camel(name: string): string {
  return name.replaceAll(/-(\w)/g, (_match, letter: string) => letter.toUpperCase());
}
