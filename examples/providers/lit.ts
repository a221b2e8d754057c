import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The files of Lit, by the name that they have in the package that browsers get. */
const files = [
  { name: 'lit.js', from: 'lit', file: 'index.js' },
  { name: 'lit-element.js', from: 'lit-element', file: 'lit-element.js' },
  { name: 'lit-html.js', from: 'lit-html', file: 'lit-html.js' },
  { name: 'is-server.js', from: 'lit-html', file: 'is-server.js' },
  { name: 'reactive-element.js', from: '@lit/reactive-element', file: 'reactive-element.js' },
  { name: 'css-tag.js', from: '@lit/reactive-element', file: 'css-tag.js' },
] as const;

/** What they import each other by, and where that is here: a browser does not know packages by their names. */
const places: Readonly<Record<string, string>> = {
  '@lit/reactive-element': './reactive-element.js',
  'lit-element/lit-element.js': './lit-element.js',
  'lit-html': './lit-html.js',
  'lit-html/is-server.js': './is-server.js',
};

/**
 * Puts Lit, as npm installed it, into a package for the pages, so that elements can `import '../lit/lit.js'` without
 * a build. An import map would do the same, and the pages' content security policy (rightly) has no room for one.
 *
 * @param folder for the option `extensions` of `createCofactor`
 */
export function bringLit(folder: string): void {
  const home = join(folder, 'lit');
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'cofactor-package.json'), JSON.stringify({ name: 'Lit', extensions: [] }));
  for (const { name, from, file } of files) {
    const text = readFileSync(join(folderOf(from), file), 'utf8')
      .replace(/\b(from|import)"([^"]+)"/g, (all, word: string, what: string) =>
        places[what] === undefined ? all : `${word}"${places[what]}"`,
      )
      .replace(/^\/\/# sourceMappingURL=.*$/m, '');
    writeFileSync(join(home, name), text);
  }
}

/** Where npm put a package that Lit is made of. Node's own entry to it is another build, for servers. */
function folderOf(name: string): string {
  const lit = createRequire(import.meta.url).resolve('lit');
  const entry = createRequire(lit).resolve(name).replaceAll('\\', '/');
  const end = entry.lastIndexOf(`/node_modules/${name}/`);
  return entry.slice(0, end + `/node_modules/${name}`.length);
}
