import { afterEach, beforeEach, expect, it } from 'vitest';
import type { StepView } from '../../packages/cofactor/src/http/contract.ts';
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
import { wrongCodes } from '../support/codes.ts';

onEachDatabase('the counters of failures', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let person: Person;
  /** The owner's browser: it has signed in before, so it answers for itself. */
  let known: TestBrowser;
  beforeEach(async () => {
    database = await fresh();
    app = await createApp(database.open());
    person = await register(app);
    await enrolTotp(app, person);
    known = await signInWithCode(app, person);
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  const answer = (
    browser: TestBrowser,
    code: string,
    authenticator = person.authenticator,
  ): Promise<Answer<StepView>> => browser.post('/auth/ceremony', { authenticator, response: { code } });
  let networks = 0;
  /** A new sign-in as far as the second step, from a network of its own, so that only the second one is counted. */
  const pending = async (browser = app.browser()): Promise<TestBrowser> => {
    networks += 1;
    browser.ip = `2001:db8:aaaa:${networks.toString(16)}::1`;
    const first = await signInWithPassword(person, browser);
    if (first.body.status !== 'more-needed') throw new Error(first.text);
    return browser;
  };
  const wrong = (): string => wrongCodes(person.key, app.clock.now(), 1)[0] ?? '';
  const guessPassword = async (identifier: string, ip: string): Promise<Answer> => {
    const browser = app.browser();
    browser.ip = ip;
    return signInWithPassword({ ...person, identifier }, browser, 'not the right one');
  };
  const row = async (id: string): Promise<{ failures: number; counter: number; usedAt: number | null }> => {
    const [found] = await database.query(
      'select failures, counter, last_used_at from authenticators where id = $1',
      [id],
    );
    const usedAt = found?.['last_used_at'] ?? null;
    return {
      failures: Number(found?.['failures']),
      counter: Number(found?.['counter']),
      usedAt: usedAt === null ? null : Number(usedAt),
    };
  };
  const setFailures = async (id: string, failures: number): Promise<void> => {
    await database.query('update authenticators set failures = $1, failed_at = $2 where id = $3', [
      failures,
      app.clock.now().getTime(),
      id,
    ]);
  };

  it('I-13 wrong codes slow the next try down: 30 s after the tenth, then twice as long, an hour at most', async () => {
    const waits: number[] = [];
    for (let failures = 1; failures <= 19; failures += 1) {
      const browser = await pending();
      const refused = await answer(browser, wrong());
      const wait = Number(refused.headers['retry-after'] ?? 0);
      waits.push(wait);
      if (wait === 0) continue;
      // A second too early is too early, also for the right code; and it does not make the wait longer.
      app.clock.advance(wait - 1);
      expect((await answer(await pending(), codeOf(app, person))).problem).toBe('too-many-tries');
      app.clock.advance(1);
    }
    expect(waits.join(' ')).toBe('0 0 0 0 0 0 0 0 0 30 60 120 240 480 960 1920 3600 3600 3600');
    expect((await row(person.authenticator)).failures).toBe(19);
    expect((await answer(await pending(), codeOf(app, person))).body.status).toBe('done');
    expect((await row(person.authenticator)).failures).toBe(0);
  });

  it('I-13 A-39 the hundredth wrong code ends an authenticator for good; another one still works', async () => {
    const told: string[] = [];
    app.auth.on('authenticator-disabled', ({ provider }) => void told.push(provider));
    const second: Person = { ...person, browser: known };
    const added = await enrolTotp(app, second, 'Tablet');
    const other = { ...second, authenticator: added.authenticator.id };
    known = other.browser;

    for (let failures = 1; failures <= 100; failures += 1) {
      await answer(await pending(), wrong());
      app.clock.advance(3601);
    }
    expect((await row(person.authenticator)).failures).toBe(100);
    expect(told).toEqual(['totp']);
    // A day and a year later, right or wrong: it is not looked at again.
    for (const wait of [0, 86_400, 365 * 86_400]) {
      app.clock.advance(wait);
      const browser = await pending();
      expect((await browser.context()).ceremony?.offers.map(({ name }) => name)).not.toContain('Phone');
      const refused = await answer(browser, codeOf(app, person));
      expect([refused.status, refused.problem]).toEqual([429, 'too-many-tries']);
    }
    expect((await row(person.authenticator)).failures).toBe(100);
    const audited = await database.query("select data from audit where type = 'authenticator-disabled'");
    expect(audited).toHaveLength(1);

    const done = await answer(await pending(), codeOf(app, other), other.authenticator);
    expect(done.body.status).toBe('done');
    // The success of one is none of the other.
    expect((await row(person.authenticator)).failures).toBe(100);
    app.clock.advance(31);
    expect((await answer(await pending(), codeOf(app, person))).problem).toBe('too-many-tries');
  });

  it('I-13 a success resets only what was used, and what failed beside it goes on counting', async () => {
    for (let n = 0; n < 9; n += 1) await answer(await pending(), wrong());
    const [code = ''] = person.recovery;
    expect((await answer(await pending(), code, person.recoveryAuthenticator)).body.status).toBe('done');
    expect((await row(person.authenticator)).failures).toBe(9);
    expect(Number((await answer(await pending(), wrong())).headers['retry-after'])).toBe(30);
  });

  it('I-13 second factors are counted together: a turn at the other one is no second budget', async () => {
    for (let n = 0; n < 5; n += 1) await answer(await pending(), wrong());
    const told: (string | null)[] = [];
    for (let n = 0; n < 5; n += 1) {
      told.push((await answer(await pending(), 'aaaa-aaaa-aaaaa', person.recoveryAuthenticator)).problem);
    }
    expect(told.slice(0, 4)).toEqual(Array.from({ length: 4 }, () => 'wrong-response'));
    // The tenth of the account. What it was counted on waits; the other one has had its wait since.
    const both = [
      await answer(await pending(), wrong()),
      await answer(await pending(), person.recovery[0] ?? '', person.recoveryAuthenticator),
    ];
    expect(both.map(({ problem }) => problem)).toEqual(['too-many-tries', 'too-many-tries']);
  });

  it('I-13 who knows only a user name locks nobody out', async () => {
    // Far more than a budget, from one network; then from so many that the account as a whole has none left.
    for (let n = 0; n < 15; n += 1) await guessPassword(person.identifier, '203.0.113.5');
    expect((await guessPassword(person.identifier, '203.0.113.5')).status).toBe(429);
    const elsewhere = app.browser();
    elsewhere.ip = '198.51.100.77';
    expect((await signInWithPassword(person, elsewhere)).body.status).toBe('more-needed');
    for (let n = 0; n < 120; n += 1) await guessPassword(person.identifier, `2001:db8:${n.toString(16)}::1`);
    expect((await guessPassword(person.identifier, '2001:db8:ffff::1')).status).toBe(429);

    // The owner gets in from the usual browser, also when it stands in the attacker's network.
    for (const ip of ['192.0.2.1', '203.0.113.5', '2001:db8:1::1']) {
      known.ip = ip;
      expect((await signInWithPassword(person, known)).body.status).toBe('more-needed');
      expect((await answer(known, codeOf(app, person))).body.status).toBe('done');
      app.clock.advance(31);
    }
    // Nothing of it was counted on the second factor, and nobody else is held up.
    expect((await row(person.authenticator)).failures).toBe(0);
    expect((await guessPassword('somebody-else', '198.51.100.9')).problem).toBe('wrong-credentials');
    // A cookie of another account is none of this one.
    const stranger = await register(app);
    const forged = app.browser();
    const name = 'cofactor-users-known';
    forged.cookies.set(name, stranger.browser.cookies.get(name) ?? '');
    // An account over its budget takes one try a minute, from all networks together.
    const minute: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      app.clock.advance(60);
      for (let from = 0; from < 3; from += 1) {
        minute.push((await guessPassword(person.identifier, `2001:db8:eeee:${n}${from}::1`)).status);
      }
    }
    expect(minute).toEqual([401, 429, 429, 401, 429, 429, 401, 429, 429]);
    expect((await signInWithPassword(person, forged)).status).toBe(429);
  });

  it('A-39 counters are in the database: a restart and another node begin where the last one was', async () => {
    for (let n = 0; n < 9; n += 1) await answer(await pending(), wrong());
    for (let n = 0; n < 10; n += 1) await guessPassword(person.identifier, '203.0.113.5');
    const before = app;
    app = await createApp(database.open(), { clock: before.clock });
    await before.close();
    expect((await guessPassword(person.identifier, '203.0.113.5')).status).toBe(429);
    const browser = app.browser();
    browser.ip = '198.51.100.3';
    expect((await signInWithPassword(person, browser)).body.status).toBe('more-needed');
    expect(Number((await answer(browser, wrong())).headers['retry-after'])).toBe(30);
    expect((await answer(browser, codeOf(app, person))).problem).toBe('too-many-tries');
  });

  it('A-39 a clock that jumps does not give tries back, and does not lock the owner out', async () => {
    for (let n = 0; n < 10; n += 1) await guessPassword(person.identifier, '203.0.113.5');
    await setFailures(person.authenticator, 12);
    for (const jump of [-3600, -86_400, 3600 + 86_400 - 1]) {
      app.clock.advance(jump);
      const told = [
        (await guessPassword(person.identifier, '203.0.113.5')).status,
        (await answer(await pending(), codeOf(app, person))).status,
      ];
      expect([jump, ...told]).toEqual([jump, 429, 429]);
    }
    expect((await row(person.authenticator)).failures).toBe(12);

    // A session from the future, as a clock leaves behind that went back, does not wipe the slate before every try.
    await setFailures(person.authenticator, 0);
    app.clock.advance(7200);
    const ahead = app.browser();
    ahead.ip = '203.0.113.6';
    await signInWithPassword(person, ahead);
    expect((await answer(ahead, codeOf(app, person))).body.status).toBe('done');
    app.clock.advance(-3600);
    const statuses: number[] = [];
    for (let n = 0; n < 12; n += 1)
      statuses.push((await guessPassword(person.identifier, '203.0.113.6')).status);
    expect(statuses.slice(10)).toEqual([429, 429]);
    // Nor does what was tried in the future keep the owner out for as long.
    expect((await signInWithPassword(person, known)).body.status).toBe('more-needed');
  });

  it('A-39 failures and successes at once never leave less than none, and a replay gives back only its own', async () => {
    const used = codeOf(app, person);
    expect((await answer(await pending(), used)).body.status).toBe('done');
    await setFailures(person.authenticator, 3);
    const browsers: TestBrowser[] = [];
    for (let n = 0; n < 12; n += 1) {
      const browser = app.browser();
      browser.ip = `198.51.100.${n}`;
      await signInWithPassword(person, browser);
      browsers.push(browser);
    }
    const replays = await Promise.all(browsers.slice(0, 6).map((browser) => answer(browser, used)));
    expect(replays.map(({ problem }) => problem)).toEqual(replays.map(() => 'replayed-response'));
    expect((await row(person.authenticator)).failures).toBe(3);

    app.clock.advance(31);
    const right = codeOf(app, person);
    await Promise.all(browsers.slice(6).map((browser, n) => answer(browser, n % 2 === 0 ? right : wrong())));
    const { failures } = await row(person.authenticator);
    expect(failures).toBeGreaterThanOrEqual(0);
    expect(failures).toBeLessThanOrEqual(3);
  });

  it('A-39 no counter comes round at 2^31', async () => {
    const most = 2_147_483_647;
    await guessPassword(person.identifier, '203.0.113.5');
    await database.query('update limits set tries = $1 where tries = 1 and tried_at = $2', [
      most,
      app.clock.now().getTime(),
    ]);
    expect((await guessPassword(person.identifier, '203.0.113.5')).status).toBe(429);
    app.clock.advance(3600);
    expect((await guessPassword(person.identifier, '203.0.113.5')).status).toBe(401);
    const [bucket] = await database.query('select max(tries) as n from limits');
    expect(Number(bucket?.['n'])).toBe(most + 1);
    expect((await guessPassword(person.identifier, '203.0.113.5')).status).toBe(429);
    await database.query('update authenticators set failures = $1 where id = $2', [
      most,
      person.authenticator,
    ]);
    expect((await answer(await pending(known), codeOf(app, person))).problem).toBe('too-many-tries');
    expect((await row(person.authenticator)).failures).toBe(most);
  });

  it('A-39 without its counters nobody gets in', async () => {
    await database.query('alter table limits rename to limits_gone');
    const first = await signInWithPassword(person, app.browser());
    expect([first.status, first.problem]).toEqual([503, 'unavailable']);
    await database.query('alter table limits_gone rename to limits');
    const browser = await pending();
    await database.query('alter table authenticators rename column failures to failures_gone');
    expect((await answer(browser, codeOf(app, person))).status).toBe(503);
    await database.query('alter table authenticators rename column failures_gone to failures');
    expect((await browser.get<{ user: string | null }>('/who')).body.user).toBeNull();
    // It was an outage and no use of the code.
    expect((await answer(browser, codeOf(app, person))).body.status).toBe('done');
  });

  it('A-41 a locked factor answers the same to a right and a wrong code, uses none up, and is told to nobody else', async () => {
    await setFailures(person.authenticator, 10);
    const one = await answer(await pending(), wrong());
    const other = await answer(await pending(), codeOf(app, person));
    expect(one.status).toBe(429);
    expect([other.status, other.text, other.headers['retry-after']]).toEqual([
      one.status,
      one.text,
      one.headers['retry-after'],
    ]);
    expect(await row(person.authenticator)).toMatchObject({ failures: 10 });

    // Before the password is right, locked, disabled, simple and unknown accounts look alike.
    const simple = await register(app);
    const locked = await guessPassword(person.identifier, '198.51.100.1');
    await setFailures(person.authenticator, 100);
    const disabled = await guessPassword(person.identifier, '198.51.100.2');
    for (const identifier of [simple.identifier, 'nobody-of-that-name']) {
      const like = await guessPassword(identifier, '198.51.100.3');
      for (const told of [locked, disabled])
        expect([told.status, told.text]).toEqual([like.status, like.text]);
    }

    // The right code that came too early works once the wait is over.
    await setFailures(person.authenticator, 10);
    const code = codeOf(app, person);
    expect((await answer(await pending(), code)).problem).toBe('too-many-tries');
    app.clock.advance(30);
    expect((await answer(await pending(), code)).body.status).toBe('done');
  });
});
