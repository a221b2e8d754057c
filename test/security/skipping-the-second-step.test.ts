import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sealData } from '../../packages/cofactor/src/core/engine.ts';
import { routes } from '../../packages/cofactor/src/http/routes.ts';
import type { StepView } from '../../packages/cofactor/src/http/contract.ts';
import {
  codeOf,
  createApp,
  enrolTotp,
  guardedPaths,
  onEachAdapter,
  register,
  signInWithCode,
  signInWithPassword,
  type Person,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import type { Answer, TestBrowser } from '../support/browser.ts';

const ceremonyCookie = 'cofactor-users-ceremony';
const page = { accept: 'text/html' };

/** A body that each route would take, so that nothing but the missing second step is in the way. */
const bodies: Readonly<Record<string, object>> = {
  'POST /sign-in': { identifier: 'x', provider: 'password', response: { password: 'x' } },
  'POST /register': { identifier: 'x', provider: 'password', response: { password: 'x' } },
  'POST /step-up': { policy: 'Admin' },
  'POST /ceremony': { authenticator: 'aut_x', response: { code: '000000' } },
  'POST /enrolments': { provider: 'totp' },
  'POST /enrolments/confirm': { enrolment: `enr_${'x'.repeat(43)}`, response: { code: '000000' } },
  'PATCH /authenticators': { id: 'aut_x', name: 'x' },
  'PUT /authenticators': { id: 'aut_x', current: { password: 'x' }, response: { password: 'x' } },
  'DELETE /authenticators': { id: 'aut_x' },
  'DELETE /sessions': { id: 'x' },
  'POST /language': { language: 'de' },
  'POST /challenges': { authenticator: 'aut_x' },
  'POST /forgot': { identifier: 'x' },
  'POST /reset': { token: `rst_${'x'.repeat(43)}`, provider: 'password', response: { password: 'x' } },
  'POST /email': { email: 'x@example.org' },
  'POST /email/confirm': { token: `adr_${'x'.repeat(43)}` },
  'POST /invitation/account': { token: `inv_${'x'.repeat(43)}` },
  'POST /invitation': { token: `inv_${'x'.repeat(43)}`, provider: 'password', response: { password: 'x' } },
  'POST /permit/mail': {},
  'POST /permit': { token: `prm_${'x'.repeat(43)}` },
  'DELETE /devices': { id: 'x' },
  'DELETE /account': { identifier: 'x' },
};

onEachAdapter('with a password and no second step', (fresh, through) => {
  let database: TestDatabase;
  let app: TestApp;
  let victim: Person;
  /** The attacker's browser: it knows the victim's password, and stands before the second step. */
  let browser: TestBrowser;
  beforeEach(async () => {
    database = await fresh();
    app = await createApp(database.open(), {}, through);
    victim = await register(app);
    await enrolTotp(app, victim);
    browser = app.browser();
    const first = await signInWithPassword(victim, browser);
    if (first.body.status !== 'more-needed') throw new Error(`no second step: ${first.text}`);
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  const answer = (
    who: TestBrowser,
    authenticator: unknown,
    code: unknown,
    more: object = {},
  ): Promise<Answer<StepView>> => who.post('/auth/ceremony', { authenticator, response: { code }, ...more });
  const userOf = async (who: TestBrowser): Promise<string | null> =>
    (await who.get<{ user: string | null }>('/who')).body.user;
  const sessionCount = async (): Promise<number> =>
    Number((await database.query('select count(*) as n from sessions'))[0]?.['n']);

  it('A-01 no route of the table that needs a session answers, and none says anything of the account', async () => {
    const before = await sessionCount();
    for (const route of routes) {
      if (route.level === 'public' || route.level === 'ceremony') continue;
      const name = `${route.method} ${route.path}`;
      const body = bodies[name] ?? (route.body ? expect.fail(`no body for ${name}`) : undefined);
      const answered = await browser.send(route.method, `/auth${route.path}`, {
        ...(body !== undefined && { body }),
        ...(route.page && { headers: page }),
      });
      expect({ name, status: answered.status }).toEqual({ name, status: route.page ? 303 : 401 });
      if (route.page) expect(answered.headers['location']).toMatch(/^\/auth\/sign-in\?return_to=/);
      else expect(answered.problem).toBe('not-signed-in');
      for (const known of [victim.identifier, victim.authenticator, 'Phone'])
        expect(answered.text).not.toContain(known);
    }
    expect(await sessionCount()).toBe(before);
  });

  it('A-01 no page or API of the application answers, whatever its policy, GET or POST', async () => {
    for (const path of Object.keys(guardedPaths)) {
      for (const method of ['GET', 'POST'] as const) {
        const program = await browser.send(method, path);
        expect([path, program.status, program.problem]).toEqual([path, 401, 'not-signed-in']);
        const person = await browser.send(method, path, { headers: page });
        expect([path, person.status]).toEqual([path, 303]);
        expect(person.headers['location']).toMatch(/^\/auth\/sign-in\?/);
        expect(program.text + person.text).not.toContain('inside');
      }
    }
    expect(await userOf(browser)).toBeNull();
  });

  it('A-01 the routes that are open to a ceremony or to everybody make no session of it', async () => {
    const before = await sessionCount();
    const open = routes.filter(
      ({ level, method }) => level === 'public' || (level === 'ceremony' && method !== 'DELETE'),
    );
    for (const route of open) {
      const body = bodies[`${route.method} ${route.path}`];
      await browser.send(route.method, `/auth${route.path.replace('*', 'x.js')}`, {
        ...(body && { body }),
        ...(route.page && { headers: page }),
      });
      expect([route.path, await userOf(browser)]).toEqual([route.path, null]);
    }
    expect(await sessionCount()).toBe(before);
  });

  it('A-07 a full session of the attacker beside the pending sign-in of the victim stays what each of them is', async () => {
    const attacker = await register(app);
    await enrolTotp(app, attacker);
    const mixed = await signInWithCode(app, attacker);
    mixed.cookies.set(ceremonyCookie, browser.cookies.get(ceremonyCookie) ?? '');

    const own = await answer(mixed, attacker.authenticator, codeOf(app, attacker));
    expect([own.status, own.problem]).toEqual([401, 'wrong-response']);
    expect(await userOf(mixed)).toBe(attacker.identifier);
    // It was counted where it was aimed at: on the victim's ceremony.
    expect((await browser.context()).ceremony?.triesLeft).toBe(4);

    const right = await answer(mixed, victim.authenticator, codeOf(app, victim));
    expect(right.body.status).toBe('done');
    expect(await userOf(mixed)).toBe(victim.identifier);
  });

  it('A-07 a step-up of one session cannot be answered from another one', async () => {
    const attacker = await register(app);
    await enrolTotp(app, attacker);
    const theirs = await signInWithCode(app, attacker);
    app.clock.advance(1000);
    expect((await theirs.post('/auth/step-up', { policy: 'FreshAdmin' })).body.status).toBe('more-needed');
    const mixed = await signInWithCode(app, victim);
    mixed.cookies.set(ceremonyCookie, theirs.cookies.get(ceremonyCookie) ?? '');
    for (const person of [attacker, victim]) {
      const refused = await answer(mixed, person.authenticator, codeOf(app, person));
      expect([refused.status, refused.problem]).toEqual([404, 'ceremony-unknown']);
    }
    expect(await userOf(mixed)).toBe(victim.identifier);
  });

  it("A-09 the attacker's own factors do not finish it, by their id or by the victim's, and are counted", async () => {
    const attacker = await register(app);
    await enrolTotp(app, attacker);
    const [recovery = ''] = attacker.recovery;
    const tries: readonly (readonly [string, string])[] = [
      [attacker.authenticator, codeOf(app, attacker)],
      [victim.authenticator, codeOf(app, attacker)],
      [attacker.recoveryAuthenticator, recovery],
      [victim.recoveryAuthenticator, recovery],
    ];
    for (const [authenticator, code] of tries) {
      expect((await answer(browser, authenticator, code)).problem).toBe('wrong-response');
    }
    expect((await answer(browser, attacker.authenticator, codeOf(app, attacker))).problem).toBe(
      'too-many-tries',
    );
    const failures = await database.query(
      'select user_id, sum(failures) as n from authenticators group by user_id order by n',
    );
    // What was aimed at the victim's authenticators is counted there; the attacker's own are untouched.
    expect(failures.map((row) => Number(row['n']))).toEqual([0, 2]);
    expect(await userOf(browser)).toBeNull();
  });

  // Tracks: CVE-2022-35248
  it('A-11 a flag of the client changes nothing', async () => {
    const flags = [
      { mfa: true },
      { skip: 1 },
      { cas: true },
      { type: 'resume' },
      { twoFactorEnabled: false },
      { acr: 'mfa' },
      { amr: ['mfa'] },
      { requirement: { acr: 'pwd' } },
      { purpose: 'step-up' },
    ];
    const body = {
      identifier: victim.identifier,
      provider: 'password',
      response: { password: victim.password },
    };
    for (const flag of flags) {
      const told = [
        await browser.post('/auth/sign-in', { ...body, ...flag }),
        await browser.post('/auth/sign-in', { ...body, response: { ...body.response, ...flag } }),
        await answer(browser, victim.authenticator, '000000', flag),
      ];
      expect([flag, ...told.map(({ problem }) => problem)]).toEqual([
        flag,
        'malformed',
        'malformed',
        'malformed',
      ]);
      const query = new URLSearchParams(
        Object.entries(flag).map(([name, value]) => [name, JSON.stringify(value)]),
      );
      expect((await browser.post(`/auth/sign-in?${query}`, body)).body.status).toBe('more-needed');
      expect((await browser.get(`/admin?${query}`)).status).toBe(401);
    }
    expect(await userOf(browser)).toBeNull();
  });

  it('A-13 a provider that the victim has not got is no way in, and no empty answer is', async () => {
    const strange = [
      'sms',
      'email',
      'webauthn',
      'totp',
      'recovery-codes',
      'undefined',
      'null',
      `aut_${'x'.repeat(22)}`,
    ];
    for (const authenticator of strange) {
      const other = app.browser();
      other.ip = `192.0.2.${strange.indexOf(authenticator) + 10}`;
      await signInWithPassword(victim, other);
      const refused = await answer(other, authenticator, '000000');
      expect([authenticator, refused.status, refused.problem]).toEqual([
        authenticator,
        401,
        'wrong-response',
      ]);
      expect((await other.context()).ceremony?.triesLeft).toBe(4);
      expect(await userOf(other)).toBeNull();
    }
    for (const code of ['', null, undefined, 0, false, [], {}, ['000000']]) {
      expect((await answer(browser, victim.authenticator, code)).problem).toBe('malformed');
    }
    for (const authenticator of [
      '',
      '*',
      null,
      0,
      [],
      [victim.authenticator],
      { id: victim.authenticator },
    ]) {
      expect((await answer(browser, authenticator, codeOf(app, victim))).problem).toBe('malformed');
    }
    expect(await userOf(browser)).toBeNull();
  });

  it('A-13 an authenticator whose secret is empty lets nobody in, not even with the code of an empty key', async () => {
    const { engine } = app.auth;
    const place = { id: victim.authenticator, userId: '', provider: 'totp' };
    const [row] = await database.query('select user_id from authenticators where id = $1', [place.id]);
    for (const data of [{ key: '' }, { key: 'AA' }, {}, null]) {
      const sealed = sealData(engine, { ...place, userId: String(row?.['user_id']) }, data);
      await database.query('update authenticators set data = $1 where id = $2', [sealed, place.id]);
      const refused = await answer(browser, victim.authenticator, '328482');
      expect([data, refused.status, refused.problem]).toEqual([data, 503, 'provider-unavailable']);
    }
    expect(await userOf(browser)).toBeNull();
    // It is an outage of one authenticator, not of the second step.
    expect((await signInWithPassword(victim, app.browser())).body.status).toBe('more-needed');
  });
});

describe('the bodies of these tests', () => {
  it('cover every route of the table that takes one', () => {
    const missing = routes.filter(({ method, path, body }) => body && !bodies[`${method} ${path}`]);
    expect(missing.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });
});
