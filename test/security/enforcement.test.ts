import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EnrolmentView, SecurityView } from '../../packages/cofactor/src/http/contract.ts';
import {
  codeOf,
  createApp,
  createAuth,
  enrolTotp,
  onEachDatabase,
  register,
  signInWithCode,
  signInWithPassword,
  type Person,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import { quickCode } from '../support/codes.ts';
import { boss, confirmed, demand, mailedPermit, ruleIn, tokenIn } from '../support/enforcement.ts';
import { TestMailer } from '../support/mails.ts';
import { cookieOf } from '../support/tables.ts';

const day = 86_400;
const victim = 'victim@example.org';

onEachDatabase('an enforced second factor', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let mail: TestMailer;
  beforeEach(async () => {
    database = await fresh();
    mail = new TestMailer();
    app = await createApp(database.open(), { mail, rememberDevices: true });
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  /** Somebody else who knows the password. */
  const withPassword = async (person: Person): Promise<TestBrowser> => {
    const browser = app.browser();
    expect((await signInWithPassword(person, browser)).body.status).toBe('done');
    return browser;
  };
  const begin = (browser: TestBrowser, provider = 'totp') =>
    browser.post<EnrolmentView>('/auth/enrolments', { provider });
  const confirm = ({ body }: Awaited<ReturnType<typeof begin>>, browser: TestBrowser) =>
    browser.post('/auth/enrolments/confirm', {
      enrolment: body.enrolment,
      response: { code: quickCode(String(body.setup['key']), app.clock.now()) },
    });
  const follow = (browser: TestBrowser, token: string) =>
    browser.post<{ returnTo: string }>('/auth/permit', { token });
  const askFor = async (browser: TestBrowser): Promise<string> => {
    expect((await browser.post('/auth/permit/mail', {})).status).toBe(202);
    return mailedPermit(app, mail, victim);
  };

  it('I-14 whoever has the password alone does not enrol first: in grace, when due, by any provider', async () => {
    const person = await confirmed(app, mail, victim);
    await demand(app, ruleIn(app, 1));
    // Before the rule begins, everything is as it was.
    expect((await begin(await withPassword(person))).status).toBe(201);
    for (const days of [1, 7]) {
      app.clock.advance(days * day);
      const attacker = await withPassword(person);
      for (const provider of ['totp', 'recovery-codes']) {
        const answer = await begin(attacker, provider);
        expect([provider, answer.problem]).toEqual([
          provider,
          provider === 'totp' ? 'permit-needed' : 'already-enrolled',
        ]);
      }
      expect((await attacker.get<SecurityView>('/auth/security')).body.authenticators).toHaveLength(1);
    }
  });

  it('I-14 a set-up that was begun before the rule is not confirmed after it', async () => {
    const person = await confirmed(app, mail, victim);
    const from = new Date(app.clock.now().getTime() + 120_000);
    await demand(app, ruleIn(app, 0, { from }));
    const attacker = await withPassword(person);
    const begun = await begin(attacker);
    expect(begun.status).toBe(201);
    app.clock.advance(60);
    expect((await confirm(begun, attacker)).problem).toBe('permit-needed');
  });

  it('I-14 the address does not change before the first factor is there, nor by a link of before', async () => {
    const person = await confirmed(app, mail, victim);
    const early = await withPassword(person);
    expect((await early.post('/auth/email', { email: 'eve@example.net' })).status).toBe(202);
    await app.auth.engine.background.settled();
    const token = mail.tokenTo('eve@example.net');
    await demand(app, ruleIn(app, 0));
    const attacker = await withPassword(person);
    expect((await attacker.post('/auth/email/confirm', { token })).problem).toBe('permit-needed');
    expect((await attacker.post('/auth/email', { email: 'eve@example.net' })).problem).toBe('permit-needed');
    await askFor(attacker);
    expect(mail.to('eve@example.net')?.text).not.toContain('#prm_');
  });

  it('A-65 the link of the mail lets its owner enrol, once; enrolling raises nothing by itself', async () => {
    const person = await confirmed(app, mail, victim);
    await demand(app, ruleIn(app, 0, { graceDays: 0 }));
    const browser = await withPassword(person);
    const token = await askFor(browser);
    expect((await begin(browser)).problem).toBe('permit-needed');
    expect((await follow(browser, token)).body).toEqual({ returnTo: '/auth/security?return_to=%2F' });
    expect((await follow(browser, token)).problem).toBe('token-unknown');
    await enrolTotp(app, Object.assign(person, { browser }));
    expect((await browser.get<{ acr: string }>('/who')).body.acr).toBe('pwd');
    expect((await browser.get('/recent')).status).toBe(401);
    const strong = await signInWithCode(app, person);
    expect((await strong.get('/recent')).status).toBe(200);
    const { authenticators } = (await strong.get<SecurityView>('/auth/security')).body;
    expect(authenticators.map(({ provider }) => provider.provider)).toEqual([
      'password',
      'totp',
      'recovery-codes',
    ]);
  });

  it('I-14 an owner who follows the link permits their own sign-in, and not the one that asked for it', async () => {
    const person = await confirmed(app, mail, victim);
    await demand(app, ruleIn(app, 0));
    const attacker = await withPassword(person);
    const token = await askFor(attacker);
    const owner = await withPassword(person);
    expect((await follow(owner, token)).body).toEqual({ returnTo: '/auth/security?return_to=%2F' });
    expect((await begin(attacker)).problem).toBe('permit-needed');
    expect((await begin(owner)).status).toBe(201);
  });

  it('I-14 a permit is for one account, for a day, for the account as it is, and used up by what it permits', async () => {
    const person = await confirmed(app, mail, victim);
    const other = await register(app);
    await demand(app, ruleIn(app, 0));
    const browser = await withPassword(person);
    const first = await askFor(browser);
    const strange = await withPassword(other);
    expect((await follow(strange, first)).problem).toBe('token-unknown');
    const nobody = app.browser();
    await nobody.context();
    expect((await follow(nobody, first)).problem).toBe('not-signed-in');
    const second = await askFor(browser);
    app.clock.advance(day + 1);
    const later = await withPassword(person);
    expect((await follow(later, second)).problem).toBe('token-unknown');

    // A changed password makes everything older dead (I-06), followed or not.
    const third = await askFor(later);
    expect((await follow(later, third)).status).toBe(200);
    const { authenticators } = (await later.get<SecurityView>('/auth/security')).body;
    const changed = await later.send('PUT', '/auth/authenticators', {
      body: {
        id: authenticators[0]?.id,
        current: { password: person.password },
        response: { password: 'a walk by the quiet river' },
      },
    });
    expect(changed.status).toBe(204);
    expect((await begin(later)).problem).toBe('permit-needed');
    const fourth = await askFor(later);
    await app.auth.users.setRoles({ id: (await app.auth.users.find(victim))?.id ?? '' }, ['x']);
    const again = await withPassword({ ...person, password: 'a walk by the quiet river' });
    expect((await follow(again, fourth)).problem).toBe('token-unknown');

    // Followed, it lasts for half an hour, and for one factor.
    const fifth = await askFor(again);
    expect((await follow(again, fifth)).status).toBe(200);
    const begun = [await begin(again), await begin(again)];
    const confirmations = await Promise.all(begun.map((one) => confirm(one, again)));
    expect(confirmations.filter(({ status }) => status === 201)).toHaveLength(1);
    const rows = await database.query(
      `select id from permit_tokens where used_at is null
         and generation = (select generation from users where users.id = permit_tokens.user_id)`,
    );
    expect(rows).toEqual([]);
  });

  it('I-14 the password alone neither gets the data of the account nor deletes it, once more is due', async () => {
    const person = await confirmed(app, mail, victim);
    await demand(app, ruleIn(app, 0, { graceDays: 0 }));
    const attacker = await withPassword(person);
    expect((await attacker.get('/auth/account/data')).problem).toBe('step-up-needed');
    const deleted = await attacker.send('DELETE', '/auth/account', { body: { identifier: victim } });
    expect(deleted.problem).toBe('step-up-needed');
    expect(await app.auth.users.find(victim)).not.toBeNull();
  });

  it('I-14 who asks for links takes nobody their permit, nor a link that somebody in charge gave them', async () => {
    const person = await confirmed(app, mail, victim);
    const by = await boss(app);
    await demand(app, ruleIn(app, 0));
    const owner = await withPassword(person);
    await follow(owner, await askFor(owner));
    const { id = '' } = (await app.auth.users.find(victim)) ?? {};
    const given = await app.auth.enforcement.permit({ id }, by);
    if (given.status !== 'permitted') throw new Error(given.reason);
    const attacker = await withPassword(person);
    await askFor(attacker);
    await askFor(attacker);
    expect((await begin(attacker)).problem).toBe('permit-needed');
    expect((await begin(owner)).status).toBe(201);
    const elsewhere = await withPassword(person);
    expect((await follow(elsewhere, tokenIn(given.link))).status).toBe(200);
    expect((await begin(elsewhere)).status).toBe(201);
    expect((await begin(attacker)).problem).toBe('permit-needed');
  });

  it('I-04 a link is followed once, however many browsers follow it at the same moment', async () => {
    const person = await confirmed(app, mail, victim);
    await demand(app, ruleIn(app, 0));
    const browsers = [await withPassword(person), await withPassword(person), await withPassword(person)];
    const token = await askFor(browsers[0] as TestBrowser);
    const answers = await Promise.all(browsers.map((browser) => follow(browser, token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const begun = await Promise.all(browsers.map((browser) => begin(browser)));
    expect(begun.map(({ status }) => status === 201)).toEqual(answers.map(({ status }) => status === 200));
  });

  it('a permit that was followed is over after half an hour', async () => {
    const person = await confirmed(app, mail, victim);
    await demand(app, ruleIn(app, 0));
    const browser = await withPassword(person);
    await follow(browser, await askFor(browser));
    app.clock.advance(1801);
    const late = await withPassword(person);
    expect((await begin(late)).problem).toBe('permit-needed');
  });

  it('I-27 the link is followed and asked for by pages of this site only', async () => {
    const person = await confirmed(app, mail, victim);
    await demand(app, ruleIn(app, 0));
    const browser = await withPassword(person);
    const token = await askFor(browser);
    const mails = mail.mails.length;
    for (const headers of [{ origin: 'https://evil.example' }, { 'x-csrf-token': undefined }]) {
      for (const [path, body] of [
        ['/auth/permit', { token }],
        ['/auth/permit/mail', {}],
      ] as const) {
        expect((await browser.post(path, body, { headers })).problem).toBe('csrf');
      }
    }
    await app.auth.engine.background.settled();
    expect(mail.mails.length).toBe(mails);
    expect((await follow(browser, token)).status).toBe(200);
  });

  it('I-25 the link leads to no other site, and nobody else finds out what it was asked for', async () => {
    const person = await confirmed(app, mail, victim);
    await demand(app, ruleIn(app, 0));
    const browser = await withPassword(person);
    for (const returnTo of ['https://evil.example/', '//evil.example', '/\\evil.example']) {
      expect((await browser.post('/auth/permit/mail', { returnTo })).status).toBe(202);
      const token = await mailedPermit(app, mail, victim);
      expect((await follow(browser, token)).body).toEqual({ returnTo: '/auth/security?return_to=%2F' });
    }
    await browser.post('/auth/permit/mail', { returnTo: '/private?of=mine' });
    const elsewhere = await withPassword(person);
    const token = await mailedPermit(app, mail, victim);
    expect((await follow(elsewhere, token)).body).toEqual({ returnTo: '/auth/security?return_to=%2F' });
  });

  it('I-13 a mailbox is not filled with links', async () => {
    const person = await confirmed(app, mail, victim);
    await demand(app, ruleIn(app, 0));
    const browser = await withPassword(person);
    const statuses = [];
    for (let n = 0; n < 30; n += 1) statuses.push((await browser.post('/auth/permit/mail', {})).status);
    expect(statuses.at(-1)).toBe(429);
    expect(statuses.filter((status) => status === 202).length).toBeLessThanOrEqual(15);
  });

  it('I-14 the last factor that a rule requires is not removed, two requests at once included', async () => {
    const person = await confirmed(app, mail, victim);
    await enrolTotp(app, person);
    await demand(app, ruleIn(app, 1));
    const strong = await signInWithCode(app, person);
    const tablet = { ...person, browser: strong };
    await enrolTotp(app, tablet, 'Tablet');
    const remove = async (browser: TestBrowser, id: string) =>
      (await browser.send('DELETE', '/auth/authenticators', { body: { id } })).status;
    app.clock.advance(day);
    const again = await signInWithCode(app, person);
    const apps = (await again.get<SecurityView>('/auth/security')).body.authenticators.filter(
      ({ provider }) => provider.provider === 'totp',
    );
    expect(apps.map(({ removable }) => removable)).toEqual([true, true]);
    const both = await Promise.all(apps.map(({ id }) => remove(again, id)));
    expect(both.filter((status) => status === 204)).toHaveLength(1);
    const left = (await again.get<SecurityView>('/auth/security')).body.authenticators.find(
      ({ provider }) => provider.provider === 'totp',
    );
    expect(left?.removable).toBe(false);
    const last = await signInWithCode(app, left?.id === tablet.authenticator ? tablet : person);
    expect(await remove(last, left?.id ?? '')).toBe(409);
  });

  it('a reset by somebody in charge leaves an account whose owner enrols first all the same', async () => {
    const person = await confirmed(app, mail, victim);
    await enrolTotp(app, person);
    const by = await boss(app);
    await demand(app, ruleIn(app, 0, { graceDays: 0 }));
    // As an administrator's reset leaves it.
    await database.query('delete from lookup_secrets');
    await database.query(
      "delete from authenticators where provider <> 'password' and user_id = (select id from users where identifier = $1)",
      [victim],
    );
    const attacker = await withPassword(person);
    expect((await begin(attacker)).problem).toBe('permit-needed');
    expect((await attacker.get('/recent')).status).toBe(401);
    const { id } = (await app.auth.users.find(victim)) ?? { id: '' };
    const permitted = await app.auth.enforcement.permit({ id }, by);
    if (permitted.status !== 'permitted') throw new Error(permitted.reason);
    const owner = await withPassword(person);
    expect((await follow(owner, tokenIn(permitted.link))).status).toBe(200);
    expect((await begin(attacker)).problem).toBe('permit-needed');
    expect((await begin(owner)).status).toBe(201);
  });

  it('a remembered browser adds no factor to what a rule demands', async () => {
    const person = await confirmed(app, mail, victim);
    await enrolTotp(app, person);
    const browser = app.browser();
    await signInWithPassword(person, browser);
    const remembered = await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(app, person) },
      remember: true,
    });
    expect(remembered.body.status).toBe('done');
    await browser.post('/auth/sign-out');
    app.clock.advance(31);
    await demand(app, ruleIn(app, 0, { graceDays: 0 }));
    const again = await signInWithPassword(person, browser);
    expect(again.body).toEqual({ status: 'done', returnTo: '/' });
    expect((await browser.get('/recent')).status).toBe(401);
    expect((await browser.page('/recent')).headers['location']).toMatch(/^\/auth\/step-up\?/);
  });

  it('I-12 a rule that cannot be read lets nobody get by with less', async () => {
    const person = await register(app);
    await demand(app, ruleIn(app, 0, { graceDays: 0, who: { roles: ['nobody'] } }));
    expect((await person.browser.get('/recent')).status).toBe(200);
    for (const data of ['{"id":"x"}', '{', '{"id":"x","acr":"gold"}', 'null', '[]']) {
      await database.query('update enforcement_rules set data = $1', [data]);
      app.clock.advance(2);
      expect([data, (await person.browser.get('/recent')).status]).toEqual([data, 503]);
      // From the session that is cached by now, too.
      expect([data, (await person.browser.get('/recent')).status]).toEqual([data, 503]);
      expect((await app.browser().get('/recent')).status).toBe(401);
    }
  });

  it('I-14 whoever looks after rules proves it anew, cannot lock themselves out, nor ask for what nobody has', async () => {
    const person = await register(app, 'boss');
    const weak = await app.auth.sessions.read(cookieOf(person.browser, 'session'));
    if (!weak) throw new Error('nobody is signed in');
    const { enforcement } = app.auth;
    const rule = ruleIn(app, 30);
    const refusal = async (
      asked: Promise<{ readonly status: string; readonly reason?: string }>,
    ): Promise<string> => (await asked).reason ?? 'not refused';
    // With a password alone there is nothing stronger to confirm with; the rule is about them, whenever it begins.
    expect(await refusal(enforcement.save(rule, { by: weak }))).toBe('locks-you-out');
    expect(await refusal(enforcement.save({ ...rule, acr: 'phr' }, { by: weak }))).toBe('level-unreachable');
    const preview = await enforcement.preview(rule, { by: weak });
    expect(preview).toMatchObject({ lockout: 'account', reachable: true });
    expect(await enforcement.preview({ ...rule, acr: 'phrh' }, { by: weak })).toMatchObject({
      reachable: false,
      cannotComply: { count: 1, because: { 'no-provider': 1 }, first: [{ identifier: 'boss' }] },
    });

    await enrolTotp(app, person);
    const enrolled = await app.auth.sessions.read(cookieOf(person.browser, 'session'), { live: true });
    if (!enrolled) throw new Error('nobody is signed in');
    // Enrolled is not proved.
    expect(await refusal(enforcement.save(rule, { by: enrolled }))).toBe('step-up-needed');
    expect(await refusal(enforcement.preview(rule, { by: enrolled }))).toBe('step-up-needed');
    const strong = await boss(app);
    const saved = await enforcement.save(rule, { by: strong });
    if (saved.status !== 'saved') throw new Error(saved.reason);
    app.clock.advance(301);
    expect(await refusal(enforcement.remove(saved.rule.id, { by: strong }))).toBe('step-up-needed');
    const again = await boss(app);
    for (const wrong of [
      { ...rule, acr: 'pwd' },
      { ...rule, who: {} },
      { ...rule, who: { everybody: false } },
      { ...rule, who: { roles: [] } },
      { ...rule, who: { roles: ['a'], groups: ['b'] } },
      { ...rule, who: { roles: [{ $ne: '' }] } },
      { ...rule, from: new Date(Number.NaN) },
      { ...rule, from: '2030-01-01' },
      { ...rule, graceDays: -1 },
      { ...rule, graceDays: 1.5 },
      { ...rule, graceDays: Infinity },
      { ...rule, note: 'x'.repeat(501) },
      { ...rule, id: '../x' },
      { ...rule, grace: 3 },
      null,
    ]) {
      expect(await refusal(enforcement.save(wrong as never, { by: again }))).toBe('malformed');
    }
    expect(await refusal(enforcement.remove("' or 1=1", { by: again }))).toBe('not-found');
    expect(await enforcement.list()).toHaveLength(1);
    expect(await enforcement.remove(saved.rule.id, { by: again })).toEqual({ status: 'removed' });
    expect(await app.auth.verifyAudit()).toBeNull();
    const types = await database.query("select type from audit where type like 'enforcement-%' order by seq");
    expect(types.map(({ type }) => type)).toEqual(['enforcement-changed', 'enforcement-removed']);
  });

  it('I-12 a session of before a rule, cached or not, meets it from its day on', async () => {
    const person = await register(app);
    expect((await person.browser.get('/recent')).status).toBe(200);
    await demand(app, ruleIn(app, 0, { graceDays: 0, who: { everybody: true } }));
    // At once on the node that saved it, whatever was cached.
    expect((await person.browser.get('/recent')).status).toBe(401);
  });

  it('another node knows of a rule within the second for which it believes a session', async () => {
    const person = await register(app);
    const other = await createApp(database.open(), { clock: app.clock });
    const there = other.browser();
    for (const [name, value] of person.browser.cookies) there.cookies.set(name, value);
    const by = await boss(app);
    expect((await there.get('/recent')).status).toBe(200);
    await demand(app, ruleIn(app, 0, { graceDays: 0 }), by);
    app.clock.advance(1.001);
    expect((await there.get('/recent')).status).toBe(401);
    await other.close();
  });

  it('a rule is about the people of its realm, and a permit is for them', async () => {
    const members = createAuth(database.open(), { realm: 'members', clock: app.clock, mail });
    const person = await confirmed(app, mail, victim);
    await demand(app, ruleIn(app, 0, { graceDays: 0 }));
    expect(await members.enforcement.list()).toEqual([]);
    const user = await app.auth.users.find(victim);
    expect(await members.enforcement.permit(user ?? { id: '' }, null)).toMatchObject({ reason: 'not-found' });
    const browser = await withPassword(person);
    const session = await app.auth.sessions.read(cookieOf(browser, 'session'));
    if (!session) throw new Error('nobody is signed in');
    expect(await members.enforcement.save(ruleIn(app, 0), { by: session })).toMatchObject({
      reason: 'forbidden',
    });
    await members.close();
  });
});
