/** How the conformance checker gets through the pages of an issuer. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Accounts, forAccount } from '../../conformance/accounts.ts';
import { UsageError } from '../../conformance/config.ts';
import { CookieJar } from '../../conformance/drivers/cookies.ts';
import { isAttacker, isCallback } from '../../conformance/drivers/driver.ts';
import { elementsOf, find, requestOf, titleOf } from '../../conformance/drivers/html.ts';
import { modules } from '../../conformance/modules/index.ts';
import { completeConfig } from '../../conformance/read-config.ts';
import { run } from '../../conformance/run.ts';
import { startOurs } from '../../conformance/targets/ours.ts';
import { Codes, totp } from '../../conformance/totp.ts';
import { configFor } from '../support/faulty-issuer/checked.ts';
import { startIssuer } from '../support/faulty-issuer/start.ts';
import { describeWith } from '../support/needs.ts';

const chosen = (...names: readonly string[]): typeof modules =>
  modules.filter(({ name }) => names.includes(name));

describeWith('Chromium', 'in Chromium', () => {
  it.concurrent(
    'answers plain forms, holds an answer back, and never goes to the client or an attacker',
    async () => {
      const issuer = await startIssuer(null);
      try {
        const names = ['acr-values-on-live-session', 'essential-acr-unmet', 'late-finish', 'unknown-client'];
        const results = await run(configFor(issuer, 'browser'), chosen(...names));
        expect(results.map(({ name, outcome, reason }) => [name, outcome, reason])).toEqual(
          names.map((name) => [name, 'pass', null]),
        );
      } finally {
        await issuer.close();
      }
    },
    60_000,
  );

  it.concurrent(
    'sees an issuer lead to an attacker',
    async () => {
      const issuer = await startIssuer('redirect URIs are compared by their end');
      try {
        const [result] = await run(configFor(issuer, 'browser'), chosen('unknown-client'));
        expect(result?.reason).toMatch(
          /leads away, to https:\/\/client\.example\.attacker\.example\/callback\?code=/,
        );
      } finally {
        await issuer.close();
      }
    },
    60_000,
  );

  it.concurrent(
    'I-19 gets through our own pages as the routes behind them do',
    async () => {
      const target = await startOurs('browser');
      try {
        const names = ['acr-values-on-live-session', 'essential-acr-unmet'];
        const results = await run(target.config, chosen(...names));
        expect(results.map(({ name, outcome, reason }) => [name, outcome, reason])).toEqual(
          names.map((name) => [name, 'pass', null]),
        );
      } finally {
        await target.close();
      }
    },
    60_000,
  );
});

describe('plain forms', () => {
  const page = `<!doctype html><title> Sign in &amp; go </title>
    <!-- <form id="hidden"><input name="not"></form> --><script>"<input name='never'>"</script>
    <a class="quiet way" href="/other?a=1&amp;b=2">Other</a>
    <form id=login method="POST" action="/login?id=7">
      <input type="hidden" name="csrf" value="a&quot;b">
      <input name=user value="old"><input type="password" name="password">
      <input type="checkbox" name="remember"><input type="checkbox" name="terms" value="yes" checked>
      <input name="gone" disabled value="x"><button name="go" value="1">Go</button>
      <button name="no" value="1" formaction="/cancel">No</button>
    </form>
    <form action="search"><input name="q" value="cats"><input type="submit" value="Find"></form>`;
  const elements = elementsOf(page);
  const named = (selector: string): NonNullable<ReturnType<typeof find>> => {
    const element = find(elements, selector);
    if (!element) throw new Error(`there is no ${selector}`);
    return element;
  };
  const base = 'https://id.example/app/page';

  it('reads the title, and nothing in comments and scripts', () => {
    expect(titleOf(page)).toBe('Sign in & go');
    expect(find(elements, 'input[name=not]')).toBe(null);
    expect(find(elements, 'input[name=never]')).toBe(null);
  });

  it.each([
    ['#login', 'form'],
    ['form#login[method=POST]', 'form'],
    ['a.way', 'a'],
    ['a[href$="b=2"]', 'a'],
    ['a[href^="/other"][href*="a=1"]', 'a'],
    ['#nothing, button[name=no]', 'button'],
    ['input[checked]', 'input'],
  ])('finds %s', (selector, tag) => {
    expect(named(selector).tag).toBe(tag);
  });

  it('refuses a selector that it cannot look for', () => {
    expect(() => find(elements, 'form > input')).toThrow('plain forms cannot look for "form > input"');
  });

  it('sends what a browser would', () => {
    const typed = new Map([
      [named('input[name=user]'), 'ada'],
      [named('input[type=password]'), 'secret'],
      [named('input[name=remember]'), 'on'],
    ]);
    expect(requestOf(named('button[name=go]'), elements, typed, base)).toEqual({
      url: 'https://id.example/login?id=7',
      method: 'POST',
      body: 'csrf=a%22b&user=ada&password=secret&remember=on&terms=yes&go=1',
    });
    expect(requestOf(named('button[name=no]'), elements, new Map(), base)).toMatchObject({
      url: 'https://id.example/cancel',
      body: 'csrf=a%22b&user=old&password=&terms=yes&no=1',
    });
    expect(requestOf(named('input[type=submit]'), elements, new Map(), base)).toEqual({
      url: 'https://id.example/app/search?q=cats',
      method: 'GET',
      body: null,
    });
    expect(requestOf(named('a'), elements, new Map(), base).url).toBe('https://id.example/other?a=1&b=2');
  });
});

describe('cookies', () => {
  const url = new URL('https://id.example/auth/begin');

  it('go where their path and domain say', () => {
    const jar = new CookieJar();
    jar.set(url, 'short=1; Path=/');
    jar.set(url, 'long=2; Path=/auth/resume; HttpOnly');
    jar.set(url, 'default=3');
    jar.set(url, 'wide=4; Domain=.example; Path=/');
    expect(jar.header(new URL('https://id.example/auth/resume/7'))).toBe(
      'long=2; default=3; short=1; wide=4',
    );
    expect(jar.header(new URL('https://id.example/authority'))).toBe('short=1; wide=4');
    expect(jar.header(new URL('https://other.example/'))).toBe('wide=4');
  });

  it('are replaced, and end', () => {
    const jar = new CookieJar();
    jar.set(url, 'one=1; Path=/');
    jar.set(url, 'two=2; Path=/');
    jar.set(url, 'one=3=3; Path=/');
    expect(jar.header(url)).toBe('one=3=3; two=2');
    jar.set(url, 'one=; Path=/; Max-Age=0');
    jar.set(url, 'two=; Path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT');
    expect(jar.header(url)).toBe(null);
  });
});

describe('addresses', () => {
  it.each([
    ['https://client.example/callback?code=1', true],
    ['https://client.example/callback/more?code=1', true],
    ['https://client.example/callback2?code=1', false],
    ['http://client.example/callback?code=1', false],
    ['https://client.example.attacker.example/callback', false],
  ])('%s is the client: %s', (address, expected) => {
    expect(isCallback(new URL(address), ['https://client.example/callback'])).toBe(expected);
  });

  it('nothing is sent to those that are made up', () => {
    expect(isAttacker(new URL('https://client.example@attacker.example/'))).toBe(true);
    expect(isAttacker(new URL('https://client.example.attacker.example/'))).toBe(true);
    expect(isAttacker(new URL('https://notattacker.example/'))).toBe(false);
  });
});

describe('codes of authenticator apps', () => {
  afterEach(() => vi.useRealTimers());
  // RFC 6238, appendix B, cut to six digits.
  const secret = 'GEZD GNBV GY3T QOJQ gezd gnbv gy3t qojq';

  it.each([
    [59, '287082'],
    [1111111109, '081804'],
    [20000000000, '353130'],
  ])('at %d s are those of RFC 6238', (seconds, code) => {
    expect(totp(secret, Math.floor(seconds / 30))).toBe(code);
  });

  it('are given out once: who asks again waits for the next, and others go first', async () => {
    vi.useFakeTimers({ now: 59_000 });
    const codes = new Codes();
    expect(await codes.next(secret)).toBe('287082');
    const people = ['ada', 'ben'].map((name) => ({
      values: { name, key: name === 'ada' ? secret : 'JBSWY3DP' },
      secondFactor: true,
      cookies: {},
    }));
    expect(new Accounts({ accounts: people } as never, codes).next(true)?.values['name']).toBe('ben');
    const again = codes.next(secret);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await again).toBe(totp(secret, 2));
  });
});

describe('the configuration', () => {
  const least = {
    issuer: 'https://id.example',
    client: { id: 'app', redirectUri: 'https://client.example/callback' },
    pages: { firstFactor: { when: '#name', steps: [{ click: 'button' }] } },
    accounts: [{ values: { name: 'ada' } }],
  };

  it('is completed with what most issuers need', () => {
    expect(completeConfig(least)).toMatchObject({
      acr: { one: 'pwd', several: 'mfa' },
      driver: 'forms',
      scope: 'openid',
      refresh: { scope: 'openid offline_access', parameters: { prompt: 'consent' } },
      pages: { firstFactor: [{ when: '#name' }] },
      accounts: [{ secondFactor: true, cookies: {} }],
    });
    expect(completeConfig({ ...least, refresh: null }).refresh).toBe(null);
  });

  it.each([
    [{ ...least, isuer: 'x' }, 'isuer'],
    [{ ...least, accounts: [] }, '/accounts'],
    [{ ...least, issuer: 'id.example' }, 'the issuer is no address'],
    [{ ...least, pages: {} }, 'pages.firstFactor'],
    [{ ...least, pages: { firstFactor: { when: '#a', steps: [{ type: '#b' }] } } }, '/pages/firstFactor'],
    [{ ...least, client: { id: 'app' } }, "/client must have required property 'redirectUri'"],
  ])('%# is refused with what is wrong with it', (config, words) => {
    expect(() => completeConfig(config)).toThrow(UsageError);
    expect(() => completeConfig(config)).toThrow(words);
  });

  it('takes secrets from the environment', () => {
    vi.stubEnv('ACME_SECRET', 'out of the environment');
    const client = { ...least.client, secretFrom: 'ACME_SECRET' };
    expect(completeConfig({ ...least, client }).client).toEqual({
      ...least.client,
      secret: 'out of the environment',
    });
    vi.stubEnv('ACME_SECRET', '');
    expect(() => completeConfig({ ...least, client })).toThrow(
      'the secret of the client app is not in $ACME_SECRET',
    );
  });

  it('puts the values of an account into steps, and leaves other braces alone', () => {
    const account = { values: { name: 'ada', key: 'ABC' }, secondFactor: true, cookies: {} };
    expect(forAccount({ fill: '#a', value: '{name}@{place}' }, account)).toEqual({
      fill: '#a',
      value: 'ada@{place}',
    });
    expect(forAccount({ totp: '#b', secret: '{key}' }, account)).toEqual({ totp: '#b', secret: 'ABC' });
  });
});
