import { assess, strictest, type Requirement } from '../assurance/index.ts';
import { manageMaxAge, signInRequirement } from '../core/ceremonies/offers.ts';
import { dueNow } from '../core/enforcement/rules.ts';
import { expectedEvent, type Engine } from '../core/engine.ts';
import type { Account, SessionWithUser, UserRecord } from '../core/store.ts';
import { refusedFor, type AdminRefused } from './outcome.ts';
import type { Permission, RoleTable } from './roles.ts';

/**
 * Who asks: somebody with a live session, whose rank and proof are looked at; or the command line, which whoever runs the
 * server has. That one is recorded by the name it gives.
 */
export type Actor = SessionWithUser | CommandLine;

export interface CommandLine {
  readonly source: 'cli';
  /** Who sits in front of it, as far as known: recorded. */
  readonly name: string;
}

/** What everything in this room works with. */
export interface Charge {
  /** The accounts that are looked after. */
  readonly engine: Engine;
  /** Whose accounts may be in charge of them: the same ones, or those of another realm. */
  readonly inCharge: Engine;
  readonly roles: RoleTable;
  /** What has to be proved for anything at all here. */
  readonly minimum: Requirement;
}

export function isCommandLine(actor: Actor): actor is CommandLine {
  return 'source' in actor;
}

/** As the record names them. */
export function recordName(actor: Actor): string {
  return isCommandLine(actor) ? `cli:${actor.name}` : actor.user.id;
}

/** What somebody in charge has to prove: for a change as much as their account can give, and lately. */
export async function adminRequirement(
  { inCharge: engine, minimum }: Charge,
  account: Account,
  what: 'read' | 'change',
): Promise<Requirement> {
  const now = engine.config.clock.now();
  // What is demanded of them by now holds here as it does everywhere.
  const due = dueNow(await engine.enforcement.for(account), account.user, now);
  const demanded = strictest(minimum, due ?? {});
  if (what === 'read') return demanded;
  const resistant = account.authenticators.some((authenticator) => {
    const provider = engine.config.providers.get(authenticator.provider);
    const event = provider && expectedEvent(provider, authenticator, now);
    return event?.kind === 'have' && event.phishingResistant === true;
  });
  // What is enrolled counts, whether or not it works: an outage is no reason to ask for less (I-12).
  const own: Requirement = resistant ? { acr: 'phr' } : signInRequirement(account);
  return strictest(demanded, { ...own, maxAge: manageMaxAge });
}

/** Whether somebody may do this at all, and has proved enough for a change. `null`: yes. */
export async function whyNot(
  charge: Charge,
  actor: Actor,
  permission: Permission | 'any',
  what: 'read' | 'change',
): Promise<AdminRefused | null> {
  if (isCommandLine(actor)) return null;
  const { inCharge, roles } = charge;
  const { session, user } = actor;
  if (session.realm !== inCharge.realm) return refusedFor('forbidden');
  const account = await inCharge.store.account(inCharge.realm, { id: user.id });
  if (!account || account.user.disabledAt !== null || account.user.generation !== session.generation) {
    return refusedFor('not-signed-in');
  }
  const held = roles.permissionsOf(account.user.roles);
  if (permission === 'any' ? held.size === 0 : !held.has(permission)) return refusedFor('forbidden');
  const wanted = await adminRequirement(charge, account, what);
  const proved = assess(wanted, session.events, inCharge.config.clock.now());
  return proved.met ? null : refusedFor('step-up-needed');
}

/** How high an account stands. Only those of the realm that is in charge stand anywhere. */
export function rankIn({ engine, inCharge, roles }: Charge, names: readonly string[]): number {
  return engine.realm === inCharge.realm ? roles.rankOf(names) : 0;
}

/** Whether the one who asks may act on this account, as both are now. `null`: yes. */
export function whyNotOn(
  charge: Charge,
  actor: Actor,
  { actor: asking, user }: { readonly actor: UserRecord | null; readonly user: UserRecord },
  permission: Permission,
): AdminRefused | null {
  if (isCommandLine(actor)) return null;
  if (!asking) return refusedFor('not-signed-in');
  if (!charge.roles.permissionsOf(asking.roles).has(permission)) return refusedFor('forbidden');
  if (user.id === asking.id) return refusedFor('own-account');
  return rankIn(charge, user.roles) > charge.roles.rankOf(asking.roles) ? refusedFor('higher-rank') : null;
}
