import {
  createHash,
  generateKeyPairSync,
  randomBytes,
  sign,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';

/**
 * An authenticator in software, with the browser in front of it: makes and uses passkeys by the letter of WebAuthn,
 * sharing no code with Cofactor or the library it verifies with. Knobs make it do what none should.
 */

/** What a browser is given; the parts of it that matter here. */
export interface CreateOptions {
  readonly challenge: string;
  readonly rp: { readonly id: string };
  readonly user: { readonly id: string };
}
export interface GetOptions {
  readonly challenge: string;
  readonly rpId: string;
}

/** COSE algorithms: those that are offered, and those that a server should not take. */
export type Algorithm = -8 | -7 | -257 | -35 | -37 | -47 | -65535;

interface CommonKnobs {
  /** `http://localhost:3000` if left out. */
  readonly origin?: string;
  readonly crossOrigin?: unknown;
  readonly topOrigin?: unknown;
  /** In place of the one asked for. */
  readonly challenge?: string;
  readonly rpId?: string;
  /** `type` of the client data. */
  readonly type?: string;
  /** Client data as text, whatever it says. */
  readonly clientData?: string | Buffer;
  readonly up?: boolean;
  readonly uv?: boolean;
  readonly be?: boolean;
  readonly bs?: boolean;
  readonly signCount?: number;
  /** Bytes after the authenticator data. */
  readonly tail?: Buffer;
}

export interface CreateKnobs extends CommonKnobs {
  readonly alg?: Algorithm;
  /** Of an RSA key. */
  readonly modulusLength?: number;
  /** Changes the COSE key before it is told, e.g. to a point off the curve. */
  readonly cose?: (key: Map<number, CborValue>) => Map<number, CborValue>;
  readonly credentialId?: Buffer;
  /** The id beside the authenticator data. */
  readonly id?: string;
  readonly aaguid?: string;
  /** `self`: signed with the new key; `broken`: so, but wrong; `certificates`: with nonsense for a certificate. */
  readonly attestation?: 'none' | 'self' | 'broken' | 'certificates';
  readonly transports?: readonly string[];
}

export interface GetKnobs extends CommonKnobs {
  /** `null`: does not say whose it is, as a key that is not discoverable. */
  readonly userHandle?: string | null;
  readonly id?: string;
  /** Signs with the key of another one. */
  readonly signer?: Passkey;
  /** Turns one bit over after it was signed. */
  readonly flip?: { readonly part: Part; readonly bit: number };
}

export type Part = 'signature' | 'authenticatorData' | 'clientDataJSON';

/** A passkey as its authenticator keeps it. */
export interface Passkey {
  readonly id: string;
  readonly rpId: string;
  readonly userHandle: string;
  readonly alg: Algorithm;
  readonly privateKey: KeyObject;
  readonly be: boolean;
  readonly bs: boolean;
  readonly uv: boolean;
  /** Counts with each use where it is not zero. */
  signCount: number;
}

export interface RegistrationJson extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly response: {
    readonly clientDataJSON: string;
    readonly attestationObject: string;
    readonly transports: readonly string[];
  };
  readonly clientExtensionResults: object;
}

export interface AssertionJson extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
    readonly userHandle?: string;
  };
  readonly clientExtensionResults: object;
}

/**
 * Makes a passkey: verified by its user, on one device, never counting, unless knobs say otherwise.
 *
 * @example
 * const { passkey, response } = create(enrolment.setup.options, { uv: false });
 */
