import { openInvitation } from '../core/account/invitation.ts';
import { isUsable } from '../core/ceremonies/offers.ts';
import { enforcementOf, type Enforced } from '../core/enforcement/index.ts';
import { listSessions } from '../core/sessions/sessions.ts';
import type { AuthenticatorRecord, DeviceRecord, SessionRecord, UserRecord } from '../core/store.ts';
import { isCommandLine, rankIn, whyNot, type Actor, type Charge } from './actor.ts';
import { inOrder, statusOf, summaryOf, type UserSummary } from './list.ts';
import { refusedFor, type AdminRefused } from './outcome.ts';
import type { Permission } from './roles.ts';
import { canGo, resettable } from './users.ts';

/** What there is to know of an account. What an authenticator holds is not in it, for nobody. */
export interface UserDetails extends UserSummary {
  readonly invitation: { readonly expiresAt: Date } | null;
  readonly authenticators: readonly HeldAuthenticator[];
  /** Empty, as `devices` is, for an account of a higher rank: where they are is for who could end it. */
  readonly sessions: readonly SessionRecord[];
  readonly devices: readonly DeviceRecord[];
  readonly enforcement: Enforced;
  /** What the one who asks may do to it now. */
  readonly may: readonly UserAction[];
}

export interface HeldAuthenticator extends Omit<AuthenticatorRecord, 'data' | 'counter' | 'userId'> {
  readonly state: 'usable' | 'disabled' | 'unavailable';
  /** An account elsewhere that is linked with this one. */
  readonly external: boolean;
  readonly removable: boolean;
}

export type UserAction =
  | 'set-roles'
  | 'set-groups'
  | 'lock'
  | 'unlock'
  | 'remove-authenticator'
  | 'reset-mfa'
  | 'end-sessions'
  | 'forget-devices'
  | 'invite'
  | 'withdraw-invitation'
  | 'permit'
  | 'delete';

const actions: Readonly<Record<UserAction, Permission>> = {
  'set-roles': 'users.roles',
  'set-groups': 'users.edit',
  lock: 'users.lock',
  unlock: 'users.lock',
  'remove-authenticator': 'users.factors',
  'reset-mfa': 'users.factors',
  'end-sessions': 'users.sessions',
  'forget-devices': 'users.sessions',
  invite: 'users.create',
  'withdraw-invitation': 'users.create',
  permit: 'users.factors',
  delete: 'users.delete',
};

export async function getUser(
  charge: Charge,
  actor: Actor,
  id: string,
): Promise<({ readonly status: 'done' } & { readonly details: UserDetails }) | AdminRefused> {
  const { engine } = charge;
  const refusal = await whyNot(charge, actor, 'users.read', 'read');
  if (refusal) return refusal;
  const account = await engine.store.account(engine.realm, { id });
  if (!account) return refusedFor('not-found');
  const { user, authenticators } = account;
  const now = engine.config.clock.now();
  const hidden = isAbove(charge, actor, user);
  const [sessions, devices, invitation, enforcement] = await Promise.all([
    hidden ? [] : listSessions(engine, user),
    hidden ? [] : engine.store.devices(user, now),
    openInvitation(engine, user),
    enforcementOf(engine).of(user),
  ]);
  const held = inOrder(authenticators).map((one): HeldAuthenticator => {
    const { data: _secret, counter: _position, userId: _owner, ...shown } = one;
    const provider = engine.config.providers.get(one.provider);
    return {
      ...shown,
      state: provider ? (isUsable(one) || one.remaining === 0 ? 'usable' : 'disabled') : 'unavailable',
      external: provider?.view.away === true,
      removable: canGo(engine, authenticators, one),
    };
  });
  const summary = summaryOf(charge, account);
  const details = { ...summary, authenticators: held, sessions, devices, enforcement };
  const open = invitation && { expiresAt: invitation.expiresAt };
  const may = allowed(charge, actor, { ...details, invitation: open }, authenticators);
  return { status: 'done', details: { ...details, invitation: open, may } };
}

function isAbove(charge: Charge, actor: Actor, user: UserRecord): boolean {
  return !isCommandLine(actor) && rankIn(charge, user.roles) > charge.roles.rankOf(actor.user.roles);
}

/** What would not be refused for who the two are, and for the state that the account is in. */
function allowed(
  charge: Charge,
  actor: Actor,
  details: Omit<UserDetails, 'may'>,
  authenticators: readonly AuthenticatorRecord[],
): readonly UserAction[] {
  const { user } = details;
  const status = statusOf({ user, authenticators });
  const fits: Readonly<Record<UserAction, boolean>> = {
    'set-roles': true,
    'set-groups': true,
    lock: status === 'active',
    unlock: status === 'locked',
    'remove-authenticator': authenticators.length > 0,
    'reset-mfa': resettable(charge.engine, authenticators).length > 0,
    'end-sessions': details.sessions.length > 0,
    'forget-devices': details.devices.length > 0,
    invite: status === 'invited',
    'withdraw-invitation': details.invitation !== null,
    permit: status === 'active' && !authenticators.some(({ usage }) => usage === 'second'),
    delete: true,
  };
  const all = (Object.keys(fits) as UserAction[]).filter((action) => fits[action]);
  if (isCommandLine(actor)) return all;
  if (user.id === actor.user.id) return [];
  if (isAbove(charge, actor, user)) return [];
  const permissions = charge.roles.permissionsOf(actor.user.roles);
  return all.filter((action) => permissions.has(actions[action]));
}
