import { describe, expect, test } from 'vitest';
import { assuranceOf, decide, requireAcr, requireClaim, requireMfa } from 'cofactor/assurance';
import { authTimeOf, dialects, eventsOf, extendDialect, type Dialect } from 'cofactor/oidc-client';
import { makeClaims, seeded, shapes } from '../support/claims.ts';
import { referenceAnswer, type ReferenceAnswer } from '../support/claims-reference.ts';
import { now } from '../support/events.ts';

const issuer = 'https://issuer.example';

/** Rules of every kind, and values that are names of things in JavaScript. */
const custom: Dialect = {
  name: 'custom',
  says: [
    { claim: 'acr', value: 'urn:two', level: 'mfa' },
    { claim: 'acr', value: 'phr', level: 'phr' },
    { claim: 'acr', value: 'phrh', level: 'phrh' },
    { claim: 'amr', value: 'otp', level: 'mfa' },
    { claim: 'amr', value: 'hwk', level: 'phr' },
    { claim: 'amr', value: '__proto__', level: 'mfa' },
    { claim: 'acrs', value: 'c1', level: 'mfa' },
    { claim: 'acrs', value: 'c3', level: 'phrh' },
    { claim: 'acrs', value: 'constructor', level: 'phr' },
  ],
};

const tenant = extendDialect(dialects.entra, { says: [{ claim: 'acrs', value: 'c1', level: 'mfa' }] });

const spoken: readonly Dialect[] = [...Object.values({ ...dialects }), custom, tenant];

/** Whatever any of them understands, so that each hears the words of the others too. */
const words = [...new Set(spoken.flatMap(({ says }) => says.map(({ value }) => value)))];

const policies = {
  mfa: requireMfa(),
  freshMfa: requireMfa({ maxAge: 900 }),
  amrMfa: requireClaim('amr', 'mfa'),
  phr: requireAcr('phr'),
};

function answer(claims: Record<string, unknown>, dialect: Dialect): ReferenceAnswer {
  const events = eventsOf(claims, dialect, now, issuer);
  const { acr, amr, authTime } = assuranceOf(events);
  const told = authTimeOf(claims, now);
  const allowed = (policy: keyof typeof policies): boolean => {
    const decision = decide(policies[policy], { events, roles: [], now });
    return !(decision instanceof Promise) && decision.allowed;
  };
  return {
    acr: acr as ReferenceAnswer['acr'],
    amr,
    authTime: authTime?.getTime() ?? null,
    told: told instanceof Date ? told.getTime() : told,
    decisions: {
      mfa: allowed('mfa'),
      freshMfa: allowed('freshMfa'),
      amrMfa: allowed('amrMfa'),
      phr: allowed('phr'),
    },
  };
}

describe('I-20 what an issuer says, compared with a second reading of it', () => {
  const runs = 15_000;
  const seen = new Set<string>();
  const differences: unknown[] = [];
  const counts = new Map<string, Record<string, number>>(spoken.map(({ name }) => [name, {}]));

  test(`${runs} sets of claims, honest and hostile, mean the same to both in ${spoken.length} dialects`, () => {
    const random = seeded(20_261_122);
    for (let run = 0; run < runs; run += 1) {
      const { what, claims } = makeClaims(random, words, now.getTime());
      for (const kind of what) seen.add(kind);
      for (const dialect of spoken) {
        const expected = referenceAnswer(claims, dialect.says, now.getTime());
        const found = answer(claims, dialect);
        count(counts.get(dialect.name) ?? {}, expected);
        if (JSON.stringify(found) !== JSON.stringify(expected) && differences.length < 3) {
          differences.push({ run, dialect: dialect.name, what, found, expected });
        }
      }
    }
    expect(differences).toEqual([]);
  }, 120_000);

  test('and every shape came up, as did both answers to every question', () => {
    expect(shapes.filter((shape) => !seen.has(shape))).toEqual([]);
    for (const { name, says } of spoken) {
      const { mfa = 0, freshMfa = 0, phr = 0, timed = 0 } = counts.get(name) ?? {};
      const levels = new Set(says.map(({ level }) => level));
      expect({ name, mfa: mfa > 300, fresh: freshMfa > 100 }).toEqual({
        name,
        mfa: says.length > 0,
        fresh: says.length > 0,
      });
      expect({ name, phr: phr > 300 }).toEqual({ name, phr: levels.has('phr') || levels.has('phrh') });
      expect(mfa).toBeLessThan(runs / 2);
      expect(timed).toBeGreaterThan(runs / 4);
    }
  });
});

function count(counts: Record<string, number>, { decisions, authTime }: ReferenceAnswer): void {
  for (const [name, allowed] of Object.entries({ ...decisions, timed: authTime !== null })) {
    if (allowed) counts[name] = (counts[name] ?? 0) + 1;
  }
}

