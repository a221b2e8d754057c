import type { Refused, RefusalReason } from '../core/ceremonies/outcome.ts';
import { CofactorError } from '../base/errors.ts';
import type { Log } from '../base/ports.ts';
import { problemAnswer, type ProblemWords } from '../web/problem.ts';
import type { Problem, ProblemName } from './contract.ts';
import type { HttpResponse } from '../web/message.ts';

/** Status and words of every problem (RFC 9457). The type is stable; the words are for who reads them. */
export const problems: Readonly<Record<ProblemName, ProblemWords>> = {
  malformed: [400, 'Malformed request', 'The request is not what this address takes.'],
  csrf: [
    403,
    'Not from this site',
    'The request did not come from a page of this site. Reload the page and try again.',
  ],
  'not-signed-in': [401, 'Not signed in', 'Sign in first.'],
  'step-up-needed': [401, 'Confirmation needed', 'Confirm that it is you, then try again.'],
  'wrong-credentials': [401, 'Not right', 'The user name or what was entered with it is not right.'],
  'not-linked': [
    403,
    'Not linked',
    'No account here is linked with this identity. Sign in another way, and link it there.',
  ],
  'wrong-response': [401, 'Not right', 'That is not right. Try again.'],
  'replayed-response': [401, 'Used before', 'That code was used already. Wait for the next one.'],
  'refused-response': [422, 'Not accepted', 'That cannot be used here.'],
  'identifier-taken': [409, 'Taken', 'There is an account with that name already.'],
  'ceremony-unknown': [
    404,
    'No sign-in in progress',
    'There is no sign-in in progress in this browser. Start again.',
  ],
  'ceremony-used': [409, 'Already done', 'This sign-in is finished. Start again if you need to.'],
  'ceremony-expired': [410, 'Too late', 'This sign-in took too long or the account changed. Start again.'],
  'too-many-tries': [429, 'Too many tries', 'Too many tries. Wait a moment, then try again.'],
  'enrolment-unknown': [404, 'No set-up in progress', 'This set-up is over. Start it again.'],
  'not-found': [404, 'Not found', 'There is nothing here.'],
  'last-authenticator': [409, 'Still needed', 'The account needs this one. Add another first.'],
  'already-enrolled': [409, 'Already there', 'There is one already, and no more can be added.'],
  'delivery-failed': [
    503,
    'Not sent',
    'The code could not be sent. Try another way, or try again in a moment.',
  ],
  'token-unknown': [404, 'Link not valid', 'This link is not valid any more. Ask for a new one.'],
  'permit-needed': [
    403,
    'Link needed',
    'This account has to be protected by a second factor first, and setting it up takes a link that only its owner gets.',
  ],
  'locks-you-out': [
    409,
    'It would lock you out',
    'You have not proved yourself what this rule demands. Set it up and confirm that it is you, then save the rule.',
  ],
  'level-unreachable': [
    409,
    'Nobody could meet it',
    'No way of signing in that is set up here gives this level.',
  ],
  forbidden: [403, 'Not allowed', 'This is not open to this account.'],
  'provider-unavailable': [
    503,
    'Not available',
    'This way of signing in is not available at the moment. Try another way, or later.',
  ],
  busy: [503, 'Busy', 'Many people are signing in. Try again in a moment.'],
  unavailable: [503, 'Not available', 'The service is not available at the moment. Try again in a moment.'],
};

type More = Partial<Pick<Problem, 'pointer' | 'text' | 'retryAfter' | 'triesLeft'>>;

export function problem(name: ProblemName, more: More = {}): HttpResponse {
  const { retryAfter } = more;
  return problemAnswer(name, problems[name], more, {
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
  });
}

const byReason: Partial<Record<RefusalReason, ProblemName>> = { outdated: 'step-up-needed' };

/** The answer to something a person can cause. */
export function problemOf({ reason, retryAfter, triesLeft, text }: Refused): HttpResponse {
  return problem((byReason[reason] ?? reason) as ProblemName, {
    ...(retryAfter !== undefined && { retryAfter }),
    ...(triesLeft !== undefined && { triesLeft }),
    ...(text !== undefined && { text }),
  });
}

/** The answer to something broken: never more than a name, whatever was thrown. */
export function problemOfError(error: unknown, log: Log): HttpResponse {
  const code = error instanceof CofactorError ? error.code : 'unexpected';
  const detail = error instanceof CofactorError ? error.detail : undefined;
  log.error({ code, detail, error }, 'a request failed');
  switch (code) {
    case 'ERR_HASH_QUEUE_FULL':
      return problem('busy', { retryAfter: error instanceof CofactorError ? (error.retryAfter ?? 1) : 1 });
    case 'ERR_PROVIDER_UNAVAILABLE':
    case 'ERR_SECRET_UNREADABLE':
    case 'ERR_KEY_UNKNOWN':
      return problem('provider-unavailable');
    default:
      return problem('unavailable', { retryAfter: 5 });
  }
}
