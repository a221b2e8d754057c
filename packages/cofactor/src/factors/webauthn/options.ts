import { CofactorError } from '../../base/errors.ts';
import type { MaybePromise } from '../../core/provider.ts';

export interface WebauthnOptions {
  /**
   * The domain that passkeys belong to: the host of the site's origin, or a domain above it (`example.com` for
   * `https://app.example.com`). The host if left out. Who changes it later loses every passkey there is.
   */
  readonly rpId?: string;
  /**
   * Other origins of the same site at which its passkeys may be used, e.g. `['https://example.co.uk']`, compared
   * whole. Browsers ask `/.well-known/webauthn` for the list and honour about five names (WebAuthn 5.11).
   */
  readonly origins?: readonly string[];
  /** Which authenticators are taken; all of them if left out. */
  readonly attestation?: AttestationPolicy;
}

/** Asks authenticators what they are, and lets the application decide. */
export interface AttestationPolicy {
  /** What the browser is asked to pass on (WebAuthn 5.4.7). `none` if left out: people are not asked then. */
  readonly conveyance?: 'none' | 'direct' | 'enterprise';
  /**
   * Whether to take an authenticator; what throws is not taken. Without root certificates, registered with
   * `SettingsService` or `MetadataService` of `@simplewebauthn/server`, an AAGUID is only what somebody says.
   */
  readonly accept?: (attested: Attested) => MaybePromise<boolean>;
}

/** What is known of an authenticator at registration. */
export interface Attested {
  /** Model of the authenticator, e.g. `ee882879-721c-4913-9775-3dfcce97072a`; zeros where it is not told. */
  readonly aaguid: string;
  /** Format of the attestation statement (WebAuthn 8); `none` where there is no proof of any of this. */
  readonly fmt: string;
  /**
   * Whether a certificate stands behind the statement. Without one the new key vouched for itself, and what it says of
   * its model is worth nothing: anybody can make such a statement.
   */
  readonly certified: boolean;
  readonly backupEligible: boolean;
  readonly userVerified: boolean;
}

/** The options as the provider works with them: whole, checked and frozen. */
export interface WebauthnSettings {
  readonly rpId: string | null;
  readonly origins: readonly string[];
  readonly conveyance: 'none' | 'direct' | 'enterprise';
  readonly accept: (attested: Attested) => MaybePromise<boolean>;
}

/** @throws {CofactorError} `ERR_CONFIG_WEBAUTHN` */
export function checked(options: WebauthnOptions): WebauthnSettings {
  const { rpId, origins, attestation, ...unknown } = options;
  refuseUnknown('', unknown);
  return Object.freeze({
    rpId: rpId === undefined ? null : checkedRpId(rpId),
    origins: checkedOrigins(origins),
    ...checkedAttestation(attestation),
  });
}

/** A domain as the URL standard writes it: lower-case, in ASCII, no address (WebAuthn 5.1.2 wants a name). */
function checkedRpId(given: string): string {
  const host = typeof given === 'string' ? URL.parse(`https://${given}`)?.host : undefined;
  if (host !== given || !/^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(host) || /(^|\.)\d+$/.test(host)) {
    throw wrong('rpId', `takes a domain such as example.com, not ${JSON.stringify(given)}`);
  }
  return host;
}

function checkedOrigins(given: readonly string[] = []): readonly string[] {
  const isOrigin = (entry: unknown): boolean =>
    typeof entry === 'string' && entry.startsWith('https://') && URL.parse(entry)?.origin === entry;
  const isList: boolean = Array.isArray(given);
  if (!isList || !given.every(isOrigin)) {
    throw wrong('origins', "takes a list of https origins, e.g. ['https://example.co.uk']");
  }
  return Object.freeze([...new Set(given)]);
}

function checkedAttestation(given: AttestationPolicy = {}): Pick<WebauthnSettings, 'conveyance' | 'accept'> {
  if (typeof given !== 'object' || given === null) throw wrong('attestation', 'takes { conveyance, accept }');
  const { conveyance = 'none', accept = () => true, ...unknown } = given;
  refuseUnknown('attestation.', unknown);
  if (!['none', 'direct', 'enterprise'].includes(conveyance)) {
    throw wrong('attestation.conveyance', "takes 'none', 'direct' or 'enterprise'");
  }
  if (typeof accept !== 'function') throw wrong('attestation.accept', 'takes a function');
  return { conveyance, accept };
}

function refuseUnknown(within: string, unknown: object): void {
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw wrong(within + name, 'is not an option');
}

export function wrong(option: string, problem: string): CofactorError {
  return new CofactorError('ERR_CONFIG_WEBAUTHN', `webauthn({ ${option} }) ${problem}`);
}
