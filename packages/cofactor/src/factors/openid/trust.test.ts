import { describe, expect, test } from 'vitest';
import { now, secondsAgo } from '../../../../../test/support/events.ts';
import { assess, assuranceOf, unknownTime, type AuthenticationEvent } from '../../assurance/index.ts';
import {
  acrValuesFor,
  atBest,
  checkedTrust,
  reportsOf,
  worthOf,
  type TrustedLevel,
  type TrustRule,
} from './trust.ts';

const source = 'https://issuer.example';

const table: readonly TrustRule[] = checkedTrust([
  { claim: 'amr', value: 'mfa', level: 'mfa' },
  { claim: 'amr', value: 'hwk', level: 'phr' },
  { claim: 'acr', value: 'urn:two', level: 'mfa' },
  { claim: 'acr', value: 'phr', level: 'phr' },
  { claim: 'acr', value: 'phrh', level: 'phrh' },
]);

/** The events that the core makes of what is reported. */
function events(
  claims: Record<string, unknown>,
  at: Date = now,
  trust = table,
): readonly AuthenticationEvent[] {
  return reportsOf(worthOf(trust, claims), { at, source }).map((reported) => ({
    provider: 'acme-id',
    authenticator: 'aut_1',
    kind: 'know',
    amr: [],
    at,
    source,
    ...reported,
  }));
}

const pwd: AuthenticationEvent = {
  provider: 'password',
  authenticator: 'aut_2',
  kind: 'know',
  amr: ['pwd'],
  at: now,
};
const otp: AuthenticationEvent = {
  provider: 'totp',
  authenticator: 'aut_3',
  kind: 'have',
  amr: ['otp'],
  at: now,
};

describe('I-18 what an issuer says', () => {
  test.each<[string, Record<string, unknown>, TrustedLevel | null]>([
    ['nothing', {}, null],
    ['mfa in the list', { amr: ['pwd', 'mfa'] }, 'mfa'],
    ['mfa, anywhere in it', { amr: ['mfa', 'otp', 'pwd'] }, 'mfa'],
    ['two that count: the higher one', { amr: ['mfa', 'hwk'] }, 'phr'],
    ['an acr', { acr: 'urn:two' }, 'mfa'],
    ['acr and amr: the higher one', { acr: 'phrh', amr: ['mfa'] }, 'phrh'],
    ['an amr where an acr stands', { acr: 'mfa' }, null],
    ['an acr where an amr stands', { amr: ['urn:two'] }, null],
    // what does not fit exactly is not said at all.
    ['a text in place of the list', { amr: 'mfa' }, null],
    ['a text with the value in it', { amr: 'pwd mfa' }, null],
    ['an object with it', { amr: { 0: 'mfa', length: 1 } }, null],
    ['a list in the list', { amr: [['mfa']] }, null],
    ['something else in the list', { amr: ['mfa', 1] }, null],
    ['nothing in the list', { amr: ['mfa', null] }, null],
    ['other letters', { amr: ['MFA'] }, null],
    ['a space', { amr: ['mfa '] }, null],
    ['a longer word', { amr: ['mfa2', 'nomfa'] }, null],
    ['several in one', { amr: ['pwd mfa'] }, null],
    ['a list of acr', { acr: ['urn:two'] }, null],
    ['several acr in one', { acr: 'urn:two phr' }, null],
    ['an acr in other letters', { acr: 'URN:TWO' }, null],
    ['the beginning of an acr', { acr: 'urn:tw' }, null],
    ['true', { amr: true, acr: true }, null],
    ['names that every object has', { acr: 'constructor', amr: ['__proto__', 'toString'] }, null],
  ])('%s', (_what, claims, level) => {
    expect(worthOf(table, claims).level).toBe(level);
    expect(assuranceOf(events(claims)).acr).toBe(level ?? 'pwd');
  });

  test('without a table nothing counts beyond a first factor', () => {
    for (const claims of [{ amr: ['mfa', 'hwk'] }, { acr: 'phrh' }]) {
      expect(assuranceOf(events(claims, now, []))).toMatchObject({ acr: 'pwd', aal: 1, amr: ['ext'] });
    }
  });

  test('amr has a private value, and what the table names: never more, and never what is derived', () => {
    const all = { amr: ['pwd', 'mfa', 'hwk', 'user', 'face'] };
    expect(assuranceOf(events(all)).amr).toEqual(['ext', 'hwk', 'mfa']);
    const boastful = checkedTrust([{ claim: 'amr', value: 'user', level: 'mfa' }]);
    expect(assuranceOf(events(all, now, boastful)).amr).toEqual(['ext', 'mfa']);
  });
});

