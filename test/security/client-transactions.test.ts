import { describe, expect, it } from 'vitest';
import type { TestBrowser } from '../support/browser.ts';
import {
  clientCookies,
  bring,
  cookiesOf,
  putBack,
  responseTo,
  startRp,
  whoIs,
} from '../support/client-attacks.ts';
import {
  askedOf,
  comeBack,
  locationOf,
  onEachAdapter,
  open,
  signIn,
  withCode,
  withPassword,
} from '../support/rp.ts';

/** The cookie of the transaction that a redirect began. */
function cookieOf(browser: TestBrowser, before: ReadonlyMap<string, string>): [string, string] {
  const [found] = [...cookiesOf(browser, 'transaction')].filter(([name]) => !before.has(name));
  return found ?? ['', ''];
}

onEachAdapter('A-153 sign-ins in several tabs', (adapter) => {
  it('each has a state, a nonce and a verifier of its own, and each comes to its end', async () => {
    const rp = await startRp({ adapter });
    const browser = rp.browser();
    const tabs = [await open(browser, '/orders?tab=1'), await open(browser, '/orders?tab=2')];
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(new Set(tabs.map((tab) => askedOf(tab).get(name))).size).toBe(2);
    }
    expect(cookiesOf(browser, 'transaction').size).toBe(2);
    const responses = tabs.map((tab) => responseTo(rp, tab, withPassword));
    expect(locationOf(await bring(browser, responses[1] ?? {}))).toBe('/orders?tab=2');
    expect(locationOf(await bring(browser, responses[0] ?? {}))).toBe('/orders?tab=1');
    expect(cookiesOf(browser, 'transaction').size).toBe(0);
    expect((await open(browser, '/orders')).status).toBe(200);
  });

  it('the code of one tab is not taken with the state of another', async () => {
    const rp = await startRp({ adapter });
    const browser = rp.browser();
    const [one, two] = [await open(browser, '/orders?tab=1'), await open(browser, '/orders?tab=2')];
    const [first, second] = [responseTo(rp, one, withPassword), responseTo(rp, two, withPassword)];
    // The verifier does not fit (RFC 7636).
    expect((await bring(browser, { ...first, code: second.code })).status).toBe(403);
    expect((await bring(browser, { ...second, code: first.code })).status).toBe(403);
    expect((await whoIs(browser)).subject).toBeNull();
  });

  it('the cookie of one tab does not open under the name of another', async () => {
    const rp = await startRp({ adapter });
    const browser = rp.browser();
    const one = await open(browser, '/orders?tab=1');
    const first = cookieOf(browser, new Map());
    const two = await open(browser, '/orders?tab=2');
    const second = cookieOf(browser, new Map([first]));
    putBack(
      browser,
      new Map([
        [first[0], second[1]],
        [second[0], first[1]],
      ]),
    );
    for (const tab of [one, two]) {
      expect((await bring(browser, responseTo(rp, tab, withPassword))).status).toBe(400);
    }
    expect((await whoIs(browser)).subject).toBeNull();
  });

  it('is over after ten minutes, and not before', async () => {
    const rp = await startRp({ adapter });
    const [slow, late] = [rp.browser(), rp.browser()];
    const [one, two] = [await open(slow, '/orders'), await open(late, '/orders')];
    rp.clock.advance(599);
    expect((await bring(slow, responseTo(rp, one, withPassword))).status).toBe(303);
    const kept = cookiesOf(late, 'transaction');
    rp.clock.advance(1);
    putBack(late, kept);
    expect((await bring(late, responseTo(rp, two, withPassword))).status).toBe(400);
    expect((await whoIs(late)).subject).toBeNull();
  });

  it('A-161 a response is good once: not again, not with kept cookies, not in another browser', async () => {
    const rp = await startRp({ adapter });
    const browser = rp.browser();
    const led = await open(browser, '/orders');
    const kept = cookiesOf(browser, 'transaction');
    const response = responseTo(rp, led, withPassword);
    expect((await bring(rp.browser(), response)).status).toBe(400);
    expect((await bring(browser, response)).status).toBe(303);
    const session = cookiesOf(browser, 'session');
    expect((await bring(browser, response)).status).toBe(400);
    putBack(browser, kept);
    expect((await bring(browser, response)).status).toBe(400);
    expect(cookiesOf(browser, 'session')).toEqual(session);
    expect((await open(browser, '/orders')).status).toBe(200);
    const thief = rp.browser();
    putBack(thief, kept);
    expect((await bring(thief, response)).status).toBe(400);
    expect((await whoIs(thief)).subject).toBeNull();
    // The issuer was asked once.
    expect(rp.issuer.asked.filter(({ path }) => path === '/token')).toHaveLength(1);
  });

  it('A-161 twenty times at once begins one session', async () => {
    const rp = await startRp({ adapter });
    const browser = rp.browser();
    const led = await open(browser, '/orders');
    const response = responseTo(rp, led, withPassword);
    const copies = Array.from({ length: 20 }, () => browser.fork({ withCookies: true }));
    const answers = await Promise.all(copies.map((copy) => bring(copy, response)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(19);
    const people = await Promise.all(copies.map(whoIs));
    expect(people.filter(({ subject }) => subject === 'ann')).toHaveLength(1);
    expect(rp.issuer.asked.filter(({ path }) => path === '/token')).toHaveLength(1);
  });
});

describe('A-153 how many there may be', () => {
  it('of more than five at once the newest is good, and cookies do not pile up', async () => {
    const rp = await startRp();
    const browser = rp.browser();
    const tabs = [];
    for (let tab = 0; tab < 12; tab += 1) {
      tabs.push(await open(browser, `/orders?tab=${tab}`));
      expect(cookiesOf(browser, 'transaction').size).toBeLessThanOrEqual(5);
    }
    const newest = tabs.at(-1) as (typeof tabs)[number];
    expect(locationOf(await comeBack(rp, browser, newest, withPassword))).toBe('/orders?tab=11');
    const oldest = tabs[0] as (typeof tabs)[number];
    expect((await comeBack(rp, browser, oldest, withCode)).status).toBe(400);
    expect((await whoIs(browser)).amr).toEqual(['pwd']);
  });

  it('cookies with odd names like ours are not sent back in headers', async () => {
    const rp = await startRp();
    const browser = rp.browser();
    for (let at = 0; at < 6; at += 1) browser.cookies.set(`${clientCookies}-transaction.x${at}"\u0001<`, 'x');
    browser.cookies.set(`${clientCookies}-transaction.${'x'.repeat(300)}`, 'x');
    const led = await open(browser, '/orders');
    expect(led.status).toBe(303);
    expect([led.headers['set-cookie'] ?? []].flat().join('\n')).not.toMatch(/"|<|\p{Cc}(?<!\n)|x{200}/u);
  });
});

describe('A-153 responses that nobody asked for', () => {
  const odd: Readonly<
    Record<string, (response: Record<string, string>) => readonly (readonly [string, string])[]>
  > = {
    'nothing at all': () => [],
    'no state': ({ code = '', iss = '' }) => [
      ['code', code],
      ['iss', iss],
    ],
    'an empty state': ({ code = '', iss = '' }) => [
      ['state', ''],
      ['code', code],
      ['iss', iss],
    ],
    'a state that was made up': ({ code = '', iss = '' }) => [
      ['state', 'x'.repeat(43)],
      ['code', code],
      ['iss', iss],
    ],
    'the state twice': (response) => [...Object.entries(response), ['state', response['state'] ?? '']],
    'the code twice': (response) => [...Object.entries(response), ['code', 'another']],
    'an error beside the code, twice': (response) => [
      ...Object.entries(response),
      ['error', 'a'],
      ['error', 'b'],
    ],
    'iss twice': (response) => [...Object.entries(response), ['iss', response['iss'] ?? '']],
    'the state in another letter case': ({ state = '', ...rest }) => [
      ['STATE', state],
      ...Object.entries(rest),
    ],
    'a list of states': ({ state = '', ...rest }) => [['state[]', state], ...Object.entries(rest)],
    'a huge state': ({ code = '', iss = '' }) => [
      ['state', 'x'.repeat(8000)],
      ['code', code],
      ['iss', iss],
    ],
    'a huge code': ({ state = '', iss = '' }) => [
      ['state', state],
      ['code', 'x'.repeat(8000)],
      ['iss', iss],
    ],
    'a huge error': ({ state = '', iss = '' }) => [
      ['state', state],
      ['error', 'x'.repeat(8000)],
      ['iss', iss],
    ],
    'names of JavaScript': (response) => [
      ['__proto__', 'x'],
      ['constructor', 'x'],
      ...Object.entries({ ...response, state: 'hasOwnProperty' }),
    ],
  };
  it.each(Object.entries(odd))('%s', async (_name, change) => {
    const rp = await startRp();
    const browser = rp.browser();
    const led = await open(browser, '/orders');
    const response = responseTo(rp, led, withPassword);
    const answer = await bring(browser, change({ ...response }));
    expect(answer.status).toBe(400);
    expect(answer.headers['location']).toBeUndefined();
    expect((await whoIs(browser)).subject).toBeNull();
    // The sign-in that waits is not disturbed by it.
    expect((await bring(browser, { ...response })).status).toBe(303);
  });

  it('an empty code, or none, is refused and ends that sign-in', async () => {
    for (const code of ['', undefined]) {
      const rp = await startRp();
      const browser = rp.browser();
      const { state, iss } = responseTo(rp, await open(browser, '/orders'), withPassword);
      const answer = await bring(browser, { state, iss, ...(code !== undefined && { code }) });
      expect(answer.status).toBe(403);
      expect((await whoIs(browser)).subject).toBeNull();
    }
  });

  it('a code of another sign-in is not injected: nonce and verifier bind it to its own', async () => {
    const rp = await startRp();
    const [thief, victim] = [rp.browser(), rp.browser()];
    const stolen = responseTo(rp, await open(victim, '/orders'), withCode);
    const own = responseTo(rp, await open(thief, '/orders'), { sub: 'eve' });
    expect((await bring(thief, { ...own, code: stolen.code })).status).toBe(403);
    expect((await whoIs(thief)).subject).toBeNull();
  });

  it('a code of another sign-in is not injected even where the issuer forgets to check the verifier', async () => {
    const rp = await startRp();
    const browser = rp.browser();
    const led = await open(browser, '/orders');
    rp.issuer.claims = (claims) => ({ ...claims, nonce: 'of the sign-in that the code was stolen from' });
    expect((await comeBack(rp, browser, led, withCode)).status).toBe(403);
    expect((await whoIs(browser)).subject).toBeNull();
  });
});

describe('A-21 ways of writing the address', () => {
  it.each([
    '/auth/callback/acme/',
    '/auth//callback/acme',
    '/auth/callback/ACME',
    '/AUTH/callback/acme',
    '/auth/callback/acme.json',
    '/auth/callback/acme;x=1',
    '/auth/callback/acme%2f',
    '/auth/callback/%61cme',
    '/auth/callback/other',
    '/auth/callback/__proto__',
    '/auth/callback/constructor',
    '/auth/callback/',
    '/auth/callback',
  ])('%s is not there, and takes nothing', async (path) => {
    const rp = await startRp();
    const browser = rp.browser();
    const response = responseTo(rp, await open(browser, '/orders'), withPassword);
    const answer = await open(browser, `${path}?${new URLSearchParams(response)}`);
    expect(answer.status).toBe(404);
    expect((await whoIs(browser)).subject).toBeNull();
    expect((await bring(browser, response)).status).toBe(303);
  });

  it('a response that is posted is not taken', async () => {
    const rp = await startRp();
    const browser = rp.browser();
    const response = responseTo(rp, await open(browser, '/orders'), withPassword);
    const posted = await browser.send('POST', '/auth/callback/acme', {
      raw: String(new URLSearchParams(response)),
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
    });
    expect(posted.status).toBe(404);
    expect((await whoIs(browser)).subject).toBeNull();
  });

  it('a session that is there is not changed by responses of no sign-in', async () => {
    const rp = await startRp();
    const browser = rp.browser();
    await signIn(rp, browser, withCode);
    const before = cookiesOf(browser, 'session');
    const stranger = rp.browser();
    const foreign = responseTo(rp, await open(stranger, '/orders'), { sub: 'eve' });
    expect((await bring(browser, foreign)).status).toBe(400);
    expect(cookiesOf(browser, 'session')).toEqual(before);
    expect((await whoIs(browser)).subject).toBe('ann');
  });
});
