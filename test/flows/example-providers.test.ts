import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { providerContract } from 'cofactor/testing';
import type {
  ChallengeView,
  ConfirmedView,
  EnrolmentView,
  SecurityView,
  StepView,
} from '../../packages/cofactor/src/http/contract.ts';
import {
  enrolTotp,
  onEachDatabase,
  register,
  signInWithCode,
  signInWithPassword,
  type Person,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import type { Answer, TestBrowser } from '../support/browser.ts';
import { createExampleApp } from '../support/example.ts';
import { hotpCode } from '../support/hotp.ts';
import { exampleSubjects } from '../support/subjects.ts';

const seeds = JSON.parse(readFileSync('examples/providers/hardware-token/tokens.json', 'utf8')) as Readonly<
  Record<string, { secret: string; counter?: number }>
>;

describe.each(exampleSubjects)('the contract of providers', (subject) => {
  for (const { name, run } of providerContract(subject))
    it(name, () => expect(run()).resolves.toBeUndefined());
});

it('hotpCode is that of RFC 4226, appendix D', () => {
  const key = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  expect([0, 1, 2, 9].map((counter) => hotpCode(key, counter))).toEqual([
    '755224',
    '287082',
    '359152',
    '520489',
  ]);
});

/** The offer of a provider in a ceremony that is under way. */
function offerOf(answer: Answer<StepView>, provider: string): string {
  if (answer.body?.status !== 'more-needed') throw new Error(`no second step: ${answer.text}`);
  const offer = answer.body.ceremony.offers.find((one) => one.provider.provider === provider);
  if (!offer) throw new Error(`${provider} is not offered`);
  return offer.authenticator;
}

const amrOf = async (browser: TestBrowser): Promise<readonly string[] | undefined> =>
  (await browser.context()).session?.amr;

onEachDatabase('U1 a hardware token, over an npm library', (fresh) => {
  const serial = 'HT-2204-0001';
  const key = seeds[serial]?.secret ?? '';
  const code = (counter: number): string => hotpCode(key, counter);
  let database: TestDatabase;
  let app: TestApp;
  let person: Person;
  /** Every answer that went to a browser. */
  let told = '';
  beforeEach(async () => {
    database = await fresh();
    app = await createExampleApp(database.open());
    told = '';
    app.app.addHook('onSend', async (_request, _reply, payload) => {
      told += String(payload);
      return payload;
    });
    person = await register(app);
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  const begin = (browser: TestBrowser, typed = serial): Promise<Answer<EnrolmentView>> =>
    browser.post('/auth/enrolments', { provider: 'hardware-token', input: { serial: typed } });
  const confirm = (browser: TestBrowser, enrolment: string, first: number, next = first + 1) =>
    browser.post<ConfirmedView>('/auth/enrolments/confirm', {
      enrolment,
      response: { code: code(first), next: code(next) },
    });
  /** Sets the token up with its first two codes. */
  const enrol = async (): Promise<Answer<ConfirmedView>> =>
    confirm(person.browser, (await begin(person.browser)).body.enrolment, 0);
  const halfWay = async (): Promise<{
    browser: TestBrowser;
    answer: (response: object) => Promise<Answer<StepView>>;
  }> => {
    const browser = app.browser();
    const authenticator = offerOf(await signInWithPassword(person, browser), 'hardware-token');
    return { browser, answer: (response) => browser.post('/auth/ceremony', { authenticator, response }) };
  };

  it('is set up by its serial number and two codes in a row, and signs in with the next one', async () => {
    const begun = await begin(person.browser, 'ht 2204-0001 ');
    expect(begun.body).toMatchObject({
      setup: { serial: 'HT22040001' },
      provider: {
        setupElement: '/auth/extensions/hardware-token/setup.js',
        input: { property: 'serial' },
      },
    });
    for (const [first, next] of [
      [0, 0],
      [1, 0],
      [0, 2],
      [1200, 1201],
    ] as const) {
      expect((await confirm(person.browser, begun.body.enrolment, first, next)).problem).toBe(
        'wrong-response',
      );
    }
    const confirmed = await confirm(person.browser, begun.body.enrolment, 3);
    expect(confirmed.body.authenticator).toMatchObject({
      name: 'HT22040001',
      provider: { provider: 'hardware-token' },
    });

    const { browser, answer } = await halfWay();
    // The codes of the set-up, and those before them, are gone (I-04).
    for (const used of [0, 3]) expect((await answer({ code: code(used) })).problem).toBe('wrong-response');
    expect((await answer({ code: code(4) })).problem).toBe('replayed-response');
    expect((await answer({ code: code(5) })).body).toEqual({ status: 'done', returnTo: '/' });
    expect(await amrOf(browser)).toEqual(['pwd', 'otp', 'mfa']);
  });

  it('tells no browser its seed, and no database in the clear', async () => {
    await enrol();
    const { answer } = await halfWay();
    await answer({ code: code(7) });
    await person.browser.get('/auth/security');
    expect(told).toContain('HT22040001');
    expect(told).not.toContain(key);
    const rows = [
      ...(await database.query('select * from authenticators')),
      ...(await database.query('select * from enrolments')),
      ...(await database.query('select * from audit')),
    ];
    expect(rows.length).toBeGreaterThan(2);
    expect(JSON.stringify(rows)).not.toContain(key);
  });

  it('says in its own words why a serial number is not taken', async () => {
    const unknown = await begin(person.browser, 'HT-0000-0000');
    expect([unknown.status, unknown.body]).toEqual([
      422,
      expect.objectContaining({ text: 'serial-unknown' }),
    ]);
    await enrol();
    const again = await begin(await signedIn(2));
    expect([again.status, again.body]).toEqual([422, expect.objectContaining({ text: 'serial-held' })]);
  });

  it('I-08 belongs to one person: nobody else can set it up', async () => {
    await enrol();
    const other = await register(app);
    const begun = await begin(other.browser);
    expect(begun.status).toBe(201);
    const taken = await confirm(other.browser, begun.body.enrolment, 5);
    expect([taken.status, taken.problem]).toEqual([409, 'already-enrolled']);
    const { authenticators } = (await other.browser.get<SecurityView>('/auth/security')).body;
    expect(authenticators.map(({ provider }) => provider.provider)).toEqual(['password']);
  });

  /** A browser that is signed in with the code at a counter. */
  async function signedIn(counter: number): Promise<TestBrowser> {
    const { browser, answer } = await halfWay();
    const given = await answer({ code: code(counter) });
    if (given.body?.status !== 'done') throw new Error(given.text);
    return browser;
  }

  it('looks ten presses ahead, and never back', async () => {
    await enrol();
    const { answer } = await halfWay();
    expect((await answer({ code: code(12) })).problem).toBe('wrong-response');
    expect((await answer({ code: code(11) })).body.status).toBe('done');
    const next = await halfWay();
    for (const older of [2, 10])
      expect((await next.answer({ code: code(older) })).problem).toBe('wrong-response');
    expect((await next.answer({ code: code(12) })).body.status).toBe('done');
  });

  it('is found again with two codes in a row when it ran away', async () => {
    await enrol();
    const { answer } = await halfWay();
    expect((await answer({ code: code(500) })).problem).toBe('wrong-response');
    // Not with the same one twice, nor with one of them, nor backwards.
    for (const [first, next] of [
      [500, 500],
      [500, 502],
      [501, 500],
    ] as const) {
      expect((await answer({ code: code(first), next: code(next) })).problem).toBe('wrong-response');
    }
    expect((await answer({ code: code(500), next: code(501) })).body.status).toBe('done');
    const later = await halfWay();
    expect((await later.answer({ code: code(501) })).problem).toBe('replayed-response');
    expect((await later.answer({ code: code(400), next: code(401) })).problem).toBe('wrong-response');
    expect((await later.answer({ code: code(502) })).body.status).toBe('done');
  });

  it('A-45 lets one of two in who answer with the same code at once', async () => {
    await enrol();
    const both = await Promise.all([halfWay(), halfWay()]);
    const answers = await Promise.all(both.map(({ answer }) => answer({ code: code(2) })));
    expect(answers.map(({ body }) => body.status).filter((status) => status === 'done')).toHaveLength(1);
  });

  it.each(['+00000', '00000', '0000000', '０００００００', '00000\n', 0, null, ['000000']])(
    'A-31 %j is no code',
    async (odd) => {
      await enrol();
      const { browser, answer } = await halfWay();
      for (const response of [{ code: odd }, { code: code(2), next: odd }, { code: code(2), extra: 1 }])
        expect(['malformed', 'wrong-response']).toContain((await answer(response)).problem);
      expect(await amrOf(browser)).toBeUndefined();
    },
  );
});

interface OpenView {
  readonly csrf: string;
  readonly place: string;
  readonly request: { readonly id: string; readonly browser: string; readonly address: string } | null;
}

onEachDatabase('U1 U9 an approval on another device', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let person: Person;
  /** Signed in with two factors, and set up to approve. */
  let phone: TestBrowser;
  let key: string;
  beforeEach(async () => {
    database = await fresh();
    app = await createExampleApp(database.open());
    person = await register(app);
    await enrolTotp(app, person);
    phone = await signInWithCode(app, person);
    key = await enrolApproval(phone);
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  async function enrolApproval(browser: TestBrowser, name = 'Phone'): Promise<string> {
    const begun = await browser.post<EnrolmentView>('/auth/enrolments', { provider: 'approval' });
    const made = String(begun.body.setup['key']);
    const confirmed = await browser.post<ConfirmedView>('/auth/enrolments/confirm', {
      enrolment: begun.body.enrolment,
      response: { key: made },
      name,
    });
    if (confirmed.status !== 201) throw new Error(confirmed.text);
    return made;
  }

  interface Laptop {
    readonly browser: TestBrowser;
    readonly number: string;
    readonly view: Readonly<Record<string, unknown>>;
    readonly answer: () => Promise<Answer<StepView>>;
  }

  /** Signs in with the password and asks for an approval. */
  async function ask(whose = person, browser = app.browser()): Promise<Laptop> {
    const authenticator = offerOf(await signInWithPassword(whose, browser), 'approval');
    return challenged(browser, authenticator);
  }

  async function challenged(browser: TestBrowser, authenticator: string): Promise<Laptop> {
    const asked = await browser.post<ChallengeView>(
      '/auth/challenges',
      { authenticator },
      { headers: { 'user-agent': 'Mozilla/5.0 (Windows NT 10.0) Firefox/140.0' } },
    );
    if (asked.status !== 200) throw new Error(asked.text);
    const { view } = asked.body;
    const response = { ticket: view['ticket'] };
    return {
      browser,
      view,
      number: String(view['number']),
      answer: () => browser.post('/auth/ceremony', { authenticator, response }),
    };
  }

  const open = async (browser = phone): Promise<OpenView> =>
    (await browser.get<OpenView>('/approvals/open')).body;

  /** Decides what is open, as the page does; some of it may be otherwise. */
  async function decide(
    decision: object,
    browser = phone,
    headers: Record<string, string> = {},
  ): Promise<Answer<{ outcome?: string }>> {
    const { csrf, request } = await open(browser);
    return browser.post(
      '/approvals/decision',
      { id: request?.id ?? 'A'.repeat(22), ...decision },
      { headers: { 'x-csrf-token': csrf, ...headers } },
    );
  }
  const approve = (number: string, browser = phone): Promise<Answer<{ outcome?: string }>> =>
    decide({ approve: true, number, key }, browser);

  it('waits for the other device, which sees who asks, and goes on with its yes', async () => {
    const laptop = await ask();
    expect(laptop.number).toMatch(/^[1-9][0-9]$/);
    for (let n = 0; n < 20; n += 1)
      expect((await laptop.answer()).body).toEqual({ status: 'pending', retryAfter: 2 });
    const seen = await open();
    expect(seen.request).toMatchObject({ browser: 'Firefox on Windows', address: '192.0.2.1' });
    // What is typed there is not told there.
    expect(JSON.stringify(seen)).not.toContain(`"${laptop.number}"`);
    expect((await approve(laptop.number)).body).toEqual({ outcome: 'approved' });
    expect((await laptop.answer()).body).toEqual({ status: 'done', returnTo: '/' });
    expect(await amrOf(laptop.browser)).toEqual(['pwd', 'oob', 'mfa']);
    expect((await open()).request).toBeNull();
  });

  it('I-04 a yes lets in once', async () => {
    const laptop = await ask();
    await approve(laptop.number);
    const [one, other] = await Promise.all([laptop.answer(), laptop.answer()]);
    expect([one, other].map(({ body }) => body.status).filter((status) => status === 'done')).toHaveLength(1);
    app.clock.advance(31);
    const second = await ask();
    expect((await second.answer()).body.status).toBe('pending');
    expect(
      (await decide({ approve: true, number: laptop.number === second.number ? '00' : laptop.number, key }))
        .body,
    ).toEqual({ outcome: 'denied' });
  });

  it('a no, and a wrong number, are wrong answers: counted, and the question is over', async () => {
    const laptop = await ask();
    expect((await decide({ approve: false })).body).toEqual({ outcome: 'denied' });
    const refused = await laptop.answer();
    expect([refused.problem, refused.body]).toEqual([
      'wrong-response',
      expect.objectContaining({ triesLeft: 4 }),
    ]);
    expect((await approve(laptop.number)).body).toEqual({ outcome: 'gone' });

    app.clock.advance(31);
    const next = await ask();
    const wrong = next.number === '42' ? '43' : '42';
    expect((await approve(wrong)).body).toEqual({ outcome: 'denied' });
    // Nor with the right number after it: there is one try.
    expect((await approve(next.number)).body).toEqual({ outcome: 'gone' });
    expect((await next.answer()).problem).toBe('wrong-response');
    expect(await amrOf(next.browser)).toBeUndefined();
  });

  it('runs out after two minutes', async () => {
    const laptop = await ask();
    app.clock.advance(121);
    expect((await open()).request).toBeNull();
    expect((await approve(laptop.number)).body).toEqual({ outcome: 'gone' });
    expect((await laptop.answer()).problem).toBe('wrong-response');
    const late = await ask();
    await approve(late.number);
    app.clock.advance(121);
    expect((await late.answer()).problem).toBe('wrong-response');
  });

  it('I-27 says yes only with the token and the origin of its own page', async () => {
    const laptop = await ask();
    const right = { approve: true, number: laptop.number, key };
    const stranger = await strangerSignedIn();
    const { csrf: foreign } = await open(stranger.browser);
    for (const headers of [
      { 'x-csrf-token': '' },
      { 'x-csrf-token': 'x' },
      { 'x-csrf-token': foreign },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: '' },
    ])
      expect((await decide(right, phone, headers)).status, JSON.stringify(headers)).toBe(403);
    expect((await laptop.answer()).body.status).toBe('pending');
    const page = await phone.page('/approvals');
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(page.text).not.toMatch(/<script(?![^>]+src=)|style=| on[a-z]+=/);
  });

  /** Somebody else, who approves for themselves. */
  async function strangerSignedIn(): Promise<{ browser: TestBrowser; person: Person; key: string }> {
    const stranger = await register(app);
    await enrolTotp(app, stranger);
    const browser = await signInWithCode(app, stranger);
    return { browser, person: stranger, key: await enrolApproval(browser) };
  }

  it('A-69 nobody else says yes: another person, a password alone, another browser, the one that asks', async () => {
    const stranger = await strangerSignedIn();
    const laptop = await ask();
    const id = (await open()).request?.id ?? '';
    const { csrf } = await open(stranger.browser);
    const foreign = await stranger.browser.post<{ outcome: string }>(
      '/approvals/decision',
      { id, approve: true, number: laptop.number, key: stranger.key },
      { headers: { 'x-csrf-token': csrf } },
    );
    expect([foreign.status, foreign.body.outcome]).toEqual([404, 'gone']);

    // Who knows the password and waits for a second factor has no session.
    expect((await laptop.browser.get('/approvals/open')).status).toBe(401);
    expect(
      (await laptop.browser.post('/approvals/decision', { id, approve: true, number: laptop.number, key }))
        .status,
    ).toBe(401);

    // Another browser of the same person, signed in with two factors, but not the one that was set up.
    const tablet = await signInWithCode(app, person);
    for (const wrong of [undefined, 'A'.repeat(43), stranger.key])
      expect(
        (await decide({ approve: true, number: laptop.number, ...(wrong && { key: wrong }) }, tablet)).body,
      ).toEqual({ outcome: 'other-device' });
    expect((await laptop.answer()).body.status).toBe('pending');
    expect((await decide({ approve: false }, tablet)).body).toEqual({ outcome: 'denied' });
  });

  it('at a step-up, not in the session that asks', async () => {
    app.clock.advance(1000);
    const started = await phone.post('/auth/step-up', { policy: 'Account' });
    const own = await challenged(phone, offerOf(started, 'approval'));
    expect((await approve(own.number)).body).toEqual({ outcome: 'same-session' });
    expect((await own.answer()).body.status).toBe('pending');
  });

  it('asks a person seldom: one question at a time, half a minute apart, ten in an hour at most', async () => {
    const first = await ask();
    // Asked again in the same sign-in: the number stays.
    const again = await challenged(
      first.browser,
      offerOf(await signInWithPassword(person, first.browser), 'approval'),
    );
    expect(again.view['again']).toBe(30);
    const second = await ask();
    expect(second.view).toEqual({ again: 30, ticket: expect.any(String) as string });
    expect((await second.answer()).problem).toBe('wrong-response');
    expect((await open()).request).not.toBeNull();

    app.clock.advance(31);
    const third = await ask();
    expect(third.number).toMatch(/^[1-9][0-9]$/);
    // The first one is over: its number says yes to nobody.
    expect((await first.answer()).status).toBeGreaterThanOrEqual(400);
    let asked = 2;
    const untilRefused = async (): Promise<void> => {
      for (; asked < 20; asked += 1) {
        app.clock.advance(31);
        expect((await ask()).number).toMatch(/^[1-9][0-9]$/);
      }
    };
    await expect(untilRefused()).rejects.toThrow('too-many-tries');
    expect(asked).toBeLessThanOrEqual(10);
    // Another factor is not in the way.
    expect(await amrOf(await signInWithCode(app, person))).toEqual(['pwd', 'otp', 'mfa']);
  });

  it('keeps the number through a reload of the page that shows it', async () => {
    const browser = app.browser();
    const authenticator = offerOf(await signInWithPassword(person, browser), 'approval');
    const one = await challenged(browser, authenticator);
    app.clock.advance(5);
    const other = await challenged(browser, authenticator);
    expect(other.view).toEqual(one.view);
    await approve(one.number);
    expect((await other.answer()).body.status).toBe('done');
  });

  it('never asks for who has the password wrong', async () => {
    for (let n = 0; n < 3; n += 1) await signInWithPassword(person, app.browser(), 'wrong');
    expect((await open()).request).toBeNull();
  });

  it('I-21 takes a ticket only in the sign-in that it was made for', async () => {
    const laptop = await ask();
    app.clock.advance(31);
    const other = await ask();
    await approve(other.number);
    const authenticator = offerOf(await signInWithPassword(person, laptop.browser), 'approval');
    const stolen = await laptop.browser.post('/auth/ceremony', {
      authenticator,
      response: { ticket: other.view['ticket'] },
    });
    expect(stolen.problem).toBe('wrong-response');
    expect((await other.answer()).body.status).toBe('done');
  });

  it('is set up only by the browser that keeps the key', async () => {
    const begun = await phone.post<EnrolmentView>('/auth/enrolments', { provider: 'approval' });
    const confirmed = await phone.post('/auth/enrolments/confirm', {
      enrolment: begun.body.enrolment,
      response: { key: 'A'.repeat(43) },
    });
    expect(confirmed.problem).toBe('wrong-response');
    expect(JSON.stringify(await database.query('select * from authenticators'))).not.toContain(key);
  });
});

describe('the examples', () => {
  const files = [
    'hardware-token/index.ts',
    'hardware-token/texts.ts',
    'approval/index.ts',
    'approval/texts.ts',
  ];

  it.each(files)('%s is made of the public interface alone', (file) => {
    const text = readFileSync(`examples/providers/${file}`, 'utf8');
    const imported = [
      ...text.matchAll(/^(?:import|export)(?<types> type)?[^;]*? from '(?<name>[^']+)';/gm),
    ].map(({ groups }) => `${groups?.['types'] ? 'types of ' : ''}${groups?.['name']}`);
    for (const one of imported) expect(one).toMatch(/^types of cofactor$|^otpauth$|^\.\/|^types of \.\//);
    expect(text).not.toMatch(/import\(|require\(|packages\/cofactor/);
  });

  it('nothing under packages/ knows of them', async () => {
    const { sourceFiles } = await import('../../tools/checks/source-files.ts');
    const knowing = sourceFiles().filter(({ code }) =>
      /['"`](hardware-token|approval)['"`]|'oob'/.test(code),
    );
    expect(knowing.map(({ name }) => name)).toEqual([]);
  });
});
