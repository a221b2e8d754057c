import { afterEach, beforeEach, expect, it } from 'vitest';
import { onEachDatabase, type TestDatabase } from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import {
  authorizationRequest,
  claimsOf,
  createOidcApp,
  follow,
  redeem,
  type TestOidc,
} from '../support/oidc.ts';
import {
  everyClient,
  everyClientList,
  leadsTo,
  personWithCode,
  press,
  tokensFor,
} from '../support/oidc-flows.ts';

type Parameters = Readonly<Record<string, string | undefined>>;
const acr = (value: unknown): Parameters => ({ claims: JSON.stringify({ id_token: { acr: value } }) });

/** What somebody makes of a request on its way who would like to get by with less. */
const lowered: readonly Parameters[] = [
  {},
  { acr_values: 'pwd' },
  { acr_values: 'nothing' },
  { acr_values: 'pwd mfa' },
  { acr_values: 'mfa2 nomfa MFA' },
  acr({ essential: true, value: 'pwd' }),
  acr({ essential: true, values: ['pwd', 'mfa'] }),
  acr({ essential: false, value: 'pwd' }),
  acr({ value: 'pwd' }),
  acr(null),
  { ...acr({ essential: true, value: 'mfa' }), acr_values: 'pwd' },
  { max_age: '99999999' },
  {
    max_age: '99999999',
    acr_values: 'pwd',
    claims: JSON.stringify({ userinfo: { acr: { essential: true, value: 'pwd' } } }),
  },
  { minimum_acr: 'pwd', oldest_sign_in: '99999999', default_acr_values: 'pwd', first_party: 'true' },
  { scope: 'openid email profile' },
  { scope: 'openid', nonce: undefined },
];

