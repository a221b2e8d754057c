import { notify } from '../account/mail.ts';
import { refused, type Refused } from '../ceremonies/outcome.ts';
import { deliver, mayOffer } from '../ceremonies/deliver.ts';
import { ask, factorContext, heldBy, unavailable, type Client, type Engine } from '../engine.ts';
import { permitFor } from '../enforcement/permit.ts';
import { newSecret, idOf } from '../ids.ts';
import { open, seal } from '../../base/keys/envelope.ts';
import { limits } from '../limits/limits.ts';
import { whole } from '../made.ts';
import { check } from '../schema.ts';
import type { Begun, FactorProvider, NotBegun } from '../provider.ts';
import type { Account, FactorEdit, NewAuthenticator, SessionWithUser } from '../store.ts';
import { changeFactors, type FactorsChanged } from './change.ts';
import { newAuthenticator } from './new.ts';
import { canAdd, cleanName, mayManage, proposeName } from './rules.ts';

const enrolmentLifeMs = 15 * 60_000;

export interface Enrolment {
  readonly status: 'begun';
  /** Goes back with the confirmation. */
  readonly secret: string;
  readonly provider: FactorProvider;
  /** What the person needs to set it up; not shown again after it is confirmed (I-03). */
  readonly setup: object;
  readonly proposedName: string;
  readonly expiresAt: Date;
  /** Set where a code was sent to what the person entered. */
  readonly sent?: true;
}

/** Begins to enrol an authenticator. The secret is made here and kept sealed until it is confirmed. */
export async function beginEnrolment(
  engine: Engine,
  request: {
    readonly session: SessionWithUser;
    readonly provider: string;
    /** What the provider has to be told first, as its `input` says. */
    readonly input?: unknown;
    readonly returnTo: string;
    /** Path of the pages. */
    readonly base: string;
    readonly client: Client;
  },
): Promise<Enrolment | Refused> {
  const { config, store } = engine;
  const { session, user } = request.session;
  const provider = config.providers.get(request.provider);
  if (!provider?.begin) return refused('malformed');
  if (provider.input ? await check(provider.input.schema, request.input) : request.input !== undefined) {
    return refused('malformed');
  }
  const account = await store.account(engine.realm, { id: user.id });
  if (!account) return refused('not-found');
  if (!mayManage(engine, account, request.session)) return refused('step-up-needed');
  if (!canAdd(account.authenticators, provider)) return refused('already-enrolled');
  if ((await permitFor(engine, request.session, account)) === null) return refused('permit-needed');

  const own = account.authenticators.filter((one) => one.provider === provider.name);
  const { language } = request.client;
  const { base } = request;
  const context = {
    ...factorContext(engine, user, { language }),
    base,
    held: await heldBy(engine, user, own),
  };
  const begin = provider.begin.bind(provider);
  const begun = await ask(
    engine,
    user,
    provider,
    async () => ({ ok: true, ...begunWhole(await begin(context, request.input)) }) as const,
  );
  if ('refused' in begun) return refused('refused-response', { text: begun.refused });
  const { deliver: delivery = null } = begun;
  if (delivery && (await mayOffer(engine, user, delivery.address, config.clock.now())) !== 'yes') {
    return refused('too-many-tries', { retryAfter: 600 });
  }
  const now = config.clock.now();
  const { secret, id } = newSecret('enr', config.random);
  const expiresAt = new Date(now.getTime() + enrolmentLifeMs);
  await store.createEnrolment({
    id,
    realm: engine.realm,
    userId: user.id,
    generation: user.generation,
    session: session.id,
    provider: provider.name,
    data: seal(
      { data: begun.data, setup: begun.setup } satisfies Kept,
      placeOf(engine, user.id, id),
      engine.keys,
      config.random,
    ),
    returnTo: request.returnTo,
    attempts: 0,
    createdAt: now,
    expiresAt,
  });
  if (delivery) {
    const asked = { user, provider, purpose: 'enrolment', delivery, expiresAt, language } as const;
    if ((await deliver(engine, asked)) === 'failed') return refused('delivery-failed');
  }
  const proposedName = proposeName(provider, account.authenticators, language);
  const sent = delivery && { sent: true as const };
  return { status: 'begun', secret, provider, setup: begun.setup, proposedName, expiresAt, ...sent };
}

/** What `begin` returned: a set-up, or the key of the text that says why there is none. */
function begunWhole<Data>(begun: Begun<Data> | NotBegun): Begun<Data> | NotBegun {
  const refused = (begun as Partial<NotBegun> | undefined)?.refused;
  return typeof refused === 'string' ? { refused } : whole(begun as Begun<Data>, 'setup');
}

/** What is kept sealed of an enrolment. The set-up is for pages that are made on the server, until it is confirmed. */
interface Kept {
  readonly data: unknown;
  readonly setup: object;
}

/** An enrolment that is under way in this session, to be shown again; `null` where there is none. */
export async function readEnrolment(
  engine: Engine,
  secret: string | undefined,
  { session, user }: SessionWithUser,
  language?: string,
): Promise<Enrolment | null> {
  const id = idOf('enr', secret);
  if (id === null || secret === undefined) return null;
  const enrolment = await engine.store.enrolment(engine.realm, id, user.id, engine.config.clock.now());
  if (!enrolment || enrolment.session !== session.id || enrolment.generation !== user.generation) return null;
  const provider = engine.config.providers.get(enrolment.provider);
  const account = await engine.store.account(engine.realm, { id: user.id });
  if (!provider || !account) return null;
  const { setup } = open(enrolment.data, placeOf(engine, user.id, id), engine.keys) as Kept;
  const proposedName = proposeName(provider, account.authenticators, language);
  return { status: 'begun', secret, provider, setup, proposedName, expiresAt: enrolment.expiresAt };
}

