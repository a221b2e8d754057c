import type { Requirement } from '../assurance/index.ts';
import { wrongOption } from '../base/errors.ts';
import type { Cofactor } from '../core/cofactor.ts';
import type { SessionWithUser, UserRecord } from '../core/store.ts';
import { adminRequirement, whyNot, type Actor, type Charge } from './actor.ts';
import { getUser, type UserDetails } from './details.ts';
import {
  invite,
  inviteAgain,
  permit,
  withdrawInvitation,
  type Invite,
  type InviteBy,
  type LinkMade,
} from './invite.ts';
import {
  issuersOf,
  putIssuer,
  removeIssuer,
  type PutIssuer,
  type StoredIssuer,
  type UnreadableIssuer,
} from './issuers.ts';
import { listUsers, type UserPage, type UserSearch } from './list.ts';
import { refusedFor, type AdminDone, type AdminRefused } from './outcome.ts';
import { RoleTable, standardRoles, type Permission, type RankedRole } from './roles.ts';
import * as users from './users.ts';

export interface AdminOptions {
  /** Whose accounts may be in charge: those of the realm itself if left out. It shares its database. */
  readonly administrators?: Cofactor;
  /** The roles that are in charge, and what each may do (`owner`, `administrator`, `helpdesk`). */
  readonly roles?: readonly RankedRole[];
  /** What has to be proved for anything here, looking included, e.g. `{ acr: 'mfa' }` (nothing but the permission). */
  readonly minimum?: Requirement;
}

/** Of an account that was counted: how many have what. */
export interface Counts {
  readonly users: number;
  readonly withMfa: number;
  readonly locked: number;
  readonly invited: number;
  readonly byProvider: readonly { readonly provider: string; readonly users: number }[];
}

type Outcome = Promise<AdminDone | AdminRefused>;

/**
 * What somebody in charge does to other people's accounts. Each function takes who asks: a live session, read from the
 * database and not from a cache (`auth.sessions.read(secret, { live: true })`), or `{ source: 'cli', name }`.
 *
 * Whoever asks needs the permission and, for a change, a proof of at most five minutes of the strongest kind that their
 * account has. Nobody acts on a higher rank, nor on themselves; nobody gives a role above their own; the last one who has the
 * highest role keeps it, and their account. For accounts all that is looked at once more inside the transaction of the change;
 * issuers are written a moment after whoever asks was looked at.
 */
export interface Admin {
  readonly realm: string;
  readonly roles: RoleTable;
  readonly users: {
    list(actor: Actor, search: UserSearch): Promise<({ readonly status: 'done' } & UserPage) | AdminRefused>;
    counts(actor: Actor): Promise<({ readonly status: 'done' } & Counts) | AdminRefused>;
    get(
      actor: Actor,
      id: string,
    ): Promise<{ readonly status: 'done'; readonly details: UserDetails } | AdminRefused>;
    /** Makes an account that waits for its person, and the link with which they choose how to sign in. */
    invite(actor: Actor, asked: Invite): Promise<(LinkMade & { readonly user: UserRecord }) | AdminRefused>;
    inviteAgain(actor: Actor, id: string, by: InviteBy): Promise<LinkMade | AdminRefused>;
    withdrawInvitation(actor: Actor, id: string): Outcome;
    /** A link that lets somebody set up their first second factor where one is demanded. */
    permit(
      actor: Actor,
      id: string,
      how: { readonly by: InviteBy; readonly reason: string },
    ): Promise<LinkMade | AdminRefused>;
    /** Who still waits has to be invited again where they get a role or a group that they had not. */
    setRoles(
      actor: Actor,
      id: string,
      change: { readonly roles: readonly string[]; readonly reason: string },
    ): Outcome;
    setGroups(actor: Actor, id: string, change: { readonly groups: readonly string[] }): Outcome;
    lock(actor: Actor, id: string, reason: string): Outcome;
    unlock(actor: Actor, id: string, reason: string): Outcome;
    /** Takes one authenticator away, a linked account of elsewhere included. */
    removeAuthenticator(
      actor: Actor,
      id: string,
      which: { readonly authenticator: string; readonly reason: string },
    ): Outcome;
    /** Everything that is asked for in a second step goes; whatever was signed in is over. */
    resetMfa(actor: Actor, id: string, reason: string): Outcome;
    /** One; or all, with remembered browsers and the tokens of applications. */
    endSessions(
      actor: Actor,
      id: string,
      which: { readonly session?: string; readonly reason: string },
    ): Outcome;
    forgetDevices(
      actor: Actor,
      id: string,
      which: { readonly device?: string; readonly reason: string },
    ): Outcome;
    /** With everything that belongs to it. `identifier` is typed once more. */
    delete(actor: Actor, id: string, how: { readonly identifier: string; readonly reason: string }): Outcome;
  };
  /** Issuers elsewhere that people may sign in with; what makes providers of them is `issuersOf`. */
  readonly issuers: {
    list(actor: Actor): Promise<
      | {
          readonly status: 'done';
          /** Those included whose secret cannot be read. */
          readonly issuers: readonly (StoredIssuer | UnreadableIssuer)[];
        }
      | AdminRefused
    >;
    put(actor: Actor, issuer: PutIssuer): Outcome;
    remove(actor: Actor, name: string): Outcome;
  };
  /**
   * Whether somebody may do something that this room has no function for: `null`, or why not. A change asks for the fresh
   * proof too.
   */
  whyNot(actor: Actor, permission: Permission | 'any', what: 'read' | 'change'): Promise<AdminRefused | null>;
  /** What somebody has to prove for it. */
  required(actor: SessionWithUser, what: 'read' | 'change'): Promise<Requirement>;
}

