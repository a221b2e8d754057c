import { afterEach, beforeEach, expect, it } from 'vitest';
import type {
  ConfirmedView,
  EnrolmentView,
  SecurityView,
} from '../../packages/cofactor/src/http/contract.ts';
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
import type { TestBrowser } from '../support/browser.ts';
import { oathtoolCode } from '../support/oathtool.ts';
import { auditTypes, dump } from '../support/tables.ts';

onEachDatabase('managing factors', (fresh) => {
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

  /** Somebody with password, authenticator app and recovery codes, freshly signed in with two of them. */
  async function withTwoFactors(): Promise<Person & { readonly old: TestBrowser }> {
    const person = await register(app);
    await enrolTotp(app, person);
    return { ...person, browser: await signInWithCode(app, person), old: person.browser };
  }

  const begin = (
    browser: TestBrowser,
  ): Promise<{ status: number; body: EnrolmentView; problem: string | null }> =>
    browser.post<EnrolmentView>('/auth/enrolments', { provider: 'totp' });
  const confirm = (
    browser: TestBrowser,
    enrolment: string,
    key: string,
    more: object = {},
  ): Promise<{ status: number; body: ConfirmedView; problem: string | null }> =>
    browser.post<ConfirmedView>('/auth/enrolments/confirm', {
      enrolment,
      response: { code: oathtoolCode(key, app.clock.now()) },
      ...more,
    });
  const security = async (browser: TestBrowser): Promise<SecurityView> =>
    (await browser.get<SecurityView>('/auth/security')).body;

  // Tracks: the two-factor form of Umbraco's documentation, whose hidden field carries the secret.
  it('A-61 the server makes the key: one that the client sends is refused, and another session’s is of no use', async () => {
    const { browser } = await register(app);
    const own = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
    for (const extra of [{ secret: own }, { key: own }, { setup: { key: own } }, { data: { key: own } }]) {
      const answer = await browser.post('/auth/enrolments', { provider: 'totp', ...extra });
      expect([answer.status, answer.problem]).toEqual([400, 'malformed']);
    }
    const { enrolment, setup } = (await begin(browser)).body;
    for (const extra of [{ secret: own }, { qr: 'x' }, { setupToken: own }]) {
      expect((await confirm(browser, enrolment, own, extra)).status).toBe(400);
    }
    const code = oathtoolCode(own, app.clock.now());
    for (const response of [
      { code, key: own },
      { code, secret: own },
    ]) {
      const answer = await browser.post('/auth/enrolments/confirm', { enrolment, response });
      expect(answer.status).toBe(400);
    }
    expect((await confirm(browser, enrolment, own)).problem).toBe('wrong-response');

    // The enrolment of somebody else, and of another session of the same person.
    const stranger = await register(app);
    expect((await confirm(stranger.browser, enrolment, String(setup['key']))).problem).toBe(
      'enrolment-unknown',
    );
    expect((await confirm(browser, enrolment, String(setup['key']))).status).toBe(201);
  });

  it('A-61 an enrolment belongs to the session that began it', async () => {
    const person = await register(app);
    const { enrolment, setup } = (await begin(person.browser)).body;
    const elsewhere = app.browser();
    await signInWithPassword(person, elsewhere);
    expect((await confirm(elsewhere, enrolment, String(setup['key']))).problem).toBe('enrolment-unknown');
    expect((await security(elsewhere)).authenticators).toHaveLength(1);
  });

  it('A-65 I-01 turning the second factor on raises nobody: not this session, nor any other', async () => {
    const person = await register(app);
    const other = app.browser();
    await signInWithPassword(person, other);
    await enrolTotp(app, person);
    for (const path of ['/admin', '/two-factor']) {
      expect((await person.browser.get(path)).status).toBe(401);
      expect((await other.get(path)).status).toBe(401);
    }
    const who = (await person.browser.get<{ amr: string[]; acr: string }>('/who')).body;
    expect([who.amr, who.acr]).toEqual([['pwd'], 'pwd']);
  });

  // Tracks: CVE-2023-31140 (OpenProject), CVE-2024-21722 (Joomla)
  it('A-73 I-06 the other sessions end when a factor is added and when it is removed', async () => {
    const person = await register(app);
    const other = app.browser();
    await signInWithPassword(person, other);
    expect((await other.get('/recent')).status).toBe(200);
    await enrolTotp(app, person);
    expect((await other.get('/recent')).status).toBe(401);
    expect((await other.get('/auth/security')).problem).toBe('not-signed-in');

    const [one, two] = [await signInWithCode(app, person), await signInWithCode(app, person)];
    const removed = await one.send('DELETE', '/auth/authenticators', { body: { id: person.authenticator } });
    expect(removed.status).toBe(204);
    expect((await two.get('/auth/security')).problem).toBe('not-signed-in');
    expect((await one.get('/auth/security')).status).toBe(200);
  });

  it('A-67 I-14 removing asks for the second factor, at most five minutes ago', async () => {
    const { browser, old, ...person } = await withTwoFactors();
    const remove = (by: TestBrowser): Promise<{ status: number; problem: string | null }> =>
      by.send('DELETE', '/auth/authenticators', { body: { id: person.authenticator } });
    // The session that enrolled it has shown the password only.
    expect((await remove(old)).problem).toBe('step-up-needed');
    // The proof was made 31 s before (signing in moved the clock).
    app.clock.advance(300 - 31 + 1);
    expect((await remove(browser)).problem).toBe('step-up-needed');

    // A step-up for something else, with the first factor alone, does not open it.
    const other = await browser.post('/auth/step-up', { policy: 'Recent' });
    expect(other.body.status).toBe('more-needed');
    const first = (await security(browser)).authenticators[0];
    await browser.post('/auth/ceremony', {
      authenticator: first?.id,
      response: { password: person.password },
    });
    expect((await remove(browser)).problem).toBe('step-up-needed');

    await browser.post('/auth/step-up', {});
    const answer = await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(app, { ...person, browser }) },
    });
    expect(answer.body.status).toBe('done');
    app.clock.advance(300);
    expect((await remove(browser)).status).toBe(204);
    expect(await auditTypes(database)).toContain('authenticator-removed');
  });

  it('A-67 with a recovery code in place of the lost factor it can be removed, and that is announced', async () => {
    const { old: _old, ...person } = await withTwoFactors();
    const told: string[] = [];
    app.auth.on('authenticator-removed', ({ provider }) => void told.push(provider));
    const browser = app.browser();
    await signInWithPassword(person, browser);
    const context = await browser.context();
    const offer = context.ceremony?.offers.find(({ provider }) => provider.usage === 'recovery');
    const answer = await browser.post('/auth/ceremony', {
      authenticator: offer?.authenticator,
      response: { code: person.recovery[0] },
    });
    expect(answer.body.status).toBe('done');
    const removed = await browser.send('DELETE', '/auth/authenticators', {
      body: { id: person.authenticator },
    });
    expect(removed.status).toBe(204);
    expect(told).toEqual(['totp']);
    // With the last second factor goes recovery; nothing of either is left.
    expect(
      (await database.query('select provider from authenticators')).map(({ provider }) => provider),
    ).toEqual(['password']);
    expect(await database.query('select hash from lookup_secrets')).toEqual([]);
  });

  // Tracks: GHSA-4vcf (Better Auth)
  it('A-69 ids of somebody else, arrays and guesses are not found or malformed, and change nothing', async () => {
    const victim = await withTwoFactors();
    const stranger = await withTwoFactors();
    const before = await dump(database);
    const ids: unknown[] = [victim.authenticator, 'aut_1', '1', "' or 1=1 --", 'aut_%', '*'];
    for (const id of ids) {
      const bodies = [
        ['PATCH', { id, name: 'Mine' }],
        [
          'PUT',
          { id, current: { password: stranger.password }, response: { password: 'a river in the hills' } },
        ],
        ['DELETE', { id }],
      ] as const;
      for (const [method, body] of bodies) {
        const answer = await stranger.browser.send(method, '/auth/authenticators', { body });
        expect([method, id, answer.status >= 400 && answer.status < 405]).toEqual([method, id, true]);
      }
    }
    for (const id of [[victim.authenticator], { id: victim.authenticator }, 1, true, null, '']) {
      for (const method of ['DELETE', 'PATCH']) {
        const answer = await stranger.browser.send(method, '/auth/authenticators', {
          body: { id, name: 'Mine' },
        });
        expect(answer.problem).toBe('malformed');
      }
    }
    expect(await dump(database)).toEqual(before);
  });

  it('A-71 I-14 the proof of one session does nothing for another, and ends with sign-out', async () => {
    const { browser: proved, old: _old, ...person } = await withTwoFactors();
    const second = await signInWithCode(app, { ...person, browser: proved });
    app.clock.advance(301);
    await proved.post('/auth/step-up', {});
    const answered = await proved.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(app, { ...person, browser: proved }) },
    });
    expect(answered.body.status).toBe('done');
    expect((await begin(second)).problem).toBe('step-up-needed');
    expect((await begin(proved)).status).toBe(201);

    const copied = proved.fork({ withCookies: true });
    expect((await proved.post('/auth/sign-out')).status).toBe(204);
    expect((await begin(copied)).problem).toBe('not-signed-in');
  });

  it('A-71 a step-up that one session began cannot be finished by another', async () => {
    const { browser, old: _old, ...person } = await withTwoFactors();
    const second = await signInWithCode(app, { ...person, browser });
    app.clock.advance(301);
    await browser.post('/auth/step-up', {});
    for (const [name, value] of browser.cookies)
      if (name.endsWith('-ceremony')) second.cookies.set(name, value);
    const answer = await second.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(app, { ...person, browser }) },
    });
    expect(answer.problem).toBe('ceremony-unknown');
    expect((await begin(second)).problem).toBe('step-up-needed');
  });
});
