import { afterEach, beforeEach, expect, it } from 'vitest';
import type { OidcClient } from 'cofactor/oidc-server';
import { onEachDatabase, type TestDatabase } from '../support/app.ts';
import { authorizationRequest, createOidcApp, follow, post, type TestOidc } from '../support/oidc.ts';
import { everyClient, everyClientList, expectErrorPage, personWithCode } from '../support/oidc-flows.ts';

/** With a port, a path that can be encoded, and a query. */
const precise: OidcClient = {
  id: 'precise',
  name: 'Precise',
  redirectUris: ['https://precise.example:8443/Call/back?from=op', 'https://precise.example/second'],
  firstParty: true,
};

/** What somebody makes of a registered address who wants the code sent elsewhere. */
const variants: Readonly<Record<string, string>> = {
  'another site': 'https://evil.example/callback',
  'a path below': 'https://precise.example:8443/Call/back/x?from=op',
  'a path above': 'https://precise.example:8443/Call?from=op',
  'a slash at the end': 'https://precise.example/second/',
  'dots in the path': 'https://precise.example/second/../second',
  'encoded dots': 'https://precise.example/second/%2e%2e/second',
  'no query': 'https://precise.example:8443/Call/back',
  'another query': 'https://precise.example:8443/Call/back?from=rp',
  'a query added': 'https://precise.example/second?code=x',
  'a parameter more': 'https://precise.example:8443/Call/back?from=op&to=rp',
  'an empty query': 'https://precise.example/second?',
  'a fragment': 'https://precise.example/second#x',
  'an empty fragment': 'https://precise.example/second#',
  'another port': 'https://precise.example:8444/Call/back?from=op',
  'the default port, written': 'https://precise.example:443/second',
  'no port': 'https://precise.example/Call/back?from=op',
  'another scheme': 'http://precise.example/second',
  'the scheme in capitals': 'HTTPS://precise.example/second',
  'the host in capitals': 'https://PRECISE.example/second',
  'the path in other letters': 'https://precise.example:8443/call/back?from=op',
  'an encoded letter': 'https://precise.example/secon%64',
  'an encoded slash': 'https://precise.example%2Fsecond',
  'encoded twice': 'https%3A%2F%2Fprecise.example%2Fsecond',
  'a user name': 'https://precise.example@evil.example/second',
  'a user name before the host': 'https://evil@precise.example/second',
  'a host that begins alike': 'https://precise.example.evil.example/second',
  'a host below': 'https://sub.precise.example/second',
  'a dot after the host': 'https://precise.example./second',
  'a backslash': 'https://evil.example\\@precise.example/second',
  'a backslash in the path': 'https://precise.example\\second',
  'a tab': 'https://precise.example/se\tcond',
  'a line end': 'https://precise.example/second\r\nset-cookie: x=1',
  'a NUL': 'https://precise.example/second\0',
  'a space before': ' https://precise.example/second',
  'a space after': 'https://precise.example/second ',
  'full-width letters': 'https://precise.example/ｓecond',
  'a wildcard': 'https://precise.example/*',
  'no scheme': '//precise.example/second',
  'a path only': '/second',
  script: 'javascript:alert(1)//https://precise.example/second',
  data: 'data:text/html,https://precise.example/second',
  'our own origin': 'http://localhost:3000/oidc/auth',
  'of another client': 'https://shop.example/callback',
  'both, with a space between': 'https://precise.example/second https://evil.example/',
  'both, with a comma between': 'https://precise.example/second,https://evil.example/',
  nothing: '',
  'one hundred kilobytes less a bit': `https://precise.example/second?${'x'.repeat(12_000)}`,
};

