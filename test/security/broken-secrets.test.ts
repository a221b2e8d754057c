import { afterEach, beforeEach, expect, it } from 'vitest';
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
import { auditTypes, cookieOf } from '../support/tables.ts';

const keyOf = (id: string, byte: number): { id: string; secret: string } => ({
  id,
  secret: Buffer.alloc(32, byte).toString('base64'),
});
const [oldKey, newKey] = [keyOf('2029', 1), keyOf('2030', 2)];
const unavailable = { status: 503, problem: 'provider-unavailable' };

onEachDatabase('I-05 secrets at rest', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let person: Person;
  let alarms: { provider: string; code: string }[];
  const open: TestApp[] = [];
  beforeEach(async () => {
    database = await fresh();
    app = await createApp(database.open(), { keys: [oldKey] });
    open.push(app);
    alarms = listen(app);
    person = await register(app);
    await enrolTotp(app, person);
  });
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
    await database.drop();
  });

  function listen(on: TestApp): { provider: string; code: string }[] {
    const heard: { provider: string; code: string }[] = [];
    on.auth.on('alarm', ({ provider, code }) => void heard.push({ provider, code }));
    return heard;
  }
  async function restartWith(keys: { id: string; secret: string }[]): Promise<TestApp> {
    const next = await createApp(database.open(), { keys, clock: app.clock });
    open.push(next);
    return next;
  }
  const halfWay = async (on: TestApp): Promise<TestBrowser> => {
    const browser = on.browser();
    const first = await signInWithPassword(person, browser);
    if (first.body.status !== 'more-needed') throw new Error(first.text);
    return browser;
  };
  const answer = (on: TestApp, browser: TestBrowser, authenticator = person.authenticator): Promise<Answer> =>
    browser.post('/auth/ceremony', { authenticator, response: { code: codeOf(on, person) } });
  const dataOf = async (provider: string): Promise<string> => {
    const [row] = await database.query(
      'select data from authenticators where provider = $1 order by created_at',
      [provider],
    );
    return String(row?.['data']);
  };
  const setData = (provider: string, data: string): Promise<unknown> =>
    database.query('update authenticators set data = $1 where provider = $2', [data, provider]);

  it('A-211 a secret that was moved from another account or another authenticator does not open there', async () => {
    const attacker = await register(app);
    await enrolTotp(app, attacker);
    const [mine] = await database.query('select data from authenticators where id = $1', [
      attacker.authenticator,
    ]);
    await database.query('update authenticators set data = $1 where id = $2', [
      mine?.['data'],
      person.authenticator,
    ]);
    const browser = await halfWay(app);
    const given = await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(app, attacker) },
    });
    expect(given).toMatchObject(unavailable);
    expect(cookieOf(browser, 'session')).toBe('');
    expect(alarms).toEqual([{ provider: 'totp', code: 'ERR_SECRET_UNREADABLE' }]);
    expect((await auditTypes(database)).at(-1)).toBe('secret-unreadable');

    // Whoever writes to the database cannot put a password of their own in, either.
    const [theirs] = await database.query(
      "select data from authenticators where provider = 'password' and user_id = (select user_id from authenticators where id = $1)",
      [attacker.authenticator],
    );
    await database.query(
      "update authenticators set data = $1 where provider = 'password' and user_id = (select user_id from authenticators where id = $2)",
      [theirs?.['data'], person.authenticator],
    );
    const other = app.browser();
    expect(await signInWithPassword(person, other, attacker.password)).toMatchObject(unavailable);
    expect(alarms.at(-1)).toEqual({ provider: 'password', code: 'ERR_SECRET_UNREADABLE' });
  });

  it('I-05 whatever else is wrong with it: unusable, with an alarm, and never "no second factor"', async () => {
    const data = await dataOf('totp');
    const [, id = '', iv = '', sealed = ''] = data.split('.');
    const other = sealed.startsWith('A') ? 'B' : 'A';
    const broken: Readonly<Record<string, [data: string, code: string]>> = {
      'one bit': [`v1.${id}.${iv}.${other}${sealed.slice(1)}`, 'ERR_SECRET_UNREADABLE'],
      'the tag cut off': [`v1.${id}.${iv}.${sealed.slice(0, -22)}`, 'ERR_SECRET_UNREADABLE'],
      'a tag of four bytes': [`v1.${id}.${iv}.${sealed.slice(0, 6)}`, 'ERR_SECRET_UNREADABLE'],
      'no ciphertext': [`v1.${id}.${iv}.`, 'ERR_SECRET_UNREADABLE'],
      'another nonce': [`v1.${id}.AAAAAAAAAAAAAAAA.${sealed}`, 'ERR_SECRET_UNREADABLE'],
      'another form': [data.replace('v1', 'v0'), 'ERR_SECRET_UNREADABLE'],
      'plain text': ['{"key":"JBSWY3DPEHPK3PXP"}', 'ERR_SECRET_UNREADABLE'],
      nothing: ['', 'ERR_SECRET_UNREADABLE'],
      'of its own password': [await dataOf('password'), 'ERR_SECRET_UNREADABLE'],
      'a key that is gone': [`v1.2001.${iv}.${sealed}`, 'ERR_KEY_UNKNOWN'],
    };
    for (const [name, [changed, code]] of Object.entries(broken)) {
      alarms.length = 0;
      app.clock.advance(3600);
      await setData('totp', changed);
      const browser = await halfWay(app);
      expect([name, await answer(app, browser)]).toMatchObject([name, unavailable]);
      expect([name, cookieOf(browser, 'session')]).toEqual([name, '']);
      expect(alarms).toEqual([{ provider: 'totp', code }]);
    }
    // Recovery stands in, and nothing was counted as a guess.
    await setData('totp', data);
    app.clock.advance(3600);
    expect((await answer(app, await halfWay(app))).body).toMatchObject({ status: 'done' });
  });

  it('A-209 a new key comes first and the old one still reads: nobody notices', async () => {
    const signedIn = await signInWithCode(app, person);
    const started = await halfWay(app);
    const begun = await signedIn.post<{ enrolment: string; setup: { key: string } }>('/auth/enrolments', {
      provider: 'totp',
    });
    const next = await restartWith([newKey, oldKey]);
    const carry = (from: TestBrowser): TestBrowser => {
      const to = next.browser();
      for (const [name, value] of from.cookies) to.cookies.set(name, value);
      to.csrf = from.csrf;
      return to;
    };
    // Sessions, tokens against forgery, ceremonies and set-ups that began before.
    const here = carry(signedIn);
    expect((await here.get('/admin')).status).toBe(200);
    expect((await answer(next, carry(started))).body).toEqual({ status: 'done', returnTo: '/' });
    const confirmed = await here.post('/auth/enrolments/confirm', {
      enrolment: begun.body.enrolment,
      response: { code: codeOf(next, { ...person, key: begun.body.setup.key }) },
    });
    expect(confirmed.status).toBe(201);
    next.clock.advance(31);

    const again = next.browser();
    await signInWithPassword(person, again);
    const recovery = await again.post('/auth/ceremony', {
      authenticator: person.recoveryAuthenticator,
      response: { code: person.recovery[0] },
    });
    expect(recovery.body).toEqual({ status: 'done', returnTo: '/' });
    // Spent with the new key as with the old one.
    const twice = await halfWay(next);
    const replayed = await twice.post('/auth/ceremony', {
      authenticator: person.recoveryAuthenticator,
      response: { code: person.recovery[0] },
    });
    expect(replayed.problem).toBe('replayed-response');
    expect(await next.auth.verifyAudit()).toBeNull();
  });

  it('A-209 I-05 what was used under the new key can be read without the old one', async () => {
    const both = await restartWith([newKey, oldKey]);
    await signInWithCode(both, person);
    expect(await dataOf('totp')).toMatch(/^v1\.2030\./);
    expect(await dataOf('password')).toMatch(/^v1\.2030\./);
    const alone = await restartWith([newKey]);
    expect((await signInWithCode(alone, person)).cookies.size).toBeGreaterThan(0);
  });

  it('A-209 a key that went too early locks out, with an alarm, and lets in again when it is back', async () => {
    const without = await restartWith([newKey]);
    const heard = listen(without);
    const browser = without.browser();
    expect(await signInWithPassword(person, browser)).toMatchObject(unavailable);
    expect(cookieOf(browser, 'session')).toBe('');
    expect(heard).toEqual([{ provider: 'password', code: 'ERR_KEY_UNKNOWN' }]);
    // Nobody registers over it, and the audit says that it cannot be read rather than that all is well.
    expect(await without.auth.verifyAudit()).not.toBeNull();
    const back = await restartWith([newKey, oldKey]);
    expect((await signInWithCode(back, person)).cookies.size).toBeGreaterThan(0);
  });

  it('A-209 keys change while many sign in: none fails, none is let in with less', async () => {
    const people: Person[] = [];
    for (let n = 0; n < 6; n += 1) {
      const one = await register(app);
      await enrolTotp(app, one);
      people.push(one);
    }
    app.clock.advance(60);
    const nodes = [app, await restartWith([oldKey, newKey]), await restartWith([newKey, oldKey])];
    const outcomes = await Promise.all(
      people.flatMap((one) =>
        nodes.slice(1).map(async (node, n) => {
          const browser = node.browser();
          const first = await signInWithPassword(one, browser);
          const response = { code: codeOf(node, one) };
          if (n > 0) return first.body.status;
          const second = await browser.post('/auth/ceremony', { authenticator: one.authenticator, response });
          return (await browser.get('/admin')).status === 200 ? second.body.status : 'not in';
        }),
      ),
    );
    expect(new Set(outcomes)).toEqual(new Set(['done', 'more-needed']));
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(people.length);
  });
});
