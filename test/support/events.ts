import type { AuthenticationEvent } from '../../packages/cofactor/src/assurance/index.ts';

/** The moment at which tests of pure functions take place. */
export const now: Date = new Date('2030-06-15T12:00:00Z');

export function secondsAgo(seconds: number): Date {
  return new Date(now.getTime() - seconds * 1000);
}

const webauthn = { provider: 'webauthn', kind: 'have', phishingResistant: true } as const;

/** One event of every sort that a session can hold, as its provider reports it. */
const sorts = {
  pwd: { provider: 'password', kind: 'know', amr: ['pwd'] },
  totp: { provider: 'totp', kind: 'have', amr: ['otp'] },
  sms: { provider: 'sms-otp', kind: 'have', amr: ['sms'] },
  email: { provider: 'email-otp', kind: 'have', amr: ['otp'] },
  recovery: { provider: 'recovery-codes', kind: 'have', amr: ['otp'] },
  keyTouched: { ...webauthn, amr: ['hwk'], userVerified: false, hardwareProtected: true },
  syncedTouched: { ...webauthn, amr: ['swk'], userVerified: false, hardwareProtected: false },
  keyVerified: { ...webauthn, amr: ['hwk'], userVerified: true, hardwareProtected: true },
  syncedVerified: { ...webauthn, amr: ['swk'], userVerified: true, hardwareProtected: false },
  external: { provider: 'external', kind: 'know', amr: [], source: 'https://idp.example' },
} satisfies Record<string, Omit<AuthenticationEvent, 'at' | 'authenticator'>>;

export type Sort = keyof typeof sorts;
export const everySort: readonly Sort[] = Object.keys(sorts) as Sort[];

/** An event of that sort, this many seconds old. */
export function event(sort: Sort, age = 0): AuthenticationEvent {
  const authenticator = sort === 'external' ? null : `authenticator-${sort}`;
  return { source: 'local', ...sorts[sort], authenticator, at: secondsAgo(age) };
}
