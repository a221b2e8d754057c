/** The page about the settings of the server, made from the table that the server reads them by. */
import { settingsTable, type Setting } from '../../packages/server/src/settings/table.ts';
import { prose } from './words.ts';

export function settingsPage(made: string): string {
  const all = Object.entries(settingsTable as Readonly<Record<string, Setting<unknown>>>);
  return [
    made,
    '# Settings of the server',
    'Every setting of `cofactor serve`, as the server itself knows them. How they are given is on [the page about the server](../server.md#settings).',
    'A setting that is secret can also come from a file: the variable with `_FILE` at its end names it.',
    ...all.flatMap(([name, setting]) => [`## ${name}`, prose(setting.about), facts(setting)]),
  ].join('\n\n');
}

function facts({ env, takes, standard, secret }: Setting<unknown>): string {
  const variables = secret ? `\`${env}\` or \`${env}_FILE\`` : `\`${env}\``;
  const without = shown(standard);
  return [
    `- Takes ${prose(takes)}.`,
    `- In the environment: ${variables}.`,
    ...(without === null ? [] : [`- Without it: ${without}.`]),
  ].join('\n');
}

function shown(standard: unknown): string | null {
  if (standard === null) return null;
  if (Array.isArray(standard)) return standard.length === 0 ? 'none' : standard.map(inCode).join(', ');
  return typeof standard === 'object' ? 'none' : inCode(standard);
}

const inCode = (value: unknown): string => `\`${String(value)}\``;
