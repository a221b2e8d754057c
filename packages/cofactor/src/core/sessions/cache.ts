import type { SessionWithUser } from '../store.ts';

/**
 * Sessions read lately by this process. An entry is believed for one second at most, so a revocation on another
 * node is seen within that; one on this node drops the entry at once. Management routes do not ask it.
 */
export class SessionCache {
  readonly #entries = new Map<string, { readonly value: SessionWithUser; readonly until: number }>();
  readonly #size: number;
  readonly #ttlMs: number;
  /** Goes up with every entry dropped, so that a read which was under way at that moment is not kept. */
  #epoch = 0;
  /** Told of each session that ends on this node. */
  onDrop: ((id: string) => void) | undefined;

  constructor(size = 10_000, ttlMs = 1000) {
    this.#size = size;
    this.#ttlMs = ttlMs;
  }

  get(id: string, now: number): SessionWithUser | undefined {
    const entry = this.#entries.get(id);
    // A clock that went back makes an entry look young: one from further ahead than it may live is not believed.
    if (entry && now < entry.until && entry.until - now <= this.#ttlMs) return entry.value;
    return undefined;
  }

  /** Ask before reading from the database, and hand it to `set` with what was read. */
  get epoch(): number {
    return this.#epoch;
  }

  set(id: string, value: SessionWithUser, now: number, epoch: number): void {
    if (epoch !== this.#epoch) return;
    this.#entries.delete(id);
    // The oldest come first: what is over is forgotten at once, and what is too much as well.
    for (const [oldest, { until }] of this.#entries) {
      if (until > now && this.#entries.size < this.#size) break;
      this.#entries.delete(oldest);
    }
    this.#entries.set(id, { value, until: now + this.#ttlMs });
  }

  /** Forgets all that was read: it may say of everybody what does not hold any more. Nothing has ended. */
  clear(): void {
    this.#epoch += 1;
    this.#entries.clear();
  }

  /** What the database has not, or not any more. Whoever makes up a session does not keep others from being remembered. */
  forget(id: string): void {
    if (this.#entries.delete(id)) this.#epoch += 1;
  }

  drop(id: string): void {
    this.#epoch += 1;
    this.#entries.delete(id);
    this.onDrop?.(id);
  }
}
