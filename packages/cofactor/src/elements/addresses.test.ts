import { expect, it } from 'vitest';
import { asked, carried, expected, pathOf } from './addresses.ts';

const origin = 'https://acme.example';

it.each([
  ['/admin', '/admin'],
  ['/admin?a=1#b', '/admin?a=1'],
  ['//evil.example/x', null],
  ['/\\\\evil.example', null],
  ['/\t/evil.example', null],
  ['/.//evil.example', null],
  ['https://evil.example/', null],
  ['javascript:alert(1)', null],
  ['admin', null],
  ['', null],
  [undefined, null],
])('%j is shown as %j', (address, path) => {
  expect(pathOf(address, origin)).toBe(path);
});

it('hands the way back on', () => {
  expect(asked('?policy=Admin&return_to=%2Fadmin%3Fa%3D1')).toEqual({
    policy: 'Admin',
    returnTo: '/admin?a=1',
  });
  expect(asked('')).toEqual({});
  expect(carried('/admin?a=1')).toBe('?return_to=%2Fadmin%3Fa%3D1');
  expect(carried(undefined)).toBe('');
});

it('knows whom an application expects, and nothing more', () => {
  expect(expected('?prompt=login&login_hint=ann%40example.com')).toEqual({
    anew: true,
    loginHint: 'ann@example.com',
  });
  expect(expected('?prompt=none&login_hint=')).toEqual({ anew: false, loginHint: '' });
  expect(expected('?prompt=login%20consent')).toEqual({ anew: false, loginHint: null });
  expect(expected(`?login_hint=${'a'.repeat(300)}`).loginHint).toHaveLength(254);
  // Neither is sent along with a step-up, whose body is checked strictly.
  expect(asked('?prompt=login&login_hint=ann')).toEqual({});
});
