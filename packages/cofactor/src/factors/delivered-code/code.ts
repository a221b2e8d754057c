import { timingSafeEqual } from 'node:crypto';
import { CofactorError } from '../../base/errors.ts';
import type { FactorContext, JsonSchema, ResponseField } from '../../core/provider.ts';

/** Digits of a code, and the seconds it lasts (SP 800-63B-4, 3.1.3.2: six at least, ten minutes at most). */
export const digits = 6;
export const lifetime = 600;

/** What is kept of a code on its way: neither the code nor anything it could be read from (I-05). */
export interface SentCode {
  /** Where it went: another address later on has not received it. */
  readonly address: string;
  readonly hash: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** Makes a code for an address, and what is to be kept of it. */
export function sendable(
  context: FactorContext,
  address: string,
): { readonly code: string; readonly sent: SentCode } {
  const code = makeCode((length) => context.random(length));
  const [hash] = context.hashes(code);
  if (hash === undefined) throw new CofactorError('ERR_KEY_UNKNOWN', 'There is no key to hash codes with.');
  return { code, sent: { address, hash, expires: context.now.getTime() + lifetime * 1000 } };
}

/** Whether this is the code that was sent, in time: compared in constant time with the hash of every key. */
export function isSentCode(context: FactorContext, sent: SentCode, code: string): boolean {
  if (!isCode(code) || context.now.getTime() >= sent.expires) return false;
  const expected = Buffer.from(sent.hash);
  return context.hashes(code).reduce((found, hash) => isSame(expected, Buffer.from(hash)) || found, false);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Six ASCII digits and nothing else: checked here too, whatever the door let in. */
function isCode(code: unknown): code is string {
  return typeof code === 'string' && code.length === digits && /^[0-9]+$/.test(code);
}

const codes = 10 ** digits;
/** The greatest multiple of the number of codes that four bytes can hold. */
const fair = Math.floor(2 ** 32 / codes) * codes;

/** A code of six digits, each as likely as any other: numbers that would favour the low ones are drawn again. */
export function makeCode(random: (length: number) => Uint8Array): string {
  for (;;) {
    const bytes = random(4);
    const number = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
    if (number < fair) return String(number % codes).padStart(digits, '0');
  }
}

/** What `verify` and `confirm` take. */
export const codeSchema: JsonSchema = Object.freeze({
  type: 'object',
  additionalProperties: false,
  required: Object.freeze(['code']),
  properties: Object.freeze({
    // The lengths stand beside the pattern because `$` matches before a last line feed in some languages.
    code: Object.freeze({ type: 'string', minLength: digits, maxLength: digits, pattern: '^[0-9]{6}$' }),
  }),
});

export const codeField: ResponseField = Object.freeze({
  property: 'code',
  type: 'text',
  inputMode: 'numeric',
  autocomplete: 'one-time-code',
  // Room for the spaces that people type between digits.
  maxLength: 9,
  length: digits,
});
