import { createHmac } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const period = 30;

/** The code of a Base32 secret in a time step (RFC 6238: SHA-1, six digits, 30 seconds). */
export function totp(secret: string, step: number): string {
  const letters = secret.toUpperCase().replaceAll(/[\s=-]/g, '');
  const bits = [...letters].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', key).update(counter).digest();
  const number = mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/**
 * Gives out codes. A code counts once (RFC 6238, 5.2), so each secret has one in half a minute: who asks again waits for
 * the next time step.
 */
export class Codes {
  readonly #used = new Map<string, number>();

  /** Whether a code can be had without waiting. */
  isFresh(secret: string): boolean {
    return this.#used.get(secret) !== currentStep();
  }

  async next(secret: string): Promise<string> {
    if (!this.isFresh(secret)) await untilNextStep();
    const step = currentStep();
    this.#used.set(secret, step);
    return totp(secret, step);
  }
}

/** The time step by a clock that is so many milliseconds behind. */
export function currentStep(behind = 0): number {
  return Math.floor((Date.now() - behind) / 1000 / period);
}

async function untilNextStep(): Promise<void> {
  const left = period * 1000 - (Date.now() % (period * 1000));
  await new Promise((resolve) => setTimeout(resolve, left + 50));
}
