import { createCofactor, CofactorError, type Mail } from 'cofactor';
import { emailOtp } from 'cofactor/email-otp';
import { mailbox } from 'cofactor/mail';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { sqlite } from 'cofactor/sqlite';
import { totp } from 'cofactor/totp';
import { afterEach, beforeEach, expect, it, describe } from 'vitest';
import type { SecurityView } from '../../packages/cofactor/src/http/contract.ts';
import {
  codeOf,
  createApp,
  enrolTotp,
  onEachDatabase,
  register,
  signInWithCode,
  signInWithPassword,
  type Person,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import { plainHasher } from '../support/hasher.ts';
import { enrolAddress, type MailedApp } from '../support/mailed.ts';
import { TestMailer } from '../support/mails.ts';
import {
  createPasskeyApp,
  discover,
  personWithPasskey,
  signInWithPasskey,
} from '../support/passkey-flows.ts';

/** Ways round the front door that one part of the product could open for another. */

onEachDatabase('a mailbox', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let mail: TestMailer;
  const settled = (): Promise<void> => app.auth.engine.background.settled();
  beforeEach(async () => {
    database = await fresh();
    mail = new TestMailer();
    app = await createApp(database.open(), {
      mail,
      factors: [password({ hasher: plainHasher }), totp({ issuer: 'Test' }), emailOtp(), recoveryCodes()],
    });
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  /** Somebody whose codes go to the address that links go to as well. */
  const withMailbox = async (): Promise<Person> => {
    const ada = await register(app, 'ada@example.org');
    await settled();
    await ada.browser.post('/auth/email/confirm', { token: mail.tokenTo('ada@example.org') });
    const last = (): Mail => mail.mails.at(-1) as Mail;
    const mailed = { ...app, mail: { last } } as unknown as MailedApp;
    ada.authenticator = await enrolAddress(mailed, ada.browser, 'ada@example.org');
    await settled();
    return ada;
  };
  const forgot = async (): Promise<void> => {
    const browser = app.browser();
    await browser.context();
    await browser.post('/auth/forgot', { identifier: 'ada@example.org' });
    await settled();
  };

  it('I-15 that is the only second factor resets no password: it would prove both steps', async () => {
    await withMailbox();
    await forgot();
    expect(mail.to('ada@example.org')?.text).not.toContain('#rst_');
  });

  it('I-15 that has another spelling is the same mailbox', async () => {
    const ada = await register(app, 'ada@example.org');
    await settled();
    await ada.browser.post('/auth/email/confirm', { token: mail.tokenTo('ada@example.org') });
    const mailed = { ...app, mail: { last: () => mail.mails.at(-1) as Mail } } as unknown as MailedApp;
    await enrolAddress(mailed, ada.browser, 'ada+codes@example.org');
    await settled();
    await forgot();
    expect(mail.to('ada@example.org')?.text).not.toContain('#rst_');
  });

  it('I-15 that reset a password is no second factor any more, where there is another', async () => {
    const ada = await withMailbox();
    const { browser } = ada;
    const first = await signInWithPassword(ada, browser);
    if (first.body.status !== 'more-needed') throw new Error(first.text);
    await browser.post('/auth/challenges', { authenticator: ada.authenticator });
    const code = /\b\d{6}\b/.exec(mail.to('ada@example.org')?.text ?? '')?.[0];
    const done = await browser.post('/auth/ceremony', {
      authenticator: ada.authenticator,
      response: { code },
    });
    expect(done.body.status).toBe('done');
    await enrolTotp(app, ada);
    await forgot();
    const stranger = app.browser();
    await stranger.context();
    const token = mail.tokenTo('ada@example.org');
    const response = { password: 'a walk by the quiet river' };
    expect((await stranger.post('/auth/reset', { token, provider: 'password', response })).status).toBe(204);
    const second = await signInWithPassword({ ...ada, password: response.password }, stranger);
    if (second.body.status !== 'more-needed') throw new Error(second.text);
    const offered = second.body.ceremony.offers.map(({ provider }) => provider.provider);
    expect(offered).not.toContain('email-otp');
    expect(offered).toContain('totp');
  });

  it('A-109 that is confirmed belongs to its account: nobody takes it as a name, or keeps links from it', async () => {
    const ada = await register(app, 'ada');
    await ada.browser.post('/auth/email', { email: 'ada@example.org' });
    await settled();
    // Taken as a name while nobody had confirmed it.
    const eve = await register(app, 'ada@example.org');
    await settled();
    await ada.browser.post('/auth/email', { email: 'ada@example.org' });
    await settled();
    await ada.browser.post('/auth/email/confirm', { token: mail.tokenTo('ada@example.org') });
    await enrolTotp(app, eve);
    await forgot();
    expect(mail.to('ada@example.org')?.text).toContain('#rst_');
    const late = app.browser();
    await late.context();
    const taken = await late.post('/auth/register', {
      identifier: 'ADA@example.org',
      provider: 'password',
      response: { password: 'a walk by the quiet river' },
    });
    expect(taken.problem).toBe('identifier-taken');
  });

  it('I-17 that others were written to is not told to who asks for it', async () => {
    await withMailbox();
    for (let n = 0; n < 6; n += 1) await forgot();
    const eve = await register(app, 'eve');
    const known = await eve.browser.post('/auth/email', { email: 'ada@example.org' });
    const unknown = await eve.browser.post('/auth/email', { email: 'nobody@example.org' });
    expect([known.status, known.text]).toEqual([unknown.status, unknown.text]);
  });

  it('I-28 whatever a mailer or a listener throws, no code and no link is logged', async () => {
    const logged: string[] = [];
    const keep = (details: object): void => {
      logged.push(
        JSON.stringify(details, (_key, value: unknown) => (value instanceof Error ? value.message : value)),
      );
    };
    const loud = await createApp(database.open(), {
      log: { info: keep, warn: keep, error: keep },
      mail: { send: (one) => Promise.reject(new Error(`could not send ${one.text}`)) },
      factors: [
        password({ hasher: plainHasher }),
        totp({ issuer: 'Test' }),
        emailOtp({ send: 'event' }),
        recoveryCodes(),
      ],
    });
    loud.auth.on('two-factor-requested', ({ code }) => Promise.reject(new Error(`could not send ${code}`)));
    const ada = await register(loud, 'loud@example.org');
    const begun = await ada.browser.post('/auth/enrolments', {
      provider: 'email-otp',
      input: { address: 'loud@example.org' },
    });
    expect(begun.problem).toBe('delivery-failed');
    await loud.auth.engine.background.settled();
    expect(logged.length).toBeGreaterThan(1);
    expect(logged.join()).not.toMatch(/\b\d{6}\b|adr_|rst_|loud@example/);
    await loud.close();
  });
});

onEachDatabase('a passkey', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  beforeEach(async () => {
    database = await fresh();
    app = await createPasskeyApp(database.open());
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  it('A-115 signs nobody in where the application proves the first factor', async () => {
    const host = await createPasskeyApp(database.open(), { signInPage: '/login' });
    const browser = host.browser();
    const { first } = await browser.context();
    expect(first.filter(({ discover: can }) => can)).toEqual([]);
    expect((await browser.post('/auth/challenges', { provider: 'webauthn' })).status).toBe(400);
    await host.close();
  });

  it('I-13 whose id is known to somebody else is neither slowed down nor switched off by them', async () => {
    const person = await personWithPasskey(app);
    for (let n = 0; n < 25; n += 1) {
      const stranger = app.browser();
      await stranger.context();
      const answer = await discover(stranger, person.own.passkey, { flip: { part: 'signature', bit: 90 } });
      expect(answer.status).toBe(401);
    }
    const browser = app.browser();
    await browser.context();
    expect((await discover(browser, person.own.passkey)).body.status).toBe('done');
    expect(await signInWithPasskey(app, person)).toBeDefined();
  });

  it('I-05 that cannot be read now is not told to be gone', async () => {
    const person = await personWithPasskey(app);
    const signals = async () => (await person.browser.get<SecurityView>('/auth/security')).body.signals;
    expect(await signals()).toHaveLength(1);
    await database.query("update authenticators set data = 'v1.gone.AAAA.AAAA' where provider = 'webauthn'");
    expect(await signals()).toEqual([]);
  });
});

onEachDatabase('what is switched off', (fresh) => {
  it('I-14 still counts as what the account must keep', async () => {
    const database = await fresh();
    const app = await createApp(database.open(), { minimum: { acr: 'mfa' } });
    const ada = await register(app);
    await enrolTotp(app, ada);
    const browser = await signInWithCode(app, ada);
    await database.query("update authenticators set failures = 100 where provider = 'totp'");
    const removed = await browser.send('DELETE', '/auth/authenticators', { body: { id: ada.authenticator } });
    expect(removed.problem).toBe('last-authenticator');
    await app.close();
    await database.drop();
  });

  it('I-16 signing out everywhere forgets remembered browsers too', async () => {
    const database = await fresh();
    const app = await createApp(database.open(), { rememberDevices: true });
    const ada = await register(app);
    await enrolTotp(app, ada);
    const browser = app.browser();
    await signInWithPassword(ada, browser);
    await browser.post('/auth/ceremony', {
      authenticator: ada.authenticator,
      response: { code: codeOf(app, ada) },
      remember: true,
    });
    const user = await app.auth.users.find(ada.identifier);
    if (user) await app.auth.sessions.endAll(user);
    app.clock.advance(31);
    expect((await signInWithPassword(ada, browser)).body.status).toBe('more-needed');
    await app.close();
    await database.drop();
  });
});

describe('a mailbox for development', () => {
  it('I-29 is refused under a real name, whatever the environment is called', () => {
    const start = (): unknown =>
      createCofactor({
        database: sqlite(':memory:'),
        origin: 'https://app.example.com',
        environment: 'development',
        keys: [{ id: 'k', secret: Buffer.alloc(32, 1).toString('base64') }],
        factors: [password({ hasher: plainHasher })],
        mail: mailbox(),
      });
    expect(start).toThrow(CofactorError);
    expect(start).toThrow(/mailbox/);
  });
});
