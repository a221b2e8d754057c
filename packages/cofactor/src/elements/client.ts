import type { ContextView, Problem, ProblemName } from '../http/contract.ts';
import { carried } from './addresses.ts';

/** What can go wrong as a page sees it: the problems of the contract, and some that only a page can tell. */
export type ClientProblemName =
  | ProblemName
  | 'network' /* no answer came */
  | 'unexpected' /* not an answer of ours */
  | 'too-many-codes'; /* what is too much is the asking, not the guessing */

export type ClientProblem = Omit<Problem, 'type'> & { readonly type: `${typeof prefix}${ClientProblemName}` };

export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: ClientProblem };

const prefix = 'urn:cofactor:problem:';

export function nameOf(problem: ClientProblem): ClientProblemName {
  return problem.type.slice(prefix.length) as ClientProblemName;
}

/** Talks to the routes of the contract. Nothing here throws: whatever happens comes back as a `Result`. */
export class Client {
  readonly base: string;
  #csrf = '';

  constructor(base: string) {
    this.base = base;
  }

  /** `returnTo`: where the page leads to, for what that is called. */
  async context(signal?: AbortSignal, returnTo?: string): Promise<Result<ContextView>> {
    const path = `/context${carried(returnTo)}`;
    const result = await this.#fetch<ContextView>('GET', path, undefined, signal);
    if (result.ok) this.#csrf = result.value.csrf;
    return result;
  }

  get<T>(path: string, signal?: AbortSignal): Promise<Result<T>> {
    return this.#fetch<T>('GET', path, undefined, signal);
  }

  /** Changes something. A token that is out of date is renewed once: the server did nothing with that request. */
  async send<T>(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: object,
    signal?: AbortSignal,
  ): Promise<Result<T>> {
    const result = await this.#fetch<T>(method, path, body, signal);
    if (result.ok || nameOf(result.problem) !== 'csrf') return result;
    const renewed = await this.context(signal);
    return renewed.ok ? this.#fetch<T>(method, path, body, signal) : result;
  }

  async #fetch<T>(method: string, path: string, body?: object, signal?: AbortSignal): Promise<Result<T>> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (method !== 'GET') headers['x-csrf-token'] = this.#csrf;
    if (body) headers['content-type'] = 'application/json';
    let response: Response;
    try {
      response = await fetch(this.base + path, {
        method,
        headers,
        credentials: 'same-origin',
        ...(body && { body: JSON.stringify(body) }),
        ...(signal && { signal }),
      });
    } catch {
      return failure('network', 0);
    }
    this.#csrf = response.headers.get('x-csrf-token') ?? this.#csrf;
    if (response.status === 204) return { ok: true, value: undefined as T };
    let answer: unknown;
    try {
      answer = await response.json();
    } catch {
      if (signal?.aborted) return failure('network', 0);
    }
    if (response.ok && answer !== undefined) return { ok: true, value: answer as T };
    if (isProblem(answer)) return { ok: false, problem: answer };
    // A proxy in between answers with pages of its own when the server behind it is away.
    return failure([502, 503, 504].includes(response.status) ? 'unavailable' : 'unexpected', response.status);
  }
}

function failure(
  name: ClientProblemName,
  status: number,
): { readonly ok: false; readonly problem: ClientProblem } {
  return { ok: false, problem: { type: `${prefix}${name}`, title: name, status, detail: '' } };
}

function isProblem(answer: unknown): answer is Problem {
  const type = (answer as { type?: unknown } | null | undefined)?.type;
  return typeof type === 'string' && type.startsWith(prefix);
}
