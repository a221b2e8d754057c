import type { AdminState } from '../core/admin-store.ts';
import { notify } from '../core/account/mail.ts';
import type { Engine } from '../core/engine.ts';
import type { AuthenticatorRecord, UserRecord } from '../core/store.ts';
import { canonicalIdentifier } from '../core/users/identifier.ts';
import { isCommandLine, rankIn, type Actor, type Charge } from './actor.ts';
import { act, type Changed, type Decided } from './change.ts';
import { statusOf } from './list.ts';
import { done, refusedFor, type AdminDone, type AdminRefused } from './outcome.ts';
import { isLabel } from './roles.ts';

type Outcome = Promise<AdminDone | AdminRefused>;

const mostLabels = 50;

/** Of a change that says nothing but that it was made. */
function told(outcome: Changed | AdminRefused): AdminDone | AdminRefused {
  return outcome.status === 'done' ? done : outcome;
}

/**
 * Gives an account these roles and no others; everything that was proved for the old ones is over. One that waits for its
 * person has to be invited again where it gets a role that it had not.
 */
export async function setRoles(
  charge: Charge,
  actor: Actor,
  user: string,
  { roles, reason }: { readonly roles: readonly string[]; readonly reason: string },
): Outcome {
  const { engine } = charge;
  const wanted = labelsOf(roles);
  if (!wanted) return refusedFor('malformed', { pointer: '/roles' });
  const outcome = await act(charge, actor, {
    user,
    permission: 'users.roles',
    reason,
    decide(state) {
      if (!mayGive(charge, actor, state, wanted)) return refusedFor('higher-rank');
      return {
        roles: wanted,
        renew: stateOf(state) !== 'invited',
        ...(isGiven(state, state.user.roles, wanted) && { dropTokens: links }),
        audit: { type: 'roles-changed', data: { roles: wanted } },
      };
    },
  });
  if (outcome.status === 'done') {
    engine.events.emit('roles-changed', { user: eventUser(outcome.user), roles: wanted });
  }
  return told(outcome);
}

/** Whether these roles stand no higher than the one who gives them. */
export function mayGive(
  charge: Charge,
  actor: Actor,
  { actor: asking }: Pick<AdminState, 'actor'>,
  roles: readonly string[],
): boolean {
  if (isCommandLine(actor)) return true;
  return asking !== null && rankIn(charge, roles) <= charge.roles.rankOf(asking.roles);
}

/** What an account that waits may be entered with. */
const links = ['invite', 'permit'] as const;

/**
 * Whether an account that waits for its person is given something. Whoever made its link may have kept it, and may be of a
 * lower rank than who gives this: with the link from before they would have what they could not give themselves.
 */
function isGiven(state: AdminState, before: readonly string[], wanted: readonly string[]): boolean {
  return stateOf(state) === 'invited' && wanted.some((one) => !before.includes(one));
}

/** The same for groups, but for what was proved. */
export async function setGroups(
  charge: Charge,
  actor: Actor,
  user: string,
  { groups }: { readonly groups: readonly string[] },
): Outcome {
  const wanted = labelsOf(groups);
  if (!wanted) return refusedFor('malformed', { pointer: '/groups' });
  const outcome = await act(charge, actor, {
    user,
    permission: 'users.edit',
    decide: (state) => ({
      groups: wanted,
      renew: false,
      ...(isGiven(state, state.user.groups, wanted) && { dropTokens: links }),
      audit: { type: 'groups-changed', data: { groups: wanted } },
    }),
  });
  return told(outcome);
}

/** Nobody signs in to it any more, and whatever was signed in is over everywhere: sessions, devices, grants, links. */
export async function lock(charge: Charge, actor: Actor, user: string, reason: string): Outcome {
  const now = charge.engine.config.clock.now();
  const outcome = await act(charge, actor, {
    user,
    permission: 'users.lock',
    reason,
    decide: (state) =>
      stateOf(state) === 'active'
        ? {
            disabledAt: now,
            renew: true,
            dropTokens: ['reset', 'email', 'invite', 'permit'],
            audit: { type: 'user-locked' },
          }
        : refusedFor('wrong-state'),
  });
  return told(outcome);
}

export async function unlock(charge: Charge, actor: Actor, user: string, reason: string): Outcome {
  const outcome = await act(charge, actor, {
    user,
    permission: 'users.lock',
    reason,
    decide: (state) =>
      stateOf(state) === 'locked'
        ? { disabledAt: null, renew: true, audit: { type: 'user-unlocked' } }
        : refusedFor('wrong-state'),
  });
  return told(outcome);
}

/** Takes one authenticator away from somebody, a linked account of elsewhere included. */
export async function removeAuthenticator(
  charge: Charge,
  actor: Actor,
  user: string,
  { authenticator, reason }: { readonly authenticator: string; readonly reason: string },
): Outcome {
  const { engine } = charge;
  let removed: AuthenticatorRecord | undefined;
  const outcome = await act(charge, actor, {
    user,
    permission: 'users.factors',
    reason,
    decide({ authenticators }) {
      removed = authenticators.find(({ id }) => id === authenticator);
      if (!removed) return refusedFor('not-found');
      if (!canGo(engine, authenticators, removed)) return refusedFor('last-authenticator');
      const left = authenticators.filter(({ id }) => id !== authenticator);
      // Recovery stands in for a second factor: without one it has nothing to stand in for.
      const orphans = left.some(({ usage }) => usage === 'second')
        ? []
        : left.filter(({ usage }) => usage === 'recovery');
      return {
        remove: [authenticator, ...orphans.map(({ id }) => id)],
        renew: true,
        audit: { type: 'authenticator-removed', data: { provider: removed.provider, authenticator } },
      };
    },
  });
  if (outcome.status === 'done' && removed) {
    const { provider, name } = removed;
    engine.events.emit('authenticator-removed', { user: eventUser(outcome.user), provider, name });
    notify(engine, outcome.user, 'authenticator-removed', { provider, name });
  }
  return told(outcome);
}

