import type { OidcClient } from 'cofactor/oidc-server';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  codeOf,
  enrolTotp,
  onEachDatabase,
  register,
  signInWithPassword,
  type Person,
  type TestDatabase,
} from '../support/app.ts';
import { boss, confirmed, demand, mailedPermit, ruleIn } from '../support/enforcement.ts';
import { TestMailer } from '../support/mails.ts';
import {
  authorizationRequest,
  claimsOf,
  createOidcApp,
  follow,
  redeem,
  testClients,
  type TestOidc,
} from '../support/oidc.ts';
import { offline, refresh, tokensFor } from '../support/oidc-flows.ts';

const [shop, , partner] = testClients as readonly [OidcClient, OidcClient, OidcClient];
const day = 86_400;
const address = 'ada@example.org';

onEachDatabase('a level that is demanded at applications', (fresh) => {
  let database: TestDatabase;
  let test: TestOidc;
  let mail: TestMailer;
  let ada: Person;
  beforeEach(async () => {
    database = await fresh();
    mail = new TestMailer();
    test = await createOidcApp(database.open(), {}, { mail });
    ada = await confirmed(test, mail, address);
  });
  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  const returnTo = (url: string): string => new URL(url, 'http://x').searchParams.get('return_to') ?? '';
  /** Signs in on the way to an application, with the password, and says where that leads. */
  const signInFor = async (client = shop) => {
    const browser = test.browser();
    const request = authorizationRequest(client);
    const landing = await follow(browser, request.address);
    await browser.context();
    const { body } = await browser.post('/auth/sign-in', {
      identifier: ada.identifier,
      provider: 'password',
      response: { password: ada.password },
      returnTo: returnTo(landing.url),
    });
    if (body.status !== 'done') throw new Error(body.status);
    return { browser, request, to: body.returnTo, interaction: returnTo(landing.url) };
  };

  it('by a rule for a client: of whoever signs in there, and nowhere else', async () => {
    await demand(test, ruleIn(test, 1, { graceDays: 2, who: { clients: ['shop'] } }));
    const early = await signInFor();
    expect((await follow(early.browser, early.to)).response?.has('code')).toBe(true);

    test.clock.advance(day);
    const grace = await signInFor();
    expect(grace.to).toBe(`/auth/required?${new URLSearchParams({ return_to: grace.interaction })}`);
    const page = await grace.browser.page(grace.to);
    expect(page.text).toContain('Not now');
    const landing = await follow(grace.browser, grace.interaction);
    expect(landing.response?.has('code')).toBe(true);
    // At another application, and at pages of this site, nobody is asked.
    expect((await signInFor(partner)).to).toMatch(/^\/oidc\/interaction\//);

    test.clock.advance(2 * day);
    const due = await signInFor();
    expect(due.to).toMatch(/^\/auth\/required\?/);
    const held = await follow(due.browser, due.interaction);
    expect(held.response).toBeNull();
    expect(held.answer.text).toContain('needs a second factor');
    expect(held.answer.text).toContain('href="/auth/required?return_to=');
    expect((await due.browser.get('/recent')).status).toBe(200);
    const silent = await follow(due.browser, authorizationRequest(shop, { prompt: 'none' }).address);
    expect(silent.response?.get('error')).toBe('unmet_authentication_requirements');
    expect((await signInFor(partner)).to).toMatch(/^\/oidc\/interaction\//);

    // I-14: an attacker with the password does not enrol first on this way either.
    expect((await due.browser.post('/auth/enrolments', { provider: 'totp' })).problem).toBe('permit-needed');
    await due.browser.post('/auth/permit/mail', { returnTo: due.interaction });
    const token = await mailedPermit(test, mail, address);
    const followed = await due.browser.post<{ returnTo: string }>('/auth/permit', { token });
    expect(returnTo(followed.body.returnTo)).toBe(due.interaction);
    await enrolTotp(test, Object.assign(ada, { browser: due.browser }));
    const stepUp = await follow(due.browser, due.interaction);
    expect(stepUp.url).toMatch(/^\/auth\/step-up\?/);
    await due.browser.post('/auth/step-up', { returnTo: due.interaction });
    await due.browser.post('/auth/ceremony', {
      authenticator: ada.authenticator,
      response: { code: codeOf(test, ada) },
    });
    const back = await follow(due.browser, due.interaction);
    const tokens = await redeem(test, due.request, back.response?.get('code') ?? '');
    expect(claimsOf(tokens.body.id_token ?? '')).toMatchObject({ acr: 'mfa' });
  });

  it('I-14 a rule for a client leaves whoever has the password no other way to enrol first', async () => {
    await demand(test, ruleIn(test, 0, { graceDays: 0, who: { clients: ['shop'] } }));
    const elsewhere = await signInFor(partner);
    // Nothing is demanded there.
    expect(elsewhere.to).toMatch(/^\/oidc\/interaction\//);
    const atHome = test.browser();
    await signInWithPassword(ada, atHome);
    for (const browser of [elsewhere.browser, atHome]) {
      await browser.context();
      const begun = await browser.post('/auth/enrolments', { provider: 'totp' });
      expect([begun.status, begun.problem]).toEqual([403, 'permit-needed']);
    }
    const held = await follow(atHome, authorizationRequest(shop).address);
    expect(held.response).toBeNull();
  });

  it('by a rule for everybody, together with what the option asks: the stronger one counts', async () => {
    await test.close();
    test = await createOidcApp(database.open(), { enforce: () => ({ maxAge: 60 }) }, { mail });
    await demand(test, ruleIn(test, 0, { graceDays: 0 }), await boss(test));
    const due = await signInFor();
    expect((await follow(due.browser, due.interaction)).answer.text).toContain('needs a second factor');
  });

  it('I-12 and no request is answered while the rules cannot be read', async () => {
    await demand(test, ruleIn(test, 0, { graceDays: 0, who: { clients: ['nobody'] } }));
    const browser = test.browser();
    await signInWithPassword(ada, browser);
    await database.query("update enforcement_rules set data = '{}'");
    test.clock.advance(2);
    const { response, answer } = await follow(browser, authorizationRequest(shop).address);
    expect([response?.has('code') ?? false, answer.status >= 500 || response?.has('error')]).toEqual([
      false,
      true,
    ]);
  });

  it('a refresh token of before is worth nothing once more is demanded of its person', async () => {
    const person = await register(test);
    const { refresh_token: token } = await tokensFor(test, person.browser, shop, offline);
    await demand(test, ruleIn(test, 1, { graceDays: 0 }));
    const once = await refresh(test, shop, token);
    expect(once.status).toBe(200);
    test.clock.advance(day);
    const later = await refresh(test, shop, once.body.refresh_token);
    expect([later.status, later.body.error]).toEqual([400, 'invalid_grant']);
  });
});
