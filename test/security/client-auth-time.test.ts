import { describe, expect, it } from 'vitest';
import { ledAway, startRp, whoIs } from '../support/client-attacks.ts';
import { askedOf, comeBack, onEachAdapter, open, signIn, withCode, withPassword } from '../support/rp.ts';

type TimeOf = (nowSeconds: number) => unknown;

/** Times that no honest issuer says of a sign-in of now; the page wants MFA of the last 900 seconds. */
const untrue: Readonly<Record<string, TimeOf>> = {
  'in text': (now) => String(now),
  'in text, with a unit': (now) => `${now}s`,
  'as a date': (now) => new Date(now * 1000).toISOString(),
  'in milliseconds': (now) => now * 1000,
  'in the future': (now) => now + 120,
  'in a list': (now) => [now],
  'in an object': (now) => ({ value: now }),
  'as true': () => true,
  null: () => null,
  'a small negative one': () => -1,
  'a negative one': (now) => -now,
  'the smallest': () => -Number.MAX_VALUE,
  'the greatest': () => Number.MAX_VALUE,
  'too old': (now) => now - 961,
  'very old': () => 1,
  zero: () => 0,
};

onEachAdapter('A-151 auth_time that cannot be', (adapter) => {
  it('a step-up with it is denied, and the session is as it was', async () => {
    const rp = await startRp({ adapter });
    for (const [name, timeOf] of Object.entries(untrue)) {
      rp.issuer.claims = (claims) => claims;
      const browser = rp.browser();
      await signIn(rp, browser, withPassword);
      const before = await whoIs(browser);
      const kept = browser.fork({ withCookies: true });
      const led = await open(browser, '/fresh-admin');
      expect(askedOf(led).get('max_age')).toBe('900');
      rp.issuer.claims = (claims) => ({ ...claims, auth_time: timeOf(rp.clock.now().getTime() / 1000) });
      const back = await comeBack(rp, browser, led, withCode);
      expect([name, back.status]).toEqual([name, 403]);
      // The same one, and not a new one in place of it.
      for (const one of [browser, kept]) {
        expect([name, await whoIs(one)]).toEqual([name, before]);
        expect((await open(one, '/orders')).status).toBe(200);
      }
    }
    expect(rp.logged.filter(({ message }) => message === 'a sign-in was refused').length).toBe(
      Object.keys(untrue).length,
    );
  });
});

describe('A-151 auth_time that is missing', () => {
  const without = ({ auth_time: _time, ...claims }: Record<string, unknown>): Record<string, unknown> =>
    claims;

  it('falls short where a page asked for an age, and is refused where the application asks of every sign-in', async () => {
    const rp = await startRp();
    rp.issuer.claims = without;
    const browser = rp.browser();
    const { times, last } = await ledAway(rp, browser, '/fresh-admin', (redirect) =>
      comeBack(rp, browser, redirect, withCode),
    );
    expect([times, last.status]).toEqual([1, 403]);
    expect((await browser.get('/fresh-admin')).status).toBe(401);

    const asking = await startRp({ issuer: { ask: { maxAge: 300 } } });
    asking.issuer.claims = without;
    const other = asking.browser();
    expect((await signIn(asking, other, withCode)).status).toBe(403);
    expect((await whoIs(other)).subject).toBeNull();
  });

  it('is never fresh where no age was asked for', async () => {
    const rp = await startRp();
    rp.issuer.claims = without;
    const browser = rp.browser();
    await signIn(rp, browser, withCode);
    expect((await open(browser, '/admin')).status).toBe(200);
    for (const path of ['/recent', '/fresh-admin']) {
      expect((await browser.get(path)).status).toBe(401);
      const { times, last } = await ledAway(rp, browser, path, (redirect) =>
        comeBack(rp, browser, redirect, withCode),
      );
      expect([path, times, last.status]).toEqual([path, 1, 403]);
    }
  });

  it.each(Object.entries(untrue).filter(([name]) => !['too old', 'very old', 'zero'].includes(name)))(
    'one that cannot be is denied also where no age was asked for: %s',
    async (_name, timeOf) => {
      const rp = await startRp();
      rp.issuer.claims = (claims) => ({ ...claims, auth_time: timeOf(rp.clock.now().getTime() / 1000) });
      const browser = rp.browser();
      expect((await signIn(rp, browser, withCode)).status).toBe(403);
      expect((await whoIs(browser)).subject).toBeNull();
    },
  );
});

describe('A-151 auth_time at its borders', () => {
  it('NaN and Infinity do not exist in JSON, and a number that becomes one is refused', async () => {
    const rp = await startRp();
    rp.issuer.claims = (claims) => ({ ...claims, auth_time: NaN });
    const browser = rp.browser();
    expect((await signIn(rp, browser, withCode, '/fresh-admin')).status).toBe(403);
  });

  it('a sign-in of before an hour passes at max_age 3600 and not at 900, whatever was asked at first', async () => {
    const rp = await startRp();
    rp.issuer.claims = (claims) => ({ ...claims, auth_time: (claims['auth_time'] as number) - 3600 });
    const browser = rp.browser();
    await signIn(rp, browser, withCode);
    expect((await open(browser, '/admin')).status).toBe(200);
    expect((await browser.get('/fresh-admin')).status).toBe(401);
    const led = await open(browser, '/fresh-admin');
    expect((await comeBack(rp, browser, led, withCode)).status).toBe(403);
    const wide = await open(browser, '/auth/sign-in?issuer=acme&max_age=3600&return_to=%2Forders');
    expect((await comeBack(rp, browser, wide, withCode)).status).toBe(303);
  });

  it('a part of a second makes nothing younger', async () => {
    const rp = await startRp();
    const browser = rp.browser();
    rp.issuer.claims = (claims) => ({ ...claims, auth_time: (claims['auth_time'] as number) - 800.75 });
    await signIn(rp, browser, withCode, '/fresh-admin');
    expect((await browser.get('/fresh-admin')).status).toBe(200);
    rp.clock.advance(101);
    expect((await browser.get('/fresh-admin')).status).toBe(401);
  });

  it('I-20 a time a little ahead counts from when it was said, and does not become younger', async () => {
    const rp = await startRp();
    rp.issuer.claims = (claims) => ({ ...claims, auth_time: (claims['auth_time'] as number) + 30 });
    const browser = rp.browser();
    await signIn(rp, browser, withCode, '/fresh-admin');
    expect((await browser.get('/fresh-admin')).status).toBe(200);
    rp.clock.advance(929);
    expect((await browser.get('/fresh-admin')).status).toBe(200);
    rp.clock.advance(3);
    expect((await browser.get('/fresh-admin')).status).toBe(401);
  });

  it('prompt=login by max_age=0 wants a sign-in of after the question', async () => {
    const rp = await startRp();
    const browser = rp.browser();
    await signIn(rp, browser, withCode);
    const led = await open(browser, '/auth/sign-in?issuer=acme&max_age=0&return_to=%2Forders');
    const asked = askedOf(led);
    expect([asked.get('max_age'), asked.get('prompt')]).toEqual(['0', 'login']);
    rp.clock.advance(120);
    rp.issuer.claims = (claims) => ({ ...claims, auth_time: (claims['auth_time'] as number) - 200 });
    expect((await comeBack(rp, browser, led, withCode)).status).toBe(403);
  });
});
