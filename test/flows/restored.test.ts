import type { FactorProvider } from 'cofactor';
import { afterRestore, type RestoredBackup } from 'cofactor/maintenance';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { totp } from 'cofactor/totp';
import { webauthn } from 'cofactor/webauthn';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EnrolmentView, SecurityView } from '../../packages/cofactor/src/http/contract.ts';
import {
  codeOf,
  enrolTotp,
  onEachDatabase,
  register,
  signInWithPassword,
  type Person,
  type TestDatabase,
} from '../support/app.ts';
import { backUp } from '../support/backup.ts';
import type { Answer, TestBrowser } from '../support/browser.ts';
import { TestClock } from '../support/clock.ts';
import { quickCode } from '../support/codes.ts';
import { plainHasher } from '../support/hasher.ts';
import { TestMailer } from '../support/mails.ts';
import { createOidcApp, redeem, type TestOidc } from '../support/oidc.ts';
import {
  codeFor,
  everyClient,
  everyClientList,
  introspect,
  offline,
  refresh,
  tokensFor,
} from '../support/oidc-flows.ts';
import { auditTypes, cookieOf } from '../support/tables.ts';

const device = 'cofactor-users-device';
const { shop, spa } = everyClient;

const { view, response, proves } = totp({ issuer: 'Test' });
/** Codes by number, each good once: where it stands is nothing that the time could tell. */
const numbered: FactorProvider<{ readonly word: string }, { readonly code: string }> = {
  name: 'numbered',
  usage: 'second',
  multiple: true,
  proves,
  response,
  view,
  begin: () => ({ data: { word: 'tulip' }, setup: {} }),
  confirm: (_context, data) => (data ? { ok: true, data, counter: 1 } : { ok: false, reason: 'wrong' }),
  verify: (_context, { data, counter }, { code }) =>
    code === `00000${counter + 1}` && data.word === 'tulip'
      ? { ok: true, counter: counter + 1 }
      : { ok: false, reason: 'wrong' },
};

