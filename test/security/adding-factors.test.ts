import { afterEach, beforeEach, expect, it } from 'vitest';
import type {
  ConfirmedView,
  EnrolmentView,
  SecurityView,
} from '../../packages/cofactor/src/http/contract.ts';
import {
  createApp,
  enrolTotp,
  onEachDatabase,
  register,
  signInWithCode,
  signInWithPassword,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import { oathtoolCode } from '../support/oathtool.ts';

const begin = (
  browser: TestBrowser,
): Promise<{ status: number; body: EnrolmentView; problem: string | null }> =>
  browser.post<EnrolmentView>('/auth/enrolments', { provider: 'totp' });
const security = async (browser: TestBrowser): Promise<SecurityView> =>
  (await browser.get<SecurityView>('/auth/security')).body;
const remove = (
  browser: TestBrowser,
  id: string | undefined,
): Promise<{ status: number; problem: string | null }> =>
  browser.send('DELETE', '/auth/authenticators', { body: { id } });

onEachDatabase('adding and removing factors', (fresh) => {
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

  async function add(browser: TestBrowser, name: string): Promise<ConfirmedView> {
    const { enrolment, setup } = (await begin(browser)).body;
    const response = { code: oathtoolCode(String(setup['key']), app.clock.now()) };
    const confirmed = await browser.post<ConfirmedView>('/auth/enrolments/confirm', {
      enrolment,
      response,
      name,
    });
    expect(confirmed.status).toBe(201);
    return confirmed.body;
  }

  it('I-14 adding never replaces: the first authenticator and its key go on', async () => {
    const person = await register(app);
    await enrolTotp(app, person);
    const browser = await signInWithCode(app, person);
    const rows = 'select id, name, data, counter from authenticators order by id';
    const before = await database.query(rows);
    await add(browser, 'Phone');
    const after = await database.query(rows);
    expect(after).toEqual(expect.arrayContaining(before));
    expect(after).toHaveLength(before.length + 1);
    expect((await signInWithCode(app, person)).cookies.size).toBeGreaterThan(0);
  });

  it('I-14 a second password is refused: there is one, and it is changed only with the old one', async () => {
    const { browser } = await register(app);
    const answer = await browser.post('/auth/enrolments', { provider: 'password' });
    expect([answer.status, answer.problem]).toEqual([400, 'malformed']);
  });

  it('I-14 a proof is fresh for five minutes and no longer', async () => {
    const { browser } = await register(app);
    app.clock.advance(300);
    expect((await begin(browser)).status).toBe(201);
    app.clock.advance(1);
    const late = await begin(browser);
    expect([late.status, late.problem]).toEqual([401, 'step-up-needed']);
    expect((await security(browser)).canManage).toBe(false);
  });

  it('A-81 I-03 the key is shown once, by the answer that begins the set-up, and never again', async () => {
    const person = await register(app);
    const { browser } = person;
    const begun = await begin(browser);
    const key = String(begun.body.setup['key']);
    const body = { enrolment: begun.body.enrolment, response: { code: oathtoolCode(key, app.clock.now()) } };
    const confirmed = await browser.post('/auth/enrolments/confirm', body);
    expect(confirmed.status).toBe(201);
    const later = [
      confirmed,
      await browser.get('/auth/security'),
      await browser.get('/auth/context'),
      await browser.post('/auth/enrolments/confirm', body),
      await browser.get(`/auth/enrolments/${body.enrolment}`),
      await browser.get('/auth/enrolments'),
    ];
    expect(later.map(({ status }) => status)).toEqual([201, 200, 200, 404, 404, 404]);
    for (const answer of later) expect(answer.text).not.toContain(key);
  });

  it('A-83 there is an end to the authenticators of an account, and to the length of their names', async () => {
    const person = await register(app);
    await enrolTotp(app, person);
    const browser = await signInWithCode(app, person);
    const [row] = await database.query("select * from authenticators where provider = 'totp'");
    const columns = Object.keys(row ?? {});
    const places = columns.map((_, index) => `$${index + 1}`).join(', ');
    for (let n = 3; n < 19; n += 1) {
      const values = Object.values({ ...row, id: `aut_${n}`, name: `Copy ${n}` });
      await database.query(`insert into authenticators (${columns.join(', ')}) values (${places})`, values);
    }
    // Nineteen: room for one, and two set-ups that were begun do not make two.
    const [one, two] = [(await begin(browser)).body, (await begin(browser)).body];
    const confirm = (
      made: EnrolmentView,
      name?: string,
    ): Promise<{ status: number; problem: string | null }> =>
      browser.post('/auth/enrolments/confirm', {
        enrolment: made.enrolment,
        response: { code: oathtoolCode(String(made.setup['key']), app.clock.now()) },
        ...(name !== undefined && { name }),
      });
    expect((await confirm(one, 'x'.repeat(65))).problem).toBe('malformed');
    expect((await confirm(one, 'x'.repeat(64))).status).toBe(201);
    expect((await confirm(two)).status).toBe(404);
    expect((await begin(browser)).problem).toBe('already-enrolled');
    const [count] = await database.query('select count(*) as n from authenticators');
    expect(Number(count?.['n'])).toBe(20);
  });

  it('A-83 names on one line, with nothing that cannot be seen', async () => {
    const { browser } = await register(app);
    const id = (await security(browser)).authenticators[0]?.id;
    const rename = async (name: unknown): Promise<number> =>
      (await browser.send('PATCH', '/auth/authenticators', { body: { id, name } })).status;
    for (const name of [
      '',
      '   ',
      'a\u0000b',
      'a\nb',
      'a\u001b[31mb',
      '\u202egnp',
      'a\u200bb',
      'x'.repeat(65),
      '\ud800',
    ]) {
      expect([name, await rename(name)]).toEqual([name, 400]);
      const { enrolment, setup } = (await begin(browser)).body;
      const response = { code: oathtoolCode(String(setup['key']), app.clock.now()) };
      const answer = await browser.post('/auth/enrolments/confirm', { enrolment, response, name });
      expect([name, answer.status]).toEqual([name, 400]);
    }
    expect((await security(browser)).authenticators).toHaveLength(1);
    for (const name of ['=cmd()', '<img src=x>', 'Téléphone 📱']) expect(await rename(name)).toBe(204);
  });

  // Tracks: Nextcloud, WebAuthn tokens that outlived their user
  it('A-85 an account that was deleted leaves nothing to one of the same name', async () => {
    const person = await register(app, 'phoenix');
    await enrolTotp(app, person);
    const signedIn = await signInWithCode(app, person);
    const halfWay = app.browser();
    await signInWithPassword(person, halfWay);
    const before = (await app.auth.users.find('phoenix'))?.id;
    await database.query('delete from users where canonical = $1', ['phoenix']);
    for (const table of ['authenticators', 'lookup_secrets']) {
      expect([table, await database.query(`select * from ${table}`)]).toEqual([table, []]);
    }
    app.clock.advance(2);
    const reborn = await register(app, 'phoenix');
    expect((await app.auth.users.find('phoenix'))?.id).not.toBe(before);
    for (const browser of [signedIn, person.browser]) {
      expect((await browser.get('/recent')).status).toBe(401);
      expect((await browser.get('/auth/security')).problem).toBe('not-signed-in');
    }
    const code = oathtoolCode(person.key, app.clock.now());
    const answer = await halfWay.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code },
    });
    expect(answer.problem).toMatch(/^ceremony-(unknown|expired)$/);
    expect((await signInWithPassword(person, app.browser())).problem).toBe('wrong-credentials');
    expect((await security(reborn.browser)).authenticators).toHaveLength(1);
  });
});

