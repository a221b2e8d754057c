import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { ExternalSigningKey } from 'oidc-provider';
import type { SigningAlgorithm } from './clients.ts';
import type { SigningKey } from './signing-keys.ts';

/**
 * A key that oidc-provider has us sign with. Left to itself it asks WebCrypto, which hands each signature to another thread,
 * where it stands in line behind password hashes; one on an elliptic curve is made in less time than that takes.
 */
export class Signer extends ExternalSigningKey {
  readonly #key: SigningKey;
  readonly #private: KeyObject;
  readonly #public: KeyObject;

  constructor(key: SigningKey) {
    super();
    this.#key = key;
    this.#private = createPrivateKey({ key: key.jwk, format: 'jwk' });
    this.#public = createPublicKey(this.#private);
  }

  override get kid(): string {
    return this.#key.kid;
  }

  override get alg(): SigningAlgorithm {
    return this.#key.alg;
  }

  override keyObject(): KeyObject {
    return this.#public;
  }

  override sign(data: Uint8Array): Uint8Array | Promise<Uint8Array> {
    return signatures[this.#key.alg](data, this.#private);
  }
}

const signElsewhere = promisify<string, Uint8Array, KeyObject, Buffer>(sign);

type Sign = (data: Uint8Array, key: KeyObject) => Uint8Array | Promise<Uint8Array>;

/** As JSON Web Signatures have them (RFC 7518, 3.3 and 3.4; RFC 8037, 3.1). */
const signatures: Readonly<Record<SigningAlgorithm, Sign>> = {
  ES256: (data, key) => sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' }),
  EdDSA: (data, key) => sign(null, data, key),
  // Takes so long that nobody else should wait for it.
  RS256: (data, key) => signElsewhere('sha256', data, key),
};
