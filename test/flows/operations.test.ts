import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CofactorEvents } from 'cofactor';
import type { StepView } from '../../packages/cofactor/src/http/contract.ts';
import { languages } from '../../packages/cofactor/src/web/language.ts';
import {
  codeOf,
  createApp,
  enrolTotp,
  freshSqliteDatabase,
  onEachAdapter,
  register,
  type Person,
  type RoutedApp,
  type TestDatabase,
} from '../support/app.ts';
import type { Handler } from '../support/adapters/served.ts';
import { submit, view } from '../support/forms.ts';
import { createRealms, sitePages } from '../support/realms.ts';

const parameters = { amount: '100.00', to: 'X' } as const;

/** A page that pays, once it was confirmed: what an application of somebody else's would do. */
function payments(app: RoutedApp): { readonly paid: string[] } {
  const paid: string[] = [];
  const pay: Handler = async ({ query, visitor }) => {
    const who = await visitor();
    const id = query.get('operation');
    if (id !== null) {
      const confirmed = await who.confirmed({ id, action: 'payment', parameters });
      if (confirmed) paid.push(id);
      return { status: confirmed ? 200 : 403, body: { confirmed } };
    }
    const begun = await who.confirm({
      action: 'payment',
      parameters,
      title: 'Pay 100.00 to X',
      returnTo: '/pay?draft=7',
    });
    return begun
      ? { status: 303, headers: { location: begun.location }, body: '' }
      : { status: 401, body: {} };
  };
  app.route('/pay', pay);
  return { paid };
}

onEachAdapter('an operation is confirmed and done once', (fresh, through) => {
  let database: TestDatabase;
  let app: RoutedApp;
  let paid: string[];
  beforeAll(async () => {
    database = await fresh();
    app = await createApp(database.open(), { name: 'Acme' }, through);
    ({ paid } = payments(app));
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  it('by somebody with a second factor, whatever they have proved; the session stays as it is', async () => {
    const heard: CofactorEvents['operation-proved'][] = [];
    const stop = app.auth.on('operation-proved', (event) => void heard.push(event));
    const person = await register(app);
    await enrolTotp(app, person);
    const { browser } = person;
    const begun = await browser.page('/pay');
    const location = String(begun.headers['location']);
    expect(location).toMatch(/^\/auth\/step-up\?return_to=%2Fauth%2Foperations%2Fopr_[A-Za-z0-9_-]{22}$/);
    expect((await browser.page(location)).status).toBe(200);
    const back = new URLSearchParams(location.split('?')[1]).get('return_to') ?? '';
    const opened = await browser.post('/auth/step-up', { returnTo: back });
    const { ceremony } = opened.body as StepView & { status: 'more-needed' };
    expect(ceremony.reason).toEqual({
      policy: null,
      application: 'Acme',
      lastProvedSecondsAgo: null,
      operation: ['Pay 100.00 to X', 'amount: 100.00', 'to: X'],
    });
    // After a reload, too.
    const again = await browser.get<{ ceremony: typeof ceremony }>('/auth/context');
    expect(again.body.ceremony.reason?.operation).toEqual(['Pay 100.00 to X', 'amount: 100.00', 'to: X']);
    // Not confirmed yet, it leads to where it is.
    expect((await browser.page(back)).headers['location']).toBe(location);

    const cookies = new Map(browser.cookies);
    const done = await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(app, person) },
    });
    expect(done.body).toEqual({ status: 'done', returnTo: back });
    expect([...browser.cookies].filter(([, value]) => value.startsWith('ses_'))).toEqual(
      [...cookies].filter(([, value]) => value.startsWith('ses_')),
    );
    const there = String((await browser.page(back)).headers['location']);
    const id = back.split('/').at(-1) ?? '';
    expect(there).toBe(`/pay?draft=7&operation=${id}`);
    expect((await browser.get(there)).body).toEqual({ confirmed: true });
    expect((await browser.get(there)).body).toEqual({ confirmed: false });
    expect(paid).toEqual([id]);
    expect(heard.map(({ operation, user }) => [operation, user.identifier])).toEqual([
      [id, person.identifier],
    ]);
    stop();
    app.clock.advance(31);
  });

  it('by somebody who has nothing but a password, with that; unless more is asked', async () => {
    const person = await register(app);
    const { browser } = person;
    const location = String((await browser.page('/pay')).headers['location']);
    const back = new URLSearchParams(location.split('?')[1]).get('return_to') ?? '';
    app.clock.advance(1);
    const opened = await browser.post('/auth/step-up', { returnTo: back });
    const { ceremony } = opened.body as StepView & { status: 'more-needed' };
    expect(ceremony.offers.map(({ provider }) => provider.provider)).toEqual(['password']);
    const done = await browser.post('/auth/ceremony', {
      authenticator: ceremony.offers[0]?.authenticator,
      response: { password: person.password },
    });
    expect(done.body.status).toBe('done');
    const there = String((await browser.page(back)).headers['location']);
    expect((await browser.get(there)).body).toEqual({ confirmed: true });

    const user = await app.auth.users.find(person.identifier);
    const secret = [...browser.cookies.values()].find((value) => value.startsWith('ses_'));
    const session = (await app.auth.sessions.read(secret)) ?? expect.fail();
    expect(session.user.id).toBe(user?.id);
    const strict = await app.auth.operations.begin({
      session,
      action: 'payment',
      parameters,
      title: 'Pay',
      showParameters: false,
      requirement: { acr: 'mfa' },
      returnTo: '/pay',
    });
    const returnTo = `/auth/operations/${strict.id}`;
    // They are led to set something up, and back to it.
    expect((await browser.post('/auth/step-up', { returnTo })).body).toEqual({
      status: 'enrol',
      returnTo: `/auth/security?${String(new URLSearchParams({ return_to: returnTo }))}`,
    });
  });

  it('by nobody who is not signed in, who is led to sign in', async () => {
    const browser = app.browser();
    expect((await browser.page('/pay')).status).toBe(401);
    const page = await browser.page('/auth/operations/opr_0000000000000000000000');
    expect(page.headers['location']).toMatch(/^\/auth\/sign-in\?return_to=%2Fauth%2Foperations%2F/);
    expect((await browser.get('/pay?operation=opr_0000000000000000000000')).status).toBe(403);
  });
});

