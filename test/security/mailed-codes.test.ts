import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Log } from 'cofactor';
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
import { codeIn } from '../support/smtp.ts';

onEachDatabase('mailed codes, attacked', (fresh) => {
  let database: TestDatabase;
  let app: MailedApp;
  let written: string[];
  beforeEach(async () => {
    database = await fresh();
    written = [];
    const write = (...parts: unknown[]): void => {
      written.push(
        ...parts.map((part) =>
          JSON.stringify(part, (_key, value: unknown) =>
            value instanceof Error ? { ...value, message: value.message, stack: value.stack } : value,
          ),
        ),
      );
    };
    const log: Log = { info: write, warn: write, error: write };
    app = await createMailedApp(database.open(), { log });
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  test('I-13 A-29 another code gives no try back, nor does another way, nor a code that could not be sent', async () => {
    const person = await register(app);
    await enrolTotp(app, person);
    const signedIn = await signInWithCode(app, person);
    const id = await enrolAddress(app, signedIn, 'ada@example.com');
    const browser = app.browser();
    await signInWithPassword(person, browser);
    await askForCode(browser, id);
    const wrong = (): string => otherThan(codeIn(app.mail.last('ada@example.com')));
    const left = async (): Promise<number | undefined> => (await browser.context()).ceremony?.triesLeft;

    expect((await answerCode(browser, id, wrong())).body).toMatchObject({ triesLeft: 4 });
    app.clock.advance(61);
    await askForCode(browser, id);
    expect(await left()).toBe(4);
    expect((await answerCode(browser, id, wrong())).body).toMatchObject({ triesLeft: 3 });
    expect((await answerCode(browser, person.authenticator, '000000')).body).toMatchObject({ triesLeft: 2 });
    app.mail.mode = 'refuse';
    app.clock.advance(61);
    expect((await askForCode(browser, id)).problem).toBe('delivery-failed');
    app.mail.mode = 'take';
    expect(await left()).toBe(2);
    await askForCode(browser, id);
    expect((await answerCode(browser, id, wrong())).body).toMatchObject({ triesLeft: 1 });
    const last = await answerCode(browser, id, wrong());
    expect([last.status, last.body]).toMatchObject([429, { triesLeft: 0 }]);
    // The right one comes too late, and no more is sent for this sign-in.
    expect((await answerCode(browser, id, codeIn(app.mail.last('ada@example.com')))).problem).toBe(
      'too-many-tries',
    );
    expect((await askForCode(browser, id)).problem).toBe('too-many-tries');
  });

  test('I-13 failures of a mailed code are added up over sign-ins, until there is a wait', async () => {
    const person = await registerMailed(app);
    for (let round = 0; round < 2; round++) {
      app.clock.advance(61);
      const { browser, code } = await askedToSignIn(app, person);
      for (let tries = 0; tries < 5; tries++)
        await answerCode(browser, person.authenticator, otherThan(code));
    }
    app.clock.advance(20);
    const browser = app.browser();
    await signInWithPassword(person, browser);
    await askForCode(browser, person.authenticator);
    const right = await answerCode(browser, person.authenticator, codeIn(app.mail.last(person.address)));
    expect([right.status, right.problem]).toEqual([429, 'too-many-tries']);
  });

  test('A-37 a code of a set-up dies after ten wrong tries', async () => {
    const person = await register(app);
    const { enrolment } = (await beginEnrolment(person.browser, 'ada@example.com')).body;
    const code = codeIn(app.mail.last('ada@example.com'));
    for (let tries = 0; tries < 10; tries++)
      await confirmEnrolment(person.browser, enrolment, otherThan(code));
    expect((await confirmEnrolment(person.browser, enrolment, code)).problem).toBe('enrolment-unknown');
  });

  test('I-02 a code belongs to the sign-in it was asked for in, and to nothing else', async () => {
    const person = await registerMailed(app);
    const one = await askedToSignIn(app, person);
    app.clock.advance(61);
    const other = await askedToSignIn(app, person);
    expect(one.code).not.toBe(other.code);
    expect((await answerCode(one.browser, person.authenticator, other.code)).problem).toBe('wrong-response');
    expect((await answerCode(other.browser, person.authenticator, one.code)).problem).toBe('wrong-response');
    expect((await answerCode(one.browser, person.authenticator, one.code)).body.status).toBe('done');
    // Nor does the code of a sign-in set up, or that of a set-up sign in.
    const { enrolment } = (await beginEnrolment(one.browser, 'second@example.com')).body;
    const ofSetUp = codeIn(app.mail.last('second@example.com'));
    expect((await confirmEnrolment(one.browser, enrolment, other.code)).problem).toBe('wrong-response');
    expect((await answerCode(other.browser, person.authenticator, ofSetUp)).problem).toBe('wrong-response');
    expect((await answerCode(other.browser, person.authenticator, other.code)).body.status).toBe('done');
  });

  test('A-09 a code of one person signs nobody else in, even with the id of the authenticator', async () => {
    const [ada, eve] = [await registerMailed(app), await registerMailed(app)];
    const victim = await askedToSignIn(app, ada);
    const attacker = await askedToSignIn(app, eve);
    expect((await answerCode(victim.browser, ada.authenticator, attacker.code)).problem).toBe(
      'wrong-response',
    );
    expect((await answerCode(victim.browser, eve.authenticator, attacker.code)).problem).toBe(
      'wrong-response',
    );
    // Nor can a code be had for an authenticator of somebody else.
    const sent = app.mail.mails.length;
    app.clock.advance(61);
    expect((await askForCode(victim.browser, eve.authenticator)).status).toBe(400);
    expect(app.mail.mails).toHaveLength(sent);
  });

  test('A-13 a code that was never asked for is wrong, whatever it is', async () => {
    const person = await registerMailed(app);
    const enrolledWith = codeIn(app.mail.last(person.address));
    const browser = app.browser();
    await signInWithPassword(person, browser);
    for (const code of [enrolledWith, '000000', '123456']) {
      expect((await answerCode(browser, person.authenticator, code)).problem).toBe('wrong-response');
    }
  });

  test('R-N11 ten minutes, then neither the code of a sign-in nor that of a set-up is any good', async () => {
    const person = await registerMailed(app);
    const { browser, code } = await askedToSignIn(app, person);
    app.clock.advance(600);
    expect((await answerCode(browser, person.authenticator, code)).status).toBe(410);

    const somebody = await register(app);
    const { enrolment } = (await beginEnrolment(somebody.browser, 'late@example.com')).body;
    const ofSetUp = codeIn(app.mail.last('late@example.com'));
    app.clock.advance(600);
    await signInWithPassword(somebody, somebody.browser);
    expect((await confirmEnrolment(somebody.browser, enrolment, ofSetUp)).status).toBe(404);
  });

  test('I-04 the same code again gives nothing: not in the same sign-in, not in a step-up', async () => {
    const person = await registerMailed(app);
    const { browser, code } = await askedToSignIn(app, person);
    const before = browser.fork({ withCookies: true });
    expect((await answerCode(browser, person.authenticator, code)).body.status).toBe('done');
    expect((await answerCode(before, person.authenticator, code)).status).toBeGreaterThanOrEqual(400);
    app.clock.advance(61);
    await browser.post('/auth/step-up', { policy: 'FreshAdmin' });
    app.clock.advance(850);
    await browser.post('/auth/step-up', { policy: 'FreshAdmin' });
    expect((await answerCode(browser, person.authenticator, code)).problem).toBe('wrong-response');
  });

  test('I-04 twenty right answers at once are one session', async () => {
    const person = await registerMailed(app);
    const { browser, code } = await askedToSignIn(app, person);
    const before = await sessionsOf(person.identifier);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        answerCode(browser.fork({ withCookies: true }), person.authenticator, code),
      ),
    );
    expect(answers.filter(({ body }) => body?.status === 'done')).toHaveLength(1);
    expect(await sessionsOf(person.identifier)).toBe(before + 1);
    // None of the others was a failure: the person was right.
    const [row] = await database.query('select failures from authenticators where id = $1', [
      person.authenticator,
    ]);
    expect(Number(row?.['failures'])).toBe(0);
  });

  test('I-04 a right answer whose challenge another one has just used up is late, and not wrong', async () => {
    const person = await registerMailed(app);
    const { browser, code } = await askedToSignIn(app, person);
    const answered = (): ReturnType<typeof answerCode> =>
      answerCode(browser.fork({ withCookies: true }), person.authenticator, code);
    const { store } = app.auth.engine;
    const faster: Awaited<ReturnType<typeof answered>>[] = [];
    const challenge = vi.spyOn(store, 'challenge').mockImplementationOnce(async (...asked) => {
      challenge.mockRestore();
      faster.push(await answered());
      return store.challenge(...asked);
    });
    const late = await answered();
    expect([faster[0]?.body?.status, late.problem]).toEqual(['done', 'ceremony-used']);
  });

  test('I-13 twenty answers at once are five tries', async () => {
    const person = await registerMailed(app);
    const { browser, code } = await askedToSignIn(app, person);
    const guesses = Array.from({ length: 20 }, (_, step) =>
      answerCode(
        browser.fork({ withCookies: true }),
        person.authenticator,
        String((Number(code) + 1 + step) % 1_000_000).padStart(6, '0'),
      ),
    );
    await Promise.all(guesses);
    const [row] = await database.query('select failures from authenticators where id = $1', [
      person.authenticator,
    ]);
    expect(Number(row?.['failures'])).toBe(5);
    expect((await answerCode(browser, person.authenticator, code)).problem).toBe('too-many-tries');
  });

  test('twenty requests for a code at once are one mail, and take one of the ten of an hour', async () => {
    const person = await registerMailed(app);
    const browser = app.browser();
    await signInWithPassword(person, browser);
    const sent = app.mail.mails.length;
    const asked = await Promise.all(
      Array.from({ length: 20 }, () => askForCode(browser.fork({ withCookies: true }), person.authenticator)),
    );
    expect(app.mail.mails).toHaveLength(sent + 1);
    expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([200]));
    const code = codeIn(app.mail.last(person.address));
    expect((await answerCode(browser, person.authenticator, code)).body.status).toBe('done');
    // One for the set-up (and the same for who asked for it), and this one.
    expect(await database.query('select * from sends')).toHaveLength(3);
  });

  test('A-77 an address that is taken away voids the code on its way to it', async () => {
    const person = await registerMailed(app);
    const inside = await askedToSignIn(app, person);
    await answerCode(inside.browser, person.authenticator, inside.code);
    await enrolAddress(app, inside.browser, 'new@example.com');
    app.clock.advance(61);
    const { browser, code } = await askedToSignIn(app, person);
    const removed = await inside.browser.send('DELETE', '/auth/authenticators', {
      body: { id: person.authenticator },
    });
    expect(removed.status).toBe(204);
    const late = await answerCode(browser, person.authenticator, code);
    expect([late.status, late.problem]).toEqual([410, 'ceremony-expired']);
  });

  test('A-107 a code goes to the stored address: none can be given when it is asked for', async () => {
    const person = await registerMailed(app);
    const browser = app.browser();
    await signInWithPassword(person, browser);
    const sent = app.mail.mails.length;
    for (const more of [
      { address: 'eve@example.com' },
      { input: { address: 'eve@example.com' } },
      { to: 'eve' },
    ]) {
      const body = { authenticator: person.authenticator, ...more };
      expect((await browser.post('/auth/challenges', body)).status).toBe(400);
    }
    expect(app.mail.mails).toHaveLength(sent);
    await askForCode(browser, person.authenticator);
    expect(app.mail.mails.at(-1)?.to).toEqual([person.address]);
  });

  test('A-107 nothing that is not exactly one address is written to', async () => {
    const { browser } = await register(app);
    const typed = [
      'vıctim@example.com',
      'ada@ｅxample.com',
      'ada＠example.com',
      'ada@example.com,eve@example.net',
      'ada@example.com\r\nBcc: eve@example.net',
      'Ada <ada@example.com>',
      'ada@example.com\0',
      ['ada@example.com', 'eve@example.net'],
      { address: 'ada@example.com' },
      7,
      null,
      '',
      `${'a'.repeat(300)}@example.com`,
    ];
    for (const address of typed) {
      const { status } = await beginEnrolment(browser, address);
      expect([address, [400, 422].includes(status)]).toEqual([address, true]);
    }
    const extra = { provider: 'email-otp', input: { address: 'ada@example.com', bcc: 'eve@example.net' } };
    expect((await browser.post('/auth/enrolments', extra)).status).toBe(400);
    expect((await browser.post('/auth/enrolments', { provider: 'email-otp' })).status).toBe(400);
    expect(app.mail.mails).toEqual([]);
    expect(written).toEqual([]);
  });

  test('A-33 nobody gets a code sent without having shown the first factor', async () => {
    const person = await registerMailed(app);
    const sent = app.mail.mails.length;
    const stranger = app.browser();
    await stranger.context();
    expect((await askForCode(stranger, person.authenticator)).problem).toBe('ceremony-unknown');
    const wrong = app.browser();
    await signInWithPassword(person, wrong, 'not the password at all');
    expect((await askForCode(wrong, person.authenticator)).problem).toBe('ceremony-unknown');
    expect(app.mail.mails).toHaveLength(sent);
  });

  test('I-15 a mailbox alone is not two factors: nobody signs in with a code first', async () => {
    const person = await registerMailed(app);
    const browser = app.browser();
    const context = await browser.context();
    expect(context.first.map(({ provider }) => provider)).toEqual(['password']);
    const { identifier } = person;
    const response = { code: codeIn(app.mail.last(person.address)) };
    const first = await browser.post('/auth/sign-in', { identifier, provider: 'email-otp', response });
    expect(first.status).toBeGreaterThanOrEqual(400);
    expect((await browser.post('/auth/challenges', { provider: 'email-otp' })).status).toBe(400);
  });

  test('I-28 neither a code nor an address is in any answer, log or row', async () => {
    const seen: string[] = [];
    const person = await register(app);
    const { browser } = person;
    const address = 'marked.secret@example.com';
    const begun = await beginEnrolment(browser, address);
    seen.push(begun.text);
    const codes = [codeIn(app.mail.last(address))];
    const confirmed = await confirmEnrolment(browser, begun.body.enrolment, codes[0] ?? '');
    seen.push(confirmed.text);
    const { id } = confirmed.body.authenticator;
    seen.push((await browser.get<SecurityView>('/auth/security')).text);
    const next = app.browser();
    seen.push((await signInWithPassword(person, next)).text);
    app.clock.advance(61);
    seen.push((await askForCode(next, id)).text, (await next.get('/auth/context')).text);
    codes.push(codeIn(app.mail.last(address)));
    for (const mode of ['refuse', 'take'] as const) {
      app.mail.mode = mode;
      app.clock.advance(61);
      seen.push((await askForCode(next, id)).text);
    }
    codes.push(codeIn(app.mail.last(address)));
    seen.push((await answerCode(next, id, otherThan(codes.at(-1) ?? ''))).text);
    seen.push((await answerCode(next, id, codes.at(-1) ?? '')).text);

    // The mail server was asked to repeat the address in what it says, and what it said was logged.
    expect(written.join('\n')).toContain('ERR_MAIL_FAILED');
    const rows = await everyRow(database);
    for (const secret of [...codes, address, 'marked.secret']) {
      // A code is six digits: only whole ones count, since times and ids have digits too.
      const whole = new RegExp(`(?<![0-9A-Za-z_-])${secret.replaceAll('.', '\\.')}(?![0-9A-Za-z_-])`);
      for (const place of [...seen, ...written, ...rows]) expect(place).not.toMatch(whole);
    }
    expect(rows.length).toBeGreaterThan(5);
  });

  test('another factor of the same person is no way around a code: each is asked for itself', async () => {
    const person = await register(app);
    await enrolTotp(app, person);
    const signedIn = await signInWithCode(app, person);
    const id = await enrolAddress(app, signedIn, 'ada@example.com');
    const browser = app.browser();
    await signInWithPassword(person, browser);
    await askForCode(browser, id);
    const mailed = codeIn(app.mail.last('ada@example.com'));
    expect((await answerCode(browser, person.authenticator, mailed)).problem).toBe('wrong-response');
    expect((await answerCode(browser, id, codeOf(app, person))).problem).toBe('wrong-response');
    expect((await answerCode(browser, id, mailed)).body.status).toBe('done');
  });

  async function sessionsOf(identifier: string): Promise<number> {
    const sql =
      'select count(*) as n from sessions where user_id = (select id from users where identifier = $1)';
    const [row] = await database.query(sql, [identifier]);
    return Number(row?.['n']);
  }
});

/** Every row of every table, as JSON. */
async function everyRow(database: TestDatabase): Promise<string[]> {
  const tables = [
    'users',
    'authenticators',
    'ceremonies',
    'challenges',
    'enrolments',
    'sessions',
    'sends',
    'audit',
    'limits',
  ];
  const rows = await Promise.all(tables.map((table) => database.query(`select * from ${table}`)));
  return rows.flat().map((row) => JSON.stringify(row));
}
