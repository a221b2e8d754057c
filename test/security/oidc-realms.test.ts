import { afterEach, beforeEach, expect, it } from 'vitest';
import { createOidcServer, oidcServer, type OidcClient, type OidcServer } from 'cofactor/oidc-server';
import { onEachDatabase, type TestDatabase } from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import { TestClock } from '../support/clock.ts';
import {
  authorizationRequest,
  claimsOf,
  follow,
  post,
  type TestRequest,
  type Tokens,
} from '../support/oidc.ts';
import { createRealms, type TestRealms } from '../support/realms.ts';

const bases = { users: '/auth', members: '/members' } as const;
const paths = { users: '/oidc', members: '/club' } as const;
type Name = keyof typeof bases;
const names: readonly Name[] = ['users', 'members'];
const otherOf = { users: 'members', members: 'users' } as const;
const secret = 'the-same-secret-in-both-of-the-realms';
/** The same in both, down to the secret, so that nothing but the realm can keep them apart. */
const clients: readonly OidcClient[] = [
  { id: 'shop', name: 'Shop', secret, redirectUris: ['https://shop.example/callback'], firstParty: true },
  {
    id: 'bank',
    name: 'Bank',
    secret,
    redirectUris: ['https://bank.example/callback'],
    firstParty: true,
    minimumAcr: 'mfa',
  },
  { id: 'radio', name: 'Radio', redirectUris: [], deviceFlow: true, firstParty: true },
  { id: 'inspector', name: 'Inspector', secret, redirectUris: [], introspection: true },
];
const [shop, bank, radio, inspector] = clients as [OidcClient, OidcClient, OidcClient, OidcClient];
const person = {
  identifier: 'ann@example.org',
  provider: 'password',
  response: { password: 'tulips on the window sill' },
};

