import type { Mail } from 'cofactor';
import { createAdmin, type Admin } from 'cofactor/admin';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type {
  EnrolmentView,
  InvitedView,
  SecurityView,
  StepView,
} from '../../packages/cofactor/src/http/contract.ts';
import {
  createApp,
  enrolTotp,
  onEachDatabase,
  register,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import type { Answer, TestBrowser } from '../support/browser.ts';
import { officer, operator, signedIn, type Officer } from '../support/charge.ts';
import { auditTypes } from '../support/tables.ts';

const password = 'a quiet walk by the river';

onEachDatabase('invitations', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let admin: Admin;
  let owner: Officer;
  const mails: Mail[] = [];
  beforeAll(async () => {
    database = await fresh();
    const mail = { send: (sent: Mail): Promise<void> => Promise.resolve(void mails.push(sent)) };
    app = await createApp(database.open(), { mail });
    admin = createAdmin(app.auth);
    owner = await officer(app, ['owner']);
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  /** As the page does: what stands behind the `#` goes into the body. */
  const secretOf = (link: string): string => new URL(link).hash.slice(1);
  const accept = (browser: TestBrowser, link: string, chosen = password): Promise<Answer<StepView>> =>
    browser.post('/auth/invitation', {
      token: secretOf(link),
      provider: 'password',
      response: { password: chosen },
    });
  async function visitor(): Promise<TestBrowser> {
    const browser = app.browser();
    await browser.context();
    return browser;
  }
  async function invited(
    identifier: string,
    roles: readonly string[] = [],
  ): Promise<{ id: string; link: string }> {
    const outcome = await admin.users.invite(operator, { identifier, roles, by: 'link' });
    if (outcome.status !== 'done' || outcome.link === null) throw new Error('no link');
    return { id: outcome.user.id, link: outcome.link };
  }

  it('a link that is handed over: its person chooses a password and is signed in, once', async () => {
    const outcome = await admin.users.invite(await owner.session(), {
      identifier: 'Ada',
      roles: ['editor'],
      groups: ['finance'],
      language: 'de',
      by: 'link',
    });
    if (outcome.status !== 'done' || outcome.link === null) throw new Error('no link');
    expect(outcome.link).toMatch(/^http:\/\/localhost:3000\/auth\/invitation#inv_[\w-]{43}$/);
    const { link } = outcome;
    const browser = await visitor();
    expect((await browser.page('/auth/invitation')).text).toContain('<cofactor-invitation>');
    const told = await browser.post<InvitedView>('/auth/invitation/account', { token: secretOf(link) });
    expect(told.body).toEqual({ identifier: 'Ada' });
    // Nothing is used up by a password that is not taken.
    expect((await accept(browser, link, 'short')).problem).toBe('refused-response');
    const accepted = await accept(browser, link);
    expect(accepted.body).toEqual({ status: 'done', returnTo: '/auth/security' });
    const own = await browser.get<SecurityView>('/auth/security');
    expect([own.status, own.body.acr, own.body.authenticators.length]).toEqual([200, 'pwd', 1]);
    const user = await app.auth.users.find('ada');
    expect(user).toMatchObject({ roles: ['editor'], groups: ['finance'], language: 'de', disabledAt: null });
    // A link proves no address.
    expect(user?.emailVerifiedAt).toBeNull();
    const again = await accept(await visitor(), link);
    expect([again.status, again.problem]).toEqual([404, 'token-unknown']);
    expect(await auditTypes(database)).toEqual(
      expect.arrayContaining(['user-created', 'user-invited', 'invitation-accepted']),
    );
  });

  it('a link that is mailed is shown to nobody else, and proves the address', async () => {
    mails.length = 0;
    const outcome = await admin.users.invite(await owner.session(), {
      identifier: 'grace@example.com',
      language: 'fr',
      by: 'mail',
    });
    if (outcome.status !== 'done') throw new Error(outcome.reason);
    expect([outcome.link, outcome.sentTo]).toEqual([null, 'g•••@example.com']);
    await app.auth.engine.background.settled();
    const [mail] = mails;
    expect([mail?.to, mail?.subject]).toEqual(['grace@example.com', 'Vous êtes invité sur Cofactor']);
    expect(mail?.text).toMatch(/7\sjours/u);
    const link = /http:\S+invitation#\S+/.exec(mail?.text ?? '')?.[0] ?? '';
    expect((await accept(await visitor(), link)).status).toBe(200);
    const user = await app.auth.users.find('grace@example.com');
    expect([user?.email, user?.emailVerifiedAt !== null]).toEqual(['grace@example.com', true]);
    const noAddress = await admin.users.invite(operator, { identifier: 'nobody', by: 'mail' });
    expect(noAddress.status === 'refused' && noAddress.reason).toBe('no-mail');
    expect(await app.auth.users.find('nobody')).toBeNull();
  });

  it('two who open the same link at once: one gets the account', async () => {
    const { link } = await invited('twice');
    const [one, two] = [await visitor(), await visitor()];
    const answers = await Promise.all([accept(one, link), accept(two, link, 'another walk by the lake')]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 404]);
  });

  it('until it is accepted nobody gets in: not by a forgotten password, not by guessing, not by registering', async () => {
    mails.length = 0;
    const { link } = await invited('waiting@example.com', ['administrator']);
    const browser = await visitor();
    expect((await browser.post('/auth/forgot', { identifier: 'waiting@example.com' })).status).toBe(202);
    await app.auth.engine.background.settled();
    expect(mails).toEqual([]);
    const answer = await browser.post('/auth/sign-in', {
      identifier: 'waiting@example.com',
      provider: 'password',
      response: { password: '' },
    });
    expect(answer.status).not.toBe(200);
    expect(
      (
        await browser.post('/auth/register', {
          identifier: 'Waiting@example.com',
          provider: 'password',
          response: { password },
        })
      ).problem,
    ).toBe('identifier-taken');
    for (const token of ['', 'inv_', `inv_${'A'.repeat(43)}`, secretOf(link).replace('inv_', 'rst_')]) {
      const tried = await browser.post('/auth/reset', {
        token,
        provider: 'password',
        response: { password },
      });
      expect([400, 404]).toContain(tried.status);
      const other = await browser.post('/auth/invitation', {
        token,
        provider: 'password',
        response: { password },
      });
      expect([400, 404]).toContain(other.status);
    }
    expect((await accept(browser, link)).status).toBe(200);
  });

  it('a new link, a withdrawal, seven days and a deletion end an older one', async () => {
    const { id, link } = await invited('again');
    const second = await admin.users.inviteAgain(await owner.session(), id, 'link');
    if (second.status !== 'done' || second.link === null) throw new Error('no link');
    expect((await accept(await visitor(), link)).problem).toBe('token-unknown');
    expect((await admin.users.withdrawInvitation(await owner.session(), id)).status).toBe('done');
    expect((await accept(await visitor(), second.link)).problem).toBe('token-unknown');
    const details = await admin.users.get(operator, id);
    expect(details.status === 'done' && [details.details.status, details.details.invitation]).toEqual([
      'invited',
      null,
    ]);
    const late = await invited('late');
    const gone = await invited('gone');
    await admin.users.delete(operator, gone.id, { identifier: 'gone', reason: 'left' });
    expect((await accept(await visitor(), gone.link)).problem).toBe('token-unknown');
    app.clock.advance(7 * 86_400 + 1);
    expect((await accept(await visitor(), late.link)).problem).toBe('token-unknown');
    owner = await signedIn(app, owner.person, owner.id);
  });

  it('I-14 under a rule the invitation is the permit: who came with it enrols, who has the password alone does not', async () => {
    const { id, link } = await invited('forced');
    const saved = await app.auth.enforcement.save(
      { acr: 'mfa', who: { everybody: true }, from: app.clock.now(), graceDays: 0, note: '' },
      { by: await owner.session() },
    );
    expect(saved.status).toBe('saved');
    app.clock.advance(1);
    const browser = await visitor();
    expect((await accept(browser, link)).body?.status).toBe('done');
    const thief = await visitor();
    await thief.post('/auth/sign-in', { identifier: 'forced', provider: 'password', response: { password } });
    const denied = await thief.post<EnrolmentView>('/auth/enrolments', { provider: 'totp' });
    expect([denied.status, denied.problem]).toEqual([403, 'permit-needed']);
    await browser.context();
    const person = {
      browser,
      identifier: 'forced',
      password,
      key: '',
      authenticator: '',
      recovery: [],
      recoveryAuthenticator: '',
    };
    await enrolTotp(app, person);

    // Reset by somebody in charge: the password alone is not enough again, and a permit of theirs lets the person on.
    const own = await signedIn(app, person, id);
    expect((await admin.users.resetMfa(await owner.session(), id, 'lost phone')).status).toBe('done');
    expect((await own.browser.get('/auth/security')).problem).toBe('not-signed-in');
    const anew = await visitor();
    await anew.post('/auth/sign-in', { identifier: 'forced', provider: 'password', response: { password } });
    await anew.context();
    expect((await anew.post('/auth/enrolments', { provider: 'totp' })).problem).toBe('permit-needed');
    const given = await admin.users.permit(await owner.session(), id, {
      by: 'link',
      reason: 'seen in person',
    });
    if (given.status !== 'done' || given.link === null) throw new Error('no permit');
    expect((await anew.post('/auth/permit', { token: secretOf(given.link) })).status).toBe(200);
    await enrolTotp(app, { ...person, browser: anew });
  });

  it('whoever was signed in to the browser is not any more', async () => {
    const before = await register(app);
    const { link } = await invited('instead');
    const old = before.browser.fork({ withCookies: true });
    expect((await accept(before.browser, link)).status).toBe(200);
    expect((await old.get('/auth/security')).problem).toBe('not-signed-in');
    const { body } = await before.browser.get<SecurityView>('/auth/security');
    expect(body.user.identifier).toBe('instead');
    expect(await app.auth.verifyAudit()).toBeNull();
  });
});
