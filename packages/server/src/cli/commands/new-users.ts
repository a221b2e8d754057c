import type { Cofactor } from 'cofactor';
import type { LinkMade } from 'cofactor/admin';
import { byOf, type Result, type Run } from '../command.ts';
import { CommandError } from '../exits.ts';
import { clean } from '../text.ts';
import { deskOf, find, given, reasonOf, refusal } from './desk.ts';

/** With a password, for who has no mail and nobody to hand a link to; an invitation is better, since only its person knows then. */
export async function add(run: Run): Promise<Result> {
  const identifier = run.argument('name');
  const { auth } = await deskOf(run);
  if (!auth.engine.config.providers.has('password')) {
    throw new CommandError(
      'refused',
      'Nobody signs in with a password here.',
      `Invite them: cofactor user invite ${identifier}`,
    );
  }
  const password = await passwordFor(run);
  const roles = run.list('role');
  const created = await auth.users.create({
    identifier,
    provider: 'password',
    response: { password },
    by: byOf(run),
    ...(roles.length > 0 && { roles }),
  });
  if (created.status === 'refused') {
    const said = created.text === undefined ? undefined : textOf(auth, created.text);
    throw new CommandError(
      created.reason === 'malformed' ? 'usage' : 'refused',
      said ?? newAccountRefusals[created.reason] ?? `Refused: ${created.reason}.`,
    );
  }
  const { user } = created;
  return {
    json: { user: { id: user.id, identifier: user.identifier, roles: user.roles } },
    text: `${clean(user.identifier)} can sign in.`,
    notes: ['They set up a second factor on their security page.'],
  };
}

const newAccountRefusals: Readonly<Record<string, string>> = {
  'identifier-taken': 'There is an account of that name already.',
  malformed: 'That is not a name for an account, or the password is too long.',
  'refused-response': 'That password cannot be used.',
};

function textOf({ engine }: Cofactor, key: string): string | undefined {
  return engine.config.providers.get('password')?.view.texts['en']?.[key];
}

/** Never an argument: those stand in the list of processes, and in the history of the shell. */
async function passwordFor(run: Run): Promise<string> {
  if (run.flag('password-stdin')) return (await run.io.read()).replace(/\r?\n$/, '');
  const password = await run.io.ask('Password: ', { secret: true });
  if (password === null) {
    throw new CommandError(
      'usage',
      'user add asks for a password, and nobody is there to be asked.',
      'Pipe it in with --password-stdin, or let them choose it themselves: cofactor user invite',
    );
  }
  if ((await run.io.ask('Once more: ', { secret: true })) !== password) {
    throw new CommandError('refused', 'These are two passwords. Nothing was done.');
  }
  return password;
}

export async function invite(run: Run): Promise<Result> {
  const identifier = run.argument('name');
  const { auth, admin, actor } = await deskOf(run);
  const by = wayOf(run);
  const known = await auth.users.find(identifier);
  if (known) {
    const lists = ['role', 'group'].filter((name) => run.list(name).length > 0);
    const texts = ['email', 'language'].filter((name) => run.option(name) !== undefined);
    const set = [...lists, ...texts];
    if (set.length > 0) {
      throw new CommandError(
        'refused',
        `There is an account ${identifier} already: --${set.join(', --')} would change nothing. Nothing was done.`,
        `For a new link leave them out; roles: cofactor user roles ${identifier}`,
      );
    }
    const again = await admin.users.inviteAgain(actor, known.id, by);
    if (again.status === 'refused') {
      if (again.reason === 'wrong-state')
        throw new CommandError('refused', `There is an account ${identifier} already.`);
      throw refusal(again);
    }
    return linkResult(run, again, { id: known.id, identifier: known.identifier });
  }
  const made = await admin.users.invite(actor, {
    identifier,
    by,
    roles: run.list('role'),
    groups: run.list('group'),
    ...given(run, 'email'),
    ...given(run, 'language'),
  });
  if (made.status === 'refused') throw refusal(made);
  return linkResult(run, made, { id: made.user.id, identifier: made.user.identifier });
}

/** A link that lets somebody set up their first second factor where one is demanded. */
export async function permit(run: Run): Promise<Result> {
  const reason = reasonOf(run);
  const { auth, admin, actor } = await deskOf(run);
  const user = await find(auth, run.argument('user'));
  const made = await admin.users.permit(actor, user.id, { by: wayOf(run), reason });
  if (made.status === 'refused') throw refusal(made);
  return linkResult(run, made, { id: user.id, identifier: user.identifier });
}

function wayOf(run: Run): 'mail' | 'link' {
  if (!run.flag('mail')) return 'link';
  if (run.settings.mail !== null) return 'mail';
  throw new CommandError(
    'refused',
    'No mail server is set (mail).',
    'Without --mail the link is printed, to hand over.',
  );
}

function linkResult(
  run: Run,
  made: LinkMade,
  user: { readonly id: string; readonly identifier: string },
): Result {
  const { link, sentTo, expiresAt } = made;
  return {
    json: { user, link, sentTo, expiresAt: expiresAt.toISOString() },
    text: link ?? `Mailed to ${clean(sentTo ?? '')}.`,
    notes: [
      ...(link === null ? [] : ['Shown this once. Hand it to its person by a way that reaches nobody else.']),
      `It works once, until ${expiresAt.toISOString()}.`,
    ],
  };
}
