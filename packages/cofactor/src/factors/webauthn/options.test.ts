import { describe, expect, test } from 'vitest';
import { webauthn, type WebauthnOptions } from './index.ts';
import { checked } from './options.ts';
import { passkeyEndpoints, relatedOrigins, relyingParty } from './relying-party.ts';

const site = { name: 'Acme', origin: 'https://app.example.com' };
const refusal = (words: string): unknown =>
  expect.objectContaining({ code: 'ERR_CONFIG_WEBAUTHN', message: expect.stringContaining(words) });

describe('options', () => {
  test.each<[string, unknown]>([
    ['rpId', { rpId: '' }],
    ['rpId', { rpId: 'https://example.com' }],
    ['rpId', { rpId: 'example.com:443' }],
    ['rpId', { rpId: 'Example.com' }],
    ['rpId', { rpId: 'exämple.com' }],
    ['rpId', { rpId: '192.0.2.1' }],
    ['rpId', { rpId: '[::1]' }],
    ['rpId', { rpId: 'a@example.com' }],
    ['rpId', { rpId: 7 }],
    ['origins', { origins: 'https://example.com' }],
    ['origins', { origins: ['http://example.com'] }],
    ['origins', { origins: ['https://example.com/'] }],
    ['origins', { origins: ['https://example.com/path'] }],
    ['origins', { origins: ['https://EXAMPLE.com'] }],
    ['origins', { origins: ['https://example.com:443'] }],
    ['origins', { origins: ['https://user@example.com'] }],
    ['origins', { origins: ['android:apk-key-hash:abc'] }],
    ['origins', { origins: [null] }],
    ['attestation', { attestation: 'direct' }],
    ['attestation.conveyance', { attestation: { conveyance: 'indirect' } }],
    ['attestation.accept', { attestation: { accept: ['aaguid'] } }],
    ['attestation.aaguids', { attestation: { aaguids: [] } }],
    ['userVerification', { userVerification: 'discouraged' }],
  ])('%s is refused: %j', (named, options) => {
    expect(() => webauthn(options as WebauthnOptions)).toThrow(refusal(`webauthn({ ${named} })`));
  });

  test('what was made cannot be changed', () => {
    const provider = webauthn();
    for (const part of [provider, provider.proves, provider.view, provider.challenge, provider.discover]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });
});

describe('the relying party', () => {
  test('is the host of the site unless it is said', () => {
    expect(relyingParty(checked({}), site)).toEqual({
      id: 'app.example.com',
      name: 'Acme',
      origins: ['https://app.example.com'],
    });
    expect(relyingParty(checked({}), { ...site, origin: 'http://localhost:3000' }).id).toBe('localhost');
  });

  test('may be a domain above, or that of a related origin', () => {
    expect(relyingParty(checked({ rpId: 'example.com' }), site).id).toBe('example.com');
    const origins = ['https://example.co.uk'];
    expect(relyingParty(checked({ rpId: 'example.co.uk', origins }), site)).toMatchObject({
      id: 'example.co.uk',
      origins: [site.origin, ...origins],
    });
  });

  test.each(['ple.com', 'example.org', 'sub.app.example.com', 'app-example.com'])(
    '%s belongs to none of the origins and is told',
    (rpId) => {
      expect(() => relyingParty(checked({ rpId }), site)).toThrow(refusal(rpId));
    },
  );
});

test('the documents for others name the origins and the page', () => {
  const settings = checked({ origins: ['https://example.co.uk', 'https://example.co.uk', site.origin] });
  expect(relatedOrigins(settings, site)).toEqual({ origins: [site.origin, 'https://example.co.uk'] });
  const page = 'https://app.example.com/auth/security';
  expect(passkeyEndpoints(site, '/auth')).toEqual({ enroll: page, manage: page });
  expect(webauthn().wellKnown(site, '/auth')).toEqual({
    webauthn: { origins: [site.origin] },
    'passkey-endpoints': { enroll: page, manage: page },
  });
});

test('a domain that belongs to none of the origins is told when the documents are made, at start', () => {
  expect(() => webauthn({ rpId: 'example.org' }).wellKnown(site, '/auth')).toThrow(refusal('example.org'));
});
