import type { OidcClient } from 'cofactor/oidc-server';
import type { Answer, TestBrowser } from './browser.ts';
import { follow, post, type Landing, type TestOidc, type Tokens } from './oidc.ts';
import { press } from './oidc-flows.ts';

/** A device without a browser that waits to be signed in (RFC 8628). */
export interface TestDevice {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly complete: string;
  /** Asks whether it may go on. */
  poll(client?: OidcClient): Promise<Pick<Answer<Tokens>, 'status' | 'body'>>;
  /** Types its code in a browser, as far as the page that asks whether it is the right device. */
  type(browser: TestBrowser, code?: string): Promise<Answer>;
  /** Types its code, agrees, and goes on to where that leads. */
  approve(browser: TestBrowser): Promise<Landing>;
}

export async function startDevice(test: TestOidc, client: OidcClient, scope = 'openid'): Promise<TestDevice> {
  const { status, body } = await post<{
    device_code: string;
    user_code: string;
    verification_uri_complete: string;
  }>(
    test,
    '/oidc/device/start',
    client,
    { client_id: client.id, scope, ...(scope.includes('offline_access') && { prompt: 'consent' }) },
    { 'user-agent': 'Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36' },
  );
  if (status !== 200) throw new Error(`no device code: ${JSON.stringify(body)}`);
  const { device_code: deviceCode, user_code: userCode, verification_uri_complete: complete } = body;
  const type = async (browser: TestBrowser, code = userCode): Promise<Answer> => {
    const page = await browser.page('/oidc/device');
    return press(browser, page, { user_code: code });
  };
  return {
    deviceCode,
    userCode,
    complete,
    type,
    poll: (as = client) =>
      post(test, '/oidc/token', as, {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: deviceCode,
        client_id: as.id,
      }),
    async approve(browser) {
      const confirm = await type(browser);
      const answer = await press(browser, confirm, { confirm: 'yes' });
      const { location } = answer.headers;
      if (typeof location !== 'string') return { url: '/oidc/device', answer, response: null, passed: [] };
      const { pathname, search } = new URL(location, 'http://localhost:3000');
      return follow(browser, pathname + search);
    },
  };
}
