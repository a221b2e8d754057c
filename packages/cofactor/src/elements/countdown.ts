import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Counts seconds down to the moment from which something is possible again. */
export class Countdown implements ReactiveController {
  /** Whole seconds left; 0 where nothing is waited for. */
  left = 0;
  /** Whether there was something to wait for, and it is over: worth telling somebody who cannot see it. */
  over = false;
  readonly #host: ReactiveControllerHost;
  #end = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  /** Begins anew. Fractions count as a whole second: too early would be refused. */
  start(seconds: number): void {
    this.#end = Date.now() + seconds * 1000;
    this.over = false;
    this.#tick();
  }

  /** Reckoned from the clock each time, because pages in the background are woken late. */
  readonly #tick = (): void => {
    clearTimeout(this.#timer);
    const remaining = this.#end - Date.now();
    const left = Math.max(0, Math.ceil(remaining / 1000));
    this.over = left === 0 && this.left > 0;
    this.left = left;
    this.#host.requestUpdate();
    if (left > 0) this.#timer = setTimeout(this.#tick, remaining - (left - 1) * 1000);
  };

  hostConnected(): void {
    if (this.left > 0) this.#tick();
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer);
  }
}

/** "0:42": as short as it can be, and of the same width from one second to the next. */
export function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
