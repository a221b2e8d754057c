import { isUtf8 } from 'node:buffer';
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import { decodeCredentialPublicKey, parseAuthenticatorData } from '@simplewebauthn/server/helpers';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cbor, create, type CborValue } from '../../../../../test/support/passkey.ts';
import { verifyAssertion, type Assertion, type AssertionResponse } from './assertion.ts';
import { readAuthenticatorData } from './authenticator-data.ts';
import { encode } from './bytes.ts';
import { decodeCbor } from './cbor.ts';
import { publicKeyOf, type Algorithm } from './cose-key.ts';
import { isDer } from './der.ts';

/**
 * Assertions are verified by our own hand; registrations by @simplewebauthn/server. Here the two judge the same
 * assertions: what we take, the library takes, and it reads the same in it; what it takes and we do not is listed.
 */

const party = { id: 'localhost', name: 'Acme', origins: ['http://localhost:3000'] };
const challenge = Buffer.alloc(32, 7).toString('base64url');
const right = {
  type: 'webauthn.get',
  challenge,
  origin: 'http://localhost:3000',
  crossOrigin: false,
} as const;

interface Key {
  readonly alg: Algorithm;
  readonly privateKey: KeyObject;
  readonly cose: Buffer;
}

function keyOf(alg: Algorithm): Key {
  let cose: CborValue = '';
  const { passkey } = create(
    { challenge, rp: { id: 'localhost' }, user: { id: 'AAAA' } },
    { alg, cose: (key) => ((cose = key), key) },
  );
  return { alg, privateKey: passkey.privateKey, cose: cbor(cose) };
}
const keys: Readonly<Record<Algorithm, Key>> = { [-8]: keyOf(-8), [-7]: keyOf(-7), [-257]: keyOf(-257) };
const algorithms = [-8, -7, -257] as const;

/** What both are given, as bytes. */
interface Message {
  readonly publicKey: Buffer;
  readonly clientData: Buffer;
  readonly authenticatorData: Buffer;
  readonly signature: Buffer;
}

interface Wanted {
  readonly userVerification: 'required' | 'preferred';
  /** Changes what is sent, after it was written as text. */
  readonly change?: (response: AssertionResponse) => AssertionResponse;
}

function responseOf(message: Message, { change = (response) => response }: Wanted): AssertionResponse {
  return change({
    id: 'AAAA',
    rawId: 'AAAA',
    type: 'public-key',
    response: {
      clientDataJSON: encode(message.clientData),
      authenticatorData: encode(message.authenticatorData),
      signature: encode(message.signature),
    },
    clientExtensionResults: {},
  });
}

function ours(message: Message, wanted: Wanted): Assertion | null {
  const passkey = {
    credentialId: 'AAAA',
    publicKey: encode(message.publicKey),
    backupEligible: false,
    backedUp: false,
    userVerified: false,
    transports: [],
    aaguid: '',
  };
  const { userVerification } = wanted;
  return verifyAssertion(responseOf(message, wanted), passkey, { party, challenge, userVerification });
}

async function theirs(message: Message, wanted: Wanted): Promise<Assertion | null> {
  try {
    const { verified, authenticationInfo: info } = await verifyAuthenticationResponse({
      response: { ...responseOf(message, wanted), clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin: [...party.origins],
      expectedRPID: party.id,
      credential: { id: 'AAAA', publicKey: Uint8Array.from(message.publicKey), counter: 0 },
      requireUserVerification: wanted.userVerification === 'required',
    });
    if (!verified) return null;
    return {
      signCount: info.newCounter,
      userVerified: info.userVerified,
      backupEligible: info.credentialDeviceType === 'multiDevice',
      backedUp: info.credentialBackedUp,
    };
  } catch {
    return null;
  }
}

const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();

function authenticatorData(flags: number, signCount: number, rest: Buffer = Buffer.alloc(0)): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(signCount);
  return Buffer.concat([sha256('localhost'), Buffer.of(flags), count, rest]);
}

function signed(key: Key, authData: Buffer, clientData: Buffer | object = right): Message {
  const bytes = Buffer.isBuffer(clientData) ? clientData : Buffer.from(JSON.stringify(clientData));
  const data = Buffer.concat([authData, sha256(bytes)]);
  const signature = sign(key.alg === -8 ? null : 'sha256', data, key.privateKey);
  return { publicKey: key.cose, clientData: bytes, authenticatorData: authData, signature };
}

/** A credential, as it stands in the authenticator data of a set-up. */
const attested = Buffer.concat([Buffer.alloc(16), Buffer.of(0, 2, 1, 2), keys[-7].cose]);
const flagsOf = ({ authenticatorData: data }: Message): number => data[32] ?? 0;
const told = ({ clientData }: Message): Record<string, unknown> =>
  JSON.parse(new TextDecoder().decode(clientData)) as Record<string, unknown>;
