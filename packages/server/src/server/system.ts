import { randomBytes, randomUUID } from 'node:crypto';
import type { Random } from 'cofactor';

/** What the server takes from the system itself: this is the only file of it that does (I-10). */
export const systemRandom: Random = { bytes: (length) => randomBytes(length) };

/** An id for a request: it names it in the log, and opens nothing. */
export function newRequestId(): string {
  return randomUUID();
}

/** Does something again and again, so long after it was over the last time; what it returns stops it, and waits for the last. */
export type Repeat = (everyMs: number, work: () => Promise<void>) => () => Promise<void>;

/** By the timers of the system, which keep no process alive. What goes wrong is for the work itself to say. */
export const repeat: Repeat = (everyMs, work) => {
  let timer: NodeJS.Timeout | undefined;
  let last: Promise<void> = Promise.resolve();
  let isOver = false;
  const again = async (): Promise<void> => {
    await work().catch(() => undefined);
    if (!isOver) wait();
  };
  const wait = (): void => {
    timer = setTimeout(() => {
      last = again();
    }, everyMs).unref();
  };
  wait();
  return async () => {
    isOver = true;
    clearTimeout(timer);
    await last;
  };
};
