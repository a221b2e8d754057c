import { expect, it } from 'vitest';
import { dialects, memorySessionStore } from 'cofactor/oidc-client';
import { TestClock } from '../support/clock.ts';
import { TestIssuer } from '../support/memory-issuer.ts';
import {
  askedOf,
  comeBack,
  createRp,
  locationOf,
  onEachAdapter,
  open,
  signIn,
  withCode,
  withPassword,
  type TestRp,
  type Who,
} from '../support/rp.ts';

interface RefreshState {
  refreshed: number;
  over: boolean;
  away: boolean;
}

/** The issuer hands out refresh tokens, each good once, and new access tokens for them. */
function withRefreshTokens(rp: TestRp, seconds = 60): RefreshState {
  const state: RefreshState = { refreshed: 0, over: false, away: false };
  const plain = rp.issuer.fetch;
  let good = 'refresh-0';
  Object.assign(rp.issuer, {
    fetch: (async (input, init) => {
      const { pathname } = new URL(input instanceof Request ? input.url : input);
      const form = new URLSearchParams(String((init?.body as URLSearchParams | null | undefined) ?? ''));
      if (pathname === '/token' && form.get('grant_type') === 'refresh_token') {
        if (state.away) throw new TypeError('fetch failed');
        if (state.over || form.get('refresh_token') !== good) {
          return Response.json({ error: 'invalid_grant' }, { status: 400 });
        }
        state.refreshed += 1;
        good = `refresh-${state.refreshed}`;
        const access = `access-${state.refreshed}`;
        return Response.json({
          access_token: access,
          token_type: 'Bearer',
          expires_in: seconds,
          refresh_token: good,
        });
      }
      const answer = await plain(input, init);
      if (pathname !== '/token' || answer.status !== 200) return answer;
      const tokens = (await answer.json()) as object;
      return Response.json({ ...tokens, access_token: 'access-0', expires_in: seconds, refresh_token: good });
    }) satisfies typeof fetch,
  });
  return state;
}

async function refreshing(
  client: Parameters<typeof createRp>[0] = {},
): Promise<{ rp: TestRp; state: RefreshState }> {
  let forward: typeof fetch = async () => Response.error();
  const rp = await createRp({
    ...client,
    issuer: { fetch: async (...all) => forward(...all), ...client.issuer },
  });
  const state = withRefreshTokens(rp);
  forward = rp.issuer.fetch;
  return { rp, state };
}

onEachAdapter('access tokens', (adapter) => {
  it('are refreshed before they end, once for many requests, with the session as it was', async () => {
    const { rp, state } = await refreshing({ adapter });
    const browser = rp.browser();
    await signIn(rp, browser, withCode);
    expect((await browser.get('/token')).body).toEqual({ token: 'access-0' });
    rp.clock.advance(40);
    const many = await Promise.all(Array.from({ length: 8 }, () => browser.get('/token')));
    expect(many.map(({ body }) => body)).toEqual(many.map(() => ({ token: 'access-1' })));
    expect(state.refreshed).toBe(1);
    rp.clock.advance(40);
    expect((await browser.get('/token')).body).toEqual({ token: 'access-2' });
    const { body } = await browser.get<Who>('/who');
    expect(body).toEqual({ subject: 'ann', amr: ['pwd', 'otp', 'mfa'], acr: 'mfa', admin: true });
    await rp.close();
  });
});

it('a request that was on its way with the old cookie gets the new token, not the old refresh token', async () => {
  const { rp, state } = await refreshing();
  const browser = rp.browser();
  await signIn(rp, browser, withCode);
  const old = browser.fork({ withCookies: true });
  rp.clock.advance(40);
  expect((await browser.get('/token')).body).toEqual({ token: 'access-1' });
  expect((await old.get('/token')).body).toEqual({ token: 'access-1' });
  expect(state.refreshed).toBe(1);
  await rp.close();
});

it('a recheck notices that the sign-in is over at the issuer', async () => {
  const { rp, state } = await refreshing({ client: { session: { recheck: 30 } } });
  const browser = rp.browser();
  await signIn(rp, browser, withCode);
  rp.clock.advance(31);
  expect((await open(browser, '/admin')).status).toBe(200);
  expect(state.refreshed).toBe(1);
  state.over = true;
  expect((await open(browser, '/admin')).status).toBe(200);
  rp.clock.advance(31);
  const over = await open(browser, '/admin');
  expect(over.status).toBe(303);
  expect(locationOf(over)).toContain('https://issuer.example/auth');
  expect((await browser.get<Who>('/who')).body.subject).toBeNull();
  await rp.close();
});

