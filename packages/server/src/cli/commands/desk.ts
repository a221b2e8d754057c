import type { Cofactor, UserRecord } from 'cofactor';
import {
  createAdmin,
  type Admin,
  type AdminReason,
  type AdminRefused,
  type CommandLine,
} from 'cofactor/admin';
import type { Run } from '../command.ts';
import { CommandError, type Exit } from '../exits.ts';

/** Where somebody sits who looks after accounts from the command line. */
export interface Desk {
  readonly auth: Cofactor;
  readonly admin: Admin;
  readonly actor: CommandLine;
}

/** As whoever sits in front of it. */
export async function deskOf(run: Run): Promise<Desk> {
  const open = await run.open();
  const name = run.option('realm') ?? 'users';
  const auth = open.realm(name);
  const administrators = open.realm('users');
  return {
    auth,
    admin: createAdmin(auth, name === 'users' ? {} : { administrators }),
    actor: { source: 'cli', name: run.io.user },
  };
}

/** An option that was given, or the argument of that name. */
export function given<Name extends string>(run: Run, name: Name): { readonly [key in Name]?: string } {
  const value = name === 'search' ? run.optional(name) : run.option(name);
  return (value === undefined ? {} : { [name]: value }) as { readonly [key in Name]?: string };
}

/** Why: it is recorded with what is done. */
export function reasonOf(run: Run): string {
  const reason = run.option('reason')?.trim() ?? '';
  if (reason !== '' && reason.length <= 500) return reason;
  throw new CommandError('usage', '--reason says why, in at most 500 characters: it is recorded.');
}

/** An account by name or id. Ends the command where there is none. */
export async function find({ engine, users }: Cofactor, who: string): Promise<UserRecord> {
  const user = /^usr_[A-Za-z0-9_-]{22}$/.test(who)
    ? ((await engine.store.account(engine.realm, { id: who }))?.user ?? null)
    : await users.find(who);
  if (user) return user;
  throw new CommandError(
    'not-found',
    `There is no account ${who}.`,
    'Look for it: cofactor user list <beginning of the name>',
  );
}

const refusals: Readonly<Record<AdminReason, readonly [exit: Exit, message: string]>> = {
  'not-signed-in': ['refused', 'The session that asked is over.'],
  'step-up-needed': ['refused', 'The proof at hand is too old.'],
  forbidden: ['refused', 'That is not allowed.'],
  'higher-rank': ['refused', 'That account, or that role, stands higher.'],
  'own-account': ['refused', 'Nobody does this to themselves this way.'],
  'not-found': ['not-found', 'There is no such account.'],
  malformed: ['usage', 'Something of that cannot be used'],
  'last-owner': [
    'refused',
    'That is the last owner who can sign in: give somebody else the role owner first.',
  ],
  'last-authenticator': ['refused', 'Nothing would be left to sign in with.'],
  'identifier-taken': ['refused', 'There is an account of that name already.'],
  taken: ['refused', 'There is one of that name already.'],
  outdated: ['failed', 'Somebody else changed it at the same moment: try again.'],
  'wrong-state': [
    'refused',
    'The account is not in a state for that, e.g. locked already, or without a second factor.',
  ],
  'no-mail': ['refused', 'There is no confirmed address, or no mail server, to send it with.'],
  'too-many-tries': ['refused', 'That was done too often. Try again later.'],
  refused: ['refused', 'That is refused.'],
};

/** What the library would not do, in words. */
export function refusal({ reason, pointer, detail }: AdminRefused): CommandError {
  const [exit, message] = refusals[reason];
  const what = pointer === undefined ? '' : `: ${pointer.slice(1)}`;
  return new CommandError(exit, detail ?? `${message}${reason === 'malformed' ? `${what}.` : ''}`);
}
