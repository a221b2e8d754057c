import { notifySeldom, type Told } from '../account/mail.ts';
import { assess, assuranceOf, type AuthenticationEvent } from '../../assurance/index.ts';
import {
  ask,
  elsewhere,
  eventsOf,
  factorContext,
  openData,
  unavailable,
  type Client,
  type Engine,
} from '../engine.ts';
import { idOf } from '../ids.ts';
import { delayAfter, limits } from '../limits/limits.ts';
import { counted } from '../metering.ts';
import { check } from '../schema.ts';
import { provedLifeMs, shownOperation } from '../operations/operations.ts';
import type { FactorProvider, Verdict } from '../provider.ts';
import { newSession } from '../sessions/sessions.ts';
import type {
  AcceptedAnswer,
  AuthenticatorRecord,
  CeremonyRecord,
  ReservedAnswer,
  SessionWithUser,
} from '../store.ts';
import { answeredChallenge, type Answered } from './challenge.ts';
import { rememberDevice } from './devices.ts';
import { offersFor, userVerificationFor } from './offers.ts';
import { refused, secondsUntil, type Refused, type StepOutcome } from './outcome.ts';
import { settleOf } from './sign-in.ts';

export interface Answer {
  /** Value of the ceremony's cookie. */
  readonly secret: string | undefined;
  /** The session of the same browser, where it has one: a step-up belongs to the session it began from. */
  readonly session: SessionWithUser | null;
  readonly authenticator: string;
  readonly response: unknown;
  /** Whether the browser shall be remembered as one that needs no second factor. */
  readonly remember?: boolean;
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
  const name = reserved.ceremony.purpose === 'sign-in' ? 'sign-ins' : 'step-ups';
  const method = 'refused' in reserved.tried ? '' : reserved.tried.provider;
  return counted(engine, name, method, () => answerReserved(engine, request, reserved, now));
}

/** Judges an answer whose try is counted already, and applies it. */
async function answerReserved(
  engine: Engine,
  request: Answer,
  { ceremony, tried }: ReservedAnswer,
  now: Date,
): Promise<StepOutcome> {
  const { store, config } = engine;
  if ('refused' in tried) {
    if (tried.refused === 'blocked')
      return refused('too-many-tries', { retryAfter: secondsUntil(tried.until, now) });
    if (tried.refused === 'disabled') return refused('too-many-tries', { triesLeft: 0 });
    // Not one of this user's: the try was the ceremony's, so it counts against whom it was aimed at.
    return wrong(engine, ceremony, null, request.client);
  }

  let judged: Judged;
  try {
    judged = await judge(engine, ceremony, tried, request);
  } catch (error) {
    // Nothing was learnt about the answer, so it is no failure: an outage must not lock anybody out.
    await store.releaseAuthenticator(tried.id);
    throw error;
  }
  const { provider, data, verdict } = judged;
  if (!verdict.ok) {
    if (verdict.reason === 'pending') {
      // An answer that uses its challenge up cannot be asked for again.
      if (provider.challenge?.usedUpBy === 'answer') {
        throw await unavailable(engine, ceremony.user, provider.name, 'ERR_PROVIDER_UNAVAILABLE');
      }
      await store.releaseAuthenticator(tried.id);
      await store.releaseCeremony(ceremony.id);
      return { status: 'pending', retryAfter: pendingSeconds };
    }
    // Its challenge went with the answer that was faster: this one was compared with nothing.
    const isLate = provider.challenge !== undefined && judged.challenge === null;
    if (isLate && (await store.ceremony(engine.realm, ceremony.id))?.consumedAt)
      return tooLate(engine, tried);
    return verdict.reason === 'replayed'
      ? replayed(engine, ceremony, tried)
      : wrong(engine, ceremony, tried, request.client);
  }

  const at = config.clock.now();
  const proved = eventsOf(provider, tried.id, at, verdict);
  const settle = {
    ...(settleOf(engine, tried, verdict, data) ?? { authenticator: tried.id }),
    ...(judged.challenge?.record && { challenge: judged.challenge.record }),
  };
  const outcome = await settleAnswer(engine, { ceremony, at, proved, settle, request });
  if (outcome === 'replayed') return replayed(engine, ceremony, tried);
  if (outcome === 'wrong') return wrong(engine, ceremony, tried, request.client);
  if (outcome === 'used') return tooLate(engine, tried);
  return outcome;
}

