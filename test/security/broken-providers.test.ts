import { createHashQueue, password, type PasswordHasher } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { totp } from 'cofactor/totp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FactorProvider } from 'cofactor';
import {
  codeOf,
  createApp,
  enrolTotp,
  freshSqliteDatabase,
  onEachDatabase,
  register,
  signInWithCode,
  signInWithPassword,
  type Person,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import type { Answer, TestBrowser } from '../support/browser.ts';
import { plainHasher } from '../support/hasher.ts';
import { auditTypes, cookieOf } from '../support/tables.ts';

const unavailable = { status: 503, problem: 'provider-unavailable' };
const first = password({ hasher: plainHasher });
const second = totp({ issuer: 'Test' });

/** Ways in which a provider can fail to give a verdict. None of them is a yes. */
const failures: Readonly<Record<string, () => unknown>> = {
  throws: () => {
    throw new Error('marked: select * from secrets');
  },
  rejects: () => Promise.reject(new TypeError('marked')),
  'throws a text': () => {
    // eslint-disable-next-line no-throw-literal, typescript/only-throw-error -- a provider from elsewhere may
    throw 'marked';
  },
  'throws nothing': () => {
    // eslint-disable-next-line no-throw-literal, typescript/only-throw-error -- as above
    throw undefined;
  },
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  yes: () => 'yes',
  1: () => 1,
  'an empty object': () => ({}),
  'a list': () => [true],
  "ok: 'true'": () => ({ ok: 'true' }),
  'ok: 1': () => ({ ok: 1 }),
  'ok: {}': () => ({ ok: {} }),
  'verified: true': () => ({ verified: true }),
};

onEachDatabase('I-12 a provider that is broken', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let person: Person;
  let verify: () => unknown;
  const alarms: unknown[] = [];
  beforeEach(async () => {
    alarms.length = 0;
    database = await fresh();
    verify = () => ({ ok: false, reason: 'wrong' });
    const broken = { ...second, verify: () => verify() } as FactorProvider;
    app = await createApp(database.open(), { factors: [first, broken, recoveryCodes()] });
    app.auth.on('alarm', (alarm) => void alarms.push(alarm));
    person = await register(app);
    await enrolTotp(app, person);
  });
  afterEach(async () => {
    vi.useRealTimers();
    await app.close();
    await database.drop();
  });

  const halfWay = async (): Promise<TestBrowser> => {
    const browser = app.browser();
    await signInWithPassword(person, browser);
    return browser;
  };
  const answer = (browser: TestBrowser): Promise<Answer> =>
    browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(app, person) },
    });
  const isOut = async (browser: TestBrowser): Promise<void> => {
    expect(cookieOf(browser, 'session')).toBe('');
    expect((await browser.get('/auth/security')).status).toBe(401);
  };

  it('whatever it does but say yes: 503, nobody is in, an alarm and an entry in the audit', async () => {
    for (const [name, failure] of Object.entries(failures)) {
      alarms.length = 0;
      verify = failure;
      // Passwords that were right and led to nothing are counted; here it is about something else.
      app.clock.advance(3600);
      const browser = await halfWay();
      const given = await answer(browser);
      expect({ name, status: given.status, problem: given.problem }).toEqual({ name, ...unavailable });
      expect(given.text).not.toContain('marked');
      await isOut(browser);
      expect(alarms).toEqual([
        {
          user: expect.objectContaining({ identifier: person.identifier }) as unknown,
          provider: 'totp',
          code: 'ERR_PROVIDER_UNAVAILABLE',
        },
      ]);
      expect((await auditTypes(database)).at(-1)).toBe('provider-unavailable');
    }
    // An outage is nobody's guess: it is not counted, and the account works when it is over.
    const [row] = await database.query("select failures from authenticators where provider = 'totp'");
    expect(Number(row?.['failures'])).toBe(0);
  });

  it('that never answers: 503 after ten seconds, and a yes that comes later lets nobody in', async () => {
    const browser = await halfWay();
    let late: (verdict: unknown) => void = () => undefined;
    const asked = new Promise<void>((called) => {
      verify = () => {
        called();
        return new Promise((resolve) => (late = resolve));
      };
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const running = answer(browser);
    await asked;
    await vi.advanceTimersByTimeAsync(9_999);
    let done = false;
    void running.finally(() => (done = true));
    await new Promise(setImmediate);
    expect(done).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    vi.useRealTimers();
    expect(await running).toMatchObject(unavailable);
    late({ ok: true });
    await new Promise(setImmediate);
    await isOut(browser);
    expect(
      await database
        .query("select id from audit where type = 'signed-in' and data like '%otp%'")
        .catch(() => []),
    ).toEqual([]);
  });

  it('that says `mfa` of itself proves no more than it is', async () => {
    verify = () => ({ ok: true, proves: { kind: 'know', amr: ['pwd', 'mfa'] } });
    const browser = await halfWay();
    const given = await answer(browser);
    expect(given.body).toMatchObject({ status: 'more-needed' });
    await isOut(browser);
  });

  it('that is no longer there: the password alone never signs in, a recovery code does, and both say so', async () => {
    const without = await createApp(database.open(), { factors: [first, recoveryCodes()], clock: app.clock });
    const browser = without.browser();
    const given = await signInWithPassword(person, browser);
    if (given.body.status !== 'more-needed') throw new Error(given.text);
    expect(given.body.ceremony.offers.map(({ provider }) => provider.provider)).toEqual(['recovery-codes']);
    await isOut(browser);
    const named = await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(app, person) },
    });
    expect(named.status).toBeGreaterThanOrEqual(400);
    await isOut(browser);
    await without.close();

    const entries = async (): Promise<number> =>
      (await auditTypes(database)).filter((type) => type === 'provider-unavailable').length;
    const before = await entries();
    const alone = await createApp(database.open(), { factors: [first], clock: app.clock });
    const told: unknown[] = [];
    alone.auth.on('alarm', (alarm) => void told.push(alarm));
    const other = alone.browser();
    for (let n = 0; n < 3; n += 1) expect(await signInWithPassword(person, other)).toMatchObject(unavailable);
    expect((await signInWithPassword(person, other, 'wrong')).problem).toBe('wrong-credentials');
    await isOut(other);
    expect(told).toHaveLength(3);
    expect((await entries()) - before).toBe(3);
    await alone.close();
  });

  it('in a handler of a policy or of an event: denied, and nothing else is disturbed', async () => {
    const policies = {
      Broken: { type: 'check', name: 'broken', check: () => Promise.reject(new Error('marked')) } as const,
      Odd: { type: 'check', name: 'odd', check: () => 'yes' as unknown as boolean } as const,
    };
    const other = await createApp(database.open(), {
      policies: { ...policies, ...pagePolicies },
      clock: app.clock,
    });
    other.auth.on('signed-in', () => {
      throw new Error('marked');
    });
    const { browser } = await register(other, 'somebody');
    for (const policy of ['Broken', 'Odd']) {
      const given = await browser.post<{ returnTo: string }>('/auth/step-up', { policy });
      expect(given.body).toMatchObject({ returnTo: '/auth/denied' });
    }
    expect((await browser.get('/auth/security')).status).toBe(200);
    await other.close();
  });
});

