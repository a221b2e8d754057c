import type { AdminEdit, AdminState } from '../core/admin-store.ts';
import type { AuditType } from '../core/audit/chain.ts';
import type { UserRecord } from '../core/store.ts';
import { isCommandLine, recordName, whyNot, whyNotOn, type Actor, type Charge } from './actor.ts';
import { refusedFor, type AdminRefused } from './outcome.ts';
import type { Permission } from './roles.ts';

/** A change of somebody else's account. */
export interface Change {
  readonly user: string;
  readonly permission: Permission;
  /** Why, where it has to be said. */
  readonly reason?: string;
  /** What is to be done, as things stand then; called inside the transaction, perhaps more than once. */
  decide(state: AdminState): Decided | AdminRefused;
}

export type Decided = Omit<AdminEdit, 'audit'> & {
  readonly audit: { readonly type: AuditType; readonly data?: object };
};

/** What was done, and to whom: as the account was before. */
export interface Changed {
  readonly status: 'done';
  readonly before: AdminState;
  readonly user: UserRecord;
  readonly ended: readonly string[];
}

/**
 * The one way in which somebody changes another's account: permission and proof first, then, in the transaction of the
 * change, rank, that it is somebody else, and that somebody is left who may do everything.
 */
export async function act(charge: Charge, actor: Actor, change: Change): Promise<Changed | AdminRefused> {
  const { engine, inCharge, roles } = charge;
  if (change.reason !== undefined && !isReason(change.reason)) {
    return refusedFor('malformed', { pointer: '/reason' });
  }
  const refusal = await whyNot(charge, actor, change.permission, 'change');
  if (refusal) return refusal;
  let before: AdminState | undefined;
  const result = await engine.store.admin.change<AdminRefused>({
    realm: engine.realm,
    userId: change.user,
    now: engine.config.clock.now(),
    actor: isCommandLine(actor)
      ? null
      : { realm: inCharge.realm, userId: actor.user.id, session: actor.session.id },
    keep: engine.realm === inCharge.realm ? { realm: engine.realm, role: roles.highest } : null,
    decide: (state) => {
      before = state;
      const no = whyNotOn(charge, actor, state, change.permission);
      if (no) return { refusal: no };
      const decided = change.decide(state);
      if ('status' in decided) return { refusal: decided };
      if (leavesNobody(charge, state, decided)) return { refusal: refusedFor('last-owner') };
      const { audit, ...edit } = decided;
      const data = {
        by: recordName(actor),
        ...(change.reason !== undefined && { reason: change.reason.trim() }),
        ...audit.data,
      };
      return { ...edit, audit: [engine.audit.entry(audit.type, change.user, data)] };
    },
  });
  if (!result.changed) {
    if (result.reason === 'refused') return result.refusal;
    return refusedFor(
      result.reason === 'unknown' ? 'not-found' : result.reason === 'taken' ? 'identifier-taken' : 'outdated',
    );
  }
  for (const id of result.ended) engine.cache.drop(id);
  if (!before) throw new TypeError('a change that was made was decided on');
  return { status: 'done', before, user: result.user, ended: result.ended };
}

/** Whether nobody who may do everything could sign in any more. */
function leavesNobody(
  { roles }: Charge,
  { keepers, user }: AdminState,
  edit: Omit<Decided, 'audit'>,
): boolean {
  if (!keepers.some(({ id }) => id === user.id)) return false;
  const stays =
    edit.deleteUser !== true && !edit.disabledAt && (edit.roles ?? user.roles).includes(roles.highest);
  return !stays && keepers.length === 1;
}

/** A sentence of somebody who knows why. */
export function isReason(reason: string): boolean {
  const text = reason.trim();
  return text !== '' && text.length <= 500 && !/[\p{Cc}\p{Cs}]/u.test(text.replace(/[\r\n\t]/g, ''));
}
