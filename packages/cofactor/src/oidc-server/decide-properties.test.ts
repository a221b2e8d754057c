import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { event, everySort, now, secondsAgo, type Sort } from '../../../../test/support/events.ts';
import { assuranceOf, rankOf } from '../assurance/index.ts';
import type { Asked } from './asked.ts';
import { decide, type Decision, type Situation } from './decide.ts';

/* What holds of every decision, whatever is asked and whatever was proved. */

const ladder = ['pwd', 'mfa', 'phr', 'phrh'] as const;
const level = fc.constantFrom(...ladder);
const levels = fc.uniqueArray(level, { maxLength: 3 });
const ages = [0, 5, 30, 60, 599, 600, 601, 1200, 90_000] as const;
const proof = fc.record({ sort: fc.constantFrom(...everySort), age: fc.constantFrom(...ages) });
const proofs = fc.array(proof, { maxLength: 5 });
const asking: fc.Arbitrary<Asked> = fc.record({
  essential: fc.option(levels),
  voluntary: levels,
  minimum: fc.option(level),
  maxAge: fc.option(fc.constantFrom(5, 60, 600, 86_400)),
  anew: fc.boolean(),
  selectAccount: fc.boolean(),
  subject: fc.option(fc.constantFrom('usr_1', 'usr_2')),
});
const circumstances = fc.record({
  since: fc.option(fc.constantFrom(...ages).map(secondsAgo)),
  final: fc.boolean(),
  selected: fc.boolean(),
  enforced: fc.option(
    fc.record(
      {
        acr: level,
        amr: fc.constantFrom(['otp'], ['hwk', 'user'], []),
        maxAge: fc.constantFrom(5, 600, 86_400),
      },
      { requiredKeys: [] },
    ),
  ),
});

interface Try {
  readonly asked: Asked;
  readonly shown: readonly { readonly sort: Sort; readonly age: number }[];
  readonly rest: Partial<Situation>;
}
const tries: fc.Arbitrary<Try> = fc.record({ asked: asking, shown: proofs, rest: circumstances });

function run({ asked, shown, rest }: Try, more: Partial<Asked> = {}): Decision {
  const events = shown.map(({ sort, age }) => event(sort, age));
  const session = { userId: 'usr_1', events };
  return decide({ ...asked, ...more }, { session, now, since: null, final: false, ...rest });
}

/** How many were let through, of tries in which this holds for each that was. */
function whereItPasses(
  holds: (standing: Extract<Decision, { do: 'pass' }>['standing'], one: Try) => void,
): number {
  let passed = 0;
  fc.assert(
    fc.property(tries, (one) => {
      const decision = run(one);
      if (decision.do !== 'pass') return;
      passed += 1;
      holds(decision.standing, one);
    }),
    { numRuns: 5000 },
  );
  return passed;
}

/** Whether something shown then is new enough: lately, or for this request in the last minute; anew, not before it came. */
function countsAt({ asked, rest }: Try): (at: Date) => boolean {
  const { since = null, enforced } = rest;
  const maxAge = Math.min(asked.maxAge ?? Infinity, enforced?.maxAge ?? Infinity);
  return (at) => {
    const age = (now.getTime() - at.getTime()) / 1000;
    const isSince = since !== null && at >= since;
    return asked.anew ? isSince && age <= Math.max(maxAge, 60) : age <= maxAge || (isSince && age <= 60);
  };
}

/** Fewer than this say nothing. */
const enough = 200;

