import { afterEach, beforeEach, expect, it } from 'vitest';
import type { OidcClient } from 'cofactor/oidc-server';
import { onEachDatabase, register, type TestDatabase } from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import { submit } from '../support/forms.ts';
import { authorizationRequest, createOidcApp, follow, type TestOidc } from '../support/oidc.ts';
import { everyClient, everyClientList, leadsTo, personWithCode, press } from '../support/oidc-flows.ts';

const { partner, shop, bank } = everyClient;
const evil: OidcClient = {
  id: 'evil',
  name: '<img src=x onerror=alert(1)> & "Sons"',
  secret: 'evil-secret-of-at-least-32-characters',
  redirectUris: ['https://evil.example/callback'],
};

onEachDatabase('what people let applications have', (fresh) => {
  let database: TestDatabase;
  let test: TestOidc;
  beforeEach(async () => {
    database = await fresh();
    test = await createOidcApp(database.open(), { clients: [...everyClientList, evil] });
  });
  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  const agree = async (browser: TestBrowser, client: OidcClient): Promise<void> => {
    const { url, answer } = await follow(browser, authorizationRequest(client).address);
    expect(answer.text).not.toMatch(/<img/);
    await press(browser, answer, { choice: 'allow' });
    expect((await follow(browser, url)).response?.has('code')).toBe(true);
  };
  const consents = async (): Promise<number> => (await database.query('select * from oidc_consents')).length;

  it('is seen by its own person, who is signed in, and by nobody else', async () => {
    const [ann, bob] = [await personWithCode(test), await personWithCode(test)];
    await agree(ann.mfa, partner);
    await agree(ann.mfa, evil);
    await follow(ann.mfa, authorizationRequest(shop).address);
    const page = await ann.mfa.page('/oidc/applications');
    expect(page.text).toContain('Partner');
    // What is of the house was not asked about.
    expect(page.text).not.toContain('Shop');
    expect(page.text).not.toMatch(/<img/);
    expect((await bob.mfa.page('/oidc/applications')).text).not.toContain('Partner');
    const visitor = await test.browser().page('/oidc/applications');
    expect(leadsTo(visitor)).toBe('/auth/sign-in?return_to=%2Foidc%2Fapplications');
    // No API that a script of another site could read.
    const answer = await ann.mfa.get('/oidc/applications', { headers: { origin: 'https://evil.example' } });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('A-63 A-69 is taken back by its own person, from its own page, and by nobody else', async () => {
    const [ann, bob] = [await personWithCode(test), await personWithCode(test)];
    await agree(ann.mfa, partner);
    await agree(bob.mfa, partner);
    const page = await ann.mfa.page('/oidc/applications');
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const foreign =
      /name="csrf" value="([^"]+)"/.exec((await bob.mfa.page('/oidc/applications')).text)?.[1] ?? '';
    for (const [fields, headers, status] of [
      [{ csrf: '' }, {}, 403],
      [{ csrf: foreign }, {}, 403],
      [{ csrf: `${csrf}x` }, {}, 403],
      [{}, { origin: 'https://evil.example' }, 400],
      [{}, { origin: 'null' }, 400],
      [{}, { origin: '' }, 400],
      [{}, { 'content-type': 'text/plain' }, 400],
      [{}, { 'content-type': 'application/json' }, 400],
    ] as const) {
      const answer = await submit(
        ann.mfa,
        '/oidc/applications',
        { csrf, client: 'partner', ...fields },
        headers,
      );
      expect([fields, headers, answer.status]).toEqual([fields, headers, status]);
    }
    for (const client of ['', 'nobody', 'PARTNER', 'partner ', '*', '%', '__proto__', 'x'.repeat(5000)]) {
      expect((await submit(ann.mfa, '/oidc/applications', { csrf, client, user: 'usr_x' })).status).toBe(303);
    }
    const nobody = await submit(test.browser(), '/oidc/applications', { csrf, client: 'partner' });
    expect(nobody.status).toBe(403);
    expect(await consents()).toBe(2);
    const done = await press(ann.mfa, page);
    expect(leadsTo(done)).toMatch(/^\/oidc\/applications(\?|$)/);
    for (const removed of ['<script>alert(1)</script>', 'evil', 'nobody', '%00', '__proto__']) {
      const told = await ann.mfa.page(`/oidc/applications?removed=${encodeURIComponent(removed)}`);
      expect([removed, told.status, /<script>|<img/.test(told.text)]).toEqual([removed, 200, false]);
    }
    // Ann's is gone; Bob's is Bob's.
    expect(await consents()).toBe(1);
    const none = async (browser: TestBrowser): Promise<string | null | undefined> =>
      (await follow(browser, authorizationRequest(partner, { prompt: 'none' }).address)).response?.get(
        'error',
      );
    expect([await none(ann.mfa), await none(bob.mfa)]).toEqual(['consent_required', null]);
  });

  it('A-85 ends with the account: whoever gets its name has agreed to nothing', async () => {
    const ann = await personWithCode(test, 'ann@example.org');
    await agree(ann.mfa, partner);
    expect(
      (await ann.mfa.send('DELETE', '/auth/account', { body: { identifier: ann.identifier } })).status,
    ).toBe(204);
    expect(await consents()).toBe(0);
    const again = await register(test, 'ann@example.org');
    const { response } = await follow(
      again.browser,
      authorizationRequest(partner, { prompt: 'none' }).address,
    );
    expect(response?.get('error')).toBe('consent_required');
  });
});