export function create(
  options: CreateOptions,
  knobs: CreateKnobs = {},
): { readonly passkey: Passkey; readonly response: RegistrationJson } {
  const { alg = -7, uv = true, be = false, bs = false, signCount = 0 } = knobs;
  const { publicKey, privateKey } = keyPair(alg, knobs.modulusLength ?? 2048);
  const credentialId = knobs.credentialId ?? randomBytes(32);
  const own = coseKey(alg, publicKey.export({ format: 'jwk' }));
  const attested = Buffer.concat([
    Buffer.from((knobs.aaguid ?? '').replaceAll('-', '').padEnd(32, '0'), 'hex'),
    uint16(credentialId.length),
    credentialId,
    cbor(knobs.cose?.(own) ?? own),
  ]);
  const rpId = knobs.rpId ?? options.rp.id;
  const authData = authenticatorData(rpId, { ...knobs, uv, be, bs, signCount }, attested);
  const clientData = clientDataOf('webauthn.create', options.challenge, knobs);
  const signed = Buffer.concat([authData, sha256(clientData)]);
  const [fmt, statement] = statementOf(knobs.attestation ?? 'none', alg, () =>
    signature(alg, privateKey, signed),
  );
  const attestationObject = cbor(
    new Map<string, CborValue>([
      ['fmt', fmt],
      ['attStmt', statement],
      ['authData', authData],
    ]),
  );
  const id = credentialId.toString('base64url');
  const passkey = { id, rpId, userHandle: options.user.id, alg, privateKey, be, bs, uv, signCount };
  return {
    passkey,
    response: {
      id: knobs.id ?? id,
      rawId: knobs.id ?? id,
      type: 'public-key',
      response: {
        clientDataJSON: clientData.toString('base64url'),
        attestationObject: attestationObject.toString('base64url'),
        transports: knobs.transports ?? ['internal'],
      },
      clientExtensionResults: {},
    },
  };
}

/**
 * Uses a passkey.
 *
 * @example
 * const response = get(challenge.view.options, passkey, { flip: { part: 'signature', bit: 3 } });
 */
export function get(options: GetOptions, passkey: Passkey, knobs: GetKnobs = {}): AssertionJson {
  const signCount = knobs.signCount ?? (passkey.signCount > 0 ? (passkey.signCount += 1) : 0);
  const { uv, be, bs } = { ...passkey, ...knobs };
  const authData = authenticatorData(knobs.rpId ?? options.rpId, { ...knobs, uv, be, bs, signCount });
  const clientData = clientDataOf('webauthn.get', options.challenge, knobs);
  const signer = knobs.signer ?? passkey;
  const parts = {
    authenticatorData: authData,
    clientDataJSON: clientData,
    signature: signature(signer.alg, signer.privateKey, Buffer.concat([authData, sha256(clientData)])),
  };
  if (knobs.flip) flipBit(parts[knobs.flip.part], knobs.flip.bit);
  const id = knobs.id ?? passkey.id;
  const userHandle = knobs.userHandle === undefined ? passkey.userHandle : knobs.userHandle;
  return {
    id,
    rawId: id,
    type: 'public-key',
    response: {
      clientDataJSON: parts.clientDataJSON.toString('base64url'),
      authenticatorData: parts.authenticatorData.toString('base64url'),
      signature: parts.signature.toString('base64url'),
      ...(userHandle !== null && { userHandle }),
    },
    clientExtensionResults: {},
  };
}

/** How many bits each part of an assertion has. */
export function bitsOf({ response }: AssertionJson): Readonly<Record<Part, number>> {
  const bits = (text: string): number => Buffer.from(text, 'base64url').length * 8;
  return {
    signature: bits(response.signature),
    authenticatorData: bits(response.authenticatorData),
    clientDataJSON: bits(response.clientDataJSON),
  };
}

/** What CBOR is made of here (RFC 8949). */
export type CborValue =
  number | boolean | string | Buffer | readonly CborValue[] | ReadonlyMap<number | string, CborValue>;

export function cbor(value: CborValue): Buffer {
  if (typeof value === 'boolean') return Buffer.of(value ? 0xf5 : 0xf4);
  if (typeof value === 'number') return value >= 0 ? cborHead(0, value) : cborHead(1, -1 - value);
  if (Buffer.isBuffer(value)) return Buffer.concat([cborHead(2, value.length), value]);
  if (typeof value === 'string') {
    const text = Buffer.from(value);
    return Buffer.concat([cborHead(3, text.length), text]);
  }
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<number | string, CborValue>)];
    return Buffer.concat([
      cborHead(5, entries.length),
      ...entries.flatMap(([key, item]) => [cbor(key), cbor(item)]),
    ]);
  }
  const items = value as readonly CborValue[];
  return Buffer.concat([cborHead(4, items.length), ...items.map(cbor)]);
}

