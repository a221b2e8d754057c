import { describe, expect, test } from 'vitest';
import { event, now } from '../../../../test/support/events.ts';
import {
  all,
  any,
  evaluate,
  requireAcr,
  requireClaim,
  requireFresh,
  requireMfa,
  requireRole,
  requireThat,
  type Policy,
  type PolicyCheck,
  type PolicySubject,
} from './index.ts';

const nobody: PolicySubject = { events: [], roles: [], now };
const withPassword: PolicySubject = { ...nobody, events: [event('pwd')] };
const withMfa: PolicySubject = { ...nobody, events: [event('pwd', 600), event('totp', 600)] };
const admin = (subject: PolicySubject): PolicySubject => ({ ...subject, roles: ['admin'] });

const allowed = { allowed: true };
const yes = requireThat('yes', () => true);
const no = requireThat('no', () => false);

describe('policies of requirements', () => {
  test('a second factor, fresh or not', async () => {
    expect(await evaluate(requireMfa(), withMfa)).toEqual(allowed);
    expect(await evaluate(requireMfa({ maxAge: 600 }), withMfa)).toEqual(allowed);
    expect(await evaluate(requireMfa({ maxAge: 599 }), withMfa)).toEqual({
      allowed: false,
      requirement: { acr: 'mfa', maxAge: 599 },
    });
    expect(await evaluate(requireMfa(), withPassword)).toEqual({
      allowed: false,
      requirement: { acr: 'mfa' },
    });
  });

  test('a claim, a rung, freshness alone', async () => {
    expect(await evaluate(requireClaim('amr', 'mfa'), withMfa)).toEqual(allowed);
    expect(await evaluate(requireClaim('amr', 'mfa', 'hwk'), withMfa)).toMatchObject({ allowed: false });
    expect(await evaluate(requireAcr('phr'), withMfa)).toMatchObject({ allowed: false });
    expect(await evaluate(requireFresh(600), withMfa)).toEqual(allowed);
    expect(await evaluate(requireFresh(599), withMfa)).toMatchObject({ requirement: { maxAge: 599 } });
    expect(await evaluate(requireFresh(600), nobody)).toMatchObject({ allowed: false });
  });

  test('what cannot be meant is refused when it is written', () => {
    expect(() => requireClaim('amr')).toThrow(TypeError);
    expect(() => requireClaim('acr' as 'amr', 'mfa')).toThrow(TypeError);
    for (const maxAge of [-1, 1.5, Number.NaN, Infinity, '60' as unknown as number]) {
      expect(() => requireMfa({ maxAge }), String(maxAge)).toThrow(TypeError);
      expect(() => requireFresh(maxAge), String(maxAge)).toThrow(TypeError);
    }
  });
});

describe('roles', () => {
  test('any of them will do, compared exactly, and no proof makes up for one', async () => {
    const policy = requireRole('admin', 'owner');
    expect(await evaluate(policy, admin(nobody))).toEqual(allowed);
    expect(await evaluate(policy, withMfa)).toEqual({ allowed: false, denied: 'role admin or owner' });
    expect(await evaluate(policy, { ...withMfa, roles: ['Admin', 'administrator'] })).toMatchObject({
      allowed: false,
    });
    expect(await evaluate(requireRole(), admin(withMfa))).toMatchObject({ allowed: false });
  });
});

describe('handlers of the application', () => {
  test('see who asks, with the assurance worked out; asynchronous ones too', async () => {
    const policy = requireThat('app', async (subject) => {
      await Promise.resolve();
      return subject.assurance.acr === 'mfa' && subject.roles.includes('admin') && subject.now === now;
    });
    expect(await evaluate(policy, admin(withMfa))).toEqual(allowed);
    expect(await evaluate(policy, admin(withPassword))).toEqual({ allowed: false, denied: 'app' });
  });

  test('may answer with what would have to be proved', async () => {
    const policy = requireThat('large payment', () => ({ acr: 'phr', maxAge: 0 }));
    expect(await evaluate(policy, withMfa)).toEqual({
      allowed: false,
      requirement: { acr: 'phr', maxAge: 0 },
    });
  });

  test.each<[string, PolicyCheck]>([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['rejects', () => Promise.reject(new Error('database away'))],
    ...[undefined, null, 0, 1, '', 'true', NaN, Symbol('yes'), () => true].map(
      (value): [string, PolicyCheck] => [`answers ${String(value)}`, () => value as unknown as boolean],
    ),
    ['answers a promise of 1', () => Promise.resolve(1 as unknown as boolean)],
  ])('I-12 one that %s lets nobody in', async (_how, check) => {
    expect(await evaluate(requireThat('app', check), admin(withMfa))).toEqual({
      allowed: false,
      denied: 'app',
    });
    expect(await evaluate(all(requireMfa(), requireThat('app', check)), admin(withMfa))).toMatchObject({
      allowed: false,
    });
  });
});

describe('all', () => {
  test('asks at once for everything that is missing', async () => {
    const policy = all(requireMfa({ maxAge: 900 }), requireAcr('phr'), requireFresh(60));
    expect(await evaluate(policy, withPassword)).toEqual({
      allowed: false,
      requirement: { acr: 'phr', maxAge: 900 },
    });
  });

  test('does not send anyone to prove what would not help', async () => {
    expect(await evaluate(all(requireMfa(), requireRole('admin')), withPassword)).toEqual({
      allowed: false,
      denied: 'role admin',
    });
    expect(await evaluate(all(requireMfa(), requireRole('admin')), admin(withMfa))).toEqual(allowed);
  });
});

describe('any', () => {
  test('lets in whom one part lets in', async () => {
    expect(await evaluate(any(no, yes), nobody)).toEqual(allowed);
    expect(await evaluate(any(requireRole('admin'), requireMfa()), withMfa)).toEqual(allowed);
  });

  test('asks for a part that can be proved before it denies', async () => {
    expect(await evaluate(any(requireRole('admin'), requireMfa()), withPassword)).toEqual({
      allowed: false,
      requirement: { acr: 'mfa' },
    });
    expect(await evaluate(any(no, requireRole('admin')), withMfa)).toEqual({ allowed: false, denied: 'no' });
  });

  test('of nothing is a mistake that is told at once, for all and for any', () => {
    expect(() => any()).toThrow('at least one');
    expect(() => all()).toThrow('at least one');
  });
});

describe('nesting', () => {
  test('parts are policies again', async () => {
    const policy = all(any(requireRole('admin'), no), any(requireMfa(), all(yes, no)));
    expect(await evaluate(policy, admin(withMfa))).toEqual(allowed);
    expect(await evaluate(policy, admin(withPassword))).toMatchObject({ requirement: { acr: 'mfa' } });
    expect(await evaluate(policy, withMfa)).toMatchObject({ denied: expect.any(String) as string });
  });

  test('I-12 a sort of policy that nobody knows lets nobody in', async () => {
    const policy = { type: 'unknown' } as unknown as Policy;
    expect(await evaluate(policy, admin(withMfa))).toMatchObject({ allowed: false });
    expect(await evaluate(all(yes, policy), admin(withMfa))).toMatchObject({ allowed: false });
  });
});

describe('a policy that is misspelt', () => {
  test.each([
    ['maxage', () => requireMfa({ maxage: 900 } as never)],
    ['max_age', () => requireAcr('phr', { max_age: 900 } as never)],
    ['900', () => requireMfa(900 as never)],
    ['null', () => requireMfa(null as never)],
    ['seconds', () => requireFresh(undefined as never)],
  ])('is refused where it is made, and not weaker than it reads: %s', (told, make) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(told);
  });
});
