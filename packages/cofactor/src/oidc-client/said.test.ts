import { describe, expect, test } from 'vitest';
import { now, secondsAgo } from '../../../../test/support/events.ts';
import { assuranceOf, unknownTime } from '../assurance/index.ts';
import type { Dialect } from './dialect.ts';
import { authTimeOf, eventsOf, saidLevel } from './said.ts';

const source = 'https://issuer.example';
const seconds = now.getTime() / 1000;

const dialect: Dialect = {
  name: 'acme',
  says: [
    { claim: 'amr', value: 'mfa', level: 'mfa' },
    { claim: 'acr', value: 'urn:key', level: 'phr' },
    { claim: 'acrs', value: 'c9', level: 'phrh' },
  ],
};

const first = { provider: 'openid', authenticator: null, kind: 'know', source };
const second = { provider: 'openid', authenticator: null, kind: 'have', amr: [], source };

describe('I-20 the events that an id_token reports', () => {
  test('a sign-in of which nothing is said is one factor, of an unknown time', () => {
    expect(eventsOf({}, dialect, now, source)).toEqual([{ ...first, amr: [], at: unknownTime }]);
  });

  test('what a rule names is a second one, which the person has, of the same time', () => {
    const claims = { amr: ['pwd', 'otp', 'mfa'], auth_time: seconds - 30 };
    expect(eventsOf(claims, dialect, now, source)).toEqual([
      { ...first, amr: ['pwd', 'otp'], at: secondsAgo(30) },
      { ...second, at: secondsAgo(30) },
    ]);
  });

  test.each([
    [{ acr: 'urn:key' }, { phishingResistant: true }, 'phr'],
    [{ acrs: ['c1', 'c9'], acr: 'urn:key' }, { phishingResistant: true, hardwareProtected: true }, 'phrh'],
  ])('%j is worth what the highest of its rules says', (claims, about, acr) => {
    const events = eventsOf({ ...claims, auth_time: seconds }, dialect, now, source);
    expect(events[1]).toEqual({ ...second, at: now, ...about });
    expect(assuranceOf(events)).toMatchObject({ acr, amr: ['mfa'], authTime: now });
  });

  test('mfa among the methods of an issuer whose dialect does not have it is no method', () => {
    const events = eventsOf({ amr: ['pwd', 'mfa'] }, { name: 'other', says: [] }, now, source);
    expect(events).toEqual([{ ...first, amr: ['pwd'], at: unknownTime }]);
  });

  test('the list is frozen, so that what it proves is worked out once', () => {
    const events = eventsOf({ amr: ['mfa'] }, dialect, now, source);
    expect([events, ...events, ...events.map(({ amr }) => amr)].every(Object.isFrozen)).toBe(true);
    expect(assuranceOf(events)).toBe(assuranceOf(events));
  });

  test('it is not the list of the claims: what is changed in them later proves nothing', () => {
    const amr = ['pwd'];
    const events = eventsOf({ amr }, dialect, now, source);
    amr.push('otp');
    expect(events[0]?.amr).toEqual(['pwd']);
  });

  test.each([null, undefined, 'mfa', 1, []])('claims that are none report one factor: %j', (claims) => {
    expect(eventsOf(claims as never, dialect, now, source)).toEqual([{ ...first, amr: [], at: unknownTime }]);
  });
});

test('saidLevel asks each rule of its own claim only', () => {
  expect(saidLevel({ acr: 'mfa' }, dialect)).toBeNull();
  expect(saidLevel({ amr: ['urn:key', 'c9'] }, dialect)).toBeNull();
  expect(saidLevel({ acrs: ['mfa', 'urn:key'] }, dialect)).toBeNull();
  expect(saidLevel({ amr: ['mfa'] }, dialect)).toBe('mfa');
});

test('A-151 authTimeOf is a date, or why it is none', () => {
  expect(authTimeOf({ auth_time: seconds - 5 }, now)).toEqual(secondsAgo(5));
  expect(authTimeOf({}, now)).toBe('missing');
  expect(authTimeOf({ auth_time: `${seconds}` }, now)).toBe('malformed');
  expect(authTimeOf({ auth_time: seconds * 1000 }, now)).toBe('future');
});