onEachDatabase('I-17 A-41 what an application’s request tells of accounts', (fresh) => {
  it('nothing: the same pages and answers for unknown, known, protected and disabled ones', async () => {
    const database = await fresh();
    const test = await createOidcApp(database.open(), { clients: everyClientList });
    const bare = await register(test, 'bare@example.org');
    const protectedOne = await personWithCode(test, 'protected@example.org');
    const disabled = await personWithCode(test, 'disabled@example.org');
    await database.query('update users set disabled_at = 1 where identifier = $1', [disabled.identifier]);
    const names = ['nobody@example.org', bare.identifier, protectedOne.identifier, disabled.identifier];
    const essential = JSON.stringify({ id_token: { acr: { essential: true, value: 'mfa' } } });
    for (const [client, parameters] of [
      [shop, {}],
      [shop, { acr_values: 'mfa' }],
      [shop, { claims: essential }],
      [shop, { prompt: 'none' }],
      [shop, { max_age: '0' }],
      [bank, {}],
      [bank, { prompt: 'none' }],
      [partner, { acr_values: 'phr', prompt: 'login' }],
    ] as const) {
      const seen = new Set<string>();
      for (const [n, name] of names.entries()) {
        const browser = test.browser();
        browser.ip = `198.51.100.${n + 1}`;
        const landing = await follow(
          browser,
          authorizationRequest(client, { ...parameters, login_hint: name }).address,
        );
        const plain = (text: string): string =>
          text
            .replaceAll(name, 'NAME')
            .replaceAll(encodeURIComponent(name), 'NAME')
            .replaceAll(/[\w-]{40,}/g, '#')
            .replaceAll(/state=[\w-]+/g, 'state=#');
        const returnTo = new URL(landing.url, 'http://x').searchParams.get('return_to') ?? '/';
        await browser.context();
        const context = await browser.get(`/auth/context?return_to=${encodeURIComponent(returnTo)}`);
        const wrong = await browser.post('/auth/sign-in', {
          identifier: name,
          provider: 'password',
          response: { password: 'not the password of anybody' },
          returnTo,
        });
        const { csrf: _csrf, ...told } = context.body as Record<string, unknown>;
        seen.add(
          JSON.stringify([
            landing.answer.status,
            plain(landing.url),
            plain(landing.answer.text),
            plain(JSON.stringify(told)),
            wrong.status,
            plain(wrong.text),
          ]),
        );
      }
      expect([client.id, parameters, [...seen]]).toEqual([client.id, parameters, [expect.any(String)]]);
    }
    await test.close();
    await database.drop();
  });
});
