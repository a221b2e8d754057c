import { describe, expect, it } from 'vitest';
import type { Requirement } from '../assurance/index.ts';
import { canConfirm, hasTime, lackOf } from './denial.ts';
import { dialects } from './dialects.ts';
import { checkOptions } from './options.ts';
import { Session } from './session.ts';

const now = new Date('2030-06-15T12:00:00Z');
const nowSeconds = now.getTime() / 1000;

const config = checkOptions({
  issuers: [
    {
      name: 'acme',
      label: 'Acme',
      issuer: 'https://issuer.example',
      clientId: 'orders',
      dialect: dialects.cofactor,
    },
  ],
  environment: 'development',
});

/** Whoever the issuer says this of, `age` seconds after it. */
function sessionWith(claims: object, age = 1): Session {
  const party = config.parties.get('acme');
  if (!party) throw new Error('no issuer');
  const time = now.getTime();
  return new Session(config, party, {
    id: 'session',
    party: 'acme',
    claims: { sub: 'ann', auth_time: nowSeconds - age, ...claims },
    profile: null,
    idToken: null,
    tokens: { accessToken: '', until: null, refreshToken: null },
    since: time,
    seen: time,
    checked: time,
    tried: [],
    resource: null,
    ledFrom: null,
  });
}

const withPassword = { acr: 'pwd', amr: ['pwd'] };
const withCode = { acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] };
const withPasskey = { acr: 'phr', amr: ['pop', 'user'] };

describe('what is missing', () => {
  it.each<[string, Requirement, Session | null, string]>([
    ['a second factor', { acr: 'mfa' }, sessionWith(withPassword), 'mfa'],
    ['a second factor, and a new one', { acr: 'mfa', maxAge: 900 }, sessionWith(withPassword), 'mfa'],
    ['a newer second factor', { acr: 'mfa', maxAge: 900 }, sessionWith(withCode, 901), 'age'],
    ['a newer sign-in', { maxAge: 300 }, sessionWith(withPassword, 301), 'age'],
    ['a newer one, each time', { maxAge: 0 }, sessionWith(withPassword, 0), 'age'],
    ['a key', { acr: 'phr' }, sessionWith(withCode), 'phr'],
    ['a key in hardware', { acr: 'phrh' }, sessionWith(withPasskey), 'phrh'],
    ['a method', { amr: ['hwk'] }, sessionWith(withCode), 'method'],
    ['a method beside the level', { acr: 'mfa', amr: ['hwk', 'mfa'] }, sessionWith(withCode), 'method'],
    ['the level before the method', { acr: 'mfa', amr: ['otp', 'mfa'] }, sessionWith(withPassword), 'mfa'],
    ['the level by its method', { amr: ['mfa'] }, sessionWith(withPassword), 'mfa'],
    ['a level that nobody knows', { acr: 'gold' }, sessionWith(withPasskey), 'method'],
    ['a second factor of nobody', { acr: 'mfa', maxAge: 900 }, null, 'mfa'],
    ['a method of nobody', { amr: ['otp'] }, null, 'method'],
    ['any sign-in of nobody', { acr: 'pwd', maxAge: 60 }, null, 'age'],
    ['more than was required', { acr: 'mfa' }, sessionWith(withCode), 'mfa'],
  ])('%s', (_what, requirement, session, lack) => {
    expect(lackOf(requirement, session, now)).toBe(lack);
  });

  it('a time that the issuer does not say is known to be unknown', () => {
    expect(hasTime(sessionWith(withCode))).toBe(true);
    expect(hasTime(sessionWith({ ...withCode, auth_time: undefined }))).toBe(false);
    expect(hasTime(sessionWith({ ...withCode, auth_time: String(nowSeconds) }))).toBe(false);
  });
});

describe('whether an issuer can confirm it', () => {
  it.each<[string, keyof typeof dialects, Requirement, boolean]>([
    ['a level it has words for', 'okta', { acr: 'mfa' }, true],
    ['a level by its method', 'okta', { amr: ['mfa'] }, true],
    ['a higher level', 'okta', { acr: 'phr' }, false],
    ['a lower level', 'cofactor', { acr: 'mfa' }, true],
    ['its highest level', 'cofactor', { acr: 'phrh' }, true],
    ['anything, of one that says nothing', 'umbracoId', { acr: 'mfa' }, false],
    ['a sign-in', 'umbracoId', { acr: 'pwd' }, true],
    ['a new sign-in', 'umbracoId', { maxAge: 60 }, true],
    ['a level that nobody knows', 'cofactor', { acr: 'gold' }, false],
  ])('%s', (_what, name, requirement, can) => {
    expect(canConfirm(dialects[name], requirement)).toBe(can);
  });
});
