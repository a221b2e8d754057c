import type { Account, SessionWithUser } from '../store.ts';
import { mayManage } from '../authenticators/rules.ts';
import { refused, type Refused } from '../ceremonies/outcome.ts';
import type { Engine } from '../engine.ts';
import { newId } from '../ids.ts';
import { isReachable } from './prospects.ts';
import { lockoutOf, previewOf, type Preview } from './preview.ts';
import { ruleText, wrongRule, type EnforcementRule, type NewRule } from './rule.ts';

/** Rules that a realm may have: they come along with each session that is read. */
const mostRules = 50;

/** Who looks after the rules. Whether they may is the caller's to check; that they are who they are is checked here. */
export interface By {
  readonly by: SessionWithUser;
  /** The realm that their account is of, where it is another one: what they demand there is not demanded of them. */
  readonly inCharge?: { readonly engine: Engine };
}

/** The rules of the realm as they stand now, the one that begins first before the others. */
export async function listRules(engine: Engine): Promise<readonly EnforcementRule[]> {
  const rules = await engine.enforcement.read();
  return rules.toSorted((a, b) => a.from.getTime() - b.from.getTime() || (a.id < b.id ? -1 : 1));
}

/** Says what a rule would come to, before it is saved. */
export async function previewRule(
  engine: Engine,
  rule: NewRule,
  asking: By,
): Promise<Refused | ({ readonly status: 'previewed' } & Preview)> {
  const { by } = asking;
  const asked = await managing(engine, asking);
  if ('status' in asked) return asked;
  const wrong = wrongRule(rule);
  if (wrong !== null) return refused('malformed', { text: wrong });
  const { account } = asked;
  const preview = await previewOf(engine, rule, { account, session: by });
  return { status: 'previewed', ...preview, ...(isElsewhere(engine, by) && { lockout: null }) };
}

/**
 * Saves a rule: in place of the one of the same id, or as a new one. Refused where no provider here gives the level, and
 * where whoever saves it does not meet it themselves: what they demand of others from whatever day on, they have proved.
 */
export async function saveRule(
  engine: Engine,
  rule: NewRule,
  asking: By,
): Promise<Refused | { readonly status: 'saved'; readonly rule: EnforcementRule }> {
  const { by } = asking;
  const asked = await managing(engine, asking);
  if ('status' in asked) return asked;
  const wrong = wrongRule(rule);
  if (wrong !== null) return refused('malformed', { text: wrong });
  if (!isReachable(engine, rule.acr)) return refused('level-unreachable');
  const lockout = isElsewhere(engine, by)
    ? null
    : lockoutOf(engine, rule, { account: asked.account, session: by });
  if (lockout !== null) return refused('locks-you-out');

  const { store, realm, config } = engine;
  const { id = newId('rul', config.random), acr, who, from, graceDays, note } = rule;
  const saved: EnforcementRule = { id, acr, who, from, graceDays, note };
  const others = (await store.enforcement.rules(realm)).filter((one) => one.id !== id);
  if (others.length >= mostRules)
    return refused('malformed', { text: `there are ${mostRules} rules already` });
  const now = config.clock.now();
  const data = ruleText(saved);
  const audit = engine.audit.entry('enforcement-changed', by.user.id, JSON.parse(data) as object);
  await store.enforcement.putRule({ realm, id, data, createdAt: now, updatedAt: now }, audit);
  takeEffect(engine);
  return { status: 'saved', rule: saved };
}

export async function removeRule(
  engine: Engine,
  id: string,
  asking: By,
): Promise<Refused | { readonly status: 'removed' }> {
  const { by } = asking;
  const asked = await managing(engine, asking);
  if ('status' in asked) return asked;
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) return refused('not-found');
  const audit = engine.audit.entry('enforcement-removed', by.user.id, { id });
  if (!(await engine.store.enforcement.dropRule(engine.realm, id, audit))) return refused('not-found');
  takeEffect(engine);
  return { status: 'removed' };
}

/** At once on this node; on every other one within the second for which a session is believed. */
function takeEffect(engine: Engine): void {
  engine.cache.clear();
  engine.enforcement.forget();
}

function isElsewhere({ realm }: Engine, { session }: SessionWithUser): boolean {
  return session.realm !== realm;
}

async function managing(
  engine: Engine,
  { by, inCharge }: By,
): Promise<Refused | { readonly account: Account }> {
  const home = inCharge?.engine ?? engine;
  const account = await home.store.account(home.realm, { id: by.user.id });
  if (!account || by.session.realm !== home.realm || account.user.disabledAt !== null)
    return refused('forbidden');
  // What they were signed in with may have been taken back since it was read (I-06).
  const isCurrent = account.user.generation === by.session.generation;
  return isCurrent && mayManage(home, account, by) ? { account } : refused('step-up-needed');
}