const seconds = now.getTime() / 1000;
const letsIn = (claims: Record<string, unknown>, dialect: Dialect): ReferenceAnswer['decisions'] =>
  answer(claims, dialect).decisions;
const nobody = { mfa: false, freshMfa: false, amrMfa: false, phr: false };
const everyDialect = spoken.map((dialect) => [dialect.name, dialect] as const);

describe('A-145 an id_token that does not say how', () => {
  test.each(everyDialect)('is one factor to %s, however new it is', (_, dialect) => {
    expect(letsIn({ auth_time: seconds }, dialect)).toEqual(nobody);
    expect(answer({ auth_time: seconds }, dialect)).toMatchObject({ acr: 'pwd', amr: [] });
  });

  test.each([
    ['a text', 'mfa'],
    ['a list in text', '["mfa"]'],
    ['a list in a list', [['mfa']]],
    ['a list with a number', ['mfa', 1]],
    ['a list with null', ['mfa', null]],
    ['an object', { mfa: true }],
    ['true', true],
  ])('and one that says it in no list of texts says nothing: %s', (_, amr) => {
    expect(letsIn({ amr, auth_time: seconds }, dialects.auth0)).toEqual(nobody);
  });

  test.each([
    ['MFA'],
    ['Mfa'],
    ['mfa '],
    [' mfa'],
    ['mfa2'],
    ['nomfa'],
    ['mfa,pwd'],
    ['m\u200bfa'],
    ['mf\u0430'],
  ])('nor does one that says it almost: %j', (value) => {
    expect(letsIn({ amr: [value], acr: value, auth_time: seconds }, dialects.cofactor)).toEqual(nobody);
  });

  test('what a prototype says is not said', () => {
    const claims = JSON.parse(`{"__proto__":{"amr":["mfa"],"acr":"mfa"},"auth_time":${seconds}}`) as object;
    expect(letsIn({ ...claims }, dialects.cofactor)).toEqual(nobody);
    expect(letsIn(Object.create({ amr: ['mfa'], acr: 'mfa' }) as never, dialects.cofactor)).toEqual(nobody);
  });
});

describe('A-147 the place in the list', () => {
  const methods = ['pwd', 'otp', 'mfa'];
  test.each([0, 1, 2])('makes no difference: turned by %i', (by) => {
    const amr = [...methods.slice(by), ...methods.slice(0, by)];
    expect(letsIn({ amr, auth_time: seconds }, dialects.duende)).toEqual({
      mfa: true,
      freshMfa: true,
      amrMfa: true,
      phr: false,
    });
  });

  test('nor does that of a value that raises the level further, or how often something is said', () => {
    const amr = ['hwk', 'pwd', 'hwk', 'otp', 'pwd'];
    expect(answer({ amr }, custom)).toMatchObject({ acr: 'phr', amr: ['hwk', 'pwd', 'otp', 'mfa'] });
    expect(answer({ amr: amr.toReversed() }, custom)).toMatchObject({ acr: 'phr' });
  });
});

describe('A-151 the time of the sign-in', () => {
  const freshly = (auth_time: unknown): boolean =>
    letsIn({ amr: ['mfa'], auth_time }, dialects.okta).freshMfa;

  test.each([
    ['now', 0, true],
    ['900 seconds ago', -900, true],
    ['901 seconds ago', -901, false],
    ['59 seconds ahead', 59, true],
    ['60 seconds ahead', 60, true],
    ['61 seconds ahead', 61, false],
    ['half a second ago', -0.5, true],
  ])('%s', (_, offset, expected) => {
    expect(freshly(seconds + offset)).toBe(expected);
  });

  test.each<[string, unknown, ReturnType<typeof authTimeOf>]>([
    ['missing', undefined, 'missing'],
    ['a text', String(seconds), 'malformed'],
    ['milliseconds', seconds * 1000, 'future'],
    ['negative', -1, 'malformed'],
    ['NaN', NaN, 'malformed'],
    ['Infinity', Infinity, 'malformed'],
    ['a list', [seconds], 'malformed'],
    ['null', null, 'malformed'],
    ['a date', now, 'malformed'],
  ])('%s is never fresh, and the MFA itself is not doubted', (_, auth_time, told) => {
    expect(freshly(auth_time)).toBe(false);
    expect(letsIn({ amr: ['mfa'], auth_time }, dialects.okta).mfa).toBe(true);
    expect(authTimeOf({ auth_time }, now)).toEqual(told);
  });

  test('a clock that has no time believes nothing', () => {
    expect(authTimeOf({ auth_time: seconds }, new Date(NaN))).toBe('future');
  });
});
