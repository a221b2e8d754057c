import type { Engine } from '../engine.ts';
import { idOf } from '../ids.ts';
import { counted } from '../metering.ts';
import { check } from '../schema.ts';
import { canDiscover, discoveredChallenge } from './challenge.ts';
import { signInWithFound, type DiscoverySignIn } from './found.ts';
import { signInByIdentity } from './identity.ts';
import { refused, type StepOutcome } from './outcome.ts';
import { wrongCredentials } from './sign-in.ts';

/**
 * Begins a sign-in with an authenticator that says itself whose it is (a discoverable credential), or that somebody else
 * says so of (an external identity). The challenge is used up by the answer, right or wrong; an unknown credential gets
 * the answer that a wrong signature gets.
 */
export function signInByDiscovery(engine: Engine, request: DiscoverySignIn): Promise<StepOutcome> {
  return counted(engine, 'sign-ins', request.provider, () => discoveredStep(engine, request));
}

async function discoveredStep(engine: Engine, request: DiscoverySignIn): Promise<StepOutcome> {
  const { store, config } = engine;
  const provider = config.providers.get(request.provider);
  if (!provider?.discover || !canDiscover(engine)) return refused('malformed');
  if (await check(provider.response, request.response)) return refused('malformed');
  const now = config.clock.now();
  const retryAfter = engine.networks.wait(request.client.ip, now);
  if (retryAfter > 0) return refused('too-many-tries', { retryAfter });
  if (provider.discover.identify) return signInByIdentity(engine, provider, provider.discover, request);

  const handle = provider.discover.find(request.response) ?? '';
  const secret = idOf('cha', request.secret) ?? '';
  const asked = { realm: engine.realm, challenge: secret, provider: provider.name, handle, now };
  const { challenge: record, found } = await store.discover(asked);
  const challenge = record && discoveredChallenge(engine, provider, record);
  if (!challenge || !found) {
    return wrongCredentials(engine, found?.account.user.id ?? null, provider.name, request.client);
  }
  const { data, returnTo } = challenge;
  return signInWithFound(engine, request, { ...found, provider, challenge: data, returnTo });
}
