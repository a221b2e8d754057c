import { totp } from 'cofactor/totp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  codeOf,
  createApp,
  enrolTotp,
  onEachAdapter,
  register,
  type Person,
  type RoutedApp,
  type TestDatabase,
} from '../support/app.ts';
import type { Handler } from '../support/adapters/served.ts';
import type { ContextView } from '../../packages/cofactor/src/http/contract.ts';

onEachAdapter('an application that proves the first factor itself', (fresh, through) => {
  let database: TestDatabase;
  let app: RoutedApp;
  beforeEach(async () => {
    database = await fresh();
    app = await createApp(database.open(), { registration: false }, through);
    // The login form that the application has had for years, with users of its own.
    const login: Handler = async ({ body, signInFromHost }) => {
      const { user, at } = body as { user: string; at?: string };
      const outcome = await signInFromHost({
        subject: user,
        returnTo: '/who',
        ...(at !== undefined && { at: new Date(at) }),
      });
      return outcome.status === 'refused' ? { status: 401, body: { refused: outcome.reason } } : undefined;
    };
    app.route('/login', login, { methods: ['POST'] });
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  it('hands it over as an event; the session says who proved what', async () => {
    const browser = app.browser();
    const answer = await browser.post('/login', { user: 'employee 17' });
    expect([answer.status, answer.headers['location']]).toEqual([303, '/who']);
    expect((await browser.get('/who')).body).toEqual({ user: 'employee 17', amr: ['pwd'], acr: 'pwd' });
    expect((await browser.page('/admin')).headers['location']).toBe('/auth/security?return_to=%2Fadmin');
  });

  it('is followed by the second factor once one is enrolled, in the same account', async () => {
    const browser = app.browser();
    await browser.post('/login', { user: 'employee 17' });
    await browser.context();
    const person: Person = {
      browser,
      identifier: 'employee 17',
      password: '',
      key: '',
      authenticator: '',
      recovery: [],
      recoveryAuthenticator: '',
    };
    await enrolTotp(app, person);

    const other = app.browser();
    const answer = await other.post('/login', { user: 'employee 17' });
    expect(answer.headers['location']).toBe('/auth/sign-in');
    expect((await other.get('/who')).body).toMatchObject({ user: null });
    const { ceremony } = await other.context();
    expect(ceremony?.offers.map(({ name }) => name)).toEqual(['Phone', 'Recovery codes']);
    const done = await other.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(app, person) },
    });
    expect(done.body).toEqual({ status: 'done', returnTo: '/who' });
    expect((await other.get('/who')).body).toMatchObject({ amr: ['pwd', 'otp', 'mfa'] });
    expect((await other.get<ContextView>('/auth/context')).body.ceremony).toBeNull();
  });

  it('leaves nothing of whoever was there before: neither codes that were to be shown once, nor their token', async () => {
    const browser = app.browser();
    await browser.post('/login', { user: 'ada' });
    await browser.context();
    const { cookies, csrf } = browser;
    const [before] = [...cookies].filter(([name]) => name.endsWith('-csrf'));
    for (const kind of ['form', 'enrolment', 'ceremony']) cookies.set(`cofactor-users-${kind}`, 'left over');
    await browser.post('/login', { user: 'eve' });
    expect([...cookies.keys()].sort()).toEqual(['cofactor-users-csrf', 'cofactor-users-session']);
    expect(cookies.get('cofactor-users-csrf')).not.toBe(before?.[1]);
    browser.csrf = csrf;
    expect((await browser.post('/auth/sign-out')).problem).toBe('csrf');
  });

  it('I-18 A-109 keeps accounts by the exact word of the application, apart from those that people register', async () => {
    await app.close();
    app = await createApp(database.open(), {}, through);
    const login: Handler = async ({ body, signInFromHost }) => {
      await signInFromHost({ subject: (body as { user: string }).user, returnTo: '/who' });
      return undefined;
    };
    app.route('/login', login, { methods: ['POST'] });
    const mallory = await register(app, 'carol');
    const sessions = new Set<string>();
    for (const user of ['carol', 'Carol', 'ＣＡＲＯＬ']) {
      const browser = app.browser();
      await browser.post('/login', { user });
      const view = await browser.get<ContextView>('/auth/context');
      sessions.add(view.body.session?.user.id ?? '');
    }
    const hers = (await mallory.browser.get<ContextView>('/auth/context')).body.session?.user.id ?? '';
    expect(sessions.add(hers).size).toBe(4);
    const taken = app.browser();
    await taken.context();
    const answer = await taken.post('/auth/register', {
      identifier: 'host:dave',
      provider: 'password',
      response: { password: 'daffodils by the garden gate' },
    });
    expect(answer.problem).toBe('malformed');
  });

  it('I-12 refuses a proof that is old or from the future', async () => {
    const browser = app.browser();
    const now = app.clock.now().getTime();
    for (const at of [now - 301_000, now + 1000]) {
      const answer = await browser.post('/login', { user: 'employee 17', at: new Date(at).toISOString() });
      expect([answer.status, answer.body]).toEqual([401, { refused: 'malformed' }]);
    }
    expect(browser.cookies.size).toBe(0);
  });
});

onEachAdapter('an application with a sign-in page of its own', (fresh, through) => {
  it('is where people are led, when nobody is signed in and when the proof is too old', async () => {
    const database = await fresh();
    const options = { signInPage: '/login', factors: [totp({ issuer: 'Test' })] };
    const app = await createApp(database.open(), options, through);
    const login: Handler = async ({ signInFromHost }) => {
      await signInFromHost({ subject: 'employee 17', returnTo: '/recent' });
      return undefined;
    };
    app.route('/login', login, { methods: ['POST'] });
    const browser = app.browser();
    expect((await browser.page('/recent')).headers['location']).toBe('/login?return_to=%2Frecent');
    expect((await browser.page('/auth/security')).headers['location']).toBe(
      '/login?return_to=%2Fauth%2Fsecurity',
    );
    await browser.post('/login', {});
    expect((await browser.get('/recent')).status).toBe(200);
    app.clock.advance(301);
    expect((await browser.page('/recent')).headers['location']).toBe('/login?return_to=%2Frecent');
    await browser.context();
    const stepUp = await browser.post('/auth/step-up', { returnTo: '/auth/security' });
    expect(stepUp.body).toEqual({ status: 'enrol', returnTo: '/login?return_to=%2Fauth%2Fsecurity' });
    await app.close();
    await database.drop();
  });
});
