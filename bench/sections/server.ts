/** The ready-made server as it is installed: how long it takes to start, what it holds when nobody asks, and its sign-ins. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Bench, DatabasePair } from '../bench.ts';
import { signIns, type SignIns } from '../load/load.ts';
import { signInToCofactor } from '../load/sites.ts';
import { peakMemory, pinned, places } from '../machine.ts';
import { freePort, type Server } from '../processes.ts';
import { Rounds } from '../rounds.ts';
import type { DatabaseConfig } from '../servers/protocol.ts';

// The benchmark runs from `dist`.
const bin = fileURLToPath(new URL('../../../packages/server/bin/cofactor.js', import.meta.url));
const origin = 'https://bench.example.test';
const key = Buffer.from('the key of a benchmark, of no use elsewhere').toString('base64');
/** People who sign in at the same time. */
const clients = 16;
/** How long a server is left alone before its memory is read, in milliseconds. */
const idleMs = 3000;

export async function server({ plan, report, folder }: Bench, { name, ours }: DatabasePair): Promise<void> {
  const start = (where: readonly number[] = places.all): Promise<Server> =>
    serve(ours.database, mkdtempSync(join(folder, 'serve-')), where);
  if (name === 'SQLite') {
    await (await start()).stop();
    const starts = await Rounds.run<number>(plan.longRounds, {
      ours: async () => {
        const from = performance.now();
        const started = await start();
        const milliseconds = performance.now() - from;
        await started.stop();
        return milliseconds;
      },
    });
    const ready = { ours: starts.figure('ours', (milliseconds) => milliseconds) };
    report.add('cofactor serve, start to ready', 'ms', '-', ready, { of: 'ours', atMost: 1500 });
    const idle = await start();
    await sleep(idleMs);
    const memory = { ours: residentMemory(idle.pid) / 1e6 };
    report.add('cofactor serve, memory idle', 'MB', '-', memory, { of: 'ours', atMost: 120 });
    await idle.stop();
  }

  const one = await start();
  const other = name === 'PostgreSQL' ? await start() : null;
  const load = (servers: readonly Server[]) => async (): Promise<{ readonly perSecond: number }> => {
    const share = Math.ceil(clients / servers.length);
    const until = { milliseconds: plan.slice * 4 };
    const each = await Promise.all(
      servers.map((node): Promise<SignIns> => signIns(node, signInToCofactor, ours.crowd, share, until)),
    );
    return { perSecond: each.reduce((sum, { perSecond }) => sum + perSecond, 0) };
  };
  const pace = ({ perSecond }: { readonly perSecond: number }): number => perSecond;
  const title = 'cofactor serve, password and code';
  if (other === null) {
    const rounds = await Rounds.run(plan.longRounds, { ours: load([one]) });
    report.add(`${title}, one node, ${name}`, 'sign-ins/s', '-', { ours: rounds.figure('ours', pace) });
  } else {
    const rounds = await Rounds.run(plan.longRounds, { two: load([one, other]), one: load([one]) });
    const figures = rounds.compare('two', 'one', pace);
    report.add(`${title}, two nodes, ${name}`, 'sign-ins/s', 'one node on the same machine', figures);
  }
  await one.stop();
  await other?.stop();
}

/** Starts `cofactor serve` as an operator would, and waits until it says that it is ready. */
async function serve(database: DatabaseConfig, data: string, where: readonly number[]): Promise<Server> {
  if (database.kind === 'none') throw new Error('the server needs a database');
  const port = await freePort();
  const [command, args] = pinned(where, process.execPath, [bin, 'serve']);
  const child = spawn(command, args, {
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      COFACTOR_ORIGIN: origin,
      COFACTOR_HOST: '127.0.0.1',
      COFACTOR_PORT: String(port),
      COFACTOR_METRICS_PORT: '0',
      COFACTOR_DATA: data,
      COFACTOR_DATABASE: database.kind === 'sqlite' ? database.file : database.url,
      COFACTOR_KEYS: `bench:${key}`,
      COFACTOR_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'ignore', 2],
  });
  const killed = (): void => void child.kill('SIGKILL');
  process.once('exit', killed);
  while (!(await isReady(port))) {
    if (child.exitCode !== null) throw new Error(`cofactor serve ended with ${child.exitCode}`);
    await sleep(5);
  }
  const pid = child.pid ?? 0;
  const unknown = (): Promise<never> => Promise.reject(new Error('cofactor serve does not tell'));
  return {
    pid,
    port,
    origin,
    usage: unknown,
    ask: unknown,
    peakMemory: () => Promise.resolve(peakMemory(pid) ?? 0),
    async stop() {
      process.off('exit', killed);
      await ended(child);
    },
  };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = get({ host: '127.0.0.1', port, path: '/health/ready', agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.once('error', () => resolve(false));
  });
}

/** Memory that a process has resident now, in bytes. */
function residentMemory(pid: number): number {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1] ?? Number.NaN) * 1024;
}
