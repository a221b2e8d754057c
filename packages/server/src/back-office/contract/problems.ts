// What is answered where something is wrong.

/** Every error. `type` is stable; `detail` is words for the reader. */
export interface BackOfficeProblem {
  readonly type: `urn:cofactor:problem:${BackOfficeProblemName}`;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Which part of the request was wrong (JSON pointer), where that is known. */
  readonly pointer?: string;
  readonly retryAfter?: number;
}

export type BackOfficeProblemName =
  | 'malformed' /*            400 the request is not what the schema says */
  | 'csrf' /*                 403 token or Origin missing or wrong */
  | 'not-signed-in' /*        401 */
  | 'step-up-needed' /*       401 the proof at hand is too weak or too old; see the top of this file */
  | 'forbidden' /*            403 the permission is missing */
  | 'higher-rank' /*          403 the account, or a role that would be given, is above one's own */
  | 'own-account' /*          403 nobody does this to themselves this way */
  | 'not-found' /*            404 */
  | 'last-owner' /*           409 somebody has to be left who may do everything */
  | 'last-authenticator' /*   409 nothing would be left to sign in with */
  | 'identifier-taken' /*     409 there is an account of that name */
  | 'taken' /*                409 there is a client, issuer ... of that id */
  | 'configured' /*           409 it stands in the settings, and can only be changed there */
  | 'outdated' /*             409 somebody else changed it at the same moment: load it again */
  | 'wrong-state' /*          409 not for an account in this state, e.g. unlocking one that is not locked */
  | 'no-mail' /*              409 there is no address, or no mailer, to send it with */
  | 'locks-you-out' /*        409 the one who saves it could not go on */
  | 'level-unreachable' /*    409 no provider of the realm gives that level */
  | 'refused' /*              422 `detail` says what is wrong, e.g. with the settings of a client */
  | 'too-many-tries' /*       429 with Retry-After */
  | 'unavailable'; /*         503 the database is away */
