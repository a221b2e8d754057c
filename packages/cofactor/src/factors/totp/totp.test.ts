import { createSecretKey, randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { encode } from 'uqr';
import { describe, expect, test } from 'vitest';
import type { FactorContext } from '../../core/provider.ts';
import { asked, contextOf } from '../../../../../test/support/provider.ts';
import { codeOf, decodeKey, stepAt } from './code.ts';
import { totp } from './index.ts';

const key = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const secret = createSecretKey(decodeKey(key));
const provider = totp({ issuer: 'Acme' });
const start = new Date(1_700_000_010_000);
const now = stepAt(start);
/** Found by search: this key has the same code in this step and the one before. */
const twinStep = 910_738;

function contextAt(at: Date, identifier = 'ada@example.org'): FactorContext {
  return contextOf({ user: { id: 'u1', identifier }, now: at, random: (length) => randomBytes(length) });
}

const answer = (counter: number, code: string, at = start) =>
  provider.verify(contextAt(at), asked({ key }, counter), { code });

describe('sign-in', () => {
  test('I-04 answers the step that was used, for the core to compare and set', () => {
    expect(answer(0, codeOf(secret, now))).toEqual({ ok: true, counter: now });
  });

  test('I-04 a code that was used is replayed, not wrong', () => {
    expect(answer(now, codeOf(secret, now))).toEqual({ ok: false, reason: 'replayed' });
    expect(answer(now, codeOf(secret, now + 50))).toEqual({ ok: false, reason: 'wrong' });
  });

  test('A-45 after the code of T+1, those of T and T-1 are refused', () => {
    expect(answer(0, codeOf(secret, now + 1))).toEqual({ ok: true, counter: now + 1 });
    expect(answer(now + 1, codeOf(secret, now))).toEqual({ ok: false, reason: 'replayed' });
    expect(answer(now + 1, codeOf(secret, now - 1))).toEqual({ ok: false, reason: 'replayed' });
  });

  test('A-47 a clock set back accepts nothing that was used', () => {
    const earlier = new Date(start.getTime() - 3_600_000);
    expect(answer(now, codeOf(secret, stepAt(earlier)), earlier)).toEqual({ ok: false, reason: 'replayed' });
  });

  test('the oldest unused step is taken where two share a code', () => {
    const step = twinStep;
    const at = new Date(step * 30_000);
    const code = codeOf(secret, step);
    expect(codeOf(secret, step - 1)).toBe(code);
    expect(answer(0, code, at)).toEqual({ ok: true, counter: step - 1 });
    expect(answer(step - 1, code, at)).toEqual({ ok: true, counter: step });
    expect(answer(step, code, at)).toEqual({ ok: false, reason: 'replayed' });
  });

  test('A-31 no other spelling of a right code is a code', () => {
    const code = codeOf(secret, now);
    const fullWidth = [...code].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join('');
    for (const alias of [
      ` ${code}`,
      `${code} `,
      `${code}\n`,
      `${code}\0`,
      `+${code}`,
      `${code}.0`,
      `${code.slice(0, 3)} ${code.slice(3)}`,
      `0${code}`,
      code.slice(1),
      '',
      fullWidth,
      '1e5',
      '0x1234',
    ]) {
      expect({ alias, ...answer(0, alias) }).toEqual({ alias, ok: false, reason: 'wrong' });
    }
  });

  test('A-31 what is no string is wrong, not an exception or a match', () => {
    for (const odd of [Number(codeOf(secret, now)), [codeOf(secret, now)], null, {}, true]) {
      expect(answer(0, odd as unknown as string)).toEqual({ ok: false, reason: 'wrong' });
    }
  });

  test('A-31 the schema says the same as the provider', () => {
    const { pattern, minLength, maxLength } = (
      provider.response['properties'] as { code: { pattern: string; minLength: number; maxLength: number } }
    ).code;
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9]{5,7}\n?$/)), (text) => {
        const fits =
          new RegExp(pattern, 'u').test(text) && text.length >= minLength && text.length <= maxLength;
        expect(fits).toBe(/^\d{6}$/.test(text) && !text.includes('\n'));
      }),
    );
  });

  test('A-13 a key that is gone or too short is an error, never a match', () => {
    const empty = asked({ key: '' });
    expect(() => provider.verify(contextAt(start), empty, { code: '328482' })).toThrow(
      expect.objectContaining({ code: 'ERR_SECRET_UNREADABLE' }),
    );
  });
});

