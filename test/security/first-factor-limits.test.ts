import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { totp } from 'cofactor/totp';
import { CofactorError } from 'cofactor';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  codeOf,
  createApp,
  enrolTotp,
  freshSqliteDatabase,
  onEachDatabase,
  register,
  signInWithPassword,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import { plainHasher } from '../support/hasher.ts';

onEachDatabase('the limits of the first factor', (fresh) => {
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

  it('I-13 a cookie made for one account is no known browser of another, however the names are put together', async () => {
    const victim = await register(app, 'victim@example.com');
    const mallory = await register(app, 'victim@example.com x');
    const [name = '', cookie = ''] =
      [...mallory.browser.cookies].find(([key]) => key.endsWith('-known')) ?? [];
    // A sign-in that was completed since the last try clears the bucket: theirs is over.
    app.clock.advance(1);
    let refused = 0;
    for (let n = 0; n < 15; n += 1) {
      const browser = app.browser();
      browser.cookies.set(name, `x ${cookie}`);
      const answer = await signInWithPassword(victim, browser, `guess number ${n} of many`);
      if (answer.problem === 'too-many-tries') refused += 1;
    }
    expect(refused).toBe(5);
  });

  it('I-13 many networks together slow an account down and do not close it', async () => {
    const victim = await register(app);
    for (let network = 0; network < 10; network += 1) {
      for (let n = 0; n < 10; n += 1) {
        const browser = app.browser();
        browser.ip = `198.51.100.${network}`;
        await signInWithPassword(victim, browser, 'a guess that is not right');
      }
    }
    const owner = app.browser();
    owner.ip = '203.0.113.9';
    const now = await signInWithPassword(victim, owner);
    expect([now.problem, now.headers['retry-after']]).toEqual(['too-many-tries', '60']);
    app.clock.advance(61);
    expect((await signInWithPassword(victim, owner)).status).toBe(200);
    // A browser that has signed in before never had to wait.
    const known = victim.browser.fork({ withCookies: true });
    expect((await signInWithPassword(victim, known)).status).toBe(200);
  });

  it('A-25 one network that tries a password on everybody is stopped, and others go on', async () => {
    await app.close();
    app = await createApp(database.open(), { wrongPerMinute: 20 });
    const person = await register(app);
    const problems = new Set<string | null>();
    for (let n = 0; n < 25; n += 1) {
      const answer = await signInWithPassword({ ...person, identifier: `somebody ${n}` }, app.browser());
      if (n >= 20) problems.add(answer.problem);
    }
    expect([...problems]).toEqual(['too-many-tries']);
    const elsewhere = app.browser();
    elsewhere.ip = '203.0.113.9';
    expect((await signInWithPassword(person, elsewhere)).status).toBe(200);
  });
});

describe('an answer that could not be judged', () => {
  it('I-30 is no failure: neither a rush nor a broken provider locks anybody out', async () => {
    const database = await freshSqliteDatabase();
    let trouble: Error | null = null;
    const busy = {
      ...plainHasher,
      verify: (hash: string, typed: string) =>
        trouble ? Promise.reject(trouble) : plainHasher.verify(hash, typed),
    };
    const app = await createApp(database.open(), {
      factors: [password({ hasher: busy }), totp({ issuer: 'Test' }), recoveryCodes()],
    });
    const person = await register(app);
    await enrolTotp(app, person);
    const rush = new CofactorError('ERR_HASH_QUEUE_FULL', 'Busy.', { retryAfter: 1 });
    for (trouble of [rush, new Error('out of order')]) {
      for (let n = 0; n < 12; n += 1) {
        expect((await signInWithPassword(person, app.browser())).status).toBe(503);
      }
    }
    trouble = null;
    const browser = app.browser();
    expect((await signInWithPassword(person, browser)).status).toBe(200);

    const [authenticator] = await database.query("select * from authenticators where provider = 'totp'");
    await database.query("update authenticators set data = 'v1.gone.AAAA.AAAA' where provider = 'totp'");
    const answer = () =>
      browser.post('/auth/ceremony', {
        authenticator: person.authenticator,
        response: { code: codeOf(app, person) },
      });
    expect((await answer()).problem).toBe('provider-unavailable');
    const rows = await database.query("select failures from authenticators where provider = 'totp'");
    expect(rows[0]?.['failures']).toBe(0);
    await database.query('update authenticators set data = $1 where provider = $2', [
      authenticator?.['data'],
      'totp',
    ]);
    expect((await answer()).status).toBe(200);
    await app.close();
    await database.drop();
  });

  it('I-06 a hash that is renewed at sign-in never brings an older password back', async () => {
    const database = await freshSqliteDatabase();
    let outdated = false;
    let release: () => void = () => undefined;
    let held: Promise<void> | null = null;
    let entered: () => void = () => undefined;
    const renewing = new Promise<void>((resolve) => (entered = resolve));
    const slow = {
      ...plainHasher,
      needsRehash: () => outdated,
      hash: async (typed: string) => {
        if (held) {
          entered();
          await held;
        }
        return `plain$${typed}`;
      },
    };
    const app = await createApp(database.open(), {
      factors: [password({ hasher: slow }), totp({ issuer: 'T' })],
    });
    const person = await register(app);
    const changed = 'roses in the winter garden';
    const security = await person.browser.get<{ authenticators: { id: string }[] }>('/auth/security');
    // A thief's sign-in hangs in the renewal of the hash while the owner changes the password.
    outdated = true;
    held = new Promise((resolve) => (release = resolve));
    const thief = signInWithPassword(person, app.browser());
    await renewing;
    const hung = held;
    held = null;
    outdated = false;
    const answer = await person.browser.send('PUT', '/auth/authenticators', {
      body: {
        id: security.body.authenticators[0]?.id,
        current: { password: person.password },
        response: { password: changed },
      },
    });
    expect(answer.status).toBe(204);
    release();
    await hung;
    await thief;
    expect((await signInWithPassword(person, app.browser())).problem).toBe('wrong-credentials');
    expect((await signInWithPassword(person, app.browser(), changed)).status).toBe(200);
    await app.close();
    await database.drop();
  });
});
