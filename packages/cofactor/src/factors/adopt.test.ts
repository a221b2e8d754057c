import { randomBytes, randomUUID } from 'node:crypto';
import { emailOtp } from 'cofactor/email-otp';
import { openid } from 'cofactor/openid';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { smsOtp } from 'cofactor/sms-otp';
import { totp } from 'cofactor/totp';
import { webauthn } from 'cofactor/webauthn';
import { describe, expect, test } from 'vitest';
import type { ForeignCredential, ForeignFactor } from '../core/provider.ts';
import { credentialOf } from '../importers/aspnet-identity/passkey.ts';
import { base32Of, passkeyOf } from '../../../../test/support/aspnet.ts';
import { quickCode } from '../../../../test/support/codes.ts';
import { asked, contextOf } from '../../../../test/support/provider.ts';

const refused = { ok: false, reason: 'refused' };
const context = contextOf({ hashes: (value) => [`new:${value}`, `old:${value}`] });
const issuer = { name: 'acme', label: 'Acme', issuer: 'https://login.example.com', clientId: 'x' };
const providers = [
  totp({ issuer: 'Test' }),
  recoveryCodes(),
  webauthn(),
  smsOtp({ send: 'event' }),
  emailOtp({ send: 'event' }),
  openid(issuer),
];