describe('set-up', () => {
  test('I-03 makes a new key of 20 bytes each time', async () => {
    const [one, other] = [await provider.begin(contextAt(start)), await provider.begin(contextAt(start))];
    expect(decodeKey(one.data.key)).toHaveLength(20);
    expect(one.data.key).not.toBe(other.data.key);
    expect(one.setup.key).toBe(one.data.key);
    expect(new URL(one.setup.uri).searchParams.getAll('secret')).toEqual([one.data.key]);
  });

  test('I-04 the code of the set-up cannot be used again to sign in', () => {
    const code = codeOf(secret, now);
    const confirmed = provider.confirm(contextAt(start), { key }, { code });
    expect(confirmed).toEqual({ ok: true, data: { key }, counter: now });
    expect(answer(now, code)).toEqual({ ok: false, reason: 'replayed' });
  });

  test('I-04 the same where two steps share the code of the set-up', () => {
    const at = new Date(twinStep * 30_000);
    const confirmed = provider.confirm(contextAt(at), { key }, { code: codeOf(secret, twinStep) });
    expect(confirmed).toMatchObject({ ok: true, counter: twinStep });
  });

  test('a wrong code, or none begun, does not enrol', () => {
    const wrong = { code: codeOf(secret, now + 50) };
    expect(provider.confirm(contextAt(start), { key }, wrong)).toEqual({ ok: false, reason: 'wrong' });
    const right = { code: codeOf(secret, now) };
    expect(provider.confirm(contextAt(start), null, right)).toEqual({ ok: false, reason: 'wrong' });
  });

  test('the QR code is the address, with a quiet zone of four', async () => {
    const { uri, qr } = (await provider.begin(contextAt(start))).setup;
    expect(drawn(qr.path, qr.size)).toEqual(encode(uri, { ecc: 'L', boostEcc: true, border: 4 }).data);
    expect(drawn(qr.path, qr.size).slice(0, 4).flat()).not.toContain(true);
    expect(qr.path).toMatch(/^(M\d+ \d+h\d+v1h-\d+z)+$/);
  });

  test('A-79 the longest names still make a QR code', async () => {
    const wide = totp({ issuer: '👩'.repeat(64) });
    const { setup } = await wide.begin(contextAt(start, '👩'.repeat(2048)));
    expect(setup.qr.size).toBeLessThanOrEqual(177 + 8);
  });
});

/** The modules that a path fills. */
function drawn(path: string, size: number): boolean[][] {
  const modules = Array.from({ length: size }, () => Array.from({ length: size }, () => false));
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
    modules[Number(y)]?.fill(true, Number(x), Number(x) + Number(width));
  }
  return modules;
}

describe('options', () => {
  test.each(['', '   ', 'a:b', 'a\nb', '\ud800', 'x'.repeat(65), 7, undefined])(
    'issuer %j is refused',
    (issuer) => {
      expect(() => totp({ issuer: issuer as string })).toThrow(
        expect.objectContaining({ code: 'ERR_CONFIG_TOTP', message: expect.stringContaining('issuer') }),
      );
    },
  );

  test('an option that does not exist is named', () => {
    expect(() => totp({ issuer: 'Acme', digits: 8 } as { issuer: string })).toThrow(
      'totp() has no option digits',
    );
  });

  test('what was made cannot be changed', () => {
    expect(Object.isFrozen(provider)).toBe(true);
    expect(Object.isFrozen(provider.view.field)).toBe(true);
  });
});
