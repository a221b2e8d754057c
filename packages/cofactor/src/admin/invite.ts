import {
  mailInvitation,
  newInvitation,
  openInvitation,
  type InvitationLink,
} from '../core/account/invitation.ts';
import { notify } from '../core/account/mail.ts';
import { permitEnrolment } from '../core/enforcement/permit.ts';
import type { Engine } from '../core/engine.ts';
import { newId } from '../core/ids.ts';
import { canonicalAddress, maskAddress } from '../core/mail/address.ts';
import type { NewUser, UserRecord } from '../core/store.ts';
import { canonicalIdentifier } from '../core/users/identifier.ts';
import { languages } from '../web/language.ts';
import { isCommandLine, recordName, rankIn, whyNot, type Actor, type Charge } from './actor.ts';
import { act } from './change.ts';
import { statusOf } from './list.ts';
import { done, refusedFor, type AdminDone, type AdminRefused } from './outcome.ts';
import { eventUser, labelsOf } from './users.ts';

/** `mail`: to the address of the account, and to nobody else. `link`: handed out once, for whoever asks to pass on. */
export type InviteBy = 'mail' | 'link';

export interface Invite {
  readonly identifier: string;
  /** Where mails go; the identifier, where that is an address. */
  readonly email?: string;
  readonly roles?: readonly string[];
  readonly groups?: readonly string[];
  readonly language?: string;
  readonly by: InviteBy;
}

/** A link that was made. */
export interface LinkMade {
  readonly status: 'done';
  /** `null` where it was mailed. */
  readonly link: string | null;
  readonly sentTo: string | null;
  readonly expiresAt: Date;
}

/** Makes an account that waits for its person, and the link with which they choose how to sign in. */
export async function invite(
  charge: Charge,
  actor: Actor,
  asked: Invite,
): Promise<(LinkMade & { readonly user: UserRecord }) | AdminRefused> {
  const { engine } = charge;
  const refusal = await whyNot(charge, actor, 'users.create', 'change');
  if (refusal) return refusal;
  const made = accountFor(engine, asked);
  if ('status' in made) return made;
  if (asked.by === 'mail' && !canMail(engine, made)) return refusedFor('no-mail');
  const { roles, groups, ...bare } = made;
  if (!isCommandLine(actor) && rankIn(charge, roles) > charge.roles.rankOf(actor.user.roles)) {
    return refusedFor('higher-rank');
  }
  const { store, realm, audit } = engine;
  const created = await store.createUser(
    { ...bare, roles: [] },
    [],
    audit.entry('user-created', made.id, { by: recordName(actor) }),
  );
  if (created === 'taken') return refusedFor('identifier-taken');
  // What it is given is decided where rank is looked at once more, in the transaction of the change.
  const link = newInvitation(engine, made.id, asked.by);
  const outcome = await act(charge, actor, {
    user: made.id,
    permission: 'users.create',
    decide({ actor: asking }) {
      if (asking && rankIn(charge, roles) > charge.roles.rankOf(asking.roles))
        return refusedFor('higher-rank');
      return {
        roles,
        groups: groups ?? [],
        renew: false,
        putTokens: [{ kind: 'invite', token: link.token }],
        audit: { type: 'user-invited', data: { way: asked.by, ...(roles.length > 0 && { roles }) } },
      };
    },
  });
  if (outcome.status === 'refused') {
    const gone = audit.entry('user-deleted', made.id, { by: recordName(actor) });
    await store.admin.change<never>({
      realm,
      userId: made.id,
      now: engine.config.clock.now(),
      actor: null,
      keep: null,
      decide: () => ({ deleteUser: true, renew: true, audit: [gone] }),
    });
    return outcome;
  }
  const { user } = outcome;
  engine.events.emit('user-created', { user: eventUser(user) });
  return { user, ...handOut(engine, user, link, asked.by) };
}

function handOut(engine: Engine, user: UserRecord, link: InvitationLink, by: InviteBy): LinkMade {
  const { expiresAt } = link;
  if (by === 'link') return { status: 'done', link: link.link, sentTo: null, expiresAt };
  mailInvitation(engine, user, link);
  return { status: 'done', link: null, sentTo: maskAddress(user.email ?? ''), expiresAt };
}

function canMail({ config }: Engine, { email }: Pick<UserRecord, 'email'>): boolean {
  return config.mail !== null && email !== null;
}

