import { assess, type AuthenticationEvent, type Requirement } from '../../assurance/index.ts';
import { eventOf, expectedEvent, type Engine } from '../engine.ts';
import { limits } from '../limits/limits.ts';
import type { FactorProvider } from '../provider.ts';
import type { Account, AuthenticatorRecord, CeremonyRecord } from '../store.ts';

/** One authenticator that would bring a ceremony further. */
export interface Offer {
  readonly authenticator: AuthenticatorRecord;
  readonly provider: FactorProvider;
}

/** What a password alone is not enough for is known from what is enrolled, whether or not it can be used (I-12). */
export function signInRequirement(account: Account): Requirement {
  return account.authenticators.some(({ usage }) => usage === 'second') ? { acr: 'mfa' } : { acr: 'pwd' };
}

/** Seconds for which a proof counts as fresh enough to change authenticators (I-14). */
export const manageMaxAge = 300;

/** What changing authenticators asks: as strong a proof as the account can give, made lately (800-63B-4 4.1.2.1). */
export function manageRequirement(account: Account): Requirement {
  return { ...signInRequirement(account), maxAge: manageMaxAge };
}

/** Whether an authenticator can be answered with at all. */
export function isUsable(authenticator: AuthenticatorRecord): boolean {
  if (authenticator.remaining === 0) return false;
  return authenticator.usage === 'first' || authenticator.failures < limits.disableAt;
}

/**
 * The authenticators that help to meet a requirement: those that do so alone, or else those that do together
 * with one more, and those that may do so because somebody else can be asked to (`atBest`). Recovery comes last, and
 * before it what may not be enough; what was used last comes first.
 */
export function offersFor(
  engine: Engine,
  account: Account,
  requirement: Requirement,
  events: readonly AuthenticationEvent[],
  since: Date,
): readonly Offer[] {
  const now = engine.config.clock.now();
  const candidates: Candidate[] = [];
  for (const authenticator of account.authenticators) {
    const provider = engine.config.providers.get(authenticator.provider);
    if (!provider || !isUsable(authenticator)) continue;
    const event = expectedEvent(provider, authenticator, now);
    const best = provider.atBest?.map((reported) => eventOf(provider, authenticator.id, now, reported)) ?? [];
    candidates.push({ authenticator, provider, event, best });
  }
  const meets = (...more: readonly AuthenticationEvent[]): boolean =>
    assess(requirement, [...events, ...more], now, { since }).met;

  let useful = candidates.filter(({ event }) => meets(event));
  if (useful.length === 0) {
    useful = candidates.filter((one) =>
      candidates.some((other) => other !== one && meets(one.event, other.event)),
    );
  }
  const unsure = candidates.filter(
    (one) => !useful.includes(one) && one.best.length > 0 && meets(...one.best),
  );
  const rankOf = (one: Candidate): number => (unsure.includes(one) ? unsureRank : rank(one));
  return [...useful, ...unsure]
    .sort((a, b) => rankOf(a) - rankOf(b) || lastUsed(b) - lastUsed(a) || order(a) - order(b))
    .map(({ authenticator, provider }) => ({ authenticator, provider }));
}

interface Candidate extends Offer {
  /** What it is sure to give, and what it may give when it is asked for more. */
  readonly event: AuthenticationEvent;
  readonly best: readonly AuthenticationEvent[];
}

/**
 * Whether the authenticator has to check its user itself: where possession alone, with what is proved already, would
 * not be enough.
 */
export function userVerificationFor(
  { requirement, events, createdAt }: CeremonyRecord,
  { authenticator, provider }: Offer,
  now: Date,
): 'required' | 'preferred' {
  const { proves } = authenticator.about;
  if ((proves?.userVerified ?? provider.proves.userVerified) !== true) return 'preferred';
  const bare = eventOf(provider, authenticator.id, now, { ...proves, userVerified: false });
  return assess(requirement, [...events, bare], now, { since: createdAt }).met ? 'preferred' : 'required';
}

const usageRank = { first: 0, second: 1, recovery: 3 } as const;
const unsureRank = 2;

function rank({ provider }: Offer): number {
  return usageRank[provider.usage];
}

/** Among those that were never used. */
function order({ provider }: Offer): number {
  return provider.view.order ?? 100;
}

function lastUsed({ authenticator }: Offer): number {
  return authenticator.lastUsedAt?.getTime() ?? 0;
}
