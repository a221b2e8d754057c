import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConfirmedView, EnrolmentView } from '../../packages/cofactor/src/http/contract.ts';
import type { TestBrowser } from '../support/browser.ts';
import { TestClock } from '../support/clock.ts';
import { oathtoolCode } from '../support/oathtool.ts';
import { authorizationRequest, follow } from '../support/oidc.ts';
import { formBody, testServer, type TestServer } from '../support/serve.ts';

const clientSecret = 'CANARY-client-secret-of-at-least-32-characters';
const shop = {
  id: 'shop',
  name: 'Shop',
  redirectUris: ['https://shop.example/callback'],
  firstParty: true,
  secret: clientSecret,
};
const key = Buffer.from('CANARY key of the ring, 32 bytes and more').toString('base64');

describe('the log and the numbers of the server', () => {
  let node: TestServer;
  const secrets = new Map<string, string>();
  beforeAll(async () => {
    const clock = new TestClock(new Date());
    const given = {
      clients: [shop],
      keys: [{ id: 'own', secret: key }],
      registration: true,
      rememberDevices: true,
      logLevel: 'debug',
      factors: ['password', 'totp', 'webauthn', 'recovery-codes', 'email-otp'],
    };
    node = await testServer(given, { clock });
    await everything(node, secrets);
  }, 60_000);
  afterAll(() => node?.close());

  it('I-28 A-215 have none of the secrets in them that went through', () => {
    const written = node.lines.join('') + node.server.metrics.text();
    // What was looked for can be found at all.
    expect(secrets.size).toBeGreaterThan(15);
    for (const [what, secret] of secrets) {
      expect([what, secret.length >= 6]).toEqual([what, true]);
      expect([what, written.includes(secret)]).toEqual([what, false]);
      expect([what, written.includes(encodeURIComponent(secret))]).toEqual([what, false]);
    }
    expect(written).not.toContain('CANARY');
  });

  it('has one line for each request: method, pattern, status, time, id; never the address', () => {
    const lines = node.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const requests = lines.filter(({ msg }) => msg === 'request');
    expect(requests.length).toBeGreaterThan(20);
    for (const line of requests) {
      expect(Object.keys(line).sort()).toEqual(
        ['level', 'method', 'ms', 'msg', 'requestId', 'route', 'status', 'time'].sort(),
      );
    }
    const ids = requests.map(({ requestId }) => requestId);
    expect(new Set(ids).size).toBe(ids.length);
    const routes = new Set(requests.map(({ route }) => route));
    for (const route of [
      '/auth/sign-in',
      '/auth/ceremony',
      '/oidc/auth',
      '/admin/set-up',
      '/admin/*',
      'none',
    ]) {
      expect(routes).toContain(route);
    }
    expect([...routes].filter((route) => String(route).includes('?'))).toEqual([]);
  });

  it('A-195 keeps what somebody typed on one line and away from the terminal', async () => {
    const browser = node.browser();
    await browser.context();
    const nasty = 'eve\r\n{"level":60,"msg":"forged"}\u001b[2J\u001b]0;owned\u0007=cmd()';
    const before = node.lines.length;
    await browser.post('/auth/sign-in', {
      identifier: nasty,
      provider: 'password',
      response: { password: 'wrong' },
    });
    await browser.get(`/auth/${encodeURIComponent(nasty)}`);
    await browser.get('/auth/context', { headers: { 'user-agent': 'x\u001b[2J' } });
    const raw = node.lines.slice(before);
    expect(raw.length).toBeGreaterThan(2);
    for (const line of raw) {
      const control = [...line.trimEnd()].filter((character) => character < ' ' || character === '\u007f');
      expect(control).toEqual([]);
      expect(() => JSON.parse(line) as unknown).not.toThrow();
    }
    expect(raw.join('')).not.toContain('forged');
  });

  it('writes of an error its kind and its place, and nothing that it may quote', async () => {
    const own = await testServer();
    const { logger } = own.server;
    const { token } = { token: 'CANARY' };
    const nested = new TypeError('quotes CANARY', { cause: new SyntaxError('and CANARY once more') });
    logger.error({ error: nested, token, deep: { password: 'CANARY', code: '123456' } }, 'failed');
    logger.error(
      { err: Object.assign(new Error('CANARY'), { code: 'ECONNRESET', detail: 'CANARY' }) },
      'failed',
    );
    const written = own.lines.join('');
    expect(written).toContain('TypeError');
    expect(written).toContain('SyntaxError');
    expect(written).toContain('ECONNRESET');
    expect(written).toContain('serve-log.test');
    expect(written).not.toContain('CANARY');
    expect(written).not.toContain('123456');
    await own.close();
  });
});

describe('ids of requests', () => {
  const sent = async (
    address: string,
    id: string,
  ): Promise<{ readonly id: string | undefined; readonly status: number | undefined }> => {
    const outgoing = request(`${address}/health/live`, { headers: { 'x-request-id': id } });
    outgoing.end();
    const [answer] = (await new Promise((resolve) => {
      outgoing.once('response', (response) => resolve([response]));
    })) as [import('node:http').IncomingMessage];
    answer.resume();
    return { id: answer.headers['x-request-id'] as string | undefined, status: answer.statusCode };
  };

  it.each([
    ['a proxy that is trusted', ['127.0.0.1'], true],
    ['anybody else', ['10.0.0.0/8'], false],
    ['nobody', [], false],
  ] as const)('are taken from %s: %j', async (_who, trustedProxies, isTaken) => {
    const node = await testServer({ trustedProxies, host: '127.0.0.1', port: 0 });
    const { address } = await node.server.listen();
    expect((await sent(address, 'edge-0123456789')).id === 'edge-0123456789').toBe(isTaken);
    for (const malformed of [
      'short',
      'x'.repeat(65),
      'with space in it',
      '<script>alert(1)</script>',
      '{"a":1}',
    ]) {
      const { id, status } = await sent(address, malformed);
      expect([status, id !== malformed]).toEqual([200, true]);
      expect(id).toMatch(/^[0-9a-f-]{36}$/);
    }
    await node.close();
  });

  it('are on every line that a request causes', async () => {
    const node = await testServer();
    await node.server.realms.get('users')?.engine.store.close();
    const answer = await node.browser().get('/auth/security', { headers: { cookie: sessionCookie } });
    expect(answer.status).toBe(503);
    const caused = node.lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ requestId }) => requestId === answer.headers['x-request-id']);
    expect(caused.map(({ msg }) => msg)).toEqual(['a request failed', 'request']);
    await node.close();
  });
});

