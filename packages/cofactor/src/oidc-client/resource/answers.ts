import { insufficientAuthentication, type StepUpChallenge } from '../../web/challenge.ts';
import type { HttpResponse } from '../../web/message.ts';
import { problemAnswer, type ProblemWords } from '../../web/problem.ts';

/** What a request for an API is told that is not let in. */
export type BearerProblem =
  | 'malformed'
  | 'not-signed-in'
  | 'invalid-token'
  | 'insufficient-scope'
  | 'step-up-needed'
  | 'forbidden'
  | 'unavailable';

/** Status and words of every problem (RFC 9457). The type is stable; the words are for who reads them. */
export const bearerProblems: Readonly<Record<BearerProblem, ProblemWords>> = {
  malformed: [400, 'Malformed request', 'There is more than one Authorization header.'],
  'not-signed-in': [401, 'Not signed in', 'Send an access token.'],
  'invalid-token': [401, 'Not valid', 'The access token is not valid here. Get a new one.'],
  'insufficient-scope': [403, 'Not covered', 'The access token does not cover this.'],
  'step-up-needed': [401, 'Confirmation needed', 'More authentication is needed for this.'],
  forbidden: [403, 'Not allowed', 'This is not open to this account.'],
  unavailable: [
    503,
    'Not available',
    'The access token cannot be checked at the moment. Try again in a moment.',
  ],
};

/** Seconds after which an issuer that could not be asked may be back. */
const retryAfter = 5;

/** RFC 6750, 3: what is said depends on what was sent, and nothing of the token is repeated. */
export const answers: {
  readonly malformed: () => HttpResponse;
  readonly notSignedIn: () => HttpResponse;
  readonly invalidToken: () => HttpResponse;
  readonly insufficientScope: (scopes: readonly string[]) => HttpResponse;
  readonly stepUpNeeded: (challenge: StepUpChallenge) => HttpResponse;
  readonly forbidden: () => HttpResponse;
  readonly unavailable: () => HttpResponse;
} = {
  malformed: () => answer('malformed', { 'www-authenticate': 'Bearer error="invalid_request"' }),
  notSignedIn: () => answer('not-signed-in', { 'www-authenticate': 'Bearer' }),
  invalidToken: () => answer('invalid-token', { 'www-authenticate': 'Bearer error="invalid_token"' }),
  insufficientScope: (scopes) =>
    answer('insufficient-scope', {
      'www-authenticate': `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"`,
    }),
  stepUpNeeded: (challenge) =>
    answer('step-up-needed', { 'www-authenticate': insufficientAuthentication(challenge) }),
  forbidden: () => answer('forbidden', {}),
  unavailable: () => answer('unavailable', { 'retry-after': String(retryAfter) }),
};

function answer(name: BearerProblem, headers: Readonly<Record<string, string>>): HttpResponse {
  return problemAnswer(
    name,
    bearerProblems[name],
    {},
    { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers },
  );
}