/** Another answer was faster. This one changed nothing, so it is no failure either. */
async function tooLate({ store }: Engine, tried: AuthenticatorRecord): Promise<Refused> {
  await store.releaseAuthenticator(tried.id);
  return refused('ceremony-used');
}

/** After how many seconds an answer that was not there yet is asked for again. */
const pendingSeconds = 2;

interface Judged {
  readonly challenge: Answered | null;
  readonly provider: FactorProvider;
  readonly data: unknown;
  readonly verdict: Verdict;
}

/** Asks the provider. What it does not take at all is as wrong as a wrong code, and counted like one. */
async function judge(
  engine: Engine,
  ceremony: CeremonyRecord,
  tried: AuthenticatorRecord,
  { response, client }: Answer,
): Promise<Judged> {
  const { user } = ceremony;
  const { provider, data } = await openData(engine, user, tried);
  const challenge = provider.challenge ? await answeredChallenge(engine, ceremony, provider, tried) : null;
  const wrong = { challenge, provider, data, verdict: { ok: false, reason: 'wrong' } } as const;
  // Who answers without having been asked, or too late, is as wrong as who answers wrongly.
  if (provider.challenge && !challenge) return wrong;
  if (await check(provider.response, response)) return wrong;
  const now = engine.config.clock.now();
  const context = factorContext(engine, user, {
    language: client.language,
    userVerification: userVerificationFor(ceremony, { authenticator: tried, provider }, now),
  });
  const { id, name, counter } = tried;
  const verdict = await ask(engine, user, provider, () =>
    provider.verify(context, { id, name, data, counter, challenge: challenge?.data ?? null }, response),
  );
  return { challenge, provider, data, verdict };
}

interface RightAnswer {
  readonly ceremony: CeremonyRecord;
  readonly at: Date;
  /** What one authenticator proved. */
  readonly proved: readonly AuthenticationEvent[];
  readonly settle: NonNullable<AcceptedAnswer['settle']>;
  readonly request: Answer;
}

/** Applies a right answer: the session if the requirement is met, else the ceremony with one more event. */
async function settleAnswer(
  engine: Engine,
  { ceremony, at: now, proved, settle, request }: RightAnswer,
): Promise<StepOutcome | 'replayed' | 'wrong' | 'used'> {
  const { store } = engine;
  const { client } = request;
  const events = withEvents(ceremony.events, proved);
  const { user } = ceremony;
  if (!assess(ceremony.requirement, events, now, { since: ceremony.createdAt }).met) {
    const next = { ...ceremony, events };
    const accepted = await store.accept({ ceremony, now, settle, next: { ceremony: next } });
    if (accepted !== 'accepted') return accepted;
    const account = await store.account(engine.realm, { id: user.id });
    const offers = account
      ? offersFor(engine, account, ceremony.requirement, events, ceremony.createdAt)
      : [];
    const operation = ceremony.operation === null ? null : await shownOperation(engine, ceremony.operation);
    return {
      status: 'more-needed',
      secret: null,
      ceremony: next,
      user,
      offers,
      ...(operation && { operation }),
    };
  }

  const began = request.session;
  if (ceremony.operation !== null)
    return settleOperation(
      engine,
      ceremony.operation,
      { ceremony, at: now, proved, settle, request },
      events,
    );
  const origin = { id: user.id, generation: ceremony.generation };
  const { secret, session } =
    ceremony.session !== null && began
      ? newSession(engine, origin, events, began.session.limitKey, client, began.session)
      : newSession(engine, origin, events, ceremony.limitKey, client, undefined, began?.session);
  const wants = request.remember === true && ceremony.purpose === 'sign-in';
  const device = wants ? rememberDevice(engine, origin, client) : null;
  const assurance = assuranceOf(events);
  const type = ceremony.purpose === 'sign-in' ? 'signed-in' : 'stepped-up';
  const audit = engine.audit.entry(type, user.id, {
    amr: assurance.amr,
    ...elsewhere(proved),
    ip: client.ip,
    ...(ceremony.policy !== null && { policy: ceremony.policy }),
    ...(device && { remembered: true }),
  });
  // A sign-in ends what the browser was signed in to; a step-up ends the session it began from.
  const replaces = ceremony.session === null ? began?.session : undefined;
  const next = { session, audit, ...(replaces && { replaces }), ...(device && { device: device.record }) };
  const accepted = await store.accept({ ceremony, now, settle, next });
  if (accepted !== 'accepted') return accepted;
  if (began) engine.cache.drop(began.session.id);
  engine.events.emit(type, { user, assurance, ip: client.ip });
  if (device) {
    engine.events.emit('device-remembered', { user, userAgent: device.record.userAgent, ip: client.ip });
    tell(engine, ceremony, 'new-device-remembered', { client });
  }
  const { returnTo } = ceremony;
  const { purpose } = ceremony;
  return {
    status: 'done',
    purpose,
    secret,
    session,
    user,
    returnTo,
    ...(device && { device: device.secret }),
  };
}

