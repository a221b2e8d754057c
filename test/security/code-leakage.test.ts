import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FactorProvider, Log } from 'cofactor';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { totp } from 'cofactor/totp';
import {
  codeOf,
  createApp,
  enrolTotp,
  onEachDatabase,
  register,
  signInWithPassword,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import { wrongCodes } from '../support/codes.ts';
import { plainHasher } from '../support/hasher.ts';

/** Breaks where it is told to, with what it was given in the error's message and in its cause. */
function brittle(provider: FactorProvider<never, never>): {
  provider: FactorProvider<never, never>;
  broken: boolean;
} {
  const self = {
    broken: false,
    provider: {
      ...provider,
      verify(...given: Parameters<typeof provider.verify>) {
        if (self.broken) throw new Error('it broke');
        return provider.verify(...given);
      },
    },
  };
  return self;
}

onEachDatabase('what is written down', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let logged: string[];
  let codes: ReturnType<typeof brittle>;
  beforeEach(async () => {
    database = await fresh();
    logged = [];
    const keep = (details: object, message: string): void =>
      void logged.push(message + inspect(details, { depth: 20, showHidden: true }));
    const log: Log = { info: keep, warn: keep, error: keep };
    codes = brittle(totp({ issuer: 'Test' }) as unknown as FactorProvider<never, never>);
    // Kept where the hash of a password would be, so that a copy of one elsewhere is told from it.
    const hasher = {
      ...plainHasher,
      hash: async () => 'hash',
      verify: async (_: string, typed: string) => typed.startsWith('correct'),
    };
    const factors = [password({ hasher }), codes.provider, recoveryCodes()];
    app = await createApp(database.open(), { log, factors });
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  it('A-59 I-28 no code, key, password or cookie stands in an answer, a log, an event or a row', async () => {
    const events: unknown[] = [];
    for (const name of ['signed-in', 'second-factor-failed', 'authenticator-added', 'alarm'] as const) {
      app.auth.on(name, (event) => void events.push(event));
    }
    const person = await register(app);
    await enrolTotp(app, person);
    const answers: string[] = [];
    const secrets = new Set([person.password, person.key, ...person.recovery]);
    const [wrong = ''] = wrongCodes(person.key, app.clock.now(), 1);
    const answer = async (
      browser: TestBrowser,
      code: string,
      authenticator = person.authenticator,
    ): Promise<void> => {
      secrets.add(code);
      const { text, headers } = await browser.post('/auth/ceremony', { authenticator, response: { code } });
      const { 'set-cookie': _own, 'x-csrf-token': _token, ...rest } = headers;
      answers.push(text + JSON.stringify(rest));
    };
    const begin = async (typed = person.password): Promise<TestBrowser> => {
      const browser = app.browser();
      secrets.add(typed);
      answers.push((await signInWithPassword(person, browser, typed)).text);
      return browser;
    };

    await begin('a password that is not right');
    const browser = await begin();
    await answer(browser, wrong);
    await answer(browser, person.recovery[0] ?? '');
    codes.broken = true;
    await answer(browser, codeOf(app, person));
    codes.broken = false;
    await answer(browser, codeOf(app, person));
    await answer(browser, codeOf(app, person));
    await answer(await begin(), codeOf(app, person));
    await answer(await begin(), person.recovery[1] ?? '', person.recoveryAuthenticator);
    await answer(await begin(), person.recovery[1] ?? '', person.recoveryAuthenticator);
    // Broken state, with a person in the middle of it.
    const late = await begin();
    await database.query('alter table lookup_secrets rename to lookup_secrets_gone');
    await answer(late, person.recovery[2] ?? '', person.recoveryAuthenticator);
    await database.query('alter table lookup_secrets_gone rename to lookup_secrets');
    await database.query("update authenticators set data = 'v1.development.AAAA.AAAA' where id = $1", [
      person.authenticator,
    ]);
    await answer(await begin(), codeOf(app, person));

    const statuses = answers.map((text) => /"(?:status|type)":"?([a-z0-9:-]+)/.exec(text)?.[1]);
    expect(new Set(statuses).size).toBeGreaterThan(4);
    for (const cookie of [browser, late].flatMap(({ cookies }) => [...cookies.values()])) secrets.add(cookie);
    secrets.add(browser.csrf);

    const rows: string[] = [];
    const tables = [
      'users',
      'authenticators',
      'lookup_secrets',
      'ceremonies',
      'sessions',
      'enrolments',
      'limits',
      'audit',
    ];
    for (const table of tables) rows.push(JSON.stringify(await database.query(`select * from ${table}`)));
    expect(logged.length).toBeGreaterThan(0);
    expect(events.length).toBeGreaterThan(2);
    const places = { answers, logged, events: [JSON.stringify(events)], rows };
    const found: string[] = [];
    for (const [place, texts] of Object.entries(places)) {
      for (const secret of secrets) {
        // Digits inside of a longer number, such as a time, are not the code.
        const whole = new RegExp(
          `(?<![0-9])${secret.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![0-9])`,
          'i',
        );
        if (texts.some((text) => whole.test(text))) found.push(`${secret} in ${place}`);
      }
    }
    expect(found).toEqual([]);
  });
});
