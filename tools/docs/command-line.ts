/** The page about the command line, made from the table that the commands are made of. */
import type { ArgumentSpec, CommandSpec, OptionSpec } from '../../packages/server/src/cli/command.ts';
import { commands } from '../../packages/server/src/cli/commands.ts';
import { exitCodes, exitMeanings, type Exit } from '../../packages/server/src/cli/exits.ts';
import { prose } from './words.ts';

export function commandLinePage(made: string): string {
  const exits = (Object.keys(exitCodes) as Exit[]).map(
    (exit) => `| ${exitCodes[exit]} | ${prose(exitMeanings[exit])} |`,
  );
  return [
    made,
    '# The command line',
    '`cofactor` of the package `cofactor-server` (`npx cofactor-server` where it is not installed) works on the database that the [settings](settings.md) name, beside a server that runs or without one.',
    'Every command takes `--settings <file>`, `--json` (one JSON document on standard output, for scripts) and `--help`.',
    ['| exit code | it means |', '| --- | --- |', ...exits].join('\n'),
    ...commands.flatMap(described),
  ].join('\n\n');
}

function described(spec: CommandSpec): readonly string[] {
  const given = [
    ...(spec.arguments ?? []).map((one) => `- ${argument(one)}`),
    ...(spec.options ?? []).map((one) => `- ${option(one)}`),
  ];
  const exits = (spec.exits ?? []).map((exit) => exitCodes[exit]);
  return [
    `## ${spec.name}`,
    prose(spec.about),
    `\`\`\`sh\ncofactor ${spec.example}\n\`\`\``,
    ...(given.length > 0 ? [given.join('\n')] : []),
    ...(spec.notes === undefined ? [] : [prose(spec.notes)]),
    ...(exits.length > 0 ? [`[Exit codes](#the-command-line) beside 0 to 3: ${exits.join(', ')}.`] : []),
  ];
}

function argument({ name, about, optional, choices }: ArgumentSpec): string {
  return `\`${optional ? `[${name}]` : `<${name}>`}\`: ${prose(about)}${among(choices)}`;
}

function option({ flags, about, choices, standard }: OptionSpec): string {
  const without = standard === undefined ? '' : ` Without it: \`${standard}\`.`;
  return `\`${flags}\`: ${prose(about)}${among(choices)}${without === '' ? '' : `.${without}`}`;
}

function among(choices: readonly string[] | undefined): string {
  return choices === undefined ? '' : ` (${choices.map((one) => `\`${one}\``).join(', ')})`;
}
