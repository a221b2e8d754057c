import { AsyncLocalStorage } from 'node:async_hooks';
import type { ArtifactRecord } from '../core/oidc-store.ts';
import type { SessionWithUser } from '../core/store.ts';
import type { HttpRequest } from '../http/index.ts';
import type { Language } from '../http/language.ts';

/**
 * What is known of the request that oidc-provider is at work on. It keeps no session and no cookies of its own: who is signed
 * in is read from ours, and its adapter finds the rest here.
 */
export interface OidcCall {
  readonly request: HttpRequest;
  readonly language: Language;
  readonly ip: string;
  session: SessionWithUser | null;
  /** Id of the browser, where it has one: what requests in progress are bound to. */
  browser: string | null;
  /** Set where the browser got its id with this request: the value of the cookie. */
  newBrowser: string | null;
  /** What tokens of this request are made from: a code, a refresh token, a device code. */
  source: ArtifactRecord | null;
  /** The request in progress that is gone on with. */
  interaction: ArtifactRecord | null;
  /** What the session's clients had when it was read, to write no more than what changed. */
  readonly parts: Map<string, string>;
  /** Cookies for the answer. */
  readonly cookies: string[];
  /** Whether the session ended with this request. */
  signedOut: boolean;
}

const calls = new AsyncLocalStorage<OidcCall>();

export function runCall<T>(call: OidcCall, work: () => T): T {
  return calls.run(call, work);
}

export function currentCall(): OidcCall {
  const call = calls.getStore();
  if (call) return call;
  throw new TypeError('oidc-provider was called outside a request');
}

/** The same, for what also happens in the background. */
export function callInProgress(): OidcCall | undefined {
  return calls.getStore();
}
