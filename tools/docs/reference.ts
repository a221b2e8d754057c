/**
 * Why: a reference that is written by hand is wrong soon. These pages are made from the declarations that the build
 * emits: a page for each entry point of the packages, with everything it exports and the comments that stand there.
 *
 * `node tools/docs.ts reference` writes them into docs/reference, and test/types/docs-reference.test.ts compares.
 */
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { commandLinePage } from './command-line.ts';
import { proseOf } from './comments.ts';
import { allEntryPoints, type EntryPoint } from './entry-points.ts';
import { declarationOf, exportedNames, fileOf, moduleAt, type Declaration } from './modules.ts';
import { metricsPage } from './metrics.ts';
import { purposes } from './purposes.ts';
import { settingsPage } from './settings.ts';

const root = join(import.meta.dirname, '../..');

/** The pages of the reference, by their path in the folder. */
export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  const entries = allEntryPoints();
  const homes = homesOf(entries);
  const options = { ...(await resolveConfig(join(root, 'docs/reference/index.md'))), parser: 'markdown' };
  const pages = new Map<string, string>([
    ['index.md', index(entries)],
    ['settings.md', settingsPage(made)],
    ['command-line.md', commandLinePage(made)],
    ['metrics.md', metricsPage(made)],
  ]);
  for (const entry of entries) pages.set(`${entry.page}.md`, page(entry, entries, homes));
  return new Map(
    await Promise.all([...pages].map(async ([path, text]) => [path, await format(text, options)] as const)),
  );
}

interface Home {
  readonly entry: EntryPoint;
  readonly anchor: string;
}

/** The entry points of which this one exports everything. */
function wholeOf(entry: EntryPoint, entries: readonly EntryPoint[]): readonly EntryPoint[] {
  const stars = moduleAt(entry.file).stars.map((source) => fileOf(entry.file, source));
  return entries.filter((other) => other !== entry && stars.includes(other.file));
}

/** What an entry point exports, without what it takes over as a whole from another one. */
function ownExports(
  entry: EntryPoint,
  entries: readonly EntryPoint[],
): ReadonlyMap<string, Declaration | null> {
  const module = moduleAt(entry.file);
  const except = new Set(wholeOf(entry, entries).map(({ file }) => file));
  const names = exportedNames(module, except).toSorted((a, b) => a.localeCompare(b, 'en'));
  return new Map(names.map((name) => [name, declarationOf(module, name, 'exported')]));
}

const keyOf = ({ file, name }: Declaration): string => `${file}#${name}`;

/** Where each declaration is written down: on the page of the first entry point that exports it. */
function homesOf(entries: readonly EntryPoint[]): ReadonlyMap<string, Home> {
  const homes = new Map<string, Home>();
  for (const entry of entries) {
    const taken = new Map<string, number>();
    const own = [...ownExports(entry, entries)];
    for (const kind of ['called', 'types'] as const) {
      for (const [name, declaration] of own) {
        if (!declaration || homes.has(keyOf(declaration)) || isCalled(declaration) !== (kind === 'called'))
          continue;
        const slug = name.toLowerCase();
        const before = taken.get(slug) ?? 0;
        taken.set(slug, before + 1);
        homes.set(keyOf(declaration), { entry, anchor: before === 0 ? slug : `${slug}-${before}` });
      }
    }
  }
  return homes;
}

const isCalled = ({ kind }: Declaration): boolean => kind !== 'type';

/** A member under a symbol that nobody else has: where an adapter keeps what is its own. */
const privateMember = /^ *(?:readonly )?\[\w+\]\??:.*;\n/gm;

const made = '<!-- Made from the code by `node tools/docs.ts reference`. -->';

