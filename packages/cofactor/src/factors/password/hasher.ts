import { assertPeer, peer } from '../../base/peer.ts';

/** Turns passwords into hashes and checks them. The default is argon2id. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  verify(hash: string, password: string): Promise<boolean>;
  /** Whether a hash is weaker than one made now. */
  needsRehash(hash: string): boolean;
}

/** The price of one argon2id hash (RFC 9106, 3.1). */
export interface PasswordCost {
  /** KiB of memory; 19456 unless said. */
  readonly memory?: number;
  /** Passes over the memory; 2 unless said. */
  readonly passes?: number;
  /** Lanes; 1 unless said. */
  readonly lanes?: number;
}

const argon2 = peer('@node-rs/argon2', 'cofactor/password', () => import('@node-rs/argon2'));

/**
 * argon2id, stored in PHC form with its parameters and a salt of its own. The comparison is the library's, in
 * constant time. It runs in the thread pool, so that requests go on beside it.
 */
export function argon2id(cost: Required<PasswordCost>): PasswordHasher {
  assertPeer('@node-rs/argon2', 'cofactor/password');
  const options = { memoryCost: cost.memory, timeCost: cost.passes, parallelism: cost.lanes };
  return Object.freeze<PasswordHasher>({
    async hash(password) {
      const { hash } = await argon2();
      // The library's default variant is argon2id, version 1.3.
      return hash(password, options);
    },
    async verify(hash, password) {
      const { verify } = await argon2();
      return verify(hash, password);
    },
    needsRehash(hash) {
      const made = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$/.exec(hash);
      if (made === null) return true;
      const [memory = 0, passes = 0, lanes = 0] = made.slice(1).map(Number);
      return memory < cost.memory || passes < cost.passes || lanes < cost.lanes;
    },
  });
}
