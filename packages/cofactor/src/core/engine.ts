import { unknownTime, type AuthenticationEvent } from '../assurance/index.ts';
import { AuditChain } from './audit/chain.ts';
import { Background } from './background.ts';
import { CofactorError } from '../base/errors.ts';
import { RuleBook } from './enforcement/book.ts';
import { EventHub } from './events.ts';
import { NetworkLimiter } from './limits/network-limiter.ts';
import { open, seal } from '../base/keys/envelope.ts';
import { KeyRing } from '../base/keys/ring.ts';
import { checkOptions, type CofactorOptions, type Config } from './options.ts';
import type { FactorContext, FactorProvider, Held, Proof, Verdict } from './provider.ts';
import { Purposes } from './purposes.ts';
import { SessionCache } from './sessions/cache.ts';
import type { AuthenticatorRecord, Store } from './store.ts';

/** What the flows share. Made once; the flows are functions of it. */
export interface Engine {
  readonly config: Config;
  readonly realm: string;
  readonly store: Store;
  readonly keys: KeyRing;
  readonly audit: AuditChain;
  readonly events: EventHub;
  readonly cache: SessionCache;
  /** What is demanded of whom, and from when on. */
  readonly enforcement: RuleBook;
  readonly networks: NetworkLimiter;
  /** Challenges that nobody has signed in for yet, by network: each is a row. */
  readonly openers: NetworkLimiter;
  /** Who asks for links to be mailed, by network. */
  readonly askers: NetworkLimiter;
  readonly background: Background;
  /** What people are on the way to when they are sent here by something else than a policy. */
  readonly purposes: Purposes;
  /** Where an adapter has put the routes; it says so when it does. */
  readonly mount: { base: string };
  /** The role that somebody always has to have, where one has to (`cofactor/admin` says so). */
  readonly kept: { role: string | null };
  /** Pages besides that belong to an account, by address: the security page leads to them. Their names by language. */
  readonly accountPages: Map<string, Readonly<Record<string, string>>>;
}

export function createEngine(options: CofactorOptions): Engine {
  const config = checkOptions(options);
  const keys = new KeyRing(config.keys, config.realm);
  return Object.freeze({
    config,
    realm: config.realm,
    store: options.database,
    keys,
    audit: new AuditChain(config.realm, keys, config.clock),
    events: new EventHub(config.log),
    cache: new SessionCache(),
    enforcement: new RuleBook(options.database, config.realm, config.clock),
    networks: new NetworkLimiter(config.wrongPerMinute),
    openers: new NetworkLimiter(config.wrongPerMinute * 10),
    askers: new NetworkLimiter(config.wrongPerMinute),
    background: new Background(config.log),
    purposes: new Purposes(),
    mount: { base: '/auth' },
    kept: { role: null },
    accountPages: new Map(),
  });
}

/** Who is at the other end, as far as it can be told. */
export interface Client {
  readonly ip: string;
  readonly userAgent: string;
  /** Secret of the cookie that says that this browser has signed in before. */
  readonly known?: string;
  /** Secret of the cookie that remembers this browser as one that needs no second factor. */
  readonly device?: string;
  /** Of the reader, e.g. `de`; English if left out. */
  readonly language?: string;
}

/** What a provider is told about the situation. */
export function factorContext(
  engine: Engine,
  user: { readonly id: string; readonly identifier: string },
  situation: {
    readonly onlyFactor?: boolean;
    readonly language?: string | undefined;
    readonly userVerification?: FactorContext['userVerification'];
  } = {},
): FactorContext {
  return {
    ...nobodysContext(engine, situation),
    user: { id: user.id, identifier: user.identifier },
    hashes: (value) => engine.keys.hashes(`${user.id} ${value}`),
  };
}

/** The same where nobody is known yet. */
export function nobodysContext(
  { config, realm }: Engine,
  situation: {
    readonly onlyFactor?: boolean;
    readonly language?: string | undefined;
    readonly userVerification?: FactorContext['userVerification'];
  },
): Omit<FactorContext, 'user' | 'hashes'> {
  const { clock, random } = config;
  const { onlyFactor = false, language = 'en', userVerification = 'preferred' } = situation;
  return {
    realm,
    site: siteOf({ config }),
    language,
    userVerification,
    now: clock.now(),
    random: (length) => random.bytes(length),
    onlyFactor,
  };
}

/** Whose pages these are. */
export function siteOf({ config }: Pick<Engine, 'config'>): {
  readonly name: string;
  readonly origin: string;
} {
  return { name: config.name, origin: config.origin.origin };
}

/** Where an authenticator's data belongs: opened in any other place it is unreadable (I-05). */
function placeOf(engine: Engine, authenticator: { userId: string; id: string; provider: string }): string {
  return `authenticators ${engine.realm} ${authenticator.userId} ${authenticator.id} ${authenticator.provider}`;
}

export function sealData(
  engine: Engine,
  authenticator: { userId: string; id: string; provider: string },
  data: unknown,
): string {
  return seal(data, placeOf(engine, authenticator), engine.keys, engine.config.random);
}

/**
 * Opens an authenticator's data for its provider. Where that cannot be done, an alarm goes out and the
 * authenticator is unavailable; it still counts as enrolled (I-05, I-12).
 */