function accountFor(engine: Engine, asked: Invite): NewUser | AdminRefused {
  const canonical = canonicalIdentifier(asked.identifier);
  if (canonical === null) return refusedFor('malformed', { pointer: '/identifier' });
  const identifier = asked.identifier.normalize('NFKC').trim();
  const email = canonicalAddress(asked.email?.trim() ?? identifier);
  if (asked.email !== undefined && email === null) return refusedFor('malformed', { pointer: '/email' });
  const roles = labelsOf(asked.roles ?? []);
  if (!roles) return refusedFor('malformed', { pointer: '/roles' });
  const groups = labelsOf(asked.groups ?? []);
  if (!groups) return refusedFor('malformed', { pointer: '/groups' });
  const { language } = asked;
  if (language !== undefined && !languages.some((one) => one === language)) {
    return refusedFor('malformed', { pointer: '/language' });
  }
  const { clock, random } = engine.config;
  const now = clock.now();
  return {
    id: newId('usr', random),
    realm: engine.realm,
    identifier,
    canonical,
    roles,
    groups,
    createdAt: now,
    // Nobody signs in to it before the link was followed, not by a forgotten password either.
    disabledAt: now,
    email,
    language: language ?? null,
  };
}

/** A new link for an account that waits; the one before is worth nothing then. */
export async function inviteAgain(
  charge: Charge,
  actor: Actor,
  user: string,
  by: InviteBy,
): Promise<LinkMade | AdminRefused> {
  const { engine } = charge;
  const link = newInvitation(engine, user, by);
  const outcome = await act(charge, actor, {
    user,
    permission: 'users.create',
    decide({ user: target, authenticators }) {
      if (statusOf({ user: target, authenticators }) !== 'invited') return refusedFor('wrong-state');
      if (by === 'mail' && !canMail(engine, target)) return refusedFor('no-mail');
      return {
        renew: false,
        putTokens: [{ kind: 'invite', token: link.token }],
        audit: { type: 'user-invited', data: { way: by } },
      };
    },
  });
  return outcome.status === 'done' ? handOut(engine, outcome.user, link, by) : outcome;
}

export async function withdrawInvitation(
  charge: Charge,
  actor: Actor,
  user: string,
): Promise<AdminDone | AdminRefused> {
  const { engine } = charge;
  const account = await engine.store.account(engine.realm, { id: user });
  const isOpen = account !== null && (await openInvitation(engine, account.user)) !== null;
  const outcome = await act(charge, actor, {
    user,
    permission: 'users.create',
    decide: () =>
      isOpen
        ? { renew: false, dropTokens: ['invite'], audit: { type: 'invitation-withdrawn' } }
        : refusedFor('wrong-state'),
  });
  return outcome.status === 'done' ? done : outcome;
}

/**
 * A link with which somebody who is signed in may set up their first second factor, where one is demanded. It signs nobody
 * in, so whoever hands it over gets nothing by it.
 */
export async function permit(
  charge: Charge,
  actor: Actor,
  user: string,
  { by, reason }: { readonly by: InviteBy; readonly reason: string },
): Promise<LinkMade | AdminRefused> {
  const { engine } = charge;
  const outcome = await act(charge, actor, {
    user,
    permission: 'users.factors',
    reason,
    decide({ user: target, authenticators }) {
      const isOpen = statusOf({ user: target, authenticators }) === 'active';
      if (!isOpen || authenticators.some(({ usage }) => usage === 'second')) return refusedFor('wrong-state');
      // Whoever owns an address that nobody has confirmed need not be the person.
      const canReach = canMail(engine, target) && target.emailVerifiedAt !== null;
      if (by === 'mail' && !canReach) return refusedFor('no-mail');
      return { renew: false, audit: { type: 'enrolment-permitted' } };
    },
  });
  if (outcome.status === 'refused') return outcome;
  const { user: target } = outcome;
  const made = await permitEnrolment(engine, user, isCommandLine(actor) ? null : actor);
  if (made.status === 'refused') return refusedFor('outdated');
  const { link, expiresAt } = made;
  const lifetime = Math.round((expiresAt.getTime() - engine.config.clock.now().getTime()) / 1000);
  if (by === 'link') {
    // It goes by whoever asked. That there is one is told to its person all the same: somebody else may follow it.
    notify(engine, target, 'permit-handed-over', { lifetime });
    return { status: 'done', link, sentTo: null, expiresAt };
  }
  notify(engine, target, 'permit-given', { link, lifetime });
  return { status: 'done', link: null, sentTo: maskAddress(target.email ?? ''), expiresAt };
}
