/**
 * What this process knows to be over although a cookie may still say otherwise: sessions that were signed out of, and
 * sign-ins that an issuer ended over the back channel. Nothing has to be kept longer than a session lives.
 */
export class Ended {
  readonly #lifeMs: number;
  readonly #sessions = new Map<string, number>();
  readonly #signIns = new Map<string, { readonly before: number; readonly until: number }>();
  #changes = 0;

  constructor(lifeSeconds: number) {
    this.#lifeMs = lifeSeconds * 1000;
  }

  session(id: string, now: Date): void {
    this.#forgetOld(now);
    this.#sessions.set(id, now.getTime() + this.#lifeMs);
  }

  /** The sign-ins under this key (`subject` or `login` of a session) whose id_tokens were made at `before` or earlier. */
  signIns(key: string, before: Date, now: Date): void {
    this.#forgetOld(now);
    const known = this.#signIns.get(key)?.before ?? 0;
    this.#signIns.set(key, {
      before: Math.max(known, before.getTime()),
      until: now.getTime() + this.#lifeMs,
    });
  }

  has({
    id,
    keys,
    since,
  }: {
    readonly id: string;
    readonly keys: readonly string[];
    readonly since: number;
  }): boolean {
    if (this.#sessions.has(id)) return true;
    return keys.some((key) => since <= (this.#signIns.get(key)?.before ?? -1));
  }

  #forgetOld(now: Date): void {
    this.#changes += 1;
    if (this.#changes % 1000 !== 0) return;
    const time = now.getTime();
    for (const [id, until] of this.#sessions) if (until <= time) this.#sessions.delete(id);
    for (const [key, { until }] of this.#signIns) if (until <= time) this.#signIns.delete(key);
  }
}
