import { describe, expect, test } from 'vitest';
import { event, now, secondsAgo } from '../../../../test/support/events.ts';
import { assess, type AuthenticationEvent, type Requirement } from './index.ts';

const at = (time: Date, sort: Parameters<typeof event>[0] = 'totp'): AuthenticationEvent => ({
  ...event(sort),
  at: time,
});

function reason(requirement: Requirement, events: readonly AuthenticationEvent[], since?: Date): string {
  const answer = assess(requirement, events, now, since ? { since } : {});
  return answer.met ? 'met' : answer.missing.reason;
}

describe('assess: the level', () => {
  test.each<[Requirement, Parameters<typeof event>[0][], string]>([
    [{}, [], 'too-weak'],
    [{}, ['pwd'], 'met'],
    [{ acr: 'pwd' }, ['totp'], 'met'],
    [{ acr: 'mfa' }, ['pwd'], 'too-weak'],
    [{ acr: 'mfa' }, ['pwd', 'totp'], 'met'],
    [{ acr: 'mfa' }, ['keyVerified'], 'met'],
    [{ acr: 'phr' }, ['pwd', 'totp'], 'too-weak'],
    [{ acr: 'phr' }, ['syncedVerified'], 'met'],
    [{ acr: 'phrh' }, ['syncedVerified'], 'too-weak'],
    [{ acr: 'phrh' }, ['keyVerified'], 'met'],
    [{ amr: ['mfa'] }, ['pwd', 'totp'], 'met'],
    [{ amr: ['mfa'] }, ['totp', 'sms'], 'too-weak'],
    [{ amr: ['hwk'] }, ['pwd', 'totp'], 'too-weak'],
    [{ amr: ['pwd', 'otp'] }, ['totp', 'pwd'], 'met'],
    [{ amr: [] }, ['pwd'], 'met'],
    [{ amr: [] }, [], 'too-weak'],
  ])('%j with %j: %s', (requirement, sorts, answer) => {
    expect(
      reason(
        requirement,
        sorts.map((sort) => event(sort)),
      ),
    ).toBe(answer);
  });

  test.each([
    'MFA',
    'Mfa',
    'mfa ',
    ' mfa',
    'm',
    'mfaa',
    '',
    'urn:mfa',
    'constructor',
    '__proto__',
    '-1',
    '0',
  ])('I-12 I-19 an acr that the ladder does not know exactly (%j) is met by nothing', (acr) =>
    expect(reason({ acr }, [event('pwd'), event('totp'), event('keyVerified')])).toBe('too-weak'),
  );

  test.each(['MFA', 'mf', 'mfa ', 'mfa2', ''])('I-20 amr is compared exactly (%j)', (value) =>
    expect(reason({ amr: [value] }, [event('pwd'), event('totp')])).toBe('too-weak'),
  );

  test('an empty ladder lets nobody in', () => {
    expect(assess({}, [event('keyVerified')], now, { levels: [] }).met).toBe(false);
  });

  test('what is missing can be asked for as it stands', () => {
    const requirement = { acr: 'mfa', maxAge: 60 };
    expect(assess(requirement, [event('pwd')], now)).toMatchObject({
      met: false,
      assurance: { acr: 'pwd' },
      missing: { reason: 'too-weak', requirement },
    });
  });
});

describe('assess: the age', () => {
  const mfa = (maxAge: number): Requirement => ({ acr: 'mfa', maxAge });
  const second = (time: Date): AuthenticationEvent[] => [event('pwd', 86_400), at(time)];

  test('the last moment still counts, a millisecond later does not', () => {
    expect(reason(mfa(300), second(secondsAgo(300)))).toBe('met');
    expect(reason(mfa(300), second(new Date(secondsAgo(300).getTime() - 1)))).toBe('too-old');
    expect(reason(mfa(300), second(now))).toBe('met');
  });

  test('it is the age of the proof that carries the level: a new password renews no old code', () => {
    expect(reason(mfa(300), [event('pwd', 1), event('totp', 301)])).toBe('too-old');
    expect(reason({ maxAge: 300 }, [event('pwd', 1), event('totp', 301)])).toBe('met');
    expect(reason({ acr: 'phr', maxAge: 300 }, [event('syncedVerified', 301), event('totp', 1)])).toBe(
      'too-old',
    );
  });

  test('too weak comes before too old', () => {
    expect(reason(mfa(300), [event('pwd', 301)])).toBe('too-weak');
  });

  test('a maximum age of 0 is met by no earlier proof, and by every one made since the ceremony began', () => {
    expect(reason(mfa(0), second(now))).toBe('too-old');
    expect(reason(mfa(0), second(secondsAgo(20)), secondsAgo(30))).toBe('met');
    expect(reason(mfa(0), second(secondsAgo(30)), secondsAgo(30))).toBe('met');
    expect(reason(mfa(0), second(new Date(secondsAgo(30).getTime() - 1)), secondsAgo(30))).toBe('too-old');
  });

  test('a ceremony that lasted longer than the maximum age is not asked twice', () => {
    expect(reason(mfa(10), second(secondsAgo(60)), secondsAgo(90))).toBe('met');
    expect(reason(mfa(10), second(secondsAgo(60)))).toBe('too-old');
  });

  test.each([Number.NaN, -1, -Infinity])('I-12 a maximum age of %d is met by nothing', (maxAge) => {
    expect(reason(mfa(maxAge), second(now))).toBe('too-old');
  });

  test('I-12 a time that is none is not fresh', () => {
    expect(reason(mfa(300), second(new Date(Number.NaN)))).toBe('too-old');
    expect(reason(mfa(300), second(new Date(Number.NaN)), secondsAgo(60))).toBe('too-old');
  });

  test('A-47 two nodes a minute apart trust each other, a proof from further ahead is not believed', () => {
    expect(reason(mfa(300), second(secondsAgo(-40)))).toBe('met');
    expect(reason(mfa(300), second(secondsAgo(-60)))).toBe('met');
    expect(reason(mfa(300), second(new Date(secondsAgo(-60).getTime() + 1)))).toBe('too-old');
    expect(reason(mfa(86_400), second(secondsAgo(-3600)))).toBe('too-old');
    expect(reason(mfa(300), second(secondsAgo(-3600)), secondsAgo(30)), 'since or not').toBe('too-old');
  });

  test('A-47 a proof made after the clock was put back counts, although an older one lies ahead of it', () => {
    const events = [event('pwd', 60), at(secondsAgo(-3600)), at(secondsAgo(5))];
    expect(reason(mfa(300), events)).toBe('met');
    expect(reason(mfa(0), events, secondsAgo(30))).toBe('met');
  });

  test('without a maximum age, times do not matter', () => {
    expect(reason({ acr: 'mfa' }, second(secondsAgo(-3600)))).toBe('met');
    expect(reason({ acr: 'mfa' }, second(secondsAgo(1e9)))).toBe('met');
  });
});
