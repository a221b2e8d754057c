import { afterEach, beforeEach, expect, it } from 'vitest';
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
import { counting, type CountingProvider } from '../support/counting.ts';
import { plainHasher } from '../support/hasher.ts';

onEachDatabase('another spelling of a code', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let codes: CountingProvider;
  let person: Person;
  beforeEach(async () => {
    database = await fresh();
    codes = counting(totp({ issuer: 'Test' }));
    const factors = [password({ hasher: plainHasher }), codes.provider, recoveryCodes()];
    app = await createApp(database.open(), { factors });
    person = await register(app);
    await enrolTotp(app, person);
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  const pendingFrom = async (ip: string): Promise<TestBrowser> => {
    const browser = app.browser();
    browser.ip = ip;
    expect((await signInWithPassword(person, browser)).body.status).toBe('more-needed');
    return browser;
  };
  const answer = (browser: TestBrowser, code: string): Promise<Answer<StepView>> =>
    browser.post('/auth/ceremony', { authenticator: person.authenticator, response: { code } });
  const failures = async (): Promise<number> => {
    const [row] = await database.query('select failures from authenticators where id = $1', [
      person.authenticator,
    ]);
    return Number(row?.['failures']);
  };

  // Tracks: CVE-2025-6014, CVE-2025-6015, CVE-2025-55003
  it('A-31 a code has one spelling: no other is right, and each that is looked at is counted', async () => {
    const code = codeOf(app, person);
    const wide = [...code].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join('');
    const arabic = [...code].map((digit) => String.fromCodePoint(0x660 + Number(digit))).join('');
    // What no provider takes is told before it counts; what another one might take is counted as a wrong code.
    const malformed: readonly unknown[] = [
      `${code}\n`,
      `${code}\r\n`,
      `\t${code}`,
      `${code}\0`,
      `+${code}`,
      `${code}.0`,
      wide,
      arabic,
      `${code}\u200b`,
      `\ufeff${code}`,
      Number(code),
      [code],
      { code },
      true,
      '',
    ];
    const wrong: readonly string[] = [
      ` ${code}`,
      `${code} `,
      `${code.slice(0, 3)} ${code.slice(3)}`,
      `${code.slice(0, 3)}-${code.slice(3)}`,
      `0${code}`,
      `${code}0`,
      `${code}e0`,
      `0x${Number(code).toString(16)}`,
      code.slice(1),
    ];
    const browsers = await Promise.all([0, 1, 2].map((n) => pendingFrom(`198.51.100.${n}`)));
    const [first = expect.fail(), ...others] = browsers;
    for (const spelling of malformed) {
      const body = { authenticator: person.authenticator, response: { code: spelling } };
      expect([spelling, (await first.post('/auth/ceremony', body)).problem]).toEqual([spelling, 'malformed']);
    }
    expect(await failures()).toBe(0);
    for (const [n, spelling] of wrong.entries()) {
      const refused = await answer(others[n % 2] ?? first, spelling);
      expect([spelling, refused.status]).toEqual([spelling, n === 8 ? 429 : 401]);
      expect(await failures()).toBe(n + 1);
    }
    expect(codes.evaluations()).toBe(0);
    // None of them has used it up.
    expect((await answer(first, code)).body.status).toBe('done');
  });

  it('A-31 a recovery code that may be typed in several ways is still one code', async () => {
    const [code = ''] = person.recovery;
    const use = async (typed: string, n: number): Promise<Answer<StepView>> => {
      const browser = await pendingFrom(`198.51.100.${n}`);
      return browser.post('/auth/ceremony', {
        authenticator: person.recoveryAuthenticator,
        response: { code: typed },
      });
    };
    expect((await use(code.toUpperCase(), 0)).body.status).toBe('done');
    const bare = code.replaceAll('-', '');
    for (const [n, typed] of [code, bare, bare.toUpperCase(), `${bare} `, [...bare].join(' ')].entries()) {
      expect([typed, (await use(typed, n + 1)).problem]).toEqual([typed, 'replayed-response']);
    }
  });
});
