import type { FactorProvider } from 'cofactor';

/** A provider that does what another one does, and counts how often it is asked. */
export interface CountingProvider {
  readonly provider: FactorProvider<never, never>;
  /** How many responses were really compared with a secret. */
  evaluations(): number;
}

export function counting<Data, Response, Confirm>(
  provider: FactorProvider<Data, Response, Confirm>,
): CountingProvider {
  let evaluations = 0;
  const wrapped: FactorProvider<Data, Response, Confirm> = {
    ...provider,
    verify(context, authenticator, response) {
      evaluations += 1;
      return provider.verify(context, authenticator, response);
    },
  };
  return {
    provider: wrapped as unknown as FactorProvider<never, never>,
    evaluations: () => evaluations,
  };
}
