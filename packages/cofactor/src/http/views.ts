import { assess, assuranceOf } from '../assurance/index.ts';
import { canAdd, canRemove, mayManage } from '../core/authenticators/rules.ts';
import { isUsable, type Offer } from '../core/ceremonies/offers.ts';
import type { Engine } from '../core/engine.ts';
import { limits } from '../core/limits/limits.ts';
import type { FactorProvider } from '../core/provider.ts';
import type {
  Account,
  AuthenticatorRecord,
  CeremonyRecord,
  SessionRecord,
  SessionWithUser,
  UserRef,
} from '../core/store.ts';
import type { AuthenticatorView, CeremonyView, ProviderInfo, SecurityView, UserView } from './contract.ts';

/** From records to the JSON of the contract. No secret and no stored data is in a view. */

export function userView({ id, identifier }: Pick<UserRef, 'id' | 'identifier'>): UserView {
  return { id, identifier };
}

export function providerInfo(provider: FactorProvider, base: string, language: string): ProviderInfo {
  const { view } = provider;
  return {
    provider: provider.name,
    usage: provider.usage,
    multiple: provider.multiple,
    texts: { ...view.texts['en'], ...view.texts[language] },
    field: view.field,
    ...(view.setupElement && { setupElement: `${base}/assets/${setupAssetName(provider)}` }),
  };
}

/** What a sign-in needs of a provider: without the texts of its set-up, which are most of them. */
export function providerBrief(provider: FactorProvider, base: string, language: string): ProviderInfo {
  const { setupElement: _none, texts, ...info } = providerInfo(provider, base, language);
  const needed = Object.entries(texts).filter(([key]) => signInTexts.has(key));
  return { ...info, texts: Object.fromEntries(needed) };
}

const signInTexts = new Set(['name', 'description', 'prompt', 'label', 'wrong', 'replayed']);

/** Under which name the module of a provider's set-up element is served. */
export function setupAssetName(provider: FactorProvider): string {
  return `${provider.name}-setup.js`;
}

/** How a page shows an authenticator whose provider is no longer there: by what is known without it. */
function goneProvider(record: AuthenticatorRecord): ProviderInfo {
  const words = { name: record.name, description: '', prompt: '', label: '', wrong: '' };
  return {
    provider: record.provider,
    usage: record.usage,
    multiple: true,
    texts: words,
    field: { property: 'code', type: 'text', autocomplete: 'off', maxLength: 64 },
  };
}

export function ceremonyView(
  engine: Engine,
  {
    ceremony,
    user,
    offers,
  }: { ceremony: CeremonyRecord; user: UserRef | UserView; offers: readonly Offer[] },
  base: string,
  language: string,
): CeremonyView {
  const now = engine.config.clock.now();
  const last = lastProved(ceremony);
  return {
    purpose: ceremony.purpose,
    user: userView(user),
    reason:
      ceremony.purpose === 'step-up'
        ? {
            policy: ceremony.policy,
            lastProvedSecondsAgo: last && Math.max(0, Math.round((now.getTime() - last.getTime()) / 1000)),
          }
        : null,
    offers: offers.map(({ authenticator, provider }) => ({
      authenticator: authenticator.id,
      name: authenticator.name,
      provider: providerBrief(provider, base, language),
    })),
    triesLeft: limits.triesPerCeremony - ceremony.attempts,
    expiresAt: ceremony.expiresAt.toISOString(),
  };
}

/** When what is asked was proved before: never, where the session was never strong enough. */
function lastProved({
  requirement: { maxAge: _age, ...lasting },
  events,
  createdAt,
}: CeremonyRecord): Date | null {
  const assessment = assess(lasting, events, createdAt);
  return assessment.met ? assessment.assurance.authTime : null;
}

export function authenticatorView(
  engine: Engine,
  record: AuthenticatorRecord,
  all: readonly AuthenticatorRecord[],
  base: string,
  language: string,
): AuthenticatorView {
  const provider = engine.config.providers.get(record.provider);
  return {
    id: record.id,
    provider: provider ? providerInfo(provider, base, language) : goneProvider(record),
    name: record.name,
    createdAt: record.createdAt.toISOString(),
    lastUsedAt: record.lastUsedAt?.toISOString() ?? null,
    ...(record.remaining !== null && { remaining: record.remaining, low: record.remaining <= 3 }),
    ...(!provider && { unusable: 'unavailable' as const }),
    ...(provider && record.remaining !== 0 && !isUsable(record) && { unusable: 'disabled' as const }),
    removable: canRemove(engine, all, record.id),
  };
}

export function securityView(
  engine: Engine,
  account: Account,
  session: SessionWithUser,
  sessions: readonly SessionRecord[],
  base: string,
  language: string,
): SecurityView {
  const { authenticators } = account;
  const order = { first: 0, second: 1, recovery: 2 };
  return {
    user: userView(account.user),
    acr: assuranceOf(session.session.events).acr ?? '',
    authenticators: [...authenticators]
      .sort((a, b) => order[a.usage] - order[b.usage] || a.createdAt.getTime() - b.createdAt.getTime())
      .map((record) => authenticatorView(engine, record, authenticators, base, language)),
    addable: [...engine.config.providers.values()]
      .filter((provider) => canAdd(authenticators, provider))
      .map((provider) => providerInfo(provider, base, language)),
    sessions: sessions.map((record) => ({
      id: record.id,
      current: record.id === session.session.id,
      createdAt: record.createdAt.toISOString(),
      lastSeenAt: record.lastSeenAt.toISOString(),
      userAgent: record.userAgent,
      ip: record.ip,
      acr: assuranceOf(record.events).acr ?? '',
    })),
    canManage: mayManage(engine, account, session),
  };
}
