/**
 * Why: a browser, a database server, oathtool, zbarimg and python3-fido2 do not come from npm. Finds them, installs
 * Debian's where it may, and says in one line each what the tests will have to do without.
 */
import { spawn } from 'node:child_process';
import { inPath, programs, type Program } from '../test/support/find-program.ts';

const minutes = 60_000;

/** Gives the names of the programs that are still missing afterwards. */
export async function installPrograms(): Promise<Program[]> {
  const names = Object.keys(programs) as Program[];
  const missing = (): Program[] => names.filter((name) => programs[name].find() === undefined);

  const wanted = missing();
  if (wanted.length > 0 && process.getuid?.() === 0 && inPath('apt-get')) {
    const packages = wanted.map((name) => programs[name].debian);
    console.log(`Installing with apt-get: ${packages.join(' ')} (some minutes on a slow network)`);
    await apt('update', ['update'], 3 * minutes);
    await apt('install', ['install', '-y', '--no-install-recommends', ...packages], 5 * minutes);
  }

  const without = missing();
  for (const name of names) {
    const found = programs[name].find();
    const hint = `install ${programs[name].debian}; tests that need it are skipped`;
    console.log(`  ${name.padEnd(13)} ${found ?? `missing: ${hint}`}`);
  }
  return without;
}

/** Runs apt-get quietly, with a sign of life every 15 seconds; a failure is told and gone past. */
async function apt(step: string, args: readonly string[], timeout: number): Promise<void> {
  const began = performance.now();
  const seconds = (): string => `${Math.round((performance.now() - began) / 1000)} s`;
  const beat = setInterval(() => console.log(`  apt-get ${step}: ${seconds()} ...`), 15_000);
  const child = spawn('apt-get', ['-q', ...args], {
    // Runlevel 1 keeps the packages from starting their services: the tests start a server of their own.
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const code = await new Promise((resolve) => {
    child.once('error', resolve).once('close', resolve);
  });
  clearInterval(beat);
  if (code === 0) console.log(`  apt-get ${step}: ${seconds()}`);
  else console.log(`  apt-get ${step} failed: ${output.trim().split('\n').slice(-3).join(' / ')}`);
}
