/**
 * The people of the benchmark: the same for every contender, and computable from their number alone, so that
 * whoever seeds a database and whoever signs in agree without exchanging anything.
 */
import { createHash, createHmac } from 'node:crypto';

export interface Person {
  readonly index: number;
  readonly identifier: string;
  /** TOTP key as 32 ASCII characters; the HMAC key is these bytes (that is what better-auth makes of its keys). */
  readonly key: string;
}

export const password = 'correct horse battery staple';

/** Equal cost on all sides (OWASP's first choice of parameters for argon2id). */
export const argon2Cost = { memoryCost: 19456, timeCost: 2, parallelism: 1 } as const;

export const totpPeriod = 30;

export function person(index: number): Person {
  return {
    index,
    identifier: `person${String(index).padStart(7, '0')}@example.test`,
    key: createHash('sha256').update(`bench key ${index}`).digest('hex').slice(0, 32),
  };
}

/** RFC 4648, without padding: how authenticator apps write keys. */
export function encodeBase32(key: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  let text = '';
  let bits = 0;
  let count = 0;
  for (const byte of Buffer.from(key)) {
    bits = ((bits << 8) | byte) & 0xfff;
    for (count += 8; count >= 5; count -= 5) text += letters.charAt((bits >> (count - 5)) & 31);
  }
  return count === 0 ? text : text + letters.charAt((bits << (5 - count)) & 31);
}

/** RFC 6238 with SHA-1 and six digits. */
export function totp(key: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0x0f;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
