import { afterEach, describe, expect, test } from 'vitest';
import type { CofactorEvents } from 'cofactor';
import { emailOtp } from 'cofactor/email-otp';
import { smtp } from 'cofactor/mail';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { smsOtp, type CodeMessage } from 'cofactor/sms-otp';
import { totp } from 'cofactor/totp';
import type { SecurityView } from '../../packages/cofactor/src/http/contract.ts';
import {
  codeOf,
  enrolTotp,
  onEachDatabase,
  register,
  signInWithCode,
  signInWithPassword,
  type TestDatabase,
} from '../support/app.ts';
import { plainHasher } from '../support/hasher.ts';
import {
  answerCode,
  askedToSignIn,
  askForCode,
  beginEnrolment,
  confirmEnrolment,
  createMailedApp,
  enrolAddress,
  otherThan,
  registerMailed,
  type MailedApp,
} from '../support/mailed.ts';
import { codeIn, startSmtp } from '../support/smtp.ts';

const others = [password({ hasher: plainHasher }), totp({ issuer: 'Test' }), recoveryCodes()];

onEachDatabase('mailed codes', (fresh) => {
  let database: TestDatabase;
  let app: MailedApp;
  const open: { close(): Promise<void> }[] = [];
  async function start(options: Parameters<typeof createMailedApp>[1] = {}): Promise<MailedApp> {
    database = await fresh();
    app = await createMailedApp(database.open(), options);
    open.push(app);
    return app;
  }
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
    await database.drop();
  });

  test('an address is set up with a code, and a code signs in', async () => {
    await start();
    const person = await register(app);
    const begun = await beginEnrolment(person.browser, 'Ada@Example.com');
    expect(begun.status).toBe(201);
    expect(begun.body.setup).toEqual({ to: 'a•••@example.com' });
    expect(app.mail.mails).toHaveLength(1);
    const mail = app.mail.last('ada@example.com');
    expect(mail).toMatchObject({ to: ['ada@example.com'], subject: 'Your code for Acme' });
    const code = codeIn(mail);
    expect((await confirmEnrolment(person.browser, begun.body.enrolment, otherThan(code))).problem).toBe(
      'wrong-response',
    );
    const confirmed = await confirmEnrolment(person.browser, begun.body.enrolment, code);
    expect(confirmed.status).toBe(201);
    expect(confirmed.body.authenticator).toMatchObject({ hint: 'a•••@example.com' });
    expect(confirmed.body.issued[0]?.setup['codes']).toHaveLength(10);
    person.authenticator = confirmed.body.authenticator.id;

    const browser = app.browser();
    const first = await signInWithPassword(person, browser);
    const ceremony = first.body.status === 'more-needed' ? first.body.ceremony : null;
    expect(ceremony?.offers[0]).toMatchObject({
      authenticator: person.authenticator,
      hint: 'a•••@example.com',
      provider: { provider: 'email-otp', challenge: true },
    });
    const asked = await askForCode(browser, person.authenticator);
    expect(asked.body).toEqual({
      provider: 'email-otp',
      view: { to: 'a•••@example.com' },
      expiresAt: new Date(app.clock.now().getTime() + 600_000).toISOString(),
      resendAfter: 60,
    });
    const done = await answerCode(browser, person.authenticator, codeIn(app.mail.last('ada@example.com')));
    expect(done.body.status).toBe('done');
    expect((await browser.get('/who')).body).toEqual({
      user: person.identifier,
      amr: ['pwd', 'otp', 'mfa'],
      acr: 'mfa',
    });
  });

  test('the mail is in the language of the page', async () => {
    await start();
    const person = await register(app);
    const german = { headers: { 'accept-language': 'de' } };
    const body = { provider: 'email-otp', input: { address: 'ada@example.com' } };
    await person.browser.post('/auth/enrolments', body, german);
    expect(app.mail.last('ada@example.com')).toMatchObject({ subject: 'Ihr Code für Acme' });
    expect(app.mail.last('ada@example.com').text).toContain('Gesendet von Acme');
  });

  test('a step-up asks by mail, too', async () => {
    await start();
    const person = await registerMailed(app);
    const { browser, code } = await askedToSignIn(app, person);
    await answerCode(browser, person.authenticator, code);
    app.clock.advance(901);
    const begun = await browser.post('/auth/step-up', { policy: 'FreshAdmin' });
    expect(begun.body.status).toBe('more-needed');
    expect((await askForCode(browser, person.authenticator)).status).toBe(200);
    const answer = await answerCode(browser, person.authenticator, codeIn(app.mail.last(person.address)));
    expect(answer.body.status).toBe('done');
    expect((await browser.get('/fresh-admin')).status).toBe(200);
  });

  test('R-N11 another code is sent after a minute and not before; the one on its way stays right', async () => {
    await start();
    const person = await registerMailed(app);
    const { browser, code } = await askedToSignIn(app, person);
    const sent = app.mail.mails.length;
    app.clock.advance(20);
    expect((await askForCode(browser, person.authenticator)).body.resendAfter).toBe(40);
    app.clock.advance(39);
    expect((await askForCode(browser, person.authenticator)).body.resendAfter).toBe(1);
    expect(app.mail.mails).toHaveLength(sent);
    app.clock.advance(1);
    expect((await askForCode(browser, person.authenticator)).body.resendAfter).toBe(60);
    expect(app.mail.mails).toHaveLength(sent + 1);
    const newer = codeIn(app.mail.last(person.address));
    if (newer !== code) {
      expect((await answerCode(browser, person.authenticator, code)).problem).toBe('wrong-response');
    }
    expect((await answerCode(browser, person.authenticator, newer)).body.status).toBe('done');
  });

  test('a recipient gets seven messages an hour, and strangers cause no more than four of them', async () => {
    await start();
    const owner = await registerMailed(app);
    const one = (await register(app)).browser;
    const other = (await register(app)).browser;
    // The first one was for the owner's own set-up.
    for (const browser of [one, other, one]) {
      expect((await beginEnrolment(browser, owner.address.toUpperCase())).status).toBe(201);
    }
    for (const browser of [one, other, (await register(app)).browser]) {
      const refused = await beginEnrolment(browser, owner.address);
      expect([refused.status, refused.problem]).toEqual([429, 'too-many-tries']);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    }
    // The owner still gets the codes that they sign in with.
    for (let count = 0; count < 3; count++) {
      const browser = app.browser();
      await signInWithPassword(owner, browser);
      expect((await askForCode(browser, owner.authenticator)).status).toBe(200);
    }
    const to = app.mail.mails.filter((mail) => mail.to.includes(owner.address));
    expect(to).toHaveLength(7);
    const browser = app.browser();
    await signInWithPassword(owner, browser);
    expect((await askForCode(browser, owner.authenticator)).problem).toBe('too-many-tries');
    // Nobody else has to wait for it.
    expect((await beginEnrolment(one, 'other@example.com')).status).toBe(201);
    app.clock.advance(3601);
    expect((await beginEnrolment((await register(app)).browser, owner.address)).status).toBe(201);
  });

  test('one account causes ten messages an hour to addresses that are not confirmed', async () => {
    await start();
    const { browser } = await register(app);
    for (let count = 0; count < 10; count++) {
      expect((await beginEnrolment(browser, `stranger-${count}@example.com`)).status).toBe(201);
    }
    expect((await beginEnrolment(browser, 'one-more@example.com')).problem).toBe('too-many-tries');
  });

  test('A-205 a mail server that is away is told, and another way works meanwhile', async () => {
    await start();
    const person = await register(app);
    await enrolTotp(app, person);
    const appId = person.authenticator;
    const second = await signInWithCode(app, person);
    const mailId = await enrolAddress(app, second, 'ada@example.com');
    await app.mail.close();

    const browser = app.browser();
    await signInWithPassword(person, browser);
    const failed = await askForCode(browser, mailId);
    expect([failed.status, failed.problem]).toEqual([503, 'delivery-failed']);
    // Nothing was lost by it, and nothing gained.
    expect((await browser.get('/who')).body).toMatchObject({ user: null });
    expect((await browser.context()).ceremony?.triesLeft).toBe(5);
    expect((await answerCode(browser, appId, codeOf(app, person))).body.status).toBe('done');
  });

  test('A-205 a sender that is slow is waited for three seconds, and nobody gets in meanwhile', async () => {
    const box: { code: string; arrive: () => void } = { code: '', arrive: () => undefined };
    const slow = emailOtp({
      send: ({ code }) => {
        box.code = code;
        return new Promise((resolve) => (box.arrive = resolve));
      },
    });
    await start({ factors: [...others, slow] });
    const person = await register(app);
    const began = performance.now();
    const begun = await beginEnrolment(person.browser, 'ada@example.com');
    const waited = performance.now() - began;
    expect(begun.status).toBe(201);
    expect(waited).toBeGreaterThan(2500);
    expect(waited).toBeLessThan(4500);
    // It is on its way as far as anybody knows: nothing is confirmed by that.
    const { authenticators } = (await person.browser.get<SecurityView>('/auth/security')).body;
    expect(authenticators.map(({ provider }) => provider.provider)).toEqual(['password']);
    box.arrive();
    expect((await confirmEnrolment(person.browser, begun.body.enrolment, box.code)).status).toBe(201);
  });

  test('A-205 what could not be sent can be asked for again at once', async () => {
    await start();
    const person = await registerMailed(app);
    const browser = app.browser();
    await signInWithPassword(person, browser);
    app.mail.mode = 'refuse';
    expect((await askForCode(browser, person.authenticator)).problem).toBe('delivery-failed');
    app.mail.mode = 'take';
    expect((await askForCode(browser, person.authenticator)).status).toBe(200);
    const code = codeIn(app.mail.last(person.address));
    expect((await answerCode(browser, person.authenticator, code)).body.status).toBe('done');
  });

  test('an address that mails cannot be sent to is not set up', async () => {
    await start();
    const person = await register(app);
    app.mail.mode = 'refuse';
    const failed = await beginEnrolment(person.browser, 'ada@example.com');
    expect([failed.status, failed.problem]).toEqual([503, 'delivery-failed']);
  });

  test('an address that is none is refused in the words of the provider', async () => {
    await start();
    const person = await registerMailed(app);
    const { browser, code } = await askedToSignIn(app, person);
    await answerCode(browser, person.authenticator, code);
    for (const [address, text] of [
      ['ada', 'input-wrong'],
      [person.address.toUpperCase(), 'input-held'],
    ]) {
      const refused = await beginEnrolment(browser, address);
      expect([refused.status, refused.problem]).toEqual([422, 'refused-response']);
      expect(refused.body).toMatchObject({ text });
    }
  });

  test('two addresses of one person are two ways', async () => {
    await start();
    const person = await registerMailed(app);
    const { browser, code } = await askedToSignIn(app, person);
    await answerCode(browser, person.authenticator, code);
    const second = await enrolAddress(app, browser, 'second@example.com');
    const again = app.browser();
    await signInWithPassword(person, again);
    await askForCode(again, person.authenticator);
    await askForCode(again, second);
    const [one, other] = [app.mail.last(person.address), app.mail.last('second@example.com')].map(codeIn);
    if (one !== other) {
      expect((await answerCode(again, person.authenticator, other ?? '')).problem).toBe('wrong-response');
    }
    expect((await answerCode(again, second, other ?? '')).body.status).toBe('done');
  });

  test('an application that sends for itself is told where, what and to whom, in each realm', async () => {
    database = await fresh();
    const mail = await startSmtp();
    open.push(mail);
    const factors = [...others, emailOtp({ send: 'event' })];
    type Requested = CofactorEvents['two-factor-requested'];
    const told: Requested[] = [];
    for (const realm of ['users', 'members']) {
      const one = await createMailedApp(database.open(), { realm, factors, mail: smtp(mail.url) }, mail);
      open.unshift(one);
      one.auth.on('two-factor-requested', (event) => void told.push(event));
      const person = await register(one, `ada-${realm}`);
      const begun = await beginEnrolment(person.browser, `${realm}@example.com`);
      const last = told.at(-1);
      expect(last).toEqual({
        realm,
        user: { id: expect.any(String), identifier: `ada-${realm}` },
        provider: 'email-otp',
        address: `${realm}@example.com`,
        code: expect.stringMatching(/^[0-9]{6}$/),
        purpose: 'enrolment',
        expiresAt: expect.any(Date),
      });
      const confirmed = await confirmEnrolment(person.browser, begun.body.enrolment, last?.code ?? '');
      const { id } = confirmed.body.authenticator;
      const browser = one.browser();
      await signInWithPassword(person, browser);
      await askForCode(browser, id);
      expect(told.at(-1)).toMatchObject({ realm, address: `${realm}@example.com`, purpose: 'sign-in' });
      expect((await answerCode(browser, id, told.at(-1)?.code ?? '')).body.status).toBe('done');
    }
    expect(told).toHaveLength(4);
    expect(mail.mails).toHaveLength(0);
  });

  test('nobody who listens, or one who fails, is a code that could not be sent', async () => {
    await start({ factors: [...others, emailOtp({ send: 'event' })] });
    const person = await register(app);
    expect((await beginEnrolment(person.browser, 'ada@example.com')).problem).toBe('delivery-failed');
    const off = app.auth.on('two-factor-requested', () => Promise.reject(new Error('no carrier')));
    expect((await beginEnrolment(person.browser, 'ada@example.com')).problem).toBe('delivery-failed');
    off();
    app.auth.on('two-factor-requested', () => undefined);
    expect((await beginEnrolment(person.browser, 'ada@example.com')).status).toBe(201);
  });
});

