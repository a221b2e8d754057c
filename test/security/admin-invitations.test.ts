import type { Mail } from 'cofactor';
import { createAdmin, type Admin, type AdminRefused } from 'cofactor/admin';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StepView } from '../../packages/cofactor/src/http/contract.ts';
import { createApp, onEachDatabase, type TestApp, type TestDatabase } from '../support/app.ts';
import type { Answer } from '../support/browser.ts';
import { officer, operator, type Officer } from '../support/charge.ts';

const reason = 'as agreed';
const came = (outcome: { readonly status: 'done' } | AdminRefused): string =>
  outcome.status === 'done' ? 'done' : outcome.reason;

onEachDatabase('A-75 links that somebody in charge has kept', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let admin: Admin;
  let owner: Officer;
  let administrator: Officer;
  const mails: Mail[] = [];
  beforeAll(async () => {
    database = await fresh();
    const mail = { send: (sent: Mail): Promise<void> => Promise.resolve(void mails.push(sent)) };
    app = await createApp(database.open(), { mail });
    admin = createAdmin(app.auth);
    owner = await officer(app, ['owner']);
    administrator = await officer(app, ['administrator']);
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  async function accept(link: string): Promise<Answer<StepView>> {
    const browser = app.browser();
    await browser.context();
    return browser.post('/auth/invitation', {
      token: new URL(link).hash.slice(1),
      provider: 'password',
      response: { password: 'a quiet walk by the river' },
    });
  }
  async function invited(identifier: string, by: Officer): Promise<{ id: string; link: string }> {
    const outcome = await admin.users.invite(await by.session(), { identifier, by: 'link' });
    if (outcome.status !== 'done' || outcome.link === null) throw new Error('no link');
    return { id: outcome.user.id, link: outcome.link };
  }
  const again = async (id: string, by: Officer): Promise<string> => {
    const outcome = await admin.users.inviteAgain(await by.session(), id, 'link');
    return outcome.status === 'done' ? (outcome.link ?? '') : outcome.reason;
  };

  it('nobody becomes an owner by a link from before the account was given that role', async () => {
    const { id, link } = await invited('newboss', administrator);
    const given = await admin.users.setRoles(await owner.session(), id, { roles: ['owner'], reason });
    expect(came(given)).toBe('done');
    const answer = await accept(link);
    expect([answer.status, answer.problem]).toEqual([404, 'token-unknown']);
    // It waits for its person still, and only somebody of that rank invites them.
    expect(await again(id, administrator)).toBe('higher-rank');
    const anew = await again(id, owner);
    expect((await accept(anew)).status).toBe(200);
    expect((await app.auth.users.find('newboss'))?.roles).toEqual(['owner']);
    await admin.users.setRoles(operator, id, { roles: [], reason });
  });

  it('nor gets into a group by one; what is only taken away leaves the link', async () => {
    const { id, link } = await invited('bookkeeper', administrator);
    const put = async (groups: readonly string[]): Promise<string> =>
      came(await admin.users.setGroups(await owner.session(), id, { groups }));
    expect(await put(['finance', 'board'])).toBe('done');
    expect((await accept(link)).problem).toBe('token-unknown');
    const anew = await again(id, owner);
    expect(await put(['finance'])).toBe('done');
    expect(came(await admin.users.setRoles(operator, id, { roles: [], reason }))).toBe('done');
    expect((await accept(anew)).status).toBe(200);
    expect((await app.auth.users.find('bookkeeper'))?.groups).toEqual(['finance']);
  });

  it('A-109 an account of the application around is locked and unlocked, and never invited', async () => {
    const client = { ip: '192.0.2.1', userAgent: 'test', language: 'en' };
    const signIn = async (): Promise<string> => {
      const outcome = await app.auth.signInFromHost({ subject: 'employee 17', returnTo: '/', client });
      return outcome.status === 'refused' ? outcome.reason : outcome.status;
    };
    expect(await signIn()).toBe('done');
    const listed = await admin.users.list(operator, { search: 'host:employee 17' });
    const id = listed.status === 'done' ? (listed.users[0]?.user.id ?? '') : '';
    const counts = async (): Promise<readonly number[]> => {
      const found = await admin.users.counts(operator);
      return found.status === 'done' ? [found.locked, found.invited] : [];
    };
    expect(await counts()).toEqual([0, 0]);
    expect(came(await admin.users.lock(await administrator.session(), id, reason))).toBe('done');
    expect(await counts()).toEqual([1, 0]);
    expect(await signIn()).toBe('wrong-credentials');
    const details = await admin.users.get(await administrator.session(), id);
    expect(details.status === 'done' && [details.details.status, details.details.may]).toEqual([
      'locked',
      ['set-roles', 'set-groups', 'unlock', 'delete'],
    ]);
    // Whoever followed such a link would be that person from then on.
    const link = await again(id, administrator);
    expect(link).toBe('wrong-state');
    expect(came(await admin.users.unlock(await administrator.session(), id, reason))).toBe('done');
    expect(await signIn()).toBe('done');
  });

  it('a link that is there already opens no account of the application around', async () => {
    const client = { ip: '192.0.2.1', userAgent: 'test', language: 'en' };
    const { id: waiting, link } = await invited('stray', administrator);
    await app.auth.signInFromHost({ subject: 'employee 18', returnTo: '/', client });
    const listed = await admin.users.list(operator, { search: 'host:employee 18' });
    const id = listed.status === 'done' ? (listed.users[0]?.user.id ?? '') : '';
    expect(came(await admin.users.lock(operator, id, reason))).toBe('done');
    await database.query(
      `update invite_tokens set user_id = $1, generation = (select generation from users where id = $2)
       where user_id = $3`,
      [id, id, waiting],
    );
    expect((await accept(link)).problem).toBe('token-unknown');
  });

  it('I-14 whoever is permitted to set a second factor up is told, by whichever way the link goes', async () => {
    const person = await officer(app, []);
    await database.query(
      "update users set email = 'pat@example.com', email_canonical = 'pat@example.com', email_verified_at = 1 where id = $1",
      [person.id],
    );
    expect(came(await admin.users.resetMfa(await owner.session(), person.id, reason))).toBe('done');
    await app.auth.engine.background.settled();
    mails.length = 0;
    const made = await admin.users.permit(await owner.session(), person.id, { by: 'link', reason });
    if (made.status !== 'done' || made.link === null) throw new Error('no link');
    await app.auth.engine.background.settled();
    expect(mails.map(({ to }) => to)).toEqual(['pat@example.com']);
    const [mail] = mails;
    expect(mail?.text).toContain('second factor');
    // What is handed over goes by no other way.
    expect(JSON.stringify(mail)).not.toContain(new URL(made.link).hash.slice(1));
    expect(mail?.text).not.toContain('follow this link');
  });
});
