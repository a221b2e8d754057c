import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Waiting that is shorter than this is not shown at all. */
const slowAfter = 300;
/** After this long no answer is awaited any more: the person can try again. */
const giveUpAfter = 30_000;

/** One request at a time for an element; `slow` says when to show that it takes a while. */
export class Waiting implements ReactiveController {
  slow = false;
  readonly #host: ReactiveControllerHost;
  #current: AbortController | null = null;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  get busy(): boolean {
    return this.#current !== null;
  }

  /** `undefined` where something is under way already (pressed twice), or where this was cancelled meanwhile. */
  async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    if (this.#current) return undefined;
    const own = new AbortController();
    this.#current = own;
    this.#host.requestUpdate();
    const show = setTimeout(() => this.#show(true), slowAfter);
    const giveUp = setTimeout(() => own.abort(), giveUpAfter);
    try {
      const result = await work(own.signal);
      return this.#current === own ? result : undefined;
    } finally {
      clearTimeout(show);
      clearTimeout(giveUp);
      if (this.#current === own) this.#end();
    }
  }

  cancel(): void {
    this.#current?.abort();
    this.#end();
  }

  hostDisconnected(): void {
    this.cancel();
  }

  #end(): void {
    this.#current = null;
    this.#show(false);
  }

  #show(slow: boolean): void {
    this.slow = slow;
    this.#host.requestUpdate();
  }
}
