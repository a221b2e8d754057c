import { breathe } from '../../base/breathe.ts';
import { assess } from '../../assurance/index.ts';
import type { Engine } from '../engine.ts';
import type { Account, SessionWithUser, UserRecord } from '../store.ts';
import { isAble, isReachable, prospectOf, type EnrolmentChannel, type Hindrance } from './prospects.ts';
import type { NewRule } from './rule.ts';
import { concerns, demandsOn, type Demand } from './rules.ts';

/** Somebody in a preview. */
export interface Previewed {
  readonly id: string;
  readonly identifier: string;
}

/** So many people, and the first of them. */
export interface People<One extends Previewed = Previewed> {
  readonly count: number;
  readonly first: readonly One[];
}

/** Somebody in a preview who has not got what it takes. */
export interface PreviewedShort extends Previewed {
  /** From then on they cannot get by with less. */
  readonly due: Date;
}

/** What a rule would come to for the people there are. */
export interface Preview {
  /** Whom it is about. Accounts that are switched off are left out. */
  readonly affected: number;
  /** Who has what it takes already. */
  readonly meet: People;
  /** Who has to set something up, and can. */
  readonly mustEnrol: People<PreviewedShort & { readonly by: EnrolmentChannel }>;
  /** Who could not comply by themselves: they need an invite, a permit, or somebody to look after their account. */
  readonly cannotComply: People<PreviewedShort & { readonly because: Hindrance }> & {
    readonly because: Readonly<Record<Hindrance, number>>;
  };
  /** How many of those who have not got what it takes would have no day of grace left now. */
  readonly atOnce: number;
  /** Whether a provider of this realm gives the level at all. */
  readonly reachable: boolean;
  /** Why whoever saves it would lock themselves out; `null` where they would not. */
  readonly lockout: Lockout | null;
}

/** The session of whoever saves a rule does not meet it; or their account cannot. */
export type Lockout = 'session' | 'account';

const pageSize = 25;
/** How many people of each kind a preview names. */
const named = 50;

/** Walks past everybody and says what the rule would come to. The rule has been looked at. */
export async function previewOf(
  engine: Engine,
  rule: NewRule,
  by: { readonly account: Account; readonly session: SessionWithUser },
): Promise<Preview> {
  const meet = new List<Previewed>();
  const mustEnrol = new List<PreviewedShort & { by: EnrolmentChannel }>();
  const cannot = new List<PreviewedShort & { because: Hindrance }>();
  const because: Record<Hindrance, number> = { 'no-channel': 0, unusable: 0, 'no-provider': 0 };
  const { acr } = rule;
  const now = engine.config.clock.now();
  let atOnce = 0;
  for await (const account of everybody(engine)) {
    const { id, identifier } = account.user;
    const demand = demandOf(rule, account.user, now);
    if (!demand) continue;
    const prospect = prospectOf(engine, account, acr, account.invited);
    if (prospect.state === 'meets') {
      meet.add({ id, identifier });
      continue;
    }
    const { due, state } = demand;
    if (state === 'due') atOnce += 1;
    if (prospect.state === 'enrol') mustEnrol.add({ id, identifier, due, by: prospect.by });
    else {
      cannot.add({ id, identifier, due, because: prospect.because });
      because[prospect.because] += 1;
    }
  }
  return {
    affected: meet.count + mustEnrol.count + cannot.count,
    meet: meet.people(),
    mustEnrol: mustEnrol.people(),
    cannotComply: { ...cannot.people(), because },
    atOnce,
    reachable: isReachable(engine, acr),
    lockout: lockoutOf(engine, rule, by),
  };
}

/** What the rule would demand of somebody, by the function that decides later. Anybody may sign in to a client. */
function demandOf(rule: NewRule, user: UserRecord, now: Date): Demand | undefined {
  const client = 'clients' in rule.who ? rule.who.clients[0] : undefined;
  const subject = { ...user, ...(client !== undefined && { client }) };
  return demandsOn([{ ...rule, id: rule.id ?? '' }], subject, now)[0];
}

/**
 * Whether whoever saves a rule would lock themselves out by it, now or once it is due. What is demanded at a client keeps
 * nobody from the rules.
 */
export function lockoutOf(
  engine: Engine,
  rule: NewRule,
  { account, session }: { readonly account: Account; readonly session: SessionWithUser },
): Lockout | null {
  if (!concerns({ ...rule, id: '' }, account.user)) return null;
  const { acr } = rule;
  if (!isAble(engine, account, acr)) return 'account';
  const { met } = assess({ acr }, session.session.events, engine.config.clock.now());
  return met ? null : 'session';
}

async function* everybody(
  engine: Engine,
): AsyncGenerator<Awaited<ReturnType<Engine['store']['enforcement']['walk']>>[number]> {
  const { store, realm, config } = engine;
  let after = '';
  for (;;) {
    const accounts = await store.enforcement.walk(realm, after, pageSize, config.clock.now());
    yield* accounts;
    await breathe();
    const last = accounts.at(-1);
    if (!last || accounts.length < pageSize) return;
    after = last.user.id;
  }
}

class List<One extends Previewed> {
  count = 0;
  readonly #first: One[] = [];

  add(one: One): void {
    this.count += 1;
    if (this.#first.length < named) this.#first.push(one);
  }

  people(): People<One> {
    return { count: this.count, first: this.#first };
  }
}