describe('the events of an external sign-in', () => {
  test('are one factor, which a password does not make two of, and a possession does', () => {
    const first = events({});
    expect(first).toHaveLength(1);
    expect(assuranceOf([...first, pwd]).acr).toBe('pwd');
    expect(assuranceOf([...first, otp])).toMatchObject({ acr: 'mfa', amr: ['ext', 'otp', 'mfa'] });
  });

  test('are two where the issuer is trusted with that, of two kinds, both from there', () => {
    const both = events({ acr: 'urn:two' });
    expect(both.map(({ kind, source: from }) => [kind, from])).toEqual([
      ['know', source],
      ['have', source],
    ]);
    expect(assuranceOf(both)).toMatchObject({ acr: 'mfa', aal: 2, authTime: now });
    expect(both.some(({ phishingResistant }) => phishingResistant)).toBe(false);
  });

  test('reach the level of the table and none above it', () => {
    expect(assuranceOf(events({ acr: 'phr' }))).toMatchObject({ acr: 'phr', aal: 2 });
    expect(assuranceOf(events({ acr: 'phrh' }))).toMatchObject({ acr: 'phrh', aal: 3 });
  });

  test('have the time at which they were made over there, and are fresh by it', () => {
    const old = events({ acr: 'urn:two' }, secondsAgo(1000));
    expect(assess({ acr: 'mfa', maxAge: 900 }, old, now).met).toBe(false);
    expect(assess({ acr: 'mfa', maxAge: 1100 }, old, now).met).toBe(true);
    // A password that is typed here does not make the second factor over there newer.
    expect(assess({ acr: 'mfa', maxAge: 900 }, [...old, pwd], now).met).toBe(false);
  });

  test('A-47 of a time that nobody knows are never fresh, and have no auth_time', () => {
    const unknown = events({ acr: 'urn:two' }, unknownTime);
    expect(assuranceOf(unknown)).toMatchObject({ acr: 'mfa', authTime: null });
    for (const maxAge of [0, 1, 900, Number.MAX_SAFE_INTEGER]) {
      expect(assess({ acr: 'mfa', maxAge }, unknown, now).met).toBe(false);
      expect(assess({ acr: 'mfa', maxAge }, unknown, now, { since: unknownTime }).met).toBe(false);
    }
    expect(assess({ acr: 'mfa' }, unknown, now).met).toBe(true);
  });
});

describe('what the issuer is asked for', () => {
  test.each([
    [undefined, undefined],
    ['pwd', undefined],
    ['mfa', 'urn:two phr phrh'],
    ['phr', 'phr phrh'],
    ['phrh', 'phrh'],
    ['unheard-of', undefined],
  ])('for %s: %s', (wanted, asked) => {
    expect(acrValuesFor(table, wanted)).toBe(asked);
    expect(acrValuesFor([], wanted)).toBeUndefined();
  });

  test('is offered for as much as an acr can bring, and an amr that comes by itself for nothing', () => {
    expect(atBest(table, source)?.map(({ kind }) => kind)).toEqual(['know', 'have']);
    expect(atBest(table, source)?.[1]).toMatchObject({ phishingResistant: true, hardwareProtected: true });
    expect(atBest([{ claim: 'amr', value: 'mfa', level: 'mfa' }], source)).toBeUndefined();
  });
});

describe('the table', () => {
  test.each<[string, unknown]>([
    ['no list', { claim: 'acr', value: 'x', level: 'mfa' }],
    ['a claim that nothing is read from', [{ claim: 'sub', value: 'x', level: 'mfa' }]],
    ['a level that is no trust', [{ claim: 'acr', value: 'x', level: 'pwd' }]],
    ['a level that there is not', [{ claim: 'acr', value: 'x', level: 'aal3' }]],
    ['an empty value', [{ claim: 'acr', value: '', level: 'mfa' }]],
    ['several values in one', [{ claim: 'acr', value: 'a b', level: 'mfa' }]],
    ['a number', [{ claim: 'acr', value: 1, level: 'mfa' }]],
    ['a pattern', [{ claim: 'acr', value: /x/, level: 'mfa' }]],
    ['something more', [{ claim: 'acr', value: 'x', level: 'mfa', prefix: true }]],
    ['nothing', [null]],
    [
      'the same twice',
      [
        { claim: 'acr', value: 'x', level: 'mfa' },
        { claim: 'acr', value: 'x', level: 'phr' },
      ],
    ],
  ])('is refused with %s', (_what, given) => {
    expect(() => checkedTrust(given as never)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_OPENID' }) as Error,
    );
  });
});
