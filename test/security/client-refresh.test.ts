import { memorySessionStore, type OidcClientOptions } from 'cofactor/oidc-client';
import { describe, expect, it } from 'vitest';
import type { TestBrowser } from '../support/browser.ts';
import { TestClock } from '../support/clock.ts';
import { signedByAnother, signedByIssuer, unsigned } from '../support/memory-issuer.ts';
import { cookiesOf, putBack, startRp, whoIs } from '../support/client-attacks.ts';
import { onEachAdapter, open, signIn, withPassword, type Adapter, type TestRp } from '../support/rp.ts';

type Claims = Record<string, unknown>;

/** What the issuer says to refresh tokens; a test changes it. */
interface Refreshing {
  readonly rp: TestRp;
  /** Refresh tokens that it was asked with. */
  readonly asked: string[];
  /** Changes what it answers. */
  answer: (tokens: Claims) => Response | Promise<Response>;
  seconds: number;
}

/** An issuer whose refresh tokens are good once, as they should be (RFC 9700, 4.14.2). */
async function refreshing(
  client: Partial<OidcClientOptions> = {},
  adapter: Adapter = 'fastify',
  timeout = 1,
): Promise<Refreshing> {
  const rp = await startRp({ adapter, client, issuer: { timeout } });
  const asked: string[] = [];
  let good = 0;
  const state: Refreshing = { rp, asked, answer: (tokens) => Response.json(tokens), seconds: 60 };
  rp.issuer.tokens = (tokens) => ({
    ...tokens,
    access_token: 'access-0',
    refresh_token: 'refresh-0',
    expires_in: state.seconds,
  });
  rp.issuer.answer = (path) => {
    const form = new URLSearchParams(rp.issuer.asked.at(-1)?.body);
    if (path !== '/token' || form.get('grant_type') !== 'refresh_token') return undefined;
    const token = form.get('refresh_token') ?? '';
    asked.push(token);
    if (token !== `refresh-${good}`) return Response.json({ error: 'invalid_grant' }, { status: 400 });
    good += 1;
    return state.answer({
      access_token: `access-${good}`,
      refresh_token: `refresh-${good}`,
      token_type: 'Bearer',
      expires_in: state.seconds,
    });
  };
  return state;
}

const tokenOf = async (browser: TestBrowser): Promise<unknown> =>
  (await browser.get<{ token: unknown }>('/token')).body.token;

function idToken(rp: TestRp, changes: Claims = {}): Claims {
  const now = Math.floor(rp.clock.now().getTime() / 1000);
  return { iss: rp.issuer.issuer, aud: 'orders', sub: 'ann', iat: now, exp: now + 300, ...changes };
}

onEachAdapter('refreshing', (adapter) => {
  it('an access token is used until shortly before its end, and then renewed once for twenty requests', async () => {
    const state = await refreshing({}, adapter);
    const browser = state.rp.browser();
    await signIn(state.rp, browser, withPassword);
    expect(await tokenOf(browser)).toBe('access-0');
    state.rp.clock.advance(25);
    expect(await tokenOf(browser)).toBe('access-0');
    expect(state.asked).toEqual([]);
    state.rp.clock.advance(6);
    const copies = Array.from({ length: 20 }, () => browser.fork({ withCookies: true }));
    const tokens = await Promise.all(copies.map(tokenOf));
    expect(new Set(tokens)).toEqual(new Set(['access-1']));
    expect(state.asked).toEqual(['refresh-0']);
    // Who was on their way with the old cookie gets what is new, and does not use the old refresh token again.
    expect(await tokenOf(browser)).toBe('access-1');
    expect(state.asked).toEqual(['refresh-0']);
  });

  it('rotation: each refresh token is used once, with what came with the last one', async () => {
    const state = await refreshing({ session: { recheck: 60 } }, adapter);
    const browser = state.rp.browser();
    await signIn(state.rp, browser, withPassword);
    for (let round = 0; round < 4; round += 1) {
      state.rp.clock.advance(61);
      expect((await open(browser, '/orders')).status).toBe(200);
    }
    expect(state.asked).toEqual(['refresh-0', 'refresh-1', 'refresh-2', 'refresh-3']);
  });

  it('invalid_grant ends the session, copies of it too', async () => {
    const state = await refreshing({ session: { recheck: 60 } }, adapter);
    const browser = state.rp.browser();
    await signIn(state.rp, browser, withPassword);
    const kept = cookiesOf(browser, 'session');
    state.answer = () => Response.json({ error: 'invalid_grant' }, { status: 400 });
    state.rp.clock.advance(61);
    expect((await browser.get('/orders')).status).toBe(401);
    expect(cookiesOf(browser, 'session').size).toBe(0);
    putBack(browser, kept);
    expect((await browser.get('/orders')).status).toBe(401);
    expect((await whoIs(browser)).subject).toBeNull();
  });
});

