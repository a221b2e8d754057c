/**
 * The one form of a phone number (E.164): `+`, country code and number, 8 to 15 digits in all. `null` for anything
 * else. Spaces, dashes, dots and parentheses go; a number without its country is not guessed at.
 */
export function canonicalPhone(typed: string): string | null {
  if (typeof typed !== 'string' || typed.length > 64) return null;
  const number = typed.replace(/[ ().\u00a0-]/g, '');
  return /^\+[1-9][0-9]{7,14}$/.test(number) ? number : null;
}

/** Country codes of one and of two digits (ITU-T E.164, list of 2016); all others have three. */
const country = /^\+(?:[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})/;

/** Enough of a number for its owner to know it by, e.g. `+45 •••• 5678`; less of a short one. */
export function maskPhone(number: string): string {
  const [code = '+'] = country.exec(number) ?? [];
  const rest = number.slice(code.length);
  return `${code} •••• ${rest.slice(rest.length >= 8 ? -4 : -2)}`;
}
