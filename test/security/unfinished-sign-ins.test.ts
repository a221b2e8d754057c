import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FactorProvider } from 'cofactor';
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
import { plainHasher } from '../support/hasher.ts';

const ceremonyCookie = 'cofactor-users-ceremony';

onEachDatabase('a sign-in that was finished', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let victim: Person;
  /** The attacker's browser: it knows the victim's password, and stands before the second step. */
  let browser: TestBrowser;
  beforeEach(async () => {
    database = await fresh();
    app = await createApp(database.open());
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

  const answer = (who: TestBrowser, authenticator: string, code: string): Promise<Answer<StepView>> =>
    who.post('/auth/ceremony', { authenticator, response: { code } });
  const userOf = async (who: TestBrowser): Promise<string | null> =>
    (await who.get<{ user: string | null }>('/who')).body.user;
  const sessionCount = async (): Promise<number> =>
    Number((await database.query('select count(*) as n from sessions'))[0]?.['n']);

  it('A-15 a finished sign-in cannot be finished again: after success, after sign-out, after its time', async () => {
    const ticket = browser.cookies.get(ceremonyCookie) ?? '';
    const replay = async (): Promise<(string | number | null)[]> => {
      const other = app.browser();
      await other.context();
      other.cookies.set(ceremonyCookie, ticket);
      const { status, problem } = await answer(other, victim.authenticator, codeOf(app, victim));
      expect(await userOf(other)).toBeNull();
      return [status, problem];
    };
    expect((await answer(browser, victim.authenticator, codeOf(app, victim))).body.status).toBe('done');
    app.clock.advance(31);
    expect(await replay()).toEqual([409, 'ceremony-used']);
    expect((await browser.post('/auth/sign-out')).status).toBe(204);
    app.clock.advance(31);
    expect(await replay()).toEqual([409, 'ceremony-used']);

    const late = app.browser();
    await signInWithPassword(victim, late);
    app.clock.advance(601);
    const refused = await answer(late, victim.authenticator, codeOf(app, victim));
    expect([refused.status, refused.problem]).toEqual([410, 'ceremony-expired']);
  });

  it('A-15 of many right answers to one ticket at once exactly one becomes a session, and only it is used up', async () => {
    const before = await sessionCount();
    const code = codeOf(app, victim);
    const browsers = Array.from({ length: 4 }, () => browser.fork({ withCookies: true }));
    const answers = await Promise.all(
      browsers.map((one, index) =>
        index % 2 === 0
          ? answer(one, victim.authenticator, code)
          : answer(one, victim.recoveryAuthenticator, victim.recovery[index] ?? ''),
      ),
    );
    expect(answers.filter(({ body }) => body.status === 'done')).toHaveLength(1);
    expect(await sessionCount()).toBe(before + 1);
    const [used] = await database.query('select count(*) as n from lookup_secrets where used_at is not null');
    const [moved] = await database.query('select last_used_at from authenticators where id = $1', [
      victim.authenticator,
    ]);
    // One of the two was consumed, never both: what lost was rolled back as a whole.
    expect(Number(used?.['n']) + (moved?.['last_used_at'] === null ? 0 : 1)).toBe(1);
  });
});

/** A first factor that is something people have, as a code sent by mail would be. */
const mailed: FactorProvider<{ word: string }, { password: string }> = {
  ...(password({ hasher: plainHasher }) as unknown as FactorProvider<{ word: string }, { password: string }>),
  name: 'mailed',
  proves: { kind: 'have', amr: ['otp'] },
  confirm: (_context, _data, response) => ({ ok: true, data: { word: response.password } }),
  verify: (_context, { data }, response) =>
    data.word === response.password ? { ok: true } : { ok: false, reason: 'wrong' },
};

onEachDatabase('two factors of one kind, and factors still to be set up', (fresh) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await fresh();
  });
  afterEach(() => database.drop());

  // Tracks: CVE-2024-45042
  it('A-17 two things that one has are one factor: no session at mfa comes of them', async () => {
    const factors = [mailed as FactorProvider<never, never>, totp({ issuer: 'Test' }), recoveryCodes()];
    const app = await createApp(database.open(), { factors });
    const browser = app.browser();
    await browser.context();
    const first = {
      identifier: 'one-kind',
      provider: 'mailed',
      response: { password: 'a long enough word' },
    };
    expect((await browser.post('/auth/register', first)).body.status).toBe('done');
    const person = {
      browser,
      identifier: 'one-kind',
      password: '',
      key: '',
      authenticator: '',
      recovery: [],
    };
    await enrolTotp(app, person as unknown as Person);

    for (const policy of ['Admin', 'TwoFactorEnabled', 'FreshAdmin']) {
      const begun = await browser.post('/auth/step-up', { policy });
      expect([policy, begun.status]).toEqual([policy, 503]);
    }
    expect((await browser.get('/admin')).status).toBe(401);
    expect((await browser.get<{ amr: string[] }>('/who')).body.amr).toEqual(['otp']);
    const other = app.browser();
    await other.context();
    expect((await other.post('/auth/sign-in', first)).status).toBe(503);
    expect((await other.get<{ user: unknown }>('/who')).body.user).toBeNull();
    await app.close();
  });

  it('A-15 an answer that is right and comes second uses nothing up, and is not counted as a failure', async () => {
    const codes = totp({ issuer: 'Test' }) as unknown as FactorProvider<never, never>;
    let first: (() => Promise<unknown>) | undefined;
    const slow: FactorProvider<never, never> = {
      ...codes,
      async verify(...given) {
        const verdict = await codes.verify(...given);
        await first?.();
        return verdict;
      },
    };
    const factors = [password({ hasher: plainHasher }), slow, recoveryCodes()];
    const app = await createApp(database.open(), { factors });
    const person = await register(app);
    await enrolTotp(app, person);
    const browser = app.browser();
    await signInWithPassword(person, browser);
    const other = browser.fork({ withCookies: true });
    first = async () => {
      first = undefined;
      const body = { authenticator: person.recoveryAuthenticator, response: { code: person.recovery[0] } };
      expect((await other.post('/auth/ceremony', body)).body.status).toBe('done');
    };
    const code = codeOf(app, person);
    const second = { authenticator: person.authenticator, response: { code } };
    expect((await browser.post('/auth/ceremony', second)).problem).toBe('ceremony-used');
    const [row] = await database.query('select failures, last_used_at from authenticators where id = $1', [
      person.authenticator,
    ]);
    expect([Number(row?.['failures']), row?.['last_used_at']]).toEqual([0, null]);
    await signInWithPassword(person, browser);
    expect((await browser.post('/auth/ceremony', second)).body.status).toBe('done');
    await app.close();
  });

  // Tracks: CVE-2025-3910
  it('A-19 who has to set up a second factor first gets nowhere by leaving the set-up', async () => {
    const app = await createApp(database.open());
    const { browser, ...account } = await register(app);
    const closed = async (): Promise<void> => {
      for (const path of ['/admin', '/fresh-admin', '/two-factor']) {
        expect((await browser.get(`${path}?kc_action=skip&return_to=/admin`)).status).toBe(401);
      }
    };
    await closed();
    const asked = await browser.post('/auth/step-up?action=skip', { policy: 'Admin', returnTo: '/admin' });
    expect(asked.body).toEqual({ status: 'enrol', returnTo: '/auth/security?return_to=%2Fadmin' });
    await closed();
    // Begin and abandon; then sign in again with the page as the way back; then finish the set-up.
    await browser.post('/auth/enrolments', { provider: 'totp', returnTo: '/admin' });
    await closed();
    await browser.post('/auth/sign-in', {
      identifier: account.identifier,
      provider: 'password',
      response: { password: account.password },
      returnTo: '/admin',
    });
    await closed();
    await enrolTotp(app, { ...account, browser });
    await closed();
    await app.close();
  });
});
