import { assess, type AuthenticationEvent } from '../../assurance/index.ts';
import { canAdd } from '../authenticators/rules.ts';
import { isUsable, offersFor } from '../ceremonies/offers.ts';
import { eventOf, expectedEvent, type Engine } from '../engine.ts';
import type { FactorProvider } from '../provider.ts';
import type { Account, UserRecord } from '../store.ts';
import { isHostIdentifier } from '../users/identifier.ts';
import type { EnforceableLevel } from './rule.ts';

/**
 * Why somebody could not comply by themselves: there is neither a confirmed address nor an invite to be sure of them with;
 * what they have set up cannot be used; or no provider here gives them the level.
 */
export type Hindrance = 'no-channel' | 'unusable' | 'no-provider';

/** How somebody without a second factor is let to set the first one up: nothing is asked, or a link in a mail, or an invite. */
export type EnrolmentChannel = 'open' | 'mail' | 'confirmation' | 'invite';

/** What a level comes to for an account: it has what it takes, it has to set something up, or it cannot. */
export type Prospect =
  | { readonly state: 'meets' }
  | { readonly state: 'enrol'; readonly by: EnrolmentChannel }
  | { readonly state: 'cannot'; readonly because: Hindrance };

/**
 * What a level comes to for an account as it is. The preview of a rule and the page that asks somebody go by the same
 * function, so that the one says what the other will. `invited`: whether a link of theirs waits to be followed.
 */
export function prospectOf(
  engine: Engine,
  account: Account,
  acr: EnforceableLevel,
  invited: boolean,
): Prospect {
  if (isAble(engine, account, acr)) return meets;
  const enrolled = account.authenticators.some(({ usage }) => usage === 'second');
  const strong = isAble(engine, account, 'mfa');
  // Setting up another asks for one that is there, and none of them can be used.
  if (enrolled && !strong) return { state: 'cannot', because: 'unusable' };
  if (!canSetUp(engine, account, acr)) return { state: 'cannot', because: 'no-provider' };
  if (strong) return { state: 'enrol', by: 'open' };
  const by = channelOf(engine, account.user) ?? (invited ? 'invite' : null);
  return by === null ? { state: 'cannot', because: 'no-channel' } : { state: 'enrol', by };
}

const meets: Prospect = Object.freeze({ state: 'meets' });

/** How somebody can be reached who is not sure to be who they are: by mail, where there is an address and a mailer. */
export function channelOf(
  { config }: Engine,
  { email, emailVerifiedAt }: UserRecord,
): 'mail' | 'confirmation' | null {
  if (!config.mail || email === null) return null;
  return emailVerifiedAt === null ? 'confirmation' : 'mail';
}

/** Whether an account has what it takes to prove a level, from the beginning of a sign-in. */
export function isAble(engine: Engine, account: Account, acr: EnforceableLevel): boolean {
  const now = engine.config.clock.now();
  return offersFor(engine, account, { acr }, presumed(account.user, now), now).length > 0;
}

/** What the application proves itself of those who are its own. */
function presumed({ canonical }: UserRecord, now: Date): readonly AuthenticationEvent[] {
  return isHostIdentifier(canonical) ? [hostEvent(now)] : [];
}

function hostEvent(at: Date): AuthenticationEvent {
  return { provider: 'host', authenticator: null, kind: 'know', amr: ['pwd'], at, source: 'host' };
}

/** Whether there is a provider that would give an account the level, beside what it has. */
function canSetUp(engine: Engine, { user, authenticators }: Account, acr: EnforceableLevel): boolean {
  const { clock, providers } = engine.config;
  const now = clock.now();
  const held = authenticators.flatMap((one) => {
    const provider = providers.get(one.provider);
    return provider && isUsable(one) ? [expectedEvent(provider, one, now)] : [];
  });
  const events = [...presumed(user, now), ...held];
  return [...providers.values()].some(
    (provider) => canAdd(authenticators, provider) && reaches(acr, events, provider, now),
  );
}

/** Whether any provider of this realm gives the level, to whomever. */
export function isReachable({ config }: Engine, acr: EnforceableLevel): boolean {
  const now = config.clock.now();
  const providers = [...config.providers.values()];
  const firsts = providers.filter(({ usage }) => usage === 'first').map((one) => eventOf(one, one.name, now));
  const events = config.signInPage === null ? firsts : [...firsts, hostEvent(now)];
  return providers.some((provider) => provider.begin && reaches(acr, events, provider, now));
}

function reaches(
  acr: EnforceableLevel,
  events: readonly AuthenticationEvent[],
  provider: FactorProvider,
  now: Date,
): boolean {
  if (provider.usage === 'recovery') return false;
  return atBest(provider, now).some((best) => assess({ acr }, [...events, ...best], now).met);
}

/** The best that an authenticator which is not there yet may turn out to be: a key that checks its user and holds its secret. */
function atBest(provider: FactorProvider, now: Date): readonly (readonly AuthenticationEvent[])[] {
  const key = provider.proves.phishingResistant === true && { userVerified: true, hardwareProtected: true };
  const own = [eventOf(provider, null, now, { ...key })];
  const reported = provider.atBest?.map((one) => eventOf(provider, null, now, one));
  return reported ? [own, reported] : [own];
}
