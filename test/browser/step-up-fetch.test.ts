import { readFileSync } from 'node:fs';
import type { IncomingMessage, Server } from 'node:http';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { insufficientAuthentication } from '../../packages/cofactor/src/web/challenge.ts';
import { launch } from '../support/chromium.ts';
import { closed, listening } from '../support/listening.ts';
import { describeWith } from '../support/needs.ts';

// A browser on a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000 });

const dist = join(import.meta.dirname, '../../packages/cofactor/dist');
/** The modules as they are published; the browser finds one from the other. */
const modules = ['/oidc-client/step-up-fetch.js', '/web/challenge.js'];

const page = `<!doctype html><title>Page</title><script type="module">
import { createStepUpFetch } from '/oidc-client/step-up-fetch.js';
window.steps = [];
window.call = createStepUpFetch({
  token: () => 'weak',
  stepUp: async (challenge) => (window.steps.push(challenge), 'better'),
});
window.ready = true;
</script>`;

interface Seen {
  readonly path: string;
  readonly method: string;
  readonly token: string | undefined;
}

describeWith('Chromium', 'a page that calls an API on another origin', () => {
  let browser: Browser;
  let tab: Page;
  let site: { readonly origin: string; readonly server: Server };
  let api: { readonly origin: string; readonly server: Server };
  let other: { readonly origin: string; readonly server: Server };
  const seen: Seen[] = [];
  const elsewhere: Seen[] = [];

  const sight = ({ url = '', method = '', headers }: IncomingMessage): Seen => ({
    path: url,
    method,
    token: headers.authorization?.replace('Bearer ', ''),
  });
  const cors = {
    'access-control-allow-origin': '*',
    'access-control-allow-headers': 'authorization, content-type',
    'access-control-expose-headers': 'www-authenticate',
  };

  beforeAll(async () => {
    site = await listening(async ({ url = '' }, response) => {
      const isModule = modules.includes(url);
      response.writeHead(200, { 'content-type': isModule ? 'text/javascript' : 'text/html' });
      response.end(isModule ? readFileSync(dist + url) : page);
    });
    other = await listening(async (request, response) => {
      elsewhere.push(sight(request));
      response.writeHead(200, cors).end('elsewhere');
    });
    api = await listening(async (request, response) => {
      if (request.method === 'OPTIONS') return void response.writeHead(204, cors).end();
      const one = sight(request);
      seen.push(one);
      if (one.path === '/moved') response.writeHead(307, { ...cors, location: `${other.origin}/` }).end();
      else if (one.token === 'better') response.writeHead(200, cors).end(`${one.method} ${one.path}`);
      else {
        const challenge = insufficientAuthentication({ acrValues: 'mfa', maxAge: 300 });
        response.writeHead(401, { ...cors, 'www-authenticate': challenge }).end();
      }
    });
    browser = await launch();
    tab = await browser.newPage();
    await tab.goto(site.origin);
    await tab.waitForFunction('window.ready === true');
  });
  afterAll(async () => {
    await browser?.close();
    for (const one of [site, api, other]) if (one) await closed(one.server);
  });
  beforeEach(async () => {
    seen.length = 0;
    elsewhere.length = 0;
    await tab.evaluate('window.steps.length = 0');
  });

  /** What `call` answers with in the page, and how often the person was asked. */
  const called = async (path: string, init: string): Promise<unknown> =>
    tab.evaluate(`(async () => {
      const told = await window.call(${JSON.stringify(api.origin + path)}, ${init}).then(
        async (answer) => [answer.status, await answer.text()],
        (error) => [error.name],
      );
      return [...told, window.steps];
    })()`);

  it('has the person step up, and repeats the request', async () => {
    expect(await called('/refunds', "{ method: 'POST', body: new URLSearchParams({ order: '7' }) }")).toEqual(
      [200, 'POST /refunds', [{ acrValues: 'mfa', maxAge: 300 }]],
    );
    expect(seen.map(({ token }) => token)).toEqual(['weak', 'better']);
  });

  it('does not repeat what it has sent and has no more: a Request with a body', async () => {
    const made = await tab.evaluate(`(async () => {
      const request = new Request(${JSON.stringify(`${api.origin}/refunds`)}, { method: 'POST', body: 'x' });
      const answer = await window.call(request);
      return [answer.status, window.steps];
    })()`);
    expect([made, seen.length]).toEqual([[401, []], 1]);
  });

  it('I-28 the token does not follow a redirect', async () => {
    for (const init of ['{}', "{ redirect: 'follow' }"]) {
      expect(await called('/moved', init)).toEqual(['TypeError', []]);
    }
    expect(elsewhere).toEqual([]);
    expect(seen.map(({ token }) => token)).toEqual(['weak', 'weak']);
  });

  it('a relative address is one of the page’s own origin, and may be asked', async () => {
    const status = await tab.evaluate("window.call('/index').then(({ status }) => status)");
    expect(status).toBe(200);
  });
});
