import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { navigation } from '../../docs/.vitepress/navigation.ts';
import { repositoryPages } from '../../docs/.vitepress/repository-pages.ts';
import { routes } from '../../packages/cofactor/src/http/routes.ts';
import { commands as commandTable } from '../../packages/server/src/cli/commands.ts';
import { settingsTable } from '../../packages/server/src/settings/table.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** The pages that somebody wrote, without the one that the site begins with. */
const written = globSync('docs/*.md', { cwd: root })
  .filter((file) => file !== 'docs/index.md')
  .sort();
const made = globSync('docs/reference/*.md', { cwd: root }).sort();

/** A text without what stands in code. */
function prose(text: string): string {
  return text.replace(/^```[^]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');
}

/** The lines of the blocks that are typed into a terminal, without what is only said there. */
function commands(file: string): readonly string[] {
  return [...read(file).matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap(([, block = '']) =>
    block
      .replaceAll(/\\\n\s*/g, ' ')
      .split(/\n|&&|\|/)
      .map((line) => line.replace(/#.*$/, '').trim())
      .filter((line) => line !== ''),
  );
}

describe('the site', () => {
  const linked = navigation.flatMap(({ items }) => items.map(({ link }) => link));

  it('has every page in its navigation, once', () => {
    const paths = written.map((file) => file.slice('docs'.length, -'.md'.length));
    expect(linked.filter((link) => !link.startsWith('/reference/')).toSorted()).toEqual(paths.toSorted());
    expect(new Set(linked).size).toBe(linked.length);
  });

  it('leads from where it begins to pages that are there', () => {
    const begins = [...read('docs/index.md').matchAll(/link: (\S+)$/gm)].map(([, link = '']) => link);
    const named = [...read('docs/.vitepress/config.ts').matchAll(/link: '(\/[\w-]+\/?)'/g)].map(
      ([, link = '']) => link,
    );
    expect(begins.length).toBeGreaterThan(5);
    expect(named.length).toBeGreaterThan(2);
    expect([...begins, ...named].filter((link) => !linked.includes(link))).toEqual([]);
  });

  it('has a heading of the first rank on each page, once', () => {
    for (const file of [...written, ...made])
      expect([
        file,
        read(file)
          .replace(/^```[^]*?^```$/gm, '')
          .match(/^# .+$/gm)?.length,
      ]).toEqual([file, 1]);
  });

  // Its pages are templates: a tag or braces in what somebody wrote would be taken for theirs.
  it('has nothing on its pages that would be taken for a tag or an expression', () => {
    const all = [...written, ...made, ...repositoryPages().map(({ file }) => file)];
    expect(all.length).toBeGreaterThan(50);
    const found = all.flatMap((file) =>
      [...prose(read(file)).matchAll(/\{\{|<(?!!--|https?:)\/?[a-z]/gi)].map(([what]) => `${file}: ${what}`),
    );
    expect(found).toEqual([]);
  });

  it('loads nothing from elsewhere', () => {
    const sources = globSync('docs/.vitepress/{*.ts,theme/*}', { cwd: root });
    expect(sources.length).toBeGreaterThan(3);
    for (const file of sources)
      expect([file, read(file).match(/(?:https?:)?\/\/\w+\./g)]).toEqual([file, null]);
    for (const file of [...written, ...made])
      expect([file, read(file).match(/!\[[^\]]*\]\(\w+:/)]).toEqual([file, null]);
  });
});

describe('what the pages name', () => {
  it('are scripts that there are', () => {
    const { scripts } = JSON.parse(read('package.json')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const named = [...written, 'README.md', 'CONTRIBUTING.md'].flatMap((file) =>
      [...read(file).matchAll(/npm run ([\w:-]+)/g)].map(([, script = '']) => ({ file, script })),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(({ script }) => scripts[script] === undefined)).toEqual([]);
  });

  it('are routes that there are', () => {
    const known = new Set(routes.map(({ method, path }) => `${method} ${path}`));
    const named = written.flatMap((file) =>
      [...read(file).matchAll(/`(GET|POST|PATCH|PUT|DELETE) \/auth(\/[\w/-]+)`/g)].map(
        ([, method = '', path = '']) => ({ file, route: `${method} ${path}` }),
      ),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(({ route }) => !known.has(route))).toEqual([]);
  });

  it('are commands that there are, with arguments and options that they have', () => {
    const named = [...written, 'README.md', 'packages/server/README.md']
      .filter((file) => existsSync(join(root, file)))
      .flatMap((file) =>
        [
          ...commands(file)
            .map((line) => line.replace(/^(?:\w+=\S+ )+/, ''))
            .filter((line) => /^(?:npx )?cofactor(?:-server)? /.test(line)),
          ...[...read(file).matchAll(/`((?:npx )?cofactor(?:-server)? [^`\n]+)`/g)].map(
            ([, line = '']) => line,
          ),
        ].map((line) => ({ file, line: line.replace(/^npx /, '') })),
      );
    expect(named.length).toBeGreaterThan(10);
    expect(
      named.flatMap(({ file, line }) => wrongIn(line).map((what) => `${file}: ${line}: ${what}`)),
    ).toEqual([]);
  });

  it('are settings in the file that is shown, with values that they take', () => {
    const table = settingsTable as Readonly<Record<string, { read(given: unknown): unknown }>>;
    const shown = [...read('docs/server.md').matchAll(/^```json\n([^]*?)^```$/gm)].flatMap(([, text = '']) =>
      Object.entries(JSON.parse(text) as Readonly<Record<string, unknown>>),
    );
    expect(shown.length).toBeGreaterThan(3);
    expect(shown.filter(([name, value]) => table[name]?.read(value) === undefined)).toEqual([]);
  });

  it('are all events, and no others', () => {
    const [, body = ''] =
      /export interface CofactorEvents \{\n([^]*?)\n\}/.exec(read('packages/cofactor/src/core/events.ts')) ??
      [];
    const events = [...body.matchAll(/^ {2}readonly '?([a-z-]+)'?:/gm)].map(([, name = '']) => name);
    const [listening = ''] = read('docs/events-and-audit.md').split('## The record');
    const listed = [...listening.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([a-z-]+)`/g)].map(([, name = '']) => name),
    );
    expect(events.length).toBeGreaterThan(15);
    expect(listed.toSorted()).toEqual(events.toSorted());
  });

  it('are all types of the record', () => {
    const [, union = ''] =
      /type AuditType =([^;]+);/.exec(read('packages/cofactor/src/core/audit/chain.ts')) ?? [];
    const types = [...union.matchAll(/'([a-z-]+)'/g)].map(([, type = '']) => type);
    const [, table = ''] = read('docs/events-and-audit.md').split('## The record');
    const listed = [...(table.split('\n## ')[0] ?? '').matchAll(/^\|.*$/gm)].flatMap(([row]) =>
      [...row.matchAll(/`([a-z-]+)`/g)].map(([, type = '']) => type),
    );
    expect(types.length).toBeGreaterThan(40);
    expect(listed.toSorted()).toEqual(types.toSorted());
  });

  it('are settings that there are, and values that they take', () => {
    const table = settingsTable as Readonly<
      Record<string, { readonly env: string; read(given: unknown): unknown }>
    >;
    const variables = new Map(
      Object.values(table).flatMap((one) => [[one.env, one] as const, [`${one.env}_FILE`, null] as const]),
    );
    const wrong = written.flatMap((file) => {
      const text = read(file);
      const named = [...text.matchAll(/\b(COFACTOR_[A-Z_]+)\b/g)].map(([, name = '']) => name);
      const set = commands(file).flatMap((line) => [
        ...line.matchAll(/\b(COFACTOR_\w+)=('[^']*'|"[^"]*"|\S+)/g),
      ]);
      return [
        ...named.filter((name) => !variables.has(name) && !others.has(name)),
        ...set
          .filter(
            ([, name = '', value = '']) =>
              variables.get(name)?.read(value.replace(/^(['"])(.*)\1$/, '$2')) === undefined,
          )
          .filter(([, name = '', value = '']) => variables.get(name) !== null && !value.includes('$'))
          .map(([line]) => line),
      ].map((what) => `${file}: ${what}`);
    });
    expect(wrong).toEqual([]);
  });
});

/** Variables of examples, and of the command line itself. */
const others = new Set(['COFACTOR_KEY', 'COFACTOR_SETTINGS']);

/** What is wrong with a call of the command line, by the table that it is made of. */
function wrongIn(line: string): readonly string[] {
  const words = line
    .replaceAll(/"[^"]*"|'[^']*'/g, 'quoted')
    .replace(/\s*[<>]\s*\S+$/, '')
    .split(/\s+/)
    .slice(1);
  const spec = commandTable.find(({ name }) => `${words.join(' ')} `.startsWith(`${name} `));
  if (!spec) return words.every((word) => word.startsWith('-')) ? [] : ['no such command'];
  const options = [
    ...(spec.options ?? []).map(({ flags }) => flags),
    '--json',
    '--help',
    '--settings <file>',
  ];
  const rest = words.slice(spec.name.split(' ').length);
  const wrong: string[] = [];
  const given: string[] = [];
  while (rest.length > 0) {
    const word = rest.shift() ?? '';
    if (!word.startsWith('--')) given.push(word);
    else {
      const flags = options.find((one) => one.split(/[ ,]/)[0] === word.split('=')[0]);
      if (flags === undefined) wrong.push(`no option ${word}`);
      else if (flags.includes('<') && !word.includes('=')) rest.shift();
    }
  }
  const all = spec.arguments ?? [];
  if (given.length > all.length) wrong.push(`too many arguments: ${given.join(' ')}`);
  return wrong;
}