onEachDatabase('A-131 requests that were made to ask for less', (fresh) => {
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

  const errorOf = async (
    browser: TestBrowser,
    parameters: Parameters,
    client = everyClient.bank,
  ): Promise<string | null> => {
    const request = authorizationRequest(client, parameters);
    const { response, url } = await follow(browser, request.address);
    if (response?.has('code')) {
      const { body } = await redeem(test, request, response.get('code') ?? '');
      return `code at ${String(claimsOf(body.id_token)['acr'])}`;
    }
    return response ? response.get('error') : url.replace(/(?<=interaction\/|return_to=).*/, '');
  };

  it('I-19 nothing gets a code of a client below its minimum', async () => {
    const person = await personWithCode(test);
    for (const parameters of lowered) {
      const title = JSON.stringify(parameters);
      const none = { ...parameters, prompt: 'none' };
      // The browser in which the factor was enrolled has proved the password only.
      expect([title, await errorOf(person.browser, none)]).toEqual([
        title,
        'unmet_authentication_requirements',
      ]);
      // What cannot be met is refused at once; for anything else there is a page.
      const asked = await errorOf(person.browser, parameters);
      expect([title, asked]).toEqual([
        title,
        expect.stringMatching(/^(\/auth\/step-up\?return_to=|unmet_authentication_requirements)$/),
      ]);
      const got = await errorOf(person.mfa, none);
      expect([title, got]).toEqual([
        title,
        expect.stringMatching(/^(code at mfa|unmet_authentication_requirements)$/),
      ]);
    }
    expect(await errorOf(person.mfa, { prompt: 'none' })).toBe('code at mfa');
  });

  it('I-19 nor a code of one that is older than it takes', async () => {
    const { mfa } = await personWithCode(test);
    expect(await errorOf(mfa, { prompt: 'none' }, everyClient.fresh)).toBe('code at mfa');
    test.clock.advance(300);
    for (const parameters of lowered) {
      const title = JSON.stringify(parameters);
      const got = await errorOf(mfa, { ...parameters, prompt: 'none' }, everyClient.fresh);
      expect([title, got]).toEqual([
        title,
        expect.stringMatching(/^(login_required|unmet_authentication_requirements)$/),
      ]);
    }
  });

  it('A-119 A-125 who goes back without having done it gets an error, each time, and the session stays as it is', async () => {
    const { browser } = await personWithCode(test);
    const tries: readonly Parameters[] = [
      acr({ essential: true, value: 'mfa' }),
      acr({ essential: true, values: ['phr', 'mfa'] }),
    ];
    for (const [client, parameters] of [
      ...tries.map((one) => [everyClient.shop, one] as const),
      ...lowered.slice(0, 5).map((one) => [everyClient.bank, one] as const),
    ]) {
      const before = browser.cookies.get('cofactor-users-session');
      const request = authorizationRequest(client, parameters);
      const page = await follow(browser, request.address);
      const here = new URL(page.url, 'http://x').searchParams.get('return_to') ?? '';
      const left = await follow(browser, `${here}?left=1`);
      const declined = await press(browser, left.answer, { choice: 'decline' });
      const back = await follow(browser, leadsTo(declined));
      expect(back.response?.get('error')).toBe('unmet_authentication_requirements');
      expect(back.response?.get('state')).toBe(request.state);
      expect(browser.cookies.get('cofactor-users-session')).toBe(before);
      expect((await browser.get<{ acr: string }>('/who')).body.acr).toBe('pwd');
      // It is over then, and nothing brings it back.
      expect((await follow(browser, here)).answer.status).toBe(400);
      expect((await follow(browser, leadsTo(declined))).answer.status).toBe(400);
    }
  });

  it('A-123 levels are compared as a whole and to the letter', async () => {
    const { browser, mfa } = await personWithCode(test);
    for (const value of [
      'nomfa',
      'mfa2',
      'MFA',
      'Mfa',
      'mfa,pwd',
      'mfa%20',
      'm',
      'mfa;',
      'pwd+mfa',
      'urn:mfa',
      'mfa\u0301'.normalize('NFC'),
    ]) {
      const essential = { ...acr({ essential: true, value }), prompt: 'none' };
      for (const one of [browser, mfa]) {
        expect([value, await errorOf(one, essential, everyClient.shop)]).toEqual([
          value,
          'unmet_authentication_requirements',
        ]);
        expect([value, await errorOf(one, acr({ essential: true, value }), everyClient.shop)]).toEqual([
          value,
          'unmet_authentication_requirements',
        ]);
      }
      if (!/^[\x21-\x7e]+$/.test(value)) continue;
      // Not a wish that anybody has heard of, and not taken for one.
      expect([
        value,
        await errorOf(browser, { acr_values: value, prompt: 'none' }, everyClient.shop),
      ]).toEqual([value, 'code at pwd']);
    }
  });

  it('A-121 nobody registers a client, nor reads or changes one', async () => {
    const { mfa } = await personWithCode(test);
    for (const path of [
      'reg',
      'register',
      'registration',
      'clients',
      'client',
      'reg/shop',
      'clients/shop',
      'connect/register',
    ]) {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']) {
        const answer = await mfa.send(method, `/oidc/${path}`, {
          body: { redirect_uris: ['https://evil.example/'], default_acr_values: ['pwd'] },
        });
        expect([method, path, answer.status]).toEqual([method, path, 404]);
      }
    }
  });

  it('A-139 what a client asks to be told does not change what it is told', async () => {
    const { browser } = await personWithCode(test);
    const wanted = {
      acr: { value: 'phrh' },
      amr: { value: ['mfa'] },
      auth_time: { value: 1 },
      sid: { value: 'x' },
      sub: null,
      email: { value: 'x@example.org' },
    };
    const tokens = await tokensFor(test, browser, everyClient.shop, {
      claims: JSON.stringify({ id_token: wanted, userinfo: wanted }),
    }).catch(() => null);
    // A wish for more leads to a page, never to a token that says so.
    expect(tokens).toBeNull();
    const { acr: _acr, ...others } = wanted;
    const told = await tokensFor(test, browser, everyClient.shop, {
      claims: JSON.stringify({ id_token: others, userinfo: others }),
    });
    expect(claimsOf(told.id_token)).toMatchObject({ acr: 'pwd', amr: ['pwd'] });
    expect(claimsOf(told.id_token)['auth_time']).toBeGreaterThan(1_000_000_000);
    expect(claimsOf(told.id_token)['email']).not.toBe('x@example.org');
  });
});

onEachDatabase('I-12 a policy of the house', (fresh) => {
  let database: TestDatabase;
  beforeEach(async () => void (database = await fresh()));
  afterEach(() => database.drop());

  it.each([
    ['throws', () => Promise.reject(new Error('the directory is away'))],
    ['asks for a level that nobody knows', () => ({ acr: 'gold' })],
    ['asks for more than there is', () => ({ acr: 'phrh' })],
    ['asks for everything anew', () => ({ acr: 'mfa', maxAge: 0 })],
  ])('that %s gives no code', async (_what, enforce) => {
    const test = await createOidcApp(database.open(), { clients: everyClientList, enforce });
    const { mfa } = await personWithCode(test);
    for (const prompt of [undefined, 'none', 'consent']) {
      for (const client of [everyClient.shop, everyClient.bank, everyClient.partner]) {
        const { response, answer } = await follow(mfa, authorizationRequest(client, { prompt }).address);
        expect(response?.get('code') ?? null).toBeNull();
        expect(answer.text).not.toContain('the directory is away');
      }
    }
    await test.close();
  });
});
