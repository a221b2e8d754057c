import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, readFileSync } from 'node:fs';
import { createServer, Socket, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { findPostgres } from './find-program.ts';

/** Where the run's shared server is announced to the test files; set by `global-setup.ts`. */
export const sharedServerVariable = 'TEST_SHARED_POSTGRES';

/** A throw-away PostgreSQL server of one's own, for tests of a database that goes away. */
export interface PostgresServer {
  readonly url: string;
  /** Shuts down in order, ending every connection; the data stays for `restart`. */
  stop(): Promise<void>;
  /** Pulls the plug: connections break at once, and the next start has to recover. */
  kill(): Promise<void>;
  /** Starts again on the same address, stopping first where it runs. */
  restart(): Promise<void>;
  /** Stops, and deletes the data. Happens by itself when the process that started it ends, however it ends. */
  remove(): Promise<void>;
}

/** What a fresh database is made of: nothing, or the tables as the code makes them, so that no test has to wait for them. */
export type Template = 'template0' | 'migrated';

/** A fresh database on the run's shared server. */
export async function freshPostgres(
  template: Template = 'template0',
): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const server = process.env[sharedServerVariable];
  if (!server)
    throw new Error('No PostgreSQL for tests: guard the test with describeWith("PostgreSQL", ...)');
  const name = `t_${randomBytes(8).toString('hex')}`;
  await administer(server, `create database ${name} template ${template}`);
  return {
    url: databaseUrl(server, name),
    drop: () => drop(server, name),
  };
}

/** Whoever has just let go of it is waited for a moment, since to be thrown out is an error nobody listens for any more. */
async function drop(server: string, name: string): Promise<void> {
  const users = `select 1 from pg_stat_activity where datname = '${name}' limit 1`;
  for (let tries = 0; tries < 40 && (await administer(server, users)) > 0; tries += 1) await sleep(5);
  await administer(server, `drop database if exists ${name} with (force)`);
}

/** Has `migrate` make the tables that fresh databases of this server begin with. */
export async function makeTemplate(server: string, migrate: (url: string) => Promise<void>): Promise<void> {
  await administer(server, 'create database migrated template template0');
  await migrate(databaseUrl(server, 'migrated'));
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** Makes a temporary folder, puts a new cluster into it and serves it on a free loopback port. */
export async function startPostgres(): Promise<PostgresServer> {
  const bin = findPostgres();
  if (!bin) throw new Error('PostgreSQL is not installed');
  const owner = unprivileged();
  const folder = mkdtempSync(join(tmpdir(), 'cofactor-postgres-'));
  if (owner) chownSync(folder, owner.uid, owner.gid);
  chmodSync(folder, 0o700);
  const data = join(folder, 'data');
  // prettier-ignore
  const made = spawnSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...owner, cwd: folder, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`, { cause: made.error });

  const janitor = startJanitor(folder, owner);
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  // prettier-ignore
  const options = ['-D', data, '-k', folder, '-h', '127.0.0.1', '-p', String(port),
    ...['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200', 'shared_buffers=64MB',
        'autovacuum=off', 'wal_level=minimal', 'max_wal_senders=0'].flatMap((setting) => ['-c', setting])];
  let server: ChildProcess;

  async function start(): Promise<void> {
    let log = '';
    server = spawn(join(bin ?? '', 'postgres'), options, {
      ...owner,
      cwd: folder,
      // Its own process group, so that Ctrl-C ends the tests first and the janitor sees to the rest.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    server.stderr?.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-10_000)));
    letGo(server, server.stderr);
    for (let tries = 0; tries < 400; tries += 1) {
      if (server.exitCode !== null) throw new Error(`PostgreSQL did not start:\n${log}`);
      const lines = readPidFile(data);
      if (lines[0] === String(server.pid) && lines.at(-1) === 'ready') return;
      await sleep(25);
    }
    throw new Error(`PostgreSQL did not answer within 10 s:\n${log}`);
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.ref();
    server.kill(signal);
    await ended;
  }

  await start();
  return {
    url,
    stop: () => end('SIGINT'),
    kill: () => end('SIGQUIT'),
    async restart() {
      await end('SIGINT');
      await start();
    },
    async remove() {
      await end('SIGINT');
      const swept = once(janitor, 'exit');
      janitor.ref();
      janitor.stdin?.end();
      await swept;
    },
  };
}

/**
 * A process that waits for the end of its standard input, which comes when this process ends in whatever way,
 * killed included; then it ends the server by the id in its pid file, and deletes the folder.
 */
function startJanitor(folder: string, owner: Owner): ChildProcess {
  const script = `
    cat >/dev/null
    pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
    [ -n "$pid" ] && kill -QUIT "$pid" && while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
    rm -rf "$1"`;
  const janitor = spawn('sh', ['-c', script, 'sh', folder], {
    ...owner,
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  letGo(janitor, janitor.stdin);
  return janitor;
}

/** Lets this process end while the other one runs. The pipes of a child are sockets, which its type does not say. */
function letGo(child: ChildProcess, pipe: Readable | Writable | null): void {
  child.unref();
  if (pipe instanceof Socket) pipe.unref();
}

/** One connection a process: to open one takes as long as to make a database. */
let administrator: Promise<Administrator> | undefined;
/** Its types do not know that it can let the process end, or keep it from that. */
type Administrator = pg.Client & Record<'ref' | 'unref', () => void>;

/** @returns how many rows there are or were */
async function administer(url: string, statement: string): Promise<number> {
  administrator ??= connected(url);
  const client = await administrator;
  client.ref();
  const { rowCount } = await client.query(statement).finally(() => client.unref());
  return rowCount ?? 0;
}

async function connected(url: string): Promise<Administrator> {
  const client = new pg.Client({ connectionString: url });
  // The server of the run may be gone before a process that is about to end.
  client.on('error', () => (administrator = undefined));
  await client.connect();
  return client as Administrator;
}

/** The lines of `postmaster.pid`: process id first, `ready` last once connections are taken. */
function readPidFile(data: string): string[] {
  try {
    return readFileSync(join(data, 'postmaster.pid'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.trim());
  } catch {
    return [];
  }
}

type Owner = { readonly uid: number; readonly gid: number } | undefined;

/** PostgreSQL refuses to run as root: `postgres` runs it then, or else `nobody`. */
function unprivileged(): Owner {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!user) throw new Error('PostgreSQL refuses to run as root, and there is no user postgres or nobody');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
