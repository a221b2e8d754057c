import { assess, assuranceOf, type AuthenticationEvent, type FactorKind } from '../../assurance/index.ts';
import { isSealedWith } from '../../base/keys/envelope.ts';
import {
  ask,
  elsewhere,
  eventsOf,
  factorContext,
  openData,
  sealData,
  unavailable,
  type Client,
  type Engine,
} from '../engine.ts';
import { newId, newSecret } from '../ids.ts';
import { check } from '../schema.ts';
import { bucketFor } from '../limits/bucket.ts';
import { counted } from '../metering.ts';
import type { FactorProvider, Verdict } from '../provider.ts';
import { newSession } from '../sessions/sessions.ts';
import type {
  AcceptedAnswer,
  Account,
  AuthenticatorRecord,
  CeremonyRecord,
  SessionRecord,
  SessionWithUser,
  UserRecord,
} from '../store.ts';
import { canonicalIdentifier, hostIdentifier } from '../users/identifier.ts';
import { isRemembered } from './devices.ts';
import { offersFor, signInRequirement } from './offers.ts';
import { refused, secondsUntil, type StepOutcome } from './outcome.ts';

/** How long a person has to finish what a ceremony asks, in milliseconds. */
export const ceremonyLifeMs: number = 10 * 60_000;

export interface SignIn {
  readonly identifier: string;
  readonly provider: string;
  readonly response: unknown;
  /** A path of this site, already checked. */
  readonly returnTo: string;
  readonly client: Client;
  /** The session that the browser has already; the new one takes its place. */
  readonly session?: SessionWithUser | null;
}

/**
 * Begins a sign-in with its first factor. Unknown, disabled and known accounts take the same statements, the
 * same hash and get the same answer until the first factor is right (I-17).
 */
export function signIn(engine: Engine, request: SignIn): Promise<StepOutcome> {
  return counted(engine, 'sign-ins', request.provider, () => firstStep(engine, request));
}

async function firstStep(engine: Engine, request: SignIn): Promise<StepOutcome> {
  const { store, config } = engine;
  const provider = config.providers.get(request.provider);
  const canonical = canonicalIdentifier(request.identifier);
  if (!provider || provider.usage !== 'first' || canonical === null) return refused('malformed');
  if (await check(provider.response, request.response)) return refused('malformed');

  const now = config.clock.now();
  const wait = engine.networks.wait(request.client.ip, now);
  if (wait > 0) return refused('too-many-tries', { retryAfter: wait });
  const bucket = bucketFor(engine, canonical, request.client, now);
  const reserved = await store.reserveFirstTry(bucket);
  if (!reserved.allowed) return refused('too-many-tries', { retryAfter: secondsUntil(reserved.until, now) });

  const account = await store.account(engine.realm, { canonical });
  const authenticator = account?.authenticators.find((candidate) => candidate.provider === provider.name);
  const known = account?.user.disabledAt === null ? authenticator : undefined;
  let judged: { readonly data: unknown; readonly verdict: Verdict };
  try {
    judged =
      account && known
        ? await judge(engine, account.user, provider, known, request.response)
        : await judgeNobody(engine, provider, request);
  } catch (error) {
    // Nothing was learnt about the answer, so it is no failure: a rush must not lock anybody out.
    await store.releaseFirstTry(bucket.key);
    throw error;
  }
  const { data, verdict } = judged;
  if (!verdict.ok || !account || !authenticator) {
    return wrongCredentials(engine, account?.user.id ?? null, provider.name, request.client);
  }

  return proceed(engine, {
    account,
    events: eventsOf(provider, authenticator.id, config.clock.now(), verdict),
    settle: settleOf(engine, authenticator, verdict, data),
    returnTo: request.returnTo,
    limitKey: bucket.key,
    client: request.client,
    before: request.session?.session,
  });
}

