import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Store } from 'cofactor';
import { onEachDatabase, type TestDatabase } from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import {
  authorizationRequest,
  createOidcApp,
  follow,
  redeem,
  type TestOidc,
  type Tokens,
} from '../support/oidc.ts';
import {
  codeFor,
  everyClient,
  everyClientList,
  introspect,
  offline,
  personWithCode,
  press,
  refresh,
  userinfo,
} from '../support/oidc-flows.ts';

const { partner, shop } = everyClient;
type Artifact = Parameters<Store['oidc']['put']>[0];

onEachDatabase('A-103 a revocation that comes in the middle of a request', (fresh) => {
  let database: TestDatabase;
  let test: TestOidc;
  /** Set by a test: what happens between what was read and the writing of what was made of it. */
  let meanwhile: { readonly kind: string; readonly work: () => Promise<unknown> } | undefined;
  beforeEach(async () => {
    database = await fresh();
    const store = database.open();
    const oidc = interrupted(store.oidc, async (artifact) => {
      if (artifact.kind !== meanwhile?.kind) return;
      const { work } = meanwhile;
      meanwhile = undefined;
      await work();
    });
    const slow = new Proxy(store, {
      get(target, name): unknown {
        if (name === 'oidc') return oidc;
        const value = Reflect.get(target, name, target) as unknown;
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    meanwhile = undefined;
    test = await createOidcApp(slow, { clients: everyClientList });
  });
  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  const agree = async (
    browser: TestBrowser,
    scope: string,
  ): Promise<Tokens & { code: string; verifier: string }> => {
    const request = authorizationRequest(partner, { ...offline, scope });
    const { url, answer } = await follow(browser, request.address);
    await press(browser, answer, { choice: 'allow' });
    const code = (await follow(browser, url)).response?.get('code') ?? expect.fail('no code');
    return { ...(await redeem(test, request, code)).body, code, verifier: request.verifier };
  };

  it('consent that is taken back while the client asks for more: what it had before stays dead', async () => {
    const { mfa, identifier } = await personWithCode(test);
    // Agreed to once with more, so that nobody is asked again.
    await agree(mfa, 'openid email offline_access');
    const user = (await test.auth.users.find(identifier)) ?? expect.fail();
    await test.oidc.withdraw(user, partner.id);
    const first = await agree(mfa, 'openid offline_access');
    await database.query('update oidc_consents set data = $1', [
      JSON.stringify(['openid', 'offline_access', 'email']),
    ]);
    expect((await userinfo(test, first.access_token)).status).toBe(200);
    meanwhile = { kind: 'Grant', work: () => test.oidc.withdraw(user, partner.id) };
    await follow(mfa, authorizationRequest(partner, { scope: 'openid email' }).address);
    expect(meanwhile).toBeUndefined();
    expect((await userinfo(test, first.access_token)).status).toBe(401);
    expect(await introspect(test, first.refresh_token)).toEqual({ active: false });
    expect((await refresh(test, partner, first.refresh_token)).body.error).toBe('invalid_grant');
  });

  it('a code that is replayed while the client asks for more: what came of it stays dead', async () => {
    const { mfa } = await personWithCode(test);
    const { request, code } = await codeFor(mfa, shop, { ...offline, scope: 'openid offline_access' });
    const { body: first } = await redeem(test, request, code);
    meanwhile = { kind: 'Grant', work: () => redeem(test, request, code) };
    await follow(mfa, authorizationRequest(shop, { scope: 'openid email roles' }).address);
    expect(meanwhile).toBeUndefined();
    expect((await userinfo(test, first.access_token)).status).toBe(401);
    expect((await refresh(test, shop, first.refresh_token)).body.error).toBe('invalid_grant');
  });

  it.each(['AuthorizationCode', 'Grant'])(
    'a sign-out while a %s is written: nothing comes of it',
    async (kind) => {
      const { mfa } = await personWithCode(test);
      const other = mfa.fork({ withCookies: true });
      meanwhile = { kind, work: () => other.post('/auth/sign-out') };
      const request = authorizationRequest(shop);
      const { response } = await follow(mfa, request.address);
      expect(meanwhile).toBeUndefined();
      const code = response?.get('code');
      if (typeof code === 'string')
        expect((await redeem(test, request, code)).body.error).toBe('invalid_grant');
    },
  );

  it.each([
    [
      'roles',
      async (identifier: string): Promise<unknown> =>
        test.auth.users.setRoles((await test.auth.users.find(identifier)) ?? expect.fail(), ['boss']),
    ],
    [
      'sessions',
      async (identifier: string): Promise<unknown> =>
        test.auth.sessions.endAll((await test.auth.users.find(identifier)) ?? expect.fail()),
    ],
  ])('a change of %s while a token is written: it is worth nothing', async (what, change) => {
    for (const kind of ['AccessToken', 'RefreshToken']) {
      const { mfa, identifier } = await personWithCode(test);
      const { request, code } = await codeFor(
        mfa,
        shop,
        what === 'roles' || kind === 'RefreshToken' ? offline : {},
      );
      meanwhile = { kind, work: () => change(identifier) };
      const { body } = await redeem(test, request, code);
      expect(meanwhile).toBeUndefined();
      // A token for being away outlives the sign-in, and not a change of the account.
      if (what === 'sessions' && kind === 'RefreshToken') continue;
      expect([kind, (await userinfo(test, body.access_token)).status]).toEqual([kind, 401]);
      expect((await refresh(test, shop, body.refresh_token)).status).toBe(400);
    }
  });
});

/** The store of the server, with something happening before each artifact is kept. */
function interrupted(oidc: Store['oidc'], before: (artifact: Artifact) => Promise<void>): Store['oidc'] {
  return new Proxy(oidc, {
    get(target, name): unknown {
      const value = Reflect.get(target, name, target) as unknown;
      if (typeof value !== 'function') return value;
      const bound = value.bind(target) as (...given: unknown[]) => Promise<unknown>;
      if (name !== 'put') return bound;
      return async (artifact: Artifact, ...more: unknown[]): Promise<unknown> => {
        await before(artifact);
        return bound(artifact, ...more);
      };
    },
  });
}