describe('A-149 I-20 what comes with a refresh', () => {
  it('proves nothing new: a better acr, a younger auth_time, more roles', async () => {
    const state = await refreshing({ session: { recheck: 60 } });
    const { rp } = state;
    const browser = rp.browser();
    await signIn(rp, browser, withPassword);
    const signedIn = Math.floor(rp.clock.now().getTime() / 1000);
    state.answer = async (tokens) =>
      Response.json({
        ...tokens,
        acr: 'mfa',
        id_token: await signedByIssuer(
          idToken(rp, {
            acr: 'mfa',
            amr: ['pwd', 'otp', 'mfa'],
            role: ['boss'],
            auth_time: signedIn,
            nonce: undefined,
          }),
        ),
      });
    rp.clock.advance(301);
    expect((await open(browser, '/orders')).status).toBe(200);
    expect(state.asked).toHaveLength(1);
    expect(await whoIs(browser)).toEqual({ subject: 'ann', amr: ['pwd'], acr: 'pwd', admin: false });
    for (const path of ['/admin', '/fresh-admin', '/recent'])
      expect((await browser.get(path)).status).toBe(401);
    expect((await browser.get('/boss')).status).toBe(403);
  });

  it.each<[string, (claims: Claims) => string | Promise<string>]>([
    ['another subject', (claims) => signedByIssuer({ ...claims, sub: 'eve' })],
    ['a subject in other letters', (claims) => signedByIssuer({ ...claims, sub: 'Ann' })],
    ['a later auth_time', (claims) => signedByIssuer({ ...claims, auth_time: claims['iat'] })],
    ['an auth_time in text', (claims) => signedByIssuer({ ...claims, auth_time: String(claims['iat']) })],
    ['another issuer', (claims) => signedByIssuer({ ...claims, iss: 'https://evil.example' })],
    ['another audience', (claims) => signedByIssuer({ ...claims, aud: 'other' })],
    ['several audiences without azp', (claims) => signedByIssuer({ ...claims, aud: ['orders', 'other'] })],
    ['one that is over', (claims) => signedByIssuer({ ...claims, exp: (claims['iat'] as number) - 120 })],
    ['no signature', (claims) => unsigned(claims)],
    ['the signature of another', (claims) => signedByAnother(claims)],
    ['no token', () => 'x'],
  ])('an id_token with %s does not go on as that person', async (_name, forge) => {
    const state = await refreshing({ session: { recheck: 60 } });
    const { rp } = state;
    const browser = rp.browser();
    await signIn(rp, browser, withPassword);
    state.answer = async (tokens) => Response.json({ ...tokens, id_token: await forge(idToken(rp)) });
    rp.clock.advance(61);
    expect((await browser.get('/orders')).status).not.toBe(200);
    expect((await whoIs(browser)).subject).not.toBe('eve');
    expect(await tokenOf(browser)).toBeNull();
  });
});

