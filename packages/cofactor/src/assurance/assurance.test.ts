import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { event, everySort, now, secondsAgo, type Sort } from '../../../../test/support/events.ts';
import { assuranceOf } from './index.ts';

/*
 * NIST SP 800-63B-4 written down a second time, as lists of what is permitted: what they do not name is not.
 * Sharing no code with levels.ts is the point, so do not make them clever.
 */

/** 2.2.1: a multi-factor authenticator, or a password with one physical authenticator of another kind. */
const permittedAtAal2: readonly (readonly Sort[])[] = [
  ['syncedVerified'],
  ['keyVerified'],
  ['pwd', 'totp'],
  ['pwd', 'sms'],
  ['pwd', 'email'], // 3.1.3.1 forbids it; the profile `standard` lets it be
  ['pwd', 'recovery'],
  ['pwd', 'keyTouched'],
  ['pwd', 'syncedTouched'],
  ['external', 'totp'],
  ['external', 'sms'],
  ['external', 'email'],
  ['external', 'recovery'],
  ['external', 'keyTouched'],
  ['external', 'syncedTouched'],
];

/** 3.2.5.2: of those, the ones whose proof is bound to the verifier's name. */
const phishingResistant: readonly (readonly Sort[])[] = [
  ['syncedVerified'],
  ['keyVerified'],
  ['pwd', 'keyTouched'],
  ['pwd', 'syncedTouched'],
  ['external', 'keyTouched'],
  ['external', 'syncedTouched'],
];

/** 2.3.1: of those, the ones with a key that cannot be exported: by itself, or with a password. */
const permittedAtAal3: readonly (readonly Sort[])[] = [
  ['keyVerified'],
  ['pwd', 'keyTouched'],
  ['external', 'keyTouched'],
];

function expected(shown: readonly Sort[]): { acr: string | null; aal: number } {
  const has = (permitted: readonly (readonly Sort[])[]): boolean =>
    permitted.some((combination) => combination.every((sort) => shown.includes(sort)));
  if (has(permittedAtAal3)) return { acr: 'phrh', aal: 3 };
  if (has(phishingResistant)) return { acr: 'phr', aal: 2 };
  if (has(permittedAtAal2)) return { acr: 'mfa', aal: 2 };
  return shown.length > 0 ? { acr: 'pwd', aal: 1 } : { acr: null, aal: 0 };
}

/** The RFC 8176 values each sort leaves in `amr`. */
const methods: Record<Sort, readonly string[]> = {
  pwd: ['pwd'],
  totp: ['otp'],
  sms: ['sms'],
  email: ['otp'],
  recovery: ['otp'],
  keyTouched: ['hwk'],
  syncedTouched: ['swk'],
  keyVerified: ['hwk', 'user'],
  syncedVerified: ['swk', 'user'],
  external: [],
};

const subsets = Array.from({ length: 2 ** everySort.length }, (_, bits) =>
  everySort.filter((_sort, index) => bits & (1 << index)),
);

const acrOf = (...shown: Sort[]): string | null => assuranceOf(shown.map((sort) => event(sort))).acr;

