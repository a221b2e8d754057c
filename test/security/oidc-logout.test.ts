import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { OidcClient } from 'cofactor/oidc-server';
import { onEachDatabase, type TestDatabase } from '../support/app.ts';
import type { Answer, TestBrowser } from '../support/browser.ts';
import { submit } from '../support/forms.ts';
import {
  api,
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
  introspect,
  leadsTo,
  personWithCode,
  press,
  tokensFor,
  userinfo,
} from '../support/oidc-flows.ts';

const leaving: OidcClient = {
  id: 'leaving',
  name: 'Leaving',
  secret: 'leaving-secret-of-at-least-32-characters',
  redirectUris: ['https://leaving.example/callback'],
  postLogoutRedirectUris: ['https://leaving.example:8443/By/e?from=op', 'https://leaving.example/bye'],
  firstParty: true,
};
const bye = 'https://leaving.example/bye';

onEachDatabase('A-141 signing out from an application', (fresh) => {
  let database: TestDatabase;
  let test: TestOidc;
  beforeEach(async () => {
    database = await fresh();
    test = await createOidcApp(database.open(), { clients: [...everyClientList, leaving] });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await test.close();
    await database.drop();
  });

  const logout = (browser: TestBrowser, parameters: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    browser.page(`/oidc/logout?${new URLSearchParams(parameters)}`);
  const isSignedIn = async (browser: TestBrowser): Promise<boolean> =>
    (await browser.get<{ user: string | null }>('/who')).body.user !== null;

  it('is asked for on a page, and an address alone signs nobody out', async () => {
    const { mfa } = await personWithCode(test);
    const { id_token: hint = '' } = await tokensFor(test, mfa, leaving);
    for (const parameters of [
      {},
      { logout: 'yes' },
      { id_token_hint: hint },
      { id_token_hint: hint, logout: 'yes', confirm: 'yes', xsrf: 'x' },
      { client_id: leaving.id, post_logout_redirect_uri: bye },
      { logout_hint: 'somebody', ui_locales: 'de' },
    ]) {
      const page = await logout(mfa, parameters);
      expect([page.status, page.headers['location']]).toEqual([200, undefined]);
      expect(page.text).toMatch(/name="xsrf"/);
      expect(await isSignedIn(mfa)).toBe(true);
    }
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const answer = await mfa.send(method, '/oidc/logout/confirm?logout=yes&xsrf=x');
      expect([method, answer.status >= 400 && answer.status < 500]).toEqual([method, true]);
    }
    const posted = await submit(mfa, '/oidc/logout', { id_token_hint: hint, logout: 'yes' });
    expect(posted.status).toBeLessThan(500);
    expect(await isSignedIn(mfa)).toBe(true);
  });

  it('A-63 the form is taken from that page of that session only', async () => {
    const { mfa } = await personWithCode(test);
    const other = await personWithCode(test);
    const page = await logout(mfa);
    const stranger = await logout(other.mfa);
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(stranger.text)?.[1] ?? '';
    for (const [fields, headers] of [
      [{ xsrf: '' }, {}],
      [{ xsrf: 'x' }, {}],
      [{ xsrf }, {}],
      [{}, { origin: 'https://evil.example' }],
      [{}, { origin: 'null' }],
      [{}, { origin: '' }],
      [{}, { 'content-type': 'text/plain' }],
      [{}, { 'content-type': 'application/json' }],
    ] as const) {
      const answer = await press(mfa, page, { logout: 'yes', ...fields }, headers);
      expect([fields, headers, answer.status, answer.headers['set-cookie']]).toEqual([
        fields,
        headers,
        400,
        undefined,
      ]);
      expect(await isSignedIn(mfa)).toBe(true);
    }
    // An older page of the same session is not it any more.
    await logout(mfa);
    expect((await press(mfa, page, { logout: 'yes' })).status).toBe(400);
    expect(await isSignedIn(mfa)).toBe(true);
  });

  it('A-143 ends the session here, and all that hangs on it, for every client and in every copy', async () => {
    const { mfa } = await personWithCode(test);
    const { id_token: hint = '' } = await tokensFor(test, mfa, leaving);
    const shop = await tokensFor(test, mfa, everyClient.shop);
    const waiting = await codeFor(mfa, everyClient.bank);
    const copy = mfa.fork({ withCookies: true });
    const page = await logout(mfa, { id_token_hint: hint, post_logout_redirect_uri: bye, state: 'a b&c' });
    const done = await press(mfa, page, { logout: 'yes' });
    expect(leadsTo(done)).toBe(`${bye}?state=a+b%26c`);
    expect([done.headers['set-cookie']].flat().join('\n')).toMatch(/-session=;.*Max-Age=0/);
    for (const browser of [mfa, copy]) {
      expect(await isSignedIn(browser)).toBe(false);
      for (const prompt of ['none', undefined]) {
        const landing = await follow(browser, authorizationRequest(everyClient.shop, { prompt }).address);
        expect(landing.response?.get('error') ?? landing.url).toMatch(/^(login_required$|\/auth\/sign-in\?)/);
      }
    }
    expect((await userinfo(test, shop.access_token)).status).toBe(401);
    expect(await introspect(test, shop.access_token)).toEqual({ active: false });
    expect((await redeem(test, waiting.request, waiting.code)).body.error).toBe('invalid_grant');
  });

  it('leads back to what is registered, to the letter, and nowhere else', async () => {
    const { mfa } = await personWithCode(test);
    const { id_token: hint = '' } = await tokensFor(test, mfa, leaving);
    for (const uri of [
      'https://evil.example/',
      `${bye}/`,
      `${bye}?x=1`,
      `${bye}#x`,
      `${bye}?`,
      'https://leaving.example',
      'http://leaving.example/bye',
      'https://LEAVING.example/bye',
      'https://leaving.example/Bye',
      'https://leaving.example/by%65',
      'https://leaving.example:443/bye',
      'https://leaving.example@evil.example/bye',
      'https://user@leaving.example/bye',
      'https://leaving.example.evil.example/bye',
      'https://leaving.example/x/../bye',
      'https://leaving.example:8443/By/e',
      'https://leaving.example:8443/By/e?from=rp',
      'https://leaving.example/callback',
      'https://shop.example/bye',
      'javascript:alert(1)',
      'data:text/html,x',
      '//evil.example/',
      '/auth/sign-in',
      `${bye} https://evil.example/`,
      `${bye}\r\nx: y`,
      `${bye}\0`,
      `${bye}\t`,
      'x'.repeat(9000),
    ]) {
      // prettier-ignore
      for (const who of [{ id_token_hint: hint }, { client_id: leaving.id }, { id_token_hint: hint, client_id: leaving.id }]) {
        const page = await logout(mfa, { ...who, post_logout_redirect_uri: uri });
        expect([uri, page.status, page.headers['location']]).toEqual([uri, 400, undefined]);
        expect(String(page.headers['content-security-policy'])).not.toContain('evil.example');
      }
      // Without anybody to hold it against it is not taken.
      const page = await logout(mfa, { post_logout_redirect_uri: uri });
      expect([uri, page.status]).toEqual([uri, 200]);
      expect(page.text + String(page.headers['content-security-policy'])).not.toMatch(
        /evil\.example|leaving\.example/,
      );
    }
    const twice = await mfa.page(
      `/oidc/logout?client_id=${leaving.id}&post_logout_redirect_uri=${encodeURIComponent(bye)}&post_logout_redirect_uri=https%3A%2F%2Fevil.example`,
    );
    expect(twice.status).toBe(400);
    expect(await isSignedIn(mfa)).toBe(true);
    // And without it, to a page of ours.
    const done = await press(mfa, await logout(mfa), { logout: 'yes' });
    expect(leadsTo(done)).toBe('/oidc/logout/success');
    expect((await mfa.page(leadsTo(done))).status).toBe(200);
  });

  it('with a hint of somebody else: of another client, another person, or of nobody', async () => {
    const { mfa } = await personWithCode(test);
    const other = await personWithCode(test);
    const own = await tokensFor(test, mfa, leaving);
    const shops = await tokensFor(test, mfa, everyClient.shop);
    const theirs = await tokensFor(test, other.mfa, leaving);
    const jwt = await tokensFor(test, mfa, everyClient.shop, { scope: 'openid orders:read', resource: api });
    const page = async (parameters: Readonly<Record<string, string>>): Promise<number> =>
      (await logout(mfa, parameters)).status;
    // The hint of one client with the name, or the address, of another.
    expect(await page({ id_token_hint: own.id_token ?? '', client_id: 'shop' })).toBe(400);
    expect(await page({ id_token_hint: shops.id_token ?? '', client_id: leaving.id })).toBe(400);
    expect(await page({ id_token_hint: shops.id_token ?? '', post_logout_redirect_uri: bye })).toBe(400);
    for (const hint of [
      'x',
      'x.y.z',
      '',
      own.access_token,
      jwt.access_token,
      `${own.id_token ?? ''}x`,
      own.id_token?.replace(/\.[^.]+$/, '.') ?? '',
    ]) {
      expect([
        hint.slice(0, 20),
        await page({
          id_token_hint: hint,
          post_logout_redirect_uri: bye,
          client_id: hint === '' ? 'nobody' : leaving.id,
        }),
      ]).toEqual([hint.slice(0, 20), 400]);
    }
    // Somebody else's: the page says who is signed in, and a person decides.
    const asked = await logout(mfa, { id_token_hint: theirs.id_token ?? '', post_logout_redirect_uri: bye });
    expect([asked.status, asked.text.includes(other.identifier)]).toEqual([200, false]);
    expect(await isSignedIn(other.mfa)).toBe(true);
    await press(mfa, asked, { logout: 'yes' });
    expect([await isSignedIn(mfa), await isSignedIn(other.mfa)]).toEqual([false, true]);
  });

  it('with a hint that is too old, as hints are', async () => {
    const { mfa } = await personWithCode(test);
    const { id_token: hint = '' } = await tokensFor(test, mfa, leaving);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * 3_600_000 });
    expect(Number(claimsOf(hint)['exp'])).toBeLessThan(Date.now() / 1000);
    const page = await logout(mfa, { id_token_hint: hint, post_logout_redirect_uri: bye });
    expect(page.status).toBe(200);
    expect(leadsTo(await press(mfa, page, { logout: 'yes' }))).toBe(bye);
  });

  it('where nobody is signed in it is over already, and says no more', async () => {
    const visitor = test.browser();
    const page = await logout(visitor, { client_id: leaving.id, post_logout_redirect_uri: bye });
    expect([page.status, page.text.includes('document.forms[0].submit()')]).toEqual([200, true]);
    expect(leadsTo(await press(visitor, page))).toBe(bye);
    expect((await submit(visitor, '/oidc/logout/confirm', { logout: 'yes' })).status).toBe(400);
    expect((await visitor.page('/oidc/logout/success?client_id=nobody')).status).toBe(400);
    expect((await visitor.page('/oidc/logout/success?client_id=%00')).status).toBe(400);
  });

  it('staying: nothing changes, for that client or any other', async () => {
    const { mfa } = await personWithCode(test);
    const before = await tokensFor(test, mfa, leaving);
    const shop = await tokensFor(test, mfa, everyClient.shop);
    const page = await logout(mfa, { id_token_hint: before.id_token ?? '', post_logout_redirect_uri: bye });
    const stayed = await press(mfa, page);
    expect([stayed.status, leadsTo(stayed)]).toEqual([303, bye]);
    expect(await isSignedIn(mfa)).toBe(true);
    for (const { access_token: token } of [before, shop])
      expect((await userinfo(test, token)).status).toBe(200);
    const after = await tokensFor(test, mfa, leaving);
    expect(claimsOf(after.id_token)['sid']).toBe(claimsOf(before.id_token)['sid']);
    // The page is over with it.
    expect((await press(mfa, page, { logout: 'yes' })).status).toBe(400);
    expect(await isSignedIn(mfa)).toBe(true);
  });

  it('what stands in its address is text on its pages', async () => {
    const { mfa } = await personWithCode(test);
    const evil = '"><script>alert(1)</script>';
    for (const parameters of [
      { state: evil },
      { logout_hint: evil },
      { ui_locales: evil },
      { client_id: leaving.id, state: evil },
      { client_id: evil },
      { id_token_hint: evil },
    ]) {
      const page = await logout(mfa, parameters);
      expect(page.status).toBeLessThan(500);
      expect(page.text).not.toContain('<script>alert');
    }
  });
});
