import { describe, expect, test } from 'vitest';
import { event, now, secondsAgo, type Sort } from '../../../../test/support/events.ts';
import type { AuthenticationEvent } from '../assurance/index.ts';
import type { Asked } from './asked.ts';
import { decide, type Decision, type Situation } from './decide.ts';

const nothing: Asked = {
  essential: null,
  voluntary: [],
  minimum: null,
  maxAge: null,
  anew: false,
  selectAccount: false,
  subject: null,
};

/** What was proved, each with its age in seconds. */
type Proofs = readonly (readonly [Sort, number])[];

const eventsOf = (proofs: Proofs): AuthenticationEvent[] => proofs.map(([sort, age]) => event(sort, age));

function decided(asked: Partial<Asked>, proofs: Proofs | null, more: Partial<Situation> = {}): Decision {
  return decide(
    { ...nothing, ...asked },
    {
      session: proofs && { userId: 'usr_1', events: eventsOf(proofs) },
      now,
      since: null,
      final: false,
      ...more,
    },
  );
}

/** A decision in a line. */
function told(decision: Decision): string {
  switch (decision.do) {
    case 'pass': {
      const { acr, amr, authTime } = decision.standing;
      const age = authTime === null ? 'never' : (now.getTime() - authTime.getTime()) / 1000;
      return `pass ${acr} ${amr.join('+')} ${age}`;
    }
    case 'sign-in':
      return `sign-in ${decision.why}`;
    case 'step-up': {
      const { why, wanted, maxAge, optional } = decision;
      return `step-up ${why} [${wanted.join(' ')}] ${maxAge}${optional ? ' optional' : ''}`;
    }
    case 'refuse':
      return `refuse ${decision.error}`;
    case 'select-account':
      return decision.do;
  }
}

const pwd: Proofs = [['pwd', 60]];
const mfa: Proofs = [
  ['pwd', 60],
  ['totp', 50],
];
const phr: Proofs = [['syncedVerified', 60]];
const phrh: Proofs = [
  ['pwd', 60],
  ['keyVerified', 50],
];
const oldMfa: Proofs = [
  ['pwd', 1210],
  ['totp', 1200],
];
const newPassword: Proofs = [
  ['totp', 1200],
  ['pwd', 60],
];
const oldKey: Proofs = [
  ['syncedVerified', 1200],
  ['totp', 30],
];
const newCode: Proofs = [
  ['pwd', 1200],
  ['totp', 60],
];

