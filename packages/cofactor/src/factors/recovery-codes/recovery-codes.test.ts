import { createHmac, randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FactorContext } from '../../core/provider.ts';
import { asked, contextOf } from '../../../../../test/support/provider.ts';
import { makeCodes, normaliseCode } from './code.ts';
import { recoveryCodes } from './index.ts';

const provider = recoveryCodes();

function contextWith(keys: readonly string[]): FactorContext {
  return contextOf({
    user: { id: 'u1', identifier: 'ada@example.org' },
    now: new Date(1_700_000_000_000),
    random: (length) => randomBytes(length),
    hashes: (value) => keys.map((key) => createHmac('sha256', key).update(`u1:${value}`).digest('hex')),
  });
}

const context = contextWith(['new', 'old']);
const stored = asked({});

describe('codes', () => {
  test('are ten, all different, in three groups of letters that are not mistaken', () => {
    const { setup } = provider.begin(context);
    expect(new Set(setup.codes).size).toBe(10);
    for (const code of setup.codes) {
      expect(code).toMatch(/^[a-km-np-z2-9]{4}-[a-km-np-z2-9]{4}-[a-km-np-z2-9]{5}$/);
    }
  });

  test('R-N23 use every bit: each of 32 letters is equally likely', () => {
    const all = Uint8Array.from({ length: 256 * 13 }, (_, index) => index % 256);
    const letters = makeCodes(256, () => all)
      .join('')
      .replaceAll('-', '');
    const counts = new Map<string, number>();
    for (const letter of letters) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    expect(counts.size).toBe(32);
    expect(new Set(counts.values())).toEqual(new Set([104]));
  });

  test('are read in any case, with hyphens and spaces anywhere', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 13, maxLength: 13 }),
        fc.infiniteStream(fc.nat(5)),
        (bytes, whims) => {
          const [shown = ''] = makeCodes(1, () => bytes);
          const typed = [...shown]
            .map((letter) => {
              const whim = whims.next().value ?? 0;
              return whim === 0 ? letter.toUpperCase() : whim === 1 ? `${letter} ` : letter;
            })
            .join('');
          expect(normaliseCode(typed)).toBe(shown.replaceAll('-', ''));
        },
      ),
    );
  });

  test.each([
    '',
    'abcd-efgh-ijkm',
    'abcd-efgh-ijkmnp',
    'abcd-efgh-ijkm0',
    'abcd-efgh-ijkml',
    'abcd-efgh-ijkmn\n',
    'abcd‐efgh‐ijkmn',
    'abcd-efgh-ij\u212amn',
    'ａbcd-efgh-ijkmn',
    '-'.repeat(100),
    ['abcd-efgh-ijkmn'],
    null,
  ])('A-31 %j is no code', (typed) => {
    expect(normaliseCode(typed as string)).toBeNull();
    expect(provider.verify(context, stored, { code: typed as string })).toEqual({
      ok: false,
      reason: 'wrong',
    });
  });
});

describe('enrolment', () => {
  test('I-05 hands out codes and keeps hashes, with the newest key only', () => {
    const { data, setup } = provider.begin(context);
    expect(data.hashes).toEqual(
      setup.codes.map((code) => contextWith(['new']).hashes(code.replaceAll('-', ''))[0]),
    );
    const kept = JSON.stringify(provider.confirm(context, data, { saved: true }));
    for (const code of setup.codes) {
      expect(kept).not.toContain(code);
      expect(kept).not.toContain(code.replaceAll('-', ''));
    }
  });

  test('leaves nothing in the authenticator itself', () => {
    const { data } = provider.begin(context);
    expect(provider.confirm(context, data, { saved: true })).toEqual({
      ok: true,
      data: {},
      lookups: data.hashes,
    });
  });

  test('needs the word that they are saved, and something begun', () => {
    const { data } = provider.begin(context);
    expect(provider.confirm(context, data, { saved: false } as unknown as { saved: true }).ok).toBe(false);
    expect(provider.confirm(context, null, { saved: true }).ok).toBe(false);
    expect(provider.confirm(context, {}, { saved: true }).ok).toBe(false);
  });

  test('I-12 without a key to hash with there are no codes', () => {
    expect(() => provider.begin(contextWith([]))).toThrow(
      expect.objectContaining({ code: 'ERR_KEY_UNKNOWN' }),
    );
  });
});

describe('sign-in', () => {
  test('I-04 A-51 leaves the spending to the core, with the hash of every key', () => {
    const { data, setup } = provider.begin(contextWith(['old']));
    const verdict = provider.verify(context, stored, { code: setup.codes[3]?.toUpperCase() ?? '' });
    expect(verdict).toMatchObject({ ok: true });
    expect('spend' in verdict && verdict.spend).toHaveLength(2);
    expect('spend' in verdict && verdict.spend?.filter((hash) => data.hashes?.includes(hash))).toHaveLength(
      1,
    );
  });

  test('A-17 R-P01 proves something one has, under a name of its own', () => {
    expect(provider.proves).toEqual({ kind: 'have', amr: ['rec'] });
    expect(provider.usage).toBe('recovery');
  });
});

test.each([[{ count: 7 }], [{ count: 21 }], [{ count: 10.5 }], [{ length: 4 }]])(
  'options %j are refused',
  (options) => {
    expect(() => recoveryCodes(options as object)).toThrow(
      expect.objectContaining({
        code: 'ERR_CONFIG_RECOVERY_CODES',
        message: expect.stringContaining(Object.keys(options)[0] ?? ''),
      }),
    );
  },
);
