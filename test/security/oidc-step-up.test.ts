import { afterEach, beforeEach, expect, it } from 'vitest';
import type { StepView } from '../../packages/cofactor/src/http/contract.ts';
import { codeOf, onEachDatabase, register, signInWithPassword, type TestDatabase } from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import {
  authorizationRequest,
  claimsOf,
  createOidcApp,
  follow,
  redeem,
  type TestOidc,
} from '../support/oidc.ts';
import { everyClient, everyClientList, expectNoFault, personWithCode } from '../support/oidc-flows.ts';
import { cookieOf } from '../support/tables.ts';

const { shop, bank, fresh: strict } = everyClient;
const pageOf = (url: string): string => new URL(url, 'http://x').searchParams.get('return_to') ?? url;

onEachDatabase('confirmations on the way to an application', (fresh) => {
  let database: TestDatabase;
  let test: TestOidc;
  beforeEach(async () => {
    database = await fresh();
    test = await createOidcApp(database.open(), { clients: everyClientList });
  });
  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  const stepUp = async (
    browser: TestBrowser,
    returnTo: string,
  ): Promise<{ status: number; body: StepView }> => {
    await browser.context();
    return browser.post('/auth/step-up', { returnTo });
  };
  const levelOf = async (browser: TestBrowser): Promise<unknown> =>
    (await browser.get<{ acr: string }>('/who')).body.acr;

  it('begun for a request of somebody else raise nothing without a proof', async () => {
    const stranger = await personWithCode(test);
    const requests = [
      [stranger.browser, bank, {}],
      [stranger.mfa, shop, { max_age: '0' }],
      [stranger.mfa, shop, { acr_values: 'phr' }],
      [test.browser(), shop, {}],
      [test.browser(), bank, { prompt: 'login' }],
    ] as const;
    const pages: string[] = [];
    for (const [browser, client, parameters] of requests) {
      pages.push(pageOf((await follow(browser, authorizationRequest(client, parameters).address)).url));
    }
    test.clock.advance(60);
    const pwd = await personWithCode(test);
    const bare = await register(test);
    for (const page of [
      ...pages,
      ...pages.map((one) => `${one}?left=1`),
      ...pages.map((one) => `${one}/../x`),
    ]) {
      for (const browser of [pwd.browser, bare.browser]) {
        const before = cookieOf(browser, 'session');
        const { body } = await stepUp(browser, page);
        expect([page, (body as { status?: string }).status]).toEqual([
          page,
          expect.stringMatching(/^(more-needed|done|enrol)$/),
        ]);
        expect(cookieOf(browser, 'session')).toBe(before);
        expect(await levelOf(browser)).toBe('pwd');
        expect((await browser.get('/admin')).status).toBe(401);
      }
    }
    // Proved for the stranger's request, it is proved; the request is the stranger's all the same.
    await stepUp(pwd.browser, pages[0] ?? '');
    const done = await pwd.browser.post('/auth/ceremony', {
      authenticator: pwd.authenticator,
      response: { code: codeOf(test, pwd) },
    });
    expect(done.body.status).toBe('done');
    expect(await levelOf(pwd.browser)).toBe('mfa');
    expect((await follow(pwd.browser, pages[0] ?? '')).answer.status).toBe(400);
    // The stranger's own session has nothing of it.
    expect(await levelOf(stranger.browser)).toBe('pwd');
    expect((await follow(stranger.browser, pages[0] ?? '')).url).toMatch(/^\/auth\/step-up\?/);
  });

  it('A-07 begun by one person cannot be finished in the session of another', async () => {
    const [ann, bob] = [await personWithCode(test), await personWithCode(test)];
    const page = pageOf((await follow(ann.browser, authorizationRequest(bank).address)).url);
    await stepUp(ann.browser, page);
    const ceremony =
      [...ann.browser.cookies].find(([name]) => name.endsWith('-ceremony')) ?? expect.fail('no ceremony');
    await bob.browser.context();
    bob.browser.cookies.set(...ceremony);
    for (const person of [ann, bob]) {
      const answer = await bob.browser.post('/auth/ceremony', {
        authenticator: person.authenticator,
        response: { code: codeOf(test, person) },
      });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(await levelOf(bob.browser)).toBe('pwd');
    }
  });

  it('I-25 lead back to this site only, whatever the address', async () => {
    const person = await personWithCode(test);
    const { browser } = person;
    const page = pageOf((await follow(browser, authorizationRequest(bank).address)).url);
    const addresses = [
      `https://evil.example${page}`, `//evil.example${page}`, `/\\evil.example${page}`, `${page}\0`, `${page}\r\nx: y`,
      `http://localhost:3000${page}`, `${page}/../../..//evil.example`, `/oidc/interaction/`, `/oidc/interaction/${'x'.repeat(65)}`,
      '/oidc/interaction/%00', '/oidc/interaction/__proto__', '/oidc/interaction/nobody', `/oidc/interaction/${'é'.repeat(10)}`,
      `${page}#/oidc/interaction/nobody`, `${page}?x=/oidc/interaction/nobody`, `/oidc/interaction${'/x'.repeat(900)}`,
    ]; // prettier-ignore
    for (const address of addresses) {
      const { status, body } = await stepUp(browser, address);
      expectNoFault(status, address);
      const begun = body as { ceremony?: { returnTo?: string }; returnTo?: string };
      expect(`${begun.ceremony?.returnTo ?? ''} ${begun.returnTo ?? ''}`).not.toContain('evil.example');
      const context = await browser.get(`/auth/context?return_to=${encodeURIComponent(address)}`);
      expectNoFault(context.status, address);
      const signIn = await browser.page(`/auth/sign-in?return_to=${encodeURIComponent(address)}`);
      expectNoFault(signIn.status, address);
    }
    expect(await levelOf(browser)).toBe('pwd');
  });

  it('A-127 prompt=login: neither the cookie, nor the page, nor who was there before is enough', async () => {
    const person = await personWithCode(test);
    const { mfa } = person;
    for (const parameters of [
      { prompt: 'login' },
      { max_age: '0' },
      { prompt: 'login consent' },
      { prompt: 'login', acr_values: 'pwd' },
    ]) {
      const request = authorizationRequest(shop, parameters);
      const begun = await follow(mfa, request.address);
      expect(begun.url).toMatch(/^\/auth\/sign-in\?.*prompt=login/);
      // Coming back without having done anything, as often as one likes.
      for (let round = 0; round < 3; round += 1) {
        expect((await follow(mfa, pageOf(begun.url))).url).toMatch(/^\/auth\/sign-in\?/);
      }
      // A wrong password, and the password alone.
      await signInWithPassword(person, mfa, 'not the password');
      expect((await follow(mfa, pageOf(begun.url))).url).toMatch(/^\/auth\/sign-in\?/);
      await signInWithPassword(person, mfa);
      expect((await follow(mfa, pageOf(begun.url))).url).toMatch(/^\/auth\/sign-in\?/);
      const asked = Math.floor(test.clock.now().getTime() / 1000);
      await mfa.post('/auth/ceremony', {
        authenticator: person.authenticator,
        response: { code: codeOf(test, person) },
      });
      const landing = await follow(mfa, pageOf(begun.url));
      const { body } = await redeem(test, request, landing.response?.get('code') ?? '');
      expect(claimsOf(body.id_token)['auth_time']).toBeGreaterThanOrEqual(asked);
      test.clock.advance(31);
    }
  });

  it('I-19 what was proved for one request does not make an older one look new', async () => {
    const person = await personWithCode(test);
    const { mfa } = person;
    // Asked for anew after the last proof: what was proved before it does not count, however little before.
    const request = authorizationRequest(shop, { max_age: '0' });
    const { url } = await follow(mfa, request.address);
    const { response } = await follow(mfa, pageOf(url).replace('/interaction/', '/auth/'));
    expect(response?.get('error')).toBe('login_required');
  });

  it('I-19 what was proved on the way has the age that it has when the code is given', async () => {
    const person = await personWithCode(test);
    const { mfa } = person;
    test.clock.advance(301);
    const request = authorizationRequest(strict);
    const returnTo = pageOf((await follow(mfa, request.address)).url);
    await stepUp(mfa, returnTo);
    const response = { code: codeOf(test, person) };
    await mfa.post('/auth/ceremony', { authenticator: person.authenticator, response });
    // The tab stays open, and somebody goes on with it almost half an hour later.
    test.clock.advance(1700);
    const landing = await follow(mfa, returnTo);
    const code = landing.response?.get('code');
    if (typeof code === 'string') {
      const { body } = await redeem(test, request, code);
      const age = test.clock.now().getTime() / 1000 - Number(claimsOf(body.id_token)['auth_time']);
      expect(age).toBeLessThanOrEqual(300);
    } else expect(landing.response?.get('error') ?? landing.url).toMatch(/^(login_required|\/auth\/)/);
  });

  it('A-19 a code from the set-up of a factor is no confirmation', async () => {
    const person = await personWithCode(test);
    // The session in which the factor was set up has typed a right code, for the set-up.
    for (const client of [bank, strict]) {
      const { response } = await follow(
        person.browser,
        authorizationRequest(client, { prompt: 'none' }).address,
      );
      expect(response?.get('error')).toBe('unmet_authentication_requirements');
    }
  });
});
