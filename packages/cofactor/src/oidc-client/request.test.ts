import { describe, expect, test } from 'vitest';
import type { Requirement } from '../assurance/index.ts';
import type { Ask } from './ask.ts';
import type { Dialect } from './dialect.ts';
import { dialects } from './dialects.ts';
import { requestFor } from './request.ts';

const acrs = { id_token: { acrs: { essential: true, value: 'c1' } } };

const ladder: Dialect = {
  name: 'ladder',
  says: [],
  asks: {
    mfa: { acrValues: 'two two-app', claims: acrs, source: 'https://acme.example' },
    phr: { claims: { id_token: { acrs: { value: 'c2' } } } },
    phrh: { acrValues: 'four two' },
  },
};
const onlyHigh: Dialect = { name: 'only high', says: [], asks: { phrh: { acrValues: 'four' } } };

describe('requestFor', () => {
  test.each<[string, Dialect, Requirement, Ask | null]>([
    ['nothing', ladder, {}, {}],
    ['the first rung', ladder, { acr: 'pwd' }, {}],
    [
      'a level: its words, then those of higher ones',
      ladder,
      { acr: 'mfa' },
      { acrValues: 'two two-app four', claims: acrs },
    ],
    [
      'one asked for by claims alone',
      ladder,
      { acr: 'phr' },
      { claims: { id_token: { acrs: { value: 'c2' } } } },
    ],
    ['the highest', ladder, { acr: 'phrh' }, { acrValues: 'four two' }],
    ['a level that only a higher one has words for', onlyHigh, { acr: 'mfa' }, { acrValues: 'four' }],
    ['a level without words', dialects.okta, { acr: 'phr' }, null],
    ['any level of an issuer that cannot be asked', dialects.google, { acr: 'mfa' }, null],
    ['a level that nobody knows', ladder, { acr: 'MFA' }, null],
    ['a name of something in JavaScript', ladder, { acr: 'constructor' }, null],
    ['an age', dialects.google, { maxAge: 900 }, { maxAge: 900 }],
    [
      'a level and an age',
      dialects.okta,
      { acr: 'mfa', maxAge: 900 },
      { acrValues: 'urn:okta:loa:2fa:any', maxAge: 900 },
    ],
    ['an age of an issuer without words', dialects.google, { acr: 'mfa', maxAge: 900 }, null],
    [
      'an age of one that says the level unasked',
      dialects.entra,
      { acr: 'mfa', maxAge: 900 },
      { maxAge: 900 },
    ],
    ['but not a level it never says', dialects.entra, { acr: 'phr', maxAge: 900 }, null],
    ['nor the level alone', dialects.entra, { acr: 'mfa' }, null],
    [
      'a new proof',
      dialects.okta,
      { acr: 'mfa', maxAge: 0 },
      { acrValues: 'urn:okta:loa:2fa:any', maxAge: 0, prompt: 'login' },
    ],
    [
      'methods with a level',
      dialects.okta,
      { acr: 'mfa', amr: ['mfa', 'otp'] },
      { acrValues: 'urn:okta:loa:2fa:any' },
    ],
    ['methods alone', dialects.okta, { amr: ['otp'] }, null],
    ['methods at the first rung', dialects.okta, { acr: 'pwd', amr: ['otp'] }, null],
    ['methods and an age', dialects.okta, { amr: ['otp'], maxAge: 60 }, { maxAge: 60 }],
    ['our own server', dialects.cofactor, { acr: 'mfa' }, { acrValues: 'mfa phr phrh' }],
    ['our own server, for more', dialects.cofactor, { acr: 'phr' }, { acrValues: 'phr phrh' }],
  ])('%s', (_, dialect, requirement, expected) => {
    expect(requestFor(dialect, requirement)).toEqual(expected);
  });
});