function index(entries: readonly EntryPoint[]): string {
  const rows = entries.map(({ name, page }) => `| [\`${name}\`](${page}.md) | ${purposes[name] ?? ''} |`);
  return [
    made,
    '# Reference',
    'Everything that the packages export, by what is imported. It is made from the code: what has no sentence here has none there.',
    ['| import | what it is for |', '| --- | --- |', ...rows].join('\n'),
    'The server by one command has [settings](settings.md), [a command line](command-line.md) and [metrics](metrics.md).',
    'What is thrown is in [error codes](../errors.md), what HTTP clients get in [problem types](../problems.md).',
  ].join('\n\n');
}

function page(entry: EntryPoint, entries: readonly EntryPoint[], homes: ReadonlyMap<string, Home>): string {
  const own = [...ownExports(entry, entries)];
  const here = own.flatMap(([name, declaration]) =>
    declaration && homes.get(keyOf(declaration))?.entry === entry ? [called(declaration, name)] : [],
  );
  const elsewhere = own.flatMap(([name, declaration]) => {
    const home = declaration && homes.get(keyOf(declaration));
    if (home?.entry === entry) return [];
    return [home ? `[\`${name}\`](${home.entry.page}.md#${home.anchor})` : `\`${name}\``];
  });
  const whole = wholeOf(entry, entries).map(({ name, page }) => `[\`${name}\`](${page}.md)`);
  const added = moduleAt(entry.file).augmentations.map(
    ({ target, text }) => `## Added to ${target}\n\n${fence(text.replace(privateMember, ''))}`,
  );
  const section = (title: string, all: readonly Declaration[]): string[] =>
    all.length === 0 ? [] : [`## ${title}`, ...all.flatMap((one) => described(one, entry, homes))];
  return [
    made,
    `# ${entry.name}`,
    purposes[entry.name] ?? '',
    ...(whole.length > 0 ? [`Exports everything of ${whole.join(' and ')} as well.`] : []),
    ...(elsewhere.length > 0 ? [`Exported here too: ${elsewhere.join(', ')}.`] : []),
    ...section('Functions and values', here.filter(isCalled)),
    ...added,
    ...section(
      'Types',
      here.filter((one) => !isCalled(one)),
    ),
  ].join('\n\n');
}

/** A declaration under the name that it is exported by. */
function called(declaration: Declaration, name: string): Declaration {
  const heading = new RegExp(`^((?:declare )?(?:abstract )?[a-z]+ )${declaration.name}\\b`);
  return { ...declaration, name, texts: declaration.texts.map((text) => text.replace(heading, `$1${name}`)) };
}

function described(
  declaration: Declaration,
  entry: EntryPoint,
  homes: ReadonlyMap<string, Home>,
): readonly string[] {
  const { text, example, throws } = proseOf(declaration.comment);
  const module = moduleAt(declaration.file);
  const links = declaration.mentions.flatMap((name) => {
    const used = declarationOf(module, name, 'used');
    const home = used && used.texts[0] !== declaration.texts[0] ? homes.get(keyOf(used)) : undefined;
    if (!home) return [];
    return [`[\`${name}\`](${home.entry === entry ? '' : `${home.entry.page}.md`}#${home.anchor})`];
  });
  return [
    `### ${declaration.name}`,
    ...(text ? [text] : []),
    shown(declaration),
    ...throws.map((one) => `Throws ${one}`),
    ...(example ? ['For example:', fence(example, 'ts example')] : []),
    ...(links.length > 0 ? [`Types: ${[...new Set(links)].join(', ')}.`] : []),
  ];
}

function fence(code: string, language = 'ts'): string {
  return `\`\`\`${language}\n${code.trimEnd()}\n\`\`\``;
}

/** Of a constant that is a whole table, the type is the table over again, and nobody reads that. */
const longestConstant = 1500;

function shown({ kind, texts }: Declaration): string {
  const text = texts.map((one) => one.replace(/^declare (?=function|class|abstract)/, '')).join('\n');
  return kind === 'constant' && text.length > longestConstant
    ? 'A table; its type is what is in it.'
    : fence(text);
}