onEachDatabase('I-14 the option minimum', (fresh) => {
  async function withMinimum(run: (app: TestApp) => Promise<void>): Promise<void> {
    const database = await fresh();
    const app = await createApp(database.open(), { minimum: { acr: 'mfa' } });
    await run(app);
    await app.close();
    await database.drop();
  }

  it('keeps the last factor that it asks for; of two, either can go', async () => {
    await withMinimum(async (app) => {
      const person = await register(app);
      await enrolTotp(app, person);
      const browser = await signInWithCode(app, person);
      expect((await remove(browser, person.authenticator)).problem).toBe('last-authenticator');
      const view = await security(browser);
      expect(view.authenticators.find(({ id }) => id === person.authenticator)?.removable).toBe(false);

      await enrolTotp(app, { ...person, browser }, 'Tablet');
      expect((await remove(browser, person.authenticator)).status).toBe(204);
    });
  });

  it('of two removed at the same moment, one stays', async () => {
    await withMinimum(async (app) => {
      const person = await register(app);
      await enrolTotp(app, person);
      const first = person.authenticator;
      const browser = await signInWithCode(app, person);
      await enrolTotp(app, { ...person, browser }, 'Tablet');
      // Two sessions, each with a fresh proof of its own.
      const other = await signInWithCode(app, person);
      const ids = (await security(other)).authenticators
        .filter(({ provider }) => provider.usage === 'second')
        .map(({ id }) => id);
      expect(ids).toHaveLength(2);
      const second = ids.find((id) => id !== first);
      const answers = await Promise.all([
        remove(other, first),
        remove(browser, second),
        remove(other, second),
      ]);
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    });
  });
});
