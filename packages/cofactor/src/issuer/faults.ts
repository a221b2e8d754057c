/** What can be read from whatever `openid-client` throws. */
interface Thrown {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  /** OAuth's own code, from the issuer. */
  readonly error?: unknown;
  readonly claim?: unknown;
  readonly cause?: unknown;
}

/**
 * Who has to do with what went wrong. `answer`: what the person brought along is not good, and may well have been made
 * up. `away`: the issuer cannot be reached, is too slow, or has a fault of its own. `wrong`: what it says is not to be
 * believed, or is not what we are set up for. Nobody gets in by any of them.
 */
export type FaultKind = 'answer' | 'away' | 'wrong';

/** Something went wrong with an issuer. The message names codes and claims only, never their values (I-28). */
export class IssuerFault extends Error {
  readonly kind: FaultKind;

  constructor(kind: FaultKind, message: string) {
    super(message);
    this.name = 'IssuerFault';
    this.kind = kind;
  }
}

/** Runs a part of the protocol. @throws {IssuerFault} */
export async function asking<T>(what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof IssuerFault) throw error;
    // oxlint-disable-next-line preserve-caught-error -- the cause quotes codes, tokens and claims (I-28)
    throw new IssuerFault(kindOf(error), `${what}: ${tell(error)}`);
  }
}

function kindOf(thrown: unknown): FaultKind {
  const { code, error, name, cause } = (thrown ?? {}) as Thrown;
  // The code is not one that the issuer gave out for this, or what it gave out for it belongs to another sign-in.
  const isAnswer =
    (code === 'OAUTH_RESPONSE_BODY_ERROR' && isAboutThePerson(error)) ||
    code === 'OAUTH_AUTHORIZATION_RESPONSE_ERROR' ||
    (code === 'OAUTH_JWT_CLAIM_COMPARISON_FAILED' && claimOf(thrown) === 'nonce');
  if (isAnswer) return 'answer';
  const isAway =
    code === 'OAUTH_TIMEOUT' ||
    code === 'OAUTH_ABORT' ||
    name === 'TimeoutError' ||
    name === 'AbortError' ||
    // What `fetch` throws where nobody answers.
    (thrown instanceof TypeError && code === undefined) ||
    (code === 'OAUTH_RESPONSE_BODY_ERROR' &&
      (error === 'server_error' || error === 'temporarily_unavailable')) ||
    (code === 'OAUTH_RESPONSE_IS_NOT_CONFORM' && isOfServer(statusOf(cause))) ||
    // An answer that broke off, or took too long, in the middle of its body.
    (code === 'OAUTH_PARSE_ERROR' && kindOf(cause) === 'away');
  return isAway ? 'away' : 'wrong';
}

/** The grant is not good, or not without the person. */
function isAboutThePerson(error: unknown): boolean {
  const codes: readonly unknown[] = [
    'invalid_grant',
    'interaction_required',
    'login_required',
    'consent_required',
  ];
  return codes.includes(error);
}

/** A fault of its own, or too much to do. */
function isOfServer(status: number): boolean {
  return status >= 500 || status === 429;
}

function statusOf(cause: unknown): number {
  const { status } = (cause ?? {}) as { readonly status?: unknown };
  return typeof status === 'number' ? status : 0;
}

/** Names only. */
function tell(thrown: unknown): string {
  const { name, code, error } = (thrown ?? {}) as Thrown;
  const inner = ((thrown as Thrown | null)?.cause ?? {}) as Thrown;
  const parts = [code ?? name, error, claimOf(thrown), inner.code === code ? undefined : inner.code];
  return (
    parts.filter((part) => typeof part === 'string' && /^[\w.-]{1,64}$/.test(part)).join(' ') || 'failed'
  );
}

function claimOf(thrown: unknown): unknown {
  let at = thrown as Thrown | undefined;
  for (let depth = 0; depth < 4 && typeof at === 'object' && at !== null; depth += 1) {
    if (at.claim !== undefined) return at.claim;
    at = at.cause as Thrown | undefined;
  }
  return undefined;
}
