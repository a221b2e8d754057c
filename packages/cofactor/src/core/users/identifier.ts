/**
 * The one form in which a user name or address is compared and kept unique (I-07): NFKC, trimmed, lower-case.
 * Returns `null` for what cannot be an identifier: control or invisible characters, empty, longer than 254.
 */
export function canonicalIdentifier(identifier: string): string | null {
  const canonical = identifier.normalize('NFKC').trim().toLowerCase().normalize('NFKC');
  if (canonical.length === 0 || canonical.length > 254 || canonical.startsWith(hostPrefix)) return null;
  return invisible.test(canonical) ? null : canonical;
}

/**
 * The canonical form of an account that the host application knows by its own word: exactly as given, because
 * only the host knows which of its words are the same, and in a space of its own, so that nobody can register
 * the name first.
 */
export function hostIdentifier(subject: string): string | null {
  return subject.length === 0 || subject.length > 254 || invisible.test(subject)
    ? null
    : `${hostPrefix}${subject}`;
}

/** Whether it is the host application that knows this account. */
export function isHostIdentifier(canonical: string): boolean {
  return canonical.startsWith(hostPrefix);
}

export const hostPrefix = 'host:';
/** Cc control, Cf invisible (bidi overrides, zero-width), Cs lone surrogates, Zl/Zp line separators. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;