onEachDatabase('where a code may be sent', (fresh) => {
  let database: TestDatabase;
  let test: TestOidc;
  beforeEach(async () => {
    database = await fresh();
    test = await createOidcApp(database.open(), { clients: [...everyClientList, precise] });
  });
  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  it('a redirect URI that is not one of the registered to the letter: a page, never a redirect', async () => {
    const { mfa } = await personWithCode(test);
    const nobody = test.browser();
    for (const [title, uri] of Object.entries(variants)) {
      // Right in everything else, asked for without a page, or wrong in something else as well.
      for (const more of [
        {},
        { prompt: 'none' },
        { scope: 'nonsense' },
        { response_type: 'token' },
        { max_age: 'abc' },
      ]) {
        for (const browser of [mfa, nobody]) {
          const request = authorizationRequest(precise, { redirect_uri: uri, ...more });
          expectErrorPage(await follow(browser, request.address), `${title} ${JSON.stringify(more)}`);
        }
      }
    }
    // The registered ones are right.
    for (const uri of precise.redirectUris) {
      const landing = await follow(mfa, authorizationRequest(precise, { redirect_uri: uri }).address);
      expect(landing.url.startsWith(uri)).toBe(true);
      expect(landing.response?.get('code')).toEqual(expect.any(String));
    }
  });

  it('a redirect URI that is missing is none, even where only one is registered', async () => {
    const { mfa } = await personWithCode(test);
    for (const client of [precise, everyClient.shop]) {
      const request = authorizationRequest(client, { redirect_uri: undefined });
      expectErrorPage(await follow(mfa, request.address), client.id);
    }
    expect((await follow(mfa, authorizationRequest(precise).address)).response?.has('code')).toBe(true);
  });

  it('several redirect URIs at once: a page, whichever comes first', async () => {
    const { mfa } = await personWithCode(test);
    const right = precise.redirectUris[1] ?? '';
    for (const pair of [
      [right, right],
      [right, 'https://evil.example/'],
      ['https://evil.example/', right],
    ]) {
      const { address } = authorizationRequest(precise, { redirect_uri: undefined });
      const twice = pair.map((uri) => `&redirect_uri=${encodeURIComponent(uri)}`).join('');
      expectErrorPage(await follow(mfa, address + twice), pair.join(' '));
    }
    for (const name of [
      'redirect_uri[]',
      'redirect_uri[0]',
      'Redirect_Uri',
      'redirect_uri%00',
      '__proto__[redirect_uri]',
    ]) {
      const { address } = authorizationRequest(precise, { redirect_uri: undefined });
      expectErrorPage(await follow(mfa, `${address}&${name}=${encodeURIComponent(right)}`), name);
    }
    expect((await follow(mfa, authorizationRequest(precise).address)).response?.has('code')).toBe(true);
  });

  it('a client that there is not: a page, whatever its redirect URI', async () => {
    const { mfa } = await personWithCode(test);
    const ids = [
      undefined, '', 'nobody', 'SHOP', 'shop ', ' shop', 'shop\0', 'shop%00', "shop' or 1=1", 'constructor', '__proto__',
      'toString', 'x'.repeat(10_000), '../shop', 'ｓhop', 'null', 'undefined', '*',
    ]; // prettier-ignore
    for (const id of ids) {
      for (const more of [{}, { prompt: 'none' }, { max_age: 'abc' }]) {
        const request = authorizationRequest(everyClient.shop, { client_id: id, ...more });
        expectErrorPage(await follow(mfa, request.address), String(id).slice(0, 40));
      }
    }
    const { address } = authorizationRequest(everyClient.shop);
    expectErrorPage(await follow(mfa, `${address}&client_id=shop`), 'twice');
    expectErrorPage(await follow(mfa, `${address}&client_id=bank`), 'two of them');
    expect((await follow(mfa, address)).response?.has('code')).toBe(true);
  });

  it('nothing of the kind can be pushed either', async () => {
    const { mfa } = await personWithCode(test);
    const client = everyClient.pushed;
    const push = async (
      parameters: Record<string, string>,
    ): Promise<{ status: number; body: { request_uri?: string; error?: string } }> => {
      const query = new URL(authorizationRequest(client, parameters).address, 'http://x').searchParams;
      return post(test, '/oidc/par', client, Object.fromEntries(query));
    };
    for (const uri of [
      'https://evil.example/callback',
      'https://pushed.example/callback/',
      'javascript:alert(1)',
    ]) {
      expect([uri, (await push({ redirect_uri: uri })).body]).toMatchObject([
        uri,
        { error: 'invalid_request' },
      ]);
    }
    expect((await push({ client_id: 'shop' })).status).toBeGreaterThanOrEqual(400);
    // Pushed in order, and changed on the way: what was pushed counts.
    const { body } = await push({});
    const pushed = new URLSearchParams({ client_id: client.id, request_uri: body.request_uri ?? '' });
    const landing = await follow(mfa, `/oidc/auth?${pushed}&redirect_uri=https%3A%2F%2Fevil.example%2F`);
    expect(landing.url).toMatch(/^https:\/\/pushed\.example\/callback\?/);
  });
});
