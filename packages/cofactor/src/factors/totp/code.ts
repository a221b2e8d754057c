import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';

/** Seconds a code lasts (RFC 6238, 4.1). Together with SHA-1 and 6 digits it is what every authenticator app knows. */
export const period = 30;
export const digits = 6;

/** The time step at a moment: whole periods since 1970 (RFC 6238, 4.2). */
export function stepAt(now: Date): number {
  return Math.floor(now.getTime() / 1000 / period);
}

/** The code of one counter value (RFC 4226, 5.3). `length` is 8 in the examples of RFC 6238 only. */
export function codeOf(key: KeyObject, counter: number, length: number = digits): string {
  const message = Buffer.alloc(8);
  message.writeUInt32BE(Math.floor(counter / 2 ** 32), 0);
  message.writeUInt32BE(counter % 2 ** 32, 4);
  const mac = createHmac('sha1', key).update(message).digest();
  const offset = mac.readUInt8(mac.length - 1) & 15;
  const number = (mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** length;
  return number.toString().padStart(length, '0');
}

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
