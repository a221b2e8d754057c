import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Cofactor, NewOperation, Parameters, SessionWithUser, UsedOperation } from 'cofactor';
import type { StepView } from '../../packages/cofactor/src/http/contract.ts';
import {
  codeOf,
  createApp,
  enrolTotp,
  onEachDatabase,
  register,
  signInWithCode,
  type Person,
  type RoutedApp,
  type TestDatabase,
} from '../support/app.ts';
import type { Answer, TestBrowser } from '../support/browser.ts';

onEachDatabase('a proof for one operation', (fresh) => {
  let database: TestDatabase;
  let app: RoutedApp;
  let other: RoutedApp;
  beforeAll(async () => {
    database = await fresh();
    app = await createApp(database.open());
    // Another node on the same database, with the same keys and the same time.
    other = await createApp(database.open(), { clock: app.clock });
  });
  afterAll(async () => {
    await app.close();
    await other.close();
    await database.drop();
  });

  const payment = { action: 'payment', parameters: { amount: '100.00', to: 'X' } } as const;
  const asked = { ...payment, title: 'Pay 100.00 to X', returnTo: '/pay?draft=7' } as const;

  const someone = async (): Promise<Person> => {
    const person = await register(app);
    await enrolTotp(app, person);
    return { ...person, browser: await signInWithCode(app, person) };
  };
  const sessionOf = async (browser: TestBrowser, auth: Cofactor = app.auth): Promise<SessionWithUser> => {
    const secret = [...browser.cookies.values()].find((value) => value.startsWith('ses_'));
    return (await auth.sessions.read(secret, { live: true })) ?? expect.fail('nobody is signed in');
  };
  const begin = async (
    browser: TestBrowser,
    more: Partial<Omit<NewOperation, 'session'>> = {},
  ): Promise<{ id: string; back: string }> => {
    const session = await sessionOf(browser);
    const { id, location } = await app.auth.operations.begin({ ...asked, session, ...more });
    const query = new URL(location, 'http://localhost').searchParams;
    return { id, back: query.get('return_to') ?? '' };
  };
  const open = (browser: TestBrowser, returnTo: string): Promise<Answer<StepView>> =>
    browser.post('/auth/step-up', { returnTo });
  const answer = (person: Person): Promise<Answer<StepView>> =>
    person.browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(app, person) },
    });
  const prove = async (person: Person, back: string): Promise<void> => {
    const opened = await open(person.browser, back);
    expect(opened.body.status).toBe('more-needed');
    expect((await answer(person)).body).toEqual({ status: 'done', returnTo: back });
    app.clock.advance(31);
  };
  const use = async (
    browser: TestBrowser,
    id: string,
    more: Partial<UsedOperation> = {},
    auth = app.auth,
  ): Promise<boolean> => {
    const session = more.session ?? (await sessionOf(browser, auth));
    return auth.operations.use({ ...payment, id, session, ...more });
  };

  it('A-71 is good for one use, however many ask for it at once on two nodes', async () => {
    const person = await someone();
    const { id, back } = await begin(person.browser);
    await prove(person, back);
    const session = await sessionOf(person.browser);
    const asking = Array.from({ length: 20 }, (_, n) =>
      use(person.browser, id, { session }, n % 2 === 0 ? app.auth : other.auth),
    );
    expect((await Promise.all(asking)).filter(Boolean)).toHaveLength(1);
    expect(await use(person.browser, id)).toBe(false);
    // Neither another answer nor the page makes it good again.
    expect((await open(person.browser, back)).body).toEqual({ status: 'done', returnTo: back });
    expect(await use(person.browser, id)).toBe(false);
  });

  it('A-71 is good for these parameters and this action and for no others', async () => {
    const person = await someone();
    const parameters = { amount: 100, to: 'X', note: null, list: [1, 2], deep: { a: '1', b: true } };
    const { id, back } = await begin(person.browser, { parameters });
    await prove(person, back);
    const own = (name: string, value: unknown): unknown =>
      JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(value)}}`);
    const wrong: readonly unknown[] = [
      {},
      null,
      undefined,
      'payment',
      [parameters],
      { ...parameters, amount: 101 },
      { ...parameters, amount: '100' },
      { ...parameters, amount: [100] },
      { ...parameters, amount: 100n },
      { ...parameters, amount: NaN },
      { ...parameters, to: 'x' },
      { ...parameters, to: 'X ' },
      { ...parameters, to: 'Х' },
      { ...parameters, note: undefined },
      { ...parameters, note: '' },
      { ...parameters, note: 'null' },
      { ...parameters, list: [2, 1] },
      { ...parameters, list: { 0: 1, 1: 2 } },
      // oxlint-disable-next-line no-sparse-arrays -- a hole is no 2
      { ...parameters, list: [1, ,] },
      { ...parameters, deep: { a: '1', b: 'true' } },
      { ...parameters, deep: { a: '1', b: true, c: false } },
      { ...parameters, more: 1 },
      { amount: 100, to: 'X', note: null, list: [1, 2] },
      { ...parameters, ...(own('__proto__', { amount: 1 }) as object) },
      Object.assign(Object.create({ amount: 100 }) as object, { ...parameters, amount: undefined }),
      Object.assign(own('__proto__', 1) as object, parameters),
      Object.defineProperty({ ...parameters }, 'amount', { get: () => 100, enumerable: true }),
      Object.defineProperty({ ...parameters }, 'hidden', { value: 1 }),
      { ...parameters, toJSON: () => parameters },
      new Map(Object.entries(parameters)),
      new Date(0),
    ];
    for (const [n, one] of wrong.entries()) {
      expect([n, await use(person.browser, id, { parameters: one as Parameters })]).toEqual([n, false]);
    }
    for (const action of [
      'Payment',
      'payment ',
      'pay',
      '',
      '__proto__',
      ['payment'] as never,
      null as never,
    ]) {
      expect([action, await use(person.browser, id, { parameters, action })]).toEqual([action, false]);
    }
    for (const wrongId of [id.toLowerCase(), `${id} `, id.slice(0, -1), '', [id] as never, null as never]) {
      expect(await use(person.browser, wrongId, { parameters })).toBe(false);
    }
    // None of it has used it up; and the order of names says nothing.
    const { amount, to, note, list } = parameters;
    const swapped = { deep: { b: true, a: '1' }, list, to, note, amount };
    expect(await use(person.browser, id, { parameters: swapped })).toBe(true);
    expect(({} as { amount?: unknown }).amount).toBeUndefined();
  });

  it('A-71 is worth nothing to another sign-in, another user or nobody', async () => {
    const person = await someone();
    const { id, back } = await begin(person.browser);
    await prove(person, back);
    const elsewhere = await signInWithCode(app, person);
    const stranger = await someone();
    for (const browser of [elsewhere, stranger.browser]) {
      expect(await use(browser, id)).toBe(false);
      // Neither learns what it is, nor whether it is.
      const page = await browser.page(`/auth/operations/${id}`);
      expect([page.status, page.text.includes('100.00')]).toEqual([404, false]);
      const opened = await open(browser, back);
      expect([opened.text.includes('100.00'), opened.body.status]).toEqual([false, 'done']);
    }
    const mine = await sessionOf(person.browser);
    const theirs = await sessionOf(stranger.browser);
    // Whatever an application mixes up.
    expect(await use(person.browser, id, { session: { ...mine, session: theirs.session } })).toBe(false);
    expect(await use(person.browser, id, { session: { ...mine, user: theirs.user } })).toBe(false);
    expect(await use(person.browser, id, { session: { ...theirs, user: mine.user } })).toBe(false);
    expect(await use(person.browser, id)).toBe(true);
  });

  it('A-71 is over with the sign-in, with a change of factors, with the account', async () => {
    const ends: Readonly<Record<string, (person: Person) => Promise<unknown>>> = {
      'signed out': ({ browser }) => browser.post('/auth/sign-out'),
      'ended by somebody in charge': async ({ browser }) =>
        app.auth.sessions.endAll((await sessionOf(browser)).user),
      'given other roles': async ({ browser }) =>
        app.auth.users.setRoles((await sessionOf(browser)).user, ['boss']),
      'another password or factor': async ({ browser }) =>
        database.query('update users set generation = generation + 1 where id = $1', [
          (await sessionOf(browser)).user.id,
        ]),
      'a disabled account': async ({ browser }) =>
        database.query('update users set disabled_at = 1 where id = $1', [
          (await sessionOf(browser)).user.id,
        ]),
      'five minutes later': async () => app.clock.advance(300),
    };
    for (const [what, end] of Object.entries(ends)) {
      const person = await someone();
      const { id, back } = await begin(person.browser);
      await prove(person, back);
      const session = await sessionOf(person.browser);
      await end(person);
      expect([what, await use(person.browser, id, { session })]).toEqual([what, false]);
    }
  });

  it('A-69 an authenticator that is removed takes what it proved with it', async () => {
    const person = await someone();
    await open(person.browser, '/auth/security');
    await answer(person);
    app.clock.advance(31);
    const { id, back } = await begin(person.browser);
    await prove(person, back);
    const removed = await person.browser.send('DELETE', '/auth/authenticators', {
      body: { id: person.authenticator },
    });
    expect(removed.status).toBe(204);
    expect(await use(person.browser, id)).toBe(false);
  });

  it('is worth nothing before it is proved, where it is given up, or too late', async () => {
    const person = await someone();
    const { id, back } = await begin(person.browser);
    expect(await use(person.browser, id)).toBe(false);
    await open(person.browser, back);
    expect(await use(person.browser, id)).toBe(false);
    const before = person.browser.fork({ withCookies: true });
    await person.browser.send('DELETE', '/auth/ceremony');
    expect((await answer({ ...person, browser: before })).problem).toBe('ceremony-used');
    const left = await person.browser.page(`${back}?left=1`);
    expect([left.status, left.headers['location']]).toEqual([303, `/pay?draft=7&operation=${id}`]);
    expect(await use(person.browser, id)).toBe(false);

    const late = await begin(person.browser);
    await open(person.browser, late.back);
    app.clock.advance(601);
    expect((await answer(person)).problem).toBe('ceremony-expired');
    expect((await open(person.browser, late.back)).body).toEqual({ status: 'done', returnTo: late.back });
    expect(await use(person.browser, late.id)).toBe(false);
  });

  it('asks anew, whatever the session has proved, and not for the password in place of the code', async () => {
    const person = await someone();
    // At this very moment, too: it was not for this.
    app.clock.advance(1000);
    const opened = await (async () => {
      await open(person.browser, '/auth/security');
      expect((await answer(person)).body.status).toBe('done');
      const { back } = await begin(person.browser);
      return open(person.browser, back);
    })();
    expect(opened.body.status).toBe('more-needed');
    app.clock.advance(31);
    const { id, back } = await begin(person.browser);
    const view = await open(person.browser, back);
    const { ceremony } = view.body as StepView & { status: 'more-needed' };
    expect(ceremony.offers.map(({ provider }) => provider.provider)).toEqual(['totp', 'recovery-codes']);
    const { authenticators } = (
      await person.browser.get<{ authenticators: { id: string; provider: { provider: string } }[] }>(
        '/auth/security',
      )
    ).body;
    const password = authenticators.find(({ provider }) => provider.provider === 'password')?.id;
    const typed = await person.browser.post('/auth/ceremony', {
      authenticator: password,
      response: { password: person.password },
    });
    expect(typed.body.status).toBe('more-needed');
    expect(await use(person.browser, id)).toBe(false);
    expect((await answer(person)).body.status).toBe('done');
    // The same code is not good for a second one.
    const second = await begin(person.browser);
    await open(person.browser, second.back);
    expect((await answer(person)).problem).toBe('replayed-response');
    expect(await use(person.browser, second.id)).toBe(false);
    expect(await use(person.browser, id)).toBe(true);
  });

  it('A-67 A-71 proves nothing else: no page, no change of factors, no other operation', async () => {
    const person = await someone();
    app.clock.advance(1000);
    const before = [...person.browser.cookies].filter(([, value]) => value.startsWith('ses_'));
    const { events } = (await sessionOf(person.browser)).session;
    const one = await begin(person.browser);
    const two = await begin(person.browser);
    await prove(person, one.back);
    expect([...person.browser.cookies].filter(([, value]) => value.startsWith('ses_'))).toEqual(before);
    expect((await sessionOf(person.browser)).session.events).toEqual(events);
    expect((await person.browser.get('/fresh-admin')).status).toBe(401);
    const removed = await person.browser.send('DELETE', '/auth/authenticators', {
      body: { id: person.authenticator },
    });
    expect(removed.problem).toBe('step-up-needed');
    expect(await use(person.browser, two.id)).toBe(false);
    expect(await use(person.browser, one.id)).toBe(true);
  });

  it('A-71 another step-up in another tab proves nothing here, and what was opened here ends with it', async () => {
    const person = await someone();
    app.clock.advance(1000);
    const { id, back } = await begin(person.browser);
    await open(person.browser, back);
    const here = new Map(person.browser.cookies);
    const there = await person.browser.post('/auth/step-up', {
      policy: 'FreshAdmin',
      // As if it were on the way to the operation.
      returnTo: back,
    });
    expect(there.body.status).toBe('more-needed');
    expect((await answer(person)).body).toEqual({ status: 'done', returnTo: back });
    app.clock.advance(31);
    expect(await use(person.browser, id)).toBe(false);
    // The page that was open first answers in the session that is over.
    const old = person.browser.fork();
    for (const [name, value] of here) old.cookies.set(name, value);
    await old.context();
    const late = await old.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(app, person) },
    });
    expect(late.problem).toBe('ceremony-unknown');
    expect(await use(person.browser, id)).toBe(false);
    // It belongs to the sign-in, which goes on: opened once more, it can be proved and used.
    await prove(person, back);
    expect(await use(person.browser, id)).toBe(true);
  });

  it('what is written into the database changes neither what is shown nor what is proved', async () => {
    const person = await someone();
    const one = await begin(person.browser);
    const cheap = await begin(person.browser, {
      title: 'Pay 0.01 to Y',
      parameters: { amount: '0.01', to: 'Y' },
    });
    await database.query(
      'update operations set data = (select o.data from operations as o where o.id = $1) where id = $2',
      [cheap.id, one.id],
    );
    const opened = await open(person.browser, one.back);
    expect([opened.status, opened.text.includes('0.01')]).toEqual([503, false]);
    await prove(person, cheap.back);
    await database.query(
      'update operations set digest = (select o.digest from operations as o where o.id = $1) where id = $2',
      [one.id, cheap.id],
    );
    expect(await use(person.browser, cheap.id)).toBe(false);
  });

  it('a title or parameters that would deceive whoever reads them are refused', async () => {
    const person = await someone();
    const session = await sessionOf(person.browser);
    const attempt = async (more: object): Promise<unknown> =>
      app.auth.operations.begin({ ...asked, session, ...more }).then(
        () => 'begun',
        (error: unknown) => (error as { code?: unknown }).code,
      );
    const deep = { a: { b: { c: { d: { e: 1 } } } } };
    const wrong: readonly object[] = [
      ...[
        '',
        ' ',
        'x'.repeat(10_240),
        'x'.repeat(201),
        'Pay\n1',
        'Pay\r1',
        'Pay\u0000',
        'Pay\u001b[2K',
        'Pay \u202e001',
        'Pay \u2066001',
        'Pay\u200f',
        'Pay\u200b',
        'Pay\u2028',
        '\ud800',
        42,
        null,
        ['Pay'],
        { toString: () => 'Pay' },
      ].map((title) => ({ title })),
      ...['', 'pay ment', 'x'.repeat(65), '__proto__ ', 7, null].map((action) => ({ action })),
      ...[
        null,
        [],
        'x',
        { 'a b': 1 },
        { '': 1 },
        JSON.parse('{"__proto__":{"to":"Y"}}') as object,
        deep,
        { a: 'x'.repeat(4097) },
        { a: Array.from({ length: 65 }, () => 1) },
        { a: undefined },
        { a: Infinity },
        { a: 1n },
        { a: () => 1 },
        { a: new Date(0) },
        { to: 'X\u202eY' },
        { to: 'X\nY' },
        { to: { name: 'X\u2066Y' } },
      ].map((parameters) => ({ parameters })),
      ...['//evil.example', 'https://evil.example', '', 'pay', null, `/${'x'.repeat(2000)}`].map(
        (returnTo) => ({
          returnTo,
        }),
      ),
      { requirement: { acr: 'none' } },
      { requirement: { acr: 'mfa', maxAge: 900 } },
      { requirement: { amr: 'mfa' } },
    ];
    for (const [n, more] of wrong.entries()) {
      const outcome = await attempt(more);
      // `//host` is a path to whoever does not know better; it leads to the start.
      if ('returnTo' in more && more.returnTo === '//evil.example') expect(outcome).toBe('begun');
      else expect([n, outcome]).toEqual([n, 'ERR_OPERATION_INVALID']);
    }
    const { id } = await begin(person.browser, { returnTo: '//evil.example' });
    const left = await person.browser.page(`/auth/operations/${id}?left=1`);
    expect(left.headers['location']).toBe(`/?operation=${id}`);
  });

  it('I-09 there is a row for each proof and each use, and none of what was paid', async () => {
    const person = await someone();
    const { id, back } = await begin(person.browser);
    await prove(person, back);
    await use(person.browser, id);
    await use(person.browser, id);
    const rows = await database.query(
      "select type, data from audit where type like 'operation-%' order by seq",
    );
    const mine = rows.filter((row) => String(row['data']).includes(id));
    expect(mine.map((row) => row['type'])).toEqual(['operation-proved', 'operation-used']);
    expect(JSON.stringify(await database.query('select * from operations'))).not.toContain('100.00');
    expect(JSON.stringify(rows)).not.toContain('100.00');
    expect(await app.auth.verifyAudit()).toBeNull();
  });

  it('asks as much as ever where a requirement names no level', async () => {
    const person = await someone();
    const requirement = { acr: undefined } as unknown as NonNullable<NewOperation['requirement']>;
    const { back } = await begin(person.browser, { requirement });
    const opened = await open(person.browser, back);
    const offered = JSON.stringify(opened.body);
    expect(opened.body.status).toBe('more-needed');
    // The password alone is no way to confirm it.
    expect(offered).toContain('"totp"');
    expect(offered).not.toContain('"password"');
  });

  it('I-14 asks for what is demanded of its person, whatever the account has', async () => {
    const someoneInCharge = await someone();
    const by = await sessionOf(someoneInCharge.browser);
    const saved = await app.auth.enforcement.save(
      { acr: 'mfa', who: { roles: ['payer'] }, from: new Date(0), graceDays: 0, note: '' },
      { by },
    );
    expect(saved.status).toBe('saved');
    const password = await register(app);
    const user = (await app.auth.users.find(password.identifier)) ?? expect.fail('nobody');
    await app.auth.users.setRoles(user, ['payer']);
    const signedIn = await password.browser.post('/auth/sign-in', {
      identifier: password.identifier,
      provider: 'password',
      response: { password: password.password },
    });
    expect(signedIn.body.status).toBe('done');
    const { id, back } = await begin(password.browser);
    const opened = await open(password.browser, back);
    expect(opened.body.status).toBe('enrol');
    expect(await use(password.browser, id)).toBe(false);
  });
});
