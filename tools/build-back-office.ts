/**
 * Why: the back office loads nothing but files of its own server, so it is bundled here, once, into
 * packages/server/assets. Each view is a script of its own; what everybody loads first has a budget, and this fails
 * where that is outgrown.
 */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'vite';
import { assetVersion } from '../packages/cofactor/src/http/asset.ts';

const root = fileURLToPath(new URL('../packages/server/ui/', import.meta.url));
const out = fileURLToPath(new URL('../packages/server/assets/', import.meta.url));

/** What document, style and script of the first load may weigh together, without any view. */
const budget = 60_000;

/** Vite wraps each `import()` in a kilobyte that looks for styles to go with it: there are none. */
const helper = '\0vite/preload-helper.js';
const plainImports: Plugin = {
  name: 'plain-imports',
  enforce: 'pre',
  load: (id) => (id === helper ? 'export const __vitePreload = (load) => load();' : null),
};

await build({
  configFile: false,
  root,
  base: '/admin/',
  logLevel: 'warn',
  publicDir: false,
  define: {
    'process.env.NODE_ENV': '"production"',
    // Stands behind the addresses of the account pages' own scripts.
    __ASSET_VERSION__: JSON.stringify(assetVersion),
  },
  plugins: [plainImports],
  build: {
    outDir: out,
    emptyOutDir: true,
    target: 'es2022',
    cssTarget: ['chrome111', 'firefox113', 'safari16.4'],
    modulePreload: false,
  },
});

const files = `${out}assets/`;
const document = await readFile(`${out}index.html`, 'utf8');
const sizes = new Map<string, number>();
for (const name of (await readdir(files)).toSorted()) {
  const size = gzipSync(await readFile(files + name), { level: 9 }).length;
  sizes.set(name, size);
  console.log(`back office ${name.padEnd(32)} ${size.toString().padStart(6)} bytes gzip`);
}

const first = await firstLoad();
const total = first.reduce((sum, name) => sum + (sizes.get(name) ?? 0), gzipSync(document).length);
console.log(`back office: first load ${total} of ${budget} bytes: ${first.join(', ')}`);
if (total > budget) throw new Error('The first load of the back office is larger than its budget.');

/** The files that the document asks for, and those that they import at once. */
async function firstLoad(): Promise<readonly string[]> {
  const found = new Set([...document.matchAll(/\/admin\/assets\/([^"]+)/g)].map((match) => match[1] ?? ''));
  for (const name of found) {
    if (!name.endsWith('.js')) continue;
    const code = await readFile(files + name, 'utf8');
    for (const match of code.matchAll(/(?:from|import)\s*["']\.\/([^"']+)["']/g)) found.add(match[1] ?? '');
  }
  return [...found];
}
