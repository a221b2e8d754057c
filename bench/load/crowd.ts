/**
 * Whose turn it is to sign in. A code is good for one sign-in, so the crowd is walked through in a circle, and
 * nobody is sent twice within one time step.
 */
import { person, totp, totpPeriod, type Person } from '../people.ts';

export class Crowd {
  readonly #indexes: readonly number[];
  readonly #lastStep = new Map<number, number>();
  #next = 0;
  #offset = 0;

  /** @param people how many, or which */
  constructor(people: number | readonly number[]) {
    this.#indexes = typeof people === 'number' ? Array.from({ length: people }, (_, index) => index) : people;
  }

  get size(): number {
    return this.#indexes.length;
  }

  /** Follows a server whose clock was put forward. */
  advance(seconds: number): void {
    this.#offset += seconds;
  }

  next(): { person: Person; code: string } {
    const index = this.#indexes[this.#next++ % this.#indexes.length] ?? 0;
    const now = Math.floor((Date.now() / 1000 + this.#offset) / totpPeriod);
    // The code of the coming step is accepted as well (clocks differ): one more sign-in, where need be.
    const step = Math.max(now, (this.#lastStep.get(index) ?? 0) + 1);
    if (step > now + 1) throw new Error('the crowd is too small for this speed: seed more people');
    this.#lastStep.set(index, step);
    const someone = person(index);
    return { person: someone, code: totp(someone.key, step) };
  }
}
