import { createHashQueue, password, type PasswordHasher } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { totp } from 'cofactor/totp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  createApp,
  enrolTotp,
  onEachDatabase,
  register,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import type { Answer } from '../support/browser.ts';
import { plainHasher } from '../support/hasher.ts';
import { auditTypes } from '../support/tables.ts';

/** Every state that an account can be in, with who it is. A stranger must not be able to tell one from another. */
const names = [
  'unknown',
  'known',
  'with-two-factors',
  'disabled',
  'factor-disabled',
  'without-password',
] as const;

onEachDatabase('I-17 the same answer for everybody until the first factor is right', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let calls: string[];
  let broken: Error | null;
  beforeEach(async () => {
    database = await fresh();
    calls = [];
    broken = null;
    const call = (name: string): void => {
      calls.push(name);
      if (broken) throw broken;
    };
    const counting: PasswordHasher = {
      hash: (typed) => (call('hash'), plainHasher.hash(typed)),
      verify: (hash, typed) => (call('verify'), plainHasher.verify(hash, typed)),
      needsRehash: () => false,
    };
    const queue = createHashQueue({ concurrency: 4 });
    app = await createApp(database.open(), {
      factors: [password({ hasher: counting, queue }), totp({ issuer: 'Test' }), recoveryCodes()],
    });
    for (const name of ['known', 'with-two-factors', 'disabled', 'factor-disabled']) {
      const person = await register(app, name);
      if (name !== 'known') await enrolTotp(app, person);
    }
    await app.auth.signInFromHost({
      subject: 'without-password',
      returnTo: '/',
      client: { ip: '', userAgent: '' },
    });
    const at = app.clock.now().getTime();
    await database.query('update users set disabled_at = $1 where canonical = $2', [at, 'disabled']);
    await database.query(
      "update authenticators set failures = 100 where usage = 'second' and user_id = (select id from users where canonical = $1)",
      ['factor-disabled'],
    );
    // The hash of nobody's password is made at the first time it is needed.
    await tryOn('nobody-at-all', 'wrong', '203.0.113.1');
    calls.length = 0;
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  interface Seen {
    readonly status: number;
    readonly text: string;
    readonly headers: Readonly<Record<string, unknown>>;
    readonly statements: number;
    readonly calls: readonly string[];
  }

  /** One try from a new browser, and everything that can be seen or measured of it. */
  async function tryOn(identifier: string, typed: string, ip: string): Promise<Seen> {
    const browser = app.browser();
    browser.ip = ip;
    await browser.context();
    const { store } = app.auth.engine;
    const before = { statements: store.statements, calls: calls.length };
    const answer: Answer = await browser.post('/auth/sign-in', {
      identifier,
      provider: 'password',
      response: { password: typed },
    });
    const { date: _, ...headers } = answer.headers;
    return {
      status: answer.status,
      text: answer.text,
      headers,
      statements: store.statements - before.statements,
      calls: calls.slice(before.calls),
    };
  }

  it('wrong passwords, and such as nobody can have: byte for byte, statement for statement, hash for hash', async () => {
    for (const typed of ['wrong', 'x'.repeat(1024), '\ud800', ' ', 'nobody has this password', '\u0000']) {
      const seen: Seen[] = [];
      for (const [n, name] of names.entries()) seen.push(await tryOn(name, typed, `192.0.2.${n}`));
      const [first] = seen;
      expect(first).toMatchObject({ status: 401, calls: ['verify'] });
      expect(first?.text).toContain('wrong-credentials');
      expect(first?.headers['set-cookie']).toBeUndefined();
      for (const [n, one] of seen.entries()) expect([names[n], one]).toEqual([names[n], first]);
    }
  });

  it('A-41 slowed down at the same try, for the same time, and then a right password is no different', async () => {
    const passwords = new Map<string, string>();
    const right = await register(app, 'right');
    passwords.set('right', right.password);
    const told: Record<string, Seen[]> = {};
    for (const [n, name] of [...names, 'right'].entries()) {
      const ip = `198.51.100.${n}`;
      const seen: Seen[] = [];
      for (let tries = 0; tries < 10; tries += 1) seen.push(await tryOn(name, 'wrong', ip));
      seen.push(await tryOn(name, passwords.get(name) ?? 'wrong', ip));
      // Longer than what is waited for after ten, shorter than after eleven.
      app.clock.advance(31);
      seen.push(await tryOn(name, 'wrong', ip));
      seen.push(await tryOn(name, passwords.get(name) ?? 'wrong', ip));
      told[name] = seen;
    }
    const expected = told['unknown'] ?? [];
    expect(expected.map(({ status }) => status)).toEqual([...Array<number>(10).fill(401), 429, 401, 429]);
    expect(expected[10]?.headers['retry-after']).toBe('30');
    expect(expected[12]?.headers['retry-after']).toBe('60');
    for (const [name, seen] of Object.entries(told)) expect([name, seen]).toEqual([name, expected]);
  });

  it('a hasher that fails does so for everybody, with the same entry in the audit', async () => {
    broken = new Error('out of memory');
    const [first, ...others] = await Promise.all(
      names.filter((name) => name !== 'unknown').map((name, n) => tryAlone(name, `192.0.2.${n}`)),
    );
    const unknown = await tryAlone('unknown', '192.0.2.99');
    expect(first).toMatchObject({ status: 503 });
    for (const one of [...others, unknown]) expect(one).toEqual(first);
    const types = (await auditTypes(database)).slice(-names.length);
    expect(new Set(types)).toEqual(new Set(['provider-unavailable']));
  });

  async function tryAlone(name: string, ip: string): Promise<{ status: number; text: string }> {
    const { status, text } = await tryOn(name, 'wrong', ip);
    return { status, text };
  }

  it('what is asked of the account before the first factor tells nothing of it', async () => {
    const seen = new Map<string, unknown[]>();
    for (const name of names) {
      const browser = app.browser();
      await browser.context();
      const answers = [
        await browser.get(`/auth/context?identifier=${name}`),
        await browser.page(`/auth/sign-in?identifier=${name}`),
        await browser.post('/auth/sign-in', {
          identifier: name,
          provider: 'totp',
          response: { code: '000000' },
        }),
        await browser.post('/auth/sign-in', {
          identifier: name,
          provider: 'recovery-codes',
          response: { code: 'x' },
        }),
        await browser.post('/auth/sign-in', { identifier: name, provider: 'password', response: {} }),
        await browser.post('/auth/ceremony', { authenticator: 'aut_1', response: { code: '000000' } }),
      ];
      seen.set(
        name,
        answers.map(({ status, text }) => [status, text.replace(browser.csrf, '')]),
      );
    }
    for (const [name, answers] of seen) expect([name, answers]).toEqual([name, seen.get('unknown')]);
  });
});
