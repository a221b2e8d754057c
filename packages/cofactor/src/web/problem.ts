import type { HttpResponse } from './message.ts';

/** Status, title and detail of a problem. The type is stable; the words are for who reads them. */
export type ProblemWords = readonly [status: number, title: string, detail: string];

/** An answer that says what went wrong (RFC 9457). */
export function problemAnswer(
  name: string,
  [status, title, detail]: ProblemWords,
  more: object = {},
  headers: HttpResponse['headers'] = {},
): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8', ...headers },
    body: JSON.stringify({ type: `urn:cofactor:problem:${name}`, title, status, detail, ...more }),
  };
}
