import { sealData, type Engine } from '../engine.ts';
import { newId } from '../ids.ts';
import type { EnrolVerdict, FactorProvider } from '../provider.ts';
import type { NewAuthenticator } from '../store.ts';

/** An authenticator to be stored, with all that its provider said of it: the one place where that is put together. */
export function newAuthenticator(
  engine: Engine,
  userId: string,
  provider: FactorProvider,
  name: string,
  verdict: EnrolVerdict & { readonly ok: true },
  createdAt: Date,
): NewAuthenticator {
  const authenticator = { id: newId('aut', engine.config.random), userId, provider: provider.name };
  return {
    ...authenticator,
    usage: provider.usage,
    name,
    data: sealData(engine, authenticator, verdict.data),
    counter: verdict.counter ?? 0,
    createdAt,
    ...(verdict.lookups && { lookups: verdict.lookups }),
    ...(verdict.handle !== undefined && { handle: verdict.handle }),
    ...(verdict.about && { about: verdict.about }),
  };
}
