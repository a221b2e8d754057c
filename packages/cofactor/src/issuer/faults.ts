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
 * Runs a part of the protocol. `null`: what the person brought along is not good, and may well have been made up. Anything
 * else that goes wrong is the issuer's, or between us and the issuer; it is thrown, so that nobody gets in and somebody
 * looks into it.
 */
export async function unlessTheirs<T>(what: string, run: () => Promise<T>): Promise<T | null> {
  try {
    return await run();
  } catch (error) {
    if (isTheirs(error)) return null;
    // oxlint-disable-next-line preserve-caught-error -- the cause quotes codes, tokens and claims (I-28)
    throw new Error(`${what}: ${tell(error)}`);
  }
}

/** The code is not one that the issuer gave out for this, or what it gave out for it belongs to another sign-in. */
function isTheirs(thrown: unknown): boolean {
  const { code, error } = (thrown ?? {}) as Thrown;
  return (
    (code === 'OAUTH_RESPONSE_BODY_ERROR' && error === 'invalid_grant') ||
    code === 'OAUTH_AUTHORIZATION_RESPONSE_ERROR' ||
    (code === 'OAUTH_JWT_CLAIM_COMPARISON_FAILED' && claimOf(thrown) === 'nonce')
  );
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
