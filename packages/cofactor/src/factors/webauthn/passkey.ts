import type { About, Proof } from '../../core/provider.ts';

/** A credential as it is stored, encrypted by the core. The signature counter is the authenticator's `counter`. */
export interface Passkey {
  /** Base64url. */
  readonly credentialId: string;
  /** COSE, base64url. */
  readonly publicKey: string;
  /** Whether it may be copied to other devices; fixed for its life (WebAuthn 6.1.3). */
  readonly backupEligible: boolean;
  /** Whether there was a copy when it was last used. */
  readonly backedUp: boolean;
  /** Whether it has ever verified its user by PIN or biometric. */
  readonly userVerified: boolean;
  /** How it can be reached, as the browser said; told to browsers again. */
  readonly transports: readonly string[];
  readonly aaguid: string;
  /** What it calls its user, base64url, where another system made it: that stays as it is for its life. */
  readonly userHandle?: string;
}

/** Between `begin` and `confirm`. */
export interface PendingPasskey {
  /** Base64url. */
  readonly challenge: string;
}

export function isPasskey(data: Passkey | PendingPasskey): data is Passkey {
  return 'credentialId' in data;
}

/**
 * What a passkey proves when it is used. RFC 8176 knows keys in hardware (`hwk`) and in software (`swk`): one that
 * is copied to other devices is not bound to any hardware. Without attestation both are what it says of itself.
 */
export function proofOf(passkey: Passkey, userVerified: boolean): Partial<Proof> {
  return {
    amr: [passkey.backupEligible ? 'swk' : 'hwk'],
    userVerified,
    hardwareProtected: !passkey.backupEligible,
  };
}

/** What may be known of it without opening it. Whether it can verify its user decides where it is offered. */
export function aboutOf(passkey: Passkey): About {
  return { proves: proofOf(passkey, passkey.userVerified), note: noteOf(passkey) };
}

/** Key of the text that says where it lives. */
function noteOf({ backupEligible, backedUp }: Passkey): string {
  if (!backupEligible) return 'device-bound';
  return backedUp ? 'synced' : 'not-synced';
}
