import { ask, eventsOf, factorContext, openData, type Client, type Engine } from '../engine.ts';
import type { FactorProvider } from '../provider.ts';
import type { Account, AuthenticatorRecord, SessionWithUser } from '../store.ts';
import { isHostIdentifier } from '../users/identifier.ts';
import { isUsable } from './offers.ts';
import type { StepOutcome } from './outcome.ts';
import { proceed, settleOf, wrongCredentials } from './sign-in.ts';

/** A sign-in that begins without a user name. */
export interface DiscoverySignIn {
  readonly provider: string;
  readonly response: unknown;
  /** Value of the challenge's cookie. */
  readonly secret: string | undefined;
  /** A path of this site, already checked; where the challenge says if left out. */
  readonly returnTo: string | undefined;
  readonly client: Client;
  readonly session?: SessionWithUser | null;
}

/** An authenticator that was found, and what its provider is asked with. */
export interface Found {
  readonly account: Account;
  readonly authenticator: AuthenticatorRecord;
  readonly provider: FactorProvider;
  readonly challenge: unknown;
  readonly returnTo: string | undefined;
}

/** Goes on with an authenticator that was found: its provider is asked, as for any other. */
export async function signInWithFound(
  engine: Engine,
  request: DiscoverySignIn,
  found: Found,
): Promise<StepOutcome> {
  const { account, authenticator: tried, provider, challenge } = found;
  const { user } = account;
  if (user.disabledAt !== null || isHostIdentifier(user.canonical) || !isUsable(tried)) {
    return wrongCredentials(engine, user.id, provider.name, request.client);
  }
  const { data } = await openData(engine, user, tried);
  const context = factorContext(engine, user, {
    language: request.client.language,
    userVerification: 'required',
  });
  const { id, name, counter } = tried;
  const verdict = await ask(engine, user, provider, () =>
    provider.verify(context, { id, name, data, counter, challenge }, request.response),
  );
  if (!verdict.ok) {
    // Counted for the network and not for the passkey: a signature cannot be guessed, and whoever learns the id of a
    // credential must not be able to lock its owner out with it.
    return wrongCredentials(engine, user.id, provider.name, request.client);
  }
  const now = engine.config.clock.now();
  engine.openers.giveBack(request.client.ip, now);
  return proceed(engine, {
    account,
    events: eventsOf(provider, tried.id, now, verdict),
    settle: settleOf(engine, tried, verdict, data) ?? { authenticator: tried.id },
    returnTo: request.returnTo ?? found.returnTo ?? '/',
    limitKey: null,
    client: request.client,
    before: request.session?.session,
  });
}