/**
 * Administration of the accounts of one realm.
 *
 * @example
 * const admin = createAdmin(auth);
 * await admin.users.resetMfa(session, user.id, 'lost phone, shown an identity card');
 *
 * @throws {CofactorError} `ERR_CONFIG_ADMIN`
 */
export function createAdmin(auth: Cofactor, options: AdminOptions = {}): Admin {
  const { administrators = auth, roles: ranked = standardRoles, minimum = {} } = options;
  const { engine } = auth;
  if (administrators.engine.store !== engine.store) {
    throw wrongOption('ERR_CONFIG_ADMIN', 'administrators takes a realm that shares the database');
  }
  const roles = new RoleTable(ranked);
  if (roles.ranked.length === 0 || roles.ranked.some(({ rank }) => !(rank >= 1))) {
    throw wrongOption('ERR_CONFIG_ADMIN', 'roles takes a list of roles, each with a rank from 1 up');
  }
  const charge: Charge = { engine, inCharge: administrators.engine, roles, minimum };
  // Who may delete their own account must not be the last one who may do everything.
  if (administrators === auth) engine.kept.role = roles.highest;

  return Object.freeze<Admin>({
    realm: engine.realm,
    roles,
    users: {
      async list(actor, search) {
        const refusal = await whyNot(charge, actor, 'users.read', 'read');
        if (refusal) return refusal;
        const page = await listUsers(charge, search);
        return page ? { status: 'done', ...page } : refusedFor('malformed', { pointer: '/cursor' });
      },
      async counts(actor) {
        const refusal = await whyNot(charge, actor, 'users.read', 'read');
        if (refusal) return refusal;
        const { users: all, disabled, invited, labels } = await engine.store.admin.counts(engine.realm);
        return {
          status: 'done',
          users: all,
          withMfa: labels.find(({ kind }) => kind === 'usage')?.users ?? 0,
          locked: disabled - invited,
          invited,
          byProvider: labels
            .filter(({ kind }) => kind === 'provider')
            .map(({ value, users: count }) => ({ provider: value, users: count })),
        };
      },
      get: (actor, id) => getUser(charge, actor, id),
      invite: (actor, asked) => invite(charge, actor, asked),
      inviteAgain: (actor, id, by) => inviteAgain(charge, actor, id, by),
      withdrawInvitation: (actor, id) => withdrawInvitation(charge, actor, id),
      permit: (actor, id, how) => permit(charge, actor, id, how),
      setRoles: (actor, id, change) => users.setRoles(charge, actor, id, change),
      setGroups: (actor, id, change) => users.setGroups(charge, actor, id, change),
      lock: (actor, id, reason) => users.lock(charge, actor, id, reason),
      unlock: (actor, id, reason) => users.unlock(charge, actor, id, reason),
      removeAuthenticator: (actor, id, which) => users.removeAuthenticator(charge, actor, id, which),
      resetMfa: (actor, id, reason) => users.resetMfa(charge, actor, id, reason),
      endSessions: (actor, id, which) => users.endSessions(charge, actor, id, which),
      forgetDevices: (actor, id, which) => users.forgetDevices(charge, actor, id, which),
      delete: (actor, id, how) => users.deleteUser(charge, actor, id, how),
    },
    issuers: {
      async list(actor) {
        const refusal = await whyNot(charge, actor, 'issuers.read', 'read');
        return refusal ?? { status: 'done', issuers: await issuersOf(engine) };
      },
      put: (actor, issuer) => putIssuer(charge, actor, issuer),
      remove: (actor, name) => removeIssuer(charge, actor, name),
    },
    whyNot: (actor, permission, what) => whyNot(charge, actor, permission, what),
    async required({ user }, what) {
      const { inCharge } = charge;
      const account = await inCharge.store.account(inCharge.realm, { id: user.id });
      return account ? adminRequirement(charge, account, what) : minimum;
    },
  });
}
