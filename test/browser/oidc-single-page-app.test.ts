import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { freshSqliteDatabase, register, type Person, type TestDatabase } from '../support/app.ts';
import { launch } from '../support/chromium.ts';
import { closed, listening } from '../support/listening.ts';
import { describeWith } from '../support/needs.ts';
import { liveOidc, type LiveOidc } from '../support/oidc-live.ts';

// A browser on a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000 });

const library = readFileSync(fileURLToPath(import.meta.resolve('oauth4webapi')), 'utf8');

/**
 * The application: all of it runs in the browser, on an origin of its own. What it got is in its `output`.
 *
 * The library is as it is published; what it may read of the server's answers, the browser decides.
 */
const application = (issuer: string): string => `
import * as oauth from '/oauth4webapi.js';

const http = { [oauth.allowInsecureRequests]: true };
const issuer = new URL('${issuer}');
const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, http));
const client = { client_id: 'page' };
const redirectUri = location.origin + '/callback';
const show = (value) => (document.querySelector('output').textContent = JSON.stringify(value));

if (location.pathname === '/') {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  sessionStorage.setItem('verifier', verifier);
  sessionStorage.setItem('state', state);
  const url = new URL(as.authorization_endpoint);
  url.search = new URLSearchParams({
    client_id: 'page',
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid profile',
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  location.href = url;
} else if (location.pathname === '/callback') {
  try {
    const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
    const options = { ...http, DPoP };
    const answer = oauth.validateAuthResponse(as, client, new URL(location), sessionStorage.getItem('state'));
    const response = await oauth.authorizationCodeGrantRequest(
      as, client, oauth.None(), answer, redirectUri, sessionStorage.getItem('verifier'), options,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, { requireIdToken: true });
    await oauth.validateApplicationLevelSignature(as, response, http);
    const { sub } = oauth.getValidatedIdTokenClaims(tokens);
    const info = await oauth.processUserInfoResponse(
      as, client, sub, await oauth.userInfoRequest(as, client, tokens.access_token, options),
    );
    const wrong = await oauth.userInfoRequest(as, client, 'no-token', http);
    const refused = await oauth.processUserInfoResponse(as, client, sub, wrong).catch(
      (error) => error.cause[0].parameters.error,
    );
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(as, client, oauth.None(), tokens.access_token, http),
    );
    show({ type: tokens.token_type, info, refused });
  } catch (error) {
    show({ error: String(error), cause: String(error.cause) });
  }
}
`;

describeWith('Chromium', 'an application that is all in the browser', () => {
  let database: TestDatabase;
  let test: LiveOidc;
  let browser: Browser;
  let person: Person;
  /** Where the application is, and another site. */
  const sites: { readonly origin: string; readonly server: Server }[] = [];
  beforeAll(async () => {
    database = await freshSqliteDatabase();
    for (let n = 0; n < 2; n += 1) {
      sites.push(
        await listening((request, response) => {
          const isLibrary = request.url === '/oauth4webapi.js';
          const page = `<!doctype html><title>Page</title><output></output><script type="module">${application(test.issuer)}</script>`;
          response.writeHead(200, { 'content-type': isLibrary ? 'text/javascript' : 'text/html' });
          response.end(isLibrary ? library : page);
          return Promise.resolve();
        }),
      );
    }
    test = await liveOidc(database.open(), {
      clients: [
        { id: 'page', name: 'Page', redirectUris: [`${sites[0]?.origin ?? ''}/callback`], firstParty: true },
      ],
    });
    person = await register(test);
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    for (const { server } of sites) await closed(server);
    await test?.close();
    await database?.drop();
  });

  /** A page of somebody who is signed in. */
  async function open(): Promise<Page> {
    const context = await browser.newContext();
    await context.addCookies(
      [...person.browser.cookies].map(([name, value]) => ({ name, value, url: test.origin })),
    );
    return context.newPage();
  }

  it('reads what it may of the answers, from its own origin', async () => {
    const page = await open();
    await page.goto(`${sites[0]?.origin ?? ''}/`);
    await page.waitForURL(/\/callback/);
    const output = page.locator('output:not(:empty)');
    expect(JSON.parse((await output.textContent()) ?? '')).toEqual({
      type: 'dpop',
      info: expect.objectContaining({ preferred_username: person.identifier }),
      refused: 'invalid_token',
    });
    await page.context().close();
  });

  it('is not read by a page of another origin', async () => {
    const page = await open();
    await page.goto(`${sites[1]?.origin ?? ''}/empty`);
    const ask = (path: string, client: string): Promise<string> =>
      page.evaluate(
        async ([address = '', id = '']) => {
          const body = new URLSearchParams({
            client_id: id,
            grant_type: 'refresh_token',
            refresh_token: 'x',
          });
          return fetch(address, { method: 'POST', body }).then(
            async (answer) => `read ${await answer.text()}`,
            () => 'kept from it',
          );
        },
        [`${test.issuer}${path}`, client],
      );
    for (const path of ['/token', '/par', '/revoke', '/introspect', '/device/start']) {
      expect([path, await ask(path, 'page')]).toEqual([path, 'kept from it']);
    }
    // What is the same for everybody may be read by everybody.
    const discovery = await page.evaluate(
      async (address) => (await fetch(address)).json() as Promise<{ issuer: string }>,
      `${test.issuer}/.well-known/openid-configuration`,
    );
    expect(discovery.issuer).toBe(test.issuer);
    // Cookies go nowhere: no page of another site learns who is signed in.
    const withCookies = await page.evaluate(
      (address) =>
        fetch(address, { credentials: 'include' }).then(
          () => 'read',
          () => 'kept from it',
        ),
      `${test.issuer}/applications`,
    );
    expect(withCookies).toBe('kept from it');
    await page.context().close();
  });
});