describe('an operation', () => {
  let database: TestDatabase;
  let app: RoutedApp;
  let person: Person;
  beforeAll(async () => {
    database = await freshSqliteDatabase();
    app = await createApp(database.open(), { pages: { stepUp: '/site' } });
    payments(app);
    sitePages(app);
    person = await register(app);
    await enrolTotp(app, person);
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  it('is confirmed without JavaScript, on a page of the site’s own', async () => {
    const { browser } = person;
    const location = String((await browser.page('/pay')).headers['location']);
    expect(location).toMatch(/^\/site\?return_to=%2Fauth%2Foperations%2Fopr_/);
    const page = await view(browser, location);
    expect(page.returnTo).toMatch(/^\/auth\/operations\/opr_/);
    const returnTo = page.returnTo ?? '';
    const opened = await submit(browser, '/auth/step-up', {
      csrf: page.csrf,
      returnTo,
      _next: '/site',
      _back: '/site',
    });
    expect([opened.status, opened.headers['location']]).toEqual([303, '/site']);
    const asked = await view(browser);
    expect(asked.ceremony?.reason?.operation).toEqual(['Pay 100.00 to X', 'amount: 100.00', 'to: X']);
    const done = await submit(browser, '/auth/ceremony', {
      csrf: asked.csrf,
      authenticator: asked.ceremony?.chosen?.authenticator ?? '',
      'response.code': codeOf(app, person),
      _back: '/site',
    });
    expect([done.status, done.headers['location']]).toEqual([303, returnTo]);
    const there = String((await browser.page(returnTo)).headers['location']);
    expect((await browser.get(there)).body).toEqual({ confirmed: true });
    app.clock.advance(31);
  });

  it('of a realm leads to the pages of that realm', async () => {
    const realms = await createRealms(app.auth.engine.store, { clock: app.clock }, { clock: app.clock });
    const made = await realms.members.users.create({
      identifier: 'ann@example.org',
      provider: 'password',
      response: { password: 'roses in the garden at home' },
    });
    if (made.status !== 'created') throw new Error('no account');
    const { session } = await app.auth.sessions
      .read([...person.browser.cookies.values()].find((value) => value.startsWith('ses_')))
      .then((found) => found ?? expect.fail());
    const { location } = await realms.members.operations.begin({
      session: {
        session: { ...session, realm: 'members', userId: made.user.id, generation: 1 },
        user: made.user,
      },
      action: 'payment',
      parameters,
      title: 'Pay',
      returnTo: '/',
    });
    expect(location).toMatch(/^\/members\/step-up\?return_to=%2Fmembers%2Foperations%2Fopr_/);
    await realms.app.close();
  });

  it('of somebody whose password is the application’s business asks for a second factor, and leads to one', async () => {
    const host = await createApp(app.auth.engine.store, {
      realm: 'staff',
      signInPage: '/login',
      clock: app.clock,
    });
    host.route('/login', async ({ signInFromHost }) => {
      await signInFromHost({ subject: 'employee 17', returnTo: '/pay' });
      return undefined;
    });
    payments(host);
    const browser = host.browser();
    await browser.page('/login');
    await browser.context();
    host.clock.advance(10);
    const location = String((await browser.page('/pay')).headers['location']);
    const returnTo = new URLSearchParams(location.split('?')[1]).get('return_to') ?? '';
    const opened = await browser.post<StepView & { returnTo: string }>('/auth/step-up', { returnTo });
    expect([opened.body.status, opened.body.returnTo.split('?')[0]]).toEqual(['enrol', '/auth/security']);
    await host.app.close();
  });

  it('of another sign-in says that it is over, in each language', async () => {
    const headings = new Set<string>();
    for (const language of languages) {
      const page = await person.browser.send('GET', '/auth/operations/opr_0000000000000000000000', {
        headers: { accept: 'text/html', 'accept-language': language },
      });
      expect(page.status).toBe(404);
      headings.add(/<h1>(.+?)<\/h1>/.exec(page.text)?.[1] ?? '');
    }
    expect(headings.size).toBe(languages.length);
  });

  it('outlives a session that goes on under another id', async () => {
    const { browser } = person;
    app.clock.advance(1000);
    const location = String((await browser.page('/pay')).headers['location']);
    const returnTo = new URLSearchParams(location.split('?')[1]).get('return_to') ?? '';
    const answer = async (): Promise<unknown> => {
      const { body } = await browser.post('/auth/ceremony', {
        authenticator: person.authenticator,
        response: { code: codeOf(app, person) },
      });
      app.clock.advance(31);
      return body.status;
    };
    await browser.post('/auth/step-up', { returnTo });
    expect(await answer()).toBe('done');
    await browser.post('/auth/step-up', { policy: 'FreshAdmin', returnTo: '/fresh-admin' });
    expect(await answer()).toBe('done');
    const there = String((await browser.page(returnTo)).headers['location']);
    expect((await browser.get(there)).body).toEqual({ confirmed: true });
  });
});
