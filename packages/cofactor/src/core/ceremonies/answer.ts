import { assess, assuranceOf, type AuthenticationEvent } from '../../assurance/index.ts';
import { ask, eventOf, factorContext, openData, type Client, type Engine } from '../engine.ts';
import { idOf } from '../ids.ts';
import { delayAfter, limits } from '../limits/limits.ts';
import { check } from '../schema.ts';
import type { FactorProvider, Verdict } from '../provider.ts';
import { newSession } from '../sessions/sessions.ts';
import type { AuthenticatorRecord, CeremonyRecord, SessionWithUser, UserRef } from '../store.ts';
import { offersFor } from './offers.ts';
import { refused, secondsUntil, type Refused, type StepOutcome } from './outcome.ts';
import { settleOf } from './sign-in.ts';

export interface Answer {
  /** Value of the ceremony's cookie. */
  readonly secret: string | undefined;
  /** The session of the same browser, where it has one: a step-up belongs to the session it began from. */
  readonly session: SessionWithUser | null;
  readonly authenticator: string;
  readonly response: unknown;
  readonly client: Client;
}

/**
 * Answers a ceremony with one of its user's authenticators. A try is taken from the ceremony and from the
 * authenticator before anything is compared; the authenticator's is given back for a right answer (I-13, A-23).
 */
export async function answer(engine: Engine, request: Answer): Promise<StepOutcome> {
  const { store, config } = engine;
  const id = idOf('cer', request.secret);
  if (id === null) return refused('ceremony-unknown');
  const now = config.clock.now();
  const reserved = await store.reserveAnswer({
    realm: engine.realm,
    ceremony: id,
    session: request.session?.session.id ?? null,
    authenticator: request.authenticator,
    tries: limits.triesPerCeremony,
    disableAt: limits.disableAt,
    now,
  });
  if (typeof reserved === 'string') return ceremonyRefusal(reserved);
  const { ceremony, tried } = reserved;
  if ('refused' in tried) {
    if (tried.refused === 'blocked')
      return refused('too-many-tries', { retryAfter: secondsUntil(tried.until, now) });
    if (tried.refused === 'disabled') return refused('too-many-tries', { triesLeft: 0 });
    // Not one of this user's: the try was the ceremony's, so it counts against whom it was aimed at.
    return wrong(engine, ceremony, null, request.client);
  }

  let judged: Judged;
  try {
    judged = await judge(engine, ceremony.user, tried, request.response);
  } catch (error) {
    // Nothing was learnt about the answer, so it is no failure: an outage must not lock anybody out.
    await store.releaseAuthenticator(tried.id);
    throw error;
  }
  const { provider, data, verdict } = judged;
  if (!verdict.ok) {
    return verdict.reason === 'replayed'
      ? replayed(engine, ceremony, tried)
      : wrong(engine, ceremony, tried, request.client);
  }

  const event = eventOf(provider, tried.id, config.clock.now(), verdict.proves);
  const settle = settleOf(engine, tried, verdict, data) ?? { authenticator: tried.id };
  const outcome = await settleAnswer(engine, { ceremony, event, settle, request });
  if (outcome === 'replayed') return replayed(engine, ceremony, tried);
  if (outcome === 'wrong') return wrong(engine, ceremony, tried, request.client);
  if (outcome === 'used') {
    // Another answer was faster. This one was right and changed nothing, so it is no failure either.
    await store.releaseAuthenticator(tried.id);
    return refused('ceremony-used');
  }
  return outcome;
}

interface Judged {
  readonly provider: FactorProvider;
  readonly data: unknown;
  readonly verdict: Verdict;
}

/** Asks the provider. What it does not take at all is as wrong as a wrong code, and counted like one. */
async function judge(
  engine: Engine,
  user: UserRef,
  tried: AuthenticatorRecord,
  response: unknown,
): Promise<Judged> {
  const { provider, data } = await openData(engine, user, tried);
  if (await check(provider.response, response)) {
    return { provider, data, verdict: { ok: false, reason: 'wrong' } };
  }
  const context = factorContext(engine, user, false);
  const verdict = await ask(engine, user, provider, () =>
    provider.verify(context, { data, counter: tried.counter }, response),
  );
  return { provider, data, verdict };
}

interface RightAnswer {
  readonly ceremony: CeremonyRecord;
  readonly event: AuthenticationEvent;
  readonly settle: NonNullable<ReturnType<typeof settleOf>>;
  readonly request: Answer;
}

