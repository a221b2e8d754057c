import Fastify from 'fastify';
import { createCofactor, type CofactorError } from 'cofactor';
import { emailOtp } from 'cofactor/email-otp';
import { cofactor } from 'cofactor/fastify';
import { mailbox } from 'cofactor/mail';
import { password } from 'cofactor/password';
import { sqlite } from 'cofactor/sqlite';
import { webauthn } from 'cofactor/webauthn';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onEachAdapter, origin, type TestDatabase } from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import { oathtoolCode } from '../support/oathtool.ts';
import { createRealms, type TestRealms } from '../support/realms.ts';
import type { ContextView, EnrolmentView, SecurityView } from '../../packages/cofactor/src/http/contract.ts';

const identifier = 'ann@example.org';
const secretOf = { users: 'tulips on the desk at work', members: 'roses in the garden at home' } as const;
const baseOf = { users: '/auth', members: '/members' } as const;
type Name = keyof typeof baseOf;

onEachAdapter('U2 two kinds of account in one application', (fresh, through) => {
  let database: TestDatabase;
  let realms: TestRealms;
  beforeEach(async () => {
    database = await fresh();
    realms = await createRealms(database.open(), {}, {}, through);
  });
  afterEach(async () => {
    await realms.close();
    await database.drop();
  });

  const open = async (browser: TestBrowser, realm: Name): Promise<ContextView> => {
    const { body } = await browser.get<ContextView>(`${baseOf[realm]}/context`);
    browser.csrf = body.csrf;
    return body;
  };
  const first = async (browser: TestBrowser, realm: Name, how: 'register' | 'sign-in'): Promise<unknown> => {
    await open(browser, realm);
    const response = { password: secretOf[realm] };
    const answer = await browser.post(`${baseOf[realm]}/${how}`, {
      identifier,
      provider: 'password',
      response,
    });
    return answer.body;
  };
  const enrolTotp = async (browser: TestBrowser, realm: Name): Promise<string> => {
    await open(browser, realm);
    const begun = await browser.post<EnrolmentView>(`${baseOf[realm]}/enrolments`, { provider: 'totp' });
    const key = String(begun.body.setup['key']);
    const response = { code: oathtoolCode(key, realms.clock.now()) };
    const { enrolment } = begun.body;
    const done = await browser.post(`${baseOf[realm]}/enrolments/confirm`, { enrolment, response });
    expect(done.status).toBe(201);
    return key;
  };

  it('are two accounts under one address, each with its own password, factors and session', async () => {
    const browser = realms.browser();
    expect(await first(browser, 'users', 'register')).toMatchObject({ status: 'done' });
    expect((await browser.get('/who')).body).toEqual({ users: identifier, members: null });
    expect(await first(browser, 'members', 'register')).toMatchObject({ status: 'done' });
    // Signing in to one leaves the other as it was.
    expect((await browser.get('/who')).body).toEqual({ users: identifier, members: identifier });
    const [user, member] = [
      await realms.users.users.find(identifier),
      await realms.members.users.find(identifier),
    ];
    expect(user?.id).not.toBe(member?.id);

    await enrolTotp(browser, 'members');
    const asUser = realms.browser();
    expect(await first(asUser, 'users', 'sign-in')).toMatchObject({ status: 'done' });
    const asMember = realms.browser();
    expect(await first(asMember, 'members', 'sign-in')).toMatchObject({ status: 'more-needed' });
    // Signing out of one leaves the other.
    await open(browser, 'users');
    await browser.post('/auth/sign-out');
    expect((await browser.get('/who')).body).toEqual({ users: null, members: identifier });
  });

  it('have providers, policies and guards of their own', async () => {
    const browser = realms.browser();
    await first(browser, 'users', 'register');
    await first(browser, 'members', 'register');
    const addable = async (base: string): Promise<readonly string[]> =>
      (await browser.get<SecurityView>(`${base}/security`)).body.addable.map(({ provider }) => provider);
    expect(await addable('/auth')).toEqual(['totp']);
    expect(await addable('/members')).toEqual(['totp', 'email-otp']);
    expect((await browser.page('/admin')).headers['location']).toBe('/auth/security?return_to=%2Fadmin');
    expect((await browser.page('/club')).headers['location']).toBe('/members/security?return_to=%2Fclub');

    // Two factors of a member open what is the members', and nothing of the users'.
    const key = await enrolTotp(browser, 'members');
    realms.clock.advance(31);
    const answer = await browser.post('/members/step-up', { policy: 'Profile', returnTo: '/club' });
    if (answer.body.status !== 'more-needed') throw new Error(answer.text);
    const [offer] = answer.body.ceremony.offers;
    const response = { code: oathtoolCode(key, realms.clock.now()) };
    const done = await browser.post('/members/ceremony', { authenticator: offer?.authenticator, response });
    expect(done.body).toEqual({ status: 'done', returnTo: '/club' });
    expect((await browser.get('/club')).text).toBe('inside');
    expect((await browser.get('/admin')).problem).toBe('step-up-needed');
  });

  it('share a store that is closed once both are done with it, however often each is started and closed', async () => {
    await realms.users.start();
    await realms.users.close();
    // The other one is still at work.
    expect(await realms.members.users.find(identifier)).toBeNull();
    await realms.members.close();
    await expect(realms.members.users.find(identifier)).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_STORE_UNAVAILABLE' }),
    );
    await realms.members.close();
    await realms.users.close();
  });
});

