/**
 * Why: `npm run bench` is one command on a fresh machine. It installs the peers that Cofactor is measured against
 * (a package of their own, so that they never weigh on the product), builds both, and runs the benchmark.
 *
 * Arguments go to the benchmark: --quick, --json, --only guarded,hash (see bench/main.ts).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bench = join(root, 'bench');

/** Runs a step; what it prints goes to standard error, because standard output is for the results. */
function step(command: string, args: readonly string[], cwd: string): void {
  const { status } = spawnSync(command, args, { cwd, stdio: ['ignore', 2, 2] });
  if (status !== 0) {
    console.error(`${command} ${args.join(' ')} failed in ${cwd}`);
    process.exit(1);
  }
}

const installed = join(bench, 'node_modules/.package-lock.json');
const wanted = join(bench, 'package-lock.json');
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(wanted).mtimeMs) {
  step('npm', ['ci', '--no-audit', '--no-fund'], bench);
}
step('npm', ['run', 'build', '--silent'], root);
// Contenders run as plain JavaScript, as they would in production: stripping types would count as their start time.
step(join(root, 'node_modules/.bin/tsc'), ['-p', bench, '--noCheck'], root);

const run = spawnSync(process.execPath, [join(bench, 'dist/main.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exitCode = run.status ?? 1;
