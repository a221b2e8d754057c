import type { ContextView } from '../../cofactor/src/http/contract.ts';
import { baseOf } from '../../cofactor/src/elements/addresses.ts';
import type { Client, ClientProblem, Result } from '../../cofactor/src/elements/client.ts';

export type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

const prefix = 'urn:cofactor:problem:';

/** The base of the pages of one's own account. */
export const authBase: string = baseOf(document);

/** The base of the JSON of the back office. */
export const apiBase = '/admin/api';

let token = '';

/** What was called `signed out` by the server is told here, once: the shell leads to the sign-in. */
let onSignedOut: () => void = () => {};

export function whenSignedOut(act: () => void): void {
  onSignedOut = act;
}

/** Reads from the back office. Nothing here throws: whatever happens comes back as a `Result`. */
export function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<Result<T>> {
  return ask<T>('GET', apiBase + path + searchOf(query), undefined, signal);
}

/** Changes something. A token that is out of date is renewed once: the server did nothing with that request. */
export function send<T>(
  method: Method,
  path: string,
  body?: object,
  signal?: AbortSignal,
): Promise<Result<T>> {
  return change<T>(method, apiBase + path, body, signal);
}

/** `?a=1&b=2` of what has a value; nothing of nothing. */
export function searchOf(query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === null || value === '' || value === false ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

/**
 * The same connection as the elements of one's own account know it: they live below another base and share the token,
 * which a proof renews.
 */
export const account = {
  base: authBase,
  async context(signal?: AbortSignal): Promise<Result<ContextView>> {
    const result = await ask<ContextView>('GET', `${authBase}/context`, undefined, signal);
    if (result.ok) token = result.value.csrf;
    return result;
  },
  get: <T>(path: string, signal?: AbortSignal): Promise<Result<T>> =>
    ask<T>('GET', authBase + path, undefined, signal),
  send: <T>(method: Method, path: string, body?: object, signal?: AbortSignal): Promise<Result<T>> =>
    change<T>(method, authBase + path, body, signal),
};

/** As the elements expect it. Their class has private fields, which nobody outside of it can have. */
export const accountClient: Client = account as unknown as Client;

async function change<T>(
  method: Method,
  path: string,
  body?: object,
  signal?: AbortSignal,
): Promise<Result<T>> {
  const result = await ask<T>(method, path, body, signal);
  if (result.ok || result.problem.type !== `${prefix}csrf`) return result;
  const renewed = await account.context(signal);
  return renewed.ok ? ask<T>(method, path, body, signal) : result;
}

async function ask<T>(
  method: string,
  path: string,
  body: object | undefined,
  signal: AbortSignal | undefined,
): Promise<Result<T>> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (method !== 'GET') headers['x-csrf-token'] = token;
  if (body) headers['content-type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      ...(body && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  } catch {
    return failure('network', 0);
  }
  token = response.headers.get('x-csrf-token') ?? token;
  if (response.status === 204) return { ok: true, value: undefined as T };
  let answer: unknown;
  try {
    answer = await response.json();
  } catch {
    if (signal?.aborted) return failure('network', 0);
  }
  if (response.ok && answer !== undefined) return { ok: true, value: answer as T };
  if (!isProblem(answer)) {
    // A proxy in between answers with pages of its own when the server behind it is away.
    const away = [502, 503, 504].includes(response.status);
    return failure(away ? 'unavailable' : 'unexpected', response.status);
  }
  if (answer.type === `${prefix}not-signed-in`) onSignedOut();
  return { ok: false, problem: answer };
}

function failure<T>(name: 'network' | 'unavailable' | 'unexpected', status: number): Result<T> {
  return { ok: false, problem: { type: `${prefix}${name}`, title: name, status, detail: '' } };
}

function isProblem(answer: unknown): answer is ClientProblem {
  const type = (answer as { type?: unknown } | null | undefined)?.type;
  return typeof type === 'string' && type.startsWith(prefix);
}
