import { strictest, type Requirement } from '../assurance/index.ts';
import { dueNow } from '../core/enforcement/rules.ts';
import type { Engine } from '../core/engine.ts';
import type { SessionWithUser } from '../core/store.ts';
import type { Asked } from './asked.ts';
import type { OidcCall } from './call.ts';
import { decide, type Decision } from './decide.ts';
import type { OidcConfig } from './options.ts';

/** What is kept with a request in progress, for its pages. */
export interface InteractionDetails {
  readonly asked: Asked;
  readonly clientId: string;
  /** What the client asks to have. */
  readonly wishes: readonly string[];
  /** Whether the person is asked about it although they agreed before. */
  readonly askAgain: boolean;
}

/** The decision, with what is asked of the person besides. */
export async function decisionFor(
  engine: Engine,
  config: OidcConfig,
  call: Pick<OidcCall, 'session'>,
  request: {
    readonly asked: Asked;
    readonly clientId: string;
    readonly since: Date | null;
    readonly final: boolean;
    readonly selected: boolean;
  },
): Promise<Decision> {
  const { session } = call;
  const { asked, clientId, ...situation } = request;
  const enforced = session && (await enforcedAt(engine, config, session, clientId));
  return decide(asked, {
    ...situation,
    session: session && { userId: session.user.id, events: session.session.events },
    now: engine.config.clock.now(),
    enforced,
  });
}

/** What is asked of a person at a client besides: by the rules that are due, and by the option `enforce`. */
async function enforcedAt(
  engine: Engine,
  config: OidcConfig,
  who: SessionWithUser,
  client: string,
): Promise<Requirement | null> {
  const { user } = who;
  const rules = await engine.enforcement.for(who);
  const due = rules.length === 0 ? null : dueNow(rules, { ...user, client }, engine.config.clock.now());
  const own = config.enforce ? await config.enforce({ user, client }) : null;
  return due && own ? strictest(due, own) : (due ?? own);
}