onEachDatabase('U2 I-02 what one realm issued, at the server of the other', (fresh) => {
  let database: TestDatabase;
  let realms: TestRealms;
  let servers: Readonly<Record<Name, OidcServer>>;
  beforeEach(async () => {
    database = await fresh();
    realms = await createRealms(database.open(), { clock: new TestClock(new Date()) });
    servers = {
      users: createOidcServer(realms.users, { clients, base: paths.users, authBase: bases.users }),
      members: createOidcServer(realms.members, { clients, base: paths.members, authBase: bases.members }),
    };
    for (const name of names) await realms.app.register(oidcServer, { oidc: servers[name] });
  });
  afterEach(async () => {
    await realms.close();
    await database.drop();
  });

  const register = async (realm: Name, browser = realms.browser()): Promise<TestBrowser> => {
    const { body } = await browser.get<{ csrf: string }>(`${bases[realm]}/context`);
    browser.csrf = body.csrf;
    const answer = await browser.post(`${bases[realm]}/register`, person);
    expect(answer.body).toMatchObject({ status: 'done' });
    return browser;
  };
  const address = (realm: Name, request: TestRequest): string =>
    request.address.replace('/oidc/', `${paths[realm]}/`);
  const codeOf = async (
    realm: Name,
    browser: TestBrowser,
    parameters: Record<string, string> = {},
  ): Promise<{ request: TestRequest; code: string }> => {
    const request = authorizationRequest(shop, parameters);
    const { response, url } = await follow(browser, address(realm, request));
    return { request, code: response?.get('code') ?? expect.fail(url) };
  };
  const redeem = (
    realm: Name,
    { request, code }: { request: TestRequest; code: string },
  ): Promise<{ status: number; body: Tokens }> =>
    post(realms, `${paths[realm]}/token`, shop, {
      grant_type: 'authorization_code',
      code,
      code_verifier: request.verifier,
      redirect_uri: shop.redirectUris[0] ?? '',
    });
  const away = { scope: 'openid offline_access', prompt: 'consent' };

  it.each(names)(
    '%s: a session, a code, tokens, hints, requests and devices are worth nothing there',
    async (here) => {
      const there = otherOf[here];
      const browser = await register(here);
      const visitor = await register(there);
      const userinfo = async (realm: Name, token: string): Promise<number> =>
        (
          await realms.app.inject({
            url: `${paths[realm]}/userinfo`,
            headers: { authorization: `Bearer ${token}` },
          })
        ).statusCode;

      // The session.
      const none = authorizationRequest(shop, { prompt: 'none' });
      expect((await follow(browser, address(there, none))).response?.get('error')).toBe('login_required');
      const renamed = realms.browser();
      for (const [name, value] of browser.cookies)
        renamed.cookies.set(name.replace(`-${here}-`, `-${there}-`), value);
      expect((await follow(renamed, address(there, none))).response?.get('error')).toBe('login_required');
      // A code, also with the session of somebody there.
      const code = await codeOf(here, browser);
      expect((await redeem(there, code)).body.error).toBe('invalid_grant');
      expect((await redeem(here, code)).status).toBe(200);
      // Tokens.
      const { body: tokens } = await redeem(here, await codeOf(here, browser, away));
      for (const token of [tokens.access_token, tokens.refresh_token ?? '']) {
        expect(
          (await post<{ active: boolean }>(realms, `${paths[there]}/introspect`, inspector, { token })).body
            .active,
        ).toBe(false);
        expect(
          (await post<{ active: boolean }>(realms, `${paths[here]}/introspect`, inspector, { token })).body
            .active,
        ).toBe(true);
        expect(await userinfo(there, token)).toBe(401);
      }
      await realms.app.inject({
      method: 'POST', url: `${paths[there]}/revoke`, payload: `token=${tokens.refresh_token}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: `Basic ${Buffer.from(`shop:${secret}`).toString('base64')}` },
    }); // prettier-ignore
      expect(await userinfo(here, tokens.access_token)).toBe(200);
      const renew = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
      expect((await post(realms, `${paths[there]}/token`, shop, renew)).body.error).toBe('invalid_grant');
      expect((await post(realms, `${paths[here]}/token`, shop, renew)).status).toBe(200);
      // A hint.
      const hinted = authorizationRequest(shop, { id_token_hint: tokens.id_token ?? '' });
      expect((await follow(visitor, address(there, hinted))).response?.get('error')).toBe('invalid_request');
      expect(
        (
          await visitor.page(
            `${paths[there]}/logout?${new URLSearchParams({ id_token_hint: tokens.id_token ?? '' })}`,
          )
        ).status,
      ).toBe(400);
      expect(claimsOf(tokens.id_token)['iss']).toBe(servers[here].issuer);
      // A request in progress, with every cookie of the one who began it.
      const begun = await follow(browser, address(here, authorizationRequest(bank)));
      const uid = /interaction\/([\w-]+)/.exec(decodeURIComponent(begun.url))?.[1] ?? '';
      for (const [name, value] of browser.cookies)
        visitor.cookies.set(name.replace(`-${here}-oidc`, `-${there}-oidc`), value);
      for (const path of [`interaction/${uid}`, `auth/${uid}`])
        expect((await follow(visitor, `${paths[there]}/${path}`)).answer.status).toBe(400);
      // A pushed request.
      const { searchParams } = new URL(authorizationRequest(shop).address, 'http://x');
      const { body: par } = await post<{ request_uri: string }>(
        realms,
        `${paths[here]}/par`,
        shop,
        Object.fromEntries(searchParams),
      );
      const pushed = await follow(
        visitor,
        `${paths[there]}/auth?${new URLSearchParams({ client_id: 'shop', request_uri: par.request_uri })}`,
      );
      expect(pushed.response?.has('code') ?? false).toBe(false);
      // A device.
      const { body: device } = await post<{ device_code: string; user_code: string }>(
        realms,
        `${paths[here]}/device/start`,
        radio,
        { client_id: 'radio', scope: 'openid' },
      );
      const page = await visitor.page(`${paths[there]}/device`);
      const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
      const typed = await visitor.send('POST', `${paths[there]}/device`, {
        raw: String(new URLSearchParams({ xsrf, user_code: device.user_code, confirm: 'yes' })),
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
      });
      expect(typed.status).toBe(400);
      const poll = {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: device.device_code,
        client_id: 'radio',
      };
      expect((await post(realms, `${paths[there]}/token`, radio, poll)).body.error).toBe('invalid_grant');
      expect((await post(realms, `${paths[here]}/token`, radio, poll)).body.error).toBe(
        'authorization_pending',
      );
    },
  );

  it('signing out, changing keys and removing a client in one leaves the other alone', async () => {
    const guest = {
      id: 'guest',
      name: 'Guest',
      secret,
      redirectUris: ['https://guest.example/callback'],
      firstParty: true,
    };
    for (const name of names) await servers[name].clients.put(guest);
    const both = await register('members', await register('users'));
    const tokens = {
      users: await redeem('users', await codeOf('users', both)),
      members: await redeem('members', await codeOf('members', both)),
    };
    const published = async (realm: Name): Promise<unknown> =>
      (await realms.app.inject({ url: `${paths[realm]}/jwks` })).json();
    const keys = await published('members');
    expect(keys).not.toEqual(await published('users'));
    await servers.users.rotateKeys({ immediately: true });
    expect(await published('members')).toEqual(keys);
    expect(await servers.users.clients.remove('guest')).toBe(true);
    expect(await servers.members.clients.find('guest')).not.toBeNull();
    const page = await both.page(`${paths.users}/logout`);
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const left = await both.send('POST', `${paths.users}/logout/confirm`, {
      raw: String(new URLSearchParams({ xsrf, logout: 'yes' })),
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
    });
    expect(left.status).toBe(303);
    const who = await both.get('/who');
    expect(who.body).toEqual({ users: null, members: person.identifier });
    const active = async (realm: Name): Promise<boolean> =>
      (
        await post<{ active: boolean }>(realms, `${paths[realm]}/introspect`, inspector, {
          token: tokens[realm].body.access_token,
        })
      ).body.active;
    expect([await active('users'), await active('members')]).toEqual([false, true]);
  });
});
