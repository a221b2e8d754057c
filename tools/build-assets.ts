/**
 * Why: the pages load nothing but files of their own server, so the elements are bundled here, once, into
 * packages/cofactor/assets. The sign-in page comes first in the life of every user: it gets one script with
 * everything in it, and this fails where page, style, script and context outgrow the budget.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type InlineConfig } from 'vite';

const library = new URL('../packages/cofactor/', import.meta.url);
const assets = fileURLToPath(new URL('assets/', library));

/** What HTML, style and script of the sign-in page may weigh together, with a kilobyte set aside for the HTML. */
const budget = 20_000;
const html = 1_000;

function source(path: string): string {
  return fileURLToPath(new URL(`src/${path}`, library));
}

/** One call bundles what may share code; names are stable, because the server adds the version to the address. */
async function bundle(input: Readonly<Record<string, string>>): Promise<void> {
  const config: InlineConfig = {
    configFile: false,
    root: fileURLToPath(library),
    logLevel: 'warn',
    publicDir: false,
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir: assets,
      emptyOutDir: false,
      target: 'es2022',
      cssTarget: ['chrome111', 'firefox113', 'safari16.4'],
      modulePreload: false,
      rolldownOptions: {
        input,
        preserveEntrySignatures: 'strict',
        output: {
          entryFileNames: '[name].js',
          chunkFileNames: '[name].js',
          assetFileNames: '[name][extname]',
          // One file with all that several pages need, Lit included, instead of one for each combination of pages.
          codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] },
        },
      },
    },
  };
  await build(config);
}

await rm(assets, { recursive: true, force: true });
await bundle({ 'sign-in': source('elements/sign-in.ts') });
await bundle({
  register: source('elements/register.ts'),
  security: source('elements/security.ts'),
  totp: source('factors/totp/totp.element.ts'),
  'recovery-codes': source('factors/recovery-codes/recovery-codes.element.ts'),
});
await bundle({ cofactor: source('elements/cofactor.css') });

const sizes = new Map<string, number>();
for (const name of (await readdir(assets)).toSorted()) {
  const size = gzipSync(await readFile(`${assets}${name}`), { level: 9 }).length;
  sizes.set(name, size);
  console.log(`${name.padEnd(24)} ${size.toString().padStart(6)} bytes gzip`);
}

const total = (sizes.get('sign-in.js') ?? Infinity) + (sizes.get('cofactor.css') ?? Infinity) + html;
console.log(`sign-in page: ${total} of ${budget} bytes, 4 requests (page, style, script, context)`);
if (total > budget) throw new Error('The sign-in page is larger than its budget.');
