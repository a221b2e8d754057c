import { afterEach, beforeEach, expect, it } from 'vitest';
import { routes } from '../../packages/cofactor/src/http/routes.ts';
import type { ConfirmedView, EnrolmentView, StepView } from '../../packages/cofactor/src/http/contract.ts';
import {
  codeOf,
  createApp,
  enrolTotp,
  onEachDatabase,
  register,
  signInWithPassword,
  type Person,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import type { Answer, TestBrowser } from '../support/browser.ts';
import { quickCode } from '../support/codes.ts';
import { TestClock } from '../support/clock.ts';

const replayed = [401, 'replayed-response'];

onEachDatabase('codes that work once', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let person: Person;
  let networks = 0;
  beforeEach(async () => {
    database = await fresh();
    app = await createApp(database.open());
    person = await register(app);
    await enrolTotp(app, person);
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  /** A sign-in as far as the second step, from a network of its own: only the second step is of interest. */
  const pending = async (who = person, node = app): Promise<TestBrowser> => {
    networks += 1;
    const browser = node.browser();
    browser.ip = `2001:db8:bbbb:${networks.toString(16)}::1`;
    const first = await signInWithPassword(who, browser);
    if (first.body.status !== 'more-needed') throw new Error(first.text);
    return browser;
  };
  const answer = (
    browser: TestBrowser,
    code: string,
    authenticator = person.authenticator,
  ): Promise<Answer<StepView>> => browser.post('/auth/ceremony', { authenticator, response: { code } });
  const outcome = async (given: Promise<Answer<StepView>>): Promise<unknown> => {
    const { status, body, problem } = await given;
    return status === 200 ? body.status : [status, problem];
  };
  /** The code of so many seconds from now. */
  const codeIn = (seconds: number): string =>
    quickCode(person.key, new Date(app.clock.now().getTime() + seconds * 1000));

  // Tracks: CVE-2026-20779
  it('A-43 a code that signed somebody in does nothing else: no step-up, no removal, no second sign-in', async () => {
    const browser = await pending();
    const code = codeOf(app, person);
    expect(await outcome(answer(browser, code))).toBe('done');
    expect(await outcome(answer(await pending(), code))).toEqual(replayed);

    // A session that has to prove itself anew for what needs a fresh proof.
    await database.query('update sessions set events = replace(events, $1, $2)', ['"at":19', '"at":18']);
    expect(
      (await browser.send('DELETE', '/auth/authenticators', { body: { id: person.authenticator } })).problem,
    ).toBe('step-up-needed');
    expect((await browser.post('/auth/enrolments', { provider: 'totp' })).problem).toBe('step-up-needed');
    for (const body of [{}, { policy: 'FreshAdmin' }]) {
      expect((await browser.post('/auth/step-up', body)).body.status).toBe('more-needed');
      expect(await outcome(answer(browser, code))).toEqual(replayed);
    }
    app.clock.advance(30);
    const next = codeOf(app, person);
    expect(await outcome(answer(browser, next))).toBe('done');
    // And the one of the step-up signs nobody in.
    expect(await outcome(answer(await pending(), next))).toEqual(replayed);
  });

  it('A-43 the code that confirmed a set-up signs nobody in, and no code of another set-up does', async () => {
    const { browser } = person;
    // The first set-up took the level up, so the session proves it once.
    await browser.post('/auth/step-up', {});
    expect(await outcome(answer(browser, codeOf(app, person)))).toBe('done');
    const begin = async (): Promise<{ key: string; enrolment: string }> => {
      const { body } = await browser.post<EnrolmentView>('/auth/enrolments', { provider: 'totp' });
      return { key: String(body.setup['key']), enrolment: body.enrolment };
    };
    const [one, other] = [await begin(), await begin()];
    const code = quickCode(one.key, app.clock.now());
    const wrong = await browser.post('/auth/enrolments/confirm', {
      enrolment: other.enrolment,
      response: { code },
    });
    expect(wrong.problem).toBe('wrong-response');
    const done = await browser.post<ConfirmedView>('/auth/enrolments/confirm', {
      enrolment: one.enrolment,
      response: { code },
    });
    expect(done.status).toBe(201);
    expect(await outcome(answer(await pending(), code, done.body.authenticator.id))).toEqual(replayed);
    expect(await outcome(answer(await pending(), code))).toEqual([401, 'wrong-response']);
  });

  it('A-45 after a code of the next step no older one is taken, used or not', async () => {
    const codes = [codeIn(-30), codeIn(0), codeIn(30)];
    expect(await outcome(answer(await pending(), codes[2] ?? ''))).toBe('done');
    for (const code of codes) expect(await outcome(answer(await pending(), code))).toEqual(replayed);
    app.clock.advance(30);
    for (const code of codes.slice(1)) expect(await outcome(answer(await pending(), code))).toEqual(replayed);
    app.clock.advance(30);
    expect(await outcome(answer(await pending(), codeIn(0)))).toBe('done');
  });

  it('A-45 no code is taken from further away than one step', async () => {
    for (const seconds of [-3600, -90, -60, 60, 90, 3600]) {
      expect([seconds, await outcome(answer(await pending(), codeIn(seconds)))]).toEqual([
        seconds,
        [401, 'wrong-response'],
      ]);
    }
  });

  it('A-47 a clock that goes back makes no old code new', async () => {
    const used: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      used.push(codeIn(0));
      expect(await outcome(answer(await pending(), codeIn(0)))).toBe('done');
      app.clock.advance(30);
    }
    for (const back of [30, 60, 3600, 86_400]) {
      app.clock.advance(-back);
      for (const code of [...used, codeIn(0), codeIn(-30)]) {
        const refused = (await outcome(answer(await pending(), code))) as [number, string];
        expect([back, code, refused[0]]).toEqual([back, code, refused[1] === 'too-many-tries' ? 429 : 401]);
      }
      app.clock.advance(back);
      await database.query('update authenticators set failures = 0');
    }
    // A day ahead and back again: what was used in between stays used.
    app.clock.advance(86_400);
    const ahead = codeIn(0);
    expect(await outcome(answer(await pending(), ahead))).toBe('done');
    app.clock.advance(-86_400);
    expect(await outcome(answer(await pending(), codeIn(0)))).toEqual(replayed);
    app.clock.advance(86_400);
    expect(await outcome(answer(await pending(), ahead))).toEqual(replayed);
    app.clock.advance(30);
    expect(await outcome(answer(await pending(), codeIn(0)))).toBe('done');
  });

  it('A-47 nodes whose clocks are 40 seconds apart take a code once between them', async () => {
    const clock = new TestClock(new Date(app.clock.now().getTime() + 40_000));
    const other = await createApp(database.open(), { clock });
    // Every code that either of them would take, at each of them in turn: each works once at most.
    const done: string[] = [];
    for (const seconds of [-30, 0, 30, 60, 90]) {
      for (const node of [other, app, other, app]) {
        const code = codeIn(seconds);
        if ((await outcome(answer(await pending(person, node), code))) === 'done') done.push(code);
        await database.query('update authenticators set failures = 0');
      }
    }
    expect(done.length).toBeGreaterThan(0);
    expect(new Set(done).size).toBe(done.length);
    await other.close();
  });

  // Tracks: Infisical PR 6112
  it('A-49 a used code stays used for as long as it would be right, and over a restart', async () => {
    // As early as it is taken: one step before its time. It would be right for 89 seconds from then on.
    app.clock.advance(30 - ((app.clock.now().getTime() / 1000) % 30));
    const code = codeIn(30);
    expect(await outcome(answer(await pending(), code))).toBe('done');
    for (const [at, waited] of [1, 31, 61, 75, 89].entries()) {
      app.clock.advance(waited - ([0, 1, 31, 61, 75][at] ?? 0));
      if (waited === 61) {
        const before = app;
        app = await createApp(database.open(), { clock: before.clock });
        await before.close();
      }
      expect([waited, await outcome(answer(await pending(), code))]).toEqual([waited, replayed]);
    }
    app.clock.advance(1);
    expect(await outcome(answer(await pending(), code))).toEqual([401, 'wrong-response']);
  });

  // Tracks: CVE-2026-34224, CVE-2026-22751
  it.each(['recovery code', 'code of the app'])(
    'A-51 a %s sent twenty times at once lets in once',
    async (kind) => {
      const recovery = kind === 'recovery code';
      const code = recovery ? (person.recovery[3] ?? '') : codeOf(app, person);
      const authenticator = recovery ? person.recoveryAuthenticator : person.authenticator;
      const sessions = async (): Promise<number> =>
        Number((await database.query('select count(*) as n from sessions'))[0]?.['n']);
      const before = await sessions();
      // Ten sign-ins, each answered twice.
      const browsers: TestBrowser[] = [];
      for (let n = 0; n < 10; n += 1) browsers.push(await pending());
      const twice = browsers.flatMap((browser) => [browser, browser.fork({ withCookies: true })]);
      const answers = await Promise.all(twice.map((browser) => answer(browser, code, authenticator)));
      expect(answers.filter(({ body }) => body.status === 'done')).toHaveLength(1);
      expect(await sessions()).toBe(before + 1);
      const signedIn = await database.query("select seq from audit where type = 'signed-in'");
      expect(signedIn).toHaveLength(before);
      // However it was refused: twice is no attack, so nothing was counted as one.
      const [row] = await database.query('select failures from authenticators where id = $1', [
        authenticator,
      ]);
      expect(Number(row?.['failures'])).toBe(0);
    },
  );

  // Tracks: CVE-2025-64175
  it("A-53 another account's recovery code is wrong, and stays good for its own", async () => {
    const other = await register(app);
    await enrolTotp(app, other);
    const [code = ''] = other.recovery;
    for (const authenticator of [
      person.recoveryAuthenticator,
      other.recoveryAuthenticator,
      person.authenticator,
    ]) {
      expect(await outcome(answer(await pending(), code, authenticator))).toEqual([401, 'wrong-response']);
    }
    expect(await outcome(answer(await pending(other), code, other.recoveryAuthenticator))).toBe('done');
  });

  // Tracks: CVE-2026-31875
  it('A-55 recovery codes and the key are shown when they are made and never again', async () => {
    const browser = await pending();
    await answer(browser, codeOf(app, person));
    app.clock.advance(31);
    const secrets = [
      person.key,
      ...person.recovery,
      ...person.recovery.map((code) => code.replaceAll('-', '')),
    ];
    expect(secrets).toHaveLength(21);
    const said: string[] = [];
    for (const path of [
      ...routes.filter(({ method }) => method === 'GET').map(({ path }) => `/auth${path}`),
      '/who',
    ]) {
      for (const accept of ['application/json', 'text/html']) {
        const { text, headers } = await browser.get(path, { headers: { accept } });
        said.push(text + JSON.stringify(headers));
      }
    }
    for (const table of [
      'audit',
      'authenticators',
      'lookup_secrets',
      'sessions',
      'ceremonies',
      'enrolments',
      'users',
    ]) {
      said.push(JSON.stringify(await database.query(`select * from ${table}`)));
    }
    const everything = said.join('\n').toLowerCase();
    expect(everything).toContain(person.identifier);
    expect(secrets.filter((secret) => everything.includes(secret.toLowerCase()))).toEqual([]);

    // Asking again for a set-up that was confirmed, or for the codes, shows nothing either.
    const used = await database.query('select id from enrolments');
    expect(used.length).toBeGreaterThan(0);
    expect((await browser.get('/auth/enrolments')).status).toBe(404);
    expect((await browser.get(`/auth/authenticators/${person.recoveryAuthenticator}`)).status).toBe(404);
  });

  it('A-57 a new set of recovery codes ends the one before, and the old one works until then', async () => {
    const browser = await pending();
    await answer(browser, codeOf(app, person));
    const begun = await browser.post<EnrolmentView>('/auth/enrolments', { provider: 'recovery-codes' });
    const made = begun.body.setup['codes'] as string[];
    const [oldOne = '', oldTwo = ''] = person.recovery;
    const unconfirmed = await outcome(answer(await pending(), made[0] ?? '', person.recoveryAuthenticator));
    expect(unconfirmed).toEqual([401, 'wrong-response']);
    expect(await outcome(answer(await pending(), oldOne, person.recoveryAuthenticator))).toBe('done');
    const confirmed = await browser.post<ConfirmedView>('/auth/enrolments/confirm', {
      enrolment: begun.body.enrolment,
      response: { saved: true },
    });
    expect(confirmed.status).toBe(201);
    const now = confirmed.body.authenticator.id;
    for (const authenticator of [person.recoveryAuthenticator, now]) {
      expect(await outcome(answer(await pending(), oldTwo, authenticator))).toEqual([401, 'wrong-response']);
    }
    expect(await outcome(answer(await pending(), made[0] ?? '', now))).toBe('done');
  });
});
