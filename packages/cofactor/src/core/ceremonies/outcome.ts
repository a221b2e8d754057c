import type { CeremonyPurpose, CeremonyRecord, SessionRecord, UserRef } from '../store.ts';
import type { ShownOperation } from '../operations/operations.ts';
import type { Offer } from './offers.ts';

/** What a step of a ceremony can come to. A sign-in page handles them all; none of them is an exception. */
export type StepOutcome =
  | {
      readonly status: 'done';
      /** What was done: somebody has come in, or somebody who is in has proved more. */
      readonly purpose: CeremonyPurpose;
      /** The cookie's value; `null` where the session at hand was good enough and stays. */
      readonly secret: string | null;
      readonly session: SessionRecord;
      readonly user: UserRef;
      readonly returnTo: string;
      /** The value of the cookie that remembers this browser, where it asked for it. */
      readonly device?: string;
    }
  /** There is no answer yet; somebody else has to act. */
  | { readonly status: 'pending'; readonly retryAfter: number }
  | {
      readonly status: 'more-needed';
      /** The cookie's value where the ceremony is new. */
      readonly secret: string | null;
      readonly ceremony: CeremonyRecord;
      readonly user: UserRef;
      readonly offers: readonly Offer[];
      /** The operation that it is for, where it is for one. */
      readonly operation?: ShownOperation;
    }
  /** The account has nothing that could meet what is asked: it has to enrol something first. */
  | { readonly status: 'enrol'; readonly returnTo: string }
  /** Only the application itself can ask for what is needed: its own sign-in has to be done again. */
  | { readonly status: 'sign-in'; readonly returnTo: string }
  | Refused;

export interface Refused {
  readonly status: 'refused';
  readonly reason: RefusalReason;
  readonly retryAfter?: number;
  readonly triesLeft?: number;
  /** Key of the provider's text that says why. */
  readonly text?: string;
}

export type RefusalReason =
  | 'malformed'
  | 'wrong-credentials'
  | 'not-linked'
  | 'wrong-response'
  | 'replayed-response'
  | 'refused-response'
  | 'identifier-taken'
  | 'ceremony-unknown'
  | 'ceremony-used'
  | 'ceremony-expired'
  | 'too-many-tries'
  | 'enrolment-unknown'
  | 'step-up-needed'
  | 'not-found'
  | 'last-authenticator'
  | 'already-enrolled'
  | 'delivery-failed'
  | 'token-unknown'
  | 'permit-needed'
  | 'locks-you-out'
  | 'level-unreachable'
  | 'outdated'
  | 'forbidden';

export function refused(reason: RefusalReason, more: Omit<Refused, 'status' | 'reason'> = {}): Refused {
  return { status: 'refused', reason, ...more };
}

/** Seconds from now until then, at least one: for `Retry-After`. */
export function secondsUntil(until: Date, now: Date): number {
  return Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000));
}
