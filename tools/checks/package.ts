/**
 * Why: what users install is the tarballs, not the tree. Packs them as npm would, lets publint and attw read them, and
 * says how large they are.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

const folder = mkdtempSync(join(tmpdir(), 'cofactor-pack-'));
try {
  const fine = ['packages/cofactor', 'packages/server'].map(isFine);
  if (fine.includes(false)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function isFine(workspace: string): boolean {
  const answer = execFileSync(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', folder, '--workspace', workspace],
    { encoding: 'utf8' },
  );
  const [packed] = JSON.parse(answer) as Packed[];
  if (!packed) throw new Error('npm pack made nothing');
  const kilobytes = (bytes: number): string => `${Math.round(bytes / 1024)} kB`;
  console.log(
    `${packed.filename}: ${kilobytes(packed.size)}, ${kilobytes(packed.unpackedSize)} unpacked, ${packed.files.length} files`,
  );
  const strays = packed.files.filter(({ path }) => /\.test\.|\.tsbuildinfo$|(^|\/)test\//.test(path));
  for (const { path } of strays) console.log(`does not belong into the package: ${path}`);

  const tarball = join(folder, packed.filename);
  return [
    strays.length === 0,
    run('publint', ['run', tarball, '--strict']),
    run('attw', [tarball, '--profile', 'esm-only', '--no-emoji', '--no-color', '--format', 'ascii']),
  ].every(Boolean);
}

function run(command: string, args: readonly string[]): boolean {
  return (
    spawnSync(join('node_modules/.bin', command), args, { stdio: ['ignore', 'inherit', 'inherit'] })
      .status === 0
  );
}