onEachDatabase('a restored backup', (fresh) => {
  let database: TestDatabase;
  let test: TestOidc;
  let ada: Person;
  let bob: Person;
  let eve: Person;
  let old: {
    readonly session: TestBrowser;
    readonly pending: TestBrowser;
    readonly pendingStepUp: TestBrowser;
    readonly enrolment: string;
    readonly refreshToken: string | undefined;
    readonly accessToken: string | undefined;
    readonly code: Awaited<ReturnType<typeof codeFor>>;
    readonly resetToken: string;
    readonly remembered: TestBrowser;
  };
  let used: { readonly totp: string; readonly recovery: string; readonly numbered: string };
  let restored: RestoredBackup;
  const clock = new TestClock(new Date());
  const mail = new TestMailer();

  const start = (): Promise<TestOidc> =>
    createOidcApp(
      database.open(),
      { clients: everyClientList },
      {
        clock,
        mail,
        rememberDevices: true,
        keys: [{ id: 'test', secret: Buffer.alloc(32, 7).toString('base64') }],
        factors: [
          password({ hasher: plainHasher }),
          webauthn(),
          totp({ issuer: 'Test' }),
          numbered,
          recoveryCodes(),
        ],
      },
    );
  const answer = (browser: TestBrowser, authenticator: string, code: string): Promise<Answer> =>
    browser.post('/auth/ceremony', { authenticator, response: { code } });
  const pending = async (person: Person): Promise<TestBrowser> => {
    const browser = test.browser();
    const { body, text } = await signInWithPassword(person, browser);
    if (body?.status !== 'more-needed') throw new Error(text);
    return browser;
  };
  const signedIn = async (person: Person, remember = false): Promise<TestBrowser> => {
    const browser = await pending(person);
    const { status, text } = await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(test, person) },
      ...(remember && { remember }),
    });
    if (status !== 200) throw new Error(text);
    clock.advance(31);
    return browser;
  };
  /** The same cookies at the server of now. */
  const back = (browser: TestBrowser): TestBrowser => {
    const again = test.browser();
    for (const [name, value] of browser.cookies) again.cookies.set(name, value);
    again.csrf = browser.csrf;
    return again;
  };

  beforeAll(async () => {
    database = await fresh();
    test = await start();
    ada = await register(test, 'ada@example.org');
    await enrolTotp(test, ada);
    // Bob has nothing but a password, and has asked for a link.
    bob = await register(test, 'bob@example.org');
    // Eve's app does not go by the time.
    eve = await register(test, 'eve@example.org');
    const begun = await eve.browser.post<EnrolmentView>('/auth/enrolments', { provider: 'numbered' });
    await eve.browser.post('/auth/enrolments/confirm', {
      enrolment: begun.body.enrolment,
      response: { code: '000000' },
    });
    eve.authenticator = await authenticatorOf(eve, 'numbered');

    const session = await signedIn(ada);
    const tokens = await tokensFor(test, session, spa, offline);
    const forgot = test.browser();
    await forgot.context();
    await forgot.post('/auth/forgot', { identifier: bob.identifier });
    await test.auth.engine.background.settledWithin(5000);
    const remembered = await signedIn(ada, true);
    await remembered.post('/auth/sign-out');
    const stepUp = await signedIn(ada);
    await stepUp.post('/auth/step-up', { policy: 'FreshAdmin', returnTo: '/fresh-admin' });
    clock.advance(1000);
    await stepUp.post('/auth/step-up', { policy: 'FreshAdmin', returnTo: '/fresh-admin' });
    const fresher = await signedIn(ada);
    const enrolment = (await fresher.post<EnrolmentView>('/auth/enrolments', { provider: 'totp' })).body;
    old = {
      session: fresher,
      pending: await pending(ada),
      pendingStepUp: stepUp,
      enrolment: enrolment.enrolment,
      refreshToken: tokens.refresh_token,
      accessToken: tokens.access_token,
      code: await codeFor(fresher, shop),
      resetToken: mail.tokenTo(bob.identifier),
      remembered,
    };
    // That all of it is good when the backup is made is what makes the rest of this a test.
    const good = [(await fresher.get('/admin')).status, (await introspect(test, old.accessToken)).active];

    const restore = await backUp(database);
    used = {
      // Of an app whose clock is ahead: the next half minute is the newest that anybody can have used.
      totp: quickCode(ada.key, new Date(clock.now().getTime() + 30_000)),
      recovery: ada.recovery[0] ?? '',
      numbered: '000002',
    };
    for (const [person, authenticator, code] of [
      [ada, ada.authenticator, used.totp],
      [ada, ada.recoveryAuthenticator, used.recovery],
      [eve, eve.authenticator, used.numbered],
    ] as const) {
      good.push((await answer(await pending(person), authenticator, code)).status);
    }
    if (String(good) !== '200,true,200,200,200') throw new Error(`not good to begin with: ${String(good)}`);
    await test.close();
    await restore();
    test = await start();
  });
  afterAll(async () => {
    await test.close();
    await database.drop();
  });
  const authenticatorOf = async (person: Person, provider: string): Promise<string> => {
    const [row] = await database.query(
      'select a.id from authenticators as a join users as u on u.id = a.user_id where u.canonical = $1 and a.provider = $2',
      [person.identifier, provider],
    );
    return String(row?.['id']);
  };

  it('without being told of it, what was alive then is alive again: that is what it is for', async () => {
    const restore = await backUp(database);
    expect((await back(old.session).get('/admin')).status).toBe(200);
    expect((await answer(await pending(ada), ada.authenticator, used.totp)).status).toBe(200);
    await test.close();
    await restore();
    test = await start();
  });

  it('counts what it ends, and names who needs help', async () => {
    restored = await afterRestore(test.auth);
    expect(restored.users).toBe(3);
    expect(restored.sessions).toBeGreaterThan(3);
    expect(Object.keys(restored.closed)).toEqual(
      expect.arrayContaining(['ceremonies', 'enrolments', 'devices', 'reset_tokens', 'oidc_artifacts']),
    );
    const people = (list: RestoredBackup['disabled']): readonly string[] =>
      list.map(({ identifier }) => identifier).sort();
    expect(people(restored.withoutCodes)).toEqual([ada.identifier, eve.identifier]);
    expect(people(restored.disabled)).toEqual([eve.identifier]);
    expect(people(restored.lockedOut)).toEqual([eve.identifier]);
  });

  it('every older session, sign-in in progress, step-up, set-up and remembered browser is dead', async () => {
    const session = back(old.session);
    expect((await session.get('/who')).body).toMatchObject({ user: null });
    expect((await session.get('/admin')).status).toBe(401);
    const half = back(old.pending);
    const next = codeOf(test, ada);
    expect((await answer(half, ada.authenticator, next)).problem).toMatch(/^ceremony-/);
    expect(cookieOf(half, 'session')).toBe('');
    expect((await answer(back(old.pendingStepUp), ada.authenticator, next)).status).toBeGreaterThanOrEqual(
      400,
    );
    const confirmed = await session.post('/auth/enrolments/confirm', {
      enrolment: old.enrolment,
      response: { code: next },
    });
    expect(confirmed.problem).toBe('not-signed-in');
    const remembered = back(old.remembered);
    expect(remembered.cookies.has(device)).toBe(true);
    expect((await signInWithPassword(ada, remembered)).body.status).toBe('more-needed');
  });

  it('no link, code or token that was given out works', async () => {
    const browser = test.browser();
    await browser.context();
    const reset = await browser.post('/auth/reset', {
      token: old.resetToken,
      provider: 'password',
      response: { password: 'a whole new password' },
    });
    expect(reset.problem).toBe('token-unknown');
    expect((await redeem(test, old.code.request, old.code.code)).status).toBe(400);
    expect((await refresh(test, spa, old.refreshToken)).body).toMatchObject({ error: 'invalid_grant' });
    expect((await introspect(test, old.accessToken)).active).toBe(false);
  });

  it('no code that was used since works again; the next one of the app does', async () => {
    expect((await answer(await pending(ada), ada.authenticator, used.totp)).problem).toBe(
      'replayed-response',
    );
    for (const code of ada.recovery) {
      const again = await answer(await pending(ada), ada.recoveryAuthenticator, code);
      expect([code, again.problem]).toEqual([code, 'replayed-response']);
      clock.advance(4000);
    }
    // With nothing left that works there is no second step, and nobody gets in by less (I-12).
    const eves = test.browser();
    expect((await signInWithPassword(eve, eves)).problem).toBe('provider-unavailable');
    expect(cookieOf(eves, 'session')).toBe('');
    clock.advance(61);
    const browser = await signedIn(ada);
    const { authenticators } = (await browser.get<SecurityView>('/auth/security')).body;
    const codes = authenticators.find(({ provider }) => provider.provider === 'recovery-codes');
    expect(codes).toMatchObject({ remaining: 0 });
  });

  // It cannot be switched off as second factors are: whoever runs the server is told, and has to see to it.
  it('names those who begin their sign-in with what may have been used since', async () => {
    const first = (usage: string, failures: number): Promise<unknown> =>
      database.query("update authenticators set usage = $1, failures = $2 where provider = 'numbered'", [
        usage,
        failures,
      ]);
    await first('first', 0);
    const { unsure, disabled } = await afterRestore(test.auth);
    expect([unsure.map(({ identifier }) => identifier), disabled]).toEqual([[eve.identifier], []]);
    await first('second', 100);
  });

  it('is recorded, the record is whole, and once more does no harm', async () => {
    expect(await auditTypes(database)).toContain('backup-restored');
    expect(await test.auth.verifyAudit()).toBeNull();
    const again = await afterRestore(test.auth);
    expect(again).toMatchObject({ users: 3, withoutCodes: [] });
    clock.advance(61);
    await signedIn(ada);
  });
});
