import type { Engine } from '../core/engine.ts';
import type { FactorProvider, JsonSchema } from '../core/provider.ts';
import { check } from '../core/schema.ts';

/** A provider, and one of the schemas of what it takes. */
export interface Taker {
  readonly provider: FactorProvider;
  readonly schema: JsonSchema;
}

/** Who may be meant by a response: the provider of that name, or any; `null` where there is none of that name. */
export function takersOf({ config }: Engine, name: unknown): readonly Taker[] | null {
  const { providers } = config;
  if (typeof name !== 'string') {
    return [...providers.values()].flatMap((provider) => [
      { provider, schema: provider.response },
      ...(provider.confirmResponse ? [{ provider, schema: provider.confirmResponse }] : []),
    ]);
  }
  const provider = providers.get(name);
  return provider ? [{ provider, schema: provider.response }] : null;
}

/**
 * A response to a provider: against the schema of the provider that the body names, or else of any there is,
 * so that what nobody takes is told before it counts as a try.
 */
export async function checkResponse(
  engine: Engine,
  body: unknown,
): Promise<{ readonly pointer: string } | null> {
  const { provider, response } = body as { readonly provider?: unknown; readonly response?: unknown };
  if (response === undefined) return null;
  const takers = takersOf(engine, provider);
  if (!takers) return { pointer: '/provider' };
  let mismatch: { readonly pointer: string } | null = null;
  for (const { schema } of takers) {
    mismatch = await check(schema, response);
    if (!mismatch) return null;
  }
  return { pointer: `/response${mismatch?.pointer ?? ''}` };
}
