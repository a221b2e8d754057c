import { describe, expect, it } from 'vitest';
import { memorySessionStore, type SessionStore } from 'cofactor/oidc-client';
import { TestClock } from '../support/clock.ts';
import { bring, cookiesOf, responseTo, startRp, whoIs } from '../support/client-attacks.ts';
import {
  locationOf,
  onEachAdapter,
  open,
  signIn,
  withCode,
  withPassword,
  type TestRp,
} from '../support/rp.ts';

const timeout = 0.2;
const discovery = '/.well-known/openid-configuration';
const push = '/par';

/** Ways of being away; `path` is where. */
const ways: Readonly<Record<string, (rp: TestRp, path: string) => void>> = {
  'cannot be reached'(rp, path) {
    rp.issuer.answer = (asked) => {
      if (asked === path) throw new TypeError('fetch failed');
      return undefined;
    };
  },
  'answers 500'(rp, path) {
    rp.issuer.answer = (asked) => (asked === path ? new Response('oops', { status: 500 }) : undefined);
  },
  'answers 503 in JSON'(rp, path) {
    const body = { error: 'temporarily_unavailable', sub: 'ann' };
    rp.issuer.answer = (asked) => (asked === path ? Response.json(body, { status: 503 }) : undefined);
  },
  'never answers'(rp, path) {
    rp.issuer.hangs = (asked) => asked === path;
  },
  'begins to answer and never ends'(rp, path) {
    rp.issuer.stalls = (asked) => asked === path;
  },
  'leads elsewhere'(rp, path) {
    const headers = { location: 'https://evil.example/' };
    rp.issuer.answer = (asked) => (asked === path ? new Response(null, { status: 302, headers }) : undefined);
  },
  'answers a page'(rp, path) {
    const page = '<!doctype html><script>alert(1)</script>';
    const headers = { 'content-type': 'text/html' };
    rp.issuer.answer = (asked) => (asked === path ? new Response(page, { headers }) : undefined);
  },
  'answers half of an object'(rp, path) {
    const headers = { 'content-type': 'application/json' };
    rp.issuer.answer = (asked) => (asked === path ? new Response('{"sub":"ann",', { headers }) : undefined);
  },
  'answers nothing'(rp, path) {
    const headers = { 'content-type': 'application/json' };
    rp.issuer.answer = (asked) => (asked === path ? new Response('', { headers }) : undefined);
  },
  'answers null'(rp, path) {
    rp.issuer.answer = (asked) => (asked === path ? Response.json(null) : undefined);
  },
  'answers a list'(rp, path) {
    rp.issuer.answer = (asked) => (asked === path ? Response.json([{ sub: 'ann' }]) : undefined);
  },
};

/** These are troubles of the issuer for sure, and not answers that somebody made up. */
const surelyAway = [
  'cannot be reached',
  'answers 500',
  'answers 503 in JSON',
  'never answers',
  'begins to answer and never ends',
];

function mend(rp: TestRp): void {
  rp.issuer.answer = () => undefined;
  rp.issuer.hangs = () => false;
  rp.issuer.stalls = () => false;
}

/** Nobody came in, in good time, by a page that says what is the matter. */
function expectAway(way: string, answer: { status: number; headers: object; text: string }): void {
  expect(surelyAway.includes(way) ? [503] : [503, 403]).toContain(answer.status);
  expect('location' in answer.headers).toBe(false);
  expect(answer.text).not.toMatch(/alert\(1\)|evil\.example|oops|at .*\.ts:/);
  if (answer.status === 503) expect(answer.headers).toHaveProperty('retry-after');
}

describe('A-159 an issuer that is away', () => {
  describe.each(Object.entries(ways))('%s', (way, breakIt) => {
    it('at discovery: nobody is led there, those who are signed in go on, and it mends', async () => {
      const rp = await startRp({ issuer: { timeout } });
      breakIt(rp, discovery);
      const browser = rp.browser();
      const started = performance.now();
      expectAway(way, await open(browser, '/orders'));
      expect(performance.now() - started).toBeLessThan(3000);
      expect((await browser.get('/orders')).status).toBe(401);
      mend(rp);
      expect((await signIn(rp, browser, withPassword)).status).toBe(303);
      breakIt(rp, discovery);
      expect((await open(browser, '/orders')).status).toBe(200);
    });

    it.each(['/token', '/jwks', '/userinfo'])(
      'at %s: nobody gets in, and a session is as it was',
      async (path) => {
        const rp = await startRp({ issuer: { timeout, userinfo: true } });
        const browser = rp.browser();
        await signIn(rp, browser, withPassword);
        // Keys are kept for a while: an application that was started just now has none.
        const fresh = path === '/jwks' ? await startRp({ issuer: { timeout, userinfo: true } }) : rp;
        const other = fresh.browser();
        breakIt(fresh, path);
        const started = performance.now();
        expectAway(way, await signIn(fresh, other, withCode, '/admin'));
        expect(performance.now() - started).toBeLessThan(3000);
        expect((await whoIs(other)).subject).toBeNull();
        breakIt(rp, path);
        const before = cookiesOf(browser, 'session');
        const led = await open(browser, '/admin');
        if (path !== '/jwks') expectAway(way, await bring(browser, responseTo(rp, led, withCode)));
        expect(cookiesOf(browser, 'session')).toEqual(before);
        expect((await open(browser, '/orders')).status).toBe(200);
        mend(fresh);
        expect((await signIn(fresh, other, withCode, '/admin')).status).toBe(303);
      },
    );

    it('at the pushed request: nobody is led there', async () => {
      const rp = await startRp({ issuer: { timeout } });
      rp.issuer.document = (document) => ({
        ...document,
        pushed_authorization_request_endpoint: `${rp.issuer.issuer}${push}`,
      });
      breakIt(rp, push);
      // Many of these answers are not of the status that it has to have, and so not to be believed at all.
      const answer = await open(rp.browser(), '/orders');
      expect(locationOf(answer)).toBe('');
      expectAway(answer.status === 403 ? '' : way, answer);
    });

    it('at sign-out: signed out here in any case', async () => {
      const rp = await startRp({ issuer: { timeout } });
      const browser = rp.browser();
      await signIn(rp, browser, withPassword);
      breakIt(rp, discovery);
      rp.clock.advance(1800);
      const out = await browser.send('POST', '/auth/sign-out', { headers: { accept: 'text/html' } });
      expect(out.status).toBe(303);
      expect((await whoIs(browser)).subject).toBeNull();
    });
  });
});

