import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { encode } from './bytes.ts';
import { decodeCbor, type CborMap } from './cbor.ts';

export type Algorithm = -8 | -7 | -257;

/** A key that signatures can be verified with. */
export interface PublicKey {
  readonly algorithm: Algorithm;
  readonly key: KeyObject;
}

/**
 * The algorithms that are offered and accepted, best first (COSE, RFC 9053): Ed25519, ECDSA with P-256 and SHA-256,
 * RSA PKCS #1 v1.5 with SHA-256. What a library would offer of itself changes with its version and with Node's; a
 * key that one node takes and another cannot verify locks its owner out (I-21).
 */
export const algorithms: readonly Algorithm[] = Object.freeze([-8, -7, -257]);

/** Labels of RFC 9052, 7.1 and RFC 9053, 7; the negative ones mean something else in each type of key. */
const labels = { type: 1, algorithm: 3, first: -1, second: -2, third: -3 } as const;

/**
 * The public key of a credential, `null` where it is not one that was offered in the one form that WebAuthn allows
 * (6.5.1.1): the algorithm decides type, curve and members, the point lies on the curve, RSA has 2048 bits or more
 * . Set-up and sign-in read it by this function alone, so that what the one takes the other can verify; with an
 * attestation of `none`, nothing else would ever use the key before the first sign-in.
 */
export function publicKeyOf(cose: Uint8Array): PublicKey | null {
  const members = decodeCbor(cose);
  if (!(members instanceof Map)) return null;
  const algorithm = algorithms.find((one) => one === members.get(labels.algorithm));
  if (algorithm === undefined) return null;
  const jwk = readers[algorithm](members);
  const key = jwk && keyOf(jwk);
  return key && { algorithm, key };
}

const readers: Readonly<Record<Algorithm, (key: CborMap) => JsonWebKey | null>> = {
  [-8]: readEd25519,
  [-7]: readP256,
  [-257]: readRsa,
};

function readEd25519(key: CborMap): JsonWebKey | null {
  const x = bytes(key, labels.second, 32);
  if (key.size !== 4 || key.get(labels.type) !== 1 || key.get(labels.first) !== 6 || !x) return null;
  return { kty: 'OKP', crv: 'Ed25519', x: encode(x) };
}

function readP256(key: CborMap): JsonWebKey | null {
  const [x, y] = [bytes(key, labels.second, 32), bytes(key, labels.third, 32)];
  if (key.size !== 5 || key.get(labels.type) !== 2 || key.get(labels.first) !== 1 || !x || !y) return null;
  return { kty: 'EC', crv: 'P-256', x: encode(x), y: encode(y) };
}

function readRsa(key: CborMap): JsonWebKey | null {
  const [n, e] = [bytes(key, labels.first), bytes(key, labels.second)];
  if (key.size !== 4 || key.get(labels.type) !== 3 || !n || !e) return null;
  return { kty: 'RSA', n: encode(n), e: encode(e) };
}

function bytes(key: CborMap, label: number, length?: number): Uint8Array | null {
  const value = key.get(label);
  return value instanceof Uint8Array && (length === undefined || value.length === length) ? value : null;
}

/** Puts the key together, which for a curve includes that the point is on it. */
function keyOf(jwk: JsonWebKey): KeyObject | null {
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    return jwk.kty !== 'RSA' || isStrongRsa(key.asymmetricKeyDetails ?? {}) ? key : null;
  } catch {
    return null;
  }
}

/** SP 800-131A wants 2048 bits; FIPS 186-5 an exponent over 2^16. The upper bounds keep a verification short. */
function isStrongRsa(details: { modulusLength?: number; publicExponent?: bigint }): boolean {
  const { modulusLength = 0, publicExponent = 0n } = details;
  return (
    modulusLength >= 2048 && modulusLength <= 8192 && publicExponent > 65_536n && publicExponent < 2n ** 32n
  );
}
