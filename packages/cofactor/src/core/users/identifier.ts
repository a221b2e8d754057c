/**
 * The one form in which a user name or address is compared and kept unique (I-07): NFKC, trimmed, lower-case.
 * Returns `null` for what cannot be an identifier: control or invisible characters, empty, longer than 254.
 */
export function canonicalIdentifier(identifier: string): string | null {
  const canonical = identifier.normalize('NFKC').trim().toLowerCase().normalize('NFKC');
  if (canonical.length === 0 || canonical.length > 254) return null;
  // Cc control, Cf invisible (bidi overrides, zero-width), Cs lone surrogates, Zl/Zp line separators.
  return /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u.test(canonical) ? null : canonical;
}