onEachAdapter('A-159 an issuer that is away', (adapter) => {
  it('pages say 503 and programs get a problem; nobody gets in', async () => {
    const rp = await startRp({ adapter, issuer: { timeout } });
    const browser = rp.browser();
    const led = await open(browser, '/admin');
    ways['never answers']?.(rp, '/token');
    const page = await bring(browser, responseTo(rp, led, withCode));
    expect([page.status, page.headers['retry-after']]).toEqual([503, '5']);
    expect(page.headers['content-type']).toContain('text/html');
    expect((await whoIs(browser)).subject).toBeNull();
  });
});

/** A store that works until it is told not to. */
function fragileStore(clock: TestClock): { store: SessionStore; broken: Set<keyof SessionStore> } {
  const whole = memorySessionStore(clock);
  const broken = new Set<keyof SessionStore>();
  const guarded = <Name extends keyof SessionStore>(name: Name): SessionStore[Name] =>
    (async (...all: never[]) => {
      if (broken.has(name)) throw new Error('the store is away: redis://user:the-password-of-the-store@host');
      return (whole[name] as (...all: never[]) => unknown)(...all);
    }) as SessionStore[Name];
  return {
    broken,
    store: {
      get: guarded('get'),
      set: guarded('set'),
      replace: guarded('replace'),
      delete: guarded('delete'),
      deleteWhere: guarded('deleteWhere'),
      once: guarded('once'),
    },
  };
}

onEachAdapter('A-159 a store that is away', (adapter) => {
  it('is never "nobody" and never "let in": 503, for pages and programs', async () => {
    const clock = new TestClock(new Date());
    const { store, broken } = fragileStore(clock);
    const rp = await startRp({ adapter, client: { clock, store } });
    const browser = rp.browser();
    await signIn(rp, browser, withCode);
    broken.add('get');
    for (const path of ['/orders', '/admin', '/boss']) {
      const [page, data] = [await open(browser, path), await browser.get(path)];
      expect([path, page.status, data.status, data.problem]).toEqual([path, 503, 503, 'unavailable']);
      expect(page.text + data.text).not.toContain('the-password-of-the-store');
    }
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const asked = { method: 'GET', url: '/who', headers: { cookie }, body: null, remoteAddress: '' };
    await expect(rp.client.visitor(asked)).rejects.toThrow('the store is away');
    broken.clear();
    expect((await open(browser, '/admin')).status).toBe(200);
  });

  it.each(['once', 'get', 'set', 'delete'] as const)('nobody signs in over a broken %s', async (name) => {
    const clock = new TestClock(new Date());
    const { store, broken } = fragileStore(clock);
    const rp = await startRp({ adapter, client: { clock, store } });
    const browser = rp.browser();
    await signIn(rp, browser, withPassword);
    const before = cookiesOf(browser, 'session');
    const led = await open(browser, '/admin');
    broken.add(name);
    const back = await bring(browser, responseTo(rp, led, withCode));
    expect([back.status, locationOf(back)]).toEqual([503, '']);
    expect(cookiesOf(browser, 'session')).toEqual(before);
    broken.clear();
    expect((await whoIs(browser)).admin).toBe(false);
  });

  it('who could not be signed out is told so, and can try again', async () => {
    const clock = new TestClock(new Date());
    const { store, broken } = fragileStore(clock);
    const rp = await startRp({ adapter, client: { clock, store } });
    const browser = rp.browser();
    await signIn(rp, browser, withPassword);
    broken.add('delete');
    const headers = { accept: 'text/html' };
    expect((await browser.send('POST', '/auth/sign-out', { headers })).status).toBe(503);
    broken.clear();
    expect((await browser.send('POST', '/auth/sign-out', { headers })).status).toBe(303);
    expect((await whoIs(browser)).subject).toBeNull();
  });
});
