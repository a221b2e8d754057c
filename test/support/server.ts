import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A server in a process of its own, for tests of two processes on one database. */
export interface SpawnedServer {
  readonly url: string;
  readonly pid: number;
  /** Everything it has written so far, both streams. */
  output(): string;
  /** Asks it to end (SIGTERM), waits, and gives its exit code. */
  stop(): Promise<number | null>;
  /** Waits until it has ended by itself, and gives its exit code. */
  ended(): Promise<number | null>;
  /** Ends it at once (SIGKILL). */
  kill(): Promise<void>;
}

/**
 * Runs a script and waits until it prints `listening on http://...`. Scripts import the built `cofactor`, so
 * `npm run build` comes first.
 */
export async function spawnServer(
  script: string,
  env: Readonly<Record<string, string | undefined>> = {},
  { timeout = 20_000, args = [] }: { readonly timeout?: number; readonly args?: readonly string[] } = {},
): Promise<SpawnedServer> {
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const exited = once(child, 'exit');
  // A test that fails half-way must not leave a server behind.
  const killWithUs = (): boolean => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  child.once('exit', () => process.off('exit', killWithUs));

  const url = await new Promise<string>((resolve, reject) => {
    const fail = (why: string): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`${script} ${why}; it wrote:\n${output}`));
    };
    const timer = setTimeout(() => fail(`did not listen within ${timeout} ms`), timeout);
    child.once('error', (error) => fail(`could not be started (${error.message})`));
    child.once('exit', (code, signal) => fail(`ended with ${signal ?? code}`));
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const found = /listening on (https?:\/\/[^\s"']+)/i.exec(output)?.[1];
        if (!found) return;
        clearTimeout(timer);
        resolve(found);
      });
    }
  });

  return {
    url,
    pid: child.pid ?? 0,
    output: () => output,
    async stop() {
      child.kill('SIGTERM');
      await exited;
      return child.exitCode;
    },
    async ended() {
      await exited;
      return child.exitCode;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
