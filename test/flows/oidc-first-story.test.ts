import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  codeOf,
  enrolTotp,
  onEachDatabase,
  register,
  signInWithCode,
  signInWithPassword,
  type TestDatabase,
} from '../support/app.ts';
import {
  api,
  authorizationRequest,
  claimsOf,
  createOidcApp,
  follow,
  post,
  redeem,
  testClients,
  type TestOidc,
} from '../support/oidc.ts';

onEachDatabase('an application that signs in by OpenID Connect', (fresh) => {
  let database: TestDatabase;
  let test: TestOidc;
  beforeEach(async () => {
    database = await fresh();
    test = await createOidcApp(database.open());
  });
  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  it('gets a code for a session that is good enough, without a page', async () => {
    const { browser } = await register(test);
    const request = authorizationRequest();
    const landing = await follow(browser, request.address);
    expect(landing.passed).toHaveLength(1);
    expect(landing.response?.get('state')).toBe(request.state);
    expect(landing.response?.get('iss')).toBe(test.oidc.issuer);
    const tokens = await redeem(test, request, landing.response?.get('code') ?? '');
    expect(tokens.status).toBe(200);
    const claims = claimsOf(tokens.body.id_token);
    expect(claims).toMatchObject({ acr: 'pwd', amr: ['pwd'], nonce: request.nonce, aud: 'shop' });
    expect(claims['auth_time']).toBe(Math.floor(test.clock.now().getTime() / 1000));
    expect(claims['sid']).toEqual(expect.any(String));
  });

  it('A9 leads through password and code to what was asked, and back', async () => {
    const person = await register(test);
    await enrolTotp(test, person);
    const browser = test.browser();
    const request = authorizationRequest(testClients[0], { acr_values: 'mfa' });
    const page = await follow(browser, request.address);
    expect(page.url).toMatch(/^\/auth\/sign-in\?return_to=%2Foidc%2Finteraction%2F/);
    await signInWithPassword(person, browser);
    await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(test, person) },
    });
    const returnTo = new URL(page.url, 'http://localhost').searchParams.get('return_to') ?? '';
    const landing = await follow(browser, returnTo);
    const tokens = await redeem(test, request, landing.response?.get('code') ?? '');
    expect(claimsOf(tokens.body.id_token)).toMatchObject({ acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] });
  });

  it('A9 steps up a session that is too weak', async () => {
    const person = await register(test);
    const { browser } = person;
    // Enrolling ends in a session that has proved the password only.
    await enrolTotp(test, person);
    const request = authorizationRequest(testClients[1]);
    const page = await follow(browser, request.address);
    const returnTo = new URL(page.url, 'http://localhost').searchParams.get('return_to') ?? '';
    expect(page.url).toMatch(/^\/auth\/step-up\?return_to=/);
    const begun = await browser.post('/auth/step-up', { returnTo });
    expect(begun.body).toMatchObject({
      status: 'more-needed',
      ceremony: { purpose: 'step-up', reason: { application: 'Bank', policy: null } },
    });
    const done = await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(test, person) },
    });
    expect(done.body).toEqual({ status: 'done', returnTo });
    const landing = await follow(browser, returnTo);
    const tokens = await redeem(test, request, landing.response?.get('code') ?? '');
    expect(claimsOf(tokens.body.id_token)).toMatchObject({ acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] });
  });

  it('A9 tells who has no second factor that one is needed, and goes on once there is one', async () => {
    const person = await register(test);
    const { browser } = person;
    const request = authorizationRequest(testClients[1]);
    const page = await follow(browser, request.address);
    expect(page.url).toMatch(/^\/oidc\/interaction\//);
    expect(page.answer.text).toContain('Bank needs a second factor');
    await enrolTotp(test, person);
    const again = await follow(browser, page.url);
    expect(again.url).toMatch(/^\/auth\/step-up\?return_to=/);
    await browser.context();
    await browser.post('/auth/step-up', { returnTo: page.url });
    await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(test, person) },
    });
    const landing = await follow(browser, page.url);
    const tokens = await redeem(test, request, landing.response?.get('code') ?? '');
    expect(claimsOf(tokens.body.id_token)).toMatchObject({ acr: 'mfa' });
  });

  it('R-P07 says the same in access tokens, in introspection and at userinfo, and after a refresh', async () => {
    const person = await register(test);
    await enrolTotp(test, person);
    const browser = await signInWithCode(test, person);
    const scope = 'openid email orders:read offline_access';
    const request = authorizationRequest(testClients[0], { scope, prompt: 'consent', resource: api });
    const landing = await follow(browser, request.address);
    const tokens = await redeem(test, request, landing.response?.get('code') ?? '');
    const told = claimsOf(tokens.body.id_token);
    const same = { acr: told['acr'], amr: told['amr'], auth_time: told['auth_time'] };
    expect(same).toMatchObject({ acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] });
    expect(claimsOf(tokens.body.access_token)).toMatchObject({ ...same, aud: api, scope: 'orders:read' });

    test.clock.advance(600);
    const { refresh_token: refreshToken = '' } = tokens.body;
    const refreshed = await post(test, '/oidc/token', request.client, {
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
    });
    expect(claimsOf(refreshed.body.id_token)).toMatchObject(same);
    expect(claimsOf(refreshed.body.access_token)).toMatchObject(same);
  });
});
