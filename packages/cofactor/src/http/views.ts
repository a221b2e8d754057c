import { assess, assuranceOf, type Requirement } from '../assurance/index.ts';
import { canAdd, canRemove, mayManage } from '../core/authenticators/rules.ts';
import { isUsable, type Offer } from '../core/ceremonies/offers.ts';
import { minimumFor } from '../core/enforcement/standing.ts';
import { factorContext, heldBy, type Engine } from '../core/engine.ts';
import { pendingEmail } from '../core/account/email.ts';
import { idOf } from '../core/ids.ts';
import { listSessions } from '../core/sessions/sessions.ts';
import type { ShownOperation } from '../core/operations/operations.ts';
import { limits } from '../core/limits/limits.ts';
import type { FactorProvider } from '../core/provider.ts';
import type {
  Account,
  AuthenticatorRecord,
  CeremonyRecord,
  SessionWithUser,
  UserRef,
} from '../core/store.ts';
import type { AuthenticatorView, CeremonyView, ProviderInfo, SecurityView, UserView } from './contract.ts';
import { readCookie } from './cookies.ts';
import { extensionsOf } from './extensions.ts';
import type { Call } from './route.ts';

/** From records to the JSON of the contract. No secret and no stored data is in a view. */

export function userView({ id, identifier }: Pick<UserRef, 'id' | 'identifier'>): UserView {
  return { id, identifier };
}

export function providerInfo(
  engine: Engine,
  provider: FactorProvider,
  base: string,
  language: string,
): ProviderInfo {
  const { view } = provider;
  const brought = extensionsOf(engine).byProvider.get(provider.name);
  const setup = elementAt(base, brought?.setupElement, view.setupElement && setupAssetName(provider));
  const login = elementAt(base, brought?.loginElement, view.loginElement && loginAssetName(provider));
  return {
    provider: provider.name,
    usage: provider.usage,
    multiple: provider.multiple,
    texts: {
      ...view.texts['en'],
      ...view.texts[language],
      ...(brought?.label !== undefined && { name: brought.label }),
    },
    field: view.field,
    ...(setup !== undefined && { setupElement: setup }),
    ...(login !== undefined && { loginElement: login }),
    ...(provider.challenge && { challenge: true as const }),
    ...(provider.discover && { discover: true as const }),
    ...(provider.input && { input: provider.input.field }),
    ...(provider.restricted && { restricted: true as const }),
  };
}

/** Where the module of an element is: what a package of the application brings comes before the provider's own. */
function elementAt(base: string, brought: string | undefined, own: string | undefined): string | undefined {
  if (brought !== undefined) return `${base}/extensions/${brought}`;
  return own === undefined ? undefined : `${base}/assets/${own}`;
}

/** What a sign-in needs of a provider: without the texts of its set-up, which are most of them. */
export function providerBrief(
  engine: Engine,
  provider: FactorProvider,
  base: string,
  language: string,
): ProviderInfo {
  const { setupElement: _none, input: _nor, texts, ...info } = providerInfo(engine, provider, base, language);
  // An element of its own may need any of them but those of the set-up.
  const needed = Object.entries(texts).filter(([key]) =>
    info.loginElement === undefined ? signInTexts.has(key) : !key.startsWith('setup-'),
  );
  return { ...info, texts: Object.fromEntries(needed) };
}

const signInTexts = new Set(['name', 'description', 'prompt', 'label', 'wrong', 'replayed', 'restricted']);

/** Under which name the module of a provider's set-up element is served. */
export function setupAssetName(provider: FactorProvider): string {
  return `${provider.name}-setup.js`;
}

