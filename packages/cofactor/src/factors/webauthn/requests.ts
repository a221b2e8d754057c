import type { FactorContext, Held } from '../../core/provider.ts';
import { encode } from './bytes.ts';
import { algorithms } from './cose-key.ts';
import { isPasskey, type Passkey, type PendingPasskey } from './passkey.ts';
import type { RelyingParty } from './relying-party.ts';

type UserVerification = FactorContext['userVerification'];
type HeldPasskey = Held<Passkey | PendingPasskey>;

/** Bytes of a challenge; WebAuthn 13.4.3 asks for 16 or more. */
export const challengeLength = 32;

/** How long a browser waits for the person, in milliseconds; a challenge lives as long. */
const timeout = 300_000;

interface Descriptor {
  readonly type: 'public-key';
  readonly id: string;
  readonly transports: readonly string[];
}

/** What a browser needs to create a passkey: `PublicKeyCredentialCreationOptionsJSON` (WebAuthn 5.1). */
export interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id: string; readonly name: string };
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
  readonly pubKeyCredParams: readonly { readonly type: 'public-key'; readonly alg: number }[];
  readonly excludeCredentials: readonly Descriptor[];
  readonly authenticatorSelection: {
    readonly residentKey: 'preferred';
    readonly requireResidentKey: false;
    readonly userVerification: UserVerification;
  };
  readonly attestation: 'none' | 'direct' | 'enterprise';
  readonly timeout: number;
}

export function creationOptions(
  { id, name }: RelyingParty,
  asked: {
    readonly challenge: string;
    readonly user: FactorContext['user'];
    /** The person's own, so that no authenticator makes a second one; never anybody else's. */
    readonly held: readonly HeldPasskey[];
    readonly userVerification: UserVerification;
    readonly attestation: CreationOptions['attestation'];
  },
): CreationOptions {
  const shown = shortened(asked.user.identifier);
  return {
    challenge: asked.challenge,
    rp: { id, name },
    user: { id: userHandleOf(asked.user), name: shown, displayName: shown },
    pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
    excludeCredentials: asked.held.flatMap(({ data }) => (isPasskey(data) ? [descriptor(data)] : [])),
    authenticatorSelection: {
      residentKey: 'preferred',
      requireResidentKey: false,
      userVerification: asked.userVerification,
    },
    attestation: asked.attestation,
    timeout,
  };
}

/** What a browser needs to use a passkey: `PublicKeyCredentialRequestOptionsJSON` (WebAuthn 5.1). */
export interface RequestOptions {
  readonly challenge: string;
  readonly rpId: string;
  /** Absent where nobody is known yet: the browser then shows what it has itself. */
  readonly allowCredentials?: readonly Descriptor[];
  readonly userVerification: UserVerification;
  readonly timeout: number;
}

export function requestOptions(
  { id }: RelyingParty,
  asked: {
    readonly challenge: string;
    readonly held?: readonly HeldPasskey[];
    readonly userVerification: UserVerification;
  },
): RequestOptions {
  const allowed = asked.held?.flatMap(({ data }) => (isPasskey(data) ? [descriptor(data)] : []));
  return {
    challenge: asked.challenge,
    rpId: id,
    ...(allowed && { allowCredentials: allowed }),
    userVerification: asked.userVerification,
    timeout,
  };
}

/** By what an authenticator knows a user: our random id, and nothing about the person (WebAuthn 14.6.1). */
export function userHandleOf({ id }: FactorContext['user']): string {
  return encode(id);
}

/** Authenticators keep 64 bytes of a name and cut the rest off wherever that falls (WebAuthn 5.4.1). */
export function shortened(identifier: string): string {
  const characters = [...identifier.toWellFormed()];
  return characters.length <= 64 ? characters.join('') : `${characters.slice(0, 63).join('')}…`;
}

function descriptor({ credentialId, transports }: Passkey): Descriptor {
  return { type: 'public-key', id: credentialId, transports };
}