describe('what another system held', () => {
  const kinds: readonly ForeignFactor[] = [
    { kind: 'time-based-key', key: randomBytes(20) },
    { kind: 'single-use-codes', codes: ['aaaaaaaa'] },
    { kind: 'phone-number', address: '+4512345678' },
    { kind: 'mail-address', address: 'ada@example.com' },
    { kind: 'identity', subject: 'ann' },
    { kind: 'password-hash', hash: 'x' },
  ];

  test('is taken by the provider whose business it is, and by no other', async () => {
    const takers = await Promise.all(
      kinds.map(async (foreign) => {
        const verdicts = await Promise.all(
          providers.map(
            async (provider) => [provider.name, await provider.adopt?.(context, foreign)] as const,
          ),
        );
        return verdicts.filter(([, verdict]) => verdict !== null).map(([name]) => name);
      }),
    );
    expect(takers).toEqual([['totp'], ['recovery-codes'], ['sms-otp'], ['email-otp'], ['acme'], []]);
  });

  test('a key: its codes are right from the step after the next one on', async () => {
    const provider = totp({ issuer: 'Test' });
    const key = randomBytes(20);
    const adopted = await provider.adopt?.(context, { kind: 'time-based-key', key });
    if (adopted?.ok !== true) throw new Error('refused');
    const at = (seconds: number): Date => new Date(context.now.getTime() + seconds * 1000);
    const verdictAt = (seconds: number, of = seconds) =>
      provider.verify(
        { ...context, now: at(seconds) },
        asked(adopted.data as { key: string }, adopted.counter),
        { code: quickCode(base32Of(key), at(of)) },
      ).ok;
    expect([verdictAt(0), verdictAt(0, 30), verdictAt(30), verdictAt(60)]).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  test.each([0, 9, 129])('a key of %i bytes is none', async (length) => {
    const foreign = { kind: 'time-based-key', key: randomBytes(length) } as const;
    expect(await totp({ issuer: 'Test' }).adopt?.(context, foreign)).toEqual(refused);
  });

  test('codes: hashed with the newest key, each once, and none that nobody could type', async () => {
    const adopt = (...codes: string[]) =>
      recoveryCodes().adopt?.(context, { kind: 'single-use-codes', codes });
    expect(await adopt('0a1b2c3d', 'BCDFG-HJKMN', '0A1B2C3D')).toEqual({
      ok: true,
      data: { adopted: true },
      lookups: ['new:0a1b2c3d', 'new:bcdfghjkmn'],
    });
    for (const codes of [[], ['0a1b2c3'], ['0a1b2c3g'], ['BCDFG-HJKM'], ['aaaaaaaa', ''], ['aaaaaaaä']]) {
      expect([codes, await adopt(...codes)]).toEqual([codes, refused]);
    }
    const many = Array.from({ length: 51 }, (_, n) => n.toString(16).padStart(8, '0'));
    expect(await adopt(...many)).toEqual(refused);
  });

  test('codes of one kind are not taken where the other kind is stored', async () => {
    const provider = recoveryCodes();
    const short = { code: '0a1b2c3d' };
    const long = { code: 'abcd-efgh-jkmnp' };
    const own = asked({});
    const adopted = asked({ adopted: true } as const);
    expect([provider.verify(context, own, short).ok, provider.verify(context, own, long).ok]).toEqual([
      false,
      true,
    ]);
    expect([provider.verify(context, adopted, short).ok, provider.verify(context, adopted, long).ok]).toEqual(
      [true, false],
    );
  });

  test('an address that is none, and an identity that no issuer has', async () => {
    const phone = { kind: 'phone-number', address: '12345678' } as const;
    expect(await smsOtp({ send: 'event' }).adopt?.(context, phone)).toEqual(refused);
    const mail = { kind: 'mail-address', address: 'a@b, c@d' } as const;
    expect(await emailOtp({ send: 'event' }).adopt?.(context, mail)).toEqual(refused);
    for (const subject of ['', 'x'.repeat(256), 'a b', 'ä', 'a\n']) {
      expect(await openid(issuer).adopt?.(context, { kind: 'identity', subject })).toEqual(refused);
    }
    expect(
      await emailOtp({ send: 'event' }).adopt?.(context, { ...mail, address: 'Ada@Example.com' }),
    ).toMatchObject({
      data: { address: 'ada@example.com' },
      about: { hint: 'a•••@example.com', byMail: true },
    });
  });
});

describe('a credential of another site', () => {
  const userId = randomUUID();
  const { credentialId, data } = passkeyOf(userId, { aaguid: 'ee882879-721c-4913-9775-3dfcce97072a' });
  const whole = credentialOf(credentialId, userId, data);
  if (!whole) throw new Error('no credential');
  const adopt = (change: Partial<ForeignCredential> = {}) =>
    webauthn().adopt?.(context, { ...whole, ...change });

  test('is stored with all that it needs to go on', async () => {
    expect(await adopt()).toMatchObject({
      ok: true,
      counter: 0,
      handle: Buffer.from(credentialId).toString('base64url'),
      name: 'Laptop',
      data: {
        userHandle: Buffer.from(userId).toString('base64url'),
        aaguid: 'ee882879-721c-4913-9775-3dfcce97072a',
        userVerified: true,
        backupEligible: false,
      },
    });
    const { attestationObject: _none, ...bare } = whole;
    expect(await webauthn().adopt?.(context, bare)).toMatchObject({ ok: true });
  });

  test.each<[string, Partial<ForeignCredential>]>([
    ['no id', { id: new Uint8Array() }],
    ['an id without end', { id: new Uint8Array(1_024) }],
    ['another id than it was made with', { id: new Uint8Array(32) }],
    ['a key that is none', { publicKey: new Uint8Array([1, 2, 3]) }],
    ['no user', { userHandle: new Uint8Array() }],
    ['a user without end', { userHandle: new Uint8Array(65) }],
    ['a negative counter', { signCount: -1 }],
    ['a counter that is no number', { signCount: 1.5 }],
    ['a counter of more than 32 bits', { signCount: 2 ** 32 }],
    ['a copy of what cannot be copied', { backedUp: true, backupEligible: false }],
    ['a way to it that is none', { transports: ['<script>'] }],
    ['what it was made with is something else', { attestationObject: new Uint8Array([0xff, 0x00]) }],
  ])('%s: refused', async (_what, change) => {
    expect(await adopt(change)).toEqual(refused);
  });

  test('is refused at another domain', async () => {
    const elsewhere = { ...context, site: { name: 'Other', origin: 'https://other.example' } };
    expect(await webauthn().adopt?.(elsewhere, whole)).toEqual(refused);
  });
});

describe('the JSON of IdentityPasskeyData', () => {
  const { data } = passkeyOf('1');
  const parsed = JSON.parse(data) as Record<string, unknown>;

  test.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['nothing', 'null'],
    ...['PublicKey', 'SignCount', 'IsUserVerified', 'IsBackupEligible', 'IsBackedUp'].map(
      (name): [string, string] => [`without ${name}`, JSON.stringify({ ...parsed, [name]: undefined })],
    ),
    ['a key that is no Base64', JSON.stringify({ ...parsed, PublicKey: '!' })],
    ['flags that are texts', JSON.stringify({ ...parsed, IsBackedUp: 'false' })],
    ['a counter that is a text', JSON.stringify({ ...parsed, SignCount: '0' })],
    ['transports that are none', JSON.stringify({ ...parsed, Transports: [1] })],
    ['an attestation that is no Base64', JSON.stringify({ ...parsed, AttestationObject: 7 })],
  ])('%s is none', (_what, json) => {
    expect(credentialOf(new Uint8Array(16), '1', json)).toBeNull();
  });

  test('names in any case, and what may be missing', () => {
    const { AttestationObject: _a, Transports: _t, Name: _n, ...rest } = parsed;
    const lower = Object.fromEntries(
      Object.entries(rest).map(([name, value]) => [name.toLowerCase(), value]),
    );
    expect(credentialOf(new Uint8Array(16), '1', JSON.stringify(lower))).toMatchObject({ transports: [] });
  });
});
