import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  codeOf,
  enrolTotp,
  onEachDatabase,
  register,
  signInWithPassword,
  type TestDatabase,
} from '../support/app.ts';
import {
  authorizationRequest,
  claimsOf,
  createOidcApp,
  follow,
  post,
  redeem,
  testClients,
  type TestOidc,
} from '../support/oidc.ts';
import { codeFor, everyClient, personWithCode } from '../support/oidc-flows.ts';

onEachDatabase('I-19 what a client takes, and what is asked of a person', (fresh) => {
  let database: TestDatabase;
  let test: TestOidc | undefined;
  beforeEach(async () => {
    database = await fresh();
  });
  afterEach(async () => {
    await test?.close();
    await database.drop();
  });

  const stored = { ...everyClient.shop, id: 'stored', name: 'Stored', scopes: ['openid', 'offline_access'] };
  const offline = { scope: 'openid offline_access', prompt: 'consent' };

  it('counts for refresh tokens that were issued before', async () => {
    test = await createOidcApp(database.open());
    await test.oidc.clients.put(stored);
    const { browser } = await register(test);
    const { request, code } = await codeFor(browser, stored, offline);
    const { body } = await redeem(test, request, code);
    const refresh = { grant_type: 'refresh_token', refresh_token: body.refresh_token ?? '' };
    await test.oidc.clients.put({ ...stored, minimumAcr: 'mfa' });
    const refused = await post<{ error: string }>(test, '/oidc/token', stored, refresh);
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_grant']);
  });

  it('counts for requests in progress and for codes on their way', async () => {
    test = await createOidcApp(database.open());
    await test.oidc.clients.put(stored);
    const person = await register(test);
    const { request: before, code } = await codeFor(person.browser, stored);
    const stranger = test.browser();
    const request = authorizationRequest(stored);
    const page = await follow(stranger, request.address);
    const back = new URL(page.url, 'http://localhost').searchParams.get('return_to') ?? '';
    await test.oidc.clients.put({ ...stored, minimumAcr: 'mfa' });
    expect((await redeem(test, before, code)).status).toBe(400);
    await signInWithPassword(person, stranger);
    const landing = await follow(stranger, back.replace('/interaction/', '/auth/'));
    expect(landing.response?.get('error')).toBe('unmet_authentication_requirements');
    expect(landing.response?.has('code')).toBe(false);
  });

  it('I-12 is asked in every part: methods of a person’s requirement, not only its level', async () => {
    test = await createOidcApp(database.open(), { enforce: () => ({ amr: ['hwk'] }) });
    const person = await personWithCode(test);
    const request = authorizationRequest(testClients[0]);
    const page = await follow(person.mfa, request.address);
    expect(page.response).toBeNull();
    expect(page.answer.text).toMatch(/second factor|stronger/);
    const back = await follow(person.mfa, page.url.replace('/interaction/', '/auth/').split('?')[0] ?? '');
    expect(back.response?.get('error')).toBe('unmet_authentication_requirements');
  });

  it('I-12 is asked of nobody in vain: what enforce throws refuses the request', async () => {
    test = await createOidcApp(database.open(), {
      enforce() {
        throw new Error('the directory is away');
      },
    });
    const { browser } = await register(test);
    const landing = await follow(browser, authorizationRequest(testClients[0]).address);
    expect(landing.response).toBeNull();
    expect(landing.answer.status).toBeGreaterThanOrEqual(500);
  });

  it('its scopes hold for single claims, too', async () => {
    test = await createOidcApp(database.open());
    await test.oidc.clients.put({ ...stored, scopes: ['openid'] });
    const { browser } = await register(test, 'ada@example.com');
    const wanted = { roles: null, email: { essential: true }, preferred_username: null };
    const claims = JSON.stringify({ id_token: wanted, userinfo: wanted });
    const { request, code } = await codeFor(browser, stored, { claims });
    const { body } = await redeem(test, request, code);
    const userinfo = await test.app.inject({
      url: '/oidc/userinfo',
      headers: { authorization: `Bearer ${body.access_token}` },
    });
    for (const told of [claimsOf(body.id_token), JSON.parse(userinfo.payload) as Record<string, unknown>]) {
      expect(told['sub']).toEqual(expect.any(String));
      for (const claim of Object.keys(wanted)) expect(told).not.toHaveProperty(claim);
    }
  });

  it('A-125 a proof that adds up for a page and not for a client leads to a new sign-in, and not in circles', async () => {
    const client = { ...everyClient.fresh, maxAge: 300 };
    test = await createOidcApp(database.open(), { clients: [client] });
    const person = await personWithCode(test);
    test.clock.advance(1200);
    const page = await follow(person.mfa, authorizationRequest(client).address);
    expect(page.url).toMatch(/^\/auth\/step-up/);
    const returnTo = new URL(page.url, 'http://localhost').searchParams.get('return_to') ?? '';
    await person.mfa.context();
    await person.mfa.post('/auth/step-up', { returnTo });
    const done = await person.mfa.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(test, person) },
    });
    expect(done.body).toMatchObject({ status: 'done' });
    expect((await follow(person.mfa, returnTo)).response?.get('code')).toEqual(expect.any(String));
  });

  it('A-143 several clients and requests at once share one sid each, and signing in again keeps it', async () => {
    test = await createOidcApp(database.open());
    const person = await register(test);
    await enrolTotp(test, person);
    const { browser } = person;
    const sids = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const { request, code } = await codeFor(browser, everyClient.shop);
        return claimsOf((await redeem(test as TestOidc, request, code)).body.id_token)['sid'];
      }),
    );
    expect(new Set(sids).size).toBe(1);

    const access = await codeFor(browser, everyClient.shop);
    const { body } = await redeem(test, access.request, access.code);
    await signInWithPassword(person, browser);
    await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(test, person) },
    });
    const { request, code } = await codeFor(browser, everyClient.shop);
    expect(claimsOf((await redeem(test, request, code)).body.id_token)['sid']).toBe(sids[0]);
    const userinfo = await test.app.inject({
      url: '/oidc/userinfo',
      headers: { authorization: `Bearer ${body.access_token}` },
    });
    expect(userinfo.statusCode).toBe(200);
  });

  it('I-13 strangers leave a bounded number of rows, and these go as soon as they are over', async () => {
    test = await createOidcApp(database.open(), {}, { wrongPerMinute: 2 });
    const rows = async (): Promise<number> => {
      const [row] = await database.query(
        "select count(*) as n from oidc_artifacts where kind = 'Interaction'",
      );
      return Number(row?.['n']);
    };
    const statuses: number[] = [];
    for (let n = 0; n < 25; n += 1) {
      const answer = await test.browser().get(authorizationRequest().address);
      statuses.push(answer.status);
    }
    expect(statuses.filter((status) => status === 303)).toHaveLength(20);
    expect(statuses.at(-1)).toBe(429);
    expect(await rows()).toBe(20);
    test.clock.advance(1801);
    await test.auth.engine.store.purge(test.clock.now());
    expect(await rows()).toBe(0);
  });
});
