/** Starts the servers of the contenders, each a process of its own, and asks them what they have used. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { pinned, peakMemory, places } from './machine.ts';
import type { Question, ServerConfig, Usage } from './servers/protocol.ts';

/** Scripts in `servers/` that can be started. */
export type Script =
  | 'bare'
  | 'bare-express'
  | 'bare-oidc'
  | 'better-auth'
  | 'client-express-openid-connect'
  | 'client-ours'
  | 'client-passport'
  | 'hash'
  | 'issuer'
  | 'ours'
  | 'seed-better-auth'
  | 'seed-ours';

export interface Server {
  readonly pid: number;
  readonly port: number;
  readonly origin: string;
  usage(): Promise<Usage>;
  /** Asks for something that only this kind of server knows. */
  ask<Answer>(question: Question): Promise<Answer>;
  peakMemory(): Promise<number>;
  stop(): Promise<void>;
}

/** What the servers are told their address is: https, spoken by a proxy in front, as in production. */
const origin = 'https://bench.example.test';

const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** As an operator would set it: production, and as many threads for hashing as there are cores. */
const environment = {
  ...process.env,
  NODE_ENV: 'production',
  UV_THREADPOOL_SIZE: String(places.all.length),
};

export type Settings = Omit<ServerConfig, 'port' | 'origin'>;

export async function start(
  script: Script,
  settings: Settings,
  where = places.server as readonly number[],
): Promise<Server> {
  const port = await freePort();
  const config: ServerConfig = { ...settings, port, origin };
  const child = launch(script, config, where);
  await message(child, (data) => data === 'ready');
  const ask = <Answer>(question: Question): Promise<Answer> => {
    child.send(question);
    return message(
      child,
      (data) => typeof data === 'object' && 'to' in data && data.to === question.ask,
    ).then((data) => (data as unknown as { answer: Answer }).answer);
  };
  const usage = (): Promise<Usage> => ask<Usage>({ ask: 'usage' });
  return {
    pid: child.pid ?? 0,
    port,
    origin,
    usage,
    ask,
    peakMemory: async () => peakMemory(child.pid ?? 0) ?? (await usage()).memory,
    stop: () => stopped(child),
  };
}

/** Runs a script to its end. */
export async function complete(script: Script, settings: Settings): Promise<void> {
  const child = launch(script, { ...settings, port: 0, origin }, places.all);
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`${script} failed`);
}

function launch(script: Script, config: ServerConfig, where: readonly number[]): ChildProcess {
  const file = fileURLToPath(new URL(`./servers/${script}.js`, import.meta.url));
  const [command, args] = pinned(where, process.execPath, [file, JSON.stringify(config)]);
  // What servers print belongs beside our own words, never into the results.
  const child = spawn(command, args, { env: environment, stdio: ['ignore', 2, 2, 'ipc'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

function message(
  child: ChildProcess,
  wanted: (data: NonNullable<unknown>) => boolean,
): Promise<NonNullable<unknown>> {
  return new Promise((resolve, reject) => {
    const listen = (data: NonNullable<unknown>): void => {
      if (!wanted(data)) return;
      child.off('message', listen);
      child.off('exit', fail);
      resolve(data);
    };
    const fail = (): void =>
      reject(new Error(`a server ended by itself: ${child.spawnargs.slice(0, 6).join(' ')}`));
    child.on('message', listen);
    child.once('exit', fail);
  });
}

/** Ends every server there is. */
export async function stopAll(): Promise<void> {
  await Promise.all(Array.from(running, stopped));
}

function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
