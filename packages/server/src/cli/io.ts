import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { userInfo } from 'node:os';
import { createInterface } from 'node:readline';
import type { Clock, Random } from 'cofactor';

/** Where text goes. */
export interface Sink {
  /** Whether a person sees it as it comes. */
  readonly isTerminal: boolean;
  /** Columns, of a terminal. */
  readonly columns: number;
  /** `false` once nobody reads it any more. */
  write(text: string): Promise<boolean>;
}

/** The world of a command: a test brings another. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly clock: Clock;
  readonly random: Random;
  /** Who sits in front of it, as far as the system knows; recorded with what is done. */
  readonly user: string;
  /** All of standard input. */
  read(): Promise<string>;
  /** Asks whoever sits there, without showing what is typed where it is secret; `null` where nobody does. */
  ask(question: string, options?: { readonly secret?: boolean }): Promise<string | null>;
}

export function processIo(): Io {
  return {
    env: process.env,
    stdout: sink(process.stdout),
    stderr: sink(process.stderr),
    clock: { now: () => new Date() },
    random: { bytes: (length) => randomBytes(length) },
    user: userName(),
    read: readAll,
    ask,
  };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a user that has no name.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

function sink(stream: NodeJS.WriteStream): Sink {
  let open = true;
  // `cofactor audit export | head` closes the pipe: nothing to complain of.
  stream.on('error', () => (open = false));
  return {
    isTerminal: stream.isTTY,
    get columns() {
      return stream.columns ?? 80;
    },
    async write(text) {
      if (!open) return false;
      if (!stream.write(text)) {
        await Promise.race([once(stream, 'drain'), once(stream, 'close')]).catch(() => undefined);
      }
      return open;
    },
  };
}

async function readAll(): Promise<string> {
  let text = '';
  process.stdin.setEncoding('utf8');
  for await (const piece of process.stdin) text += String(piece);
  return text;
}

async function ask(
  question: string,
  { secret = false }: { readonly secret?: boolean } = {},
): Promise<string | null> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
  if (secret) return hidden(question);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise<string | null>((resolve) => {
      lines.question(question, resolve);
      lines.once('close', () => resolve(null));
    });
  } finally {
    lines.close();
  }
}

/** Reads a line that the terminal does not show. */
async function hidden(question: string): Promise<string | null> {
  const { stdin, stderr } = process;
  stderr.write(question);
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  stdin.resume();
  let typed = '';
  try {
    return await new Promise<string | null>((resolve) => {
      stdin.on('data', function listen(text: string) {
        for (const character of text) {
          const ends = '\r\n\u0003\u0004'.includes(character);
          if (ends) {
            stdin.off('data', listen);
            resolve('\r\n'.includes(character) ? typed : null);
            return;
          }
          typed = '\u007f\b'.includes(character) ? [...typed].slice(0, -1).join('') : typed + character;
        }
      });
    });
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}
