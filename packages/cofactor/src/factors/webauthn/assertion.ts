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
  const algorithm = await keyAlgorithm(publicKey);
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
