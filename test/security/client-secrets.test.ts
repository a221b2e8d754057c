import { memorySessionStore } from 'cofactor/oidc-client';
import { describe, expect, it } from 'vitest';
import type { Answer, TestBrowser } from '../support/browser.ts';
import { TestClock } from '../support/clock.ts';
import { signedByIssuer } from '../support/memory-issuer.ts';
import { bring, startRp } from '../support/client-attacks.ts';
import { comeBack, locationOf, onEachAdapter, open, signIn, withCode, withPassword } from '../support/rp.ts';

/** Everything of an answer that others can read: not the cookies that it sets. */
function readable({ status, headers, text }: Answer): string {
  const { 'set-cookie': _cookies, ...others } = headers;
  return `${status} ${JSON.stringify(others)} ${text}`;
}

/** Errors as a log would write them, with their stacks and causes. */
function written(value: unknown): string {
  const seen = new Set<unknown>();
  return (
    JSON.stringify(value, (_name, part: unknown) => {
      if (part instanceof Error) {
        if (seen.has(part)) return 'again';
        seen.add(part);
        return { ...part, name: part.name, message: part.message, stack: part.stack, cause: part.cause };
      }
      return typeof part === 'bigint' ? String(part) : part;
    }) ?? ''
  );
}

onEachAdapter('I-28 secrets', (adapter) => {
  it.each([false, true])(
    'are in no log line, answer or address, whatever goes wrong; over a store: %s',
    async (withStore) => {
      const clock = new TestClock(new Date());
      const clientSecret = 'canary-of-the-client-secret';
      const rp = await startRp({
        adapter,
        issuer: { clientSecret, userinfo: true, timeout: 0.2 },
        client: { clock, session: { recheck: 60 }, ...(withStore && { store: memorySessionStore(clock) }) },
      });
      let tokens = 0;
      const secrets = new Set<string>([clientSecret, 'canary-of-the-userinfo']);
      const secretWords = (): object => {
        tokens += 1;
        const made = {
          access_token: `canary-access-${tokens}`,
          refresh_token: `canary-refresh-${tokens}`,
        };
        Object.values(made).forEach((one) => secrets.add(one));
        return made;
      };
      rp.issuer.tokens = (given) => {
        secrets.add(String(given['id_token']).split('.')[2] ?? '');
        return { ...given, ...secretWords() };
      };
      const seen: string[] = [];
      const browser = rp.browser();
      const look = async (answer: Promise<Answer>): Promise<Answer> => {
        const found = await answer;
        seen.push(readable(found));
        return found;
      };
      /** Signs in, with something that goes wrong on the way. */
      const attempt = async (
        goWrong: () => void,
        change: (response: Record<string, string>) => Record<string, string> = (same) => same,
      ): Promise<void> => {
        const led = await look(open(browser, '/orders?x=1'));
        if (led.status !== 303) return;
        const address = locationOf(led);
        goWrong();
        const response = rp.issuer.authorize(address, {
          ...withPassword,
          'userinfo:note': 'canary-of-the-userinfo',
        });
        secrets.add(response.code);
        await look(bring(browser, change({ ...response })));
        rp.issuer.answer = () => undefined;
        rp.issuer.claims = (claims) => claims;
        rp.issuer.token = (token) => token;
        rp.issuer.hangs = () => false;
      };
      const answerAt =
        (path: string, answer: () => Response): (() => void) =>
        () => {
          rp.issuer.answer = (asked) => (asked === path ? answer() : undefined);
        };
      const echo = (): Response =>
        Response.json(
          {
            error: 'invalid_request',
            error_description: rp.issuer.asked.at(-1)?.body,
            hint: rp.issuer.asked.at(-1)?.authorization,
          },
          { status: 400 },
        );
      const throwEcho = (): Response => {
        throw new TypeError(
          `fetch failed: ${rp.issuer.asked.at(-1)?.body} ${rp.issuer.asked.at(-1)?.authorization}`,
        );
      };
      await attempt(answerAt('/token', echo));
      await attempt(answerAt('/token', throwEcho));
      await attempt(answerAt('/token', () => new Response(rp.issuer.asked.at(-1)?.body, { status: 500 })));
      await attempt(answerAt('/token', () => Response.json({ ...secretWords(), token_type: 'odd' })));
      await attempt(answerAt('/userinfo', throwEcho));
      await attempt(
        answerAt('/userinfo', () => Response.json({ sub: 'eve', note: 'canary-of-the-userinfo' })),
      );
      await attempt(() => (rp.issuer.claims = (claims) => ({ ...claims, nonce: 'canary-nonce-of-another' })));
      await attempt(() => (rp.issuer.token = (token) => `${token}x`));
      await attempt(() => (rp.issuer.hangs = (path) => path === '/token'));
      await attempt(
        () => undefined,
        ({ state, iss }) => ({ state: state ?? '', iss: iss ?? '', error: 'server_error' }),
      );
      await attempt(
        () => undefined,
        (response) => ({ ...response, iss: 'https://evil.example' }),
      );
      await attempt(() => undefined);
      await look(open(browser, '/orders'));
      await look(open(browser, '/admin'));
      await look(browser.get('/fresh-admin'));
      await look(open(browser, '/boss'));
      // A refresh that goes wrong in the issuer's own words, and one that ends the session.
      rp.clock.advance(61);
      answerAt('/token', throwEcho)();
      await look(open(browser, '/orders'));
      answerAt('/token', () => new Response(rp.issuer.asked.at(-1)?.body, { status: 502 }))();
      await look(open(browser, '/orders'));
      rp.issuer.answer = () => undefined;
      const logout = await signedByIssuer({ sub: 'canary-sub' });
      secrets.add(logout);
      await look(
        browser.send('POST', '/auth/backchannel-logout/acme', {
          raw: `logout_token=${logout}`,
          headers: { 'content-type': 'application/x-www-form-urlencoded', origin: undefined },
        }),
      );
      await look(browser.send('POST', '/auth/sign-out', { headers: { accept: 'text/html' } }));

      // Values of cookies, and what is asked of the issuer's token endpoint: the code, the verifier, the client's secret.
      for (const cookie of browser.setCookies) secrets.add(cookie.split(';')[0]?.split('=')[1] ?? '');
      for (const { path, body, authorization } of rp.issuer.asked) {
        if (path !== '/token') continue;
        const form = new URLSearchParams(body);
        for (const name of ['code', 'code_verifier', 'refresh_token']) secrets.add(form.get(name) ?? '');
        secrets.add(authorization);
      }
      secrets.delete('');
      expect(secrets.size).toBeGreaterThan(30);
      expect(seen.length).toBeGreaterThan(25);
      expect(rp.logged.length).toBeGreaterThan(10);
      const log = rp.logged.map(written).join('\n');
      for (const secret of secrets) {
        expect(log.includes(secret), `the log has ${secret}`).toBe(false);
        expect(seen.filter((one) => one.includes(secret))).toEqual([]);
      }
    },
  );
});

