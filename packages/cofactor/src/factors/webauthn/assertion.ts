import { decode } from './bytes.ts';
import { isExpected } from './client-data.ts';
import { isDer } from './der.ts';
import { server, unlessMalformed } from './library.ts';
import type { Passkey } from './passkey.ts';
import { keyAlgorithm } from './registration.ts';
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

/** What was worked out of the keys that were used last: it stays the same, and costs a sixth of a verification. */
const algorithms = new Map<string, number | null>();
const remembered = 1_000;

async function storedAlgorithm(text: string, bytes: Uint8Array): Promise<number | null> {
  let algorithm = algorithms.get(text);
  if (algorithm !== undefined) return algorithm;
  algorithm = await keyAlgorithm(bytes);
  if (algorithms.size >= remembered) {
    const oldest = algorithms.keys().next();
    if (!oldest.done) algorithms.delete(oldest.value);
  }
  algorithms.set(text, algorithm);
  return algorithm;
}

/**
 * Checks an assertion of a passkey (WebAuthn 7.2): client data, relying party, flags, signature. `null` where it
 * does not hold. Whose passkey it is and what its counter means is the caller's to compare.
 */
export async function verifyAssertion(
  response: AssertionResponse,
  passkey: Passkey,
  { party, challenge, userVerification }: ExpectedAssertion,
): Promise<Assertion | null> {
  const { clientDataJSON, authenticatorData, signature } = response.response;
  if (!isExpected(clientDataJSON, { type: 'webauthn.get', challenge, origins: party.origins })) return null;
  const publicKey = decode(passkey.publicKey);
  const algorithm = await storedAlgorithm(passkey.publicKey, publicKey);
  if (algorithm === null || (algorithm === -7 && !isDer(decode(signature)))) return null;

  const { verifyAuthenticationResponse } = await server();
  const result = await unlessMalformed(() =>
    verifyAuthenticationResponse({
      response: {
        id: response.id,
        rawId: response.rawId,
        type: response.type,
        response: { clientDataJSON, authenticatorData, signature },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: [...party.origins],
      expectedRPID: party.id,
      // The counter is compared by our caller: here a cloned key could not be told from a broken message.
      credential: { id: passkey.credentialId, publicKey, counter: 0 },
      requireUserVerification: userVerification === 'required',
    }),
  );
  // A wrong signature is `verified: false`, and no exception (I-21, A-175).
  if (result?.verified !== true) return null;
  const { newCounter, userVerified, credentialDeviceType, credentialBackedUp } = result.authenticationInfo;
  return {
    signCount: newCounter,
    userVerified,
    backupEligible: credentialDeviceType === 'multiDevice',
    backedUp: credentialBackedUp,
  };
}
