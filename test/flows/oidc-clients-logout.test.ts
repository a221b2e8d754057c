import { createRemoteJWKSet, jwtVerify, type JWTPayload } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { OidcClient } from 'cofactor/oidc-server';
import { ClientRegistry } from '../../packages/cofactor/src/oidc-server/client-registry.ts';
import { LogoutNotices } from '../../packages/cofactor/src/oidc-server/logout-notices.ts';
import { checkOidcOptions } from '../../packages/cofactor/src/oidc-server/options.ts';
import { createProvider } from '../../packages/cofactor/src/oidc-server/provider.ts';
import { loadKeys } from '../../packages/cofactor/src/oidc-server/signing-keys.ts';
import {
  codeOf,
  enrolTotp,
  onEachDatabase,
  register,
  type Person,
  type TestDatabase,
} from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import { startReceiver, type Receiver } from '../support/listening.ts';
import { claimsOf } from '../support/oidc.ts';
import { goTo, liveOidc, parametersOf, signIn, type LiveOidc } from '../support/oidc-live.ts';
import { begin, connect, liveClients, signInAt } from '../support/oidc-parties.ts';

const offline = { scope: 'openid offline_access', prompt: 'consent' };

/** What a client has to check of a logout token (OpenID Connect Back-Channel Logout, 2.6). */
async function validated(
  test: LiveOidc,
  posted: URLSearchParams | undefined,
  audience: string,
  algorithm = 'ES256',
): Promise<JWTPayload> {
  expect([...(posted?.keys() ?? [])]).toEqual(['logout_token']);
  const keys = createRemoteJWKSet(new URL(`${test.issuer}/jwks`));
  const { payload } = await jwtVerify(posted?.get('logout_token') ?? '', keys, {
    issuer: test.issuer,
    audience,
    typ: 'logout+jwt',
    algorithms: [algorithm],
    requiredClaims: ['iat', 'exp', 'jti', 'sub', 'sid'],
  });
  expect(payload['events']).toEqual({ 'http://schemas.openid.net/event/backchannel-logout': {} });
  expect(payload).not.toHaveProperty('nonce');
  return payload;
}

