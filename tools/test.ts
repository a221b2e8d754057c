/**
 * Why: `npm test` is one command on a fresh machine. It brings what the tests need, builds, runs every test
 * once, and ends with the line `N passed, N failed`; what was skipped is counted, with the reason.
 *
 * Arguments go to vitest: `npm test -- packages/cofactor/src/assurance`. With CI=true a missing PostgreSQL or
 * Chromium is a failure. FAILED_BEFORE adds failures of earlier steps to the count, for .ci/run.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { installPrograms } from './install-programs.ts';

interface Report {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly ancestorTitles: readonly string[];
    }[];
  }[];
}

const ci = process.env['CI'] === 'true';
const report = 'test-results/vitest.json';
const failures: string[] = [];

console.log('Tests of Cofactor: installs what is missing, builds, runs everything once.\n');

const missing = await installPrograms();
for (const name of missing) {
  if (ci && (name === 'PostgreSQL' || name === 'Chromium'))
    failures.push(`${name} is missing, which CI needs`);
}

console.log('\nBuilding');
if (!run('npm', ['run', 'build', '--silent'])) failures.push('the build failed');

rmSync(report, { force: true });
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
const green = run('node_modules/.bin/vitest', ['run', ...reporters, ...process.argv.slice(2)]);

const files = read(report);
const tests = files.flatMap((file) => file.assertionResults);
const count = (...statuses: string[]): number =>
  tests.filter((test) => statuses.includes(test.status)).length;
const passed = count('passed');
const skipped = count('skipped', 'pending', 'todo', 'disabled');
// A file that could not be loaded, or whose hooks failed, has failed without a failed test in it.
const broken = files.filter(
  (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
).length;
let failed = count('failed') + broken;
if (passed + failed === 0) failures.push('no test ran');
else if (!green && failed === 0) failures.push('vitest failed outside of any test (see above)');

for (const [reason, number] of reasons()) console.log(`${number} ${reason}`);
if (broken > 0) console.log(`${broken} test file(s) failed as a whole`);
for (const failure of failures) console.log(`failed: ${failure}`);
failed += failures.length + Number(process.env['FAILED_BEFORE'] ?? 0);

process.exitCode = failed > 0 ? 1 : 0;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);

function run(command: string, args: readonly string[]): boolean {
  const env = { ...process.env, ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }) };
  return spawnSync(command, args, { env, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

function read(file: string): Report['testResults'] {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as Report).testResults;
  } catch {
    return [];
  }
}

/** How many tests were skipped for which reason: describeWith() puts it into the title. */
function reasons(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const test of tests) {
    const reason = /\[(skipped: [^\]]+)\]/.exec(test.ancestorTitles.join(' '))?.[1];
    if (reason) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return counts;
}
