import { notify } from '../account/mail.ts';
import type { AuditType } from '../audit/chain.ts';
import { refused, secondsUntil, type Refused } from '../ceremonies/outcome.ts';
import { minimumFor } from '../enforcement/standing.ts';
import { ask, factorContext, openData, sealData, type Client, type Engine } from '../engine.ts';
import { delayAfter, limits } from '../limits/limits.ts';
import type { FactorContext, FactorProvider, Verdict } from '../provider.ts';
import { check } from '../schema.ts';
import { newSession } from '../sessions/sessions.ts';
import type {
  AuthenticatorRecord,
  FactorChange,
  FactorEdit,
  SessionRecord,
  SessionWithUser,
} from '../store.ts';
import { canRemove, cleanName, isChosen, mayManage } from './rules.ts';

/** The session that goes on after a change: same proofs, new id; every other one of the user has ended. */
export interface FactorsChanged {
  readonly status: 'changed';
  readonly secret: string;
  readonly session: SessionRecord;
}

interface Change {
  readonly session: SessionWithUser;
  readonly client: Client;
  readonly enrolment?: string;
  readonly audit: { readonly type: AuditType; readonly data: object };
  /** What was proved with this authenticator counts no longer. */
  readonly forget?: string;
  readonly token?: FactorChange<Refused>['token'];
  /** What is said where something that has to be unique belongs to somebody else. */
  readonly taken?: 'already-enrolled' | 'identifier-taken';
  decide(current: readonly AuthenticatorRecord[]): FactorEdit | { readonly refusal: Refused };
}

/** Applies a change of authenticators in one transaction and renews the session (I-06, I-14, I-16). */
export async function changeFactors(engine: Engine, change: Change): Promise<FactorsChanged | Refused> {
  const { session, user } = change.session;
  const events = session.events.filter(
    ({ authenticator }) => authenticator === null || authenticator !== change.forget,
  );
  let renewed: { secret: string; session: SessionRecord } | undefined;
  const result = await engine.store.changeFactors<Refused>({
    realm: engine.realm,
    userId: user.id,
    generation: user.generation,
    now: engine.config.clock.now(),
    ...(change.enrolment !== undefined && { enrolment: change.enrolment }),
    ...(change.token && { token: change.token }),
    session: {
      old: session.id,
      next: (generation) => {
        const origin = { id: user.id, generation };
        renewed = newSession(engine, origin, events, session.limitKey, change.client, session);
        return renewed.session;
      },
    },
    decide: (current) => change.decide(current),
    audit: engine.audit.entry(change.audit.type, user.id, change.audit.data),
  });
  if (!result.changed) {
    if (result.reason === 'refused') return result.refusal;
    return refused(result.reason === 'taken' ? (change.taken ?? 'already-enrolled') : 'outdated');
  }
  for (const id of result.ended) engine.cache.drop(id);
  if (!renewed) throw new TypeError('a change of factors goes on with a session');
  return { status: 'changed', ...renewed };
}

/** Removes an authenticator; with the last second factor goes recovery, which has nothing left to stand in for. */
export async function removeAuthenticator(
  engine: Engine,
  request: { readonly session: SessionWithUser; readonly id: string; readonly client: Client },
): Promise<FactorsChanged | Refused> {
  const { user } = request.session;
  const account = await engine.store.account(engine.realm, { id: user.id });
  const target = account?.authenticators.find(({ id }) => id === request.id);
  if (!account || !target) return refused('not-found');
  if (!mayManage(engine, account, request.session)) return refused('step-up-needed');
  const minimum = await minimumFor(engine, account.user, account);
  const changed = await changeFactors(engine, {
    session: request.session,
    client: request.client,
    audit: { type: 'authenticator-removed', data: { provider: target.provider, authenticator: target.id } },
    forget: target.id,
    decide: (current) => {
      if (!current.some(({ id }) => id === target.id)) return { refusal: refused('not-found') };
      if (!canRemove(engine, current, target.id, minimum)) return { refusal: refused('last-authenticator') };
      const left = current.filter(({ id }) => id !== target.id);
      const orphans = left.some(({ usage }) => usage === 'second')
        ? []
        : left.filter(({ usage }) => usage === 'recovery');
      return { remove: [target.id, ...orphans.map(({ id }) => id)] };
    },
  });
  if (changed.status === 'changed') {
    engine.events.emit('authenticator-removed', { user, provider: target.provider, name: target.name });
    notify(engine, user, 'authenticator-removed', {
      provider: target.provider,
      name: target.name,
      client: request.client,
    });
  }
  return changed;
}

