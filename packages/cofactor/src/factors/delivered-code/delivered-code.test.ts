import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { asked, contextOf } from '../../../../../test/support/provider.ts';
import type { Begun, EnrolContext, AskContext, MailContent, SendContext } from '../../core/provider.ts';
import { emailOtp, type EmailOtpOptions } from '../email-otp/index.ts';
import { smsOtp, type CodeMessage, type SmsOtpOptions } from '../sms-otp/index.ts';
import type { SentCode } from './code.ts';
import type { DeliveredCodeData } from './delivered-code.ts';

const start = new Date('2030-06-15T12:00:00Z');
const later = (seconds: number): Date => new Date(start.getTime() + seconds * 1000);

/** A situation in which hashes are made with these keys, the newest first. */
function situation(now: Date = start, keys: readonly string[] = ['new', 'old']): AskContext {
  const hashes = (value: string): string[] =>
    keys.map((key) => `${key}:${createHmac('sha256', key).update(`u1 ${value}`).digest('base64url')}`);
  return contextOf({ now, hashes });
}

function enrolment(now?: Date, held: readonly string[] = []): EnrolContext<DeliveredCodeData> {
  return { ...situation(now), held: held.map((address) => asked({ address })) };
}

const ways = [
  {
    provider: emailOtp(),
    typed: 'Ada@Example.com',
    address: 'ada@example.com',
    other: 'eve@example.com',
    shown: 'a•••@example.com',
    wrong: 'ada@example.com,eve@example.com',
  },
  {
    provider: smsOtp({ send: 'event' }),
    typed: '+45 (12) 34-56 78',
    address: '+4512345678',
    other: '+4587654321',
    shown: '+45 •••• 5678',
    wrong: '12345678',
  },
] as const;