it.each([
  ['refuse', 503],
  ['keep', 200],
] as const)('a recheck while the issuer is away: %s', async (whenAway, status) => {
  const { rp, state } = await refreshing({ client: { session: { recheck: 30, whenAway } } });
  const browser = rp.browser();
  await signIn(rp, browser, withCode);
  state.away = true;
  rp.clock.advance(31);
  expect((await open(browser, '/admin')).status).toBe(status);
  expect((await browser.get('/admin')).status).toBe(status);
  state.away = false;
  // It is left alone for a moment.
  rp.clock.advance(6);
  expect((await open(browser, '/admin')).status).toBe(200);
  expect(state.refreshed).toBe(1);
  await rp.close();
});

it('U10 several issuers side by side: people choose, and each keeps its own words', async () => {
  const other = new TestIssuer('https://other.example');
  const clock = new TestClock(new Date());
  other.now = () => clock.now();
  const rp = await createRp({
    client: { clock },
    others: [
      {
        name: 'other',
        label: 'Other',
        issuer: other.issuer,
        clientId: 'orders-there',
        dialect: dialects.google,
        fetch: other.fetch,
      },
    ],
  });
  const browser = rp.browser();
  const led = await open(browser, '/admin');
  expect(locationOf(led)).toBe('/auth/sign-in?acr=mfa&return_to=%2Fadmin');
  const choice = await open(browser, locationOf(led));
  expect(choice.text).toContain('Acme');
  expect(choice.text).toContain('Other');
  const chosen = await open(browser, '/auth/sign-in?issuer=other&acr=mfa&return_to=%2Fadmin');
  expect(locationOf(chosen)).toContain('https://other.example/auth');
  expect(askedOf(chosen).get('client_id')).toBe('orders-there');
  const response = other.authorize(locationOf(chosen), withCode);
  const back = await open(browser, `/auth/callback/other?${new URLSearchParams({ ...response })}`);
  expect(locationOf(back)).toBe('/admin');
  // Google says nothing about second factors, whatever stands in amr.
  expect((await browser.get<Who>('/who')).body).toMatchObject({ subject: 'ann', acr: 'pwd', admin: false });
  expect((await open(browser, '/admin')).status).toBe(403);
  await rp.close();
});

it('a store keeps sessions on the server: the cookie is a secret name, and a new sign-in ends the old one', async () => {
  const clock = new TestClock(new Date());
  const store = memorySessionStore(clock);
  const rp = await createRp({ client: { store, clock } });
  const browser = rp.browser();
  await signIn(rp, browser, { ...withCode, sid: 'sign-in-1' });
  const cookie = browser.cookies.get('cofactor-client-4000-auth-session') ?? '';
  expect(cookie).toMatch(/^[\w-]{43}$/);
  expect(await store.get(cookie)).toBeNull();
  expect((await open(browser, '/admin')).status).toBe(200);
  await signIn(rp, browser, withPassword, '/auth/sign-in?return_to=%2Forders');
  expect(browser.cookies.get('cofactor-client-4000-auth-session')).not.toBe(cookie);
  const kept = browser.fork();
  kept.cookies.set('cofactor-client-4000-auth-session', cookie);
  expect((await kept.get<Who>('/who')).body.subject).toBeNull();
  await rp.close();
});

it('a session that does not fit into one cookie is split, and put together again', async () => {
  const rp = await createRp();
  const browser = rp.browser();
  await signIn(rp, browser, {
    ...withCode,
    groups: Array.from({ length: 60 }, (_, at) => `a-group-of-many-${at}`),
  });
  expect([...browser.cookies.keys()].toSorted()).toEqual([
    'cofactor-client-4000-auth-session',
    'cofactor-client-4000-auth-session.1',
  ]);
  expect((await open(browser, '/admin')).status).toBe(200);
  await signIn(rp, browser, withCode, '/auth/sign-in?return_to=%2Forders');
  expect([...browser.cookies.keys()]).toEqual(['cofactor-client-4000-auth-session']);
  expect((await open(browser, '/admin')).status).toBe(200);
  await rp.close();
});

