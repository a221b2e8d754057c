import { inspect } from 'node:util';
import { openid } from 'cofactor/openid';
import { password } from 'cofactor/password';
import { totp } from 'cofactor/totp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EnrolmentView } from '../../packages/cofactor/src/http/contract.ts';
import {
  createApp,
  enrolTotp,
  onEachDatabase,
  register,
  signInWithPassword,
  type Person,
  type TestDatabase,
} from '../support/app.ts';
import type { Answer } from '../support/browser.ts';
import {
  answerAbroad,
  comeBack,
  createExternalApp,
  leave,
  leaveFor,
  link,
  optionsFor,
  redirectUris,
  security,
  signIn,
  visitor,
  who,
  type ExternalApp,
  type Visitor,
} from '../support/external.ts';
import { plainHasher } from '../support/hasher.ts';
import { TestMailer } from '../support/mails.ts';
import { createRealms } from '../support/realms.ts';
import { auditTypes, cookieNameOf, dump } from '../support/tables.ts';
import { clientSecret, Upstream, UpstreamBrowser, type Fault } from '../support/upstream.ts';

onEachDatabase('external identities', (fresh) => {
  let database: TestDatabase;
  const open: { close(): Promise<void> }[] = [];
  beforeEach(async () => {
    database = await fresh();
  });
  afterEach(async () => {
    for (const one of open.splice(0).toReversed()) await one.close();
    await database.drop();
  });

  async function site(
    options?: Parameters<typeof createExternalApp>[1],
    more?: Parameters<typeof createExternalApp>[2],
  ): Promise<ExternalApp> {
    const made = await createExternalApp(database.open(), options, more);
    open.push(made);
    return made;
  }

  /** Somebody with a password and an address, confirmed or not. */
  async function withAddress(
    at: ExternalApp,
    mail: TestMailer,
    address: string,
    confirm = true,
  ): Promise<Person> {
    const person = await register(at.app, address);
    await at.app.auth.engine.background.settled();
    if (confirm) await person.browser.post('/auth/email/confirm', { token: mail.tokenTo(address) });
    await at.app.auth.engine.background.settled();
    return person;
  }

  async function linked(at: ExternalApp, sub: string): Promise<Person & Visitor> {
    const person = { ...(await register(at.app)), there: new UpstreamBrowser() };
    at.upstream.person = sub;
    expect((await link(person)).status).toBe(201);
    return person;
  }

  const users = (): Promise<Record<string, unknown>[]> => database.query('select * from users order by id');

  // Tracks: CVE-2026-47164, CVE-2025-7365
  it('A-111 A-117 an address links nothing but where it is verified, by who is in charge of it', async () => {
    const mail = new TestMailer();
    const at = await site({ authoritativeFor: ['example.com'] }, { mail });
    await withAddress(at, mail, 'victim@example.com');
    await withAddress(at, mail, 'victim@other.example');
    const before = await database.query('select id, provider from authenticators order by id');
    const claims: readonly object[] = [
      { email: 'victim@example.com' },
      { email: 'victim@example.com', email_verified: false },
      { email: 'victim@example.com', email_verified: 'false' },
      { email: 'victim@example.com', email_verified: 'true' },
      { email: 'victim@example.com', email_verified: 1 },
      { email: 'victim@other.example', email_verified: true },
      { email: 'victim@sub.example.com', email_verified: true },
      { email: 'v\u0131ctim@example.com', email_verified: true },
      { email: 'victim@example.com,m@example.com', email_verified: true },
      { preferred_username: 'victim@example.com', email_verified: true },
      { preferred_username: 'victim@example.com', name: 'victim@example.com' },
    ];
    for (const [n, said] of claims.entries()) {
      at.upstream.person = `m-${n}`;
      at.upstream.people.set(`m-${n}`, said as Record<string, unknown>);
      const answer = await signIn(visitor(at));
      expect([said, answer.status, answer.problem]).toEqual([said, 403, 'not-linked']);
    }
    expect(await database.query('select id, provider from authenticators order by id')).toEqual(before);
    // The very same person, once it is said as it has to be.
    at.upstream.person = 'm-0';
    at.upstream.people.set('m-0', { email: 'victim@example.com', email_verified: true });
    expect((await signIn(visitor(at))).body.status).toBe('done');
  });

  it('A-111 an account with a second factor is never linked by address, nor does it get a double', async () => {
    const mail = new TestMailer();
    const at = await site({ authoritativeFor: ['example.com'], accounts: 'create' }, { mail });
    const victim = await withAddress(at, mail, 'victim@example.com');
    await enrolTotp(at.app, victim);
    at.upstream.people.set('ann', { email: 'victim@example.com', email_verified: true });
    const before = await users();
    const answer = await signIn(visitor(at));
    expect([answer.status, answer.problem]).toEqual([403, 'not-linked']);
    expect(await users()).toEqual(before);
    expect((await security({ ...victim, there: new UpstreamBrowser() })).authenticators).toHaveLength(3);
  });

  // Tracks: GHSA-qq9h, CVE-2026-53516
  it('A-109 who takes a name before its owner comes gets nothing of the owner', async () => {
    const mail = new TestMailer();
    const at = await site({ authoritativeFor: ['example.com'], accounts: 'create' }, { mail });
    // M registers V's address, and links an identity of M's own as well.
    const squatter = {
      ...(await withAddress(at, mail, 'victim@example.com', false)),
      there: new UpstreamBrowser(),
    };
    at.upstream.person = 'm';
    expect((await link(squatter)).status).toBe(201);
    const pending = await squatter.browser.post<EnrolmentView>('/auth/enrolments', { provider: 'totp' });

    at.upstream.person = 'v';
    at.upstream.people.set('v', {
      email: 'victim@example.com',
      email_verified: true,
      preferred_username: 'vic',
    });
    const victim = visitor(at);
    expect((await signIn(victim)).body.status).toBe('done');
    const user = (await who(victim)).user;
    expect(user).toBe('vic');
    // The address is V's, in V's account, and M's can never have it.
    const { email } = await security(victim);
    expect(email).toMatchObject({ address: 'victim@example.com', verified: true });
    await squatter.browser.post('/auth/email/confirmation');
    await at.app.auth.engine.background.settled();
    const claimed = await squatter.browser.post('/auth/email/confirm', {
      token: mail.tokenTo('victim@example.com'),
    });
    expect(claimed.problem).toBe('identifier-taken');
    // Neither M's password nor M's identity nor what M has begun leads to V.
    const again = visitor(at);
    at.upstream.person = 'm';
    await signIn(again);
    expect((await who(again)).user).toBe('victim@example.com');
    expect((await security(victim)).authenticators.map(({ provider }) => provider.provider)).toEqual([
      'acme-id',
    ]);
    expect(pending.status).toBe(201);
    expect(
      (
        await victim.browser.post('/auth/enrolments/confirm', {
          enrolment: pending.body.enrolment,
          response: { code: '000000' },
        })
      ).problem,
    ).toBe('enrolment-unknown');
  });

  it('A-109 a mailbox that nobody confirmed does not open an account that came from elsewhere', async () => {
    const mail = new TestMailer();
    const at = await site({ accounts: 'create' }, { mail });
    // The issuer says verified; we do not take its word for a mailbox at somebody else's.
    at.upstream.people.set('ann', { email: 'ann@other.example', email_verified: true });
    const ann = visitor(at);
    await signIn(ann);
    const browser = at.app.browser();
    await browser.context();
    await browser.post('/auth/forgot', { identifier: 'ann@other.example' });
    await at.app.auth.engine.background.settled();
    expect(mail.mails.map(({ text }) => text).join()).not.toContain('#rst_');
    // A password beside the identity changes nothing about that: it is not all that the account has.
    const person = {
      ...(await withAddress(at, mail, 'ben@other.example', false)),
      there: new UpstreamBrowser(),
    };
    at.upstream.person = 'ben';
    expect((await link(person)).status).toBe(201);
    await browser.post('/auth/forgot', { identifier: 'ben@other.example' });
    await at.app.auth.engine.background.settled();
    expect(mail.mails.map(({ text }) => text).join()).not.toContain('#rst_');
    // And no identity can be chosen anew with a link, whatever else can.
    const token = 'rst_' + 'A'.repeat(43);
    const chosen = await browser.post('/auth/reset', {
      token,
      provider: 'acme-id',
      response: { state: 'a', code: 'b' },
    });
    expect(chosen.status).toBe(400);
  });

  it('A-113 the same subject at another issuer is somebody else, and no response goes to the wrong one', async () => {
    const at = await site();
    const other = await Upstream.start({ clock: at.clock, redirectUris: redirectUris() });
    const app = await createApp(database.open(), {
      clock: at.clock,
      factors: [
        password({ hasher: plainHasher }),
        openid(optionsFor(at.upstream)),
        openid(optionsFor(other, { name: 'second', label: 'Second' })),
      ],
    });
    open.push(app, other);
    const victim = { ...(await register(app)), there: new UpstreamBrowser() };
    expect((await link(victim)).status).toBe(201);
    // The same subject `ann`, at the other issuer.
    expect((await signIn(visitor({ app }), { provider: 'second' })).problem).toBe('not-linked');

    // A code of the one at the page of the other, with and without telling whose it is.
    const { exchanges } = other;
    const mallory = visitor({ app });
    const back = await mallory.there.visit(await leave(mallory));
    for (const change of [
      (url: URL) => url,
      (url: URL) => (url.searchParams.set('iss', other.issuer), url),
      (url: URL) => (url.searchParams.delete('iss'), url),
    ]) {
      const person = visitor({ app });
      await leave(person, { provider: 'second' });
      const wrongPlace = change(new URL(back));
      wrongPlace.pathname = '/auth/external/second';
      const answer = await comeBack(person, wrongPlace);
      expect([answer.status, answer.problem]).toEqual([401, 'wrong-credentials']);
    }
    expect(other.exchanges, 'no code went to the wrong issuer').toBe(exchanges);
  });

  it('A-113 RFC 9207 an issuer that begins alike is another one', async () => {
    const at = await site({ accounts: 'create' });
    for (const iss of [
      `${at.upstream.issuer}.evil.example`,
      `${at.upstream.issuer}/`,
      'https://evil.example',
      '',
    ]) {
      const person = visitor(at);
      const back = await person.there.visit(await leave(person));
      back.searchParams.set('iss', iss);
      expect((await comeBack(person, back)).problem).toBe('wrong-credentials');
    }
    expect(await users()).toEqual([]);
  });

  it('A-153 a response is good in the browser that asked, for what it asked, once', async () => {
    const at = await site({ accounts: 'create' });
    const victim = visitor(at);
    const mallory = visitor(at);
    // Login CSRF: M's response in V's browser, which asked for nothing, or for something else.
    const theirs = await mallory.there.visit(await leave(mallory));
    expect((await comeBack(victim, theirs)).problem).toBe('wrong-credentials');
    await leave(victim);
    expect((await comeBack(victim, theirs)).problem).toBe('wrong-credentials');
    // Code injection: V's state, M's code.
    const own = await victim.there.visit(await leave(victim));
    const injected = new URL(own);
    injected.searchParams.set('code', theirs.searchParams.get('code') ?? '');
    expect((await comeBack(victim, injected)).problem).toBe('wrong-credentials');
    // That used V's request up: not even the right code helps now.
    expect((await comeBack(victim, own)).problem).toBe('wrong-credentials');
    expect(await users()).toEqual([]);

    const back = await victim.there.visit(await leave(victim));
    expect((await comeBack(victim, back)).body.status).toBe('done');
    const elsewhere = { ...victim, browser: victim.browser.fork({ withCookies: true }) };
    expect((await comeBack(elsewhere, back)).problem).toBe('wrong-credentials');
    // Too late, and as another tab has left it.
    const late = visitor(at);
    const first = await late.there.visit(await leave(late));
    const second = await late.there.visit(await leave(late));
    expect((await comeBack(late, first)).problem).toBe('wrong-credentials');
    expect((await comeBack(late, second)).problem).toBe('wrong-credentials');
    const third = await late.there.visit(await leave(late));
    at.clock.advance(601);
    expect((await comeBack(late, third)).problem).toBe('wrong-credentials');
  });

  it('A-153 twenty at once with one response: one session', async () => {
    const at = await site({ accounts: 'create' });
    const person = visitor(at);
    const back = await person.there.visit(await leave(person));
    await person.browser.context();
    const { searchParams } = back;
    const response = Object.fromEntries(
      ['state', 'code', 'iss'].map((name) => [name, searchParams.get(name)]),
    );
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => {
        const tab = person.browser.fork({ withCookies: true });
        return tab.post('/auth/sign-in', { provider: 'acme-id', response });
      }),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await database.query('select id from sessions')).toHaveLength(1);
    expect(await users()).toHaveLength(1);
  });

  it('a new identity that comes from several browsers at once gets one account', async () => {
    const at = await site({ accounts: 'create' });
    at.upstream.people.set('ann', { email: 'ann@example.com', email_verified: true });
    const tabs = Array.from({ length: 6 }, () => visitor(at));
    const backs = await Promise.all(tabs.map(async (tab) => tab.there.visit(await leave(tab))));
    const answers = await Promise.all(tabs.map((tab, n) => comeBack(tab, backs[n] as URL)));
    expect(answers.map(({ status, body }) => [status, body.status])).toEqual(tabs.map(() => [200, 'done']));
    expect(await users()).toHaveLength(1);
    for (const tab of tabs) expect((await who(tab)).user).toBe('ann@example.com');
  });

  // Tracks: CVE-2026-29000, CVE-2026-27962
  it('A-155 I-12 whatever is wrong with a token, and however the issuer is away: nobody gets in, and it is told', async () => {
    const at = await site({ accounts: 'create', timeout: 0.5 });
    const victim = await linked(at, 'ann');
    const alarms: string[] = [];
    at.app.auth.on('alarm', ({ provider }) => void alarms.push(provider));
    const before = await database.query('select failures, last_used_at from authenticators order by id');
    const faults: readonly Fault[] = [
      'audience',
      'authorized party',
      'issuer',
      'expired',
      'not yet',
      'unsigned',
      'other key',
      'client secret as key',
      'no id_token',
      'slow',
      'error',
      'not json',
    ];
    for (const fault of faults) {
      at.upstream.fault = fault;
      const person = visitor(at);
      const answer = await signIn(person);
      expect([fault, answer.status, answer.problem]).toEqual([fault, 503, 'provider-unavailable']);
      expect([fault, (await who(person)).user]).toEqual([fault, null]);
    }
    expect(alarms).toEqual(faults.map(() => 'acme-id'));
    expect(await auditTypes(database)).toContain('provider-unavailable');
    // A nonce that does not fit is what a code of somebody else's brings along: wrong, and nobody's outage.
    at.upstream.fault = 'nonce';
    expect((await signIn(visitor(at))).problem).toBe('wrong-credentials');
    at.upstream.fault = null;

    // The same in a step-up: an outage is not counted as a failure.
    at.clock.advance(600);
    const step = (await victim.browser.post('/auth/step-up', {})).body;
    const back = await victim.there.visit(await leaveFor(victim, step));
    at.upstream.fault = 'error';
    expect((await comeBack(victim, back)).problem).toBe('provider-unavailable');
    expect(await database.query('select failures, last_used_at from authenticators order by id')).toEqual(
      before,
    );
    at.upstream.fault = null;
    await at.upstream.close();
    const away = visitor(at);
    expect(await signIn(away).catch(() => null)).toBeNull();
    // Everybody else gets in as ever.
    expect((await signInWithPassword(victim, at.app.browser())).body.status).toBe('done');
  });

  it('I-12 an issuer that was never there is told where one wants to go to it', async () => {
    const at = await site();
    await at.upstream.close();
    const { browser } = visitor(at);
    await browser.context();
    const answer = await browser.post('/auth/challenges', { provider: 'acme-id' });
    expect([answer.status, answer.problem]).toEqual([503, 'provider-unavailable']);
    expect(cookieNameOf(browser, 'external')).toBe('');
  });

  // Tracks: GHSA-g9g6, CVE-2025-53942
  it('A-115 a disabled account stays shut, is not enabled again, and gets no double', async () => {
    const mail = new TestMailer();
    const at = await site({ accounts: 'create', authoritativeFor: ['example.com'] }, { mail });
    const ann = await linked(at, 'ann');
    const ben = await withAddress(at, mail, 'ben@example.com');
    await database.query('update users set disabled_at = 1');
    const before = await users();
    const refused = await signIn(visitor(at));
    expect([refused.status, refused.problem]).toEqual([401, 'wrong-credentials']);
    at.upstream.person = 'ben';
    at.upstream.people.set('ben', { email: ben.identifier, email_verified: true });
    expect((await signIn(visitor(at))).problem).toBe('not-linked');
    expect(await users()).toEqual(before);
    expect((await who(ann)).user).toBeNull();
  });

  it('A-115 an issuer that is taken out of the configuration opens nothing, and locks nobody out by mistake', async () => {
    const at = await site();
    const ann = await linked(at, 'ann');
    const other = await createApp(database.open(), { clock: at.clock });
    open.push(other);
    const browser = other.browser();
    await browser.context();
    for (const path of ['/auth/challenges', '/auth/sign-in']) {
      const response = path === '/auth/sign-in' ? { response: { state: 'discover.a', code: 'b' } } : {};
      expect((await browser.post(path, { provider: 'acme-id', ...response })).status).toBe(400);
    }
    expect((await browser.page('/auth/external/acme-id')).status).toBe(404);
    // What is left of it is shown, and the password is the last thing that opens the account.
    const later = { browser: other.browser(), there: ann.there };
    await signInWithPassword(ann, later.browser);
    const view = await security(later);
    const shown = view.authenticators.map(({ provider, removable }) => [provider.provider, removable]);
    expect(new Map(shown as [string, boolean][])).toEqual(
      new Map([
        ['password', false],
        ['acme-id', true],
      ]),
    );
  });

  it('A-115 nobody gets around the sign-in of an application that has its own', async () => {
    const at = await site({ accounts: 'create' }, { signInPage: '/login' });
    const { browser } = visitor(at);
    await browser.context();
    expect((await browser.post('/auth/challenges', { provider: 'acme-id' })).status).toBe(400);
    const { first } = await browser.context();
    expect(first.map(({ provider }) => provider)).not.toContain('acme-id');
  });

  it('I-14 I-18 linking needs a fresh proof, in this session, and takes nobody’s identity away', async () => {
    const at = await site();
    const victim = await linked(at, 'ann');
    const mallory = { ...(await register(at.app)), there: new UpstreamBrowser() };
    at.upstream.person = 'ann';
    const taken = await link(mallory);
    expect([taken.status, taken.problem]).toEqual([409, 'already-enrolled']);
    expect((await link(victim)).problem, 'not even twice with the same account').toBe('already-enrolled');

    at.upstream.person = 'm';
    at.clock.advance(301);
    expect((await mallory.browser.post('/auth/enrolments', { provider: 'acme-id' })).problem).toBe(
      'step-up-needed',
    );
    // Begun in time, and come back to too late.
    await signInWithPassword(mallory, mallory.browser);
    const begun = await mallory.browser.post<EnrolmentView>('/auth/enrolments', { provider: 'acme-id' });
    const back = await mallory.there.visit(String(begun.body.setup['url']));
    at.clock.advance(301);
    expect((await comeBack(mallory, back)).problem).toBe('step-up-needed');
    await signInWithPassword(mallory, mallory.browser);
    expect((await comeBack(mallory, back)).problem, 'of another session').toBe('enrolment-unknown');

    // M's response, and M's set-up, in V's browser: V's account is not linked with what is M's.
    const again = await mallory.browser.post<EnrolmentView>('/auth/enrolments', { provider: 'acme-id' });
    const planted = await mallory.there.visit(String(again.body.setup['url']));
    await signInWithPassword(victim, victim.browser);
    expect((await comeBack(victim, planted)).problem).toBe('enrolment-unknown');
    const cookie = cookieNameOf(mallory.browser, 'enrolment');
    victim.browser.cookies.set(cookie, mallory.browser.cookies.get(cookie) ?? '');
    expect((await comeBack(victim, planted)).problem).toBe('enrolment-unknown');
    await victim.browser.post<EnrolmentView>('/auth/enrolments', { provider: 'acme-id' });
    expect((await comeBack(victim, planted)).problem, 'a set-up of their own').toBe('wrong-response');
    const own = (await security(victim)).authenticators.filter(
      ({ provider }) => provider.provider === 'acme-id',
    );
    expect(own).toHaveLength(1);
  });

  it('A-09 the identity of somebody else confirms nothing, and counts as a wrong answer', async () => {
    const at = await site();
    const victim = await linked(at, 'ann');
    await linked(at, 'm');
    at.clock.advance(600);
    const step = (await victim.browser.post('/auth/step-up', {})).body;
    at.upstream.person = 'm';
    const mallory = { ...victim, there: new UpstreamBrowser() };
    const answer = await answerAbroad(mallory, step);
    expect([answer.status, answer.problem]).toEqual([401, 'wrong-response']);
    const [row] = await database.query(
      "select max(failures) as most from authenticators where provider = 'acme-id'",
    );
    expect(Number(row?.['most'])).toBe(1);
    expect((await victim.browser.get('/recent')).status).toBe(401);
    // And a response that belongs to a sign-in is none in a ceremony, nor the other way round.
    at.upstream.person = 'ann';
    const forSignIn = await victim.there.visit(await leave(victim));
    if (step.status !== 'more-needed') throw new Error(step.status);
    const { authenticator } = step.ceremony.offers.find(({ provider }) => provider.discover) ?? {};
    const query = forSignIn.searchParams;
    const response = { state: query.get('state'), code: query.get('code'), iss: query.get('iss') };
    expect((await victim.browser.post('/auth/ceremony', { authenticator, response })).problem).toBe(
      'wrong-response',
    );
    const forCeremony = (await victim.there.visit(await leaveFor(victim, step))).searchParams;
    const other = {
      state: forCeremony.get('state'),
      code: forCeremony.get('code'),
      iss: forCeremony.get('iss'),
    };
    const crossed = await victim.browser.post('/auth/sign-in', { provider: 'acme-id', response: other });
    expect(crossed.problem).toBe('wrong-credentials');
  });

  it('I-17 a name together with an external provider tells nothing of accounts', async () => {
    const at = await site();
    const ann = await linked(at, 'ann');
    const plain = await register(at.app);
    const answers: Answer[] = [];
    const { store } = at.app.auth.engine;
    const statements: number[] = [];
    for (const identifier of [ann.identifier, plain.identifier, 'nobody-at-all']) {
      const browser = at.app.browser();
      browser.ip = `192.0.2.${answers.length + 10}`;
      await browser.context();
      const before = store.statements;
      answers.push(
        await browser.post('/auth/sign-in', {
          identifier,
          provider: 'acme-id',
          response: { state: 'discover.a', code: 'b' },
        }),
      );
      statements.push(store.statements - before);
    }
    const [first] = answers;
    expect(first?.problem).toBe('wrong-credentials');
    for (const one of answers) expect([one.status, one.text]).toEqual([first?.status, first?.text]);
    expect(new Set(statements).size).toBe(1);
  });

  it('A-11 I-24 what is not in a response of the protocol is refused, and claims come from the issuer alone', async () => {
    const at = await site({ accounts: 'create' });
    const person = visitor(at);
    const back = await person.there.visit(await leave(person));
    await person.browser.context();
    const right = Object.fromEntries(
      ['state', 'code', 'iss'].map((name) => [name, back.searchParams.get(name)]),
    );
    const bodies: readonly object[] = [
      { ...right, sub: 'victim' },
      { ...right, id_token: 'a.b.c' },
      { ...right, acr: 'mfa', amr: ['mfa'] },
      { ...right, email: 'victim@example.com', email_verified: true },
      { ...right, code: [right['code']] },
      { ...right, code: 'a'.repeat(4097) },
      { ...right, state: '' },
      { code: right['code'] },
      { error: 'access_denied', state: right['state'] },
    ];
    for (const response of bodies) {
      const answer = await person.browser.post('/auth/sign-in', { provider: 'acme-id', response });
      expect([Object.keys(response), answer.status]).toEqual([Object.keys(response), 400]);
    }
    const more = { provider: 'acme-id', response: right, emailVerified: true };
    expect((await person.browser.post('/auth/sign-in', more)).status).toBe(400);
    // None of it used the request up.
    expect((await comeBack(person, back)).body.status).toBe('done');
  });

  it('realms side by side know the same person as two', async () => {
    const at = await site();
    const names = {
      factors: [
        password({ hasher: plainHasher }),
        totp({ issuer: 'Both' }),
        openid(optionsFor(at.upstream, { name: 'members', label: 'Acme ID', accounts: 'create' })),
      ],
    };
    const realms = await createRealms(database.open(), { ...names, clock: at.clock });
    open.push(realms);
    const ids: unknown[] = [];
    for (const base of ['/auth', '/members']) {
      const browser = realms.browser();
      const { body } = await browser.get<{ csrf: string }>(`${base}/context`);
      browser.csrf = body.csrf;
      const challenge = await browser.post<{ view: { url: string } }>(`${base}/challenges`, {
        provider: 'members',
      });
      const back = await new UpstreamBrowser().visit(challenge.body.view.url);
      expect(back.pathname).toBe(`${base}/external/members`);
      const response = Object.fromEntries(
        ['state', 'code', 'iss'].map((name) => [name, back.searchParams.get(name)]),
      );
      const done = await browser.post(`${base}/sign-in`, { provider: 'members', response });
      expect(done.body.status).toBe('done');
      ids.push(
        (await browser.get<{ session: { user: { id: string } } }>(`${base}/context`)).body.session.user.id,
      );
    }
    expect(new Set(ids).size).toBe(2);
    expect((await users()).map(({ realm }) => String(realm)).toSorted()).toEqual(['members', 'users']);
  });

  it('I-28 no code, verifier, token or secret is in a row, a log, an event or an answer', async () => {
    let written = '';
    const write = (details: object, message: string): void =>
      void (written += inspect([message, details], { depth: 8 }));
    const at = await site(
      { accounts: 'create', timeout: 0.5 },
      { log: { info: write, warn: write, error: write } },
    );
    for (const name of ['signed-in', 'user-created', 'authenticator-added', 'alarm'] as const) {
      at.app.auth.on(name, (event) => write(event, name));
    }
    const secrets: string[] = [clientSecret];
    const answers: string[] = [];
    for (const fault of [null, null, 'audience', 'error'] as const) {
      at.upstream.fault = fault;
      const person = visitor(at);
      const url = await leave(person);
      const back = await person.there.visit(url);
      secrets.push(...[back.searchParams.get('code'), new URL(url).searchParams.get('nonce')].map(String));
      answers.push((await comeBack(person, back)).text);
    }
    const everything = [...(await dump(database)), written, ...answers].join('\n');
    expect(secrets.length).toBe(9);
    for (const secret of secrets) expect(everything).not.toContain(secret);
    // The issuer and the subject are kept, and in no column that can be read.
    expect(everything).not.toMatch(/"subject"/);
    const [row] = await database.query('select data, handle from authenticators');
    expect(String(row?.['data'])).toMatch(/^v1\./);
    expect(String(row?.['handle'])).toMatch(/^[\w-]{43}$/);
  });
});
