import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Delivery, FactorProvider, Log } from 'cofactor';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { totp } from 'cofactor/totp';
import type {
  ChallengeView,
  ConfirmedView,
  EnrolmentView,
  SecurityView,
  StepView,
} from '../../packages/cofactor/src/http/contract.ts';
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
import { auditTypes, cookieOf } from '../support/tables.ts';

const unavailable = { status: 503, problem: 'provider-unavailable' };

/** Ways to give nothing that can be used. */
const failures: Readonly<Record<string, () => unknown>> = {
  throws: () => {
    throw new Error('marked: select * from secrets');
  },
  rejects: () => Promise.reject(new TypeError('marked')),
  'throws nothing': () => {
    // eslint-disable-next-line no-throw-literal, typescript/only-throw-error -- a provider from elsewhere may
    throw undefined;
  },
  'gives undefined': () => undefined,
  'gives null': () => null,
  'gives true': () => true,
  'gives a text': () => 'marked',
  'gives a number': () => 7,
  'gives an empty object': () => ({}),
  'gives a list': () => [{ data: {} }],
  'gives a verdict': () => ({ ok: true }),
  'gives what no page can show': () => ({ data: {}, view: 'text', setup: 'text' }),
  'gives nothing to keep': () => ({ view: {}, setup: {} }),
  'gives what JSON cannot hold': () => ({ data: { n: 1n }, view: {}, setup: {} }),
  'gives what has no end': () => {
    const data: Record<string, unknown> = {};
    data['self'] = data;
    return { data, view: {}, setup: {} };
  },
  'gives a delivery to nobody': () => ({ data: {}, view: {}, setup: {}, deliver: { code: '123456' } }),
  'gives a delivery of nothing': () => ({ data: {}, view: {}, setup: {}, deliver: 'a@example.com' }),
};

