import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { OidcClient } from 'cofactor/oidc-server';
import type {
  ContextView,
  InvitedView as InvitedAccount,
  SecurityView,
} from '../../packages/cofactor/src/http/contract.ts';
import type {
  InvitedView,
  IssuerList,
  LinkView,
  RuleView,
} from '../../packages/server/src/back-office/contract.ts';
import { freshPostgresDatabase, type TestDatabase } from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import { link as linkThere, signIn as signInThere } from '../support/external.ts';
import { startReceiver, type Receiver } from '../support/listening.ts';
import { answerCode, askForCode, beginEnrolment, confirmEnrolment } from '../support/mailed.ts';
import { describeWith } from '../support/needs.ts';
import { authorizationRequest, claimsOf, follow, redeem, type TestOidc } from '../support/oidc.ts';
import { startDevice } from '../support/oidc-device.ts';
import { leadsTo, offline, press, refresh, tokensFor, userinfo } from '../support/oidc-flows.ts';
import { formsOf } from '../support/page-forms.ts';
import { answerWith, enrolPasskey } from '../support/passkey-flows.ts';
import {
  clientsAt,
  codeAt,
  enrolAppAt,
  nodesPassword,
  ownerAt,
  passwordAt,
  personAt,
  registerAt,
  startServedNodes,
  visitorAt,
  type OwnerAt,
  type ServedNodes,
} from '../support/served-nodes.ts';
import { codeIn, startSmtp, type TestSmtp } from '../support/smtp.ts';
import { clientSecret, Upstream, UpstreamBrowser } from '../support/upstream.ts';

const api = '/admin/api/realms/users';
const reason = 'as the test says';

