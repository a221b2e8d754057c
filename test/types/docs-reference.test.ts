import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { API } from 'typescript/unstable/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allEntryPoints } from '../../tools/docs/entry-points.ts';
import { purposes } from '../../tools/docs/purposes.ts';
import { referencePages } from '../../tools/docs/reference.ts';

const root = join(import.meta.dirname, '../..');
const entries = allEntryPoints();

let folder: string;
let pages: ReadonlyMap<string, string>;
beforeAll(async () => {
  mkdirSync(join(root, 'test-results'), { recursive: true });
  folder = mkdtempSync(join(root, 'test-results/reference-'));
  const config = {
    extends: join(root, 'examples/tsconfig.json'),
    compilerOptions: {
      noImplicitAny: false,
      noUnusedLocals: false,
      noUnusedParameters: false,
      noPropertyAccessFromIndexSignature: false,
      verbatimModuleSyntax: false,
    },
    include: ['*.ts'],
    exclude: [],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  pages = await referencePages();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('docs/reference', () => {
  it('says of every entry point what it is for, and of no other', () => {
    expect(entries.length).toBeGreaterThan(20);
    expect(Object.keys(purposes).toSorted()).toEqual(entries.map(({ name }) => name).toSorted());
  });

  it('has everything that the compiler sees exported', () => {
    const file = join(folder, 'exports.ts');
    const lines = entries.map(({ name }, index) => `import * as e${index} from '${name}';`);
    writeFileSync(file, lines.join('\n'));
    const api = new API({ cwd: root });
    try {
      const [project] = api.updateSnapshot({ openProjects: [join(folder, 'tsconfig.json')] }).getProjects();
      if (!project) throw new Error('no project');
      const missing = entries.flatMap(({ name, page }) => {
        const position = lines.join('\n').indexOf(`'${name}'`) + 1;
        const module = project.checker.getSymbolAtPosition(file, position);
        const exported = module ? project.checker.getExportsOfModule(module).map((one) => one.name) : [];
        const known = namesOn(page);
        return exported.length === 0
          ? [`nothing from ${name}`]
          : exported.filter((one) => !known.has(one)).map((one) => `${one} of ${name}`);
      });
      expect(missing).toEqual([]);
    } finally {
      api.close();
    }
  });

  it('leads to headings that are there', () => {
    const anchors = new Map([...pages].map(([name, text]) => [name, anchorsOf(text)]));
    const broken = [...pages].flatMap(([name, text]) =>
      [...text.matchAll(/\]\(([\w-]*(?:\.md)?)#([\w-]+)\)/g)]
        .filter(([, file, anchor = '']) => !anchors.get(file || name)?.has(anchor))
        .map(([link]) => `${name}: ${link}`),
    );
    expect(broken).toEqual([]);
    expect([...pages.values()].join('').match(/\]\([\w.-]*#/g)?.length).toBeGreaterThan(100);
  });

  // They are pieces: what they do not say where it comes from is taken for anything.
  it('shows examples that call what there is, as it can be called', async () => {
    const examples = new Map<string, string>();
    for (const { name, page } of entries) {
      for (const [, example = ''] of (pages.get(`${page}.md`) ?? '').matchAll(
        /^```ts example\n([^]*?)^```$/gm,
      ))
        for (const file of example.split(/^(?=\/\/ .*\.ts$)/m))
          examples.set(`example-${examples.size + 1}.ts`, withImports(file, name));
    }
    expect(examples.size).toBeGreaterThan(10);
    for (const [name, text] of examples) writeFileSync(join(folder, name), text);
    const unknown = [
      ...(await check()).matchAll(
        /^(?:.*\/)?(example-\d+\.ts).* name(?:space)? '(\w+)'|^(?:.*\/)?(example-\d+\.ts).*shorthand property '(\w+)'/gm,
      ),
    ];
    for (const [name, text] of examples) {
      const names = unknown
        .filter(([, one, , other]) => (one ?? other) === name)
        .map(([, , one, , other]) => one ?? other ?? '');
      const declared = [...new Set(names)].map((one) => `declare const ${one}: ${known[one] ?? 'any'};\n`);
      writeFileSync(join(folder, name), declared.join('') + text);
    }
    expect(await check()).toBe('');
  }, 60_000);
});

/** What names stand for that examples share. */
const known: Readonly<Record<string, string>> = {
  auth: "import('cofactor').Cofactor",
  users: "import('cofactor').Cofactor",
  members: "import('cofactor').Cofactor",
  // They leave out what they are not about.
  createCofactor: "(options: Partial<import('cofactor').CofactorOptions>) => import('cofactor').Cofactor",
  process: 'any',
  client: "import('cofactor/oidc-client').OidcClient",
  api: "import('cofactor/oidc-client').ResourceServer",
};

/** An example with imports of what is exported somewhere, from its own entry point where that has it. */
function withImports(example: string, own: string): string {
  const words = new Set(example.replace(/\/\/.*$/gm, '').match(/(?<![.\w'"`])[A-Za-z]\w*(?!\w|\s*:(?!:))/g));
  const imports = [...words].flatMap((word) => {
    if (word === 'createCofactor' || word === 'process') return [`declare const ${word}: ${known[word]};\n`];
    if (new RegExp(`(?:const|let|function) ${word}\\b|import [^;]*\\b${word}\\b`).test(example)) return [];
    const entry = [own, ...entries.map(({ name }) => name)].find((name) => namesOn(pageOf(name)).has(word));
    return entry === undefined ? [] : [`import { ${word} } from '${entry}';\n`];
  });
  const body = /^(?:if .*)?\breturn\b/m.test(example) ? `async function handler() {\n${example}}` : example;
  return `${imports.join('')}${body}\nexport {};\n`;
}

const pageOf = (name: string): string => entries.find((entry) => entry.name === name)?.page ?? '';

/** What the compiler says of the folder. */
async function check(): Promise<string> {
  const tsc = join(root, 'node_modules/.bin/tsc');
  const checked = await promisify(execFile)(tsc, ['--noEmit', '--pretty', 'false', '-p', folder]).catch(
    (error: { stdout: string }) => error,
  );
  return checked.stdout;
}

/** Every name that a page has: under a heading of its own, or as one that is written down elsewhere. */
function namesOn(page: string): ReadonlySet<string> {
  const text = pages.get(`${page}.md`) ?? '';
  const also = [...text.matchAll(/^Exported here too: (.+)$/gm)].flatMap(([, list = '']) =>
    [...list.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
  );
  const whole = [...text.matchAll(/^Exports everything of (.+) as well\.$/gm)].flatMap(([, list = '']) =>
    [...list.matchAll(/\]\(([\w-]+)\.md\)/g)].flatMap(([, other = '']) => [...namesOn(other)]),
  );
  const own = [...text.matchAll(/^### (\w+)$/gm)].map(([, name = '']) => name);
  return new Set([...own, ...also, ...whole]);
}

function anchorsOf(text: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  return new Set(
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => {
      const slug = heading
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-');
      const before = seen.get(slug) ?? 0;
      seen.set(slug, before + 1);
      return before === 0 ? slug : `${slug}-${before}`;
    }),
  );
}
