import {
  ask,
  factorContext,
  heldBy,
  nobodysContext,
  unavailable,
  type Client,
  type Engine,
} from '../engine.ts';
import { newSecret, sha256 } from '../ids.ts';
import { open, seal } from '../../base/keys/envelope.ts';
import { limits } from '../limits/limits.ts';
import { whole } from '../made.ts';
import type { FactorProvider } from '../provider.ts';
import type { AuthenticatorRecord, CeremonyRecord, ChallengeRecord, SessionWithUser } from '../store.ts';
import { deliver, maySend } from './deliver.ts';
import { isUsable, userVerificationFor } from './offers.ts';
import { refused, secondsUntil, type Refused } from './outcome.ts';
import { readCeremony } from './step-up.ts';

/** What the page needs to have a challenge answered. */
export interface Challenged {
  readonly status: 'challenged';
  readonly provider: FactorProvider;
  readonly view: object;
  readonly expiresAt: Date;
  /** Seconds after which another one can be asked for, where asking sends something. */
  readonly resendAfter: number | null;
  /** The cookie's value, for a challenge that belongs to no ceremony yet. */
  readonly secret: string | null;
}

/** What is kept sealed of a challenge. */
interface Kept {
  readonly data: unknown;
  readonly view: object;
  /** Where the person was going, for a sign-in that begins with it: a path of this site. */
  readonly returnTo?: string;
}

/**
 * Has a provider ask. The challenge belongs to this ceremony and this authenticator (or, where it is shared, this
 * provider), takes the place of an older one, and resets no counter (I-13, I-21).
 */
export async function challenge(
  engine: Engine,
  request: {
    readonly secret: string | undefined;
    readonly session: SessionWithUser | null;
    readonly authenticator: string;
    /** Path of the pages. */
    readonly base: string;
    readonly client: Client;
  },
): Promise<Challenged | Refused> {
  const found = await readCeremony(engine, request.secret, request.session);
  if (!found) return refused('ceremony-unknown');
  const { ceremony, account } = found;
  if (ceremony.attempts >= limits.triesPerCeremony) {
    return refused('too-many-tries', { retryAfter: 1, triesLeft: 0 });
  }
  const offer = found.offers.find(({ authenticator }) => authenticator.id === request.authenticator);
  const maker = offer?.provider.challenge;
  if (!offer || !maker) return refused('malformed');

  const { provider } = offer;
  const now = engine.config.clock.now();
  const id = challengeId(ceremony, provider, offer.authenticator);
  const at = await engine.store.challenge(engine.realm, id, now);
  const shown = at && stillGood(engine, provider, at, now);
  if (shown) return shown;

  const own = account.authenticators.filter((one) => one.provider === provider.name && isUsable(one));
  const held = await heldBy(engine, account.user, maker.shared ? own : [offer.authenticator]);
  const chosen = held.find((one) => one.id === offer.authenticator.id);
  if (!chosen) throw await unavailable(engine, account.user, provider.name, 'ERR_SECRET_UNREADABLE');
  const situation = {
    language: request.client.language,
    userVerification: userVerificationFor(ceremony, offer, now),
  };
  const context = {
    ...factorContext(engine, account.user, situation),
    base: request.base,
    wanted: ceremony.requirement,
  };
  const make = maker.make.bind(maker);
  const made = await ask(
    engine,
    account.user,
    provider,
    async () => ({ ok: true, ...whole(await make(context, chosen, held), 'view') }) as const,
  );
  const record = sealChallenge(engine, {
    id,
    provider,
    authenticator: maker.shared ? '' : offer.authenticator.id,
    kept: { data: made.data, view: made.view },
    sent: made.deliver !== undefined,
    now,
  });
  const every = (maker.every ?? 0) * 1000;
  if (!(await engine.store.putChallenge(record, new Date(now.getTime() - every)))) {
    // Asked for twice at once: the other one was sent a moment ago.
    const other = await engine.store.challenge(engine.realm, id, now);
    return (other && stillGood(engine, provider, other, now)) ?? refused('ceremony-used');
  }
  // Only now: of many that ask at once, one takes a place of the recipient's.
  if (made.deliver && !(await maySend(engine, made.deliver.address, 'proved', now))) {
    await putBack(engine, at, record);
    return refused('too-many-tries', { retryAfter: 600 });
  }
  const outcome = await deliver(engine, {
    user: account.user,
    provider,
    purpose: ceremony.purpose,
    delivery: made.deliver ?? null,
    expiresAt: record.expiresAt,
    language: request.client.language,
  });
  if (outcome === 'failed') {
    await putBack(engine, at, record);
    return refused('delivery-failed');
  }
  return {
    status: 'challenged',
    provider,
    view: made.view,
    expiresAt: record.expiresAt,
    resendAfter: made.deliver ? (maker.every ?? 0) : null,
    secret: null,
  };
}

/** What could not be sent takes nobody's place: the one before it stays good, and another can be asked for at once. */
async function putBack(
  engine: Engine,
  before: ChallengeRecord | null,
  unsent: ChallengeRecord,
): Promise<void> {
  await engine.store.challengeNotSent(unsent);
  if (before) await engine.store.restoreChallenge({ ...before, sentAt: null }, unsent);
}

/**
 * Whether a sign-in may begin with an authenticator that says itself whose it is. Not where the application proves the
 * first factor: it would not be asked, and whom it has shut out would get in.
 */
