import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { peer } from '../../base/peer.ts';

const { HOTP, Secret } = await peer('otpauth', 'cofactor/totp', () => import('otpauth'))();

/** A key as an authenticator app wants it: upper-case Base32 (RFC 4648, 6). */
export function encodeKey(key: Uint8Array): string {
  return new Secret({ buffer: new Uint8Array(key).buffer }).base32;
}

export function decodeKey(base32: string): Uint8Array {
  return Secret.fromBase32(base32).bytes;
}

/** Seconds a code lasts (RFC 6238, 4.1). Together with SHA-1 and 6 digits it is what every authenticator app knows. */
export const period = 30;
export const digits = 6;

/** The time step at a moment: whole periods since 1970 (RFC 6238, 4.2). */
export function stepAt(now: Date): number {
  return Math.floor(now.getTime() / 1000 / period);
}

/** The code of one counter value (RFC 4226, 5.3). `length` is 8 in the examples of RFC 6238 only. */
export function codeOf(key: KeyObject, counter: number, length: number = digits): string {
  return HOTP.generate({
    secret: unused,
    counter,
    digits: length,
    hmac: (_algorithm, _key, message) => createHmac('sha1', key).update(message).digest(),
  });
}

/** The library wants a key of its own kind; the MAC is made with ours. */
const unused = new Secret({ size: 1 });

/**
 * The time steps whose code this is, oldest first: of the current one and one to each side, which forgives 30 s
 * of a wrong clock and a code typed as it changed (RFC 6238, 5.2). Two steps share a code once in a million.
 *
 * Every step is always computed and compared in constant time.
 */
export function matchingSteps(key: Uint8Array, code: string, now: Date): readonly number[] {
  const given = Buffer.from(code, 'latin1');
  // A key object made once: HMAC from raw bytes would cost three times as much for three steps.
  const secret = createSecretKey(key);
  const current = stepAt(now);
  return [current - 1, current, current + 1].filter((step) => {
    if (step < 0) return false;
    const expected = Buffer.from(codeOf(secret, step), 'latin1');
    return expected.length === given.length && timingSafeEqual(expected, given);
  });
}