/**
 * Replaces what an authenticator holds, e.g. changes a password: the old one is asked for once more, whatever
 * else was proved (ASVS 6.2.3), and counted like any other try.
 */
export async function replaceAuthenticator(
  engine: Engine,
  request: {
    readonly session: SessionWithUser;
    readonly id: string;
    readonly current: unknown;
    readonly response: unknown;
    readonly client: Client;
  },
): Promise<FactorsChanged | Refused> {
  const { store, config } = engine;
  const { user } = request.session;
  const account = await store.account(engine.realm, { id: user.id });
  const target = account?.authenticators.find(({ id }) => id === request.id);
  if (!account || !target) return refused('not-found');
  const chosen = config.providers.get(target.provider);
  if (target.usage !== 'first' || (chosen && !isChosen(chosen))) return refused('malformed');
  const { response, confirmResponse = response } = chosen ?? { response: {} };
  if ((await check(response, request.current)) ?? (await check(confirmResponse, request.response))) {
    return refused('malformed');
  }
  if (!mayManage(engine, account, request.session)) return refused('step-up-needed');

  const now = config.clock.now();
  const tried = await store.reserveAuthenticator(user.id, target.id, limits.disableAt, now);
  if ('refused' in tried) {
    return tried.refused === 'blocked'
      ? refused('too-many-tries', { retryAfter: secondsUntil(tried.until, now) })
      : refused('too-many-tries', { triesLeft: 0 });
  }
  const onlyFactor = account.authenticators.every(
    ({ id, usage }) => id === target.id || usage === 'recovery',
  );
  const context = factorContext(engine, user, { onlyFactor, language: request.client.language });
  const { provider, verdict } = await judgeCurrent(engine, context, tried, request.current);
  if (!verdict.ok) {
    const entry = engine.audit.entry('wrong-response', user.id, { provider: provider.name, step: 'replace' });
    await store.appendAudit(engine.realm, entry);
    const wait = delayAfter(tried.failures);
    return wait > 0 ? refused('too-many-tries', { retryAfter: wait }) : refused('wrong-response');
  }
  await store.releaseAuthenticator(target.id);
  const made = await ask(engine, user, provider, () => provider.confirm(context, null, request.response));
  if (!made.ok) return refused('refused-response', made.text === undefined ? {} : { text: made.text });
  const sealed = sealData(engine, target, made.data);
  const changed = await changeFactors(engine, {
    session: request.session,
    client: request.client,
    audit: { type: 'authenticator-replaced', data: { provider: target.provider, authenticator: target.id } },
    decide: (current) =>
      current.some(({ id }) => id === target.id)
        ? { replace: [{ id: target.id, data: sealed }] }
        : { refusal: refused('not-found') },
  });
  if (changed.status === 'changed') {
    engine.events.emit('authenticator-replaced', { user, provider: target.provider, name: target.name });
    notify(engine, user, 'password-changed', { provider: target.provider, client: request.client });
  }
  return changed;
}

/** Asks whether what is stored now was given. An outage is no failure: it must not lock anybody out. */
async function judgeCurrent(
  engine: Engine,
  context: FactorContext,
  tried: AuthenticatorRecord,
  current: unknown,
): Promise<{ readonly provider: FactorProvider; readonly verdict: Verdict }> {
  try {
    const { provider, data } = await openData(engine, context.user, tried);
    const { id, name, counter } = tried;
    const verdict = await ask(engine, context.user, provider, () =>
      provider.verify(context, { id, name, data, counter, challenge: null }, current),
    );
    return { provider, verdict };
  } catch (error) {
    await engine.store.releaseAuthenticator(tried.id);
    throw error;
  }
}

/** Gives an authenticator another name. */
export async function renameAuthenticator(
  engine: Engine,
  request: { readonly session: SessionWithUser; readonly id: string; readonly name: string },
): Promise<Refused | { readonly status: 'renamed' }> {
  const name = cleanName(request.name);
  if (name === null) return refused('malformed');
  const { user } = request.session;
  const entry = engine.audit.entry('authenticator-renamed', user.id, { authenticator: request.id });
  const renamed = await engine.store.renameAuthenticator(engine.realm, user.id, request.id, name, entry);
  return renamed ? { status: 'renamed' } : refused('not-found');
}
