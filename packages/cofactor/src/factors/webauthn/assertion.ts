import { hash, verify } from 'node:crypto';
import { readAuthenticatorData } from './authenticator-data.ts';
import { decode, decodeExactly } from './bytes.ts';
import { isExpected } from './client-data.ts';
import { publicKeyOf, type PublicKey } from './cose-key.ts';
import { isDer } from './der.ts';
import type { Passkey } from './passkey.ts';
import type { RelyingParty } from './relying-party.ts';

/** `AuthenticationResponseJSON` of a browser, as the schema lets it in. */
export interface AssertionResponse {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
    readonly userHandle?: string;
  };
  readonly authenticatorAttachment?: 'platform' | 'cross-platform';
  readonly clientExtensionResults: object;
}

/** What a signature that holds says. */
export interface Assertion {
  readonly signCount: number;
  readonly userVerified: boolean;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
}

export interface ExpectedAssertion {
  readonly party: RelyingParty;
  readonly challenge: string;
  readonly userVerification: 'required' | 'preferred';
}

/**
 * Checks an assertion of a passkey (WebAuthn Level 3, 7.2; its steps are named): client data, relying party, flags,
 * signature. `null` where it does not hold, whatever is wrong with it: nothing of what was sent makes it throw. Whose
 * passkey it is (5 to 7), what its backup eligibility was (18) and what its counter means (22) is the caller's to
 * compare; extensions (23) are not asked for and not read.
 *
 * By hand, because this is what every sign-in waits for: with `node:crypto` it takes a fifth of the time of a library on
 * WebCrypto, and no place in the thread pool that hashes wait in. A test holds it against that library.
 */
export function verifyAssertion(
  { id, rawId, type, response }: AssertionResponse,
  passkey: Passkey,
  { party, challenge, userVerification }: ExpectedAssertion,
): Assertion | null {
  if (id !== rawId || (type as string) !== 'public-key') return null;
  const clientData = decodeExactly(response.clientDataJSON); // 8
  const authenticatorData = decodeExactly(response.authenticatorData);
  const signature = decodeExactly(response.signature);
  if (clientData === null || authenticatorData === null || signature === null) return null;
  // 9 to 14
  if (!isExpected(clientData, { type: 'webauthn.get', challenge, origins: party.origins })) return null;

  const data = readAuthenticatorData(authenticatorData);
  if (data === null) return null;
  if (!hash('sha256', party.id, 'buffer').equals(data.rpIdHash)) return null; // 15
  if (!data.userPresent) return null; // 16
  if (userVerification === 'required' && !data.userVerified) return null; // 17
  if (data.backedUp && !data.backupEligible) return null; // 18

  const key = storedKey(passkey.publicKey);
  if (key === null) return null;
  const signed = Buffer.concat([authenticatorData, hash('sha256', clientData, 'buffer')]); // 20
  if (!isSigned(key, signed, signature)) return null; // 21
  const { signCount, userVerified, backupEligible, backedUp } = data;
  return { signCount, userVerified, backupEligible, backedUp };
}

const digests: Readonly<Record<PublicKey['algorithm'], string | null>> = {
  // Ed25519 hashes by itself.
  [-8]: null,
  [-7]: 'sha256',
  [-257]: 'sha256',
};

/** On this thread: 20 to 90 µs, 250 with the longest RSA key; in the thread pool it would wait behind hashes. */
function isSigned({ algorithm, key }: PublicKey, signed: Uint8Array, signature: Uint8Array): boolean {
  if (algorithm === -7 && !isDer(signature)) return false;
  return verify(digests[algorithm], signed, key, signature);
}

/** The keys that were used last. They stay the same, and putting one together takes half as long as verifying. */
const keys = new Map<string, PublicKey | null>();
const remembered = 1_000;

function storedKey(text: string): PublicKey | null {
  let key = keys.get(text);
  if (key !== undefined) return key;
  key = publicKeyOf(decode(text));
  if (keys.size >= remembered) {
    const oldest = keys.keys().next();
    if (!oldest.done) keys.delete(oldest.value);
  }
  keys.set(text, key);
  return key;
}