/** The policies of the pages that every test application has. */
const pagePolicies = Object.fromEntries(
  ['Admin', 'FreshAdmin', 'TwoFactorEnabled', 'Recent', 'Phishing', 'Boss'].map((name) => [
    name,
    { type: 'role', anyOf: ['boss'] } as const,
  ]),
);

describe('I-30 A-197 a storm of sign-ins', () => {
  it('waits in a bounded queue: beyond it 503 with Retry-After, for everybody alike, while others go on', async () => {
    const database = await freshSqliteDatabase();
    let release: () => void = () => undefined;
    let held: Promise<void> | null = null;
    const slow: PasswordHasher = {
      ...plainHasher,
      verify: async (hash, typed) => {
        await held;
        return plainHasher.verify(hash, typed);
      },
    };
    const queue = createHashQueue({ concurrency: 1, maxWait: 0.05, monotonic: () => 0 });
    const app = await createApp(database.open(), {
      factors: [password({ hasher: slow, queue }), second, recoveryCodes()],
    });
    const person = await register(app);
    await enrolTotp(app, person);
    const signedIn = await signInWithCode(app, person);
    const halfWay = app.browser();
    await signInWithPassword(person, halfWay);
    // Nobody's hash is there from the first time on.
    await signInWithPassword({ ...person, identifier: 'nobody' }, app.browser());

    held = new Promise((resolve) => (release = resolve));
    const browsers = Array.from({ length: 64 }, () => app.browser());
    await Promise.all(browsers.map((browser) => browser.context()));
    const storm = browsers.map((browser, n) =>
      browser.post(
        '/auth/sign-in',
        {
          identifier: n % 2 === 0 ? person.identifier : 'nobody',
          provider: 'password',
          response: { password: person.password },
        },
        { ip: `192.0.2.${n}` },
      ),
    );
    await new Promise(setImmediate);
    expect((await signedIn.get('/admin')).status).toBe(200);
    const code = { authenticator: person.authenticator, response: { code: codeOf(app, person) } };
    expect((await halfWay.post('/auth/ceremony', code)).body.status).toBe('done');
    release();
    const answers = await Promise.all(storm);
    const busy = answers.filter(({ status }) => status === 503);
    expect(busy.length).toBeGreaterThan(50);
    for (const one of busy) {
      expect([one.problem, one.headers['retry-after']]).toEqual(['busy', '1']);
      expect(one.text).toBe(busy[0]?.text);
    }
    for (const one of answers) expect([200, 401, 503]).toContain(one.status);
    // Who was sent away was not counted as having guessed.
    const again = app.browser();
    expect((await signInWithPassword(person, again)).body.status).toBe('more-needed');
    await app.close();
    await database.drop();
  });
});