/** The flows that `nodes-flows.test.ts` has no room for, each request at the other node than the one before it. */
describeWith('PostgreSQL', 'more of two nodes behind a proxy that takes turns', () => {
  let database: TestDatabase;
  let smtp: TestSmtp;
  let heard: Receiver;
  let upstream: Upstream;
  let nodes: ServedNodes;
  let owner: OwnerAt;
  let test: TestOidc;
  let spa: OidcClient;
  const radio: OidcClient = {
    id: 'radio',
    name: 'Radio',
    redirectUris: [],
    deviceFlow: true,
    firstParty: true,
  };
  const partner: OidcClient = {
    id: 'partner',
    name: 'Partner',
    redirectUris: ['https://partner.example/callback'],
  };
  beforeAll(async () => {
    const clock = { now: () => new Date() };
    const redirectUris = ['http://localhost:3000/auth/external/acme-id'];
    [database, smtp, heard, upstream] = await Promise.all([
      freshPostgresDatabase(),
      startSmtp(),
      startReceiver(),
      Upstream.start({ clock, redirectUris }),
    ]);
    spa = {
      id: 'spa',
      name: 'Shop',
      redirectUris: ['https://shop.example/callback'],
      firstParty: true,
      scopes: ['openid', 'email', 'offline_access'],
      backchannelLogoutUri: `${heard.origin}/spa`,
    };
    nodes = await startServedNodes(database, {
      COFACTOR_CLIENTS: JSON.stringify([spa, radio, partner]),
      COFACTOR_FACTORS: 'password,totp,webauthn,recovery-codes,email-otp',
      COFACTOR_MAIL: `smtp://127.0.0.1:${smtp.port}`,
      COFACTOR_MAIL_FROM: 'noreply@acme.example',
      COFACTOR_MEMBERS: 'true',
      COFACTOR_MEMBERS_REGISTRATION: 'true',
      COFACTOR_REMEMBER_DEVICES: 'true',
    });
    owner = await ownerAt(nodes);
    test = clientsAt(nodes);
  });
  afterAll(async () => {
    await nodes?.stop();
    await Promise.all([smtp?.close(), heard?.close(), upstream?.close()]);
    await database?.drop();
  });
  beforeEach(() => void nodes.proxy.went.splice(0));

  /** Everything since the test began went to one node and then to the other. */
  const tookTurns = (): void => {
    const { went } = nodes.proxy;
    expect(went.length).toBeGreaterThan(3);
    expect(went.every((node, index) => index === 0 || node !== went[index - 1])).toBe(true);
  };
  const visitor = (): Promise<TestBrowser> => visitorAt(nodes);
  const isOpen = async (browser: TestBrowser): Promise<boolean> =>
    (await browser.get('/auth/security')).status === 200;
  const tokenIn = (link: string | null | undefined): string => link?.split('#')[1] ?? '';

  it('I-14 what is demanded: asked and put off, then due, and a first enrolment with a permit', async () => {
    const browser = await visitor();
    const { identifier } = await registerAt(browser);
    const account = await owner.account(identifier);
    const grouped = await owner.browser.send('PUT', `${account}/groups`, { body: { groups: ['clerks'] } });
    expect(grouped.status).toBe(204);
    const rule = {
      who: { groups: ['clerks'] },
      acr: 'mfa',
      from: new Date(Date.now() - 1000).toISOString(),
      graceDays: 7,
      note: '',
    };
    const saved = await owner.browser.post<RuleView>(`${api}/enforcement`, rule);
    expect(saved.status).toBe(201);

    // In the days of grace they are asked at each sign-in, and go on where they like.
    const required = '/auth/required?return_to=%2F';
    const signIn = async (): Promise<[TestBrowser, string]> => {
      const at = await visitor();
      const { body } = await passwordAt(at, identifier, nodesPassword, { returnTo: '/' });
      return [at, body.status === 'done' ? body.returnTo : body.status];
    };
    const [grace, asked] = await signIn();
    expect(asked).toBe(required);
    expect((await grace.page(required)).text).toContain('Not now');
    expect((await grace.page('/auth/security')).status).toBe(200);
    expect((await signIn())[1]).toBe(required);

    const due = await owner.browser.send('PUT', `${api}/enforcement/${saved.body.id}`, {
      body: { ...rule, graceDays: 0 },
    });
    expect(due.status).toBe(200);
    const [late, led] = await signIn();
    expect(led).toBe(required);
    const page = await late.page(required);
    expect(page.text).not.toContain('Not now');
    expect(formsOf(page.text).map(({ action }) => action)).toContain('/auth/sign-out');
    // A password alone sets nothing up, at neither of them.
    for (const provider of ['totp', 'webauthn']) {
      expect((await late.post('/auth/enrolments', { provider })).problem).toBe('permit-needed');
    }
    const permit = await owner.browser.post<LinkView>(`${account}/permit`, { by: 'link', reason });
    expect(permit.status).toBe(200);
    const token = tokenIn(permit.body.link);
    expect((await late.post('/auth/permit', { token })).status).toBe(200);
    expect((await grace.post('/auth/permit', { token })).status).not.toBe(200);
    const app = await enrolAppAt(late);
    const next = await visitor();
    expect((await passwordAt(next, identifier)).body.status).toBe('more-needed');
    expect((await codeAt(next, app)).body.status).toBe('done');
    expect((await next.page(required)).headers['location']).toBe('/');
    const removed = await owner.browser.send('DELETE', `${api}/enforcement/${saved.body.id}`, { body: {} });
    expect(removed.status).toBe(204);
    tookTurns();
  });

  it('accept an invitation, once', async () => {
    const made = await owner.browser.post<InvitedView>(`${api}/users`, { identifier: 'grace', by: 'link' });
    expect(made.status).toBe(201);
    const token = tokenIn(made.body.invitation.link);
    const browser = await visitor();
    const told = await browser.post<InvitedAccount>('/auth/invitation/account', { token });
    expect(told.body).toEqual({ identifier: 'grace' });
    const body = { token, provider: 'password', response: { password: nodesPassword } };
    expect((await browser.post('/auth/invitation', body)).body.status).toBe('done');
    const other = await visitor();
    for (const again of [1, 2]) {
      const answer = await other.post('/auth/invitation', body);
      expect([again, answer.problem]).toEqual([again, 'token-unknown']);
    }
    expect(await isOpen(browser)).toBe(true);
    expect((await passwordAt(other, 'grace')).body.status).toBe('done');
    tookTurns();
  });

  it('codes by mail: set up at one, asked for at the other, right once', async () => {
    const browser = await visitor();
    const { identifier } = await registerAt(browser);
    const address = 'codes@acme.example';
    /** The code of the next mail: it may arrive after the answer. */
    const mailed = async (count: number): Promise<string> => {
      const mails = () => smtp.mails.filter(({ to }) => to.includes(address));
      await expect.poll(() => mails().length, { timeout: 5000, interval: 10 }).toBe(count);
      return codeIn(smtp.last(address));
    };
    const begun = await beginEnrolment(browser, address);
    expect(begun.status).toBe(201);
    const confirmed = await confirmEnrolment(browser, begun.body.enrolment, await mailed(1));
    expect(confirmed.status).toBe(201);
    const { id } = confirmed.body.authenticator;
    const next = await visitor();
    expect((await passwordAt(next, identifier)).body.status).toBe('more-needed');
    expect((await askForCode(next, id)).status).toBe(200);
    // Asked again at the other node, it is on its way already: nothing more is sent.
    expect((await askForCode(next, id)).body.resendAfter).toBeLessThanOrEqual(60);
    const code = await mailed(2);
    expect((await answerCode(next, id, code)).body.status).toBe('done');
    const thief = await visitor();
    await passwordAt(thief, identifier);
    expect((await answerCode(thief, id, code)).status).toBe(401);
    tookTurns();
  });

  it('sign in at an issuer that the back office stored', async () => {
    const put = await owner.browser.send('PUT', `${api}/issuers/acme-id`, {
      body: {
        label: 'Acme ID',
        issuer: upstream.issuer,
        clientId: upstream.clientId,
        clientSecret,
      },
    });
    expect([put.status, put.text]).toEqual([200, expect.stringContaining('"inUse":true')]);
    // The other node takes it up within seconds: two answers in a row are those of both.
    const inUse = async (): Promise<boolean | undefined> => {
      const { body } = await owner.browser.get<IssuerList>(`${api}/issuers`);
      return body.issuers.find(({ name }) => name === 'acme-id')?.inUse;
    };
    await expect
      .poll(async () => [await inUse(), await inUse()], { timeout: 10_000, interval: 50 })
      .toEqual([true, true]);
    const browser = await visitor();
    const { identifier } = await registerAt(browser);
    const person = { browser, there: new UpstreamBrowser() };
    expect((await linkThere(person)).status).toBe(201);
    const next = await visitor();
    const abroad = { browser: next, there: new UpstreamBrowser() };
    expect((await signInThere(abroad)).body.status).toBe('done');
    expect((await next.get<SecurityView>('/auth/security')).body.user.identifier).toBe(identifier);
    tookTurns();
  });

  it('sign in a device that has no browser', async () => {
    const { browser } = await personAt(nodes);
    const device = await startDevice(test, radio);
    expect((await device.poll()).body.error).toBe('authorization_pending');
    const landing = await device.approve(browser);
    expect(landing.answer.status).toBe(200);
    const told = await device.poll();
    expect([told.status, told.body.error]).toEqual([200, undefined]);
    expect((await userinfo(test, told.body.access_token)).status).toBe(200);
    expect((await device.poll()).status).toBe(400);
    tookTurns();
  });

  it('renew tokens, hear of the sign-out, and lose them with the account', async () => {
    const { browser } = await personAt(nodes);
    const first = await tokensFor(test, browser, spa, offline);
    const second = await refresh(test, spa, first.refresh_token);
    expect(second.status).toBe(200);
    const third = await refresh(test, spa, second.body.refresh_token);
    expect(third.status).toBe(200);
    // One that was renewed is somebody else's by now: it takes the whole family along (RFC 9700, 4.14.2).
    expect((await refresh(test, spa, first.refresh_token)).status).toBe(400);
    expect((await refresh(test, spa, third.body.refresh_token)).status).toBe(400);

    const { browser: next, identifier } = await personAt(nodes);
    const bound = await tokensFor(test, next, spa);
    const other = await tokensFor(test, next, spa, offline);
    expect((await userinfo(test, bound.access_token)).status).toBe(200);
    expect((await next.post('/auth/sign-out')).status).toBe(204);
    const notice = claimsOf((await heard.next()).get('logout_token') ?? '');
    expect(notice).toMatchObject({ aud: 'spa', sub: claimsOf(other.id_token)['sub'] });
    const statuses = async (ask: () => Promise<{ readonly status: number }>): Promise<readonly number[]> => [
      (await ask()).status,
      (await ask()).status,
    ];
    expect(await statuses(() => userinfo(test, bound.access_token))).toEqual([401, 401]);
    // What goes on without its person outlives the sign-out, and does not outlive the account.
    const alive = await refresh(test, spa, other.refresh_token);
    expect(alive.status).toBe(200);
    const locked = await owner.browser.post(`${await owner.account(identifier)}/lock`, { reason });
    expect(locked.status).toBe(204);
    expect(await statuses(() => refresh(test, spa, alive.body.refresh_token))).toEqual([400, 400]);
    expect(await statuses(() => userinfo(test, alive.body.access_token))).toEqual([401, 401]);
    tookTurns();
  });

  it('agree to what an application asks for, and sign out there', async () => {
    const { browser } = await personAt(nodes);
    const request = authorizationRequest(partner, { scope: 'openid email' });
    const asked = await follow(browser, request.address);
    expect(asked.answer.text).toContain('Partner');
    const agreed = await press(browser, asked.answer, { choice: 'allow' });
    const landed = await follow(browser, leadsTo(agreed));
    const { status, body } = await redeem(test, request, landed.response?.get('code') ?? '');
    expect([status, claimsOf(body.id_token)['nonce']]).toEqual([200, request.nonce]);
    // Agreed once, it is not asked again, by either of them.
    for (const again of [1, 2]) {
      const { response } = await follow(
        browser,
        authorizationRequest(partner, { scope: 'openid email' }).address,
      );
      expect([again, response?.has('code')]).toEqual([again, true]);
    }
    const logout = await browser.page(`/oidc/logout?id_token_hint=${body.id_token ?? ''}`);
    expect((await press(browser, logout, { logout: 'yes' })).status).toBeLessThan(400);
    expect([await isOpen(browser), await isOpen(browser)]).toEqual([false, false]);
    expect((await userinfo(test, body.access_token)).status).toBe(401);
    tookTurns();
  });

  it('remember a browser, and forget it', async () => {
    const person = await personAt(nodes);
    const browser = await visitor();
    expect((await passwordAt(browser, person.identifier)).body.status).toBe('more-needed');
    expect((await codeAt(browser, person, { remember: true })).body.status).toBe('done');
    await browser.post('/auth/sign-out');
    await browser.context();
    expect((await passwordAt(browser, person.identifier)).body.status).toBe('done');
    expect((await passwordAt(await visitor(), person.identifier)).body.status).toBe('more-needed');
    const { devices } = (await browser.get<SecurityView>('/auth/security')).body;
    expect(devices).toMatchObject([{ current: true }]);
    const copy = browser.fork({ withCookies: true });
    expect((await browser.send('DELETE', '/auth/devices', { body: { id: devices[0]?.id } })).status).toBe(
      204,
    );
    for (const at of [browser, copy]) {
      await at.context();
      expect((await passwordAt(at, person.identifier)).body.status).toBe('more-needed');
    }
    tookTurns();
  });

  it('look after one’s account: sessions, a name, the address, the password, an app', async () => {
    const person = await personAt(nodes);
    const signIn = async (): Promise<TestBrowser> => {
      const at = await visitor();
      await passwordAt(at, person.identifier);
      const code = person.recovery.codes[used++];
      const done = await at.post('/auth/ceremony', {
        authenticator: person.recovery.authenticator,
        response: { code },
      });
      expect(done.body.status).toBe('done');
      return at;
    };
    let used = 0;
    const [own, other, third] = [await signIn(), await signIn(), await signIn()];
    const { sessions, authenticators } = (await third.get<SecurityView>('/auth/security')).body;
    expect(sessions).toHaveLength(4);
    const id = sessions.find(({ current }) => current)?.id;
    expect((await own.send('DELETE', '/auth/sessions', { body: { id } })).status).toBe(204);
    expect([await isOpen(third), await isOpen(third), await isOpen(other)]).toEqual([false, false, true]);
    expect((await own.send('DELETE', '/auth/sessions/others')).status).toBe(204);
    for (const at of [other, other, person.browser]) expect(await isOpen(at)).toBe(false);

    const rename = { id: person.authenticator, name: 'Old phone' };
    expect((await own.send('PATCH', '/auth/authenticators', { body: rename })).status).toBe(204);
    const email = 'moved@acme.example';
    expect((await own.post('/auth/email', { email })).status).toBe(202);
    const find = (): string | undefined =>
      /#(adr_[\w-]{43})/.exec(smtp.mails.findLast(({ to }) => to.includes(email))?.text ?? '')?.[1];
    await expect.poll(find, { timeout: 5000, interval: 10 }).toBeDefined();
    expect((await own.post('/auth/email/confirm', { token: find() })).status).toBe(204);
    const change = {
      id: authenticators.find(({ provider }) => provider.provider === 'password')?.id,
      current: { password: nodesPassword },
      response: { password: 'another word about snow and bread' },
    };
    expect((await own.send('PUT', '/auth/authenticators', { body: change })).status).toBe(204);
    const seen = (await own.get<SecurityView>('/auth/security')).body;
    expect(seen.email).toMatchObject({ address: email, verified: true });
    expect(seen.authenticators.find((one) => one.id === person.authenticator)?.name).toBe('Old phone');
    const remove = { body: { id: person.authenticator } };
    expect((await own.send('DELETE', '/auth/authenticators', remove)).status).toBe(204);
    const next = await visitor();
    for (const again of [1, 2]) {
      const refused = await passwordAt(next, person.identifier);
      expect([again, refused.problem]).toEqual([again, 'wrong-credentials']);
    }
    expect((await passwordAt(next, person.identifier, change.response.password)).body.status).toBe('done');
    tookTurns();
  });

  it('members have a realm of their own', async () => {
    const { identifier } = await registerAt(await visitor());
    const browser = nodes.browser();
    const open = async (at: TestBrowser): Promise<ContextView> => {
      const { body } = await at.get<ContextView>('/members/context');
      at.csrf = body.csrf;
      return body;
    };
    const step = { identifier, provider: 'password', response: { password: nodesPassword } };
    await open(browser);
    // The account of a user is none of a member, until somebody takes the same name there.
    expect((await browser.post('/members/sign-in', step)).problem).toBe('wrong-credentials');
    expect((await browser.post('/members/register', step)).body.status).toBe('done');
    const app = await enrolAppAt(browser, '/members');
    const next = nodes.browser();
    await open(next);
    expect((await next.post('/members/sign-in', step)).body.status).toBe('more-needed');
    // Their second step is not that of a user who goes by the same name.
    expect((await codeAt(next, app)).status).not.toBe(200);
    const done = await codeAt(next, app, {}, '/members');
    expect(done.body.status).toBe('done');
    expect((await next.get('/members/security')).status).toBe(200);
    expect((await next.get('/auth/security')).status).toBe(401);
    expect((await passwordAt(await visitor(), identifier)).body.status).toBe('done');
    tookTurns();
  });

  it('delete one’s account, with all that was open', async () => {
    const { identifier, browser, ...app } = await personAt(nodes);
    const elsewhere = await visitor();
    await passwordAt(elsewhere, identifier);
    expect((await codeAt(elsewhere, app)).body.status).toBe('done');
    const remove = (name: string) =>
      elsewhere.send('DELETE', '/auth/account', { body: { identifier: name } });
    expect((await remove('somebody else')).status).toBeGreaterThanOrEqual(400);
    expect(await isOpen(elsewhere)).toBe(true);
    const copy = elsewhere.fork({ withCookies: true });
    expect((await remove(identifier)).status).toBe(204);
    for (const at of [copy, copy, browser, browser]) expect(await isOpen(at)).toBe(false);
    const again = await visitor();
    expect((await passwordAt(again, identifier)).problem).toBe('wrong-credentials');
    expect((await registerAt(again, identifier)).status).toBe(200);
    tookTurns();
  });

  it('confirm a change in the back office by itself: somebody’s factors are reset, and all is over', async () => {
    const person = await personAt(nodes);
    const signedIn = await visitor();
    await passwordAt(signedIn, person.identifier);
    expect((await codeAt(signedIn, person)).body.status).toBe('done');
    // Somebody in charge who came with a code, and has a passkey.
    const clerk = await personAt(nodes);
    const stronger = await visitor();
    await passwordAt(stronger, clerk.identifier);
    await stronger.post('/auth/ceremony', {
      authenticator: clerk.recovery.authenticator,
      response: { code: clerk.recovery.codes[0] },
    });
    const passkey = await enrolPasskey(stronger);
    const roles = { roles: ['administrator'], reason };
    const given = await owner.browser.send('PUT', `${await owner.account(clerk.identifier)}/roles`, {
      body: roles,
    });
    expect(given.status).toBe(204);
    const office = await visitor();
    await passwordAt(office, clerk.identifier);
    expect((await codeAt(office, clerk)).body.status).toBe('done');
    const account = await owner.account(person.identifier);
    expect((await office.get(account)).status).toBe(200);
    const reset = () => office.post(`${account}/reset-mfa`, { reason });
    for (const again of [1, 2]) expect([again, (await reset()).problem]).toEqual([again, 'step-up-needed']);
    expect(await isOpen(signedIn)).toBe(true);
    const step = await office.post('/auth/step-up', { returnTo: '/admin/' });
    expect(step.body.status).toBe('more-needed');
    expect((await answerWith(office, passkey)).body.status).toBe('done');
    expect((await reset()).status).toBe(204);
    for (const at of [signedIn, signedIn, person.browser]) expect(await isOpen(at)).toBe(false);
    const anew = await visitor();
    expect((await passwordAt(anew, person.identifier)).body.status).toBe('done');
    tookTurns();
  });
});