export interface EnrolmentConfirmed extends FactorsChanged {
  readonly authenticator: NewAuthenticator;
  readonly returnTo: string;
  /** Recovery that was made with it, to be shown once. */
  readonly issued: readonly { readonly provider: FactorProvider; readonly setup: object }[];
}

/**
 * Confirms an enrolment. The first second factor brings recovery with it, in the same transaction. The session
 * goes on under a new id at the level it had: enrolling proves nothing (A5); all others end.
 */
export async function confirmEnrolment(
  engine: Engine,
  request: {
    readonly session: SessionWithUser;
    readonly enrolment: string;
    readonly response: unknown;
    readonly name?: string;
    /** Path of the pages. */
    readonly base: string;
    readonly client: Client;
  },
): Promise<EnrolmentConfirmed | Refused> {
  const { config, store } = engine;
  const { session, user } = request.session;
  const id = idOf('enr', request.enrolment);
  if (id === null) return refused('enrolment-unknown');
  if (request.name !== undefined && cleanName(request.name) === null) return refused('malformed');
  const now = config.clock.now();
  const enrolment = await store.reserveEnrolment(engine.realm, id, user.id, limits.triesPerEnrolment, now);
  if (!enrolment || enrolment.session !== session.id || enrolment.generation !== user.generation) {
    return refused('enrolment-unknown');
  }
  const account = await store.account(engine.realm, { id: user.id });
  if (!account) return refused('not-found');
  if (!mayManage(engine, account, request.session)) return refused('step-up-needed');
  const permit = await permitFor(engine, request.session, account);
  if (permit === null) return refused('permit-needed');
  const provider = config.providers.get(enrolment.provider);
  if (!provider) throw await unavailable(engine, user, enrolment.provider, 'ERR_PROVIDER_UNAVAILABLE');

  if (await check(provider.confirmResponse ?? provider.response, request.response))
    return refused('malformed');

  const context = factorContext(engine, user, { language: request.client.language });
  const { data } = open(enrolment.data, placeOf(engine, user.id, id), engine.keys) as Kept;
  const verdict = await ask(engine, user, provider, () => provider.confirm(context, data, request.response));
  if (!verdict.ok) {
    const triesLeft = limits.triesPerEnrolment - enrolment.attempts;
    if (verdict.reason === 'wrong')
      return refused(triesLeft > 0 ? 'wrong-response' : 'enrolment-unknown', { triesLeft });
    return refused('refused-response', verdict.text === undefined ? {} : { text: verdict.text });
  }
  const { language } = request.client;
  const name =
    cleanName(request.name) ?? verdict.name ?? proposeName(provider, account.authenticators, language);
  const authenticator = newAuthenticator(engine, user.id, provider, name, verdict, now);
  const recovery = await issueRecovery(engine, account, provider, request.base);

  const changed = await changeFactors(engine, {
    session: request.session,
    client: request.client,
    enrolment: id,
    ...(permit !== 'needless' && { token: { kind: 'permit', id: permit.id } }),
    audit: {
      type: 'authenticator-added',
      data: { provider: provider.name, authenticator: authenticator.id },
    },
    decide: (current): FactorEdit | { refusal: Refused } => {
      if (!canAdd(current, provider)) return { refusal: refused('already-enrolled') };
      // A new set of single-use secrets voids the old one; nothing else is ever replaced by adding.
      const voided =
        provider.usage === 'recovery' ? current.filter((old) => old.provider === provider.name) : [];
      const add = [authenticator, ...recovery.map((made) => made.authenticator)];
      return { add, remove: voided.map((old) => old.id) };
    },
  });
  if (changed.status === 'refused') return changed;
  engine.events.emit('authenticator-added', { user, provider: provider.name, name });
  const kind = provider.usage === 'recovery' ? 'recovery-renewed' : 'authenticator-added';
  notify(engine, user, kind, { provider: provider.name, name, client: request.client });
  const issued = recovery.map((made) => ({ provider: made.provider, setup: made.setup }));
  return { ...changed, authenticator, issued, returnTo: enrolment.returnTo };
}

/** Recovery for a user who adds the first second factor and has none: from every provider of that usage. */
async function issueRecovery(
  engine: Engine,
  account: Account,
  added: FactorProvider,
  base: string,
): Promise<readonly { provider: FactorProvider; setup: object; authenticator: NewAuthenticator }[]> {
  if (added.usage !== 'second' || account.authenticators.some(({ usage }) => usage === 'recovery')) return [];
  const { user } = account;
  const context = { ...factorContext(engine, user), base, held: [] };
  const issued = [];
  for (const provider of engine.config.providers.values()) {
    const begin = provider.begin?.bind(provider);
    if (provider.usage !== 'recovery' || !begin) continue;
    const begun = await ask(
      engine,
      user,
      provider,
      async () => ({ ok: true, ...begunWhole(await begin(context, undefined)) }) as const,
    );
    if ('refused' in begun) continue;
    const verdict = await ask(engine, user, provider, () =>
      provider.confirm(context, begun.data, { saved: true }),
    );
    if (!verdict.ok) continue;
    const name = verdict.name ?? proposeName(provider, []);
    const authenticator = newAuthenticator(
      engine,
      user.id,
      provider,
      name,
      verdict,
      engine.config.clock.now(),
    );
    issued.push({ provider, setup: begun.setup, authenticator });
  }
  return issued;
}

function placeOf(engine: Engine, userId: string, id: string): string {
  return `enrolments ${engine.realm} ${userId} ${id}`;
}