describe('codes by text message', () => {
  onEachDatabase('are set up and sign in', (fresh) => {
    test('through a function of the application', async () => {
      const database = await fresh();
      const sent: CodeMessage[] = [];
      const sms = smsOtp({ send: async (message) => void sent.push(message) });
      const app = await createMailedApp(database.open(), { factors: [...others, sms] });
      const person = await register(app);
      const addable = (await person.browser.get<SecurityView>('/auth/security')).body.addable;
      expect(addable.find(({ provider }) => provider === 'sms-otp')).toMatchObject({
        restricted: true,
        input: { property: 'address', autocomplete: 'tel', inputMode: 'tel' },
      });
      const begun = await beginEnrolment(person.browser, '+45 12 34 56 78', 'sms-otp');
      expect(begun.body.setup).toEqual({ to: '+45 •••• 5678' });
      expect(sent.at(-1)).toMatchObject({ to: '+4512345678', user: { identifier: person.identifier } });
      const confirmed = await confirmEnrolment(person.browser, begun.body.enrolment, sent.at(-1)?.code ?? '');
      const { id } = confirmed.body.authenticator;
      const browser = app.browser();
      await signInWithPassword(person, browser);
      await askForCode(browser, id);
      expect(sent.at(-1)?.text.split('\n').at(-1)).toBe(`@localhost #${sent.at(-1)?.code}`);
      expect((await answerCode(browser, id, sent.at(-1)?.code ?? '')).body.status).toBe('done');
      expect((await browser.get('/who')).body).toMatchObject({ amr: ['pwd', 'sms', 'mfa'], acr: 'mfa' });
      await app.close();
      await database.drop();
    });
  });

  test('R-N12 cannot be the only second factor of a site', async () => {
    const only = { factors: [password({ hasher: plainHasher }), smsOtp({ send: 'event' })] };
    await expect(createMailedApp({ migrate: () => undefined } as never, only)).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_FACTORS', message: expect.stringContaining('restricted') }),
    );
  });

  test('R-N10 codes by e-mail are refused where NIST is to be followed', async () => {
    const nist = { profile: 'nist-800-63b-4' } as const;
    await expect(createMailedApp({ migrate: () => undefined } as never, nist)).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_FACTORS', message: expect.stringContaining('3.1.3.1') }),
    );
  });
});
