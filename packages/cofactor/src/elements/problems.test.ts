import { expect, it } from 'vitest';
import type { ClientProblem } from './client.ts';
import { isAtField, retryAt, say } from './problems.ts';

const problem = (name: string, more: Partial<ClientProblem> = {}): ClientProblem => ({
  type: `urn:cofactor:problem:${name}` as ClientProblem['type'],
  title: name,
  status: 400,
  detail: '',
  ...more,
});

it('says it in the words of the provider where it has some', () => {
  const texts = { wrong: 'Not that code.', short: 'Too short.' };
  expect(say(problem('wrong-response', { triesLeft: 5 }), texts)).toBe('Not that code.');
  expect(say(problem('wrong-response', { triesLeft: 2 }), texts)).toBe('Not that code. 2 tries left.');
  expect(say(problem('refused-response', { text: 'short' }), texts)).toBe('Too short.');
  expect(say(problem('refused-response', { text: 'toString', detail: 'Server.' }), texts)).toBe('Server.');
});

it('says when to try again, unless no wait helps', () => {
  expect(say(problem('too-many-tries', { retryAfter: 300 }))).toMatch(/in 5 minutes, at /);
  expect(say(problem('too-many-tries'))).toMatch(/wait a while/);
  expect(say(problem('too-many-tries', { retryAfter: 1, triesLeft: 0 }))).toMatch(/Start over/);
  expect(retryAt(problem('too-many-tries', { retryAfter: 1, triesLeft: 0 }))).toBeNull();
  expect(retryAt(problem('busy', { retryAfter: 5 }), new Date(0))).toEqual(new Date(5000));
});

it('uses the words of a server that knows more problems than this page', () => {
  expect(say(problem('brand-new', { detail: 'Do this.' }))).toBe('Do this.');
  expect(say(problem('brand-new'))).toMatch(/Something went wrong/);
});

it('knows which problems stand at the field', () => {
  expect(isAtField(problem('wrong-response'))).toBe(true);
  expect(isAtField(problem('network'))).toBe(false);
});
