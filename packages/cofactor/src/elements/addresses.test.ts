import { expect, it } from 'vitest';
import { asked, carried, pathOf } from './addresses.ts';

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
