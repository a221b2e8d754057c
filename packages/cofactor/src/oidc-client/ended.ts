import type { SignInNames } from './store.ts';

/** What a logout ended: what was signed in before it came, with an id_token of before it was made. */
interface Logout {
  /** By the issuer's clock, in milliseconds. */
  readonly before: number;
  /** By ours. */
  readonly received: number;
}

/** What is looked at of a session. */
interface Named {
  readonly id: string;
  readonly keys: { readonly subject: string; readonly login: string | null };
  readonly issuedAt: number;
  readonly since: number;
}

/**
 * What this process knows to be over although a cookie may still say otherwise: sessions that were signed out of, and
 * sign-ins that an issuer ended over the back channel. Nothing has to be kept longer than a session lives.
 */
export class Ended {
  readonly #lifeMs: number;
  readonly #sessions = new Map<string, number>();
  readonly #signIns = new Map<string, Logout>();
  #changes = 0;

  constructor(lifeSeconds: number) {
    this.#lifeMs = lifeSeconds * 1000;
  }

  session(id: string, now: Date): void {
    this.#forgetOld(now);
    this.#sessions.set(id, now.getTime() + this.#lifeMs);
  }

  /** See `deleteWhere` of a store. */
  signIns({ subject, login }: SignInNames, before: Date, now: Date): void {
    this.#forgetOld(now);
    const received = now.getTime();
    for (const key of [login, subject !== null && (login === null ? subject : alone(subject))]) {
      if (typeof key !== 'string') continue;
      const known = this.#signIns.get(key)?.before ?? 0;
      this.#signIns.set(key, { before: Math.max(known, before.getTime()), received });
    }
  }

  has({ id, keys: { subject, login }, issuedAt, since }: Named): boolean {
    if (this.#sessions.size > 0 && this.#sessions.has(id)) return true;
    if (this.#signIns.size === 0) return false;
    return [subject, login ?? alone(subject)].some((key) => {
      const logout = this.#signIns.get(key);
      return logout !== undefined && issuedAt <= logout.before && since <= logout.received;
    });
  }

  #forgetOld(now: Date): void {
    this.#changes += 1;
    if (this.#changes % 1000 !== 0) return;
    const time = now.getTime();
    for (const [id, until] of this.#sessions) if (until <= time) this.#sessions.delete(id);
    for (const [key, { received }] of this.#signIns) {
      if (received + this.#lifeMs <= time) this.#signIns.delete(key);
    }
  }
}

/** The sessions of a person that have no name for their sign-in. */
function alone(subject: string): string {
  return `${subject} alone`;
}
