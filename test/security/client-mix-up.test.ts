import type { OidcIssuerOptions } from 'cofactor/oidc-client';
import { describe, expect, it } from 'vitest';
import { TestIssuer } from '../support/memory-issuer.ts';
import { bring, cookiesOf, responseTo, startRp, whoIs } from '../support/client-attacks.ts';
import {
  locationOf,
  onEachAdapter,
  open,
  signIn,
  withCode,
  type Adapter,
  type TestRp,
} from '../support/rp.ts';

interface Two {
  readonly rp: TestRp;
  readonly evil: TestIssuer;
}

/** An application with an honest issuer, and one that its owner let in and should not have trusted. */
async function two(adapter?: Adapter): Promise<Two> {
  const evil = new TestIssuer('https://evil.example');
  const other: OidcIssuerOptions = {
    name: 'evil',
    label: 'Evil',
    issuer: evil.issuer,
    clientId: 'orders-there',
    dialect: { name: 'one factor', says: [] },
    fetch: evil.fetch,
  };
  const rp = await startRp({ ...(adapter && { adapter }), others: [other] });
  evil.now = () => rp.clock.now();
  return { rp, evil };
}

const signInAt = (name: string): string => `/auth/sign-in?issuer=${name}&return_to=%2Forders`;

onEachAdapter('A-153 RFC 9207 two issuers that are mixed up', (adapter) => {
  it('a response to one is not taken at the address of the other', async () => {
    const { rp, evil } = await two(adapter);
    const browser = rp.browser();
    const led = await open(browser, signInAt('acme'));
    const response = responseTo(rp, led, withCode);
    for (const iss of [response.iss, evil.issuer]) {
      expect((await bring(browser, { ...response, iss }, 'evil')).status).toBe(400);
    }
    expect(evil.asked).toEqual([]);
    expect((await whoIs(browser)).subject).toBeNull();
    // The code of the honest issuer went nowhere, and the sign-in goes on.
    expect((await bring(browser, response)).status).toBe(303);
  });

  it('an answer of the other issuer under the state of the first is refused before any code is sent', async () => {
    for (const iss of [
      'https://evil.example',
      'https://issuer.example/',
      'HTTPS://ISSUER.EXAMPLE',
      '',
      undefined,
    ]) {
      const { rp } = await two(adapter);
      const browser = rp.browser();
      const led = await open(browser, signInAt('acme'));
      const { state, code } = responseTo(rp, led, withCode);
      const answer = await bring(browser, { state, code, ...(iss !== undefined && { iss }) });
      expect([iss, answer.status]).toEqual([iss, 403]);
      expect(rp.issuer.asked.map(({ path }) => path)).not.toContain('/token');
      expect((await whoIs(browser)).subject).toBeNull();
    }
  });
});

describe('A-153 RFC 9207 iss', () => {
  it('an error under a wrong iss is not believed either', async () => {
    const { rp } = await two();
    const browser = rp.browser();
    await signIn(rp, browser, withCode, signInAt('acme'));
    const before = cookiesOf(browser, 'session');
    const led = await open(browser, signInAt('acme'));
    const { state } = responseTo(rp, led, withCode);
    const answer = await bring(browser, { state, error: 'access_denied', iss: 'https://evil.example' });
    expect(answer.status).toBe(403);
    expect(cookiesOf(browser, 'session')).toEqual(before);
    expect(rp.logged.some(({ message }) => message === 'a sign-in was refused')).toBe(true);
  });

  it('may be left out by an issuer that does not say it always comes, and has to be right where it does come', async () => {
    for (const [iss, status] of [
      [undefined, 303],
      ['https://issuer.example', 303],
      ['https://evil.example', 403],
    ] as const) {
      const { rp } = await two();
      rp.issuer.document = ({ authorization_response_iss_parameter_supported: _says, ...document }) =>
        document;
      const browser = rp.browser();
      const { state, code } = responseTo(rp, await open(browser, signInAt('acme')), withCode);
      const answer = await bring(browser, { state, code, ...(iss !== undefined && { iss }) });
      expect([iss, answer.status]).toEqual([iss, status]);
    }
  });

  it('a discovery document of another issuer is none', async () => {
    for (const issuer of ['https://evil.example', 'https://issuer.example/', undefined, null, 7]) {
      const { rp } = await two();
      rp.issuer.document = (document) => ({ ...document, issuer });
      const browser = rp.browser();
      const led = await open(browser, signInAt('acme'));
      expect([issuer, led.status]).toEqual([issuer, 403]);
      expect(locationOf(led)).toBe('');
    }
  });

  it('an id_token of the other issuer is not taken from the token endpoint of the first', async () => {
    const { rp, evil } = await two();
    const browser = rp.browser();
    rp.issuer.claims = (claims) => ({ ...claims, iss: evil.issuer, aud: 'orders-there' });
    const led = await open(browser, signInAt('acme'));
    expect((await bring(browser, responseTo(rp, led, withCode))).status).toBe(403);
    expect((await whoIs(browser)).subject).toBeNull();
  });
});

describe('A-157 the same subject at another issuer', () => {
  it('is somebody else, and what one issuer says counts by its own words only', async () => {
    const { rp, evil } = await two();
    const browser = rp.browser();
    const led = await open(browser, signInAt('evil'));
    const response = evil.authorize(locationOf(led), withCode);
    expect((await bring(browser, response, 'evil')).status).toBe(303);
    const { body } = await browser.get<{ subject: string; acr: string; admin: boolean }>('/who');
    expect([body.subject, body.acr, body.admin]).toEqual(['ann', 'pwd', false]);
    const page = await open(browser, '/admin');
    expect(page.status).toBe(403);
  });

  it('an issuer that is not configured, or is named oddly, is nobody: people are asked to choose', async () => {
    const { rp } = await two();
    const browser = rp.browser();
    for (const name of ['other', '__proto__', 'constructor', 'ACME', 'acme%20', '', 'https://evil.example']) {
      const page = await open(browser, `/auth/sign-in?issuer=${encodeURIComponent(name)}`);
      expect([name, page.status]).toEqual([name, 200]);
      expect(page.text).toContain('issuer=acme');
      expect(page.text).not.toContain('issuer=https');
    }
  });

  it('cannot speak in the name of the first', async () => {
    const { rp, evil } = await two();
    const browser = rp.browser();
    evil.claims = (claims) => ({ ...claims, iss: rp.issuer.issuer });
    const led = await open(browser, signInAt('evil'));
    expect((await bring(browser, evil.authorize(locationOf(led), withCode), 'evil')).status).toBe(403);
    expect((await whoIs(browser)).subject).toBeNull();
  });
});