/**
 * The same for a single operation. The session is neither renewed nor raised: what was proved for one thing is worth nothing
 * for another.
 */
async function settleOperation(
  engine: Engine,
  id: string,
  { ceremony, at: now, proved, settle, request }: RightAnswer,
  events: readonly AuthenticationEvent[],
): Promise<StepOutcome | 'replayed' | 'wrong' | 'used'> {
  const { user, returnTo } = ceremony;
  // It belongs to the session that it began from, and reserving the answer has seen to it that this is that one.
  if (!request.session) return refused('ceremony-unknown');
  const assurance = assuranceOf(events);
  const { ip } = request.client;
  const data = { operation: id, amr: assurance.amr, ...elsewhere(proved), ip };
  const next = {
    operation: { id, until: new Date(now.getTime() + provedLifeMs) },
    audit: engine.audit.entry('operation-proved', user.id, data),
  };
  const accepted = await engine.store.accept({ ceremony, now, settle, next });
  if (accepted !== 'accepted') return accepted;
  engine.events.emit('operation-proved', { user, operation: id, assurance, ip });
  const { session: same } = request.session;
  return { status: 'done', purpose: 'step-up', secret: null, session: same, user, returnTo };
}

/** The events with those of an answer, which take the place of older ones of the same authenticator. */
function withEvents(
  events: readonly AuthenticationEvent[],
  proved: readonly AuthenticationEvent[],
): readonly AuthenticationEvent[] {
  const renewed = new Set(proved.map(({ authenticator }) => authenticator));
  return [
    ...events.filter(({ authenticator }) => authenticator === null || !renewed.has(authenticator)),
    ...proved,
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
    tell(engine, ceremony, 'second-factor-failed', { provider, client });
    if (tried.failures >= limits.disableAt) {
      const data = { provider, authenticator: tried.id };
      await store.appendAudit(realm, audit.entry('authenticator-disabled', ceremony.user.id, data));
      engine.config.meter.count('lockouts', { realm, kind: 'disabled' });
      events.emit('authenticator-disabled', { user, provider });
      tell(engine, ceremony, 'authenticator-disabled', { provider, name: tried.name, client });
    }
  }
  const triesLeft = limits.triesPerCeremony - ceremony.attempts;
  const wait = tried ? delayAfter(tried.failures) : 0;
  if (wait > 0) return refused('too-many-tries', { retryAfter: wait, triesLeft });
  if (triesLeft <= 0) return refused('too-many-tries', { retryAfter: 1, triesLeft: 0 });
  return refused('wrong-response', { triesLeft });
}

/** Mails the owner what happened in a ceremony, e.g. that somebody has the password (I-14). */
function tell(
  engine: Engine,
  ceremony: CeremonyRecord,
  kind: 'second-factor-failed' | 'authenticator-disabled' | 'new-device-remembered',
  told: Told,
): void {
  if (!engine.config.mail) return;
  engine.background.run(`mail ${kind}`, async () => {
    const account = await engine.store.account(engine.realm, { id: ceremony.user.id });
    if (account) notifySeldom(engine, account.user, kind, told);
  });
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
