/**
 * Why: `npm run conformance` is one command on a fresh checkout. Against our own server it needs the build; against
 * anybody else's it needs nothing. Arguments go to conformance/main.ts.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const names = process.argv.slice(2);
const isOurs =
  !names.some((name) => /^--(?:issuer|config|against|list|help)\b/.test(name)) || names.includes('ours');

if (isOurs) {
  const build = spawnSync('npm', ['run', 'build', '--silent'], { cwd: root, encoding: 'utf8' });
  if (build.status !== 0) {
    process.stderr.write(build.stdout + build.stderr);
    process.exit(2);
  }
}
const run = spawnSync(process.execPath, [join(root, 'conformance/main.ts'), ...names], { stdio: 'inherit' });
process.exitCode = run.status ?? 2;
