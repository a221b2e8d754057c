/**
 * The form of a password that is hashed and measured (NIST SP 800-63B-4, 3.1.1.2): NFKC, once, so that the same keys on
 * another system give the same password. `null` where it is no text (an unpaired surrogate): such passwords would all
 * look alike to the hash.
 */
export function normalisePassword(typed: string): string | null {
  return typed.isWellFormed() ? typed.normalize('NFKC') : null;
}

/** Characters as the standard counts them: code points. */
export function lengthOf(password: string): number {
  return [...password].length;
}
