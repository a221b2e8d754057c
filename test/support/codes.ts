import { createHmac } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * The code of a Base32 key at a moment, by RFC 6238 and nothing of ours. `oathtoolCode` says the same, in a
 * process of its own; this is for tests that need hundreds of codes at once.
 */
export function quickCode(key: string, at: Date): string {
  const bits = [...key].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const bytes = bits.match(/.{8}/g)?.map((byte) => parseInt(byte, 2)) ?? [];
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at.getTime() / 30_000)));
  const mac = createHmac('sha1', Buffer.from(bytes)).update(step).digest();
  const number = mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** Codes that are not right at a moment, nor in the minutes around it. */
export function wrongCodes(key: string, at: Date, count: number): readonly string[] {
  const right = new Set<string>();
  for (let seconds = -300; seconds <= 300; seconds += 30) {
    right.add(quickCode(key, new Date(at.getTime() + seconds * 1000)));
  }
  const codes: string[] = [];
  for (let n = 1; codes.length < count; n += 1) {
    const code = String((n * 4877) % 1_000_000).padStart(6, '0');
    if (!right.has(code)) codes.push(code);
  }
  return codes;
}