const es256 = (rest: Partial<Message> = {}): Message => ({
  ...signed(keys[-7], authenticatorData(5, 0)),
  ...rest,
});

/** Where we are stricter than the library, on purpose: how it is recognised, and one that shows it. */
const stricter: readonly {
  readonly than: string;
  readonly applies: (message: Message) => boolean;
  readonly shown: readonly Message[];
}[] = [
  {
    than: 'A-177 a page in the frame of another site, whose top is not told',
    applies: (message) => ![undefined, false].includes(told(message)['crossOrigin'] as undefined),
    shown: [
      signed(keys[-7], authenticatorData(5, 0), { ...right, crossOrigin: true }),
      signed(keys[-7], authenticatorData(5, 0), { ...right, crossOrigin: null }),
    ],
  },
  {
    than: 'a top origin, or a token binding, that is told but says nothing',
    applies: (message) =>
      ['topOrigin', 'tokenBinding'].some((name) =>
        ['', 0, null, false].includes(told(message)[name] as null),
      ),
    shown: [
      signed(keys[-7], authenticatorData(5, 0), { ...right, topOrigin: '' }),
      signed(keys[-7], authenticatorData(5, 0), { ...right, tokenBinding: null }),
    ],
  },
  {
    than: 'client data that is not UTF-8',
    applies: ({ clientData }) => !isUtf8(clientData),
    shown: [
      signed(
        keys[-7],
        authenticatorData(5, 0),
        Buffer.from(JSON.stringify({ ...right, note: 'ÿ' }), 'latin1'),
      ),
    ],
  },
  {
    than: 'A-175 an ECDSA signature in BER',
    applies: ({ publicKey, signature }) => publicKey.equals(keys[-7].cose) && !isDer(signature),
    shown: [es256({ signature: inBer(es256()) })],
  },
  {
    than: 'a credential in an assertion (WebAuthn 6.1: "the AT flag MUST NOT be set")',
    applies: (message) => (flagsOf(message) & 0x40) !== 0,
    shown: [signed(keys[-7], authenticatorData(0x45, 0, attested))],
  },
  {
    than: 'extensions that are no map, or not written as CTAP has them written',
    applies: (message) =>
      (flagsOf(message) & 0x80) !== 0 && !(decodeCbor(message.authenticatorData.subarray(37)) instanceof Map),
    // An empty list; a byte string and a text that are shorter than they say; a float; a tag; five levels.
    shown: [
      '80',
      'a1616143aabb',
      'a1616163c3a9',
      'a16161fb3ff199999999999a',
      'a16161c101',
      'a161618181818100',
    ].map((hex) => signed(keys[-7], authenticatorData(0x85, 0, Buffer.from(hex, 'hex')))),
  },
  {
    than: 'A-173 a key in another form than the one of its algorithm',
    applies: ({ publicKey }) => publicKeyOf(publicKey) === null,
    shown: [
      es256({ publicKey: Buffer.concat([keys[-7].cose, Buffer.of(0)]) }),
      es256({
        publicKey: Buffer.concat([Buffer.of(0xa6), keys[-7].cose.subarray(1), Buffer.of(4, 0x81, 2)]),
      }),
    ],
  },
];

/** The same signature with a length in the long form. */
function inBer({ signature }: Message): Buffer {
  return Buffer.concat([Buffer.of(0x30, 0x81), signature.subarray(1)]);
}

function reasons(message: Message): string[] {
  return stricter.filter(({ applies }) => applies(message)).map(({ than }) => than);
}