export function canDiscover(engine: Engine): boolean {
  return engine.config.signInPage === null;
}

/** Has a provider ask before anybody is known: a sign-in that begins with a discoverable credential. */
export async function discoverChallenge(
  engine: Engine,
  request: {
    readonly provider: string;
    /** A path of this site, already checked. */
    readonly returnTo: string;
    /** Path of the pages. */
    readonly base: string;
    readonly client: Client;
  },
): Promise<Challenged | Refused> {
  const { clock, random } = engine.config;
  const provider = engine.config.providers.get(request.provider);
  const discover = provider?.discover;
  if (!provider || !discover || !canDiscover(engine)) return refused('malformed');
  const now = clock.now();
  const retryAfter = engine.openers.wait(request.client.ip, now);
  if (retryAfter > 0) return refused('too-many-tries', { retryAfter });
  engine.openers.add(request.client.ip, now);
  const { returnTo, base } = request;
  const { language } = request.client;
  // Who is signed in already does not matter: this begins a sign-in of its own.
  const purpose = await engine.purposes.find(returnTo);
  const context = {
    ...nobodysContext(engine, { language, userVerification: 'required' }),
    base,
    wanted: purpose && purpose !== 'over' ? purpose.requirement : {},
  };
  const made = await ask(
    engine,
    null,
    provider,
    async () => ({ ok: true, ...whole(await discover.make(context), 'view') }) as const,
  );
  const { secret, id } = newSecret('cha', random);
  const kept = { data: made.data, view: made.view, returnTo };
  const record = sealChallenge(engine, { id, provider, authenticator: '', kept, sent: false, now });
  await engine.store.putChallenge(record, now);
  const { expiresAt } = record;
  return { status: 'challenged', provider, view: made.view, expiresAt, resendAfter: null, secret };
}

/** What a challenge that is answered now holds, and how it is used up. */
export interface Answered {
  readonly data: unknown;
  /** Where the person was going when it was made, for one that belongs to no ceremony. */
  readonly returnTo?: string;
  /** To be used up together with the effect of a right answer; absent where it is used up already. */
  readonly record?: ChallengeRecord;
}

/** The challenge that an answer in a ceremony belongs to; `null` where there is none. */
export async function answeredChallenge(
  engine: Engine,
  ceremony: CeremonyRecord,
  provider: FactorProvider,
  authenticator: AuthenticatorRecord,
): Promise<Answered | null> {
  return takeChallenge(engine, provider, challengeId(ceremony, provider, authenticator), authenticator.id);
}

/** What the challenge of a browser in which nobody is known yet holds; `null` where it is another provider's. */
export function discoveredChallenge(
  engine: Engine,
  provider: FactorProvider,
  record: ChallengeRecord,
): Answered | null {
  if (record.provider !== provider.name) return null;
  const { data, returnTo } = openChallenge(engine, record);
  return { data, ...(returnTo !== undefined && { returnTo }) };
}

async function takeChallenge(
  engine: Engine,
  provider: FactorProvider,
  id: string,
  authenticator: string,
): Promise<Answered | null> {
  const { store, realm } = engine;
  const now = engine.config.clock.now();
  const byAnswer = provider.challenge?.usedUpBy === 'answer';
  const record = byAnswer ? await store.takeChallenge(realm, id, now) : await store.challenge(realm, id, now);
  if (!record || record.provider !== provider.name) return null;
  if (record.authenticator !== '' && record.authenticator !== authenticator) return null;
  const { data } = openChallenge(engine, record);
  return byAnswer ? { data } : { data, record };
}

/** A challenge that was sent a moment ago stays the one to answer. */
function stillGood(
  engine: Engine,
  provider: FactorProvider,
  record: ChallengeRecord,
  now: Date,
): Challenged | null {
  const every = provider.challenge?.every;
  if (every === undefined || record.sentAt === null) return null;
  const again = new Date(record.sentAt.getTime() + every * 1000);
  if (again <= now) return null;
  return {
    status: 'challenged',
    provider,
    view: openChallenge(engine, record).view,
    expiresAt: record.expiresAt,
    resendAfter: secondsUntil(again, now),
    secret: null,
  };
}

function challengeId(
  ceremony: CeremonyRecord,
  provider: FactorProvider,
  authenticator: AuthenticatorRecord,
): string {
  const whose = provider.challenge?.shared ? '' : authenticator.id;
  return sha256(JSON.stringify([ceremony.id, provider.name, whose]));
}

function sealChallenge(
  engine: Engine,
  made: {
    readonly id: string;
    readonly provider: FactorProvider;
    readonly authenticator: string;
    readonly kept: Kept;
    readonly sent: boolean;
    readonly now: Date;
  },
): ChallengeRecord {
  const { id, provider, authenticator, kept, sent, now } = made;
  const seconds = provider.challenge?.lifetime ?? 300;
  return {
    id,
    realm: engine.realm,
    provider: provider.name,
    authenticator,
    data: seal(kept, placeOf(engine, id), engine.keys, engine.config.random),
    createdAt: now,
    sentAt: sent ? now : null,
    expiresAt: new Date(now.getTime() + seconds * 1000),
  };
}

function openChallenge(engine: Engine, record: ChallengeRecord): Kept {
  return open(record.data, placeOf(engine, record.id), engine.keys) as Kept;
}

function placeOf(engine: Engine, id: string): string {
  return `challenges ${engine.realm} ${id}`;
}
