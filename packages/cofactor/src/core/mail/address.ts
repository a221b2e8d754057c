import { domainToASCII, domainToUnicode } from 'node:url';

/** RFC 5321, 4.5.3.1 with erratum 1690: a path of 256 octets, of which two are the angle brackets. */
const longest = { address: 254, local: 64 };

/**
 * The one form in which an e-mail address is stored, compared and written to, or `null` for what is not exactly one
 * address.
 *
 * It is lower-case ASCII. No mail server of note tells `Ada@` from `ada@`, and all spellings of one mailbox have to
 * share one limit. The domain is taken in IDNA form. Letters that only look like the ones of the result (fullwidth, a
 * Kelvin sign, a dotless i) are refused, so that nobody stores an address that they did not type. So are quotes, and
 * the characters that relays and lists have read a meaning into (`%`, `!`, `,`, `<`, ...).
 *
 * @example
 * canonicalAddress('Ada@Müller.example'); // 'ada@xn--mller-kva.example'
 * canonicalAddress('ada@example.com, eve@example.net'); // null
 */
export function canonicalAddress(typed: string): string | null {
  if (typeof typed !== 'string' || typed.length > longest.address) return null;
  const [, local, name] = /^([\x21-\x7e]+)@([\p{L}\p{M}\p{N}.-]+)$/u.exec(typed) ?? [];
  if (local === undefined || name === undefined) return null;
  if (local.length > longest.local || !dotAtom.test(local) || name !== name.normalize('NFKC')) return null;
  const domain = domainToASCII(name);
  const lowered = name.toLowerCase();
  if (!domainName.test(domain) || (lowered !== domain && lowered !== domainToUnicode(domain))) return null;
  const address = `${local.toLowerCase()}@${domain}`;
  return address.length > longest.address ? null : address;
}

/** RFC 5322, 3.2.3, without what has been taken for a route or a list. */
const dotAtom = /^[A-Za-z0-9#$&'*+/=?^_{}~-]+(?:\.[A-Za-z0-9#$&'*+/=?^_{}~-]+)*$/;

/** Two labels at least, the last one no number: that would be an IP address. */
const domainName =
  /^(?=.{3,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Enough of an address for its owner to know it by, e.g. `j•••@example.com`. */
export function maskAddress(address: string): string {
  return `${address.slice(0, 1)}•••${address.slice(address.lastIndexOf('@'))}`;
}
