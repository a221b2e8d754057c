import { ask, eventOf, factorContext, openData, type Client, type Engine } from '../engine.ts';
import { idOf } from '../ids.ts';
import { delayAfter, limits } from '../limits/limits.ts';
import { check } from '../schema.ts';
import type { Account, AuthenticatorRecord, SessionWithUser } from '../store.ts';
import { discoveredChallenge } from './challenge.ts';
import { isUsable } from './offers.ts';
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

/** Seconds until this authenticator may be tried again, by the failures of all second factors together (I-13). */
function waitOf({ authenticators }: Account, { failedAt }: AuthenticatorRecord, now: Date): number {
  const counted = authenticators.filter(({ usage }) => usage !== 'first');
  const failures = counted.reduce((sum, one) => sum + one.failures, 0);
  const until = failedAt.getTime() + delayAfter(failures) * 1000;
  return until > now.getTime() ? secondsUntil(new Date(until), now) : 0;
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

  const handle = provider.discover.find(request.response) ?? '';
  const secret = idOf('cha', request.secret) ?? '';
  const asked = { realm: engine.realm, challenge: secret, provider: provider.name, handle, now };
  const { challenge: record, found } = await store.discover(asked);
  const challenge = record && discoveredChallenge(engine, provider, record);
  const user = found?.account.user;
  if (!challenge || !found || user?.disabledAt !== null) {
    return wrongCredentials(engine, user?.id ?? null, provider.name, request.client);
  }

  const { account, authenticator: tried } = found;
  const wait = waitOf(account, tried, now);
  if (wait > 0) return refused('too-many-tries', { retryAfter: wait });
  if (!isUsable(tried)) return wrongCredentials(engine, user.id, provider.name, request.client);
  const { data } = await openData(engine, user, tried);
  const context = factorContext(engine, user, {
    language: request.client.language,
    userVerification: 'required',
  });
  const { id, name, counter } = tried;
  const verdict = await ask(engine, user, provider, () =>
    provider.verify(context, { id, name, data, counter, challenge: challenge.data }, request.response),
  );
  if (!verdict.ok) {
    // Counted afterwards: each answer has used up a challenge of its own, so no number of them at once gets past.
    await store.reserveAuthenticator(user.id, tried.id, limits.disableAt, now);
    return wrongCredentials(engine, user.id, provider.name, request.client);
  }
  engine.openers.giveBack(request.client.ip, now);
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
