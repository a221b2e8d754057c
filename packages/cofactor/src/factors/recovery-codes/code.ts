/** Without 0, 1, l and o: what is written down by hand is read back right. 32 letters are 5 bits each. */
const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';

/** 13 letters are 65 bits; NIST SP 800-63B-4, 4.2.1.1 asks for 64. */
const length = 13;

/** Makes recovery codes, shown as `xxxx-xxxx-xxxxx`. */
export function makeCodes(count: number, random: (length: number) => Uint8Array): readonly string[] {
  const bytes = random(count * length);
  return Array.from({ length: count }, (_, index) => {
    const code = Array.from(bytes.subarray(index * length, (index + 1) * length), (byte) =>
      // 256 is a multiple of 32, so that every letter is equally likely.
      alphabet.charAt(byte % alphabet.length),
    ).join('');
    return `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`;
  });
}

/**
 * The one form of a code that is hashed, compared and spent: without hyphens and spaces, lower-case. `null` where it
 * cannot be a code. Other letters are not guessed at, so that every code has one spelling.
 */
export function normaliseCode(typed: string): string | null {
  if (typeof typed !== 'string' || typed.length > 64 || !/^[A-Za-z0-9 -]+$/.test(typed)) return null;
  const code = typed.replaceAll(/[ -]/g, '').toLowerCase();
  return code.length === length && [...code].every((letter) => alphabet.includes(letter)) ? code : null;
}

/** What other systems gave out: 8 hexadecimal digits, or 10 letters and digits. */
const adopted = /^(?:[0-9a-f]{8}|[0-9a-z]{10})$/;

/** The same for a code of another system, which people go on typing as they have it on paper. */
export function normaliseAdopted(typed: string): string | null {
  if (typeof typed !== 'string' || typed.length > 64 || !/^[A-Za-z0-9 -]+$/.test(typed)) return null;
  const code = typed.replaceAll(/[ -]/g, '').toLowerCase();
  return adopted.test(code) ? code : null;
}
