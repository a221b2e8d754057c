import { memorySessionStore, type SessionStore } from 'cofactor/oidc-client';
import { describe, expect, it } from 'vitest';
import { TestClock } from '../support/clock.ts';
import { clientCookies, cookiesOf, putBack, startRp, whoIs } from '../support/client-attacks.ts';
import {
  comeBack,
  onEachAdapter,
  open,
  signIn,
  withCode,
  withPassword,
  type Adapter,
  type TestRp,
} from '../support/rp.ts';

/** Sessions in cookies, and on the server. */
const kinds = ['in cookies', 'over a store'] as const;

async function started(
  kind: (typeof kinds)[number],
  adapter: Adapter = 'fastify',
  session = {},
): Promise<TestRp> {
  const clock = new TestClock(new Date());
  const store = kind === 'over a store' ? { store: memorySessionStore(clock) } : {};
  return startRp({ adapter, client: { clock, session, ...store } });
}

onEachAdapter('I-16 sessions', (adapter) => {
  it.each(kinds)('a new value at each sign-in and step-up, and the one before is dead, %s', async (kind) => {
    const rp = await started(kind, adapter);
    const browser = rp.browser();
    await signIn(rp, browser, withPassword);
    const values = [cookiesOf(browser, 'session')];
    await comeBack(rp, browser, await open(browser, '/admin'), withCode);
    values.push(cookiesOf(browser, 'session'));
    await comeBack(rp, browser, await open(browser, '/auth/sign-in?issuer=acme'), withCode);
    values.push(cookiesOf(browser, 'session'));
    expect(new Set(values.map((value) => JSON.stringify([...value]))).size).toBe(3);
    for (const old of values.slice(0, -1)) {
      const kept = rp.browser();
      putBack(kept, old);
      expect((await whoIs(kept)).subject).toBeNull();
    }
    expect((await whoIs(browser)).admin).toBe(true);
  });

  it.each(kinds)(
    'session fixation: a session that an attacker planted does not become the victim\u2019s, %s',
    async (kind) => {
      const rp = await started(kind, adapter);
      const [attacker, victim] = [rp.browser(), rp.browser()];
      await signIn(rp, attacker, { ...withPassword, sub: 'eve' });
      const planted = cookiesOf(attacker, 'session');
      putBack(victim, planted);
      await comeBack(rp, victim, await open(victim, '/auth/sign-in?issuer=acme'), withCode);
      expect((await whoIs(victim)).subject).toBe('ann');
      expect(cookiesOf(victim, 'session')).not.toEqual(planted);
      expect((await whoIs(attacker)).subject).toBeNull();
      const made = rp.browser();
      made.cookies.set(`${clientCookies}-session`, 'an-id-of-the-attacker');
      await signIn(rp, made, withCode);
      expect([...cookiesOf(made, 'session').values()]).not.toContain('an-id-of-the-attacker');
    },
  );

  it.each(kinds)('sign-out ends every copy, %s', async (kind) => {
    const rp = await started(kind, adapter);
    const browser = rp.browser();
    await signIn(rp, browser, withCode);
    rp.clock.advance(61);
    const early = browser.fork({ withCookies: true });
    await open(browser, '/orders');
    const late = browser.fork({ withCookies: true });
    expect((await browser.send('POST', '/auth/sign-out')).status).toBe(303);
    for (const copy of [early, late, browser]) {
      expect((await whoIs(copy)).subject).toBeNull();
      expect((await copy.get('/orders')).status).toBe(401);
    }
    expect(cookiesOf(browser, 'session').size).toBe(0);
  });

  it.each(kinds)('end when nobody uses them, and in any case after a day, %s', async (kind) => {
    const rp = await started(kind, adapter);
    const browser = rp.browser();
    await signIn(rp, browser, withCode);
    rp.clock.advance(3599);
    expect((await open(browser, '/orders')).status).toBe(200);
    rp.clock.advance(3599);
    expect((await open(browser, '/orders')).status).toBe(200);
    const kept = browser.fork({ withCookies: true });
    rp.clock.advance(3600);
    expect((await browser.get('/orders')).status).toBe(401);
    expect((await kept.get('/orders')).status).toBe(401);

    await signIn(rp, browser, withCode);
    for (let minutes = 0; minutes < 1440; minutes += 30) {
      expect((await browser.get('/orders')).status).toBe(200);
      rp.clock.advance(1800);
    }
    expect((await browser.get('/orders')).status).toBe(401);
  });
});

describe('sessions and the clock', () => {
  it('A-47 a clock that goes back makes no proof younger and no session longer', async () => {
    const rp = await started('in cookies');
    const browser = rp.browser();
    await signIn(rp, browser, withCode, '/fresh-admin');
    expect((await browser.get('/fresh-admin')).status).toBe(200);
    rp.clock.advance(-7200);
    expect((await browser.get('/fresh-admin')).status).toBe(401);
    rp.clock.advance(7200 + 86_400);
    expect((await browser.get('/orders')).status).toBe(401);
  });

  it('idle and absolute are what the options say', async () => {
    const rp = await started('in cookies', 'fastify', { idle: 60, absolute: 120 });
    const browser = rp.browser();
    await signIn(rp, browser, withCode);
    for (const [seconds, status] of [
      [40, 200],
      [40, 200],
      [39, 200],
      [1, 401],
    ] as const) {
      rp.clock.advance(seconds);
      expect([seconds, (await browser.get('/orders')).status]).toEqual([seconds, status]);
    }
  });

  it('the cookie does not outlive the session', async () => {
    const rp = await started('in cookies');
    const browser = rp.browser();
    await signIn(rp, browser, withCode);
    rp.clock.advance(3000);
    await open(browser, '/orders');
    const [first, renewed] = browser.setCookies.filter((cookie) => /session=[^;]/.test(cookie));
    expect(first).toContain('Max-Age=86400');
    expect(renewed).toContain('Max-Age=83400');
  });
});

