import { ask, eventOf, factorContext, openData, type Client, type Engine } from '../engine.ts';
import { delayAfter, limits } from '../limits/limits.ts';
import type { Verdict } from '../provider.ts';
import { check } from '../schema.ts';
import type { SessionWithUser } from '../store.ts';
import { discoveredChallenge } from './challenge.ts';
import { refused, secondsUntil, type StepOutcome } from './outcome.ts';
import { proceed, settleOf, wrongCredentials } from './sign-in.ts';

export interface DiscoverySignIn {
  readonly provider: string;
  readonly response: unknown;
  /** Value of the challenge's cookie. */
  readonly secret: string | undefined;
  readonly returnTo: string;
  readonly client: Client;
  readonly session?: SessionWithUser | null;
}

/**
 * Begins a sign-in with an authenticator that says itself whose it is (a discoverable credential). The challenge is
 * used up by the answer, right or wrong; an unknown credential gets the answer that a wrong signature gets.
 */
export async function signInByDiscovery(engine: Engine, request: DiscoverySignIn): Promise<StepOutcome> {
  const { store, config } = engine;
  const provider = config.providers.get(request.provider);
  if (!provider?.discover) return refused('malformed');
  if (await check(provider.response, request.response)) return refused('malformed');
  const now = config.clock.now();
  const retryAfter = engine.networks.wait(request.client.ip, now);
  if (retryAfter > 0) return refused('too-many-tries', { retryAfter });

  const challenge = await discoveredChallenge(engine, provider, request.secret);
  const handle = provider.discover.find(request.response);
  const found = handle === null ? null : await store.accountByHandle(engine.realm, provider.name, handle);
  const known = found?.account.user.disabledAt === null ? found : null;
  if (!challenge || !known) {
    return wrongCredentials(engine, found?.account.user.id ?? null, provider.name, request.client);
  }

  const { account } = known;
  const { user } = account;
  const tried = await store.reserveAuthenticator(user.id, known.authenticator, limits.disableAt, now);
  if ('refused' in tried) {
    return tried.refused === 'blocked'
      ? refused('too-many-tries', { retryAfter: secondsUntil(tried.until, now) })
      : wrongCredentials(engine, user.id, provider.name, request.client);
  }
  let data: unknown;
  let verdict: Verdict;
  try {
    ({ data } = await openData(engine, user, tried));
    const context = factorContext(engine, user, {
      language: request.client.language,
      userVerification: 'required',
    });
    const { id, name, counter } = tried;
    verdict = await ask(engine, user, provider, () =>
      provider.verify(context, { id, name, data, counter, challenge: challenge.data }, request.response),
    );
  } catch (error) {
    // Nothing was learnt about the answer, so it is no failure.
    await store.releaseAuthenticator(tried.id);
    throw error;
  }
  if (!verdict.ok) {
    const wait = delayAfter(tried.failures);
    const outcome = await wrongCredentials(engine, user.id, provider.name, request.client);
    return wait > 0 ? refused('too-many-tries', { retryAfter: wait }) : outcome;
  }
  return proceed(engine, {
    account,
    event: eventOf(provider, tried.id, config.clock.now(), verdict.proves),
    settle: settleOf(engine, tried, verdict, data) ?? { authenticator: tried.id },
    returnTo: request.returnTo,
    limitKey: null,
    client: request.client,
    before: request.session?.session,
  });
}