describe('the decorators', () => {
  const auth = (realm: string, database = sqlite(':memory:')): ReturnType<typeof createCofactor> =>
    createCofactor({ database, realm, origin, factors: [password()] });
  const code = (wanted: string): CofactorError => expect.objectContaining({ code: wanted }) as CofactorError;

  it('refuse a realm that is not there: a guard when its route is defined, the others when they are asked', async () => {
    const app = Fastify();
    await app.register(cofactor, { auth: auth('users') });
    expect(() => app.requirePolicy('Admin', { realm: 'member' })).toThrow(code('ERR_REALM_UNKNOWN'));
    expect(() => app.requirePolicy('Admin')).toThrow(code('ERR_POLICY_UNKNOWN'));
    app.get('/', async (request, reply) => {
      const { ask } = request.query as { ask: string };
      if (ask === 'visitor') return request.visitor('member');
      if (ask === 'account') return request.account('member');
      return reply.signInFromHost({ subject: 'x', returnTo: '/' }, 'member');
    });
    for (const ask of ['visitor', 'account', 'host']) {
      const { code: thrown } = (await app.inject(`/?ask=${ask}`)).json<{ code: string }>();
      expect([ask, thrown]).toEqual([ask, 'ERR_REALM_UNKNOWN']);
    }
    await app.close();
  });

  it('refuse the same realm twice, and two realms in one place', async () => {
    const twice = Fastify();
    await twice.register(cofactor, { auth: auth('users') });
    await expect(async () =>
      twice.register(cofactor, { auth: auth('users'), base: '/other' }),
    ).rejects.toThrow(code('ERR_CONFIG_REALM'));
    const place = Fastify();
    await place.register(cofactor, { auth: auth('users') });
    await expect(async () => place.register(cofactor, { auth: auth('members') })).rejects.toThrow(
      code('ERR_CONFIG_BASE'),
    );
  });

  it('mean the realm that was registered first, and take over what the application proved for the one named', async () => {
    const app = Fastify();
    const database = sqlite(':memory:');
    await app.register(cofactor, { auth: auth('members', database), base: '/members' });
    await app.register(cofactor, { auth: auth('users', database) });
    app.get('/in', (request, reply) =>
      reply.signInFromHost({ subject: 'ann', returnTo: '/who' }, (request.query as { as?: string }).as),
    );
    const cookies = async (url: string): Promise<string> =>
      String((await app.inject(url)).headers['set-cookie']);
    expect(await cookies('/in')).toMatch(/^cofactor-members-session=/);
    expect(await cookies('/in?as=users')).toMatch(/^cofactor-users-session=/);
    await app.close();
  });
});

describe('what stands at the root of the site', () => {
  const base = { origin, factors: [password()] };

  it('is told once, by the first realm that has it', async () => {
    const database = sqlite(':memory:');
    const app = Fastify();
    const users = createCofactor({ ...base, database, factors: [password()] });
    const members = createCofactor({
      ...base,
      database,
      realm: 'members',
      factors: [password(), webauthn()],
    });
    await app.register(cofactor, { auth: users });
    await app.register(cofactor, { auth: members, base: '/members' });
    const change = await app.inject('/.well-known/change-password');
    expect([change.statusCode, change.headers.location]).toEqual([303, '/auth/security']);
    const endpoints = await app.inject('/.well-known/passkey-endpoints');
    expect([endpoints.statusCode, endpoints.headers['content-type']]).toEqual([
      200,
      'application/json; charset=utf-8',
    ]);
    expect(endpoints.json()).toEqual({
      enroll: `${origin}/members/security`,
      manage: `${origin}/members/security`,
    });
    expect(endpoints.headers['content-security-policy']).toContain("default-src 'none'");
    expect((await app.inject('/.well-known/webauthn')).json()).toEqual({ origins: [origin] });
    // Under development with no mailbox there is nothing to read.
    expect((await app.inject('/dev/mailbox')).statusCode).toBe(404);
    await app.close();
  });

  it('is not there where no provider has anything to say, or where the application speaks for itself', async () => {
    const app = Fastify();
    app.get('/.well-known/change-password', () => 'mine');
    await app.register(cofactor, { auth: createCofactor({ ...base, database: sqlite(':memory:') }) });
    expect((await app.inject('/.well-known/webauthn')).statusCode).toBe(404);
    expect((await app.inject('/.well-known/change-password')).payload).toBe('mine');
    await app.close();
    const silent = Fastify();
    const auth = createCofactor({ ...base, database: sqlite(':memory:'), factors: [password(), webauthn()] });
    await silent.register(cofactor, { auth, wellKnown: false });
    expect((await silent.inject('/.well-known/passkey-endpoints')).statusCode).toBe(404);
    await silent.close();
  });

  it('I-29 shows the mailbox of a development, with the mails of both realms', async () => {
    const mail = mailbox();
    const database = sqlite(':memory:');
    const factors = [password(), emailOtp()];
    const app = Fastify();
    await app.register(cofactor, { auth: createCofactor({ ...base, database, mail, factors }) });
    const members = createCofactor({ ...base, database, mail, factors, realm: 'members' });
    await app.register(cofactor, { auth: members, base: '/members' });
    await mail.send({ to: 'ann@example.org', subject: 'Your code', text: '123456', html: '<p>123456</p>' });
    const headers = { host: 'localhost:3000' };
    const page = await app.inject({ url: '/dev/mailbox', headers });
    expect([page.statusCode, page.payload.includes('Your code')]).toEqual([200, true]);
    const one = await app.inject({ url: '/dev/mailbox?mail=1&as=html', headers });
    expect(one.headers['content-security-policy']).toContain('sandbox');
    expect(one.headers['x-frame-options']).toBe('DENY');
    await app.close();
  });
});
