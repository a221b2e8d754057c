import { hash, timingSafeEqual } from 'node:crypto';

/** Who asks to be let in, as far as that can be told. */
export interface Asker {
  readonly userAgent: string;
  readonly address: string;
  /** The session that asks for more, at a step-up; `null` at a sign-in. */
  readonly session: string | null;
}

/** A question that waits for the other device. */
export interface ApprovalRequest {
  readonly id: string;
  readonly user: string;
  /** SHA-256 of the key of the device that may approve. */
  readonly device: string;
  /** Two digits, shown where somebody signs in and typed where it is approved. */
  readonly number: string;
  readonly asker: Asker | null;
  readonly askedAt: Date;
  readonly expiresAt: Date;
}

/** What came of a decision. `denied` also where the number was wrong. */
export type Decided = 'approved' | 'denied' | 'gone' | 'other-device' | 'same-session';

/** Seconds for which a question is open, and after which another one may take its place. */
export const lifetime = 120;
export const every = 30;

/**
 * The open questions, one for each user, in this process. Several processes need a table instead, with the user as
 * its key: `open`, `decide` and `state` are an upsert, an update of what is undecided, and a select.
 */
export class ApprovalRequests {
  readonly #requests = new Map<
    string,
    { readonly request: ApprovalRequest; decision: 'approved' | 'denied' | null }
  >();

  /** Seconds until this user can be asked again. A person who is asked all the time says yes in the end. */
  wait(user: string, now: Date): number {
    const last = this.#requests.get(user)?.request.askedAt.getTime() ?? -Infinity;
    return Math.max(0, Math.ceil((last + every * 1000 - now.getTime()) / 1000));
  }

  /** Asks. An older question of the same user is over by that: there is never more than one to decide. */
  open(request: ApprovalRequest): void {
    for (const [user, { request: old }] of this.#requests)
      if (old.expiresAt <= request.askedAt) this.#requests.delete(user);
    this.#requests.set(request.user, { request, decision: null });
  }

  /** The question that a user has to decide now. */
  openFor(user: string, now: Date): ApprovalRequest | null {
    const found = this.#requests.get(user);
    return found && found.decision === null && found.request.expiresAt > now ? found.request : null;
  }

  /**
   * Decides, once. Yes takes the device that was set up, another session than the one that asks, and the number from
   * the other screen; a wrong number is a no. No takes nothing: it is always safe.
   */
  decide(decision: {
    readonly user: string;
    readonly id: string;
    readonly approve: boolean;
    readonly number: string;
    readonly key: string;
    readonly session: string;
    readonly now: Date;
  }): Decided {
    const { user, id, approve, number, key, session, now } = decision;
    const found = this.#requests.get(user);
    const request = this.openFor(user, now);
    if (!found || request?.id !== id) return 'gone';
    if (approve && !isSame(request.device, deviceOf(key))) return 'other-device';
    if (approve && request.asker?.session === session) return 'same-session';
    found.decision = approve && isSame(number, request.number) ? 'approved' : 'denied';
    return found.decision;
  }

  /** What is known of a question: `over` for one that was denied, replaced, ran out or never was. */
  state(user: string, id: string, device: string, now: Date): 'open' | 'approved' | 'over' {
    const found = this.#requests.get(user);
    if (!found || found.request.id !== id || found.request.device !== device) return 'over';
    if (found.request.expiresAt <= now || found.decision === 'denied') return 'over';
    return found.decision ?? 'open';
  }
}

/** What is kept of the key of a device. It has 32 random bytes, so a plain hash is enough. */
export function deviceOf(key: string): string {
  return hash('sha256', key, 'base64url');
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
