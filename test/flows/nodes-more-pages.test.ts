import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { StepView } from '../../packages/cofactor/src/http/contract.ts';
import { freshPostgresDatabase, type TestDatabase } from '../support/app.ts';
import { inject, TestBrowser, type Transport } from '../support/browser.ts';
import { TestClock } from '../support/clock.ts';
import { quickCode } from '../support/codes.ts';
import { submit, view, type Fields } from '../support/forms.ts';
import { describeWith } from '../support/needs.ts';
import { createRealms, type TestRealms } from '../support/realms.ts';

const identifier = 'ann@example.org';
const password = 'roses in the garden at home';
const parameters = { amount: '100.00', to: 'X' } as const;

/** An application of somebody's own, twice on one database: each request goes to the other than the one before it. */
describeWith('PostgreSQL', 'two nodes of an application that has pages of its own', () => {
  let database: TestDatabase;
  let nodes: readonly TestRealms[];
  let browser: TestBrowser;
  const clock = new TestClock();
  const paid: string[] = [];
  let turn = 0;

  beforeAll(async () => {
    database = await freshPostgresDatabase();
    const keys = [{ id: 'own', secret: randomBytes(32).toString('base64') }];
    nodes = await Promise.all(
      [0, 1].map(() => createRealms(database.open(), { keys, clock, rememberDevices: true })),
    );
    for (const node of nodes) pays(node);
  });
  afterAll(async () => {
    for (const node of nodes ?? []) await node.close();
    await database?.drop();
  });
  beforeEach(() => void (browser = stranger()));

  /** Pays, once it was confirmed. */
  function pays(node: TestRealms): void {
    node.route('/pay', async ({ query, visitor }) => {
      const who = await visitor('members');
      const id = query.get('operation');
      if (id !== null) {
        const confirmed = await who.confirmed({ id, action: 'payment', parameters });
        if (confirmed) paid.push(id);
        return { status: confirmed ? 200 : 403, body: { confirmed } };
      }
      const begun = await who.confirm({ action: 'payment', parameters, title: 'Pay', returnTo: '/pay' });
      return begun
        ? { status: 303, headers: { location: begun.location }, body: '' }
        : { status: 401, body: {} };
    });
  }
  function stranger(): TestBrowser {
    const takingTurns: Transport = (...request) => {
      const node = nodes[turn++ % nodes.length] ?? expect.fail();
      return inject(node.app)(...request);
    };
    return new TestBrowser(takingTurns, 'http://localhost:3000');
  }

  /** Fills in the form of a page that was opened at one node, and sends it to the other; returns where that leads. */
  const send = async (path: string, fields: Fields, page = '/site'): Promise<string> => {
    const { csrf } = await view(browser, page);
    const answer = await submit(browser, `/members${path}`, { csrf, _back: page, ...fields });
    expect([path, answer.status, answer.text]).toEqual([path, 303, '']);
    return String(answer.headers['location']);
  };
  const first = { provider: 'password', 'response.password': password, returnTo: '/site/me' };
  const signUp = (name: string): Promise<string> => send('/register', { ...first, identifier: name });
  const signIn = (name: string): Promise<string> =>
    send('/sign-in', { ...first, identifier: name, _next: '/site/code' });
  const setUpApp = async (): Promise<string> => {
    expect(await send('/enrolments', { provider: 'totp', _next: '/site/add' })).toBe('/site/add');
    const key = String((await view(browser)).enrolment?.setup['key']);
    const confirm = { 'response.code': quickCode(key, clock.now()), name: 'Phone', _next: '/site/codes' };
    expect(await send('/enrolments/confirm', confirm)).toBe('/site/codes');
    clock.advance(31);
    return key;
  };

  it('U3 forms without a script, from the registration to the second step, whichever node begins', async () => {
    for (const begins of [0, 1]) {
      turn = begins;
      browser = stranger();
      const name = `${begins}-${identifier}`;
      const short = { ...first, identifier: name, 'response.password': 'tulip' };
      expect(await send('/register', short)).toBe('/site');
      // What went wrong at one is told by the other.
      expect((await view(browser)).problem).toMatchObject({ name: 'refused-response', identifier: name });
      expect((await view(browser)).problem).toBeNull();
      expect(await signUp(name)).toBe('/site/me');
      const key = await setUpApp();
      // Shown once, and once in all.
      const issued = [
        (await view(browser)).issued,
        (await view(browser)).issued,
        (await view(browser)).issued,
      ];
      expect(issued.map((one) => one.length)).toEqual([1, 0, 0]);
      const codes = issued[0]?.[0]?.setup['codes'] as readonly string[];

      browser = stranger();
      expect(await signIn(name)).toBe('/site/code');
      const offers = (await view(browser, '/site/code')).ceremony?.offers ?? [];
      expect(offers.map((offer) => offer.name)).toEqual(['Phone', 'Recovery codes']);
      const answer = (at: number, code: string): Promise<string> =>
        send(
          '/ceremony',
          { authenticator: offers[at]?.authenticator ?? '', 'response.code': code, _next: '/site/code' },
          '/site/code',
        );
      expect(await answer(1, 'not-one')).toBe('/site/code');
      expect((await view(browser, '/site/code')).problem).toMatchObject({
        name: 'wrong-response',
        triesLeft: 4,
      });
      expect(await answer(0, quickCode(key, clock.now()))).toBe('/site/me');
      expect((await view(browser)).session?.amr).toEqual(['pwd', 'otp', 'mfa']);
      expect(await send('/sign-out', { _next: '/bye' })).toBe('/bye');
      for (const again of [1, 2]) expect([again, (await view(browser)).session]).toEqual([again, null]);
      browser = stranger();
      await signIn(name);
      expect(await answer(1, codes[0] ?? '')).toBe('/site/me');
      browser = stranger();
      await signIn(name);
      expect(await answer(1, codes[0] ?? '')).toBe('/site/code');
      expect((await view(browser)).session).toBeNull();
      clock.advance(31);
    }
  });

  it('an operation is confirmed at one and done at the other, once', async () => {
    await signUp('payer');
    const key = await setUpApp();
    for (const begins of [0, 1]) {
      turn = begins;
      const location = String((await browser.page('/pay')).headers['location']);
      const back = new URLSearchParams(location.split('?')[1]).get('return_to') ?? '';
      expect(back).toMatch(/^\/members\/operations\/opr_/);
      const { csrf } = await view(browser);
      browser.csrf = csrf;
      const opened = await browser.post<StepView & { status: 'more-needed' }>('/members/step-up', {
        returnTo: back,
      });
      expect(opened.body.ceremony.reason?.operation).toEqual(['Pay', 'amount: 100.00', 'to: X']);
      const id = back.split('/').at(-1) ?? '';
      const there = `/pay?operation=${id}`;
      // Not proved yet, it is done at neither of them.
      for (const status of [403, 403]) expect((await browser.get(there)).status).toBe(status);
      const [offer] = opened.body.ceremony.offers;
      const done = await browser.post('/members/ceremony', {
        authenticator: offer?.authenticator,
        response: { code: quickCode(key, clock.now()) },
      });
      expect(done.body).toEqual({ status: 'done', returnTo: back });
      expect((await browser.page(back)).headers['location']).toBe(there);
      const answers = await Promise.all([1, 2, 3, 4].map(() => browser.get(there)));
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 403, 403, 403]);
      expect([begins, paid.filter((one) => one === id).length]).toEqual([begins, 1]);
      clock.advance(31);
    }
    expect(await nodes[0]?.members.verifyAudit()).toBeNull();
  });
});
