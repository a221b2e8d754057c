import { hash } from 'node:crypto';
import type { EnrolVerdict, ForeignCredential } from '../../core/provider.ts';
import { nameOf } from './aaguids.ts';
import { decode, encode } from './bytes.ts';
import { publicKeyOf } from './cose-key.ts';
import { helpers, unlessMalformed } from './library.ts';
import { aboutOf, type Passkey } from './passkey.ts';
import type { RelyingParty } from './relying-party.ts';

const refused = { ok: false, reason: 'refused' } as const;
const unknownModel = '00000000-0000-0000-0000-000000000000';

/** Counters are 32 bits, and ids at most 1023 bytes (WebAuthn 6.1 and 4); a user handle has 1 to 64 (5.4.3). */
const within = { signCount: 2 ** 32 - 1, id: 1023, handle: 64, transports: 10 } as const;

/**
 * A credential that another relying party kept, as it is stored here. Its key has to be one that would be taken at a
 * set-up. Where what it was made with was kept, it has to be of this domain: at any other, browsers will never offer it.
 */
export async function adopted(
  foreign: ForeignCredential,
  party: RelyingParty,
): Promise<EnrolVerdict<Passkey>> {
  const { id, publicKey, userHandle, signCount, transports } = foreign;
  const fits =
    isWithin(id, within.id) &&
    isWithin(userHandle, within.handle) &&
    Number.isInteger(signCount) &&
    signCount >= 0 &&
    signCount <= within.signCount &&
    transports.length <= within.transports &&
    transports.every((one) => /^[a-z-]{1,32}$/.test(one));
  // Only what may be copied can have been copied (WebAuthn 6.1.3).
  if (!fits || (foreign.backedUp && !foreign.backupEligible)) return refused;
  if (publicKeyOf(publicKey) === null) return refused;
  const made = foreign.attestationObject;
  const aaguid = made === undefined ? unknownModel : await modelOf(made, foreign, party);
  if (aaguid === null) return refused;
  const passkey: Passkey = {
    credentialId: encode(id),
    publicKey: encode(publicKey),
    backupEligible: foreign.backupEligible,
    backedUp: foreign.backedUp,
    userVerified: foreign.userVerified,
    transports: [...transports],
    aaguid,
    userHandle: encode(userHandle),
  };
  const name = foreign.name ?? nameOf(aaguid);
  return {
    ok: true,
    data: passkey,
    counter: signCount,
    handle: passkey.credentialId,
    about: aboutOf(passkey),
    ...(name !== undefined && { name }),
  };
}

/** The model that an attestation names; `null` where it is not of this credential, or not of this domain. */
async function modelOf(
  made: Uint8Array,
  { id, publicKey }: ForeignCredential,
  party: RelyingParty,
): Promise<string | null> {
  const { decodeAttestationObject, parseAuthenticatorData, convertAAGUIDToString } = await helpers();
  return unlessMalformed(() => {
    const authData = decodeAttestationObject(Uint8Array.from(made)).get('authData');
    const { rpIdHash, credentialID, credentialPublicKey, aaguid } = parseAuthenticatorData(authData);
    const ours =
      encode(rpIdHash) === hash('sha256', party.id, 'base64url') &&
      encode(credentialID ?? decode('')) === encode(id) &&
      encode(credentialPublicKey ?? decode('')) === encode(publicKey);
    return ours ? convertAAGUIDToString(aaguid ?? new Uint8Array(16)) : null;
  });
}

function isWithin({ length }: Uint8Array, most: number): boolean {
  return length >= 1 && length <= most;
}
