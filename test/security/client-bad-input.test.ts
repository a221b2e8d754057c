import { expect, it } from 'vitest';
import { clientCookies, cookiesOf, startRp } from '../support/client-attacks.ts';
import { onEachAdapter, open, signIn, withPassword } from '../support/rp.ts';

const paths = [
  '/auth/sign-in',
  '/auth/sign-out',
  '/auth/signed-out',
  '/auth/callback/acme',
  '/auth/backchannel-logout/acme',
  '/auth/cofactor.css',
  '/auth/nothing',
  '/orders',
  '/admin',
  '/fresh-admin',
];
const values = ['', '%', '%00', '%E0%A4%A', '__proto__', '%0d%0ax:%20y', 'x'.repeat(5000), '{}', '-1'];
const names = ['return_to', 'issuer', 'acr', 'max_age', 'ask', 'switch', 'state', 'code', 'iss', 'error'];
const odd = [
  ...names.flatMap((name) => values.map((value) => `${name}=${value}`)),
  names.map((name) => `${name}=1&${name}=2`).join('&'),
  'a[__proto__][x]=1&state[]=1',
  Array.from({ length: 1000 }, (_, at) => `p${at}=1`).join('&'),
  '&&&===&?',
];

onEachAdapter('I-24 what nobody honest sends', (adapter) => {
  it('gets an answer and no error, whatever the parameters are', async () => {
    const rp = await startRp({ adapter });
    const [nobody, somebody] = [rp.browser(), rp.browser()];
    await signIn(rp, somebody, withPassword);
    for (const path of paths) {
      const browsers = path === '/auth/sign-in' ? [nobody, somebody] : [nobody];
      for (const [browser, query] of browsers.flatMap((one) => odd.map((query) => [one, query] as const))) {
        for (const name of cookiesOf(browser, 'transaction').keys()) browser.cookies.delete(name);
        const { status, text } = await open(browser, `${path}?${query}`);
        expect([path, query.slice(0, 60), status < 500]).toEqual([path, query.slice(0, 60), true]);
        expect(text).not.toMatch(/inside|node_modules|\.ts:\d/);
      }
    }
    expect(rp.logged.filter(({ level }) => level === 'error')).toEqual([]);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it('gets an answer and no error, whatever the method, the body and its type are', async () => {
    const rp = await startRp({ adapter });
    const browser = rp.browser();
    const bodies: readonly (string | Buffer)[] = [
      'logout_token',
      'logout_token=%',
      `logout_token=${'.'.repeat(9000)}`,
      'logout_token=a.b.c',
      `logout_token=${Buffer.from('{"alg":{}}').toString('base64url')}.${Buffer.from('[]').toString('base64url')}.x`,
      '{"logout_token":',
      Buffer.from([0, 255, 254, 128]),
      `x=${'y'.repeat(20_000)}`,
    ];
    const types = ['application/x-www-form-urlencoded', 'text/xml; charset=?'];
    for (const path of paths.slice(0, 7)) {
      for (const method of ['POST', 'PUT']) {
        for (const raw of bodies) {
          for (const type of types) {
            const { status } = await browser.send(method, path, { raw, headers: { 'content-type': type } });
            expect([method, path, type, status < 500]).toEqual([method, path, type, true]);
          }
        }
      }
    }
    expect(rp.logged.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('gets an answer and no error, whatever the headers are', async () => {
    const rp = await startRp({ adapter });
    const browser = rp.browser();
    const session = `${clientCookies}-session`;
    const headers: readonly Record<string, string>[] = [
      { cookie: ';;;=;==;' },
      { cookie: session },
      { cookie: `${session}=` },
      { cookie: `${session}=2~x; ${session}.1=` },
      { cookie: `${session}=3~x; ${session}.1=x; ${session}.2=x; ${session}.3=x` },
      { cookie: `${session}=1~v1.development.AAAA.AAAA` },
      { cookie: `${session}=1~v1.__proto__.AAAA.AAAA` },
      {
        cookie: `${clientCookies}-transaction.=x; ${clientCookies}-transaction.${'x'.repeat(16)}=v1.development.x.y`,
      },
      { accept: 'x'.repeat(5000) },
      { 'accept-language': 'x-'.repeat(2000) },
      { 'accept-language': '__proto__, constructor;q=9, de;q=0.0000001, *;q=-1' },
      { referer: 'http://[' },
      { origin: 'http://[', referer: '' },
      { authorization: 'Bearer ==, Basic x' },
    ];
    for (const one of headers) {
      for (const path of paths) {
        for (const method of ['GET', 'POST']) {
          const { status } = await browser.send(method, path, {
            headers: { accept: 'text/html', ...one },
            ...(method === 'POST' && { raw: 'x=1' }),
          });
          expect([method, path, one, status < 500]).toEqual([method, path, one, true]);
        }
      }
    }
    expect(rp.logged.filter(({ level }) => level === 'error')).toEqual([]);
    expect((await signIn(rp, rp.browser(), withPassword)).status).toBe(303);
  });
});
