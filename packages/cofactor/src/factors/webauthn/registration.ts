import { decode, encode } from './bytes.ts';
import { isExpected } from './client-data.ts';
import { algorithms, publicKeyOf } from './cose-key.ts';
import { helpers, server, unlessMalformed } from './library.ts';
import type { Passkey } from './passkey.ts';
import type { RelyingParty } from './relying-party.ts';

/** `RegistrationResponseJSON` of a browser, as the schema lets it in. */
export interface RegistrationResponse {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly response: {
    readonly clientDataJSON: string;
    readonly attestationObject: string;
    readonly transports?: readonly string[];
    readonly authenticatorData?: string;
    readonly publicKey?: string;
    readonly publicKeyAlgorithm?: number;
  };
  readonly authenticatorAttachment?: 'platform' | 'cross-platform';
  readonly clientExtensionResults: object;
}

/** A credential that was made for the challenge, and what its authenticator says of itself. */
export interface Registration {
  readonly passkey: Passkey;
  readonly signCount: number;
  readonly fmt: string;
  /** Whether there was a certificate, and not only a signature of the key itself. */
  readonly certified: boolean;
}

export interface ExpectedRegistration {
  readonly party: RelyingParty;
  readonly challenge: string;
  readonly userVerification: 'required' | 'preferred';
  /** Whether the application asked what authenticator it is. */
  readonly attested: boolean;
}

/**
 * Checks a new credential (WebAuthn 7.1). `null` where anything about it is not as it has to be; in particular the
 * library reports a statement that does not hold by `verified: false`, without throwing (I-21).
 */
export async function verifyRegistration(
  response: RegistrationResponse,
  { party, challenge, userVerification, attested }: ExpectedRegistration,
): Promise<Registration | null> {
  const { clientDataJSON, attestationObject, transports = [] } = response.response;
  const expected = { type: 'webauthn.create', challenge, origins: party.origins } as const;
  if (!isExpected(decode(clientDataJSON), expected)) return null;
  const statement = attested ? attestationObject : await withoutCertificates(attestationObject);
  if (statement === null) return null;

  const { verifyRegistrationResponse } = await server();
  const result = await unlessMalformed(() =>
    verifyRegistrationResponse({
      response: {
        id: response.id,
        rawId: response.rawId,
        type: response.type,
        response: { clientDataJSON, attestationObject: statement, transports: [...transports] },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: [...party.origins],
      expectedRPID: party.id,
      requireUserVerification: userVerification === 'required',
      supportedAlgorithmIDs: [...algorithms],
    }),
  );
  if (result?.verified !== true) return null;
  const { credential, aaguid, fmt, userVerified, credentialDeviceType, credentialBackedUp } =
    result.registrationInfo;
  // The library takes the id from the authenticator data and never looks at the other one.
  if (credential.id !== response.id || !isLengthAllowed(credential.id)) return null;
  if (publicKeyOf(credential.publicKey) === null) return null;
  return {
    passkey: {
      credentialId: credential.id,
      publicKey: encode(credential.publicKey),
      backupEligible: credentialDeviceType === 'multiDevice',
      backedUp: credentialBackedUp,
      userVerified,
      transports: [...transports],
      aaguid,
    },
    signCount: credential.counter,
    fmt,
    certified: await isCertified(statement),
  };
}

/** An Android SafetyNet response holds its certificates itself; every other format has them in `x5c`. */
async function isCertified(attestationObject: string): Promise<boolean> {
  const { decodeAttestationObject } = await helpers();
  const statement = decodeAttestationObject(decode(attestationObject)).get('attStmt');
  return (statement.get('x5c') ?? statement.get('response')) !== undefined;
}

/** 1 to 1023 bytes (WebAuthn 4; A-184). */
function isLengthAllowed(credentialId: string): boolean {
  const { length } = decode(credentialId);
  return length >= 1 && length <= 1023;
}

/**
 * The same attestation without what nobody asked for. Some clients send certificates although `none` was requested;
 * reading them would put an X.509 parser in front of everybody for nothing. A signature that the new key itself made
 * stays, and is checked.
 */
async function withoutCertificates(attestationObject: string): Promise<string | null> {
  const { decodeAttestationObject, isoCBOR } = await helpers();
  return unlessMalformed(() => {
    const decoded = decodeAttestationObject(decode(attestationObject));
    const certified = decoded.get('attStmt').get('x5c') ?? decoded.get('attStmt').get('response');
    if (certified === undefined) return attestationObject;
    const stripped = new Map<string, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', decoded.get('authData')],
    ]);
    return encode(isoCBOR.encode(stripped as Parameters<typeof isoCBOR.encode>[0]));
  });
}
