import { describe, expect, it } from 'vitest';
import { TestIssuer } from '../support/memory-issuer.ts';
import {
  bring,
  clientCookies,
  cookiesOf,
  ledTo,
  responseTo,
  startRp,
  whoIs,
} from '../support/client-attacks.ts';
import { comeBack, locationOf, onEachAdapter, open, signIn, withCode, withPassword } from '../support/rp.ts';

/** Origins that are not the application's. */
const foreign = [
  'https://evil.example',
  'http://localhost',
  'http://localhost:4001',
  'https://localhost:4000',
  'http://localhost:4000.evil.example',
  'http://LOCALHOST:4000',
  'http://localhost:4000/',
  'null',
  '',
  'http://localhost:4000, https://evil.example',
];

onEachAdapter('I-27 changes that a page of another site asks for', (adapter) => {
  it('are not made behind a guard, signed in or not, as a page or as a program', async () => {
    const rp = await startRp({ adapter });
    const [browser, nobody] = [rp.browser(), rp.browser()];
    await signIn(rp, browser, withCode);
    for (const origin of foreign) {
      for (const accept of ['text/html', 'application/json']) {
        const headers = { origin, accept };
        for (const who of [browser, nobody]) {
          const sent = await who.send('POST', '/admin', { headers });
          expect([origin, sent.status, sent.problem]).toEqual([origin, 403, 'csrf']);
          expect(sent.text).not.toContain('inside');
        }
      }
    }
    expect((await browser.send('POST', '/admin')).status).toBe(200);
  });

  it('sign nobody out', async () => {
    const rp = await startRp({ adapter });
    const browser = rp.browser();
    await signIn(rp, browser, withCode);
    for (const origin of foreign) {
      const sent = await browser.send('POST', '/auth/sign-out', { headers: { origin, accept: 'text/html' } });
      expect([origin, sent.status]).toEqual([origin, 403]);
    }
    // By an address alone nobody is signed out: that is a question first.
    for (const path of ['/auth/sign-out', '/auth/sign-out?confirm=1', '/auth/signed-out']) {
      expect((await open(browser, path)).status).toBe(200);
    }
    expect((await whoIs(browser)).subject).toBe('ann');
  });

  it('login CSRF: a response made in another browser signs nobody in', async () => {
    const rp = await startRp({ adapter });
    const [attacker, victim, signedIn] = [rp.browser(), rp.browser(), rp.browser()];
    await signIn(rp, signedIn, withCode);
    const before = cookiesOf(signedIn, 'session');
    const response = responseTo(rp, await open(attacker, '/orders'), { sub: 'eve' });
    for (const browser of [victim, signedIn]) {
      expect((await bring(browser, response)).status).toBe(400);
    }
    expect((await whoIs(victim)).subject).toBeNull();
    expect(cookiesOf(signedIn, 'session')).toEqual(before);
    // Nor does a cookie with a value of the attacker's own making.
    const state = response.state;
    for (const name of cookiesOf(attacker, 'transaction').keys()) victim.cookies.set(name, state);
    expect((await bring(victim, response)).status).toBe(400);
  });
});

/** Addresses that lead, or have led some browser, to another site or to a script. */
const hostile: readonly string[] = [
  '//evil.example',
  '///evil.example/x',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '/\r\n/evil.example',
  '\t//evil.example',
  ' //evil.example',
  '/ /evil.example\u0000',
  '/.//evil.example',
  '/..//evil.example',
  '/x/..//evil.example',
  '/%2e%2e//evil.example',
  'https://evil.example',
  'https:evil.example',
  'javascript:alert(1)',
  'java\tscript:alert(1)',
  'data:text/html,x',
  'evil.example',
  '@evil.example',
  'http://localhost:4000@evil.example/',
  'http://localhost:4000.evil.example/',
  '/\u0085/evil.example',
  '/x\r\nset-cookie: evil=1',
  '/x\r\n\r\n<script>alert(1)</script>',
  `/${'x'.repeat(2048)}`,
];

onEachAdapter('I-25 addresses to come back to', (adapter) => {
  it('lead to no other site and into no header', async () => {
    const rp = await startRp({ adapter });
    for (const address of hostile) {
      const browser = rp.browser();
      const led = await open(browser, `/auth/sign-in?issuer=acme&return_to=${encodeURIComponent(address)}`);
      expect([address, new URL(locationOf(led)).origin]).toEqual([address, rp.issuer.issuer]);
      expect(led.headers).not.toHaveProperty('evil');
      const back = await comeBack(rp, browser, led, withPassword);
      expect([address, locationOf(back)]).toEqual([address, '/']);
      expect([...browser.cookies.keys()].every((name) => name.startsWith(clientCookies))).toBe(true);
    }
  });

  it('of the page that was asked for, however it is spelled, stay on this site', async () => {
    const rp = await startRp({ adapter });
    for (const path of [
      '/orders?next=//evil.example',
      '/orders?x=%0d%0aset-cookie:%20evil=1',
      '/orders?x=%22%3Cscript%3E',
    ]) {
      const browser = rp.browser();
      const back = await signIn(rp, browser, withPassword, path);
      expect(new URL(locationOf(back), browser.origin).origin).toBe(browser.origin);
      expect(locationOf(back).startsWith('/orders?')).toBe(true);
    }
  });

  it('of a form are pages of this site: a referrer of another site is not believed', async () => {
    const rp = await startRp({ adapter });
    for (const referer of [
      'https://evil.example/orders',
      'http://localhost:4000@evil.example/x',
      'javascript:x',
      'x',
      '//evil.example',
    ]) {
      const browser = rp.browser();
      const sent = await browser.send('POST', '/orders', { headers: { accept: 'text/html', referer } });
      expect(locationOf(await comeBack(rp, browser, ledTo(sent), withPassword))).toBe('/');
    }
  });
});

