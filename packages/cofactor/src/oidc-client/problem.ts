import type { HttpResponse } from '../web/message.ts';
import { problemAnswer, type ProblemWords } from '../web/problem.ts';

type Name =
  'csrf' | 'not-signed-in' | 'step-up-needed' | 'forbidden' | 'not-found' | 'malformed' | 'unavailable';

/** The same types as those of `cofactor/http`. */
const words: Readonly<Record<Name, ProblemWords>> = {
  csrf: [403, 'Not from this site', 'The request did not come from a page of this site.'],
  'not-signed-in': [401, 'Not signed in', 'Sign in first.'],
  'step-up-needed': [401, 'Confirmation needed', 'Sign in again with what is needed, then try again.'],
  forbidden: [403, 'Not allowed', 'This is not open to this account.'],
  'not-found': [404, 'Not found', 'There is nothing here.'],
  malformed: [400, 'Malformed request', 'The request is not what this address takes.'],
  unavailable: [503, 'Not available', 'This is not available at the moment. Try again in a moment.'],
};

export function problem(name: Name, more: object = {}): HttpResponse {
  const { retryAfter } = more as { readonly retryAfter?: number };
  return problemAnswer(name, words[name], more, {
    'cache-control': 'no-store',
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
  });
}
