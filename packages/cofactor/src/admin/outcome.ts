/** Why something was not done. None of it is an exception: a person can cause each. */
export type AdminReason =
  /** Nobody asks any more: the session is over. */
  | 'not-signed-in'
  /** The proof at hand is too weak or too old for this. */
  | 'step-up-needed'
  | 'forbidden'
  /** The account, or a role that would be given, is above one's own. */
  | 'higher-rank'
  /** Nobody does this to themselves this way. */
  | 'own-account'
  | 'not-found'
  | 'malformed'
  | 'last-owner'
  | 'last-authenticator'
  | 'identifier-taken'
  /** There is one of that name already, e.g. an issuer. */
  | 'taken'
  /** Somebody else changed it at the same moment. */
  | 'outdated'
  /** Not for an account in this state. */
  | 'wrong-state'
  | 'no-mail'
  | 'too-many-tries'
  /** `detail` says what is wrong. */
  | 'refused';

export interface AdminRefused {
  readonly status: 'refused';
  readonly reason: AdminReason;
  /** Which part of what was asked was wrong (JSON pointer). */
  readonly pointer?: string;
  readonly detail?: string;
  readonly retryAfter?: number;
}

export interface AdminDone {
  readonly status: 'done';
}

export const done: AdminDone = Object.freeze({ status: 'done' });

export function refusedFor(
  reason: AdminReason,
  more: Omit<AdminRefused, 'status' | 'reason'> = {},
): AdminRefused {
  return { status: 'refused', reason, ...more };
}
