import { expect, it } from 'vitest';
import { returned } from './returned.ts';

it('reads what a sign-in, an answer and a set-up come back with', () => {
  expect(
    returned('?code=abc&state=discover.S1&iss=https%3A%2F%2Fissuer.example&session_state=x&scope=openid'),
  ).toEqual({
    why: 'discover',
    authenticator: null,
    response: { state: 'discover.S1', code: 'abc', iss: 'https://issuer.example' },
    cancelled: false,
  });
  expect(returned('?code=abc&state=answer.aut_9-x.S1')).toMatchObject({
    why: 'answer',
    authenticator: 'aut_9-x',
    response: { state: 'answer.aut_9-x.S1', code: 'abc' },
  });
  expect(returned('?code=abc&state=enrol.S1')).toMatchObject({ why: 'enrol', authenticator: null });
});

it('knows who turned back from who was refused, and has no response then', () => {
  expect(returned('?error=access_denied&state=discover.S1')).toMatchObject({
    cancelled: true,
    response: null,
  });
  expect(returned('?error=login_required&state=discover.S1')).toMatchObject({
    cancelled: false,
    response: null,
  });
  // An error is one, whatever stands beside it.
  expect(returned('?error=access_denied&code=abc&state=discover.S1')).toMatchObject({ response: null });
});

it.each([
  '',
  '?',
  '?code=abc',
  '?state=discover.S1',
  '?code=abc&state=S1',
  '?code=abc&state=reset.S1',
  '?code=abc&state=discover.',
  '?code=abc&state=discover.S1%0A',
  '?code=abc&state=discover.S%201',
  '?code=abc&state=answer.S1',
  '?code=abc&state=discover.aut_1.S1',
  '?code=abc&state=answer.usr_1.S1',
  '?code=abc&code=def&state=discover.S1',
  '?code=abc&state=discover.S1&state=discover.S2',
  '?code=abc&state=discover.S1&iss=a&iss=b',
  '?code=&state=discover.S1',
  '?code=abc&state=__proto__.S1',
])('takes nothing for a response that no honest site sends: %s', (search) => {
  expect(returned(search)).toBeNull();
});