describe('decide: a request that has just come', () => {
  test.each<[string, Partial<Asked>, Proofs | null, string]>([
    ['nobody', {}, null, 'sign-in nobody'],
    ['nobody, anew', { anew: true }, null, 'sign-in nobody'],
    ['nobody, by name', { subject: 'usr_1' }, null, 'sign-in nobody'],
    ['nobody, to choose', { selectAccount: true }, null, 'sign-in nobody'],
    ['somebody', {}, pwd, 'pass pwd pwd 60'],
    ['the right one', { subject: 'usr_1' }, pwd, 'pass pwd pwd 60'],
    ['somebody else', { subject: 'usr_2' }, pwd, 'sign-in somebody-else'],
    ['whom nobody can be', { subject: '' }, pwd, 'refuse login_required'],
    ['the same, nobody', { subject: '' }, null, 'refuse login_required'],
    ['somebody else, too weak', { subject: 'usr_2', minimum: 'phr' }, pwd, 'sign-in somebody-else'],
    ['somebody else, to choose', { subject: 'usr_2', selectAccount: true }, pwd, 'sign-in somebody-else'],
    ['to choose', { selectAccount: true }, mfa, 'select-account'],
    ['to choose before stepping up', { selectAccount: true, voluntary: ['mfa'] }, pwd, 'select-account'],

    // Levels, each compared exactly, a higher one good enough.
    ['the level', { voluntary: ['mfa'] }, mfa, 'pass mfa pwd+otp+mfa 50'],
    ['a higher one: told as asked', { voluntary: ['mfa'] }, phr, 'pass mfa swk+user+mfa 60'],
    ['a lower one: told as asked', { voluntary: ['pwd'] }, mfa, 'pass pwd pwd+otp+mfa 50'],
    ['the highest one that is reached', { voluntary: ['pwd', 'mfa', 'phr'] }, mfa, 'pass mfa pwd+otp+mfa 50'],
    ['whatever their order', { voluntary: ['phr', 'pwd'] }, phr, 'pass phr swk+user+mfa 60'],
    ['too weak for a wish', { voluntary: ['mfa'] }, pwd, 'step-up too-weak [mfa] null optional'],
    ['too weak for both', { voluntary: ['phr', 'mfa'] }, pwd, 'step-up too-weak [phr mfa] null optional'],
    ['too weak for the highest', { voluntary: ['phrh'] }, phr, 'step-up too-weak [phrh] null optional'],
    ['essential', { essential: ['mfa'] }, mfa, 'pass mfa pwd+otp+mfa 50'],
    ['essential, higher', { essential: ['mfa'] }, phrh, 'pass mfa pwd+hwk+user+mfa 50'],
    ['one of two that are essential', { essential: ['phr', 'mfa'] }, mfa, 'pass mfa pwd+otp+mfa 50'],
    ['essential, too weak', { essential: ['phr', 'mfa'] }, pwd, 'step-up too-weak [phr mfa] null'],
    ['essential, beside a wish', { essential: ['mfa'], voluntary: ['phr'] }, mfa, 'pass mfa pwd+otp+mfa 50'],
    [
      'I-22 not lost beside a wish',
      { essential: ['mfa'], voluntary: ['pwd'] },
      pwd,
      'step-up too-weak [mfa] null',
    ],
    ['essential, and there is none', { essential: [] }, phrh, 'refuse unmet_authentication_requirements'],
    ['the same, nobody', { essential: [] }, null, 'refuse unmet_authentication_requirements'],

    // The client's own minimum.
    ['the minimum', { minimum: 'mfa' }, mfa, 'pass mfa pwd+otp+mfa 50'],
    ['above it: the level itself', { minimum: 'mfa' }, phr, 'pass phr swk+user+mfa 60'],
    ['below it', { minimum: 'mfa' }, pwd, 'step-up too-weak [mfa] null'],
    ['a wish below it is none', { minimum: 'mfa', voluntary: ['pwd'] }, mfa, 'pass mfa pwd+otp+mfa 50'],
    ['the same, below', { minimum: 'mfa', voluntary: ['pwd'] }, pwd, 'step-up too-weak [mfa] null'],
    ['a wish above it', { minimum: 'mfa', voluntary: ['phr'] }, mfa, 'step-up too-weak [phr] null optional'],
    ['the same, below', { minimum: 'mfa', voluntary: ['phr'] }, pwd, 'step-up too-weak [phr] null'],
    [
      'essential, but below it',
      { minimum: 'mfa', essential: ['pwd'] },
      phrh,
      'refuse unmet_authentication_requirements',
    ],
    ['essential, and just that', { minimum: 'mfa', essential: ['mfa'] }, mfa, 'pass mfa pwd+otp+mfa 50'],
    [
      'one of them below it',
      { minimum: 'mfa', essential: ['pwd', 'phr'] },
      mfa,
      'step-up too-weak [phr] null',
    ],
    [
      'I-12 a minimum that there is not',
      { minimum: 'gold' },
      phrh,
      'refuse unmet_authentication_requirements',
    ],
    ['I-12 the same, nobody', { minimum: '' }, null, 'refuse unmet_authentication_requirements'],

    // Age.
    ['fresh', { maxAge: 600 }, mfa, 'pass mfa pwd+otp+mfa 50'],
    ['fresh to the second', { maxAge: 1200 }, oldMfa, 'pass mfa pwd+otp+mfa 1200'],
    ['too old by a second', { maxAge: 1199 }, oldMfa, 'step-up too-old [] 1199'],
    ['too old, with a wish', { maxAge: 600, voluntary: ['mfa'] }, oldMfa, 'step-up too-old [mfa] 600'],
    ['too old, with a minimum', { maxAge: 600, minimum: 'mfa' }, oldMfa, 'step-up too-old [mfa] 600'],
    ['too old and too weak', { maxAge: 600, essential: ['phr'] }, oldMfa, 'step-up too-old [phr] 600'],
    ['a new password: no old code beside it', { maxAge: 600 }, newPassword, 'pass pwd pwd 60'],
    [
      'the same, with a wish',
      { maxAge: 600, voluntary: ['mfa'] },
      newPassword,
      'step-up too-weak [mfa] 600 optional',
    ],
    ['the same, with a minimum', { maxAge: 600, minimum: 'mfa' }, newPassword, 'step-up too-weak [mfa] 600'],
    [
      'a new code: an old password beside it',
      { maxAge: 600, minimum: 'mfa' },
      newCode,
      'pass mfa pwd+otp+mfa 60',
    ],
    [
      'without an age, the time is of what carries it',
      { minimum: 'mfa' },
      newPassword,
      'pass mfa otp+pwd+mfa 1200',
    ],
    ['and of anything for a password', { voluntary: ['pwd'] }, newPassword, 'pass pwd otp+pwd+mfa 60'],
    [
      'the level that is told has its own time',
      { voluntary: ['mfa'] },
      [
        ['syncedVerified', 900],
        ['totp', 30],
      ],
      'pass mfa swk+otp+user+mfa 30',
    ],
    [
      'a new code beside a passkey that is too old',
      { maxAge: 600, minimum: 'mfa' },
      oldKey,
      'pass mfa user+otp+mfa 30',
    ],
    [
      'the same, where the passkey is needed',
      { maxAge: 600, minimum: 'phr' },
      oldKey,
      'step-up too-weak [phr] 600',
    ],
    [
      'a key that was touched beside it: no higher than without an age',
      { maxAge: 600 },
      [
        ['syncedVerified', 1200],
        ['keyTouched', 30],
      ],
      'pass phr user+hwk+mfa 30',
    ],
    [
      'the same without an age',
      {},
      [
        ['syncedVerified', 1200],
        ['keyTouched', 30],
      ],
      'pass phr swk+hwk+user+mfa 30',
    ],
    ['anew', { anew: true }, [['pwd', 0]], 'sign-in anew'],
    ['anew, however strong', { anew: true, maxAge: 600 }, phrh, 'sign-in anew'],
    ['anew, too weak', { anew: true, essential: ['phr'] }, pwd, 'sign-in anew'],
    ['I-12 nothing proved', {}, [], 'step-up too-old [] null'],
  ])('%s', (_what, asked, proofs, right) => {
    expect(told(decided(asked, proofs))).toBe(right);
  });
});

