import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  askedOf,
  malformedParameter,
  withTerms,
  type Asked,
  type AskedParameters,
  type ClientTerms,
} from './asked.ts';

const anyClient: ClientTerms = { minimumAcr: null, maxAge: null };
const nothing: Asked = {
  essential: null,
  voluntary: [],
  minimum: null,
  maxAge: null,
  anew: false,
  selectAccount: false,
  subject: null,
};

const claimsOf = (claims: unknown): AskedParameters => ({ claims: JSON.stringify(claims) });
const acrClaim = (acr: unknown, part = 'id_token'): AskedParameters => claimsOf({ [part]: { acr } });

describe('malformedParameter', () => {
  test.each<AskedParameters>([
    {},
    { acr_values: 'mfa' },
    { acr_values: 'phr mfa pwd' },
    { acr_values: 'http://schemas.openid.net/pape/policies/2007/06/multi-factor' },
    // Not levels of ours, and no fault of the request.
    { acr_values: 'mfa,pwd' },
    { acr_values: 'mfa%20' },
    { acr_values: '__proto__' },
    { acr_values: Array.from({ length: 20 }, () => 'x'.repeat(200)).join(' ') },
    { max_age: '0' },
    { max_age: '600' },
    { max_age: '999999999' },
    { prompt: 'login' },
    { claims: '{}' },
    claimsOf({ id_token: {}, userinfo: {} }),
    claimsOf({ id_token: { acr: null, email: null, sub: { value: 'usr_1' } } }),
    claimsOf({ userinfo: { email: { essential: true, value: 1 } }, verified_claims: [] }),
    acrClaim({}),
    acrClaim({ essential: false, value: 'mfa', values: ['phr', 'gold'], more: 1 }),
  ])('takes %j', (parameters) => expect(malformedParameter(parameters)).toBeNull());

  test.each([
    ['an empty one', ''],
    ['a space at the end', 'mfa '],
    ['a space at the beginning', ' mfa'],
    ['two spaces', 'mfa  phr'],
    ['a space only', ' '],
    ['a tab', 'mfa\tphr'],
    ['a line end', 'mfa\nphr'],
    ['a line end at the end', 'mfa\n'],
    ['a NUL', 'mfa\0'],
    ['a DEL', 'mfa\x7f'],
    ['quotation marks', '"mfa"'],
    ['a backslash', 'mf\\a'],
    ['a no-break space', 'mfa\u00a0phr'],
    ['letters of another alphabet', 'm\u0444a'],
    ['10 kB in one', 'x'.repeat(10_000)],
    ['one letter too many', 'x'.repeat(201)],
    ['10 kB in many', 'mfa '.repeat(2500).trim()],
    ['one too many', Array.from({ length: 21 }, () => 'mfa').join(' ')],
    ['a list', ['mfa']],
    ['a number', 1],
    ['null', null],
  ])('I-24 refuses acr_values with %s', (_what, value) => {
    expect(malformedParameter({ acr_values: value })).toMatch(/^acr_values takes/);
  });

  const wrongAges = [
    'abc',
    '-1',
    '-0',
    '1e1',
    '0x10',
    '+5',
    '1.5',
    ' 5',
    '5 ',
    '5\n',
    '',
    '00',
    '05',
    '1_0',
    '\u0665',
  ];
  wrongAges.push('Infinity', 'NaN', 'null', '0b1', '1000000000', '9'.repeat(400));
  test.each([...wrongAges, 5, 0, null, ['5'], true])('I-24 refuses max_age=%j', (value) => {
    expect(malformedParameter({ max_age: value })).toMatch(/^max_age takes/);
  });

  const wrongClaims = [
    '',
    ' ',
    '{',
    'null',
    'true',
    '1',
    '"acr"',
    '[]',
    '[{}]',
    "{'id_token':{}}",
    '{"id_token":{},}',
  ];
  test.each([...wrongClaims, '['.repeat(50_000), null, 1, {}, [], { id_token: {} }])(
    'I-24 refuses claims=%.40j',
    (value) => {
      expect(malformedParameter({ claims: value })).toMatch(/^claims (takes|is not)/);
    },
  );

  test.each(['id_token', 'userinfo'])('I-24 refuses whatever is no object in claims.%s', (part) => {
    for (const value of [null, 'acr', 1, true, [], [{ acr: null }]]) {
      expect(malformedParameter(claimsOf({ [part]: value })), JSON.stringify(value)).toBe(
        `claims.${part} takes an object`,
      );
    }
    for (const value of ['mfa', 1, 0, true, false, '', [], ['mfa']]) {
      for (const name of ['acr', 'sub', 'email', '__proto__']) {
        // Put together as text: an object would take its own `__proto__` for something else.
        const claims = `{"${part}":{"${name}":${JSON.stringify(value)}}}`;
        expect(malformedParameter({ claims }), claims).toBe(`claims.${part}.${name} takes null or an object`);
      }
    }
  });

  test.each(['id_token', 'userinfo'])('I-24 refuses wrong members of claims.%s.acr and sub', (part) => {
    const wrong: Record<string, readonly unknown[]> = {
      essential: ['true', 1, 0, null, [], {}],
      value: [null, 1, '', true, ['mfa'], {}, 'x'.repeat(201)],
      values: [null, 'mfa', [], {}, [1], [null], ['mfa', 1], ['mfa', ''], [['mfa']], { 0: 'mfa', length: 1 }],
    };
    for (const [name, values] of Object.entries(wrong)) {
      for (const value of values) {
        const parameters = acrClaim({ essential: true, value: 'mfa', [name]: value }, part);
        expect(malformedParameter(parameters), JSON.stringify(value)).toMatch(
          `claims.${part}.acr.${name} takes`,
        );
      }
    }
    for (const value of [null, 1, true, {}, ['usr_1']]) {
      const parameters = claimsOf({ [part]: { sub: { value } } });
      expect(malformedParameter(parameters), JSON.stringify(value)).toBe(
        `claims.${part}.sub.value takes a string`,
      );
    }
  });

  test('says what is wrong with one where others are right', () => {
    expect(malformedParameter({ acr_values: 'mfa', max_age: '600', claims: '[]' })).toMatch(/^claims/);
    expect(malformedParameter({ acr_values: 'mfa', max_age: 'x', claims: '{}' })).toMatch(/^max_age/);
    expect(malformedParameter({ acr_values: ' ', max_age: '1', claims: '{}' })).toMatch(/^acr_values/);
  });
});

