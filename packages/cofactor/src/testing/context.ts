import { createHmac, hash } from 'node:crypto';
import type { Requirement } from '../assurance/index.ts';
import type { AskContext, EnrolContext, Held } from '../core/provider.ts';

/** In what a situation differs from the usual one of a test. */
export interface TestSituation {
  /** Noon of 15 June 2030 (UTC) if left out: a time that no clock of a machine shows. */
  readonly now?: Date;
  /** Whose authenticator it is; each user has hashes of their own. `usr_ada` if left out. */
  readonly user?: string;
  /** Another seed gives another randomness, the same seed the same. */
  readonly seed?: number;
  readonly language?: string;
  readonly userVerification?: 'required' | 'preferred';
  readonly onlyFactor?: boolean;
  /** What the person is on the way to prove; nothing in particular if left out. */
  readonly wanted?: Requirement;
  /** What the user has of the provider already. */
  readonly held?: readonly Held<never>[];
}

/**
 * The situation that a provider is asked in, the same each time: time stands still, and randomness repeats itself.
 * Never use it outside of tests: who knows the seed knows every secret.
 *
 * @example
 * const begun = await provider.begin(testContext({ user: 'usr_ada' }), undefined);
 */
export function testContext(situation: TestSituation = {}): EnrolContext<never> & AskContext {
  const { now = new Date('2030-06-15T12:00:00Z'), user = 'usr_ada', seed = 1, held = [] } = situation;
  const { language = 'en', userVerification = 'preferred', onlyFactor = false } = situation;
  const { wanted = {} } = situation;
  let block = 0;
  return {
    realm: 'users',
    user: { id: user, identifier: `${user.replace(/^usr_/, '')}@example.com` },
    site: { name: 'Acme', origin: 'http://localhost:3000' },
    language,
    now: new Date(now),
    userVerification,
    random(length) {
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length; at += 32) {
        block += 1;
        bytes.set(hash('sha256', `${seed} ${user} ${block}`, 'buffer').subarray(0, length - at), at);
      }
      return bytes;
    },
    // With two keys, as it is while they are changed: the newest first.
    hashes: (value) => ['new', 'old'].map((key) => `${key}:${hmac(key, `${user} ${value}`)}`),
    onlyFactor,
    base: '/auth',
    wanted,
    held,
  };
}

function hmac(key: string, value: string): string {
  return createHmac('sha256', `key of a test, ${key}`).update(value).digest('base64url');
}
