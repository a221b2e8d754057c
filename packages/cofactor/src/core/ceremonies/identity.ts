import { ask, nobodysContext, type Engine } from '../engine.ts';
import { idOf } from '../ids.ts';
import type { Discovery, FactorProvider } from '../provider.ts';
import { discoveredChallenge } from './challenge.ts';
import { signInWithFound, type DiscoverySignIn } from './found.ts';
import { accountOfNewcomer } from './newcomer.ts';
import type { StepOutcome } from './outcome.ts';
import { wrongCredentials } from './sign-in.ts';

/**
 * Begins a sign-in with an identity that somebody else vouches for. Its provider finds out whose the response is; the
 * account is the one that this identity is linked with, and no address or name decides that (I-18).
 */
export async function signInByIdentity(
  engine: Engine,
  provider: FactorProvider,
  discover: Discovery,
  request: DiscoverySignIn,
): Promise<StepOutcome> {
  const { store, config, realm } = engine;
  const { client, response } = request;
  const id = idOf('cha', request.secret);
  const record = id === null ? null : await store.takeChallenge(realm, id, config.clock.now());
  const challenge = record && discoveredChallenge(engine, provider, record);
  if (!challenge) return wrongCredentials(engine, null, provider.name, client);

  const context = nobodysContext(engine, { language: client.language, userVerification: 'required' });
  const identified = await ask(
    engine,
    null,
    provider,
    async () =>
      (await discover.identify?.(context, challenge.data, response)) ??
      ({ ok: false, reason: 'wrong' } as const),
  );
  if (!identified.ok) return wrongCredentials(engine, null, provider.name, client);

  const { handle } = identified;
  const found =
    (await store.accountByHandle(realm, provider.name, handle)) ??
    (await accountOfNewcomer(engine, provider, identified, client));
  if ('status' in found) return found;
  const { returnTo } = challenge;
  return signInWithFound(engine, request, { ...found, provider, challenge: identified.challenge, returnTo });
}