describe('I-28 what a line of the log says', () => {
  it('names of errors and claims, never words that came from outside', async () => {
    const rp = await startRp();
    const browser = rp.browser();
    await signIn(rp, browser, withCode);
    const words = 'canary\u001b[31m\r\nlevel=error admin signed in';
    for (const error of [words, 'a'.repeat(3000), 'x y']) {
      const { state, iss } = rp.issuer.authorize(
        locationOf(await open(browser, '/auth/sign-in?issuer=acme')),
        withCode,
      );
      await bring(browser, { state, iss, error, error_description: words, error_uri: words });
    }
    rp.issuer.claims = (claims) => ({ ...claims, [words]: words, aud: words, iss: words });
    await comeBack(rp, browser, await open(browser, '/auth/sign-in?issuer=acme'), withCode);
    const logged = rp.logged.map(written).join('\n');
    expect(rp.logged.length).toBeGreaterThanOrEqual(4);
    expect(logged).not.toContain('canary');
    expect(logged).not.toContain('a'.repeat(100));
  });

  it('I-28 the secret that a session has over a store is not in the log where the store fails', async () => {
    const clock = new TestClock(new Date());
    const store = memorySessionStore(clock);
    let isAway = false;
    const asked: string[] = [];
    const rp = await startRp({
      client: {
        clock,
        store: {
          ...store,
          async get(id) {
            asked.push(id);
            if (isAway) throw new Error(`cannot read ${id}`);
            return store.get(id);
          },
        },
      },
    });
    const browser: TestBrowser = rp.browser();
    await signIn(rp, browser, withCode);
    isAway = true;
    expect((await open(browser, '/orders')).status).toBe(503);
    const [secret = ''] = [...browser.cookies]
      .filter(([name]) => name.endsWith('-session'))
      .map(([, value]) => value);
    expect(secret).toHaveLength(43);
    expect(rp.logged.map(written).join('\n')).not.toContain(secret);
    expect(asked).not.toContain(secret);
  });
});
