import type { AdminRefused } from 'cofactor/admin';
import type { Result, Run } from '../command.ts';
import { CommandError } from '../exits.ts';
import { clean } from '../text.ts';
import { deskOf, find, reasonOf, refusal, type Desk } from './desk.ts';

export async function roles(run: Run): Promise<Result> {
  const wanted = run.list('role');
  if (wanted.length === 0 && !run.flag('none')) {
    throw new CommandError('usage', 'user roles needs --role <role>, once for each, or --none.');
  }
  if (wanted.length > 0 && run.flag('none')) throw new CommandError('usage', '--none goes with no --role.');
  return change(run, 'has these roles now, and is signed out everywhere', (desk, id, reason) =>
    desk.admin.users.setRoles(desk.actor, id, { roles: wanted, reason }),
  );
}

export function lock(run: Run): Promise<Result> {
  return change(run, 'is locked, and signed out everywhere', (desk, id, reason) =>
    desk.admin.users.lock(desk.actor, id, reason),
  );
}

export function unlock(run: Run): Promise<Result> {
  return change(run, 'can sign in again', (desk, id, reason) =>
    desk.admin.users.unlock(desk.actor, id, reason),
  );
}

export async function resetMfa(run: Run): Promise<Result> {
  const reason = reasonOf(run);
  await run.confirm(
    `Remove every second factor and recovery code of ${run.argument('user')}? Be sure that it is they who ask: whoever has the password gets in then.`,
  );
  return change(
    run,
    'has no second factor any more, and is signed out everywhere',
    (desk, id) => desk.admin.users.resetMfa(desk.actor, id, reason),
    ['They are told by mail, where there is an address.'],
  );
}

async function change(
  run: Run,
  done: string,
  make: (desk: Desk, id: string, reason: string) => Promise<{ readonly status: 'done' } | AdminRefused>,
  notes: readonly string[] = [],
): Promise<Result> {
  const reason = reasonOf(run);
  const desk = await deskOf(run);
  const user = await find(desk.auth, run.argument('user'));
  const outcome = await make(desk, user.id, reason);
  if (outcome.status === 'refused') throw refusal(outcome);
  return {
    json: { user: { id: user.id, identifier: user.identifier }, status: 'done' },
    text: `${clean(user.identifier)} ${done}.`,
    notes,
  };
}
