import { afterEach, beforeEach, expect, it } from 'vitest';
import type { StepView } from '../../packages/cofactor/src/http/contract.ts';
import {
  codeOf,
  onEachDatabase,
  register,
  signInWithCode,
  signInWithPassword,
  type TestDatabase,
} from '../support/app.ts';
import type { Answer, TestBrowser } from '../support/browser.ts';
import { submit } from '../support/forms.ts';
import {
  authorizationRequest,
  claimsOf,
  createOidcApp,
  follow,
  redeem,
  type TestOidc,
} from '../support/oidc.ts';
import {
  codeFor,
  everyClient,
  everyClientList,
  expectErrorPage,
  leadsTo,
  personWithCode,
  press,
} from '../support/oidc-flows.ts';
import { cookieNameOf } from '../support/tables.ts';

const { shop, bank, partner } = everyClient;

/** Where a page of the sign-in leads back to: the request in progress. */
const pageOf = (url: string): string => new URL(url, 'http://x').searchParams.get('return_to') ?? url;
/** The address that goes on from a request in progress. */
const resumeOf = (url: string): string => pageOf(url).replace('/interaction/', '/auth/');

onEachDatabase('A-133 requests in progress', (fresh) => {
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

  const cookieOf = (browser: TestBrowser): string => browser.cookies.get(cookieNameOf(browser, 'oidc')) ?? '';
  const signIn = async (
    browser: TestBrowser,
    person: Awaited<ReturnType<typeof personWithCode>>,
  ): Promise<Answer<StepView>> => {
    await signInWithPassword(person, browser);
    const answer = await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(test, person) },
    });
    test.clock.advance(31);
    return answer;
  };

  it('belong to the browser that they came from: no page, no form and no way on in another', async () => {
    const victim = await personWithCode(test);
    const attacker = await personWithCode(test);
    for (const [client, parameters] of [
      [bank, {}],
      [partner, {}],
      [shop, { prompt: 'select_account' }],
      [shop, { acr_values: 'mfa' }],
      [shop, { max_age: '0' }],
    ] as const) {
      const begun = await follow(attacker.browser, authorizationRequest(client, parameters).address);
      const page = pageOf(begun.url);
      const withoutCookie = victim.mfa.fork({ withCookies: true });
      withoutCookie.cookies.delete(cookieNameOf(withoutCookie, 'oidc'));
      const withOwn = victim.mfa;
      await follow(withOwn, authorizationRequest(partner).address);
      expect(cookieOf(withOwn)).not.toBe('');
      for (const browser of [withoutCookie, withOwn, test.browser()]) {
        for (const address of [page, `${page}?left=1`, resumeOf(page), page.toUpperCase(), `${page}/`]) {
          const { response, answer } = await follow(browser, address);
          expect([address, response, answer.status]).toEqual([
            address,
            null,
            expect.toSatisfy((status) => [400, 404].includes(status as number)),
          ]);
          expect(answer.text).not.toMatch(/Bank|Shop|Partner/);
        }
        for (const choice of ['allow', 'deny', 'this', 'decline', '']) {
          const answer = await submit(browser, page, { choice, csrf: 'x' });
          expect([choice, answer.status]).toEqual([choice, 400]);
        }
      }
      // The one that it belongs to goes on with it.
      expect((await follow(attacker.browser, page)).answer.status).toBe(200);
    }
  });

  it('A-99 two cookies of the same name are none', async () => {
    const { browser } = await personWithCode(test);
    const { url } = await follow(browser, authorizationRequest(bank).address);
    const [name, value] = [cookieNameOf(browser, 'oidc'), cookieOf(browser)];
    const all = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
    for (const twice of [`${all}; ${name}=${value}`, `${name}=brw_x; ${all}`, `${all}; ${name}=`]) {
      const answer = await browser.get(pageOf(url), { headers: { cookie: twice, accept: 'text/html' } });
      expect([twice.length, answer.status]).toEqual([twice.length, 400]);
    }
  });

  it('of which the way on is opened without anything having been done: an error, and it is over', async () => {
    const person = await personWithCode(test);
    const other = await personWithCode(test);
    const hint = (await redeem(test, ...(await requestAndCode(other.mfa)))).body.id_token ?? '';
    const essential = JSON.stringify({ id_token: { acr: { essential: true, value: 'mfa' } } });
    const cases = [
      [test.browser(), shop, {}, 'access_denied'],
      [test.browser(), bank, {}, 'access_denied'],
      [person.browser, bank, {}, 'unmet_authentication_requirements'],
      [person.browser, shop, { claims: essential }, 'unmet_authentication_requirements'],
      [person.mfa, shop, { max_age: '0' }, 'login_required'],
      [person.mfa, shop, { prompt: 'login' }, 'login_required'],
      [person.mfa, shop, { id_token_hint: hint }, 'login_required'],
      [person.mfa, partner, {}, 'access_denied'],
      [person.mfa, partner, { prompt: 'consent' }, 'access_denied'],
    ] as const;
    for (const [browser, client, parameters, error] of cases) {
      const request = authorizationRequest(client, parameters);
      const begun = await follow(browser, request.address);
      expect(begun.response).toBeNull();
      const { response } = await follow(browser, resumeOf(begun.url));
      expect([client.id, parameters, response?.get('error'), response?.get('state'), response?.has('code')]).toEqual([
        client.id, parameters, error, request.state, false,
      ]); // prettier-ignore
      for (const address of [resumeOf(begun.url), pageOf(begun.url)]) {
        expectErrorPage(await follow(browser, address), 'afterwards');
      }
    }
  });

  it('end once: nothing of a finished one is used again, also not twice at once', async () => {
    const person = await personWithCode(test);
    const browser = test.browser();
    const request = authorizationRequest(bank);
    const { url } = await follow(browser, request.address);
    await signIn(browser, person);
    const finished = await browser.page(pageOf(url));
    const resume = leadsTo(finished);
    const answers = await Promise.all([1, 2, 3].map(() => browser.page(resume)));
    const codes = answers
      .map(({ headers }) => /[?&]code=([^&]+)/.exec(String(headers['location'] ?? ''))?.[1])
      .filter((code) => code !== undefined);
    // Two at once may both get a code; both are of this browser and this sign-in. None comes later.
    expect(codes.length).toBeGreaterThanOrEqual(1);
    expectErrorPage(await follow(browser, resume), 'resumed again');
    expectErrorPage(await follow(browser, pageOf(url)), 'opened again');
    expect((await submit(browser, pageOf(url), { choice: 'decline' })).status).toBe(400);
    const { body } = await redeem(test, request, decodeURIComponent(codes[0] ?? ''));
    expect(claimsOf(body.id_token)['acr']).toBe('mfa');
  });

  it('whose person changes on the way are for the one who is there at the end, with what that one proved', async () => {
    const ann = await personWithCode(test);
    const bob = await register(test);
    const browser = ann.mfa;
    const request = authorizationRequest(shop, { prompt: 'select_account' });
    const page = pageOf((await follow(browser, request.address)).url);
    const chosen = await press(browser, await browser.page(page), { choice: 'this' });
    // Ann has chosen; then Bob signs in in the same browser, in another tab.
    await signInWithPassword(bob, browser);
    const landing = await follow(browser, leadsTo(chosen));
    const { body } = await redeem(test, request, landing.response?.get('code') ?? '');
    const told = claimsOf(body.id_token);
    expect(told).toMatchObject({ acr: 'pwd', amr: ['pwd'] });
    expect(told['sub']).toBe((await test.auth.users.find(bob.identifier))?.id);
  });

  it('that one person agreed to are not agreed to by the next', async () => {
    const ann = await personWithCode(test);
    const bob = await register(test);
    const browser = ann.mfa;
    const request = authorizationRequest(partner, { scope: 'openid email' });
    const page = pageOf((await follow(browser, request.address)).url);
    const allowed = await press(browser, await browser.page(page), { choice: 'allow' });
    await signInWithPassword(bob, browser);
    // Wherever Bob goes on from, he is asked himself, or there is no code.
    const landing = await follow(browser, leadsTo(allowed));
    expect(landing.response).toBeNull();
    expect(landing.answer.text).toContain(bob.identifier);
    expect((await follow(browser, resumeOf(page))).response?.has('code') ?? false).toBe(false);
    // And Ann's agreement is Ann's.
    const again = await signInWithCode(test, ann);
    expect((await codeFor(again, partner, { scope: 'openid email' })).code).not.toBe('');
  });

  it('asked to agree again (prompt=consent), each person is asked', async () => {
    const [ann, bob] = [await personWithCode(test), await personWithCode(test)];
    const agree = async (browser: TestBrowser): Promise<void> => {
      const { url, answer } = await follow(browser, authorizationRequest(partner).address);
      await press(browser, answer, { choice: 'allow' });
      expect((await follow(browser, url)).response?.has('code')).toBe(true);
    };
    await agree(ann.mfa);
    await agree(bob.mfa);
    const browser = ann.mfa;
    const begun = await follow(browser, authorizationRequest(partner, { prompt: 'consent' }).address);
    expect(begun.answer.text).toContain(ann.identifier);
    await press(browser, begun.answer, { choice: 'allow' });
    await signInWithPassword(bob, browser);
    await browser.post('/auth/ceremony', {
      authenticator: bob.authenticator,
      response: { code: codeOf(test, bob) },
    });
    const landing = await follow(browser, begun.url);
    expect([landing.response?.has('code') ?? false, landing.answer.text.includes(bob.identifier)]).toEqual([
      false,
      true,
    ]);
  });

  it('A-63 the forms of their pages are taken from their pages only', async () => {
    const person = await personWithCode(test);
    const { mfa } = person;
    const { answer, url } = await follow(mfa, authorizationRequest(partner).address);
    const consents = (): Promise<unknown> => database.query('select * from oidc_consents');
    const csrf = /name="csrf" value="([^"]+)"/.exec(answer.text)?.[1] ?? '';
    const other = await follow(mfa, authorizationRequest(partner).address);
    const another = /name="csrf" value="([^"]+)"/.exec(other.answer.text)?.[1] ?? '';
    expect(another).not.toBe(csrf);
    const forgeries: readonly (readonly [Record<string, string>, Record<string, string>])[] = [
      [{ csrf: '' }, {}],
      [{ csrf: another }, {}],
      [{ csrf: csrf.slice(0, -1) }, {}],
      [{ csrf: `${csrf}x` }, {}],
      [{ csrf: mfa.csrf }, {}],
      [{}, { origin: 'https://evil.example' }],
      [{}, { origin: 'null' }],
      [{}, { origin: '' }],
      [{}, { origin: 'http://localhost:3001' }],
      [{}, { 'content-type': 'application/json' }],
      [{}, { 'content-type': 'text/plain' }],
      [{}, { 'content-type': 'multipart/form-data; boundary=x' }],
    ];
    for (const [fields, headers] of forgeries) {
      for (const choice of ['allow', 'deny', 'this', 'decline']) {
        const refused = await submit(mfa, url, { csrf, choice, ...fields }, headers);
        expect([fields, headers, refused.status]).toEqual([fields, headers, 400]);
      }
    }
    const twice = await submit(mfa, url, [
      ['csrf', csrf],
      ['choice', 'deny'],
      ['choice', 'allow'],
    ]);
    expect(twice.status).toBe(400);
    expect(await consents()).toEqual([]);
    // It was in order otherwise, and is still there.
    await press(mfa, answer, { choice: 'allow' });
    expect(await consents()).toHaveLength(1);
  });

  it('a choice that was not offered decides nothing', async () => {
    const person = await personWithCode(test);
    const consents = (): Promise<unknown> => database.query('select * from oidc_consents');
    for (const [browser, client, parameters] of [
      [test.browser(), partner, {}],
      [person.browser, partner, { acr_values: 'mfa' }],
      [person.browser, { ...partner, id: 'bank', redirectUris: bank.redirectUris }, {}],
      [person.mfa, partner, { prompt: 'login' }],
      [person.mfa, partner, { prompt: 'select_account' }],
    ] as const) {
      const { url } = await follow(browser, authorizationRequest(client, parameters).address);
      const left = await browser.page(`${pageOf(url)}?left=1`);
      for (const choice of ['allow', 'Allow', 'consent', 'pass', 'mfa', '__proto__', 'constructor', '']) {
        const answer = await press(browser, left, {
          choice,
          acr: 'mfa',
          amr: 'mfa',
          login: 'x',
          selected: 'true',
          consent: '{}',
          result: '{}',
        });
        expect(answer.status).toBe(303);
        const landing = await follow(browser, leadsTo(answer));
        expect([parameters, choice, landing.response?.has('code') ?? false]).toEqual([
          parameters,
          choice,
          false,
        ]);
      }
      // Consent that was given before anything was proved is none.
      expect(await consents()).toEqual([]);
    }
  });

  it('declined: access_denied, nothing is kept of it, and the next one asks again', async () => {
    const { mfa } = await personWithCode(test);
    for (let round = 0; round < 2; round += 1) {
      const request = authorizationRequest(partner, { scope: 'openid email' });
      const { answer } = await follow(mfa, request.address);
      const denied = await follow(mfa, leadsTo(await press(mfa, answer, { choice: 'deny' })));
      expect(Object.fromEntries(denied.response ?? [])).toMatchObject({
        error: 'access_denied',
        state: request.state,
        iss: test.oidc.issuer,
      });
      expect(await database.query('select * from oidc_consents')).toEqual([]);
    }
    const none = await follow(mfa, authorizationRequest(partner, { prompt: 'none' }).address);
    expect(none.response?.get('error')).toBe('consent_required');
  });

  it('more than was agreed to is asked for', async () => {
    const { mfa } = await personWithCode(test);
    const { answer } = await follow(mfa, authorizationRequest(partner, { scope: 'openid' }).address);
    await press(mfa, answer, { choice: 'allow' });
    expect((await codeFor(mfa, partner, { scope: 'openid' })).code).not.toBe('');
    for (const more of [
      { scope: 'openid email' },
      { scope: 'openid profile roles' },
      { claims: '{"userinfo":{"email":null}}' },
    ]) {
      const { response } = await follow(
        mfa,
        authorizationRequest(partner, { ...more, prompt: 'none' }).address,
      );
      expect([more, response?.get('error')]).toEqual([more, 'consent_required']);
    }
  });

  async function requestAndCode(
    browser: TestBrowser,
  ): Promise<[Awaited<ReturnType<typeof codeFor>>['request'], string]> {
    const { request, code } = await codeFor(browser, shop);
    return [request, code];
  }
});