function cborHead(major: number, count: number): Buffer {
  const first = major << 5;
  if (count < 24) return Buffer.from([first | count]);
  if (count < 256) return Buffer.from([first | 24, count]);
  if (count < 65_536) return Buffer.concat([Buffer.from([first | 25]), uint16(count)]);
  return Buffer.concat([Buffer.from([first | 26]), uint32(count)]);
}

function authenticatorData(
  rpId: string,
  knobs: CommonKnobs & { readonly signCount: number },
  attested?: Buffer,
): Buffer {
  const { up = true, uv = false, be = false, bs = false, tail = Buffer.alloc(0) } = knobs;
  const flags =
    Number(up) |
    (Number(uv) << 2) |
    (Number(be) << 3) |
    (Number(bs) << 4) |
    (Number(attested !== undefined) << 6);
  return Buffer.concat([
    sha256(rpId),
    Buffer.from([flags]),
    uint32(knobs.signCount),
    attested ?? Buffer.alloc(0),
    tail,
  ]);
}

function clientDataOf(type: string, challenge: string, knobs: CommonKnobs): Buffer {
  if (knobs.clientData !== undefined) return Buffer.from(knobs.clientData as string);
  return Buffer.from(
    JSON.stringify({
      type: knobs.type ?? type,
      challenge: knobs.challenge ?? challenge,
      origin: knobs.origin ?? 'http://localhost:3000',
      crossOrigin: 'crossOrigin' in knobs ? knobs.crossOrigin : false,
      ...('topOrigin' in knobs && { topOrigin: knobs.topOrigin }),
    }),
  );
}

function statementOf(
  kind: NonNullable<CreateKnobs['attestation']>,
  alg: Algorithm,
  sign: () => Buffer,
): [string, Map<string, CborValue>] {
  if (kind === 'none') return ['none', new Map<string, CborValue>()];
  const sig = sign();
  if (kind === 'broken') flipBit(sig, sig.length * 4);
  const statement = new Map<string, CborValue>([
    ['alg', alg],
    ['sig', sig],
  ]);
  if (kind === 'certificates') statement.set('x5c', [Buffer.from('3003020101', 'hex')]);
  return ['packed', statement];
}

function keyPair(alg: Algorithm, modulusLength: number): { publicKey: KeyObject; privateKey: KeyObject } {
  switch (alg) {
    case -8:
      return generateKeyPairSync('ed25519');
    case -7:
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case -35:
      return generateKeyPairSync('ec', { namedCurve: 'P-384' });
    case -47:
      return generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
    case -257:
    case -37:
    case -65535:
      return generateKeyPairSync('rsa', { modulusLength });
  }
}

const curves: Readonly<Record<string, number>> = { 'P-256': 1, 'P-384': 2, Ed25519: 6, secp256k1: 8 };

function coseKey(alg: Algorithm, { kty, crv = '', x, y, n, e }: JsonWebKey): Map<number, CborValue> {
  const bytes = (text = ''): Buffer => Buffer.from(text, 'base64url');
  const key = new Map<number, CborValue>([
    [1, { OKP: 1, EC: 2, RSA: 3 }[kty ?? ''] ?? 0],
    [3, alg],
  ]);
  if (kty === 'RSA') return key.set(-1, bytes(n)).set(-2, bytes(e));
  key.set(-1, curves[crv] ?? 0).set(-2, bytes(x));
  return kty === 'EC' ? key.set(-3, bytes(y)) : key;
}

function signature(alg: Algorithm, key: KeyObject, data: Buffer): Buffer {
  const digests = { '-7': 'sha256', '-47': 'sha256', '-257': 'sha256', '-37': 'sha256', '-35': 'sha384' };
  if (alg === -8) return sign(null, data, key);
  if (alg === -65535) return sign('sha1', data, key);
  // Padding 6 is PSS.
  return sign(digests[String(alg) as keyof typeof digests], data, alg === -37 ? { key, padding: 6 } : key);
}

/** Counted from the start, round and round: ECDSA signatures differ in length. */
function flipBit(bytes: Buffer, bit: number): void {
  const at = Math.floor(bit / 8) % bytes.length;
  bytes.writeUInt8(bytes.readUInt8(at) ^ (0x80 >> (bit % 8)), at);
}

function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
