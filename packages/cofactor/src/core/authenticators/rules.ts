import { assess, type Requirement } from '../../assurance/index.ts';
import { isUsable, manageRequirement } from '../ceremonies/offers.ts';
import { expectedEvent, type Engine } from '../engine.ts';
import type { FactorProvider } from '../provider.ts';
import type { Account, AuthenticatorRecord, SessionWithUser } from '../store.ts';

/** Authenticators one user may have. */
export const authenticatorsPerUser = 20;

/** Whether this session may change authenticators now (I-14). */
export function mayManage(engine: Engine, account: Account, { session }: SessionWithUser): boolean {
  return assess(manageRequirement(account), session.events, engine.config.clock.now()).met;
}

/** Whether a user with these authenticators may add one of this provider. */
export function canAdd(current: readonly AuthenticatorRecord[], provider: FactorProvider): boolean {
  if (!provider.begin || current.length >= authenticatorsPerUser) return false;
  // Recovery stands in for a second factor, so there has to be one.
  if (provider.usage === 'recovery') return current.some(({ usage }) => usage === 'second');
  return provider.multiple || current.every((one) => one.provider !== provider.name);
}

/**
 * Whether an account can do without an authenticator: something must be left to sign in with, and the `minimum`
 * (`minimumFor`) must stay within reach where it was. Recovery does not count: it is used up.
 */
export function canRemove(
  engine: Engine,
  current: readonly AuthenticatorRecord[],
  id: string,
  minimum: Requirement | null,
): boolean {
  const left = current.filter((one) => one.id !== id);
  // What its provider is gone of opens nothing.
  const begins = ({ usage, provider }: AuthenticatorRecord): boolean =>
    usage === 'first' && engine.config.providers.has(provider);
  const isFirst = current.some((one) => one.id === id && one.usage === 'first');
  if (isFirst && !left.some(begins)) return false;
  if (minimum === null) return true;
  // One that is switched off still stands between its account and less.
  return !canReach(engine, current, minimum, () => true) || canReach(engine, left, minimum, isUsable);
}

function canReach(
  engine: Engine,
  authenticators: readonly AuthenticatorRecord[],
  requirement: Requirement,
  counts: (authenticator: AuthenticatorRecord) => boolean,
): boolean {
  const now = engine.config.clock.now();
  const events = authenticators.flatMap((authenticator) => {
    const provider = engine.config.providers.get(authenticator.provider);
    const lasting = provider && authenticator.usage !== 'recovery' && counts(authenticator);
    return lasting ? [expectedEvent(provider, authenticator, now)] : [];
  });
  return assess(requirement, events, now).met;
}

/**
 * Whether it is a first factor that its person makes up, and can make up anew: nothing has to be begun for it. What
 * somebody else vouches for cannot be chosen.
 */
export function isChosen(provider: FactorProvider | undefined): provider is FactorProvider {
  return provider?.usage === 'first' && !provider.begin;
}

/** What an authenticator is called until its person names it: `Authenticator app 2`. */
export function proposeName(
  { name: kind, view: { texts } }: FactorProvider,
  current: readonly Pick<AuthenticatorRecord, 'name'>[],
  language: string = 'en',
): string {
  const base = (texts[language] ?? texts['en'])?.name ?? kind;
  const taken = new Set(current.map(({ name }) => name));
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? base : `${base} ${n}`;
    if (!taken.has(name)) return name;
  }
}

/** A name a person may give: one line, 1 to 64 characters, nothing invisible; `null` where it is not one. */
export function cleanName(name: string | undefined): string | null {
  const clean = name?.normalize('NFC').trim() ?? '';
  if (clean === '' || [...clean].length > 64) return null;
  return /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(clean) ? null : clean;
}
