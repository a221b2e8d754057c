import type { UserFilter, UserSummary } from 'cofactor/admin';
import type { Result, Run } from '../command.ts';
import { fields, plural, table } from '../text.ts';
import { deskOf, find, given, refusal } from './desk.ts';

export async function list(run: Run): Promise<Result> {
  const { admin, actor } = await deskOf(run);
  const most = run.number('limit') ?? 50;
  const search = {
    ...given(run, 'search'),
    ...given(run, 'role'),
    ...given(run, 'group'),
    ...given(run, 'provider'),
  };
  const filter = run.option('filter') as UserFilter | undefined;
  const users: UserSummary[] = [];
  let next: string | null = null;
  do {
    const asked = { ...search, ...(filter && { filter }), limit: Math.min(100, most - users.length) };
    const page = await admin.users.list(actor, { ...asked, ...(next !== null && { cursor: next }) });
    if (page.status === 'refused') throw refusal(page);
    users.push(...page.users);
    ({ next } = page);
  } while (next !== null && users.length < most);
  return {
    json: { users: users.map(viewOf), more: next !== null },
    text:
      users.length === 0
        ? ''
        : table(['name', 'state', 'second step', 'factors', 'roles', 'last sign-in'], users.map(rowOf)),
    notes: [
      users.length === 0
        ? 'No account fits. Invite somebody: cofactor user invite <name>'
        : `${plural(users.length, 'account')}${next === null ? '' : ', and there are more: --limit'}`,
    ],
  };
}

function viewOf({ user, status, mfa, reach, factors, lastSignInAt }: UserSummary): object {
  return {
    id: user.id,
    identifier: user.identifier,
    email: user.email,
    emailVerified: user.emailVerifiedAt !== null,
    status,
    roles: user.roles,
    groups: user.groups,
    mfa,
    reach,
    factors,
    createdAt: user.createdAt.toISOString(),
    lastSignInAt: lastSignInAt?.toISOString() ?? null,
  };
}

function rowOf({ user, status, mfa, factors, lastSignInAt }: UserSummary): readonly string[] {
  const held = factors.map(({ provider, count }) => (count > 1 ? `${provider} × ${count}` : provider));
  return [
    user.identifier,
    status,
    mfa ? 'yes' : 'no',
    held.join(', ') || '-',
    user.roles.join(', ') || '-',
    lastSignInAt?.toISOString().slice(0, 16).replace('T', ' ') ?? 'never',
  ];
}

export async function show(run: Run): Promise<Result> {
  const { auth, admin, actor } = await deskOf(run);
  const user = await find(auth, run.argument('user'));
  const found = await admin.users.get(actor, user.id);
  if (found.status === 'refused') throw refusal(found);
  const { details } = found;
  const authenticators = details.authenticators.map((one) => ({
    id: one.id,
    provider: one.provider,
    usage: one.usage,
    name: one.name,
    state: one.state,
    remaining: one.remaining,
    createdAt: one.createdAt.toISOString(),
    lastUsedAt: one.lastUsedAt?.toISOString() ?? null,
  }));
  return {
    json: {
      ...viewOf(details),
      language: details.user.language,
      authenticators,
      sessions: details.sessions.length,
      devices: details.devices.length,
      enforcement: details.enforcement,
    },
    text: [
      fields([
        ['name', details.user.identifier],
        ['id', details.user.id],
        ['state', details.status],
        ['address', details.user.email ?? '-'],
        ['roles', details.user.roles.join(', ') || '-'],
        ['groups', details.user.groups.join(', ') || '-'],
        ['second step', details.mfa ? 'yes' : 'no'],
        ['sessions', details.sessions.length],
        ['remembered browsers', details.devices.length],
      ]),
      ...(authenticators.length > 0
        ? [
            '',
            table(
              ['factor', 'called', 'state', 'codes left', 'last used'],
              authenticators.map((one) => [
                one.provider,
                one.name,
                one.state,
                one.remaining === null ? '' : String(one.remaining),
                one.lastUsedAt?.slice(0, 10) ?? 'never',
              ]),
            ),
          ]
        : []),
    ].join('\n'),
  };
}
