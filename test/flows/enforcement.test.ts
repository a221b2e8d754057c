import { webauthn } from 'cofactor/webauthn';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { totp } from 'cofactor/totp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  codeOf,
  createApp,
  enrolTotp,
  freshSqliteDatabase,
  onEachAdapter,
  register,
  signInWithCode,
  signInWithPassword,
  type Person,
  type RoutedApp,
  type TestDatabase,
} from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import { boss, confirmed, demand, mailedPermit, ruleIn } from '../support/enforcement.ts';
import { plainHasher } from '../support/hasher.ts';
import { TestMailer } from '../support/mails.ts';
import { formsOf, submitForm } from '../support/page-forms.ts';

const day = 86_400;
const address = 'ada@example.org';

/** Where a page leads to and what its buttons say. */
function linksOf(html: string): Readonly<Record<string, string>> {
  const links = [...html.matchAll(/<a class="cf-button[^"]*" href="([^"]*)">([^<]*)<\/a>/g)];
  return Object.fromEntries(links.map(([, href = '', text = '']) => [text, href.replaceAll('&amp;', '&')]));
}

onEachAdapter('a second factor that is demanded from a date on', (fresh, through) => {
  let database: TestDatabase;
  let app: RoutedApp;
  let mail: TestMailer;
  let ada: Person;
  beforeEach(async () => {
    database = await fresh();
    mail = new TestMailer();
    app = await createApp(database.open(), { mail }, through);
    app.route(
      '/login',
      async ({ signInFromHost }) => {
        await signInFromHost({ subject: 'employee 17', returnTo: '/recent' });
        return undefined;
      },
      { methods: ['POST'] },
    );
    app.route('/menu', async (call) => ({ body: { recent: await (await call.visitor()).allows('Recent') } }));
    ada = await confirmed(app, mail, address);
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  const signIn = async (
    returnTo = '/recent',
    person = ada,
  ): Promise<{ browser: TestBrowser; to: string }> => {
    const browser = app.browser();
    await browser.context();
    const answer = await browser.post('/auth/sign-in', {
      identifier: person.identifier,
      provider: 'password',
      response: { password: person.password },
      returnTo,
    });
    if (answer.body.status !== 'done') throw new Error(answer.text);
    return { browser, to: answer.body.returnTo };
  };
  const required = '/auth/required?return_to=%2Frecent';
  const enrolled = async (person: Person): Promise<Person> => {
    await enrolTotp(app, person);
    return person;
  };

  it('before the date, in grace, and after it: the whole way of a person', async () => {
    await demand(app, ruleIn(app, 10, { graceDays: 5 }));
    // Announced: nobody is asked yet.
    expect((await signIn()).to).toBe('/recent');

    app.clock.advance(10 * day);
    const grace = await signIn();
    expect(grace.to).toBe(required);
    expect((await grace.browser.get('/recent')).status).toBe(200);
    const page = await grace.browser.page(grace.to);
    expect(page.text).toContain('Set up a second factor');
    expect(linksOf(page.text)).toEqual({ 'Not now (until June 30)': '/recent' });
    expect(formsOf(page.text).map(({ action }) => action)).toEqual(['/auth/permit/mail']);
    // Asked at each sign-in.
    expect((await signIn()).to).toBe(required);

    app.clock.advance(5 * day);
    expect((await grace.browser.get('/recent')).status).toBe(401);
    const due = await signIn();
    expect(due.to).toBe(required);
    const shut = await due.browser.page('/recent');
    expect([shut.status, shut.headers['location']]).toEqual([303, required]);
    expect((await due.browser.get('/recent')).headers['www-authenticate']).toContain('acr_values="mfa"');
    const last = await due.browser.page(required);
    expect(linksOf(last.text)).toEqual({});
    const forms = formsOf(last.text);
    expect(forms.map(({ action }) => action)).toEqual(['/auth/permit/mail', '/auth/sign-out']);

    // By the form of the page, as somebody without scripts does it; the link itself needs one.
    const sent = await submitForm(due.browser, forms[0]);
    expect(sent.headers['location']).toBe(`${required}&sent`);
    expect((await due.browser.page(`${required}&sent`)).text).toContain('is on its way to a•••@example.org');
    await due.browser.context();
    const token = await mailedPermit(app, mail, address);
    const followed = await due.browser.post<{ returnTo: string }>('/auth/permit', { token });
    expect(followed.body).toEqual({ returnTo: '/auth/security?return_to=%2Frecent' });
    expect(linksOf((await due.browser.page(required)).text)).toEqual({
      'Set up now': '/auth/security?return_to=%2Frecent',
    });
    await enrolTotp(app, Object.assign(ada, { browser: due.browser }));

    // Enrolled is not proved; from here on it is a step-up as any other, and nobody is asked any more.
    const stepUp = await due.browser.page('/recent');
    expect(stepUp.headers['location']).toBe('/auth/step-up?policy=Recent&return_to=%2Frecent');
    expect((await due.browser.page(required)).headers['location']).toBe('/recent');
    await due.browser.post('/auth/step-up', { policy: 'Recent', returnTo: '/recent' });
    const proved = await due.browser.post('/auth/ceremony', {
      authenticator: ada.authenticator,
      response: { code: codeOf(app, ada) },
    });
    expect(proved.body).toEqual({ status: 'done', returnTo: '/recent' });
    expect((await due.browser.get('/recent')).status).toBe(200);
    app.clock.advance(31);
    expect((await (await signInWithCode(app, ada)).get('/recent')).status).toBe(200);
  });

  it('signing out is the other way on', async () => {
    await demand(app, ruleIn(app, 0, { graceDays: 0 }));
    const { browser } = await signIn();
    const [, out] = formsOf((await browser.page(required)).text);
    const answer = await submitForm(browser, out);
    expect([answer.status, answer.headers['location']]).toEqual([303, '/auth/sign-in']);
    expect((await browser.get<{ user: string | null }>('/who')).body.user).toBeNull();
  });

  it('is demanded of who comes from the application itself, too; without an address they ask whoever runs the site', async () => {
    await demand(app, ruleIn(app, 0, { graceDays: 0 }));
    const browser = app.browser();
    expect((await browser.post('/login')).headers['location']).toBe(required);
    const page = await browser.page(required);
    expect(page.text).toContain('a link that you get from whoever runs');
    expect(formsOf(page.text).map(({ action }) => action)).toEqual(['/auth/sign-out']);
  });

  it('is nothing new to who has it, whoever proves their first factor', async () => {
    const browser = app.browser();
    await browser.post('/login');
    await browser.context();
    const employee = await enrolled({ ...ada, browser, identifier: 'employee 17' });
    await demand(app, ruleIn(app, 0, { graceDays: 0 }));
    const again = app.browser();
    expect((await again.post('/login')).headers['location']).toBe('/auth/sign-in');
    await again.context();
    const done = await again.post('/auth/ceremony', {
      authenticator: employee.authenticator,
      response: { code: codeOf(app, employee) },
    });
    expect(done.body).toEqual({ status: 'done', returnTo: '/recent' });
    expect((await again.get('/recent')).status).toBe(200);
  });

  it('is demanded by menus as by guards', async () => {
    const { browser } = await signIn();
    expect((await browser.get('/menu')).body).toEqual({ recent: true });
    await demand(app, ruleIn(app, 0, { graceDays: 0 }));
    expect((await browser.get('/menu')).body).toEqual({ recent: false });
  });
});

describe('whom a rule is about', () => {
  let database: TestDatabase;
  let app: RoutedApp;
  let mail: TestMailer;
  beforeEach(async () => {
    database = await freshSqliteDatabase();
    mail = new TestMailer();
    app = await createApp(database.open(), {
      mail,
      rememberDevices: true,
      factors: [password({ hasher: plainHasher }), webauthn(), totp({ issuer: 'Test' }), recoveryCodes()],
    });
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  const levelAt = async (person: Person): Promise<number> =>
    (await person.browser.get('/who')).status === 200 ? (await person.browser.get('/recent')).status : 0;
  const again = async (person: Person): Promise<Person> => {
    const browser = app.browser();
    await signInWithPassword(person, browser);
    return { ...person, browser };
  };

  it('a role, a group, and nobody else', async () => {
    const [clerk, member, other] = [await register(app), await register(app), await register(app)];
    await app.auth.users.setRoles((await app.auth.users.find(clerk.identifier)) ?? { id: '' }, ['clerk']);
    await database.query('update users set groups = $1 where identifier = $2', [
      '["finance"]',
      member.identifier,
    ]);
    const by = await boss(app);
    await demand(app, ruleIn(app, 0, { graceDays: 0, who: { roles: ['clerk', 'other'] } }), by);
    await demand(app, ruleIn(app, 0, { graceDays: 0, who: { groups: ['finance'] } }), by);
    expect(await levelAt(await again(clerk))).toBe(401);
    expect(await levelAt(await again(member))).toBe(401);
    expect(await levelAt(await again(other))).toBe(200);
    // Who is given the role later has the days of the rule, and here there are none.
    await app.auth.users.setRoles((await app.auth.users.find(other.identifier)) ?? { id: '' }, ['clerk']);
    expect(await levelAt(await again(other))).toBe(401);
  });

  it('whoever gets an account later has the days of grace from then on', async () => {
    const early = await register(app);
    await demand(app, ruleIn(app, 0, { graceDays: 7 }));
    app.clock.advance(5 * day);
    const late = await register(app);
    app.clock.advance(3 * day);
    expect(await levelAt(await again(early))).toBe(401);
    expect(await levelAt(await again(late))).toBe(200);
    app.clock.advance(5 * day);
    expect(await levelAt(await again(late))).toBe(401);
  });

  it('of several rules the strongest counts: a code is not enough where phishing resistance is due', async () => {
    const person = await register(app);
    await enrolTotp(app, person);
    const user = await app.auth.users.find(person.identifier);
    await app.auth.users.setRoles(user ?? { id: '' }, ['clerk']);
    const by = await boss(app);
    await demand(app, ruleIn(app, 0, { graceDays: 0 }), by);
    await demand(app, ruleIn(app, 0, { acr: 'phr', graceDays: 3, who: { roles: ['clerk'] } }), by);
    const browser = await signInWithCode(app, person);
    expect((await browser.get('/recent')).status).toBe(200);
    const now = await app.auth.users.find(person.identifier);
    const standing = now && (await app.auth.enforcement.of(now));
    expect(standing).toMatchObject({ state: 'due', requirement: { acr: 'mfa' }, ahead: { acr: 'phr' } });
    const asked = await browser.page('/auth/required');
    expect(asked.text).toContain('Set up a passkey');
    // Who has shown a second factor needs no link to add another.
    expect(linksOf(asked.text)).toMatchObject({ 'Set up now': '/auth/security?return_to=%2F' });
    app.clock.advance(3 * day);
    const due = await signInWithCode(app, person);
    expect((await due.get('/recent')).headers['www-authenticate']).toContain('acr_values="phr"');
    expect((await due.page('/auth/required')).text).toContain('Sign out');
  });

  it('who has a second factor is asked for that before they set up a stronger one, and for no link', async () => {
    const person = await register(app);
    await enrolTotp(app, person);
    const browser = app.browser();
    await signInWithPassword(person, browser);
    await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(app, person) },
      remember: true,
    });
    app.clock.advance(31);
    const user = await app.auth.users.find(person.identifier);
    await demand(app, ruleIn(app, 0, { acr: 'phr', graceDays: 0, who: { groups: ['clerks'] } }));
    await database.query('update users set groups = $1 where id = $2', ['["clerks"]', user?.id]);
    await browser.post('/auth/sign-out');
    const again = await signInWithPassword(person, browser);
    expect(again.body).toEqual({ status: 'done', returnTo: '/auth/required?return_to=%2F' });
    const page = await browser.page('/auth/required');
    expect(linksOf(page.text)).toEqual({ 'Set up now': '/auth/security?return_to=%2F' });
    expect((await browser.post('/auth/enrolments', { provider: 'webauthn' })).problem).toBe('step-up-needed');
    await browser.post('/auth/step-up', {});
    await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(app, person) },
    });
    expect((await browser.post('/auth/enrolments', { provider: 'webauthn' })).status).toBe(201);
  });

  it('an address that is not confirmed yet is confirmed, and that is the permit', async () => {
    const person = await register(app, 'new@example.org');
    await demand(app, ruleIn(app, 0, { graceDays: 0 }));
    const [form] = formsOf((await person.browser.page('/auth/required')).text);
    expect(form?.action).toBe('/auth/email/confirmation');
    await submitForm(person.browser, form);
    await app.auth.engine.background.settled();
    await person.browser.context();
    const token = mail.tokenTo('new@example.org');
    expect((await person.browser.post('/auth/email/confirm', { token })).status).toBe(204);
    await enrolTotp(app, person);
  });

  it('the page speaks the language of its reader', async () => {
    const person = await confirmed(app, mail, 'zoe@example.org');
    await demand(app, ruleIn(app, 0, { graceDays: 5 }));
    const words = {
      de: 'Nicht jetzt (möglich bis 20. Juni)',
      fr: 'Plus tard (jusqu’au 20 juin)',
      ja: '後で設定する（6月20日まで）',
    };
    for (const [language, text] of Object.entries(words)) {
      const page = await person.browser.get('/auth/required', {
        headers: { accept: 'text/html', 'accept-language': language },
      });
      expect(page.text).toContain(text);
      expect(page.text).toContain(`<html lang="${language}">`);
    }
  });

  it('a site whose pages are its own leads there', async () => {
    const other = await createApp(database.open(), { pages: { security: '/account' }, mail });
    const by = await boss(other);
    await other.auth.enforcement.save(ruleIn(other, 0, { graceDays: 0 }), { by });
    const person = await register(other);
    const user = await other.auth.users.find(person.identifier);
    const permitted = await other.auth.enforcement.permit(user ?? { id: '' }, null);
    if (permitted.status !== 'permitted') throw new Error(permitted.reason);
    const token = permitted.link.split('#')[1];
    expect((await person.browser.post<{ returnTo: string }>('/auth/permit', { token })).body.returnTo).toBe(
      '/account?return_to=%2F',
    );
    await other.close();
  });
});
