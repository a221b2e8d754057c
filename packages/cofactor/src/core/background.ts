import { errorName } from '../base/errors.ts';
import type { Log } from '../base/ports.ts';

/**
 * What goes on after an answer was given: mails, mostly. An answer never waits for it, so that its time tells
 * nothing (I-17), and a failure changes nothing for the person.
 */
export class Background {
  readonly #running = new Set<Promise<void>>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  run(what: string, work: () => Promise<unknown>): void {
    const running = this.#guard(what, work).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Waits until nothing is going on. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** The same, but for so many milliseconds at most: something that hangs must not keep a process alive. */
  async settledWithin(milliseconds: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds);
    });
    await Promise.race([this.settled(), late]);
    clearTimeout(timer);
  }

  async #guard(what: string, work: () => Promise<unknown>): Promise<void> {
    // Not in the turn of whoever asks: what follows must not delay the answer.
    await new Promise<void>((resolve) => setImmediate(resolve));
    try {
      await work();
    } catch (error) {
      // Its name only: what a mailer throws may well quote the mail (I-28).
      this.#log.error({ what, error: errorName(error) }, 'could not be done in the background');
    }
  }
}
