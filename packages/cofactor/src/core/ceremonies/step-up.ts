import { assess, type Requirement } from '../../assurance/index.ts';
import { unavailable, type Engine } from '../engine.ts';
import { idOf, newSecret } from '../ids.ts';
import type { Account, CeremonyRecord, SessionWithUser } from '../store.ts';
import { offersFor, signInRequirement, type Offer } from './offers.ts';
import { refused, type StepOutcome } from './outcome.ts';
import { ceremonyLifeMs } from './sign-in.ts';
import { shownOperation, type ShownOperation } from '../operations/operations.ts';

export interface StepUp {
  readonly session: SessionWithUser;
  readonly requirement: Requirement;
  /** Name of the policy that asks; `null` for managing one's own account, and where an application asks. */
  readonly policy: string | null;
  /** Name of the application that asks. */
  readonly application?: string;
  /** When the application asked: what was proved since is fresh, whatever `maxAge` says. */
  readonly since?: Date | null;
  /** The single operation that it is for. What is proved then is proved for that, and the session stays as it is. */
  readonly operation?: ShownOperation & { readonly id: string };
  readonly returnTo: string;
}

/** Begins a step-up: a ceremony that starts from what a session has proved. */
export async function stepUp(engine: Engine, request: StepUp): Promise<StepOutcome> {
  const { store, config } = engine;
  const { session, user } = request.session;
  const { requirement, returnTo, since = null, operation } = request;
  const now = config.clock.now();
  // By another clock something may have been proved at this very moment, and was not proved for this operation.
  const events = operation ? session.events.filter(({ at }) => at < now) : session.events;
  const assessment = assess(requirement, events, now, since ? { since } : {});
  if (assessment.met) {
    return { status: 'done', purpose: 'step-up', secret: null, session, user, returnTo };
  }
  const account = await store.account(engine.realm, { id: user.id });
  if (!account) return refused('not-found');
  const offers = offersFor(engine, account, requirement, events, now);
  if (offers.length === 0) {
    if (config.signInPage !== null && assessment.missing.reason === 'too-old')
      return { status: 'sign-in', returnTo };
    // Enrolled but unusable is an outage; enrolling anew as the way out would be a way in for somebody else.
    if (signInRequirement(account).acr === 'mfa' && requirement.acr !== 'phr' && requirement.acr !== 'phrh') {
      throw await unavailable(engine, user, 'second factor', 'ERR_PROVIDER_UNAVAILABLE');
    }
    return { status: 'enrol', returnTo };
  }
  const { secret, id } = newSecret('cer', config.random);
  const ceremony: CeremonyRecord = {
    id,
    realm: engine.realm,
    purpose: 'step-up',
    user,
    generation: session.generation,
    requirement,
    policy: request.policy,
    application: request.application ?? null,
    operation: operation?.id ?? null,
    events,
    session: session.id,
    returnTo,
    limitKey: null,
    attempts: 0,
    createdAt: now,
    expiresAt: new Date(now.getTime() + ceremonyLifeMs),
    consumedAt: null,
  };
  await store.createCeremony(ceremony);
  return {
    status: 'more-needed',
    secret,
    ceremony,
    user: account.user,
    offers,
    ...(operation && { operation }),
  };
}

/** The ceremony of a cookie with what it offers, as a page needs it after a reload; `null` where it is over. */
export async function readCeremony(
  engine: Engine,
  secret: string | undefined,
  session: SessionWithUser | null,
): Promise<{
  readonly ceremony: CeremonyRecord;
  readonly user: { id: string; identifier: string };
  readonly account: Account;
  readonly offers: readonly Offer[];
  readonly operation?: ShownOperation;
} | null> {
  const id = idOf('cer', secret);
  if (id === null) return null;
  const now = engine.config.clock.now();
  const ceremony = await engine.store.ceremony(engine.realm, id);
  if (!ceremony || ceremony.consumedAt !== null || ceremony.expiresAt <= now) return null;
  if (ceremony.session !== null && ceremony.session !== session?.session.id) return null;
  const account = await engine.store.account(engine.realm, { id: ceremony.user.id });
  if (!account || account.user.generation !== ceremony.generation || account.user.disabledAt !== null)
    return null;
  const offers = offersFor(engine, account, ceremony.requirement, ceremony.events, ceremony.createdAt);
  const operation = ceremony.operation === null ? null : await shownOperation(engine, ceremony.operation);
  if (ceremony.operation !== null && !operation) return null;
  return { ceremony, user: account.user, account, offers, ...(operation && { operation }) };
}

/** Ends a ceremony that its person does not want to go on with. */
export async function abandon(engine: Engine, secret: string | undefined): Promise<void> {
  const id = idOf('cer', secret);
  if (id !== null) await engine.store.abandonCeremony(engine.realm, id, engine.config.clock.now());
}