describe('assuranceOf', () => {
  test('I-01 R-N03 the level of all 1024 combinations is what 800-63B-4 permits', () => {
    expect(subsets).toHaveLength(1024);
    const wrong = subsets.flatMap((shown) => {
      const { acr, aal } = assuranceOf(shown.map((sort) => event(sort)));
      const right = expected(shown);
      return acr === right.acr && aal === right.aal
        ? []
        : [`${shown.join('+')}: ${acr} AAL${aal}, not ${right.acr} AAL${right.aal}`];
    });
    expect(wrong).toEqual([]);
  });

  test('I-01 R-N03 amr names every method that was used, and mfa exactly from AAL2 on', () => {
    const wrong = subsets.flatMap((shown) => {
      const { amr } = assuranceOf(shown.map((sort) => event(sort)));
      const right = new Set(shown.flatMap((sort) => methods[sort]));
      if (expected(shown).aal >= 2) right.add('mfa');
      const same = amr.length === right.size && amr.every((value) => right.has(value));
      return same ? [] : [`${shown.join('+')}: ${amr.join()}, not ${[...right].join()}`];
    });
    expect(wrong).toEqual([]);
  });

  test.each<[string, Sort[]]>([
    ['a mailed code, then an authenticator app', ['email', 'totp']],
    ['a mailed code, then a message to the phone', ['email', 'sms']],
    ['a mailed code, then a recovery code', ['email', 'recovery']],
    ['a key that was only touched, then an authenticator app', ['keyTouched', 'totp']],
    ['a key that was only touched, then a mailed code', ['keyTouched', 'email']],
    ['a synced passkey without verification, then a recovery code', ['syncedTouched', 'recovery']],
    ['two keys that were only touched', ['keyTouched', 'syncedTouched']],
    ['an external sign-in, then a password', ['external', 'pwd']],
    ['the same password twice', ['pwd', 'pwd']],
    ['two codes of one app', ['totp', 'totp']],
  ])('A-17 two of one category are one factor: %s', (_name, shown) => {
    // Tracks: CVE-2024-45042
    expect(acrOf(...shown)).toBe('pwd');
  });

  test('neither the order of events nor repeating one changes anything', () => {
    fc.assert(
      fc.property(fc.subarray([...everySort], { minLength: 1 }), fc.nat(), (shown, at) => {
        const events = shown.map((sort, index) => event(sort, index * 10));
        const again = [...events.toReversed(), events[at % events.length] ?? event('pwd')];
        const [one, other] = [assuranceOf(events), assuranceOf(again)];
        expect({ ...other, amr: other.amr.toSorted() }).toEqual({ ...one, amr: one.amr.toSorted() });
      }),
    );
  });

  test('one more proof never lowers the level', () => {
    fc.assert(
      fc.property(fc.subarray([...everySort]), fc.constantFrom(...everySort), (shown, more) => {
        const before = assuranceOf(shown.map((sort) => event(sort)));
        const after = assuranceOf([...shown, more].map((sort) => event(sort)));
        expect(after.aal).toBeGreaterThanOrEqual(before.aal);
      }),
    );
  });

  test('I-12 an event that calls itself mfa gets no mfa for it', () => {
    const boastful = { ...event('external'), amr: ['pwd', 'mfa'] };
    expect(assuranceOf([boastful])).toMatchObject({ acr: 'pwd', aal: 1, amr: ['pwd'] });
  });

  test('auth_time is that of the newest proof which carries the level', () => {
    const events = [event('pwd', 3600), event('totp', 1800)];
    expect(assuranceOf(events).authTime).toEqual(secondsAgo(1800));
    expect(assuranceOf([...events, event('pwd')]).authTime, 'a password renews no code').toEqual(
      secondsAgo(1800),
    );
    expect(assuranceOf([...events, event('sms', 5)]).authTime).toEqual(secondsAgo(5));
    expect(assuranceOf([event('pwd', 7), event('pwd', 3)]).authTime).toEqual(secondsAgo(3));
  });

  test('nothing was proved: no level, no method, no time', () => {
    expect(assuranceOf([])).toEqual({ acr: null, amr: [], aal: 0, authTime: null });
  });

  test('a ladder of one’s own is climbed in the same way', () => {
    const level = (acr: string, aal: 1 | 2, least: number): Parameters<typeof assuranceOf>[1] => [
      { acr, aal, reached: (events) => events.length >= least, carriedBy: () => true },
    ];
    const ladder = [...(level('low', 1, 1) ?? []), ...(level('high', 2, 3) ?? [])];
    expect(assuranceOf([event('pwd')], ladder).acr).toBe('low');
    expect(assuranceOf([event('pwd'), event('pwd'), event('pwd')], ladder)).toMatchObject({
      acr: 'high',
      authTime: now,
    });
  });
});
