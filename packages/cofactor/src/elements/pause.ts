import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { ClientProblem } from './client.ts';
import { retryAt } from './problems.ts';

/** The longest a timer can run. Nobody keeps a page open for that long. */
const longest = 2 ** 31 - 1;

/** Holds a form back until the moment from which the server takes tries again. */
export class Pause implements ReactiveController {
  active = false;
  readonly #host: ReactiveControllerHost;
  readonly #over: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `over` is called at that moment, to take the message away. */
  constructor(host: ReactiveControllerHost, over: () => void) {
    this.#host = host;
    this.#over = over;
    host.addController(this);
  }

  /** Does nothing where the problem does not say when. */
  after(problem: ClientProblem): void {
    const until = retryAt(problem);
    if (!until) return;
    this.active = true;
    this.#host.requestUpdate();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.end, Math.min(until.getTime() - Date.now(), longest));
  }

  readonly end = (): void => {
    clearTimeout(this.#timer);
    if (!this.active) return;
    this.active = false;
    this.#over();
    this.#host.requestUpdate();
  };

  hostDisconnected(): void {
    clearTimeout(this.#timer);
  }
}