const sessionCookie = `cofactor-users-session=ses_${'A'.repeat(43)}`;

/** People do everything that has a secret in it, rightly and wrongly; what was secret in it is noted. */
async function everything(node: TestServer, secrets: Map<string, string>): Promise<void> {
  const password = 'CANARY correct horse battery';
  secrets.set('password', password);
  secrets.set('key of the ring', key);
  secrets.set('client secret', clientSecret);

  const notice = (await node.server.setUpNotice()) ?? '';
  const setUp = /sut_[A-Za-z0-9_-]{43}/.exec(notice)?.[0] ?? '';
  secrets.set('set-up link', setUp);
  const owner = node.browser();
  const page = await owner.page(`/admin/set-up?token=${setUp}`);
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
  secrets.set('token of the page', csrf);
  const form = { csrf, identifier: 'owner', password };
  await owner.send('POST', '/admin/set-up', formBody({ ...form, token: `sut_${'B'.repeat(43)}` }));
  await owner.send('POST', '/admin/set-up', formBody({ ...form, token: setUp }));
  await owner.page('/admin/users?search=CANARY');
  await owner.page('/CANARY/no/such/page?code=CANARY');

  const browser = node.browser();
  await browser.context();
  const address = 'ada@acme.example';
  secrets.set('address', address);
  await browser.post('/auth/register', { identifier: address, provider: 'password', response: { password } });
  noteCookies(browser, secrets, 'registered');
  const begun = await browser.post<EnrolmentView>('/auth/enrolments', { provider: 'totp' });
  const app = String(begun.body.setup['key']);
  secrets.set('key of the app', app);
  secrets.set('enrolment', begun.body.enrolment);
  const first = oathtoolCode(app, node.clock.now());
  secrets.set('first code', first);
  const confirmed = await browser.post<ConfirmedView>('/auth/enrolments/confirm', {
    enrolment: begun.body.enrolment,
    response: { code: first },
    name: 'Phone',
  });
  const codes = confirmed.body.issued[0]?.setup['codes'] as readonly string[];
  secrets.set('recovery code', codes[0] ?? '');

  node.clock.advance(31);
  const other = node.browser();
  await other.context();
  const typed = 'CANARY wrong password';
  await other.post('/auth/sign-in', {
    identifier: address,
    provider: 'password',
    response: { password: typed },
  });
  const request = authorizationRequest({ ...shop }, { login_hint: 'CANARY', state: 'CANARY-state' });
  secrets.set('nonce', request.nonce);
  const landed = await follow(other, request.address);
  const returnTo = new URLSearchParams(landed.url.split('?')[1]).get('return_to') ?? '';
  secrets.set('interaction', returnTo.split('/').at(-1) ?? '');
  await other.context();
  await other.post('/auth/sign-in', {
    identifier: address,
    provider: 'password',
    response: { password },
    returnTo,
  });
  noteCookies(other, secrets, 'ceremony');
  const second = oathtoolCode(app, node.clock.now());
  secrets.set('second code', second);
  const authenticator = confirmed.body.authenticator.id;
  await other.post('/auth/ceremony', { authenticator, response: { code: '000000' } });
  await other.post('/auth/ceremony', { authenticator, response: { code: second }, remember: true });
  noteCookies(other, secrets, 'signed in');
  const back = await follow(other, returnTo);
  const code = back.response?.get('code') ?? '';
  secrets.set('code of the client', code);
  for (const verifier of ['CANARY-wrong-verifier-of-at-least-43-characters-xx', request.verifier]) {
    const redeemed = await node.server.app.inject({
      method: 'POST',
      url: '/oidc/token',
      payload: String(
        new URLSearchParams({
          grant_type: 'authorization_code',
          code,
          code_verifier: verifier,
          redirect_uri: shop.redirectUris[0] ?? '',
        }),
      ),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`shop:${clientSecret}`).toString('base64')}`,
      },
    });
    const tokens = redeemed.json<Record<string, unknown>>();
    for (const name of ['access_token', 'id_token']) {
      if (typeof tokens[name] === 'string') secrets.set(name, tokens[name]);
    }
  }

  const forgetful = node.browser();
  await forgetful.context();
  await forgetful.post('/auth/forgot', { identifier: address });
  await node.server.realms.get('users')?.engine.background.settled();
  const { text } = await forgetful.page('/auth/mailbox');
  const mailed = /(?:rst|adr)_[A-Za-z0-9_-]{43}/.exec(text)?.[0];
  if (mailed !== undefined) secrets.set('link of a mail', mailed);
  await forgetful.post('/auth/reset', {
    token: `rst_${'C'.repeat(43)}`,
    provider: 'password',
    response: { password },
  });
}

function noteCookies(browser: TestBrowser, secrets: Map<string, string>, when: string): void {
  for (const [name, value] of browser.cookies) {
    if (!name.endsWith('language') && value !== '') secrets.set(`${name}, ${when}`, value);
  }
}