/** Applies a right answer: the session if the requirement is met, else the ceremony with one more event. */
async function settleAnswer(
  engine: Engine,
  { ceremony, event, settle, request }: RightAnswer,
): Promise<StepOutcome | 'replayed' | 'wrong' | 'used'> {
  const { store } = engine;
  const { client } = request;
  const now = event.at;
  const events = withEvent(ceremony.events, event);
  const { user } = ceremony;
  if (!assess(ceremony.requirement, events, now, { since: ceremony.createdAt }).met) {
    const next = { ...ceremony, events };
    const accepted = await store.accept({ ceremony, now, settle, next: { ceremony: next } });
    if (accepted !== 'accepted') return accepted;
    const account = await store.account(engine.realm, { id: user.id });
    const offers = account
      ? offersFor(engine, account, ceremony.requirement, events, ceremony.createdAt)
      : [];
    return { status: 'more-needed', secret: null, ceremony: next, user, offers };
  }

  const began = request.session;
  const origin = { id: user.id, generation: ceremony.generation };
  // A step-up does not make a session last longer than it would have.
  const { secret, session } =
    ceremony.session !== null && began
      ? newSession(engine, origin, events, began.session.limitKey, client, began.session.expiresAt)
      : newSession(engine, origin, events, ceremony.limitKey, client);
  const assurance = assuranceOf(events);
  const type = ceremony.purpose === 'sign-in' ? 'signed-in' : 'stepped-up';
  const audit = engine.audit.entry(type, user.id, {
    amr: assurance.amr,
    ip: client.ip,
    ...(ceremony.policy !== null && { policy: ceremony.policy }),
  });
  // A sign-in ends what the browser was signed in to; a step-up ends the session it began from.
  const replaces = ceremony.session === null ? began?.session : undefined;
  const next = { session, audit, ...(replaces && { replaces }) };
  const accepted = await store.accept({ ceremony, now, settle, next });
  if (accepted !== 'accepted') return accepted;
  if (began) engine.cache.drop(began.session.id);
  engine.events.emit(type, { user, assurance, ip: client.ip });
  return { status: 'done', secret, session, user, returnTo: ceremony.returnTo };
}

/** The events with a new one, which takes the place of an older one of the same authenticator. */
function withEvent(
  events: readonly AuthenticationEvent[],
  event: AuthenticationEvent,
): readonly AuthenticationEvent[] {
  return [
    ...events.filter(({ authenticator }) => authenticator === null || authenticator !== event.authenticator),
    event,
  ];
}

/** A right code that was used before is refused, and not counted: a double click is no attack. */
async function replayed(
  engine: Engine,
  ceremony: CeremonyRecord,
  tried: AuthenticatorRecord,
): Promise<Refused> {
  await engine.store.releaseAuthenticator(tried.id);
  const data = { provider: tried.provider, authenticator: tried.id };
  await engine.store.appendAudit(
    engine.realm,
    engine.audit.entry('replayed-response', ceremony.user.id, data),
  );
  return refused('replayed-response', { triesLeft: limits.triesPerCeremony - ceremony.attempts });
}

async function wrong(
  engine: Engine,
  ceremony: CeremonyRecord,
  tried: AuthenticatorRecord | null,
  client: Client,
): Promise<Refused> {
  const { store, audit, realm, events } = engine;
  const provider = tried?.provider ?? 'unknown';
  await store.appendAudit(
    realm,
    audit.entry('wrong-response', ceremony.user.id, { provider, step: ceremony.purpose }),
  );
  const { user } = ceremony;
  if (tried && tried.usage !== 'first') {
    events.emit('second-factor-failed', { user, provider, ip: client.ip });
    if (tried.failures >= limits.disableAt) {
      const data = { provider, authenticator: tried.id };
      await store.appendAudit(realm, audit.entry('authenticator-disabled', ceremony.user.id, data));
      events.emit('authenticator-disabled', { user, provider });
    }
  }
  const triesLeft = limits.triesPerCeremony - ceremony.attempts;
  const wait = tried ? delayAfter(tried.failures) : 0;
  if (wait > 0) return refused('too-many-tries', { retryAfter: wait, triesLeft });
  if (triesLeft <= 0) return refused('too-many-tries', { retryAfter: 1, triesLeft: 0 });
  return refused('wrong-response', { triesLeft });
}

export function ceremonyRefusal(reason: 'unknown' | 'used' | 'expired' | 'exhausted'): Refused {
  switch (reason) {
    case 'unknown':
      return refused('ceremony-unknown');
    case 'used':
      return refused('ceremony-used');
    case 'expired':
      return refused('ceremony-expired');
    case 'exhausted':
      return refused('too-many-tries', { retryAfter: 1, triesLeft: 0 });
  }
}
