import { describe, expect, test } from 'vitest';
import { CofactorError } from '../base/errors.ts';
import { checkedDialect, extendDialect, type Dialect } from './dialect.ts';

const acme: Dialect = {
  name: 'acme',
  says: [
    { claim: 'amr', value: 'mfa', level: 'mfa', source: 'https://acme.example/docs' },
    { claim: 'acr', value: 'urn:acme:2', level: 'mfa' },
  ],
  asks: { mfa: { acrValues: 'urn:acme:2 urn:acme:3' } },
  enableMfa: 'https://acme.example/security',
};

const rule = { claim: 'acr', value: 'two', level: 'mfa' } as const;

function refused(given: unknown): CofactorError {
  try {
    checkedDialect(given as Dialect);
  } catch (error) {
    if (error instanceof CofactorError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('checkedDialect', () => {
  test('copies and freezes, to the last claim', () => {
    const given = { ...acme, asks: { mfa: { claims: { id_token: { acr: { values: ['two'] } } } } } };
    const checked = checkedDialect(given);
    expect(checked).toEqual(given);
    given.asks.mfa.claims.id_token.acr.values.push('one');
    expect(JSON.stringify(checked.asks)).not.toContain('one');
    const parts = [checked, checked.says, checked.says[0], checked.asks, checked.asks?.mfa];
    const deep = checked.asks?.mfa?.claims?.['id_token'] as { acr: { values: string[] } };
    expect([...parts, deep, deep.acr, deep.acr.values].every(Object.isFrozen)).toBe(true);
  });

  test.each<[string, unknown, RegExp]>([
    ['no object', null, /takes an object/],
    ['a list', [], /takes an object/],
    ['an unknown member', { ...acme, say: [] }, /not say$/],
    ['no name', { says: [] }, /name \}\) takes a text/],
    ['a name of two lines', { ...acme, name: 'a\nb' }, /name \}\) takes a text/],
    ['no rules', { name: 'acme' }, /says \}\) takes a list/],
    ['rules that are no list', { ...acme, says: { 0: rule } }, /takes a list/],
    ['a rule that is none', { ...acme, says: ['mfa'] }, /takes an object/],
    ['an unknown claim', { ...acme, says: [{ ...rule, claim: 'roles' }] }, /takes a list/],
    ['a level that is none', { ...acme, says: [{ ...rule, level: 'MFA' }] }, /takes a list/],
    ['the first rung', { ...acme, says: [{ ...rule, level: 'pwd' }] }, /takes a list/],
    ['no level', { ...acme, says: [{ claim: 'acr', value: 'two' }] }, /takes a list/],
    ['an unknown member of a rule', { ...acme, says: [{ ...rule, values: ['a'] }] }, /not values/],
    ['a value that is none', { ...acme, says: [{ ...rule, value: 2 }] }, /takes a list/],
    ['an empty value', { ...acme, says: [{ ...rule, value: '' }] }, /takes a list/],
    ['a value with a space', { ...acme, says: [{ ...rule, value: 'two three' }] }, /takes a list/],
    ['a value with a line break', { ...acme, says: [{ ...rule, value: 'two\n' }] }, /takes a list/],
    ['a value with NUL', { ...acme, says: [{ ...rule, value: 'two\u0000' }] }, /takes a list/],
    ['a value in quotation marks', { ...acme, says: [{ ...rule, value: '"two"' }] }, /takes a list/],
    ['a value of other letters', { ...acme, says: [{ ...rule, value: 'mf\u0430' }] }, /takes a list/],
    ['a value that is too long', { ...acme, says: [{ ...rule, value: 'x'.repeat(256) }] }, /takes a list/],
    ['a rule twice', { ...acme, says: [rule, rule] }, /has acr two twice/],
    ['a rule at two levels', { ...acme, says: [rule, { ...rule, level: 'phr' }] }, /has acr two twice/],
    ['a source that is none', { ...acme, says: [{ ...rule, source: 1 }] }, /source \}\) takes an address/],
    ['a request for no level', { ...acme, asks: { two: { acrValues: 'two' } } }, /not two$/],
    ['a request for nothing', { ...acme, asks: { mfa: {} } }, /acrValues, claims, or both/],
    ['a request of a list', { ...acme, asks: { mfa: { acrValues: ['two'] } } }, /one space/],
    ['two spaces', { ...acme, asks: { mfa: { acrValues: 'two  three' } } }, /one space/],
    ['the same twice', { ...acme, asks: { mfa: { acrValues: 'two two' } } }, /one space/],
    ['a parameter more', { ...acme, asks: { mfa: { acrValues: 'two', prompt: 'none' } } }, /not prompt/],
    ['claims in text', { ...acme, asks: { mfa: { claims: '{}' } } }, /claims \}\) takes an object/],
    ['claims of nothing', { ...acme, asks: { mfa: { claims: {} } } }, /id_token/],
    ['a misspelt part', { ...acme, asks: { mfa: { claims: { idToken: {} } } } }, /id_token/],
    ['a part that is none', { ...acme, asks: { mfa: { claims: { id_token: 'acr' } } } }, /takes an object/],
    ['claims that are no JSON', { ...acme, asks: { mfa: { claims: { id_token: { a: 1n } } } } }, /object/],
    ['silence beside a rule', { ...acme, silence: { why: 'not-said' } }, /no place where says has rules$/],
    ['silence without a reason', { name: 'acme', says: [], silence: {} }, /where-configured/],
    ['silence for no reason', { name: 'acme', says: [], silence: { why: 'nothing' } }, /where-configured/],
    ['silence in a word', { name: 'acme', says: [], silence: 'not-said' }, /takes an object/],
    ['silence that says', { name: 'acme', says: [], silence: { why: 'not-said', says: [] } }, /not says$/],
    [
      'silence from nowhere',
      { name: 'acme', says: [], silence: { why: 'not-said', source: '' } },
      /takes an address/,
    ],
    ['an address that is a script', { ...acme, enableMfa: 'javascript:alert(1)' }, /https/],
    ['an address without https', { ...acme, enableMfa: 'http://acme.example' }, /https/],
    ['a path', { ...acme, enableMfa: '/security' }, /https/],
  ])('refuses %s', (_, given, message) => {
    const { code, message: told } = refused(given);
    expect(code).toBe('ERR_CONFIG_OIDC_CLIENT');
    expect(told.replace(/\.$/, '')).toMatch(message);
  });

  test('claims that throw when they are written down are refused like others', () => {
    const claims = {
      id_token: {
        toJSON: () => {
          throw new Error('called');
        },
      },
    };
    expect(refused({ ...acme, asks: { mfa: { claims } } }).code).toBe('ERR_CONFIG_OIDC_CLIENT');
  });
});

