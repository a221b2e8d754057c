import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SecurityView, StepView } from '../../packages/cofactor/src/http/contract.ts';
import {
  codeOf,
  createApp,
  enrolTotp,
  onEachAdapter,
  register,
  signInWithCode,
  signInWithPassword,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';

onEachAdapter('the first story over HTTP', (fresh, through) => {
  let database: TestDatabase;
  let app: TestApp;
  beforeEach(async () => {
    database = await fresh();
    app = await createApp(database.open(), {}, through);
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  it('A6 leads a person without a second factor to set one up, and back to the page asked for', async () => {
    const { browser } = await register(app);
    const page = await browser.page('/admin?tab=users');
    expect(page.status).toBe(303);
    expect(page.headers['location']).toBe('/auth/security?return_to=%2Fadmin%3Ftab%3Dusers');
  });

  it('A5 A-65 turning MFA on does not raise the session that is open; a step-up does', async () => {
    const person = await register(app);
    const { browser } = person;
    await enrolTotp(app, person);
    expect((await browser.get<{ amr: string[] }>('/who')).body.amr).toEqual(['pwd']);
    expect((await browser.page('/admin')).headers['location']).toBe(
      '/auth/step-up?policy=Admin&return_to=%2Fadmin',
    );

    const begun = await browser.post('/auth/step-up', { policy: 'Admin', returnTo: '/admin' });
    expect(begun.body.status).toBe('more-needed');
    const done = await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(app, person) },
    });
    expect(done.body).toEqual({ status: 'done', returnTo: '/admin' });
    expect((await browser.get('/admin')).body).toEqual({ secret: 'inside' });
    expect((await browser.get<{ amr: string[] }>('/who')).body.amr).toEqual(['pwd', 'otp', 'mfa']);
  });

  it('signs in with password and code from then on, and never with the password alone', async () => {
    const person = await register(app);
    await enrolTotp(app, person);
    const browser = await signInWithCode(app, person);
    expect((await browser.get('/admin')).status).toBe(200);

    const other = app.browser();
    const first = await signInWithPassword(person, other);
    expect(first.body.status).toBe('more-needed');
    expect((await other.get<{ user: unknown }>('/who')).body.user).toBeNull();
  });

  it('A-51 lets a recovery code in once, and says how many are left', async () => {
    const person = await register(app);
    await enrolTotp(app, person);
    const use = async (code: string): Promise<{ status: number; body: StepView; problem: string | null }> => {
      const browser = app.browser();
      const first = (await signInWithPassword(person, browser)).body;
      if (first.status !== 'more-needed') throw new Error('no second step');
      const recovery = first.ceremony.offers.find(({ provider }) => provider.usage === 'recovery');
      const answer = await browser.post('/auth/ceremony', {
        authenticator: recovery?.authenticator,
        response: { code },
      });
      if (answer.status !== 200) return answer;
      const security = (await browser.get<SecurityView>('/auth/security')).body;
      expect(security.authenticators.find(({ provider }) => provider.usage === 'recovery')?.remaining).toBe(
        9,
      );
      return answer;
    };
    const [code = ''] = person.recovery;
    expect(person.recovery).toHaveLength(10);
    expect((await use(code)).body).toEqual({ status: 'done', returnTo: '/' });
    expect((await use(code)).problem).toBe('replayed-response');
  });

  it('I-13 says that a code is wrong, ends the ceremony at the fifth, and slows the tenth in a row', async () => {
    const person = await register(app);
    await enrolTotp(app, person);
    const problems: (string | null)[] = [];
    for (let ceremony = 0; ceremony < 2; ceremony += 1) {
      const browser = app.browser();
      await signInWithPassword(person, browser);
      for (let n = 0; n < 5; n += 1) {
        const answer = await browser.post('/auth/ceremony', {
          authenticator: person.authenticator,
          response: { code: '000000' },
        });
        problems.push(answer.problem);
        if (ceremony === 1 && n === 4) expect(Number(answer.headers['retry-after'])).toBe(30);
      }
    }
    const wrong = 'wrong-response';
    const four = [wrong, wrong, wrong, wrong];
    expect(problems).toEqual([...four, 'too-many-tries', ...four, 'too-many-tries']);

    const browser = app.browser();
    await signInWithPassword(person, browser);
    const answer = (): Promise<{ problem: string | null; status: number }> =>
      browser.post('/auth/ceremony', {
        authenticator: person.authenticator,
        response: { code: codeOf(app, person) },
      });
    expect((await answer()).problem).toBe('too-many-tries');
    app.clock.advance(31);
    expect((await answer()).status).toBe(200);
  });
});

describe('the statements of a sign-in', () => {
  it('a flow of password and code takes at most 10, a guarded request at most 1', async () => {
    const { freshSqliteDatabase } = await import('../support/app.ts');
    const database = await freshSqliteDatabase();
    const app = await createApp(database.open());
    const person = await register(app);
    await enrolTotp(app, person);
    const { store } = app.auth.engine;
    const browser = app.browser();
    await browser.context();
    const before = store.statements;
    await browser.post('/auth/sign-in', {
      identifier: person.identifier,
      provider: 'password',
      response: { password: person.password },
    });
    await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(app, person) },
    });
    expect(store.statements - before).toBeLessThanOrEqual(10);
    const signedIn = store.statements;
    expect((await browser.get('/admin')).status).toBe(200);
    expect(store.statements - signedIn).toBeLessThanOrEqual(1);
    await app.close();
    await database.drop();
  });
});
