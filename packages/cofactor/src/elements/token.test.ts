import { expect, it, vi } from 'vitest';
import { takeToken, tokenIn } from './token.ts';

const token = 'rst_Zm9vYmFyYmF6cXV4-1234567890_abcdefghijk';

it('I-28 takes the token out of the address, and leaves the rest of it', () => {
  const replaceState = vi.fn();
  const page = { hash: `#${token}`, pathname: '/auth/reset', search: '?x=1' };
  expect(takeToken(page, { replaceState })).toBe(token);
  expect(replaceState).toHaveBeenCalledExactlyOnceWith(null, '', '/auth/reset?x=1');
});

it('I-28 takes out what is no token too: it may be one that was cut off', () => {
  const replaceState = vi.fn();
  expect(takeToken({ hash: '#abc', pathname: '/auth/reset', search: '' }, { replaceState })).toBeNull();
  expect(replaceState).toHaveBeenCalledExactlyOnceWith(null, '', '/auth/reset');
});

it('leaves an address alone that has nothing in it', () => {
  const replaceState = vi.fn();
  expect(takeToken({ hash: '', pathname: '/auth/reset', search: '' }, { replaceState })).toBeNull();
  expect(replaceState).not.toHaveBeenCalled();
});

it.each(['', '#', '#short', `#${'a'.repeat(129)}`, '#<img src=x onerror=alert(1)>', `#${token}%00`])(
  'finds no token in %j',
  (hash) => {
    expect(tokenIn(hash)).toBeNull();
  },
);
