/** What an authenticator is made of (NIST SP 800-63B-4, section 2): something you know, have, or are. */
export type FactorKind = 'know' | 'have' | 'are';

/**
 * One success of one authenticator: the only thing a session remembers about how its user signed in.
 *
 * `amr`, `acr`, AAL and `auth_time` are computed from a list of these and stored nowhere (I-01).
 */
export interface AuthenticationEvent {
  /** Name of the factor provider that verified it, e.g. `totp`; `host` where the application proved it itself. */
  readonly provider: string;
  /** Id of the stored authenticator that was used; `null` where the proof came from outside. */
  readonly authenticator: string | null;
  /** The kind of factor that was shown. A code that reaches a mailbox or a phone is something you *have*. */
  readonly kind: FactorKind;
  /** RFC 8176 values of this one method, e.g. `['pwd']`, `['otp']`, `['hwk']`. Never `mfa`: that is derived. */
  readonly amr: readonly string[];
  /** When the proof was made, by the server's clock; `unknownTime` where somebody else checked it and does not say. */
  readonly at: Date;
  /** The authenticator itself checked a PIN or biometric (WebAuthn UV): two factors in one. */
  readonly userVerified?: boolean;
  /** The verifier's name is bound into the proof (800-63B-4, 3.2.5.2). A code that can be typed never is. */
  readonly phishingResistant?: boolean;
  /** The key cannot leave its device (WebAuthn BE=0). Without attestation this is what the authenticator says. */
  readonly hardwareProtected?: boolean;
  /** `local`, `host`, or the issuer of an external identity. */
  readonly source?: string;
}

/**
 * The time of a proof of which nobody knows when it was made. It is older than anything, so that such a proof is never
 * fresh: what is not known counts as the weakest (ASVS 6.8.4).
 */
export const unknownTime: Date = new Date(0);

/** The kinds of factor one event shows: a verified user adds a second kind to the device that verified them. */
export function kindsOf(event: AuthenticationEvent): readonly FactorKind[] {
  return event.userVerified === true && event.kind === 'have' ? ['have', 'are'] : [event.kind];
}