describe('A-159 an issuer that is away when a session is checked', () => {
  const troubles: Readonly<Record<string, () => Response | Promise<Response>>> = {
    'cannot be reached': () => {
      throw new TypeError('fetch failed');
    },
    'answers 500': () => new Response('', { status: 500 }),
    'answers 503 in JSON': () => Response.json({ error: 'temporarily_unavailable' }, { status: 503 }),
    'has too many requests': () => new Response('', { status: 429 }),
  };

  describe.each(Object.entries(troubles))('%s', (_name, trouble) => {
    it('refuse: 503 until it is back, and nobody is signed out', async () => {
      const state = await refreshing({ session: { recheck: 60 } });
      const { rp } = state;
      const browser = rp.browser();
      await signIn(rp, browser, withPassword);
      rp.clock.advance(61);
      const works = rp.issuer.answer;
      rp.issuer.answer = (path) => (path === '/token' ? trouble() : undefined);
      const [page, data] = [await open(browser, '/orders'), await browser.get('/orders')];
      expect([page.status, data.status, data.problem]).toEqual([503, 503, 'unavailable']);
      rp.issuer.answer = works;
      rp.clock.advance(6);
      expect((await open(browser, '/orders')).status).toBe(200);
    });

    it('keep: who is signed in goes on with what was proved, and no more', async () => {
      const state = await refreshing({ session: { recheck: 60, whenAway: 'keep' } });
      const { rp } = state;
      const browser = rp.browser();
      await signIn(rp, browser, withPassword);
      rp.clock.advance(61);
      rp.issuer.answer = (path) => (path === '/token' ? trouble() : undefined);
      expect((await open(browser, '/orders')).status).toBe(200);
      expect((await browser.get('/admin')).status).toBe(401);
      // To the end of the session, and not beyond.
      rp.clock.advance(3600);
      expect((await browser.get('/orders')).status).toBe(401);
    });
  });

  it('over a store it is the same, for as long as the issuer is away', async () => {
    const clock = new TestClock(new Date());
    const store = memorySessionStore(clock);
    const { rp } = await refreshing({ clock, store, session: { recheck: 60 } });
    const other = await startRp({
      client: { clock, store, session: { recheck: 60 } },
      issuer: { fetch: rp.issuer.fetch },
    });
    const browser = rp.browser();
    await signIn(rp, browser, withPassword);
    const there = other.browser();
    putBack(there, cookiesOf(browser, 'session'));
    clock.advance(61);
    rp.issuer.answer = (path) => (path === '/token' ? new Response('', { status: 500 }) : undefined);
    for (const seconds of [0, 1, 5, 10, 10, 10, 60]) {
      clock.advance(seconds);
      for (const [process, one] of Object.entries({ first: browser, second: there })) {
        expect([seconds, process, (await one.get('/orders')).status]).toEqual([seconds, process, 503]);
      }
    }
  });

  it('one person whom the issuer wants to see again stops nobody else', async () => {
    for (const error of ['interaction_required', 'login_required', 'invalid_scope', 'unauthorized_client']) {
      const state = await refreshing({ session: { recheck: 60 } });
      const { rp } = state;
      const [ann, eve] = [rp.browser(), rp.browser()];
      await signIn(rp, ann, withPassword);
      rp.issuer.tokens = (tokens) => ({ ...tokens, refresh_token: 'refresh-of-eve', expires_in: 60 });
      await signIn(rp, eve, { ...withPassword, sub: 'eve' });
      const plain = rp.issuer.answer;
      rp.issuer.answer = (path) =>
        rp.issuer.asked.at(-1)?.body.includes('refresh-of-eve') === true
          ? Response.json({ error }, { status: 400 })
          : plain(path);
      rp.clock.advance(61);
      expect((await eve.get('/orders')).status).not.toBe(200);
      expect([error, (await ann.get('/orders')).status]).toEqual([error, 200]);
    }
  });

  it('who has to sign in again at the issuer is led there, and not told that it is away', async () => {
    for (const error of ['invalid_grant', 'interaction_required', 'login_required', 'consent_required']) {
      const state = await refreshing({ session: { recheck: 60 } });
      const browser = state.rp.browser();
      await signIn(state.rp, browser, withPassword);
      state.answer = () => Response.json({ error }, { status: 400 });
      state.rp.clock.advance(61);
      expect([error, (await open(browser, '/orders')).status]).toEqual([error, 303]);
    }
  });

  it('one that never answers is waited for no longer than its timeout, by one request for all', async () => {
    const state = await refreshing({ session: { recheck: 60 } }, 'fastify', 0.3);
    const { rp } = state;
    const browser = rp.browser();
    await signIn(rp, browser, withPassword);
    rp.clock.advance(61);
    const before = rp.issuer.asked.length;
    rp.issuer.hangs = (path) => path === '/token';
    const copies = Array.from({ length: 10 }, () => browser.fork({ withCookies: true }));
    const answers = await Promise.all(copies.map((copy) => copy.get('/orders')));
    expect(answers.map(({ status }) => status)).toEqual(copies.map(() => 503));
    expect(rp.issuer.asked.length - before).toBe(1);
  });
});

describe('refreshing and the end of a session', () => {
  it('who signs out while the issuer is asked stays signed out', async () => {
    const state = await refreshing({ session: { recheck: 60 } });
    const { rp } = state;
    const browser = rp.browser();
    await signIn(rp, browser, withPassword);
    const kept = cookiesOf(browser, 'session');
    rp.clock.advance(61);
    const other = browser.fork({ withCookies: true });
    state.answer = async (tokens) => {
      expect((await other.send('POST', '/auth/sign-out')).status).toBe(303);
      return Response.json(tokens);
    };
    await open(browser, '/orders');
    expect((await browser.get('/orders')).status).toBe(401);
    putBack(browser, kept);
    expect((await browser.get('/orders')).status).toBe(401);
  });

  it('also in another process with the same store', async () => {
    const clock = new TestClock(new Date());
    const store = memorySessionStore(clock);
    const state = await refreshing({ clock, store, session: { recheck: 60 } });
    const second = await startRp({ client: { clock, store }, issuer: { fetch: state.rp.issuer.fetch } });
    const browser = state.rp.browser();
    await signIn(state.rp, browser, withPassword);
    const kept = cookiesOf(browser, 'session');
    clock.advance(61);
    const there = second.browser();
    putBack(there, kept);
    state.answer = async (tokens) => {
      expect((await there.send('POST', '/auth/sign-out')).status).toBe(303);
      return Response.json(tokens);
    };
    await open(browser, '/orders');
    putBack(browser, kept);
    expect((await browser.get('/orders')).status).toBe(401);
    expect((await whoIs(there)).subject).toBeNull();
  });

  it('an access token is not handed out to who is nobody, or whose session is over', async () => {
    const state = await refreshing();
    const browser = state.rp.browser();
    expect(await tokenOf(browser)).toBeNull();
    await signIn(state.rp, browser, withPassword);
    const kept = cookiesOf(browser, 'session');
    state.rp.clock.advance(3600);
    expect(await tokenOf(browser)).toBeNull();
    expect(state.asked).toEqual([]);
    await signIn(state.rp, browser, withPassword);
    putBack(browser, kept);
    expect(await tokenOf(browser)).toBeNull();
  });
});
