import { rankOf, type Requirement } from '../../assurance/index.ts';
import { joinedSince, type Labelled } from './joined.ts';
import type { EnforceableLevel, EnforcementRule } from './rule.ts';

/** Whom something may be demanded of, and what for. */
export interface Subject extends Labelled {
  /** The client that they are signing in to; left out for everything that is no client. */
  readonly client?: string;
}

/** How far a rule has come for one person. */
export type DemandState = 'announced' | 'grace' | 'due';

/** What one rule comes to for one person, at one time. */
export interface Demand {
  readonly rule: string;
  readonly acr: EnforceableLevel;
  readonly state: DemandState;
  /** From then on the person is asked for it. */
  readonly from: Date;
  /** From then on there is no getting by with less. */
  readonly due: Date;
}

/** All that is demanded of one person at one time, in short. */
export interface Enforced {
  /** The state of what has come farthest. */
  readonly state: 'none' | DemandState;
  /** What counts now: nobody gets by with less. `null` where nothing is due. */
  readonly requirement: Requirement | null;
  /** The strongest of what is still to come and asks for more than is due already. */
  readonly ahead: Demand | null;
}

const dayMs = 86_400_000;

/**
 * What rules demand of one person. Pure.
 *
 * Whoever got their account after a rule began, or the role or the group that it is about, has its days of grace from then
 * on, once: signing in, putting off, and to lose a role and get it again begin nothing anew. Whoever sets a second factor up
 * in these days needs a permit all the same (`isForced`).
 */
export function demandsOn(rules: readonly EnforcementRule[], subject: Subject, now: Date): readonly Demand[] {
  const demands: Demand[] = [];
  for (const rule of rules) {
    if (!concerns(rule, subject)) continue;
    const from = new Date(Math.max(rule.from.getTime(), cameUnder(rule, subject).getTime()));
    const due = new Date(from.getTime() + rule.graceDays * dayMs);
    const state = now < rule.from ? 'announced' : now < due ? 'grace' : 'due';
    demands.push({ rule: rule.id, acr: rule.acr, state, from, due });
  }
  return demands;
}

/** Since when a rule would be about somebody, had it been there. Anybody may sign in to a client, from the beginning. */
function cameUnder({ who }: EnforcementRule, subject: Subject): Date {
  if ('roles' in who) return joinedSince(subject, 'role', who.roles);
  if ('groups' in who) return joinedSince(subject, 'group', who.groups);
  return subject.createdAt;
}

/** Whether a rule is about somebody. */
export function concerns(
  { who }: EnforcementRule,
  { roles, groups, client }: Pick<Subject, 'roles' | 'groups' | 'client'>,
): boolean {
  if ('everybody' in who) return true;
  if ('roles' in who) return who.roles.some((role) => roles.includes(role));
  if ('groups' in who) return who.groups.some((group) => groups.includes(group));
  return client !== undefined && who.clients.includes(client);
}

/** The same in short: the strongest of what is due, and the strongest beyond it that is still to come. Pure. */
export function enforcedFor(rules: readonly EnforcementRule[], subject: Subject, now: Date): Enforced {
  const demands = demandsOn(rules, subject, now);
  if (demands.length === 0) return nothing;
  const due = strongest(demands.filter(({ state }) => state === 'due'));
  const floor = due ? rankOf(due.acr) : -1;
  const beyond = demands.filter(({ state, acr }) => state !== 'due' && rankOf(acr) > floor);
  const inGrace = beyond.filter(({ state }) => state === 'grace');
  const ahead = strongest(inGrace.length > 0 ? inGrace : beyond);
  const state = due ? 'due' : (ahead?.state ?? 'none');
  return { state, requirement: due ? { acr: due.acr } : null, ahead };
}

const nothing: Enforced = Object.freeze({ state: 'none', requirement: null, ahead: null });

/** What nobody gets by with less than now; `null` where nothing is due. What each guarded request asks. */
export function dueNow(rules: readonly EnforcementRule[], subject: Subject, now: Date): Requirement | null {
  let acr: EnforceableLevel | null = null;
  for (const demand of demandsOn(rules, subject, now)) {
    if (demand.state === 'due' && (acr === null || rankOf(demand.acr) > rankOf(acr))) acr = demand.acr;
  }
  return acr === null ? null : { acr };
}

/** The strongest demand; of two that are equal the one that is due first. */
export function strongest(demands: readonly Demand[]): Demand | null {
  const [first = null] = demands.toSorted(
    (a, b) => rankOf(b.acr) - rankOf(a.acr) || a.due.getTime() - b.due.getTime(),
  );
  return first;
}

/**
 * Whether enrolling is a matter of force for somebody: a rule that has begun is about them, or about a client, which
 * anybody may sign in to. From then on nobody enrols first with a password alone: not on the way to anything else either,
 * because what was enrolled there would count at that client as well.
 */
export function isForced(rules: readonly EnforcementRule[], subject: Subject, now: Date): boolean {
  return rules.some((rule) => now >= rule.from && ('clients' in rule.who || concerns(rule, subject)));
}