describe('extendDialect', () => {
  test('adds rules and requests, and keeps the rest', () => {
    const extended = extendDialect(acme, {
      says: [{ claim: 'acrs', value: 'c1', level: 'phr' }],
      asks: { phr: { claims: { id_token: { acrs: { essential: true, value: 'c1' } } } } },
    });
    expect(extended.says).toEqual([...acme.says, { claim: 'acrs', value: 'c1', level: 'phr' }]);
    expect(Object.keys(extended.asks ?? {})).toEqual(['mfa', 'phr']);
    expect(extended).toMatchObject({ name: 'acme', enableMfa: acme.enableMfa });
    expect(acme.says).toHaveLength(2);
  });

  test('a rule of the same value takes the place of the other: it is not worth the higher of both', () => {
    const amr = { claim: 'amr', value: 'mfa', level: 'phrh' } as const;
    expect(extendDialect(acme, { says: [amr] }).says).toEqual([acme.says[1], amr]);
    expect(extendDialect(extendDialect(acme, { says: [amr] }), { says: acme.says }).says).toEqual(acme.says);
  });

  test('a rule ends the silence, anything else does not, and silence ends no rule', () => {
    const quiet = checkedDialect({
      name: 'quiet',
      says: [],
      silence: { why: 'not-said', source: 'https://q' },
    });
    expect(Object.isFrozen(quiet.silence)).toBe(true);
    expect(extendDialect(quiet, { name: 'still quiet' }).silence).toEqual(quiet.silence);
    expect(extendDialect(quiet, { silence: { why: 'where-configured' } }).silence).toEqual({
      why: 'where-configured',
    });
    expect(extendDialect(quiet, { says: [rule] })).toEqual({ name: 'quiet', says: [rule], asks: {} });
    expect(() => extendDialect(acme, { silence: { why: 'not-said' } })).toThrow(CofactorError);
  });

  test('so does a request of the same level, and an address and a name', () => {
    const extended = extendDialect(acme, {
      name: 'acme tenant',
      asks: { mfa: { acrValues: 'gold' } },
      enableMfa: 'http://localhost:3000/security',
    });
    expect(extended.asks).toEqual({ mfa: { acrValues: 'gold' } });
    expect(extended).toMatchObject({ name: 'acme tenant', enableMfa: 'http://localhost:3000/security' });
  });

  test.each([
    ['a rule twice', { says: [rule, rule] }],
    ['an unknown member', { say: [rule] }],
    ['a wrong rule', { says: [{ ...rule, value: 'a b' }] }],
  ])('refuses %s', (_, more) => {
    expect(() => extendDialect(acme, more as never)).toThrow(CofactorError);
  });

  test('refuses to extend what is none', () => {
    expect(() => extendDialect({ name: 'acme' } as never, { says: [rule] })).toThrow(CofactorError);
  });
});
