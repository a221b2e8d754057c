import type { AskContext, Asked } from '../../packages/cofactor/src/core/provider.ts';

/** The situation that a provider is asked in, for tests of it alone. */
export function contextOf(given: Partial<AskContext> = {}): AskContext {
  return {
    realm: 'users',
    user: { id: 'usr_ada', identifier: 'ada' },
    site: { name: 'Acme', origin: 'http://localhost:3000' },
    language: 'en',
    now: new Date('2026-01-02T03:04:05Z'),
    userVerification: 'preferred',
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    hashes: () => [],
    onlyFactor: false,
    base: '/auth',
    wanted: {},
    ...given,
  };
}

/** An authenticator as the core hands it over. */
export function asked<Data, Challenge = null>(
  data: Data,
  counter = 0,
  challenge: Challenge | null = null,
): Asked<Data, Challenge> {
  return { id: 'aut_1', name: 'Mine', data, counter, challenge };
}