export function loginAssetName(provider: FactorProvider): string {
  return `${provider.name}-login.js`;
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

/** What there is one of has the name of its provider, until its person gives it one: said in the reader's language. */
function shownName(
  { name }: Pick<AuthenticatorRecord, 'name'>,
  provider: FactorProvider | undefined,
  language: string,
): string {
  if (!provider || provider.multiple) return name;
  const { texts } = provider.view;
  const given = !Object.values(texts).some((words) => words.name === name);
  return given ? name : ((texts[language] ?? texts['en'])?.name ?? name);
}

export function ceremonyView(
  engine: Engine,
  {
    ceremony,
    user,
    offers,
    operation,
  }: {
    ceremony: CeremonyRecord;
    user: UserRef | UserView;
    offers: readonly Offer[];
    operation?: ShownOperation;
  },
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
            application: ceremony.application,
            lastProvedSecondsAgo: last && Math.max(0, Math.round((now.getTime() - last.getTime()) / 1000)),
            ...(operation && { operation: [operation.title, ...operation.lines] }),
          }
        : null,
    offers: offers.map(({ authenticator, provider }) => ({
      authenticator: authenticator.id,
      name: shownName(authenticator, provider, language),
      ...(authenticator.about.hint !== undefined && { hint: authenticator.about.hint }),
      provider: providerBrief(engine, provider, base, language),
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
  all: Pick<Account, 'authenticators'> & { readonly minimum: Requirement | null },
  base: string,
  language: string,
): AuthenticatorView {
  const provider = engine.config.providers.get(record.provider);
  return {
    id: record.id,
    provider: provider ? providerInfo(engine, provider, base, language) : goneProvider(record),
    name: shownName(record, provider, language),
    createdAt: record.createdAt.toISOString(),
    lastUsedAt: record.lastUsedAt?.toISOString() ?? null,
    ...(record.about.note !== undefined && { note: record.about.note }),
    ...(record.about.hint !== undefined && { hint: record.about.hint }),
    ...(record.remaining !== null && { remaining: record.remaining, low: record.remaining <= 3 }),
    ...(!provider && { unusable: 'unavailable' as const }),
    ...(provider && record.remaining !== 0 && !isUsable(record) && { unusable: 'disabled' as const }),
    removable: canRemove(engine, all.authenticators, record.id, all.minimum),
  };
}

export async function securityView(
  { engine, base, language, request }: Pick<Call, 'engine' | 'base' | 'language' | 'request'>,
  account: Account,
  session: SessionWithUser,
): Promise<SecurityView> {
  const { authenticators, user } = account;
  const now = engine.config.clock.now();
  const order = { first: 0, second: 1, recovery: 2 };
  const device = idOf('dev', readCookie(engine.config, request, 'device'));
  const [sessions, devices, pending, signals, minimum] = await Promise.all([
    listSessions(engine, session.user),
    engine.store.devices(user, now),
    pendingEmail(engine, user),
    signalsFor(engine, account, base, language),
    minimumFor(engine, user, account),
  ]);
  return {
    user: userView(user),
    acr: assuranceOf(session.session.events).acr ?? '',
    authenticators: [...authenticators]
      .sort((a, b) => order[a.usage] - order[b.usage] || a.createdAt.getTime() - b.createdAt.getTime())
      .map((record) => authenticatorView(engine, record, { authenticators, minimum }, base, language)),
    addable: [...engine.config.providers.values()]
      .filter((provider) => canAdd(authenticators, provider))
      .map((provider) => providerInfo(engine, provider, base, language)),
    sessions: sessions.map((record) => ({
      id: record.id,
      current: record.id === session.session.id,
      createdAt: record.createdAt.toISOString(),
      lastSeenAt: record.lastSeenAt.toISOString(),
      userAgent: record.userAgent,
      ip: record.ip,
      acr: assuranceOf(record.events).acr ?? '',
    })),
    devices: devices.map((record) => ({
      id: record.id,
      current: record.id === device,
      userAgent: record.userAgent,
      createdAt: record.createdAt.toISOString(),
      lastUsedAt: record.lastUsedAt.toISOString(),
      expiresAt: record.expiresAt.toISOString(),
    })),
    email: { address: user.email, verified: user.emailVerifiedAt !== null, pending },
    signals,
    links: [...engine.accountPages].map(([href, names]) => ({
      href,
      text: names[language] ?? names['en'] ?? href,
    })),
    canManage: mayManage(engine, account, session),
  };
}

/** What providers want to tell the person's device. One that cannot say it now says nothing. */
async function signalsFor(
  engine: Engine,
  { user, authenticators }: Account,
  base: string,
  language: string,
): Promise<SecurityView['signals']> {
  const signals: SecurityView['signals'][number][] = [];
  for (const provider of engine.config.providers.values()) {
    const { loginElement: module } = providerBrief(engine, provider, base, language);
    if (!provider.signal || module === undefined) continue;
    try {
      const own = authenticators.filter((one) => one.provider === provider.name);
      const held = await heldBy(engine, user, own);
      // What cannot be read now is not gone, and a device must not be told that it is (I-05).
      if (held.length !== own.length) continue;
      const data = provider.signal(factorContext(engine, user, { language }), held);
      signals.push({ module, data: data as Record<string, unknown> });
    } catch (error) {
      engine.config.log.warn({ provider: provider.name, error }, 'could not say what is still enrolled');
    }
  }
  return signals;
}
