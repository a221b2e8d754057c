import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { cbor, type CborValue } from '../../../../../test/support/passkey.ts';
import { algorithms, publicKeyOf } from './cose-key.ts';

type CoseKey = Map<number, CborValue>;

const bytes = (text = ''): Buffer => Buffer.from(text, 'base64url');
const algorithmOf = (key: CborValue): number | null => publicKeyOf(cbor(key))?.algorithm ?? null;
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' });
const ed = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
const rsaOf = (modulusLength: number, publicExponent = 65_537): CoseKey => {
  const { n, e } = generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey.export({
    format: 'jwk',
  });
  return rsa(bytes(n), bytes(e));
};
const rsa = (n: Buffer, e: Buffer): CoseKey =>
  new Map<number, CborValue>([
    [1, 3],
    [3, -257],
    [-1, n],
    [-2, e],
  ]);
const ec = (x = p256.x, y = p256.y, curve = 1, alg = -7): CoseKey =>
  new Map<number, CborValue>([
    [1, 2],
    [3, alg],
    [-1, curve],
    [-2, bytes(x)],
    [-3, bytes(y)],
  ]);
const okp = (curve = 6, x = ed.x): CoseKey =>
  new Map<number, CborValue>([
    [1, 1],
    [3, -8],
    [-1, curve],
    [-2, bytes(x)],
  ]);
const exponent = Buffer.of(1, 0, 1);
const offCurve = Buffer.from(bytes(p256.y));
offCurve.writeUInt8(offCurve.readUInt8(31) ^ 1, 31);

test('I-21 three algorithms, best first', () => {
  expect(algorithms).toEqual([-8, -7, -257]);
});

test.each<[string, CoseKey]>([
  ['Ed25519', okp()],
  ['P-256', ec()],
  ['RSA of 2048 bits', rsaOf(2048)],
  ['RSA of 3072 bits', rsaOf(3072)],
])('%s is taken', (_name, key) => {
  expect(algorithmOf(key)).toBe(key.get(3));
});

test.each<[string, CborValue]>([
  ['no map', [1, 2, 3, -7]],
  ['nothing', ''],
  ['an empty map', new Map()],
  ['P-384 under the algorithm of P-256', ec(p384.x, p384.y, 2)],
  ['P-384', ec(p384.x, p384.y, 2, -35)],
  ['P-256 as secp256k1', ec(p256.x, p256.y, 8, -47)],
  ['a point off the curve', ec(p256.x, offCurve.toString('base64url'))],
  [
    'the point at infinity',
    ec(Buffer.alloc(32).toString('base64url'), Buffer.alloc(32).toString('base64url')),
  ],
  ['a coordinate with a byte in front', ec(`AA${p256.x}`)],
  ['a coordinate that is a text', ec().set(-2, p256.x ?? '')],
  ['a compressed point', ec().set(-3, true)],
  ['another type than the algorithm', ec().set(1, 3)],
  ['a private key along with it', ec().set(-4, bytes(p256.x))],
  ['the algorithm as a text', ec().set(3, 'ES256')],
  ['Ed448', okp(7)],
  ['Ed25519 cut short', okp(6, ed.x?.slice(0, 40))],
  ['RSA of 1024 bits', rsaOf(1024)],
  ['RSA of 2040 bits', rsaOf(2040)],
  ['RSA with exponent 3', rsaOf(2048, 3)],
  ['RSA with exponent 1', rsa(bytes(p384.x), Buffer.of(1))],
  ['RSA with an exponent as long as its modulus', rsa(Buffer.alloc(256, 0xff), Buffer.alloc(256, 0xff))],
  ['RSA of 16384 bits', rsa(Buffer.alloc(2048, 0xff), exponent)],
  ['RSA without a modulus', rsa(Buffer.alloc(0), exponent)],
])('A-173 %s is not', (_name, key) => {
  expect(algorithmOf(key)).toBeNull();
});