describe.each(ways)('$provider.name', ({ provider, typed, address, other, shown, wrong }) => {
  function begun(now?: Date): Begun<DeliveredCodeData> {
    const made = provider.begin(enrolment(now), { address: typed });
    if ('refused' in made) throw new Error(made.refused);
    return made;
  }
  async function challenged(now?: Date): Promise<{ code: string; data: SentCode; view: object; to: string }> {
    const held = asked({ address });
    const { data, view, deliver } = await provider.challenge.make(situation(now), held, [held]);
    return { code: deliver?.code ?? '', data, view, to: deliver?.address ?? '' };
  }
  const verdict = (data: SentCode | null, code: string, now?: Date, to: string = address): boolean =>
    provider.verify(situation(now), asked({ address: to }, 0, data), { code }).ok;

  test('sends a code to the address as it will be stored', async () => {
    expect(begun()).toMatchObject({ setup: { to: shown }, deliver: { address } });
    expect(begun().deliver?.code).toMatch(/^[0-9]{6}$/);
    expect(await challenged()).toMatchObject({ to: address, view: { to: shown } });
  });

  test('I-05 keeps neither the code nor anything that holds it; the page gets neither', async () => {
    const { data, setup, deliver } = begun();
    const challenge = await challenged();
    for (const [kept, code] of [
      [{ data, setup }, deliver?.code],
      [{ data: challenge.data, view: challenge.view }, challenge.code],
    ] as const) {
      expect(JSON.stringify(kept)).not.toContain(code);
    }
    expect(JSON.stringify([setup, challenge.view])).not.toContain(address);
  });

  test('a confirmed set-up stores the address and nothing of the code', () => {
    const { data, deliver } = begun();
    expect(provider.confirm(situation(), data, { code: deliver?.code ?? '' })).toEqual({
      ok: true,
      data: { address },
      about: { hint: shown, ...(provider.name === 'email-otp' && { byMail: true }) },
    });
  });

  test('A-77 what was set up cannot be confirmed again, and nothing can be that was not begun', () => {
    const { deliver } = begun();
    const code = deliver?.code ?? '';
    expect(provider.confirm(situation(), { address }, { code })).toEqual({ ok: false, reason: 'wrong' });
    expect(provider.confirm(situation(), null, { code })).toEqual({ ok: false, reason: 'wrong' });
  });

  test('an address that is none, or is there already, is refused in words', () => {
    expect(provider.begin(enrolment(), { address: wrong })).toEqual({ refused: 'input-wrong' });
    expect(provider.begin(enrolment(start, [address]), { address: typed })).toEqual({
      refused: 'input-held',
    });
    for (const texts of Object.values(provider.view.texts)) {
      expect(texts['input-wrong']).toBeTruthy();
      expect(texts['input-held']).toBeTruthy();
    }
  });

  test('R-N11 a code is right for ten minutes, and not a moment longer', async () => {
    const { code, data } = await challenged();
    expect(verdict(data, code, later(599.999))).toBe(true);
    expect(verdict(data, code, later(600))).toBe(false);
    const { data: pending, deliver } = begun();
    const confirmed = (at: Date): boolean =>
      provider.confirm(situation(at), pending, { code: deliver?.code ?? '' }).ok;
    expect(confirmed(later(599.999))).toBe(true);
    expect(confirmed(later(600))).toBe(false);
  });

  test('A-13 without a challenge nothing is right, least of all nothing', async () => {
    const { code } = await challenged();
    for (const typedCode of [code, '', '000000', undefined, null]) {
      expect(verdict(null, typedCode as string)).toBe(false);
    }
    const empty = { address, hash: '', expires: later(600).getTime() };
    for (const typedCode of ['', '000000']) expect(verdict(empty, typedCode)).toBe(false);
  });

  test('A-77 a code that went to another address is not right for this one', async () => {
    const { code, data } = await challenged();
    expect(verdict(data, code)).toBe(true);
    expect(verdict(data, code, start, other)).toBe(false);
  });

  test('every other code is wrong', async () => {
    const { code, data } = await challenged();
    const wrongCodes = Array.from({ length: 1000 }, (_, step) =>
      String((Number(code) + 1 + step * 997) % 1_000_000).padStart(6, '0'),
    ).filter((one) => one !== code);
    expect(wrongCodes.some((one) => verdict(data, one))).toBe(false);
  });

  test('A-31 a code has one spelling', async () => {
    const { code, data } = await challenged();
    const fullWidth = [...code].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join('');
    const odd = [
      ` ${code}`,
      `${code}\n`,
      `${code}\0`,
      `0${code}`,
      code.slice(1),
      fullWidth,
      [code],
      Number(code),
      {},
    ];
    for (const one of odd) expect([one, verdict(data, one as string)]).toEqual([one, false]);
  });

  test('I-05 a code stays right while keys rotate, and not once its key is gone', async () => {
    const held = asked({ address });
    const { data, deliver } = await provider.challenge.make(situation(start, ['old']), held, [held]);
    const code = deliver?.code ?? '';
    const withKeys = (keys: readonly string[]): boolean =>
      provider.verify(situation(start, keys), asked({ address }, 0, data), { code }).ok;
    expect(withKeys(['new', 'old'])).toBe(true);
    expect(withKeys(['new'])).toBe(false);
    expect(withKeys([])).toBe(false);
  });

  test('I-12 without a key to hash with there is no code', () => {
    const held = asked({ address });
    expect(() => provider.challenge.make(situation(start, []), held, [held])).toThrow(
      expect.objectContaining({ code: 'ERR_KEY_UNKNOWN' }),
    );
  });

  test('I-13 asks no more than once a minute, and a mistyped code costs a try and not the code', () => {
    expect(provider.challenge).toMatchObject({ lifetime: 600, usedUpBy: 'success', every: 60 });
  });

  test('what was made cannot be changed', () => {
    for (const part of [provider, provider.view, provider.challenge, provider.input, provider.proves]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });
});

describe('what they prove', () => {
  test('R-N10 NIST does not allow e-mail, and it says so to the profile that asks', () => {
    const { proves, notForNist, restricted } = emailOtp();
    expect(proves).toEqual({ kind: 'have', amr: ['otp'] });
    expect(notForNist).toContain('3.1.3.1');
    expect(restricted).toBeUndefined();
  });

  test('R-N12 a text message is a restricted method, in words too', () => {
    const { proves, notForNist, restricted, view } = smsOtp({ send: 'event' });
    expect(proves).toEqual({ kind: 'have', amr: ['sms'] });
    expect(restricted).toBe(true);
    expect(notForNist).toBeUndefined();
    for (const texts of Object.values(view.texts)) expect(texts['restricted']).toBeTruthy();
  });
});

/** A situation of a delivery, and the mails it led to. */
function delivery(language = 'en'): { context: SendContext; mails: { to: string; content: MailContent }[] } {
  const mails: { to: string; content: MailContent }[] = [];
  const context: SendContext = {
    realm: 'users',
    user: { id: 'usr_ada', identifier: 'Call +44 20 7946 0000 now' },
    site: { name: 'Acme', origin: 'https://app.acme.example' },
    language,
    mail: async (to, content) => void mails.push({ to, content }),
  };
  return { context, mails };
}

describe('a mailed code', () => {
  test.each(['en', 'de', 'fr', 'es', 'da', 'ja', 'xx'])(
    'says what it is for, with the code apart: %s',
    async (language) => {
      const { context, mails } = delivery(language);
      await emailOtp().send?.(context, { address: 'ada@example.com', code: '042137' });
      const [{ to, content } = { to: '', content: { subject: '', paragraphs: [] } }] = mails;
      expect(to).toBe('ada@example.com');
      expect(content.code).toBe('042137');
      expect(content.subject).toContain('Acme');
      const words = [content.subject, ...content.paragraphs].join('\n');
      expect(words).not.toMatch(/[{}]|undefined/);
      // A-59: not where a locked screen shows it. And no user chose a word of it: the address may be a stranger's.
      expect(words).not.toContain('042137');
      expect(words).not.toContain('7946');
    },
  );

  test('goes through a function of the application, whole', async () => {
    const { context, mails } = delivery();
    const sent: unknown[] = [];
    const provider = emailOtp({ send: async (mail) => void sent.push(mail) });
    await provider.send?.(context, { address: 'ada@example.com', code: '042137' });
    expect(sent).toEqual([
      {
        to: 'ada@example.com',
        subject: 'Your code for Acme',
        text: expect.stringMatching(/^042137\n\nThis is your code for Acme\./),
        code: '042137',
        user: context.user,
      },
    ]);
    expect(mails).toEqual([]);
  });

  test('is left to the application by name', () => {
    expect(emailOtp({ send: 'event' }).send).toBeUndefined();
    expect(smsOtp({ send: 'event' }).send).toBeUndefined();
  });
});

describe('a text message', () => {
  test.each(['en', 'de', 'fr', 'es', 'da', 'ja', 'xx'])(
    'ends with the line that binds it to the site: %s',
    async (language) => {
      const { context } = delivery(language);
      const sent: CodeMessage[] = [];
      const provider = smsOtp({ send: async (message) => void sent.push(message) });
      await provider.send?.(context, { address: '+4512345678', code: '042137' });
      const [{ to, text, code } = { to: '', text: '', code: '' }] = sent;
      expect({ to, code }).toEqual({ to: '+4512345678', code: '042137' });
      const lines = text.split('\n');
      expect(lines.at(-1)).toBe('@app.acme.example #042137');
      expect(lines[0]).toContain('042137');
      expect(lines[0]).toContain('Acme');
      expect(text).not.toMatch(/[{}]|undefined|7946/);
      expect(text.length).toBeLessThanOrEqual(160);
    },
  );

  test('what the carrier throws is passed on, for the person to be told', async () => {
    const { context } = delivery();
    const provider = smsOtp({ send: () => Promise.reject(new Error('no credit')) });
    await expect(provider.send?.(context, { address: '+4512345678', code: '042137' })).rejects.toThrow(
      'no credit',
    );
  });
});

describe('a phone number', () => {
  test.each([
    ['+45 12 34 56 78', '+4512345678', '+45 •••• 5678'],
    ['+1 (415) 555-0132', '+14155550132', '+1 •••• 0132'],
    ['+44.20.7946.0000', '+442079460000', '+44 •••• 0000'],
    ['+290 12345', '+29012345', '+290 •••• 45'],
    ['+81\u00a090 1234 5678', '+819012345678', '+81 •••• 5678'],
    ['+999 123456789012', '+999123456789012', '+999 •••• 9012'],
  ])('%s is %s', (typed, address, shown) => {
    expect(smsOtp({ send: 'event' }).begin(enrolment(), { address: typed })).toMatchObject({
      setup: { to: shown },
      deliver: { address },
    });
  });

  test.each([
    '12345678',
    '004512345678',
    '+4512',
    '+4512345678901234',
    '+0123456789',
    '+45 1234 5678 x9',
    '+45123456\n78',
    '+45１2345678',
    '+45+12345678',
    '++4512345678',
    'tel:+4512345678',
    '+4512345678,+4587654321',
    '',
  ])('%j is none', (typed) => {
    expect(smsOtp({ send: 'event' }).begin(enrolment(), { address: typed })).toEqual({
      refused: 'input-wrong',
    });
  });
});

describe('options', () => {
  test.each<[() => unknown, string, string]>([
    [
      () => emailOtp({ send: 'mail' } as unknown as EmailOtpOptions),
      'ERR_CONFIG_EMAIL_OTP',
      'emailOtp({ send })',
    ],
    [() => emailOtp({ length: 4 } as EmailOtpOptions), 'ERR_CONFIG_EMAIL_OTP', 'no option length'],
    [() => smsOtp(undefined as unknown as SmsOtpOptions), 'ERR_CONFIG_SMS_OTP', 'smsOtp({ send })'],
    [() => smsOtp({} as SmsOtpOptions), 'ERR_CONFIG_SMS_OTP', 'smsOtp({ send })'],
    [() => smsOtp({ send: 'event', from: 'Acme' } as SmsOtpOptions), 'ERR_CONFIG_SMS_OTP', 'no option from'],
  ])('%s is refused', (make, code, words) => {
    expect(make).toThrow(expect.objectContaining({ code, message: expect.stringContaining(words) }));
  });
});
