/**
 * The passkeys of the benchmark, computable from a person's number like everything else of theirs, and the signing
 * that a browser with its authenticator does (WebAuthn 6.3.3). One P-256 key, never counting, verified, synced.
 */
import { createECDH, createHash, createPrivateKey, sign, type KeyObject } from 'node:crypto';

export interface Passkey {
  /** Credential id, base64url. */
  readonly id: string;
  readonly key: KeyObject;
  /** COSE_Key (RFC 9053): EC2, ES256, P-256, x, y. */
  readonly cose: Buffer;
}

/** How many of the people have one. */
export const passkeyPeople = 1_000;

/** What a synced passkey says of itself at each use: user present and verified, eligible for backup, backed up. */
const flags = 0x1d;

export function passkey(index: number): Passkey {
  const seed = createHash('sha256').update(`bench passkey ${index}`);
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(seed.digest());
  const point = pair.getPublicKey();
  const [x, y] = [point.subarray(1, 33), point.subarray(33)];
  const text = (bytes: Buffer): string => bytes.toString('base64url');
  const jwk = { kty: 'EC', crv: 'P-256', x: text(x), y: text(y), d: text(pair.getPrivateKey()) };
  return {
    id: createHash('sha256').update(`bench credential ${index}`).digest('base64url'),
    key: createPrivateKey({ key: jwk, format: 'jwk' }),
    cose: Buffer.concat([Buffer.from('a5010203262001215820', 'hex'), x, Buffer.from('225820', 'hex'), y]),
  };
}

/** The response of a browser to a challenge; `broken`: with a signature of something else. */
export function assertion(
  { id, key }: Passkey,
  asked: { readonly challenge: string; readonly rpId: string; readonly origin: string },
  userHandle: string | undefined,
  broken = false,
): object {
  const { challenge, rpId, origin } = asked;
  const clientData = Buffer.from(
    JSON.stringify({ type: 'webauthn.get', challenge, origin, crossOrigin: false }),
  );
  const authenticatorData = Buffer.concat([hash(rpId), Buffer.from([flags, 0, 0, 0, 0])]);
  const signed = Buffer.concat([authenticatorData, hash(broken ? 'something else' : clientData)]);
  return {
    id,
    rawId: id,
    type: 'public-key',
    response: {
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: authenticatorData.toString('base64url'),
      signature: sign('sha256', signed, key).toString('base64url'),
      ...(userHandle !== undefined && { userHandle }),
    },
    clientExtensionResults: {},
  };
}

const hash = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();