async function judge(
  engine: Engine,
  user: UserRecord,
  provider: FactorProvider,
  authenticator: AuthenticatorRecord,
  response: unknown,
): Promise<{ readonly data: unknown; readonly verdict: Verdict }> {
  const { data } = await openData(engine, user, authenticator);
  const context = factorContext(engine, user);
  const { id, name, counter } = authenticator;
  const verdict = await ask(engine, user, provider, () =>
    provider.verify(context, { id, name, data, counter, challenge: null }, response),
  );
  return { data, verdict };
}

/** Asked as a real one is, so that it takes as long, and that a provider that fails does so for everybody. */
async function judgeNobody(
  engine: Engine,
  provider: FactorProvider,
  { identifier, response }: SignIn,
): Promise<{ readonly data: null; readonly verdict: Verdict }> {
  const context = factorContext(engine, { id: 'usr_nobody', identifier }, { onlyFactor: true });
  const verdict = await ask(engine, null, provider, async () => {
    await provider.decoy?.(context, response);
    return { ok: false, reason: 'wrong' } as const;
  });
  return { data: null, verdict };
}

export interface HostProof {
  /** Who it is in the application's own words: its user id or name, the same each time. */
  readonly subject: string;
  /** What the application checked, as RFC 8176 values; `['pwd']` if left out. */
  readonly amr?: readonly string[];
  readonly kind?: FactorKind;
  /** When it did; now if left out. Older than five minutes is refused. */
  readonly at?: Date;
  readonly returnTo: string;
  readonly client: Client;
  /** The session that the browser has already; the new one takes its place. */
  readonly session?: SessionWithUser | null;
}

/**
 * Takes over from an application that has users and a first factor of its own: the proof becomes an event like
 * any other, and whatever the account needs beyond it follows. Called by the application's code only; nothing
 * of it may come from a request unchecked.
 */
export async function signInFromHost(engine: Engine, proof: HostProof): Promise<StepOutcome> {
  const { store, config } = engine;
  const canonical = hostIdentifier(proof.subject);
  if (canonical === null) return refused('malformed');
  const now = config.clock.now();
  const at = proof.at ?? now;
  if (at > now || now.getTime() - at.getTime() > 300_000 || (proof.amr ?? []).includes('mfa'))
    return refused('malformed');

  let account = await store.account(engine.realm, { canonical });
  if (!account) {
    const user = {
      id: newId('usr', config.random),
      realm: engine.realm,
      identifier: proof.subject,
      canonical,
      roles: [],
      createdAt: now,
      email: null,
      language: null,
    };
    await store.createUser(user, [], engine.audit.entry('user-created', user.id, { source: 'host' }));
    account = await store.account(engine.realm, { canonical });
  }
  if (!account || account.user.disabledAt !== null) return refused('wrong-credentials');
  const event: AuthenticationEvent = {
    provider: 'host',
    authenticator: null,
    kind: proof.kind ?? 'know',
    amr: proof.amr ?? ['pwd'],
    at,
    source: 'host',
  };
  return proceed(engine, {
    account,
    events: [event],
    settle: null,
    returnTo: proof.returnTo,
    limitKey: null,
    client: proof.client,
    before: proof.session?.session,
  });
}

interface FirstProof {
  readonly account: Account;
  /** At least one. */
  readonly events: readonly AuthenticationEvent[];
  readonly settle: AcceptedAnswer['settle'];
  readonly returnTo: string;
  readonly limitKey: string | null;
  readonly client: Client;
  readonly before: SessionRecord | undefined;
}

