/** What another site sent along, as it concerns us (RFC 6749, 4.1.2; RFC 9207). */
export interface Returned {
  /** What the person went there for, and with which authenticator. */
  readonly why: 'discover' | 'answer' | 'enrol';
  readonly authenticator: string | null;
  /** The response for the provider; `null` where the other site says that there is none. */
  readonly response: { readonly state: string; readonly code: string; readonly iss?: string } | null;
  /** Whether the person turned back over there. */
  readonly cancelled: boolean;
}

/** Reads the address that the other site led to; `null` for one that none of ours would make. */
export function returned(search: string): Returned | null {
  const query = new URLSearchParams(search);
  const one = (name: string): string | null | undefined => {
    const [value = null, ...more] = query.getAll(name);
    return more.length > 0 ? undefined : value;
  };
  const [state, code, iss, error] = ['state', 'code', 'iss', 'error'].map(one);
  const known = /^(discover|enrol|answer)(?:\.(aut_[A-Za-z0-9_-]+))?\.[A-Za-z0-9_-]+$/.exec(state ?? '');
  // Twice the same is nothing that an honest site sends.
  if (!known || !state || code === undefined || iss === undefined || error === undefined) return null;
  const [, why, authenticator = null] = known;
  if ((why === 'answer') !== (authenticator !== null) || (!code && !error)) return null;
  return {
    why: why as Returned['why'],
    authenticator,
    response: error || !code ? null : { state, code, ...(iss && { iss }) },
    cancelled: error === 'access_denied',
  };
}