describe('askedOf', () => {
  test.each<[string, AskedParameters, Partial<Asked>]>([
    ['nothing', {}, {}],
    ['acr_values, in their order', { acr_values: 'phr mfa' }, { voluntary: ['phr', 'mfa'] }],
    ['one twice', { acr_values: 'mfa phr mfa' }, { voluntary: ['mfa', 'phr'] }],
    ['values that there are not', { acr_values: 'gold mfa MFA Mfa mfa,pwd mfa%20' }, { voluntary: ['mfa'] }],
    ['none that there is', { acr_values: 'gold' }, { voluntary: [] }],
    ['names of what objects have', { acr_values: '__proto__ constructor toString 0 -1' }, { voluntary: [] }],
    ['a claim', acrClaim(null), {}],
    ['an essential claim without a value', acrClaim({ essential: true }), {}],
    ['a voluntary value', acrClaim({ value: 'mfa' }), { voluntary: ['mfa'] }],
    ['one that says so', acrClaim({ essential: false, value: 'mfa' }), { voluntary: ['mfa'] }],
    ['voluntary values', acrClaim({ values: ['phr', 'gold', 'mfa'] }), { voluntary: ['phr', 'mfa'] }],
    ['an essential value', acrClaim({ essential: true, value: 'mfa' }), { essential: ['mfa'] }],
    [
      'essential values',
      acrClaim({ essential: true, values: ['phr', 'mfa'] }),
      { essential: ['phr', 'mfa'] },
    ],
    ['one twice', acrClaim({ essential: true, values: ['mfa', 'mfa'] }), { essential: ['mfa'] }],
    ['both', acrClaim({ essential: true, value: 'mfa', values: ['phr'] }), { essential: ['mfa', 'phr'] }],
    ['at userinfo', acrClaim({ essential: true, value: 'mfa' }, 'userinfo'), { essential: ['mfa'] }],
    ['a wish at userinfo', acrClaim({ values: ['phr'] }, 'userinfo'), { voluntary: ['phr'] }],
    // What cannot be had is not the same as nothing.
    ['an essential value that there is not', acrClaim({ essential: true, value: 'gold' }), { essential: [] }],
    [
      'some of which there are',
      acrClaim({ essential: true, values: ['gold', 'mfa'] }),
      { essential: ['mfa'] },
    ],
    [
      'I-22 an essential value beside acr_values',
      { ...acrClaim({ essential: true, value: 'mfa' }), acr_values: 'pwd' },
      { essential: ['mfa'], voluntary: ['pwd'] },
    ],
    [
      'an essential value beside a voluntary one',
      claimsOf({ id_token: { acr: { value: 'phr' } }, userinfo: { acr: { essential: true, value: 'mfa' } } }),
      { essential: ['mfa'], voluntary: ['phr'] },
    ],
    [
      'essential values that suit both tokens',
      claimsOf({
        id_token: { acr: { essential: true, values: ['mfa', 'phr'] } },
        userinfo: { acr: { essential: true, values: ['phr', 'phrh'] } },
      }),
      { essential: ['phr'] },
    ],
    [
      'essential values of which none does',
      claimsOf({
        id_token: { acr: { essential: true, value: 'mfa' } },
        userinfo: { acr: { essential: true, value: 'phr' } },
      }),
      { essential: [] },
    ],
    [
      'an essential value beside an essential claim without one',
      claimsOf({
        id_token: { acr: { essential: true } },
        userinfo: { acr: { essential: true, value: 'mfa' } },
      }),
      { essential: ['mfa'] },
    ],
    [
      'acr_values before voluntary claims',
      { ...acrClaim({ values: ['pwd', 'mfa'] }), acr_values: 'phr mfa' },
      { voluntary: ['phr', 'mfa', 'pwd'] },
    ],
    ['max_age', { max_age: '600' }, { maxAge: 600 }],
    ['max_age=0', { max_age: '0' }, { anew: true }],
    ['prompt=login', { prompt: 'login' }, { anew: true }],
    ['prompt=login beside others', { prompt: 'consent login' }, { anew: true }],
    ['prompt=select_account', { prompt: 'select_account' }, { selectAccount: true }],
    ['both', { prompt: 'login select_account' }, { anew: true, selectAccount: true }],
    ['prompt=none', { prompt: 'none' }, {}],
    ['prompt=consent', { prompt: 'consent' }, {}],
    ['part of a prompt', { prompt: 'login_hint xlogin' }, {}],
    ['whom claims name', claimsOf({ id_token: { sub: { value: 'usr_1' } } }), { subject: 'usr_1' }],
    ['a sub of no value', claimsOf({ id_token: { sub: null } }), {}],
    ['a sub that is essential only', claimsOf({ id_token: { sub: { essential: true } } }), {}],
    // Core 3.1.2.2 speaks of the id_token only.
    ['whom userinfo names', claimsOf({ userinfo: { sub: { value: 'usr_1' } } }), {}],
  ])('%s', (_what, parameters, asked) => {
    expect(malformedParameter(parameters)).toBeNull();
    expect(askedOf(parameters, anyClient, null)).toEqual({ ...nothing, ...asked });
  });

  test.each<[string, string | undefined, number | null, Partial<Asked>]>([
    ['the request is stricter', '60', 600, { maxAge: 60 }],
    ['the client is stricter', '600', 60, { maxAge: 60 }],
    ['only the client says', undefined, 60, { maxAge: 60 }],
    ['the client asks anew each time', '600', 0, { anew: true }],
    ['the client asks anew each time, the request nothing', undefined, 0, { anew: true }],
    ['the request asks anew', '0', 600, { anew: true }],
  ])('I-19 the smaller age counts: %s', (_what, age, maxAge, asked) => {
    const parameters = age === undefined ? {} : { max_age: age };
    expect(askedOf(parameters, { minimumAcr: null, maxAge }, null)).toEqual({ ...nothing, ...asked });
  });

  test('I-19 the client’s own minimum is kept whatever the request says', () => {
    const terms = { minimumAcr: 'mfa', maxAge: null };
    expect(askedOf({}, terms, null).minimum).toBe('mfa');
    const parameters = { ...acrClaim({ essential: true, value: 'pwd' }), acr_values: 'pwd' };
    expect(askedOf(parameters, terms, null)).toMatchObject({ minimum: 'mfa', essential: ['pwd'] });
  });

  test.each<[Partial<Asked>, ClientTerms, Partial<Asked>]>([
    [{}, { minimumAcr: 'mfa', maxAge: null }, { minimum: 'mfa' }],
    [{ minimum: 'mfa' }, anyClient, {}],
    [{ maxAge: 600 }, { minimumAcr: null, maxAge: 60 }, { maxAge: 60 }],
    [{ maxAge: 60 }, { minimumAcr: null, maxAge: 600 }, { maxAge: 60 }],
    [{}, { minimumAcr: null, maxAge: 60 }, { maxAge: 60 }],
    [{ maxAge: 60 }, anyClient, { maxAge: 60 }],
    [{ anew: true }, { minimumAcr: null, maxAge: 60 }, { maxAge: 60, anew: true }],
    [{ maxAge: 60 }, { minimumAcr: null, maxAge: 0 }, { anew: true }],
    [{ essential: ['phr'], subject: 'usr_1' }, anyClient, { essential: ['phr'], subject: 'usr_1' }],
  ])('I-19 what was asked (%j) of a client whose terms are %j by now', (asked, terms, now) => {
    expect(withTerms({ ...nothing, ...asked }, terms)).toEqual({ ...nothing, ...now });
  });

  test('whom a hint names', () => {
    expect(askedOf({}, anyClient, 'usr_1').subject).toBe('usr_1');
    const same = claimsOf({ id_token: { sub: { value: 'usr_1' } } });
    expect(askedOf(same, anyClient, 'usr_1').subject).toBe('usr_1');
    // Nobody has an empty name: who was named twice and differently is nobody.
    expect(askedOf(same, anyClient, 'usr_2').subject).toBe('');
  });

  test.each([
    '{"__proto__":{"id_token":{"acr":{"essential":true,"value":"pwd"}}}}',
    '{"id_token":{"__proto__":{"acr":{"essential":true,"value":"pwd"}}}}',
    '{"id_token":{"acr":{"__proto__":{"essential":true,"value":"pwd"}}}}',
    '{"id_token":{"sub":{"__proto__":{"value":"usr_1"}}}}',
    '{"constructor":{"prototype":{"id_token":{"acr":{"essential":true,"value":"pwd"}}}}}',
  ])('what hangs on a prototype is not asked: %s', (claims) => {
    expect(malformedParameter({ claims })).toBeNull();
    expect(askedOf({ claims }, anyClient, null)).toEqual(nothing);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test('what was not refused can be read, and asks for levels that there are', () => {
    const member = fc.option(fc.oneof(fc.string(), fc.constantFrom('mfa', 'pwd', 'phr'), fc.jsonValue()), {
      nil: undefined,
    });
    const acr = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({
          essential: fc.option(fc.oneof(fc.boolean(), fc.jsonValue()), { nil: undefined }),
          value: member,
          values: fc.option(fc.oneof(fc.array(fc.constantFrom('mfa', 'phr', 'gold')), fc.jsonValue()), {
            nil: undefined,
          }),
        }),
      },
      fc.jsonValue(),
    );
    const part = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record(
          { acr, sub: fc.oneof(fc.record({ value: member }), fc.jsonValue()) },
          { requiredKeys: [] },
        ),
      },
      fc.jsonValue(),
    );
    const claims = fc.oneof(
      { weight: 4, arbitrary: fc.record({ id_token: part, userinfo: part }, { requiredKeys: [] }) },
      fc.jsonValue(),
    );
    const parameters = fc.record(
      {
        acr_values: fc.oneof(fc.string(), fc.constantFrom('mfa', 'phr mfa', 'gold')),
        max_age: fc.oneof(fc.string(), fc.nat().map(String)),
        prompt: fc.string(),
        claims: fc.oneof(
          fc.string(),
          claims.map((value) => JSON.stringify(value)),
        ),
      },
      { requiredKeys: [] },
    );
    const ladder = ['pwd', 'mfa', 'phr', 'phrh'];
    let taken = 0;
    fc.assert(
      fc.property(parameters, (sent) => {
        if (malformedParameter(sent) !== null) return;
        taken += 1;
        const asked = askedOf(sent, anyClient, null);
        for (const levels of [asked.voluntary, asked.essential ?? []]) {
          expect(levels.filter((acr_) => !ladder.includes(acr_))).toEqual([]);
          expect(new Set(levels).size).toBe(levels.length);
        }
        expect(asked.maxAge === null || (Number.isSafeInteger(asked.maxAge) && asked.maxAge > 0)).toBe(true);
        expect(asked.subject === null || typeof asked.subject === 'string').toBe(true);
      }),
      { numRuns: 2000 },
    );
    expect(taken, 'enough to say something').toBeGreaterThan(100);
  });
});
