import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { CofactorError } from '../errors.ts';

/** One secret of the key ring. The newest one writes; all of them read. */
export interface RingKey {
  /** Stands in every envelope and hash: letters, digits, `-` and `_`, at most 32. Never use one id for two secrets. */
  readonly id: string;
  /** At least 32 bytes, base64 or base64url: `openssl rand -base64 32`. */
  readonly secret: string;
}

/** What a derived key is for; one per purpose, so that no value made for one is ever taken by another. */
export type KeyPurpose = 'seal' | 'hash' | 'csrf' | 'audit' | 'browser';

/** The key of a machine under development. Known to everyone, so production refuses it (I-29). */
export const developmentKey: RingKey = Object.freeze({
  id: 'development',
  secret: Buffer.from('cofactor development key, known to everyone').toString('base64'),
});

type Derived = ReadonlyMap<string, KeyObject>;

/**
 * Keys by id and purpose, derived once (HKDF-SHA-256). The first one of the list is the newest. A ring can be renewed while
 * it is in use, so that keys rotate without a restart.
 */
export class KeyRing {
  readonly #realm: string;
  #ids: readonly string[];
  #keys: Derived;
  #look: (() => readonly RingKey[] | null) | undefined;

  constructor(keys: readonly RingKey[], realm: string) {
    this.#realm = realm;
    this.#keys = derive(keys, realm);
    this.#ids = keys.map(({ id }) => id);
  }

  get newest(): string {
    return this.#ids[0] ?? '';
  }
  get ids(): readonly string[] {
    return this.#ids;
  }

  /** Takes these keys from now on. What was made with one that is not among them is unusable from now on. */
  renew(keys: readonly RingKey[]): void {
    // Whole or not at all: a list that is wrong leaves everything as it is.
    this.#keys = derive(keys, this.#realm);
    this.#ids = keys.map(({ id }) => id);
  }

  /**
   * Where to look for a key that is not in the ring: another process may have made one, and sealed with it already. `null`
   * says that there is nothing new since the last time; that must cost next to nothing.
   */
  whenMissing(look: () => readonly RingKey[] | null): void {
    this.#look = look;
  }

  /**
   * The key of an id, or an error that makes whatever needs it unusable (never "no second factor"). A `KeyObject`, which
   * is not said in the types: who only checks types would need those of Node.
   */
  key(purpose: KeyPurpose, id: string = this.newest): unknown {
    return this.#key(purpose, id);
  }

  #key(purpose: KeyPurpose, id: string): KeyObject {
    const key = this.#keys.get(`${purpose} ${id}`) ?? this.#found(`${purpose} ${id}`);
    if (key) return key;
    throw new CofactorError('ERR_KEY_UNKNOWN', 'A key that is needed is missing.', {
      detail: `key id ${id}`,
    });
  }

  #found(name: string): KeyObject | undefined {
    const keys = this.#look?.();
    if (keys) this.renew(keys);
    return this.#keys.get(name);
  }

  hmac(purpose: KeyPurpose, value: string, id: string = this.newest): string {
    return createHmac('sha256', this.#key(purpose, id)).update(value).digest('base64url');
  }

  /** `id:hmac` with every key, the newest first: for values whose stored hash may be from an older key. */
  hashes(value: string): readonly string[] {
    return this.ids.map((id) => `${id}:${this.hmac('hash', value, id)}`);
  }
}

function derive(keys: readonly RingKey[], realm: string): Derived {
  if (keys.length === 0) throw configError('it is empty');
  const derived = new Map<string, KeyObject>();
  for (const { id, secret } of keys) {
    if (!/^[A-Za-z0-9_-]{1,32}$/.test(id)) throw configError(`${JSON.stringify(id)} is not an id`);
    const bytes = Buffer.from(secret, 'base64');
    if (bytes.length < 32) throw configError(`key ${id} has fewer than 32 bytes`);
    if (derived.has(`seal ${id}`)) throw configError(`key ${id} stands twice`);
    for (const purpose of ['seal', 'hash', 'csrf', 'audit', 'browser'] satisfies KeyPurpose[]) {
      const info = `cofactor ${purpose} ${realm}`;
      // As key objects, which cost a fifth of what raw bytes do at each use.
      derived.set(`${purpose} ${id}`, createSecretKey(Buffer.from(hkdfSync('sha256', bytes, '', info, 32))));
    }
  }
  return derived;
}

function configError(why: string): CofactorError {
  return new CofactorError(
    'ERR_CONFIG_KEYS',
    `keys takes a list of { id, secret }, newest first, each secret at least 32 bytes in base64: ${why}.`,
  );
}
