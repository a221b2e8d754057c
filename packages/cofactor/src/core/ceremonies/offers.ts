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
 * with one more. Recovery comes last; what was used last comes first.
 */
export function offersFor(
  engine: Engine,
  account: Account,
  requirement: Requirement,
  events: readonly AuthenticationEvent[],
  since: Date,
): readonly Offer[] {
  const now = engine.config.clock.now();
  const candidates: (Offer & { readonly event: AuthenticationEvent })[] = [];
  for (const authenticator of account.authenticators) {
    const provider = engine.config.providers.get(authenticator.provider);
    if (!provider || !isUsable(authenticator)) continue;
    candidates.push({ authenticator, provider, event: expectedEvent(provider, authenticator, now) });
  }
  const meets = (...more: readonly AuthenticationEvent[]): boolean =>
    assess(requirement, [...events, ...more], now, { since }).met;

  let useful = candidates.filter(({ event }) => meets(event));
  if (useful.length === 0) {
    useful = candidates.filter((one) =>
      candidates.some((other) => other !== one && meets(one.event, other.event)),
    );
  }
  return useful
    .map(({ authenticator, provider }) => ({ authenticator, provider }))
    .sort((a, b) => rank(a) - rank(b) || lastUsed(b) - lastUsed(a) || order(a) - order(b));
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

const usageRank = { first: 0, second: 1, recovery: 2 } as const;

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
