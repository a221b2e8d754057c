import { networkOf } from './network.ts';

/**
 * Wrong answers and new accounts from one network, over all accounts: what tries one password on everybody is
 * slowed down before it costs a hash. Kept in the process, because it protects the process; what protects an
 * account is in the database.
 */
export class NetworkLimiter {
  readonly #seen = new Map<string, { spent: number; at: number }>();
  readonly #perMinute: number;

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Seconds to wait, or 0. */
  wait(ip: string, now: Date): number {
    const left = this.#perMinute - this.#spent(networkOf(ip), now.getTime());
    return left >= 1 ? 0 : Math.ceil(((1 - left) * 60) / this.#perMinute);
  }

  add(ip: string, now: Date): void {
    this.#count(ip, now, 1);
  }

  /** Takes one back that came to a good end. */
  giveBack(ip: string, now: Date): void {
    this.#count(ip, now, -1);
  }

  #count(ip: string, now: Date, more: 1 | -1): void {
    const network = networkOf(ip);
    const spent = Math.max(0, this.#spent(network, now.getTime()) + more);
    this.#seen.delete(network);
    if (this.#seen.size >= 10_000) {
      const oldest = this.#seen.keys().next();
      if (!oldest.done) this.#seen.delete(oldest.value);
    }
    this.#seen.set(network, { spent, at: now.getTime() });
  }

  /** What is not paid back yet: it goes down by `perMinute` in a minute. */
  #spent(network: string, now: number): number {
    const entry = this.#seen.get(network);
    if (!entry) return 0;
    return Math.max(0, entry.spent - (Math.max(0, now - entry.at) * this.#perMinute) / 60_000);
  }
}