describe('decide: whatever is asked', () => {
  test('I-19 nobody is told a level below the client’s minimum, or below what the house asks', () => {
    const passed = whereItPasses(({ acr }, { asked, rest }) => {
      for (const least of [asked.minimum, rest.enforced?.acr]) {
        if (typeof least === 'string') expect(rankOf(acr)).toBeGreaterThanOrEqual(rankOf(least));
      }
    });
    expect(passed).toBeGreaterThan(enough);
  });

  test('I-19 where levels are essential, no other one is told', () => {
    const passed = whereItPasses(({ acr }, { asked }) => {
      if (asked.essential !== null) expect(asked.essential).toContain(acr);
    });
    expect(passed).toBeGreaterThan(enough);
  });

  test('what the house asks to be among the methods is', () => {
    const passed = whereItPasses(({ amr }, { rest }) => {
      expect(amr).toEqual(expect.arrayContaining([...(rest.enforced?.amr ?? [])]));
    });
    expect(passed).toBeGreaterThan(enough);
  });

  test('I-19 what is told was proved: the level, the methods, and the time', () => {
    const passed = whereItPasses(({ acr, amr, authTime }, { shown }) => {
      const events = shown.map(({ sort, age }) => event(sort, age));
      const all = assuranceOf(events);
      expect(rankOf(acr)).toBeLessThanOrEqual(rankOf(all.acr ?? ''));
      expect(all.amr).toEqual(expect.arrayContaining([...amr]));
      expect(events.map(({ at }) => at.getTime())).toContain(authTime?.getTime());
    });
    expect(passed).toBeGreaterThan(enough);
  });

  test('I-19 the methods that are told make the level that is told', () => {
    const passed = whereItPasses(({ acr, amr }) => {
      if (acr !== 'pwd') expect(amr).toContain('mfa');
      if (acr === 'phr') expect(amr.includes('swk') || amr.includes('hwk')).toBe(true);
      if (acr === 'phrh') expect(amr).toContain('hwk');
    });
    expect(passed).toBeGreaterThan(enough);
  });

  test('I-19 no age is exceeded, but for the minute that it takes to go back', () => {
    const passed = whereItPasses(({ authTime }, one) => {
      if (authTime === null) throw new Error('everything here has a time');
      expect(countsAt(one)(authTime)).toBe(true);
    });
    expect(passed).toBeGreaterThan(enough);
  });

  test('I-19 no method of something one has is told that was shown too long ago', () => {
    const passed = whereItPasses(({ amr }, one) => {
      const { asked, shown } = one;
      const counts = countsAt(one);
      const methods = (some: Try['shown']): readonly string[] => some.flatMap(({ sort }) => event(sort).amr);
      const recent = methods(shown.filter(({ age }) => counts(secondsAgo(age))));
      const known = asked.anew ? [] : methods(shown.filter(({ sort }) => event(sort).kind === 'know'));
      // `user` and `mfa` are worked out of what there is.
      const told = amr.filter((method) => method !== 'user' && method !== 'mfa');
      expect(told.toSorted()).toEqual([...new Set([...recent, ...known])].toSorted());
    });
    expect(passed).toBeGreaterThan(enough);
  });

  test('nobody passes as somebody else', () => {
    const passed = whereItPasses((_standing, { asked }) => expect(asked.subject ?? 'usr_1').toBe('usr_1'));
    expect(passed).toBeGreaterThan(enough);
  });

  test('one more proof never turns a pass into anything else', () => {
    let passed = 0;
    fc.assert(
      fc.property(tries, proof, fc.nat(), (one, more, at) => {
        if (run(one).do !== 'pass') return;
        passed += 1;
        const place = at % (one.shown.length + 1);
        expect(run({ ...one, shown: one.shown.toSpliced(place, 0, more) }).do).toBe('pass');
      }),
      { numRuns: 5000 },
    );
    expect(passed).toBeGreaterThan(enough);
  });

  test('asking more never lets through whom asking less does not', () => {
    let held = 0;
    fc.assert(
      fc.property(tries, level, fc.constantFrom(5, 60, 600), (one, minimum, maxAge) => {
        if (run(one).do === 'pass') return;
        held += 1;
        const { asked } = one;
        const higher = asked.minimum === null || rankOf(minimum) > rankOf(asked.minimum) ? { minimum } : {};
        for (const more of [
          higher,
          { maxAge: Math.min(asked.maxAge ?? maxAge, maxAge) },
          { anew: true },
          { subject: 'usr_2' },
        ]) {
          // Below a minimum a wish is none, so that asking for that much is asking for less of the other.
          const isWish = 'minimum' in more && asked.voluntary.length > 0 && asked.essential === null;
          if (!isWish) expect(run(one, more).do).not.toBe('pass');
        }
      }),
      { numRuns: 3000 },
    );
    expect(held).toBeGreaterThan(enough);
  });

  test('the end is the end: there is a code or an error', () => {
    fc.assert(
      fc.property(tries, (one) => {
        const decision = run({ ...one, rest: { ...one.rest, final: true } });
        expect(['pass', 'refuse']).toContain(decision.do);
      }),
      { numRuns: 3000 },
    );
  });

  test('who passes on the way passes at the end with the same', () => {
    const passed = whereItPasses((standing, one) => {
      expect(run({ ...one, rest: { ...one.rest, final: true } })).toEqual({ do: 'pass', standing });
    });
    expect(passed).toBeGreaterThan(enough);
  });

  test('who is asked for a wish only can decline, and who is asked for more cannot', () => {
    let asked = 0;
    fc.assert(
      fc.property(tries, (one) => {
        const decision = run({ ...one, rest: { ...one.rest, final: false } });
        if (decision.do !== 'step-up') return;
        asked += 1;
        const end = run({ ...one, rest: { ...one.rest, final: true } });
        expect(end.do).toBe(decision.optional ? 'pass' : 'refuse');
      }),
      { numRuns: 3000 },
    );
    expect(asked).toBeGreaterThan(enough);
  });

  test('no step-up asks for less than the minimum, or for what is not essential', () => {
    fc.assert(
      fc.property(tries, (one) => {
        const decision = run(one);
        if (decision.do !== 'step-up') return;
        const { asked, rest } = one;
        for (const wanted of decision.wanted) {
          expect(asked.essential ?? [wanted]).toContain(wanted);
          for (const least of [asked.minimum, rest.enforced?.acr]) {
            if (typeof least === 'string') expect(rankOf(wanted)).toBeGreaterThanOrEqual(rankOf(least));
          }
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('the order of proofs changes nothing but that of the methods', () => {
    fc.assert(
      fc.property(tries, (one) => {
        const sorted = (decision: Decision): unknown =>
          decision.do === 'pass' ? { ...decision.standing, amr: decision.standing.amr.toSorted() } : decision;
        expect(sorted(run({ ...one, shown: one.shown.toReversed() }))).toEqual(sorted(run(one)));
      }),
      { numRuns: 2000 },
    );
  });
});
