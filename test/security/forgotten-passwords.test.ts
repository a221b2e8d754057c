import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  createApp,
  enrolTotp,
  onEachDatabase,
  register,
  signInWithPassword,
  type Person,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import { TestMailer } from '../support/mails.ts';

const good = { password: 'a walk by the quiet river' };

onEachDatabase('forgotten passwords and addresses', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let mail: TestMailer;
  const settled = (): Promise<void> => app.auth.engine.background.settled();
  beforeEach(async () => {
    database = await fresh();
    mail = new TestMailer();
    app = await createApp(database.open(), { mail });
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  const forgot = async (identifier: unknown) => {
    const browser = app.browser();
    await browser.context();
    const answer = await browser.post('/auth/forgot', { identifier });
    await settled();
    return answer;
  };
  const reset = async (token: string, response: object = good) => {
    const browser = app.browser();
    await browser.context();
    return browser.post('/auth/reset', { token, provider: 'password', response });
  };
  const confirmed = async (identifier: string): Promise<Person> => {
    const person = await register(app, identifier);
    await settled();
    await person.browser.post('/auth/email/confirm', { token: mail.tokenTo(identifier) });
    await settled();
    return person;
  };

  it('I-17 the answer is the same for known, unknown, unconfirmed and disabled accounts', async () => {
    await confirmed('known@example.org');
    await register(app, 'unconfirmed@example.org');
    await confirmed('disabled@example.org');
    await database.query("update users set disabled_at = 1 where identifier = 'disabled@example.org'");
    const answers = [];
    for (const name of ['known', 'unknown', 'unconfirmed', 'disabled']) {
      const { status, text } = await forgot(`${name}@example.org`);
      answers.push({ status, text });
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.status).toBe(202);
    expect(mail.to('unknown@example.org')).toBeUndefined();
    expect(mail.to('disabled@example.org')?.text ?? '').not.toContain('#rst_');
  });

  // Tracks: CVE-2024-27295, CVE-2019-19844
  it('A-107 mail goes to the stored address, whatever look-alike was typed', async () => {
    await confirmed('victim@example.org');
    const before = mail.mails.length;
    for (const typed of [
      'v\u0131ctim@example.org',
      'VICTIM@example.org',
      'victim\uff20example.org',
      'victim@example.org,eve@example.net',
      'victim@example.org\r\nBcc: eve@example.net',
      ' victim@example.org ',
      ['victim@example.org', 'eve@example.net'],
      { $ne: '' },
    ]) {
      await forgot(typed);
    }
    const sent = mail.mails.slice(before);
    expect(new Set(sent.map(({ to }) => to))).toEqual(new Set(['victim@example.org']));
  });

  it('A-105 I-15 a link gives no session, cannot skip the second factor, and ends remembered browsers', async () => {
    const ada = await confirmed('ada@example.org');
    await enrolTotp(app, ada);
    await forgot('ada@example.org');
    const answer = await reset(mail.tokenTo('ada@example.org'));
    expect(answer.status).toBe(204);
    expect([answer.headers['set-cookie'] ?? []].flat().join()).not.toContain('session');
    const next = await signInWithPassword({ ...ada, password: good.password }, app.browser());
    expect(next.body.status).toBe('more-needed');
  });

  it('A-109 an address that nobody confirmed never takes an account over that has a second factor', async () => {
    const squatter = await register(app, 'victim@example.org');
    await enrolTotp(app, squatter);
    await settled();
    const before = mail.mails.length;
    await forgot('victim@example.org');
    expect(mail.mails.length).toBe(before);
  });

  it('A-109 the owner of an address takes back an account that somebody made with it: its sessions are over', async () => {
    const squatter = await register(app, 'victim@example.org');
    // The mail that asks to confirm the address is the older one then.
    await settled();
    await forgot('victim@example.org');
    expect((await reset(mail.tokenTo('victim@example.org'))).status).toBe(204);
    expect((await squatter.browser.get('/auth/security')).status).toBe(401);
    expect((await signInWithPassword(squatter, app.browser())).status).toBe(401);
  });

  it('A-109 a link that confirms an address is worth nothing in another account or without one', async () => {
    await register(app, 'victim@example.org');
    await settled();
    const token = mail.tokenTo('victim@example.org');
    const eve = await register(app, 'eve');
    expect((await eve.browser.post('/auth/email/confirm', { token })).problem).toBe('token-unknown');
    const nobody = app.browser();
    await nobody.context();
    expect((await nobody.post('/auth/email/confirm', { token })).problem).toBe('not-signed-in');
  });

  it('I-07 an address belongs to one account: the second one to confirm it is refused', async () => {
    await confirmed('ada@example.org');
    const eve = await register(app, 'eve');
    // Whether it is taken is not said to who asks, only to who owns the mailbox.
    expect((await eve.browser.post('/auth/email', { email: 'ada@example.org' })).status).toBe(202);
    await settled();
    const token = mail.tokenTo('ada@example.org');
    expect((await eve.browser.post('/auth/email/confirm', { token })).problem).toBe('identifier-taken');
  });

  it('I-04 one link resets once, however many use it at the same moment', async () => {
    await register(app, 'ada@example.org');
    await settled();
    await forgot('ada@example.org');
    const token = mail.tokenTo('ada@example.org');
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) => reset(token, { password: `a walk by the river ${n}` })),
    );
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(new Set(answers.filter(({ status }) => status !== 204).map(({ problem }) => problem))).toEqual(
      new Set(['token-unknown']),
    );
  });

  it('I-06 a link dies with its hour, with the next one, and with any change of the account', async () => {
    const ada = await confirmed('ada@example.org');
    await forgot('ada@example.org');
    const first = mail.tokenTo('ada@example.org');
    await forgot('ada@example.org');
    const second = mail.tokenTo('ada@example.org');
    expect(second).not.toBe(first);
    expect((await reset(first)).problem).toBe('token-unknown');
    await enrolTotp(app, ada);
    expect((await reset(second)).problem).toBe('token-unknown');
    await forgot('ada@example.org');
    app.clock.advance(3601);
    expect((await reset(mail.tokenTo('ada@example.org'))).problem).toBe('token-unknown');
  });

  it('I-13 three links an hour to one address, whoever asks; other places are for codes of its owner', async () => {
    await confirmed('ada@example.org');
    const before = mail.mails.length;
    for (let n = 0; n < 15; n += 1) await forgot('ada@example.org');
    expect(mail.mails.length - before).toBe(3);
    app.clock.advance(3601);
    await forgot('ada@example.org');
    expect(mail.mails.length - before).toBe(4);
  });

  it('A-77 I-14 another address needs a fresh proof of the second factor', async () => {
    const ada = await confirmed('ada@example.org');
    await enrolTotp(app, ada);
    const weak = await ada.browser.post('/auth/email', { email: 'eve@example.net' });
    expect(weak.problem).toBe('step-up-needed');
  });

  it('A-117 nobody says of themselves that an address is confirmed', async () => {
    const ada = await register(app, 'ada');
    for (const body of [
      { email: 'a@example.org', verified: true },
      { email: 'a@example.org', emailVerified: true },
      { email: ['a@example.org'] },
      { email: 'a@example.org,b@example.org' },
      { email: 'a@example.org\u0000' },
    ]) {
      expect((await ada.browser.post('/auth/email', body)).status).toBe(400);
    }
  });

  it('a mail server that is down changes nothing for anybody', async () => {
    await confirmed('ada@example.org');
    mail.down = true;
    expect((await forgot('ada@example.org')).status).toBe(202);
    const eve = await register(app, 'eve@example.org');
    expect((await eve.browser.get('/auth/security')).status).toBe(200);
  });
});
