import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SecurityView } from '../../packages/cofactor/src/http/contract.ts';
import {
  codeOf,
  createApp,
  enrolTotp,
  onEachDatabase,
  register,
  signInWithCode,
  signInWithPassword,
  type Person,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import type { Answer, TestBrowser } from '../support/browser.ts';
import { auditTypes, cookieOf, dump, sessionIdOf } from '../support/tables.ts';

const newPassword = 'seven herons on a fence';

onEachDatabase('the id of a session', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  beforeEach(async () => {
    database = await fresh();
    app = await createApp(database.open());
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  const passwordId = async (browser: TestBrowser): Promise<string> =>
    (await browser.get<SecurityView>('/auth/security')).body.authenticators[0]?.id ?? '';

  async function changePassword(
    person: Person,
    browser: TestBrowser,
    current = person.password,
    next = newPassword,
  ): Promise<Answer> {
    return browser.send('PUT', '/auth/authenticators', {
      body: { id: await passwordId(browser), current: { password: current }, response: { password: next } },
    });
  }

  /** Does something in a browser, and says whether the id changed and whether the one before is still alive. */
  async function around(
    browser: TestBrowser,
    act: () => Promise<Answer>,
  ): Promise<[changed: boolean, alive: boolean]> {
    const before = browser.fork({ withCookies: true });
    const answer = await act();
    expect(answer.status).toBeLessThan(300);
    const alive = (await before.get('/auth/security')).status === 200;
    // Guards believe what this process has read lately, but never an id that it has ended itself.
    expect((await before.get('/recent')).status === 200).toBe(alive);
    if (!alive) expect((await before.get('/auth/security')).problem).toBe('not-signed-in');
    expect((await browser.get('/auth/security')).status).toBe(200);
    return [cookieOf(before, 'session') !== cookieOf(browser, 'session'), alive];
  }
  const anewAndDead = [true, false];
  const sameAndAlive = [false, true];

  it('I-16 is new after sign-in, also in a browser that is signed in, and the old one is dead', async () => {
    const person = await register(app);
    const { browser } = person;
    expect(await around(browser, () => signInWithPassword(person, browser))).toEqual(anewAndDead);

    await enrolTotp(app, person);
    await signInWithPassword(person, browser);
    const answered = (): Promise<Answer> =>
      browser.post('/auth/ceremony', {
        authenticator: person.authenticator,
        response: { code: codeOf(app, person) },
      });
    expect(await around(browser, answered)).toEqual(anewAndDead);
  });

  it('I-16 is new when somebody else signs in or registers in the same browser; the one before is signed out', async () => {
    const [one, two] = [await register(app), await register(app)];
    expect(await around(one.browser, () => signInWithPassword(two, one.browser))).toEqual(anewAndDead);
    const newcomer = { identifier: 'newcomer', provider: 'password', response: { password: newPassword } };
    expect(await around(one.browser, () => one.browser.post('/auth/register', newcomer))).toEqual(
      anewAndDead,
    );
    expect((await one.browser.get<{ user: string }>('/who')).body.user).toBe('newcomer');
    // A sign-in that fails ends nothing.
    await signInWithPassword(two, one.browser, 'not the right one');
    expect((await one.browser.get('/auth/security')).status).toBe(200);
  });

  it('I-16 is new after step-up, enrolling and removing, and the old one is dead', async () => {
    const person = await register(app);
    const { browser } = person;
    let enrolled: unknown;
    const enrol = async (): Promise<Answer> => {
      enrolled = await enrolTotp(app, person);
      return { status: 201, headers: {}, text: '', body: enrolled, problem: null };
    };
    expect(await around(browser, enrol)).toEqual(anewAndDead);

    await browser.post('/auth/step-up', { policy: 'Admin' });
    const answer = (): Promise<Answer> =>
      browser.post('/auth/ceremony', {
        authenticator: person.authenticator,
        response: { code: codeOf(app, person) },
      });
    expect(await around(browser, answer)).toEqual(anewAndDead);

    const remove = (): Promise<Answer> =>
      browser.send('DELETE', '/auth/authenticators', { body: { id: person.authenticator } });
    expect(await around(browser, remove)).toEqual(anewAndDead);
  });

  it('I-16 stays the same when nothing was proved: a new name, a beginning, a refusal', async () => {
    const person = await register(app);
    const { browser } = person;
    const id = await passwordId(browser);
    const rename = (): Promise<Answer> =>
      browser.send('PATCH', '/auth/authenticators', { body: { id, name: 'Mine' } });
    expect(await around(browser, rename)).toEqual(sameAndAlive);
    const begin = (): Promise<Answer> => browser.post('/auth/enrolments', { provider: 'totp' });
    expect(await around(browser, begin)).toEqual(sameAndAlive);
    expect(await around(browser, () => browser.post('/auth/step-up', {}))).toEqual(sameAndAlive);
    const session = cookieOf(browser, 'session');
    expect((await changePassword(person, browser, 'wrong')).problem).toBe('wrong-response');
    expect(cookieOf(browser, 'session')).toBe(session);
  });

  it('A-87 R-A02 a new password ends every other session, renews this one, and the old one signs nobody in', async () => {
    const person = await register(app);
    const others = [app.browser(), app.browser(), app.browser()];
    for (const other of others) await signInWithPassword(person, other);
    expect(await around(person.browser, () => changePassword(person, person.browser))).toEqual(anewAndDead);
    for (const other of others) expect((await other.get('/auth/security')).problem).toBe('not-signed-in');
    expect((await signInWithPassword(person, app.browser())).problem).toBe('wrong-credentials');
    expect((await signInWithPassword(person, app.browser(), newPassword)).body.status).toBe('done');
    expect(await auditTypes(database)).toContain('authenticator-replaced');
  });

  it('A-87 I-06 a new password ends the ceremonies and set-ups that were begun with the old one', async () => {
    const person = await register(app);
    await enrolTotp(app, person);
    const browser = await signInWithCode(app, person);
    const halfWay = app.browser();
    await signInWithPassword(person, halfWay);
    const begun = await browser.post<{ enrolment: string }>('/auth/enrolments', { provider: 'totp' });
    expect((await changePassword(person, browser)).status).toBe(204);
    const answer = await halfWay.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(app, person) },
    });
    expect([answer.status, answer.problem]).toEqual([410, 'ceremony-expired']);
    const confirmed = await browser.post('/auth/enrolments/confirm', {
      enrolment: begun.body.enrolment,
      response: { code: '000000' },
    });
    expect(confirmed.problem).toBe('enrolment-unknown');
  });

  it('R-A02 the current password is needed, whatever else was proved, and guessing it is slowed', async () => {
    const person = await register(app);
    await enrolTotp(app, person);
    const browser = await signInWithCode(app, person);
    const id = await passwordId(browser);
    const response = { password: newPassword };
    const put = (body: object): Promise<Answer> => browser.send('PUT', '/auth/authenticators', { body });
    for (const body of [
      { id, response },
      { id, response, current: null },
      { id, response, current: {} },
    ]) {
      expect((await put(body)).problem).toBe('malformed');
    }
    // A code in place of the password, an authenticator app in place of the password.
    const code = { code: codeOf(app, person) };
    expect((await put({ id, current: code, response })).problem).toBe('malformed');
    expect((await put({ id: person.authenticator, current: code, response: code })).problem).toBe(
      'malformed',
    );

    const before = (await dump(database)).filter((row) => row.startsWith('sessions'));
    const problems = [];
    for (let n = 0; n < 11; n += 1)
      problems.push((await changePassword(person, browser, `guess ${n}`)).problem);
    expect(problems).toEqual([
      ...Array<string>(9).fill('wrong-response'),
      'too-many-tries',
      'too-many-tries',
    ]);
    expect((await changePassword(person, browser)).problem).toBe('too-many-tries');
    expect((await dump(database)).filter((row) => row.startsWith('sessions'))).toEqual(before);
    app.clock.advance(31);
    expect((await changePassword(person, browser)).status).toBe(204);
  });

  it('A-89 a session that is ended in the list of sessions is dead at once, and only one’s own can be', async () => {
    const person = await register(app);
    const other = app.browser();
    await signInWithPassword(person, other);
    expect((await other.get('/recent')).status).toBe(200);
    const ended = await person.browser.send('DELETE', '/auth/sessions', { body: { id: sessionIdOf(other) } });
    expect(ended.status).toBe(204);
    expect((await other.get('/recent')).status).toBe(401);
    expect((await other.get('/auth/security')).problem).toBe('not-signed-in');
    const again = await person.browser.send('DELETE', '/auth/sessions', { body: { id: sessionIdOf(other) } });
    expect(again.problem).toBe('not-found');
  });

  it('A-89 A-103 an operator’s end of all sessions is seen by the next request', async () => {
    const person = await register(app);
    const other = app.browser();
    await signInWithPassword(person, other);
    // Both are in the cache of this process.
    for (const browser of [person.browser, other]) expect((await browser.get('/recent')).status).toBe(200);
    const user = await app.auth.users.find(person.identifier);
    expect(user && (await app.auth.sessions.endAll(user))).toBe(2);
    for (const browser of [person.browser, other]) {
      expect((await browser.get('/recent')).status).toBe(401);
      expect((await browser.get('/auth/security')).status).toBe(401);
    }
  });
});