/** From a first factor that was proved: to a session if that is enough, else to a ceremony. */
export async function proceed(engine: Engine, first: FirstProof): Promise<StepOutcome> {
  const { store, config } = engine;
  const { account, events, returnTo, client, before } = first;
  const provider = events[0]?.provider ?? '';
  const now = config.clock.now();
  // For the page that may follow, which asks what is demanded of them.
  engine.enforcement.saw(account);
  const requirement = signInRequirement(account);
  const enough = assess(requirement, events, now).met;
  if (enough || (await isRemembered(engine, account.user, client))) {
    const { secret, session } = newSession(
      engine,
      account.user,
      events,
      first.limitKey,
      client,
      undefined,
      before,
    );
    const audit = engine.audit.entry('signed-in', account.user.id, {
      amr: assuranceOf(events).amr,
      ...elsewhere(events),
      ip: client.ip,
    });
    const accepted = await store.accept({
      ceremony: null,
      now,
      settle: first.settle ?? usedNow(events),
      next: { session, audit, ...(before && { replaces: before }) },
    });
    if (accepted !== 'accepted') return wrongCredentials(engine, account.user.id, provider, client);
    if (before) engine.cache.drop(before.id);
    engine.events.emit('signed-in', { user: account.user, assurance: assuranceOf(events), ip: client.ip });
    return { status: 'done', purpose: 'sign-in', secret, session, user: account.user, returnTo };
  }

  const offers = offersFor(engine, account, requirement, events, now);
  // Something is enrolled and none of it can be used: that is an outage, never a reason to ask for less.
  if (offers.length === 0) {
    const providers = account.authenticators
      .filter(({ usage }) => usage === 'second')
      .map((one) => one.provider);
    throw await unavailable(
      engine,
      account.user,
      [...new Set(providers)].join(', '),
      'ERR_PROVIDER_UNAVAILABLE',
    );
  }
  const { secret, id } = newSecret('cer', config.random);
  const ceremony: CeremonyRecord = {
    id,
    realm: engine.realm,
    purpose: 'sign-in',
    user: account.user,
    generation: account.user.generation,
    requirement,
    policy: null,
    application: null,
    operation: null,
    events,
    session: null,
    returnTo,
    limitKey: first.limitKey,
    attempts: 0,
    createdAt: now,
    expiresAt: new Date(now.getTime() + ceremonyLifeMs),
    consumedAt: null,
  };
  const accepted = first.settle
    ? await store.accept({ ceremony: null, now, settle: first.settle, next: { ceremony } })
    : (await store.createCeremony(ceremony), 'accepted');
  if (accepted !== 'accepted') return wrongCredentials(engine, account.user.id, provider, client);
  return { status: 'more-needed', secret, ceremony, user: account.user, offers };
}

/** Nothing is asked after it, so this is what says when somebody signed in last. */
function usedNow([first]: readonly AuthenticationEvent[]): AcceptedAnswer['settle'] {
  return first?.authenticator ? { authenticator: first.authenticator } : null;
}

export async function wrongCredentials(
  engine: Engine,
  userId: string | null,
  provider: string,
  client: Client,
): Promise<StepOutcome> {
  engine.networks.add(client.ip, engine.config.clock.now());
  await engine.store.appendAudit(
    engine.realm,
    engine.audit.entry('wrong-response', userId, { provider, step: 'first' }),
  );
  return refused('wrong-credentials');
}

/**
 * What a right answer changes in its authenticator; `null` where that is nothing but the time of use. Data that
 * was sealed with an older key is sealed anew on the way (I-05).
 */
export function settleOf(
  engine: Engine,
  authenticator: AuthenticatorRecord,
  verdict: Verdict & { readonly ok: true },
  data: unknown,
): AcceptedAnswer['settle'] {
  const { counter, spend, about } = verdict;
  const renewed = verdict.data ?? (isSealedWith(authenticator.data, engine.keys.newest) ? undefined : data);
  if (renewed === undefined && counter === undefined && spend === undefined && !about) return null;
  return {
    authenticator: authenticator.id,
    ...(renewed !== undefined && {
      data: { before: authenticator.data, after: sealData(engine, authenticator, renewed) },
    }),
    ...(counter !== undefined && { counter }),
    ...(spend !== undefined && { spend }),
    ...(about && { about }),
  };
}
