import { createHmac, timingSafeEqual } from 'node:crypto';
import type { PasswordVerifier } from '../options.ts';
import { aspNetIdentityHashes, type ForeignHashOptions } from './aspnet-identity.ts';

/**
 * Checks the hashes of Umbraco: those of ASP.NET Core Identity, which it writes since version 9, and the two that an
 * account keeps from before until its person signs in again. `HMACSHA256` (versions 6 to 8) has a salt; `HMACSHA1`
 * (version 4) has none, the password being its own key. Both are quick to guess once stolen, which is why a right
 * password is stored as argon2id at once.
 *
 * @example
 * password({ verifiers: [umbracoHashes()] });
 *
 * @throws {CofactorError} `ERR_CONFIG_PASSWORD`
 */
export function umbracoHashes(options: ForeignHashOptions = {}): PasswordVerifier {
  const current = aspNetIdentityHashes(options);
  return Object.freeze<PasswordVerifier>({
    matches: (hash) => current.matches(hash) || isSalted(hash) || isUnsalted(hash),
    async verify(hash, password) {
      if (current.matches(hash)) return current.verify(hash, password);
      if (isSalted(hash)) return isSaltedHashOf(hash, password);
      return isUnsalted(hash) && isUnsaltedHashOf(hash, password);
    },
  });
}

/** 16 bytes of salt and 32 of hash, each in Base64, one after the other. */
const salted = { salt: 16, saltText: 24, hash: 32 } as const;
const unsaltedLength = 20;

function isSalted(hash: string): boolean {
  const { salt, saltText } = salted;
  return (
    bytesOf(hash.slice(0, saltText))?.length === salt && bytesOf(hash.slice(saltText))?.length === salted.hash
  );
}

function isUnsalted(hash: string): boolean {
  return bytesOf(hash)?.length === unsaltedLength;
}

/** .NET fills the 64 bytes of the key by repeating the salt; the password is in UTF-16. */
function isSaltedHashOf(hash: string, password: string): boolean {
  const salt = Buffer.from(hash.slice(0, salted.saltText), 'base64');
  const key = Buffer.concat(Array.from({ length: 4 }, () => salt));
  const made = createHmac('sha256', key).update(Buffer.from(password, 'utf16le')).digest();
  return timingSafeEqual(made, Buffer.from(hash.slice(salted.saltText), 'base64'));
}

function isUnsaltedHashOf(hash: string, password: string): boolean {
  const key = Buffer.from(password, 'utf16le');
  return timingSafeEqual(createHmac('sha1', key).update(key).digest(), Buffer.from(hash, 'base64'));
}

/** Base64 in its one spelling. */
function bytesOf(text: string): Buffer | null {
  if (text.length > 64) return null;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}
