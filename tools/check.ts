/**
 * Why: everything a machine can judge without running the software, in one command. Every check runs, whatever
 * the others said, and the exit code is the number of those that failed. `npm run check -- lint` runs one.
 */
import { spawnSync } from 'node:child_process';
import { delimiter, resolve } from 'node:path';

const script = (name: string): string => `node tools/checks/${name}.ts`;

const checks: readonly { readonly name: string; readonly command: string; readonly show?: boolean }[] = [
  { name: 'build', command: 'npm run build --silent' },
  { name: 'types', command: 'tsc -p tsconfig.json' },
  { name: 'types of the back office', command: 'tsc -p packages/server/ui/tsconfig.json' },
  { name: 'types of examples', command: 'tsc -p examples/tsconfig.json' },
  { name: 'every module is built', command: script('every-module-is-built') },
  { name: 'lint', command: 'oxlint --type-aware --deny-warnings' },
  { name: 'imports', command: script('imports') },
  { name: 'only ports read the world', command: script('only-ports-read-the-world') },
  { name: 'a provider is a folder', command: script('provider-is-a-folder') },
  { name: 'no local paths', command: script('no-local-paths') },
  { name: 'format', command: 'prettier --check . --log-level warn' },
  { name: 'unused', command: 'knip' },
  { name: 'package', command: script('package') },
  { name: 'reference', command: script('docs-reference') },
  { name: 'file sizes', command: script('file-sizes'), show: true },
];

const wanted = process.argv.slice(2);
const chosen = checks.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const env = {
  ...process.env,
  PATH: [resolve('node_modules/.bin'), process.env['PATH']].join(delimiter),
  NO_COLOR: '1',
};
const failed: string[] = [];

for (const { name, command, show } of chosen) {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(command, {
    shell: true,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  });
  const time = `${((performance.now() - began) / 1000).toFixed(1)} s`.padStart(7);
  const output = (stdout + stderr).trimEnd();
  if (status !== 0) failed.push(name);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${time}  ${name}`);
  if (output && (status !== 0 || show)) console.log(output.replace(/^/gm, '      '));
}

if (chosen.length === 0) failed.push(`no check is called ${wanted.join(' ')}`);
console.log(
  failed.length === 0
    ? `${chosen.length} checks, all fine`
    : `${failed.length} of ${chosen.length} checks failed: ${failed.join(', ')}`,
);
process.exitCode = failed.length;
