import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { event, everySort, now, secondsAgo } from '../../../../test/support/events.ts';
import { assess, strictest, type AuthenticationEvent, type Requirement } from './index.ts';

const ages = [0, 30, 60, 299, 300, 301, 900, -30, -3600];
const acrs = ['pwd', 'mfa', 'phr', 'phrh', 'unknown', 'MFA'];

const requirements: fc.Arbitrary<Requirement> = fc.record(
  {
    acr: fc.constantFrom(...acrs),
    amr: fc.subarray(['pwd', 'otp', 'hwk', 'mfa', 'none']),
    maxAge: fc.constantFrom(0, 60, 300, 900),
  },
  { requiredKeys: [] },
);
const sessions: fc.Arbitrary<AuthenticationEvent[]> = fc.array(
  fc.tuple(fc.constantFrom(...everySort), fc.constantFrom(...ages)).map(([sort, age]) => event(sort, age)),
  { maxLength: 5 },
);
const options = fc.constantFrom({}, { since: secondsAgo(45) });

describe('strictest', () => {
  test('I-12 never lets in what one of the two refuses', () => {
    fc.assert(
      fc.property(requirements, requirements, sessions, options, (a, b, events, how) => {
        fc.pre(assess(strictest(a, b), events, now, how).met);
        expect(assess(a, events, now, how).met && assess(b, events, now, how).met).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('asks no more than the two together, where the ages they ask for are of the same proof', () => {
    const sameProof = (a: Requirement, b: Requirement): boolean => {
      const { acr } = strictest(a, b);
      return [a, b].every((one) => one.maxAge === undefined || (one.acr ?? 'pwd') === (acr ?? 'pwd'));
    };
    fc.assert(
      fc.property(requirements, requirements, sessions, options, (a, b, events, how) => {
        fc.pre(sameProof(a, b));
        const both = assess(a, events, now, how).met && assess(b, events, now, how).met;
        expect(assess(strictest(a, b), events, now, how).met).toBe(both);
      }),
      { numRuns: 1000 },
    );
  });

  test('an age asked of any proof is asked of the level’s proof once the two are one', () => {
    const [level, age] = [{ acr: 'mfa' }, { maxAge: 300 }];
    const events = [event('totp', 900), event('pwd', 1)];
    expect([level, age, strictest(level, age)].map((one) => assess(one, events, now).met)).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('does not depend on the order, and repeating changes nothing', () => {
    const normal = ({ amr, ...rest }: Requirement): object => ({ ...rest, amr: amr?.toSorted() });
    fc.assert(
      fc.property(requirements, requirements, (a, b) => {
        fc.pre(a.acr === b.acr || !(['unknown', 'MFA'].includes(a.acr ?? '') && b.acr !== undefined));
        expect(normal(strictest(a, b))).toEqual(normal(strictest(b, a)));
        expect(normal(strictest(strictest(a, b), b))).toEqual(normal(strictest(a, b)));
      }),
    );
  });

  test.each<[Requirement, Requirement, Requirement]>([
    [{}, {}, {}],
    [{ acr: 'pwd' }, { acr: 'mfa' }, { acr: 'mfa' }],
    [{ acr: 'phrh' }, { acr: 'unknown' }, { acr: 'unknown' }],
    [{ maxAge: 300 }, { maxAge: 0 }, { maxAge: 0 }],
    [{ amr: ['pwd'] }, { amr: ['otp', 'pwd'] }, { amr: ['pwd', 'otp'] }],
    [{ acr: 'mfa' }, { maxAge: 60 }, { acr: 'mfa', maxAge: 60 }],
  ])('%j and %j: %j', (one, other, both) => expect(strictest(one, other)).toEqual(both));
});
