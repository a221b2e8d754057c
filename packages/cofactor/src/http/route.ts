import type { Engine, Client } from '../core/engine.ts';
import type { JsonSchema } from '../core/provider.ts';
import type { SessionWithUser } from '../core/store.ts';
import type { Language } from '../web/language.ts';
import type { HttpRequest, HttpResponse } from '../web/message.ts';

/**
 * Who may call a route (I-11). `public`: everybody. `ceremony`: a browser with a sign-in or step-up in
 * progress. `signed-in`: a live session. `manage`: a live session with a fresh proof of the account's
 * strongest factor, which the flow behind it checks together with the account.
 */
export type Level = 'public' | 'ceremony' | 'signed-in' | 'manage';

/** One line of the table: everything that is true of a route stands here. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the base, e.g. `/sign-in`; `*` at the end takes one more segment. */
  readonly path: string;
  readonly level: Level;
  readonly summary: string;
  /** A page for people, as opposed to an answer in JSON. */
  readonly page?: true;
  readonly body?: JsonSchema;
  readonly answers: readonly number[];
  readonly handle: (call: Call) => HttpResponse | Promise<HttpResponse>;
}

/** A request that passed everything its route declares. */
export interface Call {
  readonly engine: Engine;
  readonly base: string;
  readonly request: HttpRequest;
  readonly query: URLSearchParams;
  /** The last segment of a path with `*`. */
  readonly rest: string;
  /** Checked against the route's schema. */
  readonly body: unknown;
  readonly client: Client;
  readonly language: Language;
  /** Set on `signed-in` and `manage`, and elsewhere where there is one. */
  readonly session: SessionWithUser | null;
}

export function json(status: number, value: unknown, headers: HttpResponse['headers'] = {}): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}

export function noContent(headers: HttpResponse['headers'] = {}): HttpResponse {
  return { status: 204, headers, body: null };
}

export function redirect(location: string, headers: HttpResponse['headers'] = {}): HttpResponse {
  return { status: 303, headers: { location, ...headers }, body: null };
}