describe('decide: on the way, and at the end', () => {
  /** The request came so many seconds ago. */
  const came = (seconds: number): Partial<Situation> => ({ since: secondsAgo(seconds) });

  test.each<[string, Partial<Asked>, Proofs | null, Partial<Situation>, string]>([
    ['anew: proved before', { anew: true }, pwd, came(59), 'sign-in anew'],
    ['anew: proved as it came', { anew: true }, pwd, came(60), 'pass pwd pwd 60'],
    ['anew: proved since', { anew: true }, mfa, came(120), 'pass mfa pwd+otp+mfa 50'],
    ['anew: only the password since', { anew: true }, newPassword, came(120), 'pass pwd pwd 60'],
    ['anew: only the code since', { anew: true, minimum: 'mfa' }, newCode, came(120), 'sign-in anew'],
    ['anew: the code as it came', { anew: true, minimum: 'mfa' }, mfa, came(60), 'pass mfa pwd+otp+mfa 50'],
    ['anew: the code alone', { anew: true, minimum: 'mfa' }, mfa, came(59), 'sign-in anew'],
    ['anew: the code alone, and no more asked', { anew: true }, mfa, came(50), 'pass pwd otp 50'],
    [
      'anew: since, and too weak',
      { anew: true, essential: ['phr'] },
      mfa,
      came(120),
      'step-up too-weak [phr] 0',
    ],
    ['anew: with an age', { anew: true, maxAge: 86_400 }, mfa, came(10), 'sign-in anew'],
    ['an age shorter than the way', { maxAge: 30 }, pwd, came(120), 'pass pwd pwd 60'],
    [
      'the same with a code, as it came',
      { maxAge: 30, minimum: 'mfa' },
      mfa,
      came(50),
      'pass mfa pwd+otp+mfa 50',
    ],
    ['a code before it came', { maxAge: 30, minimum: 'mfa' }, mfa, came(49), 'step-up too-old [mfa] 30'],
    [
      'a page left open makes no proof younger',
      { maxAge: 30 },
      [['pwd', 61]],
      came(120),
      'step-up too-old [] 30',
    ],
    ['anew: whatever its age', { anew: true }, [['pwd', 1000]], came(1200), 'pass pwd pwd 1000'],
    ['anew: within an age', { anew: true, maxAge: 600 }, [['pwd', 600]], came(1200), 'pass pwd pwd 600'],
    [
      'anew: a page left open, and an age',
      { anew: true, maxAge: 600 },
      [['pwd', 601]],
      came(1200),
      'sign-in anew',
    ],
    [
      'the same at the end',
      { anew: true, maxAge: 600 },
      mfa.map(([sort]) => [sort, 601]),
      { final: true, ...came(1200) },
      'refuse login_required',
    ],
    [
      'anew: an age of the house',
      { anew: true },
      [['pwd', 601]],
      { enforced: { maxAge: 600 }, ...came(1200) },
      'sign-in anew',
    ],
    [
      'anew: an age shorter than the way back',
      { anew: true, maxAge: 30 },
      [['pwd', 60]],
      came(120),
      'pass pwd pwd 60',
    ],
    ['the same, not since', { maxAge: 30 }, pwd, came(59), 'step-up too-old [] 30'],
    ['chosen', { selectAccount: true }, pwd, { selected: true }, 'pass pwd pwd 60'],
    [
      'chosen, and too weak',
      { selectAccount: true, minimum: 'mfa' },
      pwd,
      { selected: true },
      'step-up too-weak [mfa] null',
    ],

    ['the end: nobody', {}, null, { final: true }, 'refuse access_denied'],
    ['the end: nobody, too weak', { minimum: 'mfa' }, null, { final: true }, 'refuse access_denied'],
    ['the end: somebody else', { subject: 'usr_2' }, phrh, { final: true }, 'refuse login_required'],
    ['the end: enough', { essential: ['mfa'] }, mfa, { final: true }, 'pass mfa pwd+otp+mfa 50'],
    ['the end: a wish', { voluntary: ['phr'] }, mfa, { final: true }, 'pass mfa pwd+otp+mfa 50'],
    ['the end: one of two', { voluntary: ['phr', 'pwd'] }, mfa, { final: true }, 'pass pwd pwd+otp+mfa 50'],
    [
      'the end: essential',
      { essential: ['phr'] },
      mfa,
      { final: true },
      'refuse unmet_authentication_requirements',
    ],
    [
      'the end: a minimum',
      { minimum: 'phr' },
      mfa,
      { final: true },
      'refuse unmet_authentication_requirements',
    ],
    [
      'the end: a wish and a minimum',
      { minimum: 'mfa', voluntary: ['phr'] },
      pwd,
      { final: true },
      'refuse unmet_authentication_requirements',
    ],
    ['the end: too old', { maxAge: 600 }, oldMfa, { final: true }, 'refuse login_required'],
    [
      'the end: too old, with a wish',
      { maxAge: 600, voluntary: ['mfa'] },
      oldMfa,
      { final: true },
      'refuse login_required',
    ],
    ['the end: not anew', { anew: true }, phrh, { final: true, ...came(10) }, 'refuse login_required'],
    [
      'the end: anew, in part',
      { anew: true, minimum: 'mfa' },
      newCode,
      { final: true, ...came(70) },
      'refuse unmet_authentication_requirements',
    ],
    ['the end: anew', { anew: true }, phrh, { final: true, ...came(70) }, 'pass phrh pwd+hwk+user+mfa 50'],
    [
      'the end: anew, too weak',
      { anew: true, minimum: 'phr' },
      mfa,
      { final: true, ...came(70) },
      'refuse unmet_authentication_requirements',
    ],
    [
      'the end: an old code beside a new password',
      { maxAge: 600, voluntary: ['mfa'] },
      newPassword,
      { final: true },
      'pass pwd pwd 60',
    ],
    ['I-12 the end: nothing proved', {}, [], { final: true }, 'refuse login_required'],

    ['the house asks', {}, pwd, { enforced: { acr: 'mfa' } }, 'step-up too-weak [mfa] null'],
    [
      'the house asks less than the client',
      { minimum: 'phr' },
      mfa,
      { enforced: { acr: 'mfa' } },
      'step-up too-weak [phr] null',
    ],
    [
      'the house asks more',
      { minimum: 'mfa', voluntary: ['mfa'] },
      mfa,
      { enforced: { acr: 'phr' } },
      'step-up too-weak [phr] null',
    ],
    [
      'the house asks more than is essential',
      { essential: ['mfa'] },
      phr,
      { enforced: { acr: 'phr' } },
      'refuse unmet_authentication_requirements',
    ],
    ['the house asks for an age', {}, oldMfa, { enforced: { maxAge: 600 } }, 'step-up too-old [] 600'],
    ['the smaller of two', { maxAge: 1800 }, oldMfa, { enforced: { maxAge: 600 } }, 'step-up too-old [] 600'],
    ['whichever it is', { maxAge: 600 }, oldMfa, { enforced: { maxAge: 1800 } }, 'step-up too-old [] 600'],
    [
      'I-12 the house asks for what there is not',
      {},
      phrh,
      { enforced: { acr: 'gold' } },
      'refuse unmet_authentication_requirements',
    ],
    ['the house asks for a method', {}, phr, { enforced: { amr: ['otp'] } }, 'step-up too-weak [] null'],
    ['the house has its method', {}, mfa, { enforced: { amr: ['otp'] } }, 'pass mfa pwd+otp+mfa 50'],
    [
      'the end: not its method',
      {},
      phr,
      { enforced: { amr: ['otp'] }, final: true },
      'refuse unmet_authentication_requirements',
    ],
    [
      'the end: its method, too old',
      { maxAge: 600 },
      newPassword,
      { enforced: { amr: ['otp'] }, final: true },
      'refuse unmet_authentication_requirements',
    ],
    ['the house asks for nothing', {}, pwd, { enforced: {} }, 'pass pwd pwd 60'],
    ['the house asks nothing', {}, pwd, { enforced: null }, 'pass pwd pwd 60'],
  ])('%s', (_what, asked, proofs, situation, right) => {
    expect(told(decided(asked, proofs, situation))).toBe(right);
  });

  test('Core 3.1.2.1: where no account was chosen, there is no code', () => {
    expect(decided({ selectAccount: true }, mfa, { final: true }).do).toBe('refuse');
  });

  test('A-47 auth_time does not lie ahead, although a clock was put back', () => {
    for (const final of [false, true]) {
      expect(told(decided({}, [['pwd', -3600]], { final }))).toBe('pass pwd pwd never');
      const events: Proofs = [
        ['pwd', -3600],
        ['pwd', 60],
      ];
      expect(told(decided({}, events, { final }))).toBe('pass pwd pwd 60');
    }
  });
});
