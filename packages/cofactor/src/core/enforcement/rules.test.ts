import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankOf } from '../../assurance/index.ts';
import { enforceableLevels, rulesOf, ruleText, wrongRule, type EnforcementRule } from './rule.ts';
import { demandsOn, dueNow, enforcedFor, isForced, type Subject } from './rules.ts';

const day = (n: number): Date => new Date(Date.UTC(2030, 0, 1 + n));
const rule = (part: Partial<EnforcementRule> = {}): EnforcementRule => ({
  id: 'r',
  acr: 'mfa',
  who: { everybody: true },
  from: day(10),
  graceDays: 5,
  note: '',
  ...part,
});
const somebody: Subject = { roles: ['clerk'], groups: ['finance'], createdAt: day(0), joined: [] };

/** `state acr due>ahead`, e.g. `due mfa>phr`. */
function said(rules: readonly EnforcementRule[], subject: Subject, now: Date): string {
  const { state, requirement, ahead } = enforcedFor(rules, subject, now);
  return `${state} ${requirement?.acr ?? '-'}>${ahead?.acr ?? '-'}`;
}

describe('what rules demand of somebody', () => {
  it.each([
    ['nothing without a rule', [], 20, 'none ->-'],
    ['announced until the day before', [rule()], 9.999, 'announced ->mfa'],
    ['in grace from the first moment on', [rule()], 10, 'grace ->mfa'],
    ['in grace to the last one', [rule()], 14.999, 'grace ->mfa'],
    ['due after that', [rule()], 15, 'due mfa>-'],
    ['due at once without grace', [rule({ graceDays: 0 })], 10, 'due mfa>-'],
    ['the strongest of several', [rule(), rule({ acr: 'phr' })], 20, 'due phr>-'],
    [
      'a stronger one ahead of a weaker one that is due',
      [rule({ graceDays: 0 }), rule({ acr: 'phr' })],
      12,
      'due mfa>phr',
    ],
    [
      'a weaker one ahead is no news',
      [rule({ acr: 'phr', graceDays: 0 }), rule({ acr: 'mfa' })],
      12,
      'due phr>-',
    ],
    [
      'what people are asked for before what is announced',
      [rule(), rule({ acr: 'phrh', from: day(30) })],
      12,
      'grace ->mfa',
    ],
  ] as const)('%s', (_title, rules, now, expected) => {
    expect(said(rules, somebody, day(now))).toBe(expected);
  });

  it.each([
    [{ roles: ['clerk'] }, true],
    [{ roles: ['boss', 'clerk'] }, true],
    [{ roles: ['Clerk'] }, false],
    [{ groups: ['finance'] }, true],
    [{ groups: ['clerk'] }, false],
    [{ clients: ['shop'] }, false],
  ] as const)('about %j: %s', (who, expected) => {
    expect(demandsOn([rule({ who })], somebody, day(20)).length === 1).toBe(expected);
  });

  it('is demanded at a client of whoever signs in there', () => {
    const rules = [rule({ who: { clients: ['shop'] } })];
    expect(dueNow(rules, { ...somebody, client: 'shop' }, day(20))).toEqual({ acr: 'mfa' });
    expect(dueNow(rules, { ...somebody, client: 'Shop' }, day(20))).toBeNull();
    // I-14: but anybody may sign in there, so nobody enrols first with a password alone.
    expect(isForced(rules, somebody, day(9))).toBe(false);
    expect(isForced(rules, somebody, day(10))).toBe(true);
  });

  it('gives who came later their own grace, and who came earlier no more', () => {
    expect(dueNow([rule()], { ...somebody, createdAt: day(14) }, day(18))).toBeNull();
    expect(dueNow([rule()], { ...somebody, createdAt: day(14) }, day(19))).toEqual({ acr: 'mfa' });
    expect(dueNow([rule({ graceDays: 0 })], { ...somebody, createdAt: day(14) }, day(14))).toEqual({
      acr: 'mfa',
    });
  });

  it('never asks for less as time goes by, or as rules are added; the short forms say the same as the long one', () => {
    const anyRule = fc.record({
      id: fc.constantFrom('a', 'b', 'c'),
      acr: fc.constantFrom(...enforceableLevels),
      who: fc.constantFrom<EnforcementRule['who']>(
        { everybody: true },
        { roles: ['clerk'] },
        { groups: ['other'] },
        { clients: ['shop'] },
      ),
      from: fc.integer({ min: 0, max: 30 }).map(day),
      graceDays: fc.integer({ min: 0, max: 10 }),
      note: fc.constant(''),
    });
    const height = (rules: readonly EnforcementRule[], subject: Subject, now: Date): number => {
      const due = dueNow(rules, subject, now);
      return due?.acr === undefined ? -1 : rankOf(due.acr);
    };
    fc.assert(
      fc.property(
        fc.array(anyRule, { maxLength: 5 }),
        anyRule,
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 0, max: 60 }),
        fc.constantFrom(undefined, 'shop'),
        (rules, more, one, other, client) => {
          const subject = { ...somebody, createdAt: day(3), ...(client !== undefined && { client }) };
          const [early, late] = [day(Math.min(one, other)), day(Math.max(one, other))];
          expect(height(rules, subject, late)).toBeGreaterThanOrEqual(height(rules, subject, early));
          expect(height([...rules, more], subject, late)).toBeGreaterThanOrEqual(
            height(rules, subject, late),
          );
          expect(enforcedFor(rules, subject, late).requirement).toEqual(dueNow(rules, subject, late));
          // Nothing is due of anybody who may still enrol with a password alone.
          if (height(rules, subject, late) >= 0) expect(isForced(rules, subject, late)).toBe(true);
        },
      ),
    );
  });
});

describe('a rule as it is stored', () => {
  it('comes back as it was, several of them too', () => {
    const rules = [rule({ note: 'with "quotes", and commas' }), rule({ id: 'b', who: { roles: ['a,b'] } })];
    expect(rulesOf(rules.map(ruleText).join(','))).toEqual(rules);
    expect(rules.map(wrongRule)).toEqual([null, null]);
  });

  it.each([
    '{',
    '{}',
    'null',
    '1',
    '{"id":"a"}',
    ruleText(rule()).replace('mfa', 'gold'),
    `${ruleText(rule())},{}`,
  ])('I-12 is an error and not no rule where it cannot be read: %s', (text) => {
    expect(() => rulesOf(text)).toThrow(expect.objectContaining({ code: 'ERR_STORE_BROKEN' }));
  });
});