describe('sessions over a store', () => {
  /** Two processes with one store. */
  async function twoProcesses(
    change: (store: SessionStore) => SessionStore = (store) => store,
  ): Promise<[TestRp, TestRp]> {
    const clock = new TestClock(new Date());
    const store = change(memorySessionStore(clock));
    const one = await startRp({ client: { clock, store } });
    return [one, await startRp({ client: { clock, store }, issuer: { fetch: one.issuer.fetch } })];
  }

  it('the cookie is a secret that the store does not have, and nothing in it can be read', async () => {
    const written: string[] = [];
    const [rp] = await twoProcesses((store) => ({
      ...store,
      async set(id, value, about) {
        written.push(id, value, JSON.stringify(about));
        return store.set(id, value, about);
      },
    }));
    const browser = rp.browser();
    const said = { sub: 'the-subject-at-the-issuer', email: 'ann@example.com', sid: 'the-sid-at-the-issuer' };
    await signIn(rp, browser, { ...withCode, ...said });
    const [secret = ''] = cookiesOf(browser, 'session').values();
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    expect(written.join('').length).toBeGreaterThan(500);
    // Long words: short ones come about by chance in what is sealed.
    for (const text of [secret, ...Object.values(said), '"amr"', 'email']) {
      expect(written.join('\n')).not.toContain(text);
    }
  });

  it('a record that was moved, changed or made up by who can write into the store is nobody', async () => {
    const kept = new Map<string, string>();
    const [rp] = await twoProcesses((store) => ({
      ...store,
      async set(id, value, about) {
        kept.set(id, value);
        return store.set(id, value, about);
      },
      get: async (id) => kept.get(id) ?? null,
    }));
    const [ann, eve] = [rp.browser(), rp.browser()];
    await signIn(rp, ann, withCode);
    await signIn(rp, eve, { sub: 'eve' });
    // Ann's is at hand by now.
    expect((await whoIs(ann)).subject).toBe('ann');
    const [[, annValue] = ['', ''], [eveId, eveValue] = ['', '']] = [...kept];
    for (const value of [
      annValue,
      '',
      '{}',
      JSON.stringify({ party: 'acme', claims: { sub: 'eve', acr: 'mfa' } }),
    ]) {
      kept.set(eveId, value);
      expect((await whoIs(eve)).subject).toBeNull();
    }
    kept.set(eveId, eveValue);
    expect((await whoIs(eve)).subject).toBe('eve');
  });

  it('sign-out in one process is sign-out in the other', async () => {
    const [one, other] = await twoProcesses();
    const browser = one.browser();
    await signIn(one, browser, withCode);
    const there = other.browser();
    putBack(there, cookiesOf(browser, 'session'));
    expect((await whoIs(there)).subject).toBe('ann');
    await browser.send('POST', '/auth/sign-out');
    expect((await whoIs(there)).subject).toBeNull();
  });

  it('A-161 a response is good once for all processes', async () => {
    const [one, other] = await twoProcesses();
    const browser = one.browser();
    const led = await open(browser, '/orders');
    const there = other.browser();
    putBack(there, cookiesOf(browser, 'transaction'));
    const path = `/auth/callback/acme?${new URLSearchParams(one.issuer.authorize(String(led.headers['location']), withCode))}`;
    expect((await open(browser, path)).status).toBe(303);
    expect((await open(there, path)).status).toBe(400);
  });

  it('I-16 a session that ends while another process is about to write it stays over', async () => {
    // Between reading and writing, another process signs out.
    let meanwhile: (() => Promise<unknown>) | null = null;
    const [one, other] = await twoProcesses((store) => ({
      ...store,
      async replace(...all) {
        const before = meanwhile;
        meanwhile = null;
        await before?.();
        return store.replace(...all);
      },
    }));
    const browser = one.browser();
    await signIn(one, browser, withCode);
    const there = other.browser();
    putBack(there, cookiesOf(browser, 'session'));
    one.clock.advance(61);
    meanwhile = () => there.send('POST', '/auth/sign-out');
    await browser.get('/orders');
    expect((await browser.get('/orders')).status).toBe(401);
    const kept = one.browser();
    putBack(kept, cookiesOf(browser, 'session'));
    expect((await whoIs(kept)).subject).toBeNull();
  });

  it('a cookie that was made up costs one look and is nobody', async () => {
    const asked: string[] = [];
    const [rp] = await twoProcesses((store) => ({
      ...store,
      async get(id) {
        asked.push(id);
        return store.get(id);
      },
    }));
    const browser = rp.browser();
    for (const value of ['x', 'x'.repeat(64), 'x'.repeat(65), '../../etc/passwd', '*', '\u0001']) {
      browser.cookies.set(`${clientCookies}-session`, value);
      expect((await browser.get('/orders')).status).toBe(401);
    }
    // What it is asked for is a hash, never what the browser sent.
    expect(asked.every((id) => /^[\w-]{43}$/.test(id))).toBe(true);
  });
});