onEachDatabase('signing out', (fresh) => {
  let database: TestDatabase;
  let test: LiveOidc;
  let heard: Receiver;
  let told: OidcClient;
  let other: OidcClient;
  let config: client.Configuration;
  let ann: Person;
  beforeAll(async () => {
    database = await fresh();
    heard = await startReceiver();
    told = {
      ...liveClients.web,
      id: 'told',
      backchannelLogoutUri: `${heard.origin}/told`,
    };
    other = {
      id: 'other',
      name: 'Other',
      redirectUris: ['https://other.example/callback'],
      secret: 'other-secret-of-at-least-32-characters',
      firstParty: true,
      idTokenAlgorithm: 'EdDSA',
      backchannelLogoutUri: `${heard.origin}/other`,
    };
    test = await liveOidc(database.open(), {
      clients: [told, other, ...Object.values(liveClients)],
      algorithms: ['ES256', 'EdDSA'],
    });
    config = await connect(test, told);
  });
  afterAll(async () => {
    await test?.close();
    await heard?.close();
    await database?.drop();
  });
  beforeEach(async () => {
    ann = await register(test);
    await enrolTotp(test, ann);
  });

  /** Whether the browser still has a session, as a client finds out. */
  async function isSignedIn(browser: TestBrowser = ann.browser): Promise<boolean> {
    const { url } = await begin(config, told, { prompt: 'none' });
    const parameters = await parametersOf(await goTo(test, ann, url, { browser }));
    return parameters.has('code');
  }

  it('at a client asks the person, ends the session, and leads back to the client', async () => {
    const tokens = await signInAt(test, ann, config, told);
    const url = client.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: 'https://web.example/bye',
      state: 'of the client',
    });
    const { callback, asked } = await goTo(test, ann, url);
    expect(asked).toEqual(['/oidc/logout']);
    expect((callback as URL).href).toBe('https://web.example/bye?state=of+the+client');
    expect(await isSignedIn()).toBe(false);
    await expect(
      client.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? ''),
    ).rejects.toMatchObject({ status: 401 });
    await heard.next();
  });

  it('at a client tells the others, once each, in tokens that they can check', async () => {
    const mine = await signInAt(test, ann, config, told);
    const theirs = await signInAt(test, ann, await connect(test, other), other);
    expect(mine.claims()?.['sid']).not.toBe(theirs.claims()?.['sid']);
    const before = heard.posted.length;
    await goTo(test, ann, client.buildEndSessionUrl(config, { id_token_hint: mine.id_token ?? '' }));
    const posted = new Map(
      [await heard.next(), await heard.next()].map((one) => [
        claimsOf(one.get('logout_token') ?? '')['aud'],
        one,
      ]),
    );
    expect(new Set(posted.keys())).toEqual(new Set(['other', 'told']));
    const toTold = await validated(test, posted.get('told'), 'told');
    expect([toTold.sub, toTold['sid']]).toEqual([mine.claims()?.sub, mine.claims()?.['sid']]);
    const toOther = await validated(test, posted.get('other'), 'other', 'EdDSA');
    expect([toOther.sub, toOther['sid']]).toEqual([theirs.claims()?.sub, theirs.claims()?.['sid']]);
    await test.auth.engine.background.settled();
    expect(heard.posted).toHaveLength(before + 2);
  });

  it('leads nowhere that was not registered, and asks nobody who is not signed in', async () => {
    const tokens = await signInAt(test, ann, config, told);
    const url = client.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: 'https://evil.example/bye',
    });
    await expect(goTo(test, ann, url)).rejects.toThrow(/answered 400/);
    expect(await isSignedIn()).toBe(true);

    const registered = { post_logout_redirect_uri: 'https://web.example/bye' };
    const stranger = test.browser();
    const arrival = await goTo(test, ann, client.buildEndSessionUrl(config, registered), {
      browser: stranger,
    });
    expect((arrival.callback as URL).href).toBe('https://web.example/bye');
    expect(await isSignedIn()).toBe(true);
  });

  it('on our own pages tells the clients, and ends what is not for when nobody is there', async () => {
    const short = await signInAt(test, ann, config, told);
    const sub = short.claims()?.sub ?? '';
    await client.fetchUserInfo(config, short.access_token, sub);
    await ann.browser.context();
    expect((await ann.browser.post('/auth/sign-out')).status).toBeLessThan(300);
    const payload = await validated(test, await heard.next(), 'told');
    expect([payload.sub, payload['sid']]).toEqual([sub, short.claims()?.['sid']]);
    await expect(client.fetchUserInfo(config, short.access_token, sub)).rejects.toMatchObject({
      status: 401,
    });
  });

  it('on our own pages leaves what was given for when nobody is there', async () => {
    const long = await signInAt(test, ann, config, told, offline);
    await ann.browser.context();
    await ann.browser.post('/auth/sign-out');
    await heard.next();
    const renewed = await client.refreshTokenGrant(config, long.refresh_token ?? '');
    expect(renewed.claims()).toMatchObject({ sub: long.claims()?.sub, sid: long.claims()?.['sid'] });
  });

  it('everywhere, by a changed factor, tells the clients and ends what they have', async () => {
    // A second browser of the same person, with the client in it.
    const elsewhere = { ...ann, browser: test.browser() };
    await signIn(test, elsewhere, elsewhere.browser);
    const tokens = await signInAt(test, elsewhere, config, told, offline);
    await ann.browser.context();
    await ann.browser.post('/auth/step-up', { policy: 'Admin' });
    const done = await ann.browser.post('/auth/ceremony', {
      authenticator: ann.authenticator,
      response: { code: codeOf(test, ann) },
    });
    expect(done.body.status).toBe('done');
    test.clock.advance(31);
    await enrolTotp(test, { ...ann }, 'Tablet');

    const payload = await validated(test, await heard.next(), 'told');
    expect([payload.sub, payload['sid']]).toEqual([tokens.claims()?.sub, tokens.claims()?.['sid']]);
    expect(await isSignedIn(elsewhere.browser)).toBe(false);
    await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  /** Looks for sign-ins that ended, as each node does every minute. */
  async function sweeper(): Promise<() => Promise<void>> {
    const { engine } = test.auth;
    const clients = [{ ...told, scopes: ['openid'] }];
    const options = checkOidcOptions(test.auth, { clients });
    const registry = new ClientRegistry(engine, options);
    const provider = createProvider(engine, options, registry, await loadKeys(engine, ['ES256']));
    const notices = new LogoutNotices(engine, () => Promise.resolve(provider));
    return async () => {
      await engine.background.settled();
      test.clock.advance(60);
      await notices.sweep();
    };
  }
  const sidsSince = (before: number): readonly unknown[] =>
    heard.posted.slice(before).map((posted) => claimsOf(posted.get('logout_token') ?? '')['sid']);

  it.each([
    ['here', 2, 3],
    ['at a client', 2, 3],
    ['here', 1000, 5],
  ])('%s: a client that failed %i times is told %i times', async (where, failing, times) => {
    const sweep = await sweeper();
    const tokens = await signInAt(test, ann, config, told);
    const sid = tokens.claims()?.['sid'];
    const before = heard.posted.length;
    heard.failing = failing;
    await ann.browser.context();
    if (where === 'here') await ann.browser.post('/auth/sign-out');
    else await goTo(test, ann, client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token ?? '' }));
    for (let minute = 0; minute < 8; minute += 1) await sweep();
    heard.failing = 0;
    expect(sidsSince(before).filter((one) => one === sid)).toHaveLength(times);
  });

  it('by age, unseen by anybody, is told all the same', async () => {
    const sweep = await sweeper();
    const tokens = await signInAt(test, ann, config, told);
    const sid = tokens.claims()?.['sid'];
    const before = heard.posted.length;
    await sweep();
    expect(sidsSince(before)).not.toContain(sid);
    test.clock.advance(test.auth.engine.config.session.absolute);
    await sweep();
    await sweep();
    expect(sidsSince(before).filter((one) => one === sid)).toHaveLength(1);
  });
});
