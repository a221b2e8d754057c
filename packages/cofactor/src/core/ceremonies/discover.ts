import { ask, eventOf, factorContext, openData, type Client, type Engine } from '../engine.ts';
import { idOf } from '../ids.ts';
import { check } from '../schema.ts';
import type { SessionWithUser } from '../store.ts';
import { isHostIdentifier } from '../users/identifier.ts';
import { canDiscover, discoveredChallenge } from './challenge.ts';
import { isUsable } from './offers.ts';
import { refused, type StepOutcome } from './outcome.ts';
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
  if (!provider?.discover || !canDiscover(engine)) return refused('malformed');
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
  if (!challenge || !found || user?.disabledAt !== null || isHostIdentifier(user.canonical)) {
    return wrongCredentials(engine, user?.id ?? null, provider.name, request.client);
  }

  const { account, authenticator: tried } = found;
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
    // Counted for the network and not for the passkey: a signature cannot be guessed, and whoever learns the id of a
    // credential must not be able to lock its owner out with it.
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
