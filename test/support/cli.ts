import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { Clock } from 'cofactor';
import { main } from '../../packages/server/src/cli/main.ts';
import type { Io } from '../../packages/server/src/cli/io.ts';
import { TestClock } from './clock.ts';

/** What a command did. */
export interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
  /** Standard output as the one document that it has to be. */
  json<T = Record<string, unknown>>(): T;
}

export interface RunOptions {
  readonly stdin?: string;
  /** What somebody in front of a terminal answers, one after the other. */
  readonly answers?: readonly string[];
  /** Whether standard error is a terminal. */
  readonly terminal?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** In place of one that stands still. */
  readonly clock?: Clock;
}

/** The time that a database has too, or some seconds off it. */
export const realTime = (off = 0): Clock => ({ now: () => new Date(Date.now() + off * 1000) });

/** A server's settings on a folder of its own, and commands that are run in this process. */
export interface TestCli {
  readonly folder: string;
  /** What was asked on the terminal. */
  readonly asked: string[];
  run(line: string | readonly string[], options?: RunOptions): Promise<Ran>;
  drop(): Promise<void>;
}

export async function createCli(env: Readonly<Record<string, string>> = {}): Promise<TestCli> {
  const folder = await mkdtemp(join(tmpdir(), 'cofactor-cli-'));
  const clock = new TestClock(new Date());
  const asked: string[] = [];
  return {
    folder,
    asked,
    async run(line, options = {}) {
      const args = typeof line === 'string' ? line.split(' ') : line;
      let [out, err] = ['', ''];
      const answers = [...(options.answers ?? [])];
      const io: Io = {
        env: { COFACTOR_DATA: join(folder, 'data'), ...env, ...options.env },
        stdout: { isTerminal: false, columns: 80, write: (text) => Promise.resolve((out += text) !== '') },
        stderr: {
          isTerminal: options.terminal === true,
          columns: 80,
          write: (text) => Promise.resolve((err += text) !== ''),
        },
        clock: options.clock ?? clock,
        random: { bytes: (length) => randomBytes(length) },
        user: 'test',
        read: () => Promise.resolve(options.stdin ?? ''),
        ask(question) {
          asked.push(question);
          return Promise.resolve(answers.shift() ?? null);
        },
      };
      const exit = await main(args, io);
      return { exit, out, err, json: <T>() => JSON.parse(out) as T };
    },
    drop: () => rm(folder, { recursive: true, force: true }),
  };
}
