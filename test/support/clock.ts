import type { Clock } from 'cofactor';

/** A clock that stands still until a test moves it, so that no test sleeps. */
export class TestClock implements Clock {
  #ms: number;

  constructor(start: Date = new Date('2030-06-15T12:00:00Z')) {
    this.#ms = start.getTime();
  }
  now(): Date {
    return new Date(this.#ms);
  }
  /** Moves it, by seconds; back too. */
  advance(seconds: number): void {
    this.#ms += seconds * 1000;
  }
}