onEachDatabase('I-12 a provider that asks, and is broken', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let person: Person;
  let logged: unknown[];
  let alarms: unknown[];
  let make: () => unknown;
  let begin: () => unknown;
  let send: (delivery: Delivery) => Promise<void>;

  /** Works until a test breaks a part of it: asks for `7`, which is sent. */
  const pager = {
    name: 'pager',
    usage: 'second',
    multiple: true,
    proves: { kind: 'have', amr: ['pager'] },
    response: {
      type: 'object',
      additionalProperties: false,
      required: ['code'],
      properties: { code: { type: 'string', minLength: 1, maxLength: 6 } },
    },
    view: {
      texts: { en: { name: 'Pager', description: 'd', prompt: 'p', label: 'l', wrong: 'w' } },
      field: { property: 'code', type: 'text', autocomplete: 'off', maxLength: 6 },
    },
    begin: () => begin(),
    confirm: (_context, data, { code }) =>
      data?.code === code ? { ok: true, data } : { ok: false, reason: 'wrong' },
    challenge: { lifetime: 300, usedUpBy: 'success', every: 60, make: () => make() },
    verify: (_context, { challenge }, { code }) =>
      challenge?.code === code ? { ok: true } : { ok: false, reason: 'wrong' },
    send: (_context: unknown, delivery: Delivery) => send(delivery),
  } as FactorProvider<{ code: string }, { code: string }, { code: string }, { code: string }>;

  beforeEach(async () => {
    logged = [];
    alarms = [];
    const deliver = { address: '+4520123456', code: '7' };
    make = () => ({ data: { code: '7' }, view: { to: '+45' }, deliver });
    begin = () => ({ data: { code: '7' }, setup: {}, deliver });
    send = async () => undefined;
    database = await fresh();
    const write: Log['error'] = (details, message) => void logged.push([message, details]);
    app = await createApp(database.open(), {
      factors: [password({ hasher: plainHasher }), pager, totp({ issuer: 'Test' }), recoveryCodes()],
      log: { info: write, warn: write, error: write },
    });
    app.auth.on('alarm', (alarm) => void alarms.push(alarm));
    person = await register(app);
  });
  afterEach(async () => {
    vi.useRealTimers();
    await app.close();
    await database.drop();
  });

  /** Adds a pager and an authenticator app, and goes half-way into a sign-in. */
  async function enrolBoth(): Promise<void> {
    const begun = await person.browser.post<EnrolmentView>('/auth/enrolments', { provider: 'pager' });
    const confirmed = await person.browser.post<ConfirmedView>('/auth/enrolments/confirm', {
      enrolment: begun.body.enrolment,
      response: { code: '7' },
    });
    if (confirmed.status !== 201) throw new Error(confirmed.text);
    // The session is weaker now than what the account can prove: a step-up, by what was just set up.
    const stepUp = await person.browser.post('/auth/step-up', {});
    const pagerId = idOf(stepUp, 'pager');
    await person.browser.post('/auth/challenges', { authenticator: pagerId });
    await person.browser.post('/auth/ceremony', { authenticator: pagerId, response: { code: '7' } });
    await enrolTotp(app, person);
    app.clock.advance(3600);
    logged = [];
  }

  function idOf(answer: Answer<StepView>, provider: string): string {
    if (answer.body?.status !== 'more-needed') throw new Error(`no second step: ${answer.text}`);
    return answer.body.ceremony.offers.find((one) => one.provider.provider === provider)?.authenticator ?? '';
  }

  const halfWay = async (): Promise<{ browser: TestBrowser; authenticator: string }> => {
    const browser = app.browser();
    return { browser, authenticator: idOf(await signInWithPassword(person, browser), 'pager') };
  };
  const isOut = async (browser: TestBrowser): Promise<void> => {
    expect(cookieOf(browser, 'session')).toBe('');
    expect((await browser.get('/auth/security')).status).toBe(401);
  };
  /** In the same ceremony: the authenticator app works as ever. */
  const anotherWayIn = async (browser: TestBrowser): Promise<void> => {
    const { ceremony } = await browser.context();
    expect(ceremony?.offers.map(({ provider }) => provider.provider)).toContain('totp');
    const answer = await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(app, person) },
    });
    expect(answer.body.status).toBe('done');
    app.clock.advance(3600);
  };
  const logNames = (provider: string): void => {
    const lines = logged.map(String);
    expect(logged.length, lines.join()).toBeGreaterThan(0);
    expect(JSON.stringify(logged, withoutErrors)).toContain(`"provider":"${provider}"`);
  };
  const withoutErrors = (_key: string, value: unknown): unknown =>
    value instanceof Error ? value.name : value;

  it('whatever its challenge.make does: 503, nobody is in, the log names it, and another way lets in', async () => {
    await enrolBoth();
    for (const [name, failure] of Object.entries(failures)) {
      logged = [];
      alarms = [];
      const { browser, authenticator } = await halfWay();
      make = failure;
      const asked = await browser.post('/auth/challenges', { authenticator });
      expect({ name, status: asked.status, problem: asked.problem }).toEqual({ name, ...unavailable });
      expect(asked.text).not.toContain('marked');
      logNames('pager');
      expect(alarms).toEqual([
        expect.objectContaining({ provider: 'pager', code: 'ERR_PROVIDER_UNAVAILABLE' }),
      ]);
      expect((await auditTypes(database)).at(-1)).toBe('provider-unavailable');
      // An answer to what was never asked is wrong, whatever it is.
      const answer = await browser.post('/auth/ceremony', { authenticator, response: { code: '7' } });
      expect(['wrong-response', 'too-many-tries'], name).toContain(answer.problem);
      await isOut(browser);
      await anotherWayIn(browser);
    }
  });

  it('a challenge.make that never answers: 503 after ten seconds, and what comes later asks nobody', async () => {
    await enrolBoth();
    const { browser, authenticator } = await halfWay();
    let late: (made: unknown) => void = () => undefined;
    const called = new Promise<void>((resolve) => {
      make = () => {
        resolve();
        return new Promise((settle) => (late = settle));
      };
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const running = browser.post('/auth/challenges', { authenticator });
    await called;
    await vi.advanceTimersByTimeAsync(10_000);
    vi.useRealTimers();
    expect(await running).toMatchObject(unavailable);
    late({ data: { code: '7' }, view: {} });
    await new Promise(setImmediate);
    const answer = await browser.post('/auth/ceremony', { authenticator, response: { code: '7' } });
    expect(answer.problem).toBe('wrong-response');
    await isOut(browser);
    await anotherWayIn(browser);
  });

  it('whatever its begin does: 503, nothing is set up, the log names it, and others can be', async () => {
    for (const [name, failure] of Object.entries(failures)) {
      logged = [];
      begin = failure;
      const begun = await person.browser.post('/auth/enrolments', { provider: 'pager' });
      expect({ name, status: begun.status, problem: begun.problem }).toEqual({ name, ...unavailable });
      expect(begun.text).not.toContain('marked');
      logNames('pager');
    }
    expect(await database.query('select * from enrolments')).toEqual([]);
    await enrolTotp(app, person);
    const { authenticators } = (await person.browser.get<SecurityView>('/auth/security')).body;
    expect(authenticators.map(({ provider }) => provider.provider)).not.toContain('pager');
  });

  it('a begin that never answers: 503 after ten seconds', async () => {
    const called = new Promise<void>((resolve) => {
      begin = () => {
        resolve();
        return new Promise(() => undefined);
      };
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const running = person.browser.post('/auth/enrolments', { provider: 'pager' });
    await called;
    await vi.advanceTimersByTimeAsync(10_000);
    vi.useRealTimers();
    expect(await running).toMatchObject(unavailable);
    expect(await database.query('select * from enrolments')).toEqual([]);
  });

  it('whatever its send throws: "could not be sent", without a word of it, and another way lets in', async () => {
    await enrolBoth();
    const faults: readonly (() => Promise<void>)[] = [
      () => Promise.reject(new Error('marked 7 for +4520123456')),
      () => {
        throw new TypeError('marked 7');
      },
      // eslint-disable-next-line prefer-promise-reject-errors, typescript/prefer-promise-reject-errors -- as above
      () => Promise.reject(undefined),
      // eslint-disable-next-line prefer-promise-reject-errors, typescript/prefer-promise-reject-errors -- as above
      () => Promise.reject('marked 7'),
    ];
    for (const fault of faults) {
      logged = [];
      const { browser, authenticator } = await halfWay();
      send = fault;
      const asked = await browser.post('/auth/challenges', { authenticator });
      expect([asked.status, asked.problem]).toEqual([503, 'delivery-failed']);
      expect(asked.text).not.toContain('marked');
      logNames('pager');
      // I-28: what a sender throws may well quote the code.
      expect(JSON.stringify(logged, withoutErrors)).not.toMatch(/marked|4520123456/);
      await isOut(browser);
      // Nor is it waited for: it can be sent again at once.
      send = async () => undefined;
      expect((await browser.post<ChallengeView>('/auth/challenges', { authenticator })).status).toBe(200);
      await anotherWayIn(browser);
    }
  });

  it('a send that never ends is not waited for: after three seconds the code counts as on its way', async () => {
    await enrolBoth();
    const { browser, authenticator } = await halfWay();
    const called = new Promise<void>((resolve) => {
      send = () => {
        resolve();
        return new Promise(() => undefined);
      };
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const running = browser.post<ChallengeView>('/auth/challenges', { authenticator });
    await called;
    await vi.advanceTimersByTimeAsync(3_000);
    vi.useRealTimers();
    expect((await running).status).toBe(200);
    expect((await browser.post('/auth/ceremony', { authenticator, response: { code: '8' } })).problem).toBe(
      'wrong-response',
    );
    expect(
      (await browser.post('/auth/ceremony', { authenticator, response: { code: '7' } })).body.status,
    ).toBe('done');
  });
});
