import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dialects, requestFor, type Dialect } from 'cofactor/oidc-client';

const root = join(import.meta.dirname, '../..');
const file = 'docs/require-mfa-at-another-server.md';

/** The rows of a table, by the name in their first cell. */
function table(lastHeading: string): ReadonlyMap<string, readonly string[]> {
  const [, text = ''] =
    new RegExp(`^\\| dialect [^\\n]*\\| ${lastHeading} +\\|\\n\\|[- |]+\\n((?:\\|.*\\n)+)`, 'm').exec(
      readFileSync(join(root, file), 'utf8'),
    ) ?? [];
  const rows = text
    .trimEnd()
    .split('\n')
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  return new Map(rows.map(([first = '', ...cells]) => [first.replaceAll('`', ''), cells]));
}

const silences = { 'not-said': 'nothing', 'where-configured': 'only what is set up there' } as const;

function cellsOf(dialect: Dialect): readonly string[] {
  const says = dialect.says.map(({ claim, value, level }) => {
    const words = `\`${claim}\` \`${value}\``;
    return level === 'mfa' ? words : `${words} (\`${level}\`)`;
  });
  const words = requestFor(dialect, { acr: 'mfa' })?.acrValues;
  const told = [...dialect.says, ...Object.values(dialect.asks ?? {}), ...[dialect.silence ?? []].flat()];
  const sources = told.flatMap(({ source }) => source ?? []);
  return [
    says.join(', ') || silences[dialect.silence?.why ?? 'not-said'],
    words === undefined ? 'not by itself' : `\`${words}\``,
    dialect.enableMfa === undefined ? '' : `<${dialect.enableMfa}>`,
    [...new Set(sources)].map(link).join(', '),
  ];
}

function link(source: string): string {
  if (source.startsWith('docs/')) return `[${source.slice(5)}](${source.slice(5)})`;
  return `[${new URL(source).host}](${source})`;
}

describe(file, () => {
  it('has a row for every dialect, with what is in it', () => {
    const told = Object.fromEntries(table('its makers say so'));
    const known = Object.entries({ ...dialects }).map(([name, dialect]) => [name, cellsOf(dialect)] as const);
    expect(known.length).toBeGreaterThan(8);
    expect(told).toEqual(Object.fromEntries(known));
  });

  it('says of every server that says nothing by itself what to add', () => {
    const notes = table('what to know, and what to add');
    for (const [name, { says }] of Object.entries({ ...dialects })) {
      if (says.length === 0) expect([...notes.keys()]).toContain(name);
    }
    for (const name of notes.keys()) expect(dialects).toHaveProperty(name);
  });
});
