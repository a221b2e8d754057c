import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CofactorOptions } from 'cofactor';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { totp } from 'cofactor/totp';
import type { StepView } from '../../packages/cofactor/src/http/contract.ts';
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
import { wrongCodes } from '../support/codes.ts';
import { counting, type CountingProvider } from '../support/counting.ts';
import { plainHasher } from '../support/hasher.ts';

onEachDatabase('guessing', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let codes: CountingProvider;
  beforeEach(async () => {
    database = await fresh();
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  const start = async (options: Partial<CofactorOptions> = {}): Promise<void> => {
    codes = counting(totp({ issuer: 'Test' }));
    const factors = [password({ hasher: plainHasher }), codes.provider, recoveryCodes()];
    app = await createApp(database.open(), { factors, ...options });
  };
  const enrolled = async (): Promise<Person> => {
    const person = await register(app);
    await enrolTotp(app, person);
    return person;
  };
  const pendingFrom = async (person: Person, ip: string): Promise<TestBrowser> => {
    const browser = app.browser();
    browser.ip = ip;
    expect((await signInWithPassword(person, browser)).body.status).toBe('more-needed');
    return browser;
  };
  const answer = (browser: TestBrowser, person: Person, code: string): Promise<Answer<StepView>> =>
    browser.post('/auth/ceremony', { authenticator: person.authenticator, response: { code } });
  const wrongPassword = async (
    person: Pick<Person, 'identifier'>,
    ip: string,
    headers: Record<string, string> = {},
  ): Promise<string | null> => {
    const browser = app.browser();
    await browser.context();
    const body = {
      identifier: person.identifier,
      provider: 'password',
      response: { password: 'not the one' },
    };
    return (await browser.post('/auth/sign-in', body, { ip, headers })).problem;
  };
  const failures = async (person: Person): Promise<number> =>
    Number(
      (
        await database.query('select failures from authenticators where id = $1', [person.authenticator])
      )[0]?.['failures'],
    );
  const times = <T>(count: number, make: (n: number) => T): T[] =>
    Array.from({ length: count }, (_, n) => make(n));

  // Tracks: CVE-2024-4629, CVE-2023-47111
  it('A-23 I-13 of 200 codes sent at once to one sign-in no more than five are looked at', async () => {
    await start();
    const person = await enrolled();
    const browser = await pendingFrom(person, '192.0.2.7');
    const answers = await Promise.all(
      wrongCodes(person.key, app.clock.now(), 200).map((code) => answer(browser, person, code)),
    );
    expect(codes.evaluations()).toBe(5);
    expect(await failures(person)).toBe(5);
    expect(answers.filter(({ problem }) => problem === 'wrong-response')).toHaveLength(4);
    expect(answers.filter(({ problem }) => problem === 'too-many-tries')).toHaveLength(196);
    // The right one comes too late for this sign-in, and is not looked at.
    expect((await answer(browser, person, codeOf(app, person))).problem).toBe('too-many-tries');
    expect(codes.evaluations()).toBe(5);
  });

  it('A-23 I-13 nor more than ten when they are spread over many sign-ins from many addresses', async () => {
    await start();
    for (let round = 1; round <= 5; round += 1) {
      const person = await enrolled();
      const browsers: TestBrowser[] = [];
      for (let n = 0; n < 12; n += 1) browsers.push(await pendingFrom(person, `198.51.${round}.${n}`));
      const before = codes.evaluations();
      const answers = await Promise.all(
        wrongCodes(person.key, app.clock.now(), 60).map((code, n) =>
          answer(browsers[n % 12] ?? expect.fail(), person, code),
        ),
      );
      expect(codes.evaluations() - before).toBe(10);
      expect(await failures(person)).toBe(10);
      expect(answers.every(({ status }) => status === 401 || status === 429)).toBe(true);
    }
  });

  it('A-23 I-13 of 100 passwords sent at once from one address no more than ten are looked at', async () => {
    let looked = 0;
    const hasher = {
      ...plainHasher,
      verify: (hash: string, typed: string) => {
        looked += 1;
        return plainHasher.verify(hash, typed);
      },
    };
    await start({ factors: [password({ hasher }), totp({ issuer: 'Test' }), recoveryCodes()] });
    const person = await register(app);
    // A session of this very millisecond would start the count again.
    app.clock.advance(1);
    const browser = app.browser();
    await browser.context();
    const body = {
      identifier: person.identifier,
      provider: 'password',
      response: { password: 'not the one' },
    };
    const answers = await Promise.all(times(100, () => browser.post('/auth/sign-in', body)));
    expect(looked).toBe(10);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(90);
  });

  // Tracks: CVE-2026-45364
  it('A-25 a made-up address in a header does not make somebody else of who guesses', async () => {
    await start();
    const person = await register(app);
    const headers = (n: number): Record<string, string> => ({
      'x-forwarded-for': `203.0.113.${n}`,
      forwarded: `for=203.0.113.${n}`,
      'x-real-ip': `203.0.113.${n}`,
      'true-client-ip': `203.0.113.${n}`,
      'cf-connecting-ip': `203.0.113.${n}`,
      'x-client-ip': `203.0.113.${n}`,
      'x-cluster-client-ip': `203.0.113.${n}`,
    });
    for (let n = 0; n < 10; n += 1) await wrongPassword(person, '192.0.2.9', headers(n));
    expect(await wrongPassword(person, '192.0.2.9', headers(99))).toBe('too-many-tries');
    expect(await wrongPassword(person, '192.0.2.10', headers(99))).toBe('wrong-credentials');
  });

  it('A-25 A-201 behind a proxy the address is the one the proxy saw, not one further left', async () => {
    await start({ trustedProxies: ['10.0.0.0/8', 'fd00::/8'] });
    const person = await register(app);
    const forwarded = (value: string): Record<string, string> => ({ 'x-forwarded-for': value });
    for (let n = 0; n < 10; n += 1) {
      await wrongPassword(person, '10.0.0.1', forwarded(`203.0.113.${n}, 198.51.100.1, 10.9.9.9`));
    }
    const same = [
      '198.51.100.1',
      '203.0.113.77,198.51.100.1',
      ' ,198.51.100.1 , 10.1.1.1',
      '::ffff:198.51.100.1',
    ];
    for (const value of same) {
      expect([value, await wrongPassword(person, '10.0.0.1', forwarded(value))]).toEqual([
        value,
        'too-many-tries',
      ]);
    }
    expect(await wrongPassword(person, '10.0.0.1', forwarded('198.51.100.2'))).toBe('wrong-credentials');
    // Who is no proxy is not asked whom it speaks for.
    expect(await wrongPassword(person, '198.51.100.1', forwarded('198.51.100.3'))).toBe('too-many-tries');

    // What is not an address ends the walk at the proxy, however it is spelled: one bucket, not a new one each.
    const junk = [
      '',
      'unknown',
      'a, b',
      '1.2.3.4:80',
      '[2001:db8::1]',
      '1.2.3.4.5',
      '01.2.3.4',
      '٣.1.1.1',
      '-',
    ];
    const told: (string | null)[] = [];
    for (const value of [...junk, ...junk])
      told.push(await wrongPassword(person, '10.0.0.2', forwarded(value)));
    expect(told.slice(10)).toEqual(times(8, () => 'too-many-tries'));
  });

  it('A-25 a /64 of IPv6 counts as one address, in every spelling, and IPv4 in IPv6 as IPv4', async () => {
    await start();
    const person = await register(app);
    for (let n = 0; n < 10; n += 1) await wrongPassword(person, `2001:db8:1:2:${n}:${n}::${n}`);
    for (const same of [
      '2001:db8:1:2::1',
      '2001:0DB8:0001:0002:ffff:ffff:ffff:ffff',
      '2001:db8:1:2::1%eth0',
    ]) {
      expect([same, await wrongPassword(person, same)]).toEqual([same, 'too-many-tries']);
    }
    expect(await wrongPassword(person, '2001:db8:1:3::1')).toBe('wrong-credentials');
    for (let n = 0; n < 10; n += 1) await wrongPassword(person, '192.0.2.200');
    for (const same of ['::ffff:192.0.2.200', '::ffff:c000:2c8', '0:0:0:0:0:ffff:192.0.2.200']) {
      expect([same, await wrongPassword(person, same)]).toEqual([same, 'too-many-tries']);
    }
  });

  it('A-25 codes are counted on the account, whatever address they come from', async () => {
    await start();
    const person = await enrolled();
    const wrong = wrongCodes(person.key, app.clock.now(), 12);
    const told: (string | null)[] = [];
    for (const [n, code] of wrong.entries()) {
      const browser = await pendingFrom(person, `2001:db8:${n}::1`);
      told.push((await answer(browser, person, code)).problem);
    }
    expect(told).toEqual([...times(9, () => 'wrong-response'), ...times(3, () => 'too-many-tries')]);
    expect(codes.evaluations()).toBe(10);
  });

  // Tracks: allauth 65.8.1
  it('A-27 the success of one account on an address resets nothing of another one', async () => {
    await start();
    const victim = await register(app);
    const attacker = await register(app);
    const told: (string | null)[] = [];
    for (let n = 0; n < 12; n += 1) {
      told.push(await wrongPassword(victim, '192.0.2.33'));
      const own = app.browser();
      own.ip = '192.0.2.33';
      expect((await signInWithPassword(attacker, own)).status).toBe(200);
      app.clock.advance(1);
    }
    expect(told.slice(10)).toEqual(['too-many-tries', 'too-many-tries']);
  });

  // Tracks: CVE-2026-43914
  it('A-33 what a session may ask is no way to guess the password unseen', async () => {
    await start();
    const { browser } = await register(app);
    const security = (await browser.get<{ authenticators: { id: string }[] }>('/auth/security')).body;
    const id = security.authenticators[0]?.id ?? '';
    const change = (current: string): Promise<Answer> =>
      browser.send('PUT', '/auth/authenticators', {
        body: { id, current: { password: current }, response: { password: 'another long enough one' } },
      });
    const told: (string | null)[] = [];
    for (let n = 0; n < 12; n += 1) told.push((await change(`guess ${n}`)).problem);
    expect(told).toEqual([...times(9, () => 'wrong-response'), ...times(3, () => 'too-many-tries')]);
  });

  it('A-35 who has no sign-in under way, or a made-up one, touches no counter', async () => {
    await start();
    const person = await enrolled();
    const counters = async (): Promise<unknown> => [
      await database.query('select id, failures, failed_at from authenticators order by id'),
      await database.query('select * from limits'),
      await database.query('select id, attempts from ceremonies order by id'),
      await database.query('select * from audit order by seq'),
    ];
    const before = await counters();
    const made = `cer_${'A'.repeat(43)}`;
    for (const ticket of [
      undefined,
      '',
      'x',
      made,
      `${made}A`,
      `ses_${'A'.repeat(43)}`,
      person.authenticator,
    ]) {
      const browser = app.browser();
      await browser.context();
      if (ticket !== undefined) browser.cookies.set('cofactor-users-ceremony', ticket);
      for (const code of wrongCodes(person.key, app.clock.now(), 6)) {
        expect((await answer(browser, person, code)).problem).toBe('ceremony-unknown');
      }
    }
    expect(await counters()).toEqual(before);
    expect(codes.evaluations()).toBe(0);
  });
});
