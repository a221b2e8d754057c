/**
 * Why: `npm run docs` is one command on a fresh machine. VitePress is a package of docs alone, so that it never
 * weighs on the product; it is installed there when it is first needed.
 *
 * Without arguments it builds docs/.vitepress/dist. `--serve` shows what was built, `--dev` shows the pages and follows
 * changes, `reference` writes the pages of docs/reference (build first) and needs no VitePress.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { referencePages } from './docs/reference.ts';

const root = join(import.meta.dirname, '..');
const docs = join(root, 'docs');

function step(command: string, args: readonly string[], cwd: string): void {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (status !== 0) {
    console.error(`${command} ${args.join(' ')} failed in ${cwd}`);
    process.exit(1);
  }
}

function install(): void {
  const installed = join(docs, 'node_modules/.package-lock.json');
  const wanted = join(docs, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return;
  step('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], docs);
}

async function writeReference(): Promise<void> {
  const folder = join(docs, 'reference');
  const pages = await referencePages();
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (!pages.has(name)) rmSync(join(folder, name));
  for (const [name, text] of pages) writeFileSync(join(folder, name), text);
  console.log(`${pages.size} pages in docs/reference`);
}

const vitepress = (...args: readonly string[]): void =>
  step(process.execPath, [join(docs, 'node_modules/vitepress/bin/vitepress.js'), ...args], docs);

const [first = '--build', ...rest] = process.argv.slice(2);
const what = first.replace(/^--/, '');
if (what === 'reference') {
  await writeReference();
} else {
  install();
  if (what === 'dev') vitepress('dev', ...rest);
  else vitepress('build');
  if (what === 'serve') vitepress('preview', ...rest);
}