export async function openData(
  engine: Engine,
  user: { readonly id: string; readonly identifier: string },
  authenticator: AuthenticatorRecord,
): Promise<{ readonly provider: FactorProvider; readonly data: unknown }> {
  const provider = engine.config.providers.get(authenticator.provider);
  if (!provider) throw await unavailable(engine, user, authenticator.provider, 'ERR_PROVIDER_UNAVAILABLE');
  try {
    return { provider, data: open(authenticator.data, placeOf(engine, authenticator), engine.keys) };
  } catch (error) {
    const code = error instanceof CofactorError ? error.code : 'ERR_SECRET_UNREADABLE';
    throw await unavailable(engine, user, authenticator.provider, code, error);
  }
}

/** The authenticators of one provider as it sees them, without those that cannot be read: for these an alarm goes out. */
export async function heldBy(
  engine: Engine,
  user: { readonly id: string; readonly identifier: string },
  authenticators: readonly AuthenticatorRecord[],
): Promise<readonly Held[]> {
  const held: Held[] = [];
  for (const one of authenticators) {
    try {
      const { data } = await openData(engine, user, one);
      held.push({ id: one.id, name: one.name, data, counter: one.counter });
    } catch (error) {
      if (!(error instanceof CofactorError) || error.code !== 'ERR_PROVIDER_UNAVAILABLE') throw error;
    }
  }
  return held;
}

/** Records and announces that a provider cannot be used for a user, and makes the error to throw. */
export async function unavailable(
  engine: Engine,
  user: { readonly id: string; readonly identifier: string } | null,
  provider: string,
  code: string,
  cause?: unknown,
): Promise<CofactorError> {
  const type = code === 'ERR_PROVIDER_UNAVAILABLE' ? 'provider-unavailable' : 'secret-unreadable';
  engine.config.log.error({ provider, code, error: cause }, 'an authenticator cannot be used');
  engine.events.emit('alarm', { user: user && { id: user.id, identifier: user.identifier }, provider, code });
  await engine.store.appendAudit(
    engine.realm,
    engine.audit.entry(type, user?.id ?? null, { provider, code }),
  );
  return new CofactorError(
    'ERR_PROVIDER_UNAVAILABLE',
    'This way of signing in is not available at the moment.',
    { detail: `${provider}: ${code}`, ...(cause !== undefined && { cause }) },
  );
}

/** How long a provider may take before it counts as unavailable, in milliseconds. */
const providerTimeoutMs = 10_000;

/**
 * Asks a provider. What it throws, and what is not a verdict, means that it is unavailable: nobody is let in.
 * A full hash queue is passed on as it is.
 */
export async function ask<T extends { readonly ok: boolean }>(
  engine: Engine,
  user: { readonly id: string; readonly identifier: string } | null,
  provider: FactorProvider,
  question: () => T | Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('the provider took too long')), providerTimeoutMs);
    });
    const verdict = await Promise.race([question(), late]);
    if (verdict?.ok !== true && verdict?.ok !== false) throw new TypeError('the provider gave no verdict');
    const { reports } = verdict as { readonly reports?: readonly unknown[] };
    if (reports?.length === 0) throw new TypeError('the provider reported no proof');
    return verdict;
  } catch (error) {
    if (error instanceof CofactorError && error.code === 'ERR_HASH_QUEUE_FULL') throw error;
    throw await unavailable(engine, user, provider.name, 'ERR_PROVIDER_UNAVAILABLE', error);
  } finally {
    clearTimeout(timer);
  }
}

/** The events of a right answer: one, or as many as the provider reports. */
export function eventsOf(
  provider: FactorProvider,
  authenticator: string,
  at: Date,
  { proves, reports }: Verdict & { readonly ok: true },
): readonly AuthenticationEvent[] {
  if (reports === undefined) return [eventOf(provider, authenticator, at, proves)];
  return reports.map(({ at: made = at, source = 'local', ...reported }) => ({
    ...eventOf(provider, authenticator, at, reported),
    // What is said to lie ahead is not known at all.
    at: made <= at ? made : unknownTime,
    source,
  }));
}

/** For the record: who checked what was not checked here. */
export function elsewhere(events: readonly AuthenticationEvent[]): { readonly from?: readonly string[] } {
  const from = [...new Set(events.map(({ source = 'local' }) => source))].filter((one) => one !== 'local');
  return from.length > 0 ? { from } : {};
}

/** The event that an authenticator would give, as far as is known of it without asking. */
export function expectedEvent(
  provider: FactorProvider,
  { id, about }: Pick<AuthenticatorRecord, 'id' | 'about'>,
  at: Date,
): AuthenticationEvent {
  return eventOf(provider, id, at, about.proves);
}

/** The event of a success now. */
export function eventOf(
  provider: FactorProvider,
  authenticator: string | null,
  at: Date,
  proves: Partial<Proof> = {},
): AuthenticationEvent {
  const { kind, amr, userVerified, phishingResistant, hardwareProtected } = { ...provider.proves, ...proves };
  return {
    provider: provider.name,
    authenticator,
    kind,
    amr,
    at,
    ...(userVerified === true && { userVerified }),
    ...(phishingResistant === true && { phishingResistant }),
    ...(hardwareProtected === true && { hardwareProtected }),
    source: 'local',
  };
}
