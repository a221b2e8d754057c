import { readFileSync } from 'node:fs';
import { Argument, Command, CommanderError, Option } from 'commander';
import { SettingsError } from '../settings/load.ts';
import type { CommandSpec, Result } from './command.ts';
import { commands } from './commands.ts';
import { CommandError, exitCodes, exitMeanings, type Exit } from './exits.ts';
import { processIo, type Io } from './io.ts';
import { runOf } from './run.ts';
import { cleanLines, jsonText, wrapped } from './text.ts';

export { exitCodes } from './exits.ts';

/** The command line. Resolves with the exit code; never throws. */
export async function main(args: readonly string[], io: Io = processIo()): Promise<number> {
  let exit: Exit = 'fine';
  const program = programOf(io, async (spec, values) => {
    exit = await execute(spec, values, io);
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCodes[exit];
  } catch (error) {
    if (error instanceof CommanderError) {
      // Without a command there is help, which is what was asked for then.
      if (error.exitCode === 0 || error.code === 'commander.help') return exitCodes.fine;
      // Whoever reads JSON reads this too; the words are on standard error already.
      const message = error.message.replace(/^error: /, '');
      if (args.includes('--json')) {
        await io.stdout.write(`${jsonText({ error: { code: 'usage', message } }, 2)}\n`);
      }
      return exitCodes.usage;
    }
    await io.stderr.write(`${cleanLines(error instanceof Error ? error.message : String(error))}\n`);
    return exitCodes.failed;
  }
}

/** What was typed after the name of a command. */
export interface Values {
  readonly arguments: Readonly<Record<string, string | undefined>>;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Commander, from the table of commands. */
export function programOf(io: Io, call: (spec: CommandSpec, values: Values) => Promise<void>): Command {
  const program = new Command('cofactor')
    .description('The sign-in server of Cofactor, and the tools of who runs it.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(cleanLines(text)),
      writeErr: (text) => void io.stderr.write(cleanLines(text)),
      getOutHelpWidth: () => Math.min(100, io.stdout.columns),
      getErrHelpWidth: () => Math.min(100, io.stderr.columns),
    })
    .version(version(), '-V, --version', 'the version of the program')
    .option('--settings <file>', 'a JSON file with settings (cofactor.json, where there is one)')
    .addHelpText('after', '\nEach command has --json, and --help with an example and its exit codes.');
  const groups = new Map<string, Command>();
  for (const spec of commands) {
    const words = spec.name.split(' ');
    const last = words.pop() ?? '';
    let parent = program;
    for (const word of words) {
      const group = groups.get(word) ?? parent.command(word).description(groupAbout[word] ?? '');
      groups.set(word, group);
      parent = group;
    }
    add(parent.command(last), spec, program, call);
  }
  return program;
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

const groupAbout: Readonly<Record<string, string>> = {
  user: 'Accounts: list, add, invite, lock, reset.',
  client: 'Applications that sign in here.',
  keys: 'What protects stored secrets.',
  audit: 'The record of what happened.',
  import: 'Accounts of other systems.',
};

function add(
  command: Command,
  spec: CommandSpec,
  program: Command,
  call: (spec: CommandSpec, values: Values) => Promise<void>,
): void {
  command.description(spec.about).allowExcessArguments(false);
  for (const { name, about, optional, choices } of spec.arguments ?? []) {
    const argument = new Argument(optional ? `[${name}]` : `<${name}>`, about);
    if (choices) argument.choices([...choices]);
    command.addArgument(argument);
  }
  for (const { flags, about, choices, standard, several } of spec.options ?? []) {
    const option = new Option(flags, about);
    if (choices) option.choices([...choices]);
    if (several) option.argParser((value: string, before?: readonly string[]) => [...(before ?? []), value]);
    if (standard !== undefined) option.default(standard);
    command.addOption(option);
  }
  command
    .option('--json', 'one JSON document on standard output')
    .addOption(new Option('--settings <file>').hideHelp())
    .addHelpText('after', () => helpAfter(spec))
    .action(async (...given: unknown[]) => {
      const names = (spec.arguments ?? []).map(({ name }) => name);
      await call(spec, {
        arguments: Object.fromEntries(names.map((name, index) => [name, given[index] as string | undefined])),
        options: { ...program.opts(), ...command.opts() },
      });
    });
}

/** The exit codes that a command may end with. */
export function exitsOf(spec: CommandSpec): readonly Exit[] {
  const all = new Set<Exit>(['fine', 'failed', 'usage', 'settings', ...(spec.exits ?? [])]);
  return (Object.keys(exitCodes) as Exit[]).filter((exit) => all.has(exit));
}

function helpAfter(spec: CommandSpec): string {
  const exits = exitsOf(spec).map((exit) => `  ${exitCodes[exit]}  ${exitMeanings[exit]}`);
  const notes = spec.notes === undefined ? [] : ['', wrapped(spec.notes, 80)];
  return ['', 'Example:', `  cofactor ${spec.example}`, '', 'Exit codes:', ...exits, ...notes].join('\n');
}

async function execute(spec: CommandSpec, values: Values, io: Io): Promise<Exit> {
  const json = values.options['json'] === true;
  const run = runOf(spec, values, io);
  try {
    const handler = await spec.load();
    const result = await handler(run);
    await print(result, json, io);
    return result.exit ?? 'fine';
  } catch (error) {
    const { exit, code, message, next } = told(error);
    if (json) {
      await io.stdout.write(
        `${jsonText({ error: { code, message, ...(next !== undefined && { next }) } }, 2)}\n`,
      );
    }
    await io.stderr.write(`${cleanLines(message)}\n${next === undefined ? '' : `${cleanLines(next)}\n`}`);
    return exit;
  } finally {
    await run.close();
  }
}

async function print({ json: document, text, notes = [] }: Result, json: boolean, io: Io): Promise<void> {
  if (json) {
    if (document !== undefined) await io.stdout.write(`${jsonText(document, 2)}\n`);
    return;
  }
  if (text !== undefined && text !== '') await io.stdout.write(`${cleanLines(text)}\n`);
  if (notes.length > 0)
    await io.stderr.write(`${text === undefined ? '' : '\n'}${notes.map(cleanLines).join('\n')}\n`);
}

/** An error in words for who runs the server. What is private in it stays private: some of it may be a secret. */
function told(error: unknown): { exit: Exit; code: string; message: string; next?: string | undefined } {
  if (error instanceof CommandError) {
    return { exit: error.exit, code: error.exit, message: error.message, next: error.next };
  }
  if (error instanceof SettingsError) {
    return { exit: 'settings', code: 'settings', message: error.message };
  }
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  if (code === null) return { exit: 'failed', code: 'failed', message };
  const next =
    code === 'ERR_STORE_UNAVAILABLE'
      ? 'The database does not answer: is it there? cofactor doctor looks at it.'
      : undefined;
  return { exit: code.startsWith('ERR_CONFIG_') ? 'settings' : 'failed', code, message, next };
}

/** Of an error of the library, told by its name: to load the library for that would make every command start later. */
function codeOf(error: unknown): string | null {
  const { name, code } = (error ?? {}) as { readonly name?: unknown; readonly code?: unknown };
  return name === 'CofactorError' && typeof code === 'string' ? code : null;
}
