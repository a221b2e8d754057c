import { breathe } from '../../base/breathe.ts';
import { assess } from '../../assurance/index.ts';
import type { Engine } from '../engine.ts';
import type { Account, SessionWithUser, UserRecord } from '../store.ts';
import { isAble, isReachable, prospectOf, type EnrolmentChannel, type Hindrance } from './prospects.ts';
import type { NewRule } from './rule.ts';
import { concerns } from './rules.ts';

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

/** What a rule would come to for the people there are, if it were due now. */
export interface Preview {
  /** Whom it is about. Accounts that are switched off are left out. */
  readonly affected: number;
  /** Who has what it takes already. */
  readonly meet: People;
  /** Who has to set something up, and can. */
  readonly mustEnrol: People<Previewed & { readonly by: EnrolmentChannel }>;
  /** Who could not comply by themselves: they need an invite, a permit, or somebody to look after their account. */
  readonly cannotComply: People<Previewed & { readonly because: Hindrance }> & {
    readonly because: Readonly<Record<Hindrance, number>>;
  };
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
  const mustEnrol = new List<Previewed & { by: EnrolmentChannel }>();
  const cannot = new List<Previewed & { because: Hindrance }>();
  const because: Record<Hindrance, number> = { 'no-channel': 0, unusable: 0, 'no-provider': 0 };
  const { acr } = rule;
  for await (const account of everybody(engine)) {
    const { id, identifier } = account.user;
    if (!isAbout(rule, account.user)) continue;
    const prospect = prospectOf(engine, account, acr, account.invited);
    if (prospect.state === 'meets') meet.add({ id, identifier });
    else if (prospect.state === 'enrol') mustEnrol.add({ id, identifier, by: prospect.by });
    else {
      cannot.add({ id, identifier, because: prospect.because });
      because[prospect.because] += 1;
    }
  }
  return {
    affected: meet.count + mustEnrol.count + cannot.count,
    meet: meet.people(),
    mustEnrol: mustEnrol.people(),
    cannotComply: { ...cannot.people(), because },
    reachable: isReachable(engine, acr),
    lockout: lockoutOf(engine, rule, by),
  };
}

/** Anybody may sign in to a client. */
function isAbout(rule: NewRule, user: UserRecord): boolean {
  return 'clients' in rule.who || concerns({ ...rule, id: '' }, user);
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
