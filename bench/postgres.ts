/** A PostgreSQL of our own for the time of the run, in a folder that is removed afterwards. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pinned, places } from './machine.ts';
import { freePort } from './processes.ts';

export interface Postgres {
  /** Makes an empty database and returns its address. */
  create(name: string): string;
  stop(): Promise<void>;
}

/** `null` where PostgreSQL is not installed. */
export async function startPostgres(folder: string): Promise<Postgres | null> {
  const bin = findPostgres();
  if (bin === null) return null;
  const who = account();
  const data = join(folder, 'postgres');
  mkdirSync(data, { recursive: true });
  if (who !== null) chownSync(data, who.uid, who.gid);
  const as = { ...who, cwd: data, env: { PATH: process.env['PATH'], LC_ALL: 'C' } };
  run(join(bin, 'initdb'), ['-D', join(data, 'db'), '-U', 'bench', '-A', 'trust', '-N', '-E', 'UTF8'], as);
  const port = await freePort();
  const options = ['-D', join(data, 'db'), '-k', data, '-p', String(port), '-h', '127.0.0.1'];
  // The disk of a throw-away database says nothing about anybody's, so it is left out, for all contenders.
  const settings = ['fsync=off', 'full_page_writes=off', 'shared_buffers=256MB', 'max_connections=100'];
  const [command, args] = pinned(places.database, join(bin, 'postgres'), [
    ...options,
    ...settings.flatMap((setting) => ['-c', setting]),
  ]);
  const server = spawn(command, args, { ...as, stdio: 'ignore' });
  // Before the folder is removed.
  process.prependListener('exit', () => server.kill('SIGQUIT'));
  const psql = (...sql: string[]): void =>
    run(
      join(bin, 'psql'),
      ['-h', '127.0.0.1', '-p', String(port), '-U', 'bench', '-qc', ...sql, 'postgres'],
      as,
    );
  await ready(join(bin, 'pg_isready'), port, server);
  return {
    create(name) {
      psql(`create database ${name}`);
      return `postgres://bench@127.0.0.1:${port}/${name}`;
    },
    stop: () =>
      new Promise((resolve) => {
        server.once('exit', () => resolve());
        server.kill('SIGINT');
      }),
  };
}

function findPostgres(): string | null {
  const installed = '/usr/lib/postgresql';
  const versions = existsSync(installed) ? readdirSync(installed).sort((a, b) => Number(b) - Number(a)) : [];
  const debian = versions.map((version) => join(installed, version, 'bin'));
  const asked = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' });
  const candidates = [...debian, ...(asked.status === 0 ? [asked.stdout.trim()] : [])];
  return (
    candidates.find((bin) => ['initdb', 'postgres', 'psql'].every((tool) => existsSync(join(bin, tool)))) ??
    null
  );
}

/** PostgreSQL refuses to run as root: whom it runs as instead. */
function account(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }));
    if (uid?.status === 0 && gid?.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  return null;
}

function run(command: string, args: string[], options: object): void {
  const done = spawnSync(command, args, { ...options, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${command} failed: ${done.stderr || String(done.error)}`);
}

async function ready(isReady: string, port: number, server: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (spawnSync(isReady, ['-q', '-h', '127.0.0.1', '-p', String(port)]).status === 0) return;
    if (server.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('PostgreSQL did not start');
}
