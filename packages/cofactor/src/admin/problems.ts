import { CofactorError } from '../base/errors.ts';
import type { Log } from '../base/ports.ts';
import { problems } from '../http/problem.ts';
import type { HttpResponse } from '../web/message.ts';
import { problemAnswer, type ProblemWords } from '../web/problem.ts';
import type { AdminReason, AdminRefused } from './outcome.ts';

export type AdminProblemName =
  AdminReason | 'csrf' | 'configured' | 'locks-you-out' | 'level-unreachable' | 'unavailable';

/**
 * Status and words of every problem of the back office (RFC 9457). The type is stable; the words are for who reads them, and
 * those of the account pages where the problem is the same.
 */
export const adminProblems: Readonly<Record<AdminProblemName, ProblemWords>> = Object.freeze({
  malformed: problems.malformed,
  csrf: problems.csrf,
  'not-signed-in': problems['not-signed-in'],
  'step-up-needed': problems['step-up-needed'],
  forbidden: problems.forbidden,
  'higher-rank': [403, 'Of a higher rank', 'Only somebody of at least the same rank can do this.'],
  'own-account': [
    403,
    'Your own account',
    'Nobody does this to themselves. Use your security page, or ask somebody else.',
  ],
  'not-found': problems['not-found'],
  'last-owner': [409, 'The last one', 'Somebody has to be left who may do everything. Add another first.'],
  'last-authenticator': [409, 'Still needed', 'Without it nobody could sign in to this account.'],
  'identifier-taken': [409, 'Taken', 'There is an account with that name or address already.'],
  taken: [409, 'Taken', 'There is one of that name already.'],
  configured: [
    409,
    'In the settings',
    'It stands in the settings of the server, and can only be changed there.',
  ],
  outdated: [409, 'Changed meanwhile', 'Somebody else changed it at the same moment. Load it again.'],
  'wrong-state': [409, 'Not now', 'This cannot be done with the account as it is now.'],
  'no-mail': [409, 'Cannot be mailed', 'There is no address to send it to, or no way to send it.'],
  'locks-you-out': [
    409,
    'It would lock you out',
    'You do not meet it yourself. Set up what it demands first.',
  ],
  'level-unreachable': [409, 'Nobody could meet it', 'No way of signing in here gives that level.'],
  refused: problems['refused-response'],
  'too-many-tries': problems['too-many-tries'],
  unavailable: problems.unavailable,
} satisfies Record<AdminProblemName, ProblemWords>);

export function adminProblem(
  name: AdminProblemName,
  more: { readonly pointer?: string; readonly retryAfter?: number; readonly detail?: string } = {},
): HttpResponse {
  const { retryAfter } = more;
  return problemAnswer(name, adminProblems[name], more, {
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
  });
}

/** The answer to something a person can cause. */
export function adminProblemOf({ reason, status: _refused, ...more }: AdminRefused): HttpResponse {
  return adminProblem(reason, more);
}

/** The answer to something broken: never more than a name, whatever was thrown. */
export function adminProblemOfError(error: unknown, log: Log): HttpResponse {
  const code = error instanceof CofactorError ? error.code : 'unexpected';
  const detail = error instanceof CofactorError ? error.detail : undefined;
  log.error({ code, detail, error }, 'a request failed');
  return adminProblem('unavailable', { retryAfter: 5 });
}
