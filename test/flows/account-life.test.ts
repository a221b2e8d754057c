import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SecurityView } from '../../packages/cofactor/src/http/contract.ts';
import {
  createApp,
  enrolTotp,
  onEachAdapter,
  register,
  signInWithCode,
  signInWithPassword,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import { TestMailer } from '../support/mails.ts';
import { auditTypes, dump } from '../support/tables.ts';

onEachAdapter('the life of an account', (fresh, through) => {
  let database: TestDatabase;
  let app: TestApp;
  let mail: TestMailer;
  const settled = (): Promise<void> => app.auth.engine.background.settled();
  beforeEach(async () => {
    database = await fresh();
    mail = new TestMailer();
    app = await createApp(database.open(), { mail, name: 'Acme' }, through);
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  const reset = async (token: string, password: string, browser = app.browser()) => {
    await browser.context();
    return browser.post('/auth/reset', { token, provider: 'password', response: { password } });
  };
  const forgot = async (identifier: string, browser = app.browser()) => {
    await browser.context();
    const answer = await browser.post('/auth/forgot', { identifier });
    await settled();
    return answer;
  };
  const security = async (browser = app.browser()): Promise<SecurityView> =>
    (await browser.get<SecurityView>('/auth/security')).body;

  it('asks an address that is a user name to confirm itself, once, in a session of its account', async () => {
    const ada = await register(app, 'ada@example.org');
    await settled();
    expect(await security(ada.browser)).toMatchObject({
      email: { address: 'ada@example.org', verified: false, pending: null },
    });
    const token = mail.tokenTo('ada@example.org');
    const confirmed = await ada.browser.post('/auth/email/confirm', { token });
    expect(confirmed.status).toBe(204);
    expect((await security(ada.browser)).email).toEqual({
      address: 'ada@example.org',
      verified: true,
      pending: null,
    });
    expect((await ada.browser.post('/auth/email/confirm', { token })).problem).toBe('token-unknown');
    expect(await auditTypes(database)).toContain('email-changed');
    expect(await app.auth.verifyAudit()).toBeNull();
  });

  it('changes an address: the new one is asked, the old one is told, and the name goes along', async () => {
    const ada = await register(app, 'ada@example.org');
    await settled();
    await ada.browser.post('/auth/email/confirm', { token: mail.tokenTo('ada@example.org') });
    expect((await ada.browser.post('/auth/email', { email: 'Ada@New.example' })).status).toBe(202);
    await settled();
    expect((await security(ada.browser)).email.pending).toBe('ada@new.example');
    // Until the link is followed, nothing has changed.
    expect((await security(ada.browser)).email.address).toBe('ada@example.org');
    const token = mail.tokenTo('ada@new.example');
    expect((await ada.browser.post('/auth/email/confirm', { token })).status).toBe(204);
    await settled();
    expect(mail.to('ada@example.org')?.subject).toMatch(/changed/);
    expect(mail.to('ada@example.org')?.text).not.toContain('ada@new.example');
    expect((await security(ada.browser)).user.identifier).toBe('ada@new.example');
    const renamed = { ...ada, identifier: 'ada@new.example' };
    expect((await signInWithPassword(renamed, app.browser())).body.status).toBe('done');
    expect((await signInWithPassword(ada, app.browser())).status).toBe(401);
  });

  it('resets a forgotten password: no session, every other one over, the second factor asked as ever', async () => {
    const ada = await register(app, 'ada@example.org');
    await settled();
    await ada.browser.post('/auth/email/confirm', { token: mail.tokenTo('ada@example.org') });
    await enrolTotp(app, ada);
    const elsewhere = await signInWithCode(app, ada);
    expect((await forgot('ada@example.org')).status).toBe(202);
    const link = mail.to('ada@example.org')?.text ?? '';
    expect(link).toContain('http://localhost:3000/auth/reset#rst_');

    const stranger = app.browser();
    const done = await reset(mail.tokenTo('ada@example.org'), 'a walk by the quiet river', stranger);
    expect(done.status).toBe(204);
    expect([...stranger.cookies.keys()].some((name) => name.endsWith('-session'))).toBe(false);
    expect((await elsewhere.get('/auth/security')).status).toBe(401);
    expect((await signInWithPassword(ada, app.browser())).status).toBe(401);
    const anew = await signInWithPassword({ ...ada, password: 'a walk by the quiet river' }, app.browser());
    expect(anew.body.status).toBe('more-needed');
    await settled();
    expect(mail.to('ada@example.org')?.subject).toMatch(/reset/);
    expect(await auditTypes(database)).toContain('password-reset');
  });

  it('takes a new password that is refused for what it is, and keeps the link for another', async () => {
    await register(app, 'ada@example.org');
    // The mail that asks to confirm the address is not to be the last one.
    await settled();
    await forgot('ada@example.org');
    const token = mail.tokenTo('ada@example.org');
    const refused = await reset(token, 'password');
    expect([refused.status, refused.problem]).toEqual([422, 'refused-response']);
    expect((await reset(token, 'a walk by the quiet river')).status).toBe(204);
    expect((await reset(token, 'another walk by the river')).problem).toBe('token-unknown');
  });

  it('finds an account by its confirmed address where its name is another', async () => {
    const ada = await register(app, 'ada');
    await ada.browser.post('/auth/email', { email: 'ada@example.org' });
    await settled();
    // Not confirmed yet: nobody is found by it.
    const before = mail.mails.length;
    await forgot('ada@example.org');
    expect(mail.mails).toHaveLength(before);
    await ada.browser.post('/auth/email/confirm', { token: mail.tokenTo('ada@example.org') });
    await forgot('ADA@example.ORG');
    expect((await reset(mail.tokenTo('ada@example.org'), 'a walk by the quiet river')).status).toBe(204);
  });

  it('mails each change of a factor, in the language of the person', async () => {
    const ada = await register(app, 'ada@example.org');
    await settled();
    await ada.browser.post('/auth/email/confirm', { token: mail.tokenTo('ada@example.org') });
    const subjects = (): readonly string[] => mail.mails.map(({ subject }) => subject);
    await enrolTotp(app, ada);
    await settled();
    expect(subjects().at(-1)).toMatch(/added/);
    expect(mail.mails.at(-1)?.text).toContain('Phone');
    expect(mail.mails.at(-1)?.text).toMatch(/If it was not you/);
    const browser = await signInWithCode(app, ada);
    await browser.send('DELETE', '/auth/authenticators', { body: { id: ada.authenticator } });
    await settled();
    expect(subjects().at(-1)).toMatch(/removed/);
  });

  it('mails that a password is known where the code behind it was wrong, and only once an hour', async () => {
    const ada = await register(app, 'ada@example.org');
    await settled();
    await ada.browser.post('/auth/email/confirm', { token: mail.tokenTo('ada@example.org') });
    await enrolTotp(app, ada);
    await settled();
    const before = mail.mails.length;
    for (let n = 0; n < 3; n += 1) {
      const browser = app.browser();
      await signInWithPassword(ada, browser);
      const body = { authenticator: ada.authenticator, response: { code: '000000' } };
      expect((await browser.post('/auth/ceremony', body)).problem).toBe('wrong-response');
    }
    await settled();
    expect(mail.mails.length).toBe(before + 1);
    expect(mail.to('ada@example.org')?.text).toMatch(/password/i);
  });

  it('hands out what is kept about a person, and nothing that is secret', async () => {
    const ada = await register(app, 'ada@example.org');
    await enrolTotp(app, ada);
    const answer = await ada.browser.get<Record<string, unknown>>('/auth/account/data');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-disposition']).toContain('attachment');
    expect(answer.body).toMatchObject({
      account: { identifier: 'ada@example.org', email: 'ada@example.org' },
      authenticators: expect.arrayContaining([expect.objectContaining({ name: 'Phone' })]),
      record: expect.arrayContaining([expect.objectContaining({ type: 'authenticator-added' })]),
    });
    for (const secret of [ada.key, ada.password, ...ada.recovery, 'v1.development', '$argon2']) {
      expect(answer.text).not.toContain(secret);
    }
  });

  it('A-85 deletes an account with all that belongs to it; the name is free, and nothing old works for it', async () => {
    const ada = await register(app, 'ada@example.org');
    await settled();
    await ada.browser.post('/auth/email/confirm', { token: mail.tokenTo('ada@example.org') });
    const other = app.browser();
    await signInWithPassword(ada, other);
    await forgot('ada@example.org');
    const token = mail.tokenTo('ada@example.org');
    const id = (await security(ada.browser)).user.id;
    const wrong = await ada.browser.send('DELETE', '/auth/account', { body: { identifier: 'eve' } });
    expect(wrong.status).toBe(400);
    const gone = await ada.browser.send('DELETE', '/auth/account', {
      body: { identifier: 'ada@example.org' },
    });
    expect(gone.status).toBe(204);
    await settled();
    expect(mail.to('ada@example.org')?.subject).toMatch(/deleted/);
    expect((await other.get('/auth/security')).status).toBe(401);
    expect((await reset(token, 'a walk by the quiet river')).problem).toBe('token-unknown');
    const rows = (await dump(database)).filter((row) => row.includes(id));
    expect(rows.filter((row) => !row.startsWith('audit '))).toEqual([]);
    const heir = await register(app, 'ada@example.org');
    expect((await security(heir.browser)).user.id).not.toBe(id);
    expect(await app.auth.verifyAudit()).toBeNull();
  });

  it('I-06 new roles end what was proved for the old ones', async () => {
    const ada = await register(app, 'ada');
    const user = await app.auth.users.find('ada');
    expect(user && (await app.auth.users.setRoles(user, ['boss']))).toBe(true);
    app.clock.advance(2);
    expect((await ada.browser.get('/auth/security')).status).toBe(401);
    const browser = app.browser();
    await signInWithPassword(ada, browser);
    expect((await browser.get('/boss')).status).toBe(200);
  });
});
