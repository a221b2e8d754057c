import { memorySessionStore } from 'cofactor/oidc-client';
import { describe, expect, it } from 'vitest';
import { TestClock } from '../support/clock.ts';
import { TestIssuer } from '../support/memory-issuer.ts';
import { bring, cookiesOf, ledTo, putBack, startRp, whoIs } from '../support/client-attacks.ts';
import { comeBack, locationOf, onEachAdapter, open, signIn, withCode, withPassword } from '../support/rp.ts';

const eve = { ...withCode, sub: 'eve' };

onEachAdapter('A-157 somebody else comes back from a step-up', (adapter) => {
  it('is told so, is not led on, and the session before is over, also for a kept cookie', async () => {
    const rp = await startRp({ adapter });
    const browser = rp.browser();
    await signIn(rp, browser, withPassword);
    const before = cookiesOf(browser, 'session');
    const led = await open(browser, '/admin?delete=everything');
    const back = await comeBack(rp, browser, led, eve);
    expect([back.status, back.headers['location']]).toEqual([200, undefined]);
    expect(back.text).not.toContain('delete');
    expect((await whoIs(browser)).subject).toBe('eve');
    const kept = rp.browser();
    putBack(kept, before);
    expect((await whoIs(kept)).subject).toBeNull();
    expect((await kept.get('/orders')).status).toBe(401);
    expect(rp.logged.some(({ message }) => message === 'somebody else came back from a step-up')).toBe(true);
  });

  it('by a link of the page too', async () => {
    const rp = await startRp({ adapter });
    const browser = rp.browser();
    await signIn(rp, browser, withPassword);
    const led = await open(browser, '/auth/sign-in?issuer=acme&acr=mfa&return_to=%2Fadmin');
    const back = await comeBack(rp, browser, led, eve);
    expect([back.status, back.headers['location']]).toEqual([200, undefined]);
    expect((await whoIs(browser)).subject).toBe('eve');
  });

  it('a subject that only looks alike is somebody else', async () => {
    for (const sub of ['Ann', 'ann ', 'ANN', 'an', 'annn', ' ann']) {
      const rp = await startRp({ adapter });
      const browser = rp.browser();
      await signIn(rp, browser, withPassword);
      const back = await comeBack(rp, browser, await open(browser, '/admin'), { ...withCode, sub });
      expect([sub, back.status, back.headers['location']]).toEqual([sub, 200, undefined]);
      expect((await whoIs(browser)).subject).toBe(sub);
    }
  });
});

describe('A-157 what is left of the one before', () => {
  it('nothing: not what was tried, not tokens, not the profile', async () => {
    const rp = await startRp({ issuer: { userinfo: true } });
    const browser = rp.browser();
    await signIn(rp, browser, { ...withPassword, 'userinfo:name': 'Ann' });
    await comeBack(rp, browser, await open(browser, '/admin'), { ...withPassword, 'userinfo:name': 'Ann' });
    expect((await open(browser, '/admin')).status).toBe(403);
    const token = (await browser.get<{ token: string }>('/token')).body.token;
    const led = await open(browser, '/auth/sign-in?issuer=acme&switch=1&return_to=%2Forders');
    expect((await comeBack(rp, browser, led, { ...withPassword, sub: 'eve' })).status).toBe(303);
    expect((await browser.get<{ token: string }>('/token')).body.token).not.toBe(token);
    // Somebody else is asked for more once, too.
    expect((await open(browser, '/admin')).status).toBe(303);
  });

  it('over a store: the record is gone', async () => {
    const clock = new TestClock(new Date());
    const store = memorySessionStore(clock);
    const rp = await startRp({ client: { store, clock } });
    const browser = rp.browser();
    await signIn(rp, browser, withPassword);
    const before = cookiesOf(browser, 'session');
    await comeBack(rp, browser, await open(browser, '/admin'), eve);
    // Another process with the same store does not know what this one has ended.
    const other = await startRp({ client: { store, clock } });
    const kept = other.browser();
    putBack(kept, before);
    expect((await whoIs(kept)).subject).toBeNull();
    putBack(kept, cookiesOf(browser, 'session'));
    expect((await whoIs(kept)).subject).toBe('eve');
  });

  it('the same subject at another issuer is somebody else', async () => {
    const second = new TestIssuer('https://second.example');
    const rp = await startRp({
      others: [
        {
          name: 'second',
          label: 'Second',
          issuer: second.issuer,
          clientId: 'orders',
          dialect: { name: 'own', says: [{ claim: 'acr', value: 'mfa', level: 'mfa' }] },
          fetch: second.fetch,
        },
      ],
    });
    second.now = () => rp.clock.now();
    const browser = rp.browser();
    await comeBack(rp, browser, await open(browser, '/auth/sign-in?issuer=acme'), withPassword);
    const before = cookiesOf(browser, 'session');
    const led = await open(browser, '/auth/sign-in?issuer=second&acr=mfa&return_to=%2Fadmin');
    const back = await bring(browser, second.authorize(locationOf(led), withCode), 'second');
    expect(back.status).toBe(303);
    const kept = rp.browser();
    putBack(kept, before);
    expect((await whoIs(kept)).subject).toBeNull();
    // The step-up of the first cannot be ended at the second.
    const again = rp.browser();
    await comeBack(rp, again, await open(again, '/auth/sign-in?issuer=acme'), withPassword);
    const stepUp = await open(again, '/admin');
    const { state } = rp.issuer.authorize(locationOf(stepUp), withCode);
    const elsewhere = await open(again, '/auth/sign-in?issuer=second');
    const response = second.authorize(locationOf(elsewhere), withCode);
    expect((await bring(again, { ...response, state }, 'second')).status).toBe(400);
    expect((await whoIs(again)).admin).toBe(false);
  });

  it('a form that was sent before the switch is not done', async () => {
    const rp = await startRp();
    const browser = rp.browser();
    await signIn(rp, browser, withPassword);
    const sent = await browser.send('POST', '/admin', {
      headers: { accept: 'text/html', origin: browser.origin, referer: `${browser.origin}/orders` },
    });
    expect(sent.text).not.toContain('inside');
    const back = await comeBack(rp, browser, ledTo(sent), eve);
    expect([back.status, back.headers['location']]).toEqual([200, undefined]);
  });
});
