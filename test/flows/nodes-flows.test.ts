import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type {
  ConfirmedView,
  EnrolmentView,
  SecurityView,
} from '../../packages/cofactor/src/http/contract.ts';
import type { BackOfficeContext, UserList } from '../../packages/server/src/back-office/contract.ts';
import { freshPostgresDatabase, type TestDatabase } from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import { quickCode } from '../support/codes.ts';
import { describeWith } from '../support/needs.ts';
import { authorizationRequest, claimsOf, follow, type Tokens } from '../support/oidc.ts';
import { answerWith, discover, enrolPasskey } from '../support/passkey-flows.ts';
import {
  nextCode,
  nodesPassword,
  passwordAt,
  personAt,
  registerAt,
  startServedNodes,
  visitorAt,
  type PersonAt,
  type ServedNodes,
} from '../support/served-nodes.ts';
import { formBody } from '../support/serve.ts';
import { startSmtp, type TestSmtp } from '../support/smtp.ts';

const spa = { id: 'spa', name: 'Shop', redirectUris: ['https://shop.example/callback'], firstParty: true };

/** Every request goes to the other node than the one before it, so nothing may be kept in one of them. */
describeWith('PostgreSQL', 'two nodes of the server behind a proxy that takes turns', () => {
  let database: TestDatabase;
  let smtp: TestSmtp;
  let nodes: ServedNodes;
  beforeAll(async () => {
    [database, smtp] = await Promise.all([freshPostgresDatabase(), startSmtp()]);
    nodes = await startServedNodes(database, {
      COFACTOR_CLIENTS: JSON.stringify([spa]),
      COFACTOR_MAIL: `smtp://127.0.0.1:${smtp.port}`,
      COFACTOR_MAIL_FROM: 'noreply@acme.example',
    });
  });
  afterAll(async () => {
    await nodes?.stop();
    await smtp?.close();
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
  const withApp = (): Promise<PersonAt> => personAt(nodes);

  it('set up an authenticator app, and sign in with it', async () => {
    const person = await withApp();
    const browser = await visitor();
    expect((await passwordAt(browser, person.identifier)).body.status).toBe('more-needed');
    const code = nextCode(person.key);
    const done = await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code },
    });
    expect(done.body.status).toBe('done');
    // The back office is open to it, and says itself who is not in charge.
    expect((await browser.page('/admin/')).status).not.toBe(303);
    // The same code, at the other node.
    const thief = await visitor();
    await passwordAt(thief, person.identifier);
    const again = await thief.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code },
    });
    expect(again.problem).toBe('replayed-response');
    tookTurns();
  });

  it('confirm in a session, with the app and with a recovery code', async () => {
    const { browser, key, authenticator, recovery } = await withApp();
    expect(String((await browser.page('/admin/')).headers['location'])).toContain('/auth/step-up');
    const asked = await browser.post('/auth/step-up', { policy: 'Back office', returnTo: '/admin/' });
    expect(asked.body.status).toBe('more-needed');
    const wrong = await browser.post('/auth/ceremony', { authenticator, response: { code: '000000' } });
    expect(wrong.problem).toBe('wrong-response');
    const right = await browser.post('/auth/ceremony', { authenticator, response: { code: nextCode(key) } });
    expect(right.body.status).toBe('done');
    expect((await browser.page('/admin/')).status).not.toBe(303);

    const other = await visitor();
    await passwordAt(other, (await browser.get<SecurityView>('/auth/security')).body.user.identifier);
    const spent = await other.post('/auth/ceremony', {
      authenticator: recovery.authenticator,
      response: { code: recovery.codes[0] },
    });
    expect(spent.body.status).toBe('done');
    tookTurns();
  });

  it('set up a passkey, and sign in with it alone and after a password', async () => {
    const browser = await visitor();
    const { identifier } = await registerAt(browser);
    const own = await enrolPasskey(browser);
    const alone = await visitor();
    expect((await discover(alone, own.passkey)).body.status).toBe('done');
    const second = await visitor();
    expect((await passwordAt(second, identifier)).body.status).toBe('more-needed');
    expect((await answerWith(second, own)).body.status).toBe('done');
    tookTurns();
  });

  it('confirm an address, and replace a forgotten password by mail', async () => {
    const browser = await visitor();
    const address = 'ada@acme.example';
    await registerAt(browser, address);
    const arrived = async (kind: 'adr' | 'rst'): Promise<string> => {
      const link = new RegExp(`#(${kind}_[A-Za-z0-9_-]{43})`);
      const find = (): string | undefined =>
        smtp.mails.map(({ text }) => link.exec(text)?.[1]).find((token) => token !== undefined);
      await expect.poll(find, { timeout: 5000, interval: 10 }).toBeDefined();
      return find() ?? '';
    };
    expect((await browser.post('/auth/email/confirm', { token: await arrived('adr') })).status).toBe(204);
    const forgetful = await visitor();
    expect((await forgetful.post('/auth/forgot', { identifier: address })).status).toBe(202);
    const token = await arrived('rst');
    const password = 'another word about snow and bread';
    const response = { password };
    const reset = await forgetful.post('/auth/reset', { token, provider: 'password', response });
    expect(reset.status).toBe(204);
    expect((await forgetful.post('/auth/reset', { token, provider: 'password', response })).status).toBe(404);
    // What was open is closed on both of them, and the old password opens neither.
    expect((await browser.get('/auth/security')).status).toBe(401);
    expect((await browser.get('/auth/security')).status).toBe(401);
    expect((await passwordAt(forgetful, address)).problem).toBe('wrong-credentials');
    expect((await passwordAt(forgetful, address, password)).body.status).toBe('done');
    tookTurns();
  });

  it('sign in at an application by OpenID Connect, with PKCE', async () => {
    const person = await withApp();
    const browser = await visitor();
    const request = authorizationRequest({ ...spa }, { acr_values: 'mfa' });
    const first = await follow(browser, request.address);
    expect(first.url).toMatch(/^\/auth\/sign-in\?/);
    const returnTo = new URLSearchParams(first.url.split('?')[1]).get('return_to') ?? '';
    await browser.context();
    const stepped = await browser.post('/auth/sign-in', {
      identifier: person.identifier,
      provider: 'password',
      response: { password: nodesPassword },
      returnTo,
    });
    expect(stepped.body.status).toBe('more-needed');
    const code = nextCode(person.key);
    await browser.post('/auth/ceremony', { authenticator: person.authenticator, response: { code } });
    const landed = await follow(browser, returnTo);
    expect(landed.response?.get('error')).toBeNull();
    const redeem = async (): Promise<{ readonly status: number; readonly body: Tokens }> => {
      const answer = await fetch(`${nodes.proxy.url}/oidc/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code: landed.response?.get('code') ?? '',
          code_verifier: request.verifier,
          redirect_uri: spa.redirectUris[0] ?? '',
          client_id: spa.id,
        }),
      });
      return { status: answer.status, body: (await answer.json()) as Tokens };
    };
    const { body } = await redeem();
    expect(claimsOf(body.id_token)).toMatchObject({ acr: 'mfa', nonce: request.nonce });
    const told = await fetch(`${nodes.proxy.url}/oidc/userinfo`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    });
    expect(told.status).toBe(200);
    // Used at one, a code is used at the other, and takes what came of it along (RFC 6749, 10.5).
    expect((await redeem()).status).toBe(400);
    tookTurns();
  });

  it('make an owner, who opens the back office and locks somebody out', async () => {
    const somebody = await visitor();
    const { identifier: name } = await registerAt(somebody);
    const owner = await visitor();
    const tokens = nodes.servers.flatMap(
      (server) => /#(sut_[A-Za-z0-9_-]{43})/.exec(server.output())?.[1] ?? [],
    );
    expect(tokens).toHaveLength(2);
    const made: number[] = [];
    for (const token of tokens) {
      const page = await owner.page('/admin/set-up');
      if (page.status !== 200) continue;
      const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
      const form = { csrf, token, identifier: 'owner', password: nodesPassword };
      made.push((await owner.send('POST', '/admin/set-up', formBody(form))).status);
    }
    // Both nodes made a link when they started; that of the later one counts.
    expect(made.filter((status) => status === 303)).toHaveLength(1);

    await owner.context();
    const begun = await owner.post<EnrolmentView>('/auth/enrolments', { provider: 'totp' });
    const key = String(begun.body.setup['key']);
    const confirmed = await owner.post<ConfirmedView>('/auth/enrolments/confirm', {
      enrolment: begun.body.enrolment,
      response: { code: quickCode(key, new Date()) },
      name: 'Phone',
    });
    expect((await owner.get('/admin/api/context')).status).not.toBe(200);
    await owner.post('/auth/step-up', { policy: 'Back office', returnTo: '/admin/' });
    const { id: authenticator } = confirmed.body.authenticator;
    const stepped = await owner.post('/auth/ceremony', { authenticator, response: { code: nextCode(key) } });
    expect(stepped.body.status).toBe('done');

    const context = await owner.get<BackOfficeContext>('/admin/api/context');
    expect(context.body.me).toMatchObject({ identifier: 'owner', role: 'owner' });
    owner.csrf = context.body.csrf;
    const found = await owner.get<UserList>(`/admin/api/realms/users/users?search=${name}`);
    const id = found.body.users.find(({ identifier }) => identifier === name)?.id ?? '';
    expect((await somebody.get('/auth/security')).status).toBe(200);
    const locked = await owner.post(`/admin/api/realms/users/users/${id}/lock`, { reason: 'left the house' });
    expect(locked.status).toBeLessThan(300);
    // At both of them.
    expect((await somebody.get('/auth/security')).status).toBe(401);
    expect((await somebody.get('/auth/security')).status).toBe(401);
    tookTurns();
  });

  it('A-103 a session that ends at one is dead at the other within a second', async () => {
    const person = await withApp();
    const asked = await person.browser.post('/auth/step-up', { policy: 'Back office', returnTo: '/admin/' });
    expect(asked.body.status).toBe('more-needed');
    const code = nextCode(person.key);
    await person.browser.post('/auth/ceremony', { authenticator: person.authenticator, response: { code } });
    const at = [0, 1].map((index) => {
      const browser = nodes.browser(index);
      for (const [name, value] of person.browser.cookies) browser.cookies.set(name, value);
      browser.csrf = person.browser.csrf;
      return browser;
    });
    const [here = expect.fail(), there = expect.fail()] = at;
    // Both have it at hand now.
    expect((await here.page('/admin/')).status).not.toBe(303);
    expect((await there.page('/admin/')).status).not.toBe(303);
    const ended = await here.post('/auth/sign-out');
    expect(ended.status).toBeLessThan(300);
    const since = performance.now();
    expect((await here.page('/admin/')).status).toBe(303);
    // What begins within the second may still be let in; what begins after it must not be, however slow all this is.
    for (let begun = 0; begun < 1000;) {
      begun = performance.now() - since;
      const { status } = await there.page('/admin/');
      if (begun >= 1000) expect([status, begun]).toEqual([303, begun]);
      await delay(10);
    }
  });
});
