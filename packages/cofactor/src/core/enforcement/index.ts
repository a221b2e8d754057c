import type { Refused } from '../ceremonies/outcome.ts';
import type { Engine } from '../engine.ts';
import type { SessionWithUser, UserRecord } from '../store.ts';
import { listRules, previewRule, removeRule, saveRule, type By } from './manage.ts';
import { permitEnrolment, type Permitted } from './permit.ts';
import type { Preview } from './preview.ts';
import type { EnforcementRule, NewRule } from './rule.ts';
import { enforcedFor, type Enforced } from './rules.ts';

/**
 * What is demanded of whom, and from when on. A rule is data; nothing of it is kept with a session or an account.
 *
 * Whether somebody may look after rules is for the caller to check. Every change asks that `by`, their session, has proved
 * lately who they are, as for a change of their own factors.
 */
export interface Enforcement {
  /** The rules of the realm as they stand now. */
  list(): Promise<readonly EnforcementRule[]>;
  /** Who would be affected, who has to set something up, who could not comply; and whether `by` would lock themselves out. */
  preview(rule: NewRule, by: By): Promise<Refused | ({ readonly status: 'previewed' } & Preview)>;
  /**
   * Saves a rule. Refused with `locks-you-out` where `by` does not meet it, and with `level-unreachable` where no provider
   * gives the level.
   */
  save(
    rule: NewRule,
    by: By,
  ): Promise<Refused | { readonly status: 'saved'; readonly rule: EnforcementRule }>;
  remove(id: string, by: By): Promise<Refused | { readonly status: 'removed' }>;
  /** What is demanded of somebody now, at a client if one is named. */
  of(user: UserRecord, client?: string): Promise<Enforced>;
  /**
   * A link that lets somebody set up their first second factor, to be handed to them: for who has no confirmed address. `by`
   * is the session of whoever gives it, or `null` for the operator of the server.
   */
  permit(user: Pick<UserRecord, 'id'>, by: SessionWithUser | null): Promise<Permitted | Refused>;
}

export function enforcementOf(engine: Engine): Enforcement {
  return Object.freeze<Enforcement>({
    list: () => listRules(engine),
    preview: (rule, by) => previewRule(engine, rule, by),
    save: (rule, by) => saveRule(engine, rule, by),
    remove: (id, by) => removeRule(engine, id, by),
    async of(user, client) {
      const subject = { ...user, ...(client !== undefined && { client }) };
      return enforcedFor(await engine.enforcement.read(), subject, engine.config.clock.now());
    },
    permit: ({ id }, by) => permitEnrolment(engine, id, by),
  });
}

export type { Permitted } from './permit.ts';
export type { Lockout, People, Preview, Previewed, PreviewedShort } from './preview.ts';
export type { EnrolmentChannel, Hindrance } from './prospects.ts';
export type { EnforceableLevel, EnforcementRule, NewRule, RuleScope } from './rule.ts';
export type { Demand, DemandState, Enforced } from './rules.ts';
