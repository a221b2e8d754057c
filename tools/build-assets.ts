/**
 * Why: the pages load nothing but files of their own server, so the elements are bundled here, once, into
 * packages/cofactor/assets. The sign-in page comes first in the life of every user: it gets one script with
 * everything a password needs, and this fails where page, style, script and context outgrow the budget.
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type InlineConfig, type Plugin } from 'vite';
import { en } from '../packages/cofactor/src/elements/texts.en.ts';
import type { Translation } from '../packages/cofactor/src/elements/texts.ts';
import { assetVersion } from '../packages/cofactor/src/http/asset.ts';

const library = new URL('../packages/cofactor/', import.meta.url);
const assets = fileURLToPath(new URL('assets/', library));

/** What HTML, style and script of the sign-in page may weigh together, with a kilobyte set aside for the HTML. */
const budget = 20_000;
const html = 1_000;

function source(path: string): string {
  return fileURLToPath(new URL(`src/${path}`, library));
}

/** Vite wraps each `import()` in a kilobyte that looks for styles to go with it: there are none. */
const helper = '\0vite/preload-helper.js';
const plainImports: Plugin = {
  name: 'plain-imports',
  enforce: 'pre',
  load: (id) => (id === helper ? 'export const __vitePreload = (load) => load();' : null),
};

/** Modules that others need too, by the script that they are in: whole, so that it is never fetched with another. */
const scripts: readonly { readonly name: string; readonly entry: string; readonly modules: Set<string> }[] = [
  // What the sign-in page is made of. All other pages stand on it, and what comes late finds it loaded.
  { name: 'sign-in', entry: source('elements/sign-in.ts'), modules: new Set() },
  { name: 'challenges', entry: source('elements/challenges.ts'), modules: new Set() },
];

/** Finds what belongs to these scripts: all that their entry imports, unless an earlier one has it. */
const sorting: Plugin = {
  name: 'sorting',
  buildEnd() {
    const sorted = new Set<string>();
    for (const { entry, modules } of scripts) {
      const queue = [entry];
      for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
        if (sorted.has(id)) continue;
        sorted.add(id);
        modules.add(id);
        queue.push(...(this.getModuleInfo(id)?.importedIds ?? []));
      }
    }
  },
};

/**
 * The page asks for its script with the version behind the address. A module that asked for the same script by
 * another address would bring all of it a second time, Lit included.
 */
const addressing: Plugin = {
  name: 'addressing',
  generateBundle(_options, files) {
    for (const [name, file] of Object.entries(files)) {
      if (file.type !== 'chunk') continue;
      // The entry's own file would only import the script that the entry is in.
      if (name === 'sign-in-entry.js') delete files[name];
      else file.code = file.code.replaceAll(/(["'`])(\.\/[a-z-]+\.js)\1/g, `$1$2?${assetVersion}$1`);
    }
  },
};

/** One call bundles what may share code; names are stable, because the server adds the version to the address. */
async function bundle(input: Readonly<Record<string, string>>): Promise<void> {
  for (const { modules } of scripts) modules.clear();
  const config: InlineConfig = {
    configFile: false,
    root: fileURLToPath(library),
    logLevel: 'warn',
    publicDir: false,
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [plainImports, sorting, addressing],
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
          // One file with what several other pages need, instead of one for each combination of pages.
          codeSplitting: {
            groups: [
              ...scripts.map(({ name, modules }) => ({ name, test: (id: string) => modules.has(id) })),
              { name: 'shared', minShareCount: 2 },
            ],
          },
        },
      },
    },
  };
  await build(config);
}

/** English is in the scripts. Each other language is files of its own: what a sign-in says, and the rest. */
async function translate(): Promise<void> {
  for (const name of await readdir(source('elements'))) {
    const language = /^texts\.(?!en)([a-z]{2,3})\.ts$/.exec(name)?.[1];
    if (language === undefined) continue;
    const { texts } = (await import(source(`elements/${name}`))) as { readonly texts: Translation };
    for (const part of ['', '-account']) {
      const wanted = Object.entries(texts).filter(([key]) => Object.hasOwn(en, key) === (part === ''));
      const code = `export const texts=${JSON.stringify(Object.fromEntries(wanted))};\n`;
      await writeFile(`${assets}texts-${language}${part}.js`, code);
    }
  }
}

await rm(assets, { recursive: true, force: true });
await bundle({
  'sign-in-entry': source('elements/sign-in.ts'),
  register: source('elements/register.ts'),
  security: source('elements/security.ts'),
  forgot: source('elements/forgot.ts'),
  reset: source('elements/reset.ts'),
  invitation: source('elements/invitation.ts'),
  'confirm-email': source('elements/confirm-email.ts'),
  permit: source('elements/permit.ts'),
  'callback-page': source('elements/callback-page.ts'),
  languages: source('elements/languages.ts'),
  totp: source('factors/totp/totp.element.ts'),
  openid: source('factors/openid/openid.element.ts'),
  webauthn: source('factors/webauthn/webauthn.element.ts'),
  'recovery-codes': source('factors/recovery-codes/recovery-codes.element.ts'),
});
// Goes onto the sign-in page beside its script, which has a Lit of its own: so this has none.
await bundle({ 'webauthn-login': source('factors/webauthn/webauthn-login.element.ts') });
await bundle({ 'openid-login': source('factors/openid/openid-login.element.ts') });
// Runs before anything else is asked for, so it has everything it needs.
await bundle({ callback: source('elements/callback.ts') });
await translate();
await bundle({
  cofactor: source('elements/cofactor.css'),
  account: source('elements/account.css'),
  oidc: source('elements/oidc.css'),
});

const sizes = new Map<string, number>();
for (const name of (await readdir(assets)).toSorted()) {
  const size = gzipSync(await readFile(`${assets}${name}`), { level: 9 }).length;
  sizes.set(name, size);
  console.log(`${name.padEnd(24)} ${size.toString().padStart(6)} bytes gzip`);
}

const total = (sizes.get('sign-in.js') ?? Infinity) + (sizes.get('cofactor.css') ?? Infinity) + html;
console.log(`sign-in page: ${total} of ${budget} bytes, 4 requests (page, style, script, context)`);
const translated = Math.max(
  ...[...sizes].map(([name, size]) => (/^texts-[a-z]+\.js$/.test(name) ? size : 0)),
);
console.log(`in another language: at most ${translated} bytes and one request more`);
if (total > budget) throw new Error('The sign-in page is larger than its budget.');