/** Whether something is left to begin a sign-in with. What its provider is gone of opens nothing. */
export function canGo(
  { config }: Engine,
  all: readonly AuthenticatorRecord[],
  target: AuthenticatorRecord,
): boolean {
  if (target.usage !== 'first') return true;
  return all.some((one) => one !== target && one.usage === 'first' && config.providers.has(one.provider));
}

/**
 * Everything that is asked for in a second step goes, recovery codes included, and so does what proves more than one thing
 * by itself, where something else is left to begin with. Whatever was signed in is over.
 */
export async function resetMfa(charge: Charge, actor: Actor, user: string, reason: string): Outcome {
  const { engine } = charge;
  const outcome = await act(charge, actor, {
    user,
    permission: 'users.factors',
    reason,
    decide({ authenticators }) {
      const gone = resettable(engine, authenticators);
      if (gone.length === 0) return refusedFor('wrong-state');
      return {
        remove: gone.map(({ id }) => id),
        renew: true,
        dropTokens: ['reset', 'email', 'permit'],
        audit: { type: 'factors-reset', data: { providers: [...new Set(gone.map((one) => one.provider))] } },
      } satisfies Decided;
    },
  });
  if (outcome.status === 'done') {
    const gone = resettable(engine, outcome.before.authenticators);
    for (const { provider, name } of gone) {
      engine.events.emit('authenticator-removed', { user: eventUser(outcome.user), provider, name });
    }
    notify(engine, outcome.user, 'factors-reset');
  }
  return told(outcome);
}

export function resettable(
  { config }: Engine,
  all: readonly AuthenticatorRecord[],
): readonly AuthenticatorRecord[] {
  const isChosen = ({ usage, provider }: AuthenticatorRecord): boolean => {
    const found = config.providers.get(provider);
    return usage === 'first' && found !== undefined && !found.begin;
  };
  const hasOther = all.some(isChosen);
  return all.filter((one) => {
    if (one.usage !== 'first') return true;
    const provider = config.providers.get(one.provider);
    return hasOther && provider?.begin !== undefined && !provider.view.away;
  });
}

/** Ends one session of somebody; without one all of them, with remembered browsers and what applications hold. */
export async function endSessions(
  charge: Charge,
  actor: Actor,
  user: string,
  { session, reason }: { readonly session?: string; readonly reason: string },
): Outcome {
  const { engine } = charge;
  const now = engine.config.clock.now();
  if (session !== undefined) {
    const alive = await engine.store.sessions(engine.realm, user, now);
    if (!alive.some(({ id }) => id === session)) return notThere(charge, actor, user, reason);
  }
  const outcome = await act(charge, actor, {
    user,
    permission: 'users.sessions',
    reason,
    decide: (state) => ({
      // All of them means what applications hold for when nobody is there, too: it goes with the generation.
      renew: session === undefined && stateOf(state) !== 'invited',
      ...(session !== undefined && { endSessions: [session] }),
      audit: { type: 'sessions-ended' },
    }),
  });
  return told(outcome);
}

export async function forgetDevices(
  charge: Charge,
  actor: Actor,
  user: string,
  { device, reason }: { readonly device?: string; readonly reason: string },
): Outcome {
  const { engine } = charge;
  if (device !== undefined) {
    const account = await engine.store.account(engine.realm, { id: user });
    const devices = account ? await engine.store.devices(account.user, engine.config.clock.now()) : [];
    if (!devices.some(({ id }) => id === device)) return notThere(charge, actor, user, reason);
  }
  const outcome = await act(charge, actor, {
    user,
    permission: 'users.sessions',
    reason,
    decide: () => ({
      renew: false,
      forgetDevices: device === undefined ? 'all' : [device],
      audit: { type: 'device-forgotten' },
    }),
  });
  return told(outcome);
}

/** The same questions are asked first, so that who may not act learns nothing of what is there. */
async function notThere(charge: Charge, actor: Actor, user: string, reason: string): Outcome {
  const decide = (): AdminRefused => refusedFor('not-found');
  return told(await act(charge, actor, { user, permission: 'users.sessions', reason, decide }));
}

/** Deletes an account with everything that belongs to it; nothing of it works for whoever takes the name. */
export async function deleteUser(
  charge: Charge,
  actor: Actor,
  user: string,
  { identifier, reason }: { readonly identifier: string; readonly reason: string },
): Outcome {
  const { engine } = charge;
  const outcome = await act(charge, actor, {
    user,
    permission: 'users.delete',
    reason,
    decide({ user: target }) {
      const isMeant =
        identifier === target.identifier || canonicalIdentifier(identifier) === target.canonical;
      if (!isMeant) return refusedFor('malformed', { pointer: '/identifier' });
      return { deleteUser: true, renew: true, audit: { type: 'user-deleted' } };
    },
  });
  if (outcome.status === 'done') {
    const { user: gone } = outcome.before;
    engine.events.emit('user-deleted', { user: eventUser(gone) });
    notify(engine, gone, 'account-deleted');
  }
  return told(outcome);
}

function stateOf({ user, authenticators }: AdminState): ReturnType<typeof statusOf> {
  return statusOf({ user, authenticators });
}

export function eventUser({ id, identifier }: UserRecord): {
  readonly id: string;
  readonly identifier: string;
} {
  return { id, identifier };
}

/** Roles or groups as they are stored, each once; `null` where one of them is none. */
export function labelsOf(names: readonly string[]): readonly string[] | null {
  return names.length <= mostLabels && names.every(isLabel) ? [...new Set(names)] : null;
}
