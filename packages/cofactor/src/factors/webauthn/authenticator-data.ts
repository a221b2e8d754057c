import { decodeCbor } from './cbor.ts';

/** What an authenticator says of the use of a passkey (WebAuthn 6.1). */
export interface AuthenticatorData {
  /** SHA-256 of the relying party's id. */
  readonly rpIdHash: Uint8Array;
  readonly userPresent: boolean;
  readonly userVerified: boolean;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
  readonly signCount: number;
}

/** Bits of the flags; the two that are left, 1 and 5, are kept for later and mean nothing yet. */
const flag = {
  userPresent: 0x01,
  userVerified: 0x04,
  backupEligible: 0x08,
  backedUp: 0x10,
  attested: 0x40,
  extended: 0x80,
} as const;

const flagsAt = 32;
const countAt = 33;
const extensionsAt = 37;

/**
 * Reads the authenticator data of an assertion; `null` where it is none. A credential inside belongs to a set-up only
 * ("For assertion signatures, the AT flag MUST NOT be set", 6.1). What follows the counter has to be one map of
 * extensions, and has to be announced. Nothing is read from it.
 */
export function readAuthenticatorData(bytes: Uint8Array): AuthenticatorData | null {
  const flags = bytes[flagsAt];
  if (flags === undefined || bytes.length < extensionsAt) return null;
  const has = (bit: number): boolean => (flags & bit) !== 0;
  if (has(flag.attested)) return null;
  const rest = bytes.subarray(extensionsAt);
  if (has(flag.extended) ? !(decodeCbor(rest) instanceof Map) : rest.length > 0) return null;
  return {
    rpIdHash: bytes.subarray(0, flagsAt),
    userPresent: has(flag.userPresent),
    userVerified: has(flag.userVerified),
    backupEligible: has(flag.backupEligible),
    backedUp: has(flag.backedUp),
    signCount: new DataView(bytes.buffer, bytes.byteOffset).getUint32(countAt),
  };
}