describe('an assertion is judged as @simplewebauthn/server judges it', () => {
  test.each(algorithms)('I-21 algorithm %i, right as it is', async (alg) => {
    const message = signed(keys[alg], authenticatorData(0x1d, 4_294_967_295));
    const wanted = { userVerification: 'required' } as const;
    const expected = {
      signCount: 4_294_967_295,
      userVerified: true,
      backupEligible: true,
      backedUp: true,
    };
    expect(ours(message, wanted)).toEqual(expected);
    expect(await theirs(message, wanted)).toEqual(expected);
  });

  test.each(stricter)('stricter: $than', async ({ applies, shown }) => {
    for (const message of shown) {
      const wanted = { userVerification: 'preferred' } as const;
      expect(applies(message)).toBe(true);
      expect(ours(message, wanted)).toBeNull();
      expect(await theirs(message, wanted)).not.toBeNull();
    }
  });

  test('stricter: base64url has one way to be written', async () => {
    const spelled = (part: 'clientDataJSON' | 'authenticatorData' | 'signature', tail: string): Wanted => ({
      userVerification: 'preferred',
      change: (sent) => ({ ...sent, response: { ...sent.response, [part]: sent.response[part] + tail } }),
    });
    // 37 bytes leave four bits unused.
    const message = signed(keys[-8], authenticatorData(5, 0));
    for (const [part, tail] of [
      ['authenticatorData', '='],
      ['authenticatorData', '=='],
      ['signature', '=='],
      ['signature', '\n'],
      ['clientDataJSON', '='],
    ] as const) {
      expect([part, tail, ours(message, spelled(part, tail))]).toEqual([part, tail, null]);
    }
    const odd: Wanted = {
      userVerification: 'preferred',
      change: (sent) => {
        const text = sent.response.signature;
        // The last letter of 64 bytes says two bits: of each four letters, four times the same.
        const twin = { A: 'B', Q: 'R', g: 'h', w: 'x' }[text.slice(-1)] ?? '';
        return { ...sent, response: { ...sent.response, signature: text.slice(0, -1) + twin } };
      },
    };
    expect(ours(message, odd)).toBeNull();
    expect(await theirs(message, odd)).not.toBeNull();
  });

  test.each<[string, (sent: AssertionResponse) => AssertionResponse]>([
    ['two ids', (sent) => ({ ...sent, rawId: 'AAAB' })],
    ['another type of credential', (sent) => ({ ...sent, type: 'password' as 'public-key' })],
  ])('refused by both: %s', async (_name, change) => {
    const wanted = { userVerification: 'preferred', change } as const;
    expect(ours(es256(), wanted)).toBeNull();
    expect(await theirs(es256(), wanted)).toBeNull();
  });

  test('A-175 thousands of assertions, right, odd and damaged', async () => {
    const seen = { both: 0, neither: 0, stricter: 0 };
    await fc.assert(
      fc.asyncProperty(assertions, async ({ message, wanted }) => {
        const [one, other] = [ours(message, wanted), await theirs(message, wanted)];
        if (one === null && other !== null) {
          expect(reasons(message)).not.toEqual([]);
          seen.stricter += 1;
        } else {
          expect(one).toEqual(other);
          seen[one === null ? 'neither' : 'both'] += 1;
        }
      }),
      { numRuns: 3_000 },
    );
    // A comparison of refusals alone would say little.
    expect(seen.both).toBeGreaterThan(500);
    expect(seen.neither).toBeGreaterThan(500);
    expect(seen.stricter).toBeGreaterThan(10);
  });

  test('a key that many others have pushed out of memory verifies as before, and none verifies for another', () => {
    const wanted = { userVerification: 'preferred' } as const;
    const message = es256();
    expect(ours(message, wanted)).not.toBeNull();
    for (let n = 0; n < 1_001; n += 1) {
      const { publicKey } = generateKeyPairSync('ed25519');
      const x = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
      const other = Buffer.concat([Buffer.from('a4010103272006215820', 'hex'), x]);
      if (publicKeyOf(other) === null) throw new Error('is no key');
      expect(ours({ ...message, publicKey: other }, wanted)).toBeNull();
    }
    expect(ours(message, wanted)).not.toBeNull();
  });

  test('authenticator data: what we read in it, the library reads in it', () => {
    let taken = 0;
    fc.assert(
      fc.property(authData, damage, (bytes, harm) => {
        const data = harmed(bytes, harm);
        const read = readAuthenticatorData(data);
        if (read === null) return;
        taken += 1;
        const { flags, counter, rpIdHash } = parseAuthenticatorData(Uint8Array.from(data));
        expect(read).toEqual({
          rpIdHash: Buffer.from(rpIdHash),
          userPresent: flags.up,
          userVerified: flags.uv,
          backupEligible: flags.be,
          backedUp: flags.bs,
          signCount: counter,
        });
      }),
      { numRuns: 10_000 },
    );
    expect(taken).toBeGreaterThan(1_000);
  });

  test('CBOR: what we read in it, the library reads in it', () => {
    const plain = (value: unknown): unknown => {
      if (value instanceof Uint8Array) return Buffer.from(value);
      if (Array.isArray(value)) return value.map(plain);
      return value instanceof Map
        ? new Map([...value].map(([key, item]) => [key as unknown, plain(item)]))
        : value;
    };
    let taken = 0;
    fc.assert(
      fc.property(
        fc.oneof(extensions, fc.constantFrom(...algorithms.map((alg) => keys[alg].cose))),
        damage,
        (bytes, harm) => {
          const data = harmed(bytes, harm);
          const read = decodeCbor(data);
          if (read === null) return;
          taken += 1;
          expect(plain(read)).toEqual(plain(decodeCredentialPublicKey(Uint8Array.from(data))));
        },
      ),
      { numRuns: 10_000 },
    );
    expect(taken).toBeGreaterThan(1_000);
  });
});

