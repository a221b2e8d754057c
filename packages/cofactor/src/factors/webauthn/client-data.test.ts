import { describe, expect, test } from 'vitest';
import { isExpected, type ExpectedClientData } from './client-data.ts';

const expected: ExpectedClientData = {
  type: 'webauthn.get',
  challenge: 'q83vEjRWeJA',
  origins: ['https://app.example.com', 'https://example.co.uk'],
};
const right = {
  type: 'webauthn.get',
  challenge: 'q83vEjRWeJA',
  origin: 'https://app.example.com',
  crossOrigin: false,
};
const told = (data: unknown): boolean =>
  isExpected(Buffer.from(typeof data === 'string' ? data : JSON.stringify(data)), expected);

describe('client data', () => {
  test('is as it was asked for, at any of the origins, with whatever a browser adds', () => {
    expect(told(right)).toBe(true);
    expect(told({ ...right, origin: 'https://example.co.uk' })).toBe(true);
    expect(told({ ...right, crossOrigin: undefined, other_keys_can_be_added_here: 'do not compare' })).toBe(
      true,
    );
    for (const status of ['present', 'supported', 'notSupported'])
      expect(told({ ...right, tokenBinding: { status } })).toBe(true);
    // UTF-8 decode of the Encoding Standard, which takes a mark at the beginning away (WebAuthn 7.2, step 9).
    expect(told(`\ufeff${JSON.stringify(right)}`)).toBe(true);
  });

  test.each<[string, unknown]>([
    ['another type', { ...right, type: 'webauthn.create' }],
    ['no type', { ...right, type: undefined }],
    ['A-163 another challenge', { ...right, challenge: 'q83vEjRWeJB' }],
    ['A-163 the same challenge, padded', { ...right, challenge: 'q83vEjRWeJA=' }],
    ['A-163 the challenge in a list', { ...right, challenge: ['q83vEjRWeJA'] }],
    ['A-163 no challenge', { ...right, challenge: undefined }],
    ['A-165 another origin', { ...right, origin: 'https://evil.example' }],
    ['A-165 an origin that ends like ours', { ...right, origin: 'https://evil-app.example.com' }],
    ['A-165 one that begins like ours', { ...right, origin: 'https://app.example.com.evil.example' }],
    ['A-165 the list itself', { ...right, origin: expected.origins }],
    ['A-165 no origin', { ...right, origin: undefined }],
    ['A-177 a frame', { ...right, crossOrigin: true }],
    ['A-177 a frame, oddly', { ...right, crossOrigin: null }],
    ['A-177 a top', { ...right, topOrigin: 'https://app.example.com' }],
    ['A-177 no top, said', { ...right, topOrigin: null }],
    ['a token binding of no known kind', { ...right, tokenBinding: { status: 'none' } }],
    ['a token binding that is none', { ...right, tokenBinding: 'supported' }],
    ['a list', [right]],
    ['nothing', 'null'],
    ['no JSON', 'webauthn.get'],
    ['empty', ''],
  ])('is not: %s', (_name, data) => {
    expect(told(data)).toBe(false);
  });

  test('is UTF-8', () => {
    const bytes = Buffer.from(JSON.stringify({ ...right, note: 'x' }).replace('"x"', '"\u00ff"'), 'latin1');
    expect(isExpected(bytes, expected)).toBe(false);
  });
});
