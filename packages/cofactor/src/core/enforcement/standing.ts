import { assess, strictest, type Requirement } from '../../assurance/index.ts';
import type { Engine } from '../engine.ts';
import type { Account, SessionRecord, SessionWithUser, UserRecord } from '../store.ts';
import { prospectOf, isAble, type Prospect } from './prospects.ts';
import type { EnforceableLevel, EnforcementRule } from './rule.ts';
import { demandsOn, dueNow, strongest } from './rules.ts';

/** What is demanded of somebody who has not got what it takes. */
export interface Standing {
  readonly acr: EnforceableLevel;
  /** `grace`: they may go on for now. `due`: not any more. */
  readonly state: 'grace' | 'due';
  /** From when on they may not, or since when. */
  readonly due: Date;
  readonly prospect: Prospect;
}

/**
 * What somebody is to be asked for: of what is demanded of them now that neither this session nor their account can give,
 * what is due already before what is due later. `null` where there is nothing to ask for.
 */
export function standingOf(
  engine: Engine,
  rules: readonly EnforcementRule[],
  account: Account,
  session: Pick<SessionRecord, 'events'>,
  client?: string,
): Standing | null {
  const now = engine.config.clock.now();
  const subject = { ...account.user, ...(client !== undefined && { client }) };
  const unmet = demandsOn(rules, subject, now).filter(
    ({ state, acr }) =>
      state !== 'announced' && !assess({ acr }, session.events, now).met && !isAble(engine, account, acr),
  );
  const due = strongest(unmet.filter(({ state }) => state === 'due'));
  const asked = due ?? strongest(unmet);
  if (!asked) return null;
  const soonest = Math.min(...(due ? [due] : unmet).map((one) => one.due.getTime()));
  return {
    acr: asked.acr,
    state: due ? 'due' : 'grace',
    due: new Date(soonest),
    prospect: prospectOf(engine, account, asked.acr, false),
  };
}

/** Whether what is demanded of somebody by now is more than their session has proved. */
export async function fallsShort(
  engine: Engine,
  { session, user }: SessionWithUser,
  account: Account,
): Promise<boolean> {
  const now = engine.config.clock.now();
  const due = dueNow(await engine.enforcement.for(account), user, now);
  return due !== null && !assess(due, session.events, now).met;
}

/**
 * What an account must keep within reach: what the option `minimum` says, and what is demanded of its person by a rule that
 * has begun (I-14). What is demanded at single clients is asked for there.
 */
export async function minimumFor(
  engine: Engine,
  user: UserRecord,
  known: { readonly rules?: string | null },
): Promise<Requirement | null> {
  const { minimum, clock } = engine.config;
  const rules = await engine.enforcement.for(known);
  const begun = demandsOn(rules, user, clock.now()).filter(({ state }) => state !== 'announced');
  const demanded = strongest(begun);
  if (!demanded) return minimum;
  return strictest(minimum ?? {}, { acr: demanded.acr });
}
