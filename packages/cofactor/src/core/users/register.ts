import { assuranceOf, type AuthenticationEvent } from '../../assurance/index.ts';
import { newAuthenticator } from '../authenticators/new.ts';
import { proposeName } from '../authenticators/rules.ts';
import { ask, eventOf, factorContext, type Client, type Engine } from '../engine.ts';
import { newId } from '../ids.ts';
import { refused, type Refused, type StepOutcome } from '../ceremonies/outcome.ts';
import { newSession } from '../sessions/sessions.ts';
import { check } from '../schema.ts';
import { bucketFor } from '../limits/bucket.ts';
import type { NewAuthenticator, SessionWithUser, UserRecord } from '../store.ts';
import { canonicalAddress } from '../mail/address.ts';
import { canonicalIdentifier } from './identifier.ts';

export interface Registration {
  readonly identifier: string;
  readonly provider: string;
  readonly response: unknown;
  readonly returnTo: string;
  readonly client: Client;
  /** The session that the browser has already; the new one takes its place. */
  readonly session?: SessionWithUser | null;
}

/** Creates an account with its first factor and signs it in. Needs the option `registration`. */
export async function register(engine: Engine, request: Registration): Promise<StepOutcome> {
  if (!engine.config.registration) return refused('forbidden');
  const began = engine.config.clock.now();
  const retryAfter = engine.networks.wait(request.client.ip, began);
  if (retryAfter > 0) return refused('too-many-tries', { retryAfter });
  engine.networks.add(request.client.ip, began);
  const { language } = request.client;
  const created = await createUser(engine, { ...request, ...(language !== undefined && { language }) });
  if ('status' in created) return created;
  const { user, event } = created;
  const now = engine.config.clock.now();
  const { canonical } = user;
  const { key } = bucketFor(engine, canonical, request.client, now);
  const { secret, session } = newSession(engine, user, [event], key, request.client);
  const audit = engine.audit.entry('signed-in', user.id, { amr: event.amr, ip: request.client.ip });
  const replaces = request.session?.session;
  const next = { session, audit, ...(replaces && { replaces }) };
  await engine.store.accept({ ceremony: null, now, settle: null, next });
  if (replaces) engine.cache.drop(replaces.id);
  engine.config.meter.count('sessions', { realm: engine.realm });
  engine.events.emit('signed-in', { user, assurance: assuranceOf([event]), ip: request.client.ip });
  return { status: 'done', purpose: 'sign-in', secret, session, user, returnTo: request.returnTo };
}

export interface NewAccount {
  readonly identifier: string;
  readonly provider: string;
  readonly response: unknown;
  readonly roles?: readonly string[];
  /** The language that mails are written in, e.g. `de`. */
  readonly language?: string;
  /** Who makes it, for the record, where that is not the person. */
  readonly by?: string;
}

/** Creates an account with its first factor, for registration and for the application's own code. */
export async function createUser(
  engine: Engine,
  account: NewAccount,
): Promise<{ readonly user: UserRecord; readonly event: AuthenticationEvent } | Refused> {
  const prepared = await prepareUser(engine, account);
  if ('status' in prepared) return prepared;
  const { user, authenticator, event } = prepared;
  const { by } = account;
  const { roles } = user;
  const entry = engine.audit.entry('user-created', user.id, {
    provider: authenticator.provider,
    ...(roles.length > 0 && { roles }),
    ...(by !== undefined && { by }),
  });
  const created = await engine.store.createUser(user, [authenticator], entry);
  if (created === 'taken') return refused('identifier-taken');
  engine.events.emit('user-created', { user });
  return { user, event };
}

/** An account and its first factor, ready to be stored. */
interface PreparedUser {
  readonly user: UserRecord;
  readonly authenticator: NewAuthenticator;
  readonly event: AuthenticationEvent;
}

/** Checks what an account is to be made of, and makes it; nothing is stored yet. */
export async function prepareUser(engine: Engine, account: NewAccount): Promise<PreparedUser | Refused> {
  const { config } = engine;
  const provider = config.providers.get(account.provider);
  const canonical = canonicalIdentifier(account.identifier);
  if (!provider || provider.usage !== 'first' || canonical === null) return refused('malformed');
  if (await check(provider.confirmResponse ?? provider.response, account.response))
    return refused('malformed');

  const now = config.clock.now();
  const userId = newId('usr', config.random);
  const identifier = account.identifier.normalize('NFKC').trim();
  const user: UserRecord = {
    id: userId,
    realm: engine.realm,
    identifier,
    canonical,
    generation: 1,
    roles: account.roles ?? [],
    createdAt: now,
    disabledAt: null,
    email: canonicalAddress(identifier),
    emailVerifiedAt: null,
    language: account.language ?? null,
    groups: [],
    claims: [],
    joined: [],
  };
  const context = factorContext(engine, user, { onlyFactor: true });
  const verdict = await ask(engine, user, provider, () => provider.confirm(context, null, account.response));
  if (!verdict.ok)
    return refused('refused-response', verdict.text === undefined ? {} : { text: verdict.text });

  const name = verdict.name ?? proposeName(provider, []);
  const authenticator = newAuthenticator(engine, userId, provider, name, verdict, now);
  return { user, authenticator, event: eventOf(provider, authenticator.id, config.clock.now()) };
}