describe('what a link to sign in can say', () => {
  it('more than usual, and never less: levels that nobody knows and odd ages are left out', async () => {
    const rp = await startRp({ issuer: { ask: { acrValues: 'mfa', maxAge: 300 } } });
    for (const query of [
      'acr=none',
      'acr=pwd%20mfa',
      'acr=x%0d%0aset-cookie:%20evil=1',
      'acr=__proto__',
      'max_age=-1',
      'max_age=1e9',
      'max_age=99999999999999999999',
      'max_age=NaN',
      'max_age=900',
      'prompt=none',
      'acr_values=pwd&max_age=301&claims={}',
      'scope=openid&redirect_uri=https://evil.example&client_id=evil&response_mode=fragment&request=x',
      'state=x&nonce=x&code_challenge=x&code_challenge_method=plain',
    ]) {
      const led = await open(rp.browser(), `/auth/sign-in?issuer=acme&${query}`);
      const asked = new URL(locationOf(led)).searchParams;
      expect([query, asked.get('acr_values'), asked.get('max_age')]).toEqual([query, 'mfa', '300']);
      expect(asked.get('redirect_uri')).toBe('http://localhost:4000/auth/callback/acme');
      expect([asked.get('client_id'), asked.get('prompt')]).toEqual(['orders', null]);
      expect([asked.get('response_mode'), asked.get('request')]).toEqual([null, null]);
      expect(asked.get('state')).toHaveLength(43);
      expect([asked.get('code_challenge_method'), asked.get('code_challenge')?.length]).toEqual(['S256', 43]);
    }
  });

  it('I-26 the address that people see is of the options, whatever a request says of the host', async () => {
    const rp = await startRp();
    const browser = rp.browser();
    const headers = {
      accept: 'text/html',
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example;proto=https',
    };
    const led = await browser.get('/orders', { headers });
    expect(new URL(locationOf(led)).searchParams.get('redirect_uri')).toBe(
      'http://localhost:4000/auth/callback/acme',
    );
    expect(String(led.headers['set-cookie'])).not.toContain('evil');
  });
});

describe('what stands on pages', () => {
  const evilText = `"><img src=x onerror=alert(1)>'&`;

  it('labels, names and addresses are text, on every page', async () => {
    const second = new TestIssuer('https://second.example');
    const rp = await startRp({
      client: { name: evilText },
      issuer: { label: evilText, enableMfa: `https://issuer.example/?x="><script>alert(1)</script>` },
      others: [
        {
          name: 'second',
          label: `<b>${evilText}`,
          issuer: second.issuer,
          clientId: 'x',
          dialect: { name: 'none', says: [] },
          fetch: second.fetch,
        },
      ],
    });
    const browser = rp.browser();
    const returnTo = encodeURIComponent(`/admin?x=${evilText}<script>alert(1)</script>`);
    const there = `/auth/sign-in?issuer=acme&return_to=${returnTo}`;
    const texts: string[] = [];
    const read = async (answer: Promise<{ text: string }>): Promise<void> =>
      void texts.push((await answer).text);
    await read(open(browser, `/auth/sign-in?return_to=${returnTo}&issuer=${encodeURIComponent(evilText)}`));
    await read(open(browser, '/auth/sign-out'));
    await read(open(browser, '/auth/signed-out'));
    await read(bring(browser, { state: evilText, error: evilText, error_description: evilText }));
    for (const error of ['access_denied', evilText, 'server_error']) {
      const { state, iss } = responseTo(rp, await open(browser, there), withPassword);
      await read(
        bring(browser, { state, iss, error, error_description: evilText, error_uri: 'javascript:alert(1)' }),
      );
    }
    rp.issuer.claims = (claims) => ({ ...claims, name: evilText, nonce: evilText });
    await read(comeBack(rp, browser, await open(browser, there), withPassword));
    rp.issuer.claims = (claims) => ({ ...claims, name: evilText, acr: evilText, amr: [evilText] });
    await comeBack(rp, browser, await open(browser, there), withPassword);
    const page = `/admin?x=${encodeURIComponent(evilText)}`;
    await comeBack(rp, browser, await open(browser, page), withPassword);
    await read(open(browser, page));
    await read(open(browser, `/boss?x=${encodeURIComponent(evilText)}`));
    rp.clock.advance(301);
    await read(comeBack(rp, browser, await open(browser, '/recent'), { ...withPassword, sub: 'eve' }));
    expect(texts.length).toBeGreaterThanOrEqual(10);
    for (const text of texts) {
      expect(text).toContain('<!doctype html>');
      expect(text).not.toMatch(/<img|<script|<b>|href="(?!\/[^/]|\/"|https:\/\/issuer\.example\/|data:,")/i);
    }
  });

  it('I-27 every answer has the headers that keep pages from being framed, guessed or kept', async () => {
    const rp = await startRp();
    const browser = rp.browser();
    const answers = [
      await open(browser, '/auth/sign-in?issuer=acme'),
      await open(browser, '/auth/sign-out'),
      await open(browser, '/auth/signed-out'),
      await open(browser, '/auth/nothing'),
      await bring(browser, { state: 'x' }),
      await browser.get('/admin'),
      await open(browser, '/admin'),
      await browser.send('POST', '/auth/sign-out', { headers: { origin: 'https://evil.example' } }),
      await browser.send('POST', '/auth/backchannel-logout/acme', { raw: 'x' }),
    ];
    for (const { headers } of answers) {
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['cache-control']).toBe('no-store');
      expect(['no-referrer', 'same-origin']).toContain(headers['referrer-policy']);
    }
  });
});