interface Damage {
  readonly kind: 'flip' | 'cut' | 'grow' | 'set' | 'none';
  /** Bit, or byte, counted round and round. */
  readonly at: number;
  readonly byte: number;
}

const damage: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom<Damage['kind'][]>('flip', 'cut', 'grow', 'set', 'none'),
  at: fc.nat(100_000),
  byte: fc.nat(255),
});

function harmed(bytes: Buffer, { kind, at, byte }: Damage): Buffer {
  const copy = Buffer.from(bytes);
  const place = at % Math.max(1, copy.length);
  switch (kind) {
    case 'none':
      return copy;
    case 'cut':
      return copy.subarray(0, place);
    case 'grow':
      return Buffer.concat([copy, Buffer.alloc(1 + (at % 3), byte)]);
    case 'flip':
      copy[place] = (copy[place] ?? 0) ^ (1 << (byte % 8));
      return copy;
    case 'set':
      copy[place] = byte;
      return copy;
  }
}

const ascii = fc.string({ unit: 'binary-ascii', maxLength: 30 });
const value: fc.Arbitrary<CborValue> = fc.letrec<{ value: CborValue; item: CborValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    tie('item'),
    fc.array(tie('value'), { maxLength: 3 }),
    mapOf(tie('value')),
  ),
  item: fc.oneof(
    fc.boolean(),
    fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 }),
    ascii,
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  ),
})).value;
function mapOf(values: fc.Arbitrary<CborValue>): fc.Arbitrary<Map<string, CborValue>> {
  return fc.array(fc.tuple(ascii, values), { maxLength: 3 }).map((entries) => new Map(entries));
}
const extensions = mapOf(value).map(cbor);

/** Flags that authenticators send, and any others; with what they announce behind the counter, and without. */
const authData = fc
  .record({
    flags: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(0x01, 0x05, 0x09, 0x0d, 0x19, 0x1d) },
      { weight: 1, arbitrary: fc.nat(255) },
    ),
    signCount: fc.oneof(fc.constant(0), fc.nat(2 ** 31 - 1)),
    behind: fc.oneof(
      { weight: 5, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constant({ bit: 0, bytes: Buffer.alloc(0) }) },
      { weight: 3, arbitrary: extensions.map((bytes) => ({ bit: 0x80, bytes })) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(extensions, damage)
          .map(([bytes, harm]) => ({ bit: 0x80, bytes: harmed(bytes, harm) })),
      },
      { weight: 1, arbitrary: fc.constantFrom(0, 0x40).map((bit) => ({ bit, bytes: attested })) },
    ),
  })
  .map(({ flags, signCount, behind }) =>
    authenticatorData(behind === null ? flags & ~0xc0 : flags | behind.bit, signCount, behind?.bytes),
  );

const clientData = fc.oneof(
  { weight: 6, arbitrary: fc.constant<object>(right) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<object[]>(
      { ...right, crossOrigin: undefined, other: 'möre' },
      { ...right, type: 'webauthn.create' },
      { ...right, challenge: `${challenge}=` },
      { ...right, origin: 'http://localhost:3001' },
      { ...right, crossOrigin: true },
      { ...right, topOrigin: 'http://localhost:3000' },
      { ...right, tokenBinding: { status: 'supported' } },
      { ...right, tokenBinding: { status: 'none' } },
      { ...right, tokenBinding: 'supported' },
      [right],
    ),
  },
);

function sometimes<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
}

const parts = ['signature', 'authenticatorData', 'clientData', 'publicKey'] as const;

const assertions = fc
  .record({
    alg: fc.constantFrom(...algorithms),
    authData,
    clientData: clientData.map((data) => Buffer.from(JSON.stringify(data))),
    userVerification: fc.constantFrom<Wanted['userVerification'][]>('required', 'preferred', 'preferred'),
    /** Before it is signed, so that what is behind the signature is reached; or after. */
    before: sometimes(fc.record({ part: fc.constantFrom('authenticatorData', 'clientData'), harm: damage })),
    after: sometimes(fc.record({ part: fc.constantFrom(...parts), harm: damage })),
  })
  .map(({ alg, authData: data, clientData: client, userVerification, before, after }) => {
    const harm = (part: string, bytes: Buffer): Buffer =>
      before?.part === part ? harmed(bytes, before.harm) : bytes;
    const message = signed(keys[alg], harm('authenticatorData', data), harm('clientData', client));
    return {
      message: after ? { ...message, [after.part]: harmed(message[after.part], after.harm) } : message,
      wanted: { userVerification } satisfies Wanted,
    };
  });