it('RFC 9126 hands the request to the issuer directly where it takes it that way', async () => {
  const rp = await createRp();
  rp.issuer.document = (document) => ({
    ...document,
    pushed_authorization_request_endpoint: `${rp.issuer.issuer}/par`,
  });
  rp.issuer.answer = (path) =>
    path === '/par'
      ? Response.json({ request_uri: 'urn:example:1', expires_in: 60 }, { status: 201 })
      : undefined;
  const led = await open(rp.browser(), '/admin');
  expect(Object.fromEntries(askedOf(led))).toEqual({ client_id: 'orders', request_uri: 'urn:example:1' });
  const pushed = rp.issuer.asked.find(({ path }) => path === '/par');
  expect(new URLSearchParams(pushed?.body).get('acr_values')).toContain('mfa');
  await rp.close();
});

it('A8 what is asked is said for the whole application, and for one route', async () => {
  const rp = await createRp({
    issuer: { ask: { acrValues: 'mfa', maxAge: 600, claims: { userinfo: { name: null } } } },
  });
  const asked = askedOf(await open(rp.browser(), '/orders'));
  expect([asked.get('acr_values'), asked.get('max_age')]).toEqual(['mfa', '600']);
  expect(JSON.parse(asked.get('claims') ?? '')).toEqual({
    userinfo: { name: null },
    id_token: { auth_time: null },
  });
  const guard = rp.client.guard(null, { ask: { acrValues: 'phr', maxAge: 900, prompt: 'login' } });
  const decided = await guard.decide({
    method: 'GET',
    url: '/orders',
    headers: { accept: 'text/html' },
    body: null,
    remoteAddress: '',
  });
  const route = 'response' in decided ? askedOf(decided.response as never) : new URLSearchParams();
  expect([route.get('acr_values'), route.get('max_age'), route.get('prompt')]).toEqual([
    'phr',
    '600',
    'login',
  ]);
  await rp.close();
});

it('RFC 9470 an API that wants more sends the person to the issuer once, and back to the page', async () => {
  const rp = await createRp();
  const browser = rp.browser();
  await signIn(rp, browser, withPassword);
  const page = (cookies: ReadonlyMap<string, string>): Parameters<typeof rp.client.stepUp>[0] => ({
    method: 'GET',
    url: '/payments?id=7',
    headers: {
      accept: 'text/html',
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    },
    body: null,
    remoteAddress: '',
  });
  const led = await rp.client.stepUp(page(browser.cookies), { acrValues: 'mfa', maxAge: 300 });
  const asked = askedOf(led as never);
  expect([asked.get('acr_values'), asked.get('max_age')]).toEqual(['mfa', '300']);
  for (const cookie of [led.headers['set-cookie'] ?? []].flat()) {
    const [pair = ''] = cookie.split(';');
    const at = pair.indexOf('=');
    browser.cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
  expect(locationOf(await comeBack(rp, browser, led as never, withCode))).toBe('/payments?id=7');
  // The API is still not content: no second time by itself.
  expect((await rp.client.stepUp(page(browser.cookies), { acrValues: 'mfa', maxAge: 300 })).status).toBe(403);
  // Another thing it may want, and the same a while later.
  expect((await rp.client.stepUp(page(browser.cookies), { acrValues: 'phr' })).status).toBe(303);
  rp.clock.advance(120);
  expect((await rp.client.stepUp(page(browser.cookies), { acrValues: 'mfa', maxAge: 300 })).status).toBe(303);
  await rp.close();
});

it('names of the userinfo are shown, and prove nothing', async () => {
  const rp = await createRp({ issuer: { userinfo: true } });
  const browser = rp.browser();
  await signIn(rp, browser, {
    ...withPassword,
    'userinfo:name': 'Ann',
    'userinfo:amr': ['mfa'],
    'userinfo:acr': 'mfa',
  });
  expect((await browser.get<Who>('/who')).body).toMatchObject({ acr: 'pwd', amr: ['pwd'], admin: false });
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const visitor = await rp.client.visitor({
    method: 'GET',
    url: '/',
    headers: { cookie },
    body: null,
    remoteAddress: '',
  });
  expect(visitor.user?.profile).toMatchObject({ name: 'Ann' });
  expect(visitor.user?.claims['name']).toBeUndefined();
  await rp.close();
});
