/** Every code a `CofactorError` can have. The documentation lists the same ones, and a test compares them. */
export type CofactorErrorCode =
  | `ERR_CONFIG_${string}`
  | 'ERR_PEER_MISSING'
  | 'ERR_STORE_UNAVAILABLE'
  | 'ERR_STORE_BROKEN'
  | 'ERR_KEY_UNKNOWN'
  | 'ERR_SECRET_UNREADABLE'
  | 'ERR_PROVIDER_UNAVAILABLE'
  | 'ERR_HASH_QUEUE_FULL'
  | 'ERR_MAIL_FAILED'
  | 'ERR_OPERATION_INVALID'
  | 'ERR_POLICY_UNKNOWN'
  | 'ERR_REALM_UNKNOWN'
  | 'ERR_IMPORT_SOURCE';

/**
 * Thrown for misuse and broken state; what a person can cause comes back as an outcome instead.
 * `message` is safe to show, `detail` is for the log only.
 */
export class CofactorError extends Error {
  readonly code: CofactorErrorCode;
  readonly detail: string | undefined;
  /** Seconds after which trying again makes sense, where that is known. */
  readonly retryAfter: number | undefined;

  constructor(
    code: CofactorErrorCode,
    message: string,
    options: { readonly detail?: string; readonly cause?: unknown; readonly retryAfter?: number } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'CofactorError';
    this.code = code;
    this.detail = options.detail;
    this.retryAfter = options.retryAfter;
  }
}

/** A wrong option: what it takes, in a sentence. */
export function wrongOption(code: CofactorErrorCode, message: string): CofactorError {
  return new CofactorError(code, `${message}.`);
}

/** What may be logged of something thrown by foreign code, whose message may quote what it was given (I-28). */
export function errorName(error: unknown): string {
  const { name, code } = (error ?? {}) as { readonly name?: unknown; readonly code?: unknown };
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown';
}
