import { AsyncLocalStorage } from 'node:async_hooks';
import type { ArtifactRecord, FoundArtifact } from '../core/oidc-store.ts';
import { loginOf } from '../core/sessions/sessions.ts';
import type { SessionWithUser } from '../core/store.ts';
import type { HttpRequest } from '../http/index.ts';
import type { Language } from '../web/language.ts';

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
  /** The value of its cookie, which the id is a hash of. */
  browserSecret: string | null;
  /** Whether the cookie is sent along with the answer. */
  keepsBrowser: boolean;
  /** What tokens of this request are made from: a code, a refresh token, a device code. */
  source: ArtifactRecord | null;
  /** The request in progress that is gone on with. */
  interaction: ArtifactRecord | null;
  /**
   * What this request uses up, and has not yet: done together with what is made from it, or at the end. It says what to do
   * where somebody else was faster.
   */
  consuming: { readonly id: string; refused(): Promise<Error> } | null;
  /** Grants that were read along with something else, by their ids. */
  readonly grants: Map<string, string>;
  /** Tokens looked for: oidc-provider asks for one value as several kinds of token. */
  readonly tokens: Map<string, Promise<FoundArtifact | null>>;
  /** What the session's clients had when it was read, to write no more than what changed. */
  readonly parts: Map<string, string>;
  /** Cookies for the answer. */
  readonly cookies: string[];
  /** Whether this is the request that may end the session. */
  readonly endsSession: boolean;
  /** Whether the session ended with this request. */
  signedOut: boolean;
}

/** Marks the id that oidc-provider is given for our session: it never had a cookie of its own. */
export function sessionKeyOf(call: OidcCall): string | null {
  if (call.session) return `login:${loginOf(call.session.session)}`;
  return call.browser === null ? null : `browser:${call.browser}`;
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
