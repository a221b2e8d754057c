import { describe, expect, it } from 'vitest';
import { developmentKey } from '../../packages/cofactor/src/base/keys/ring.ts';
import { memorySessionStore, type OidcClientOptions } from 'cofactor/oidc-client';
import { onHttps } from '../support/https.ts';
import { clientCookies, cookiesOf, putBack, startRp, whoIs } from '../support/client-attacks.ts';
import { comeBack, onEachAdapter, open, signIn, withCode, withPassword } from '../support/rp.ts';

const session = `${clientCookies}-session`;
const key = (id: string, byte: number): { id: string; secret: string } => ({
  id,
  secret: Buffer.alloc(32, byte).toString('base64'),
});

/** Claims that make the session take two or three cookies; they cannot be packed. */
function longClaims(length: number): object {
  return { more: Array.from({ length }, (_, at) => String.fromCodePoint(33 + ((at * 31) % 90))).join('') };
}

describe('A-99 session cookies that were changed', () => {
  it('a bit that is flipped in any part of it makes it nobody', async () => {
    const rp = await startRp();
    const browser = rp.browser();
    await signIn(rp, browser, withCode);
    const value = cookiesOf(browser, 'session').get(session) ?? '';
    const [version = '', id = '', iv = '', sealed = ''] = value.split('.');
    const flipped = (part: string, at: number): string => {
      const bytes = Buffer.from(part, 'base64url');
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      return bytes.toString('base64url');
    };
    const length = Buffer.from(sealed, 'base64url').length;
    const places = [0, 1, 40, Math.floor(length / 2), length - 17, length - 16, length - 1];
    const changed = [
      ...places.map((at) => [version, id, iv, flipped(sealed, at)].join('.')),
      ...[0, 6, 11].map((at) => [version, id, flipped(iv, at), sealed].join('.')),
      [version, 'other', iv, sealed].join('.'),
      [version, '__proto__', iv, sealed].join('.'),
      [version, '', iv, sealed].join('.'),
      ['1~v2', id, iv, sealed].join('.'),
      ['0~v1', id, iv, sealed].join('.'),
      ['2~v1', id, iv, sealed].join('.'),
      ['9~v1', id, iv, sealed].join('.'),
      ['v1', id, iv, sealed].join('.'),
      [version, id, '', sealed].join('.'),
      [version, id, iv, ''].join('.'),
      [version, id, iv, sealed.slice(0, 21)].join('.'),
      [version, id, iv, sealed.slice(0, -4)].join('.'),
      [version, id, iv, sealed.slice(4)].join('.'),
      [version, id, iv].join('.'),
      '1~',
      '~',
      '',
      `1~${JSON.stringify({ party: 'acme', claims: { sub: 'ann', acr: 'mfa' } })}`,
    ];
    for (const one of changed) {
      const thief = rp.browser();
      thief.cookies.set(session, one);
      expect([one.slice(0, 40), await whoIs(thief)]).toMatchObject([one.slice(0, 40), { subject: null }]);
      expect((await thief.get('/orders')).status).toBe(401);
    }
    const whole = rp.browser();
    whole.cookies.set(session, value);
    expect((await whoIs(whole)).subject).toBe('ann');
  });

  it('letters that base64url does not have lead to the same session or to none', async () => {
    const rp = await startRp();
    const browser = rp.browser();
    await signIn(rp, browser, withPassword);
    const value = cookiesOf(browser, 'session').get(session) ?? '';
    for (const one of [
      `${value}=`,
      `${value}.x`,
      `${value}!!`,
      value.replaceAll('-', '+').replaceAll('_', '/'),
    ]) {
      const other = rp.browser();
      other.cookies.set(session, one);
      expect(['ann', null]).toContain((await whoIs(other)).subject);
      // However it is spelled, it ends with the session.
    }
    await browser.send('POST', '/auth/sign-out');
    for (const one of [value, `${value}=`, `${value}.x`, `${value}!!`]) {
      const other = rp.browser();
      other.cookies.set(session, one);
      expect((await whoIs(other)).subject).toBeNull();
    }
  });
});

onEachAdapter('A-99 session cookies that are there twice, or too large', (adapter) => {
  it('of two with one name none is believed, whichever comes first', async () => {
    const rp = await startRp({ adapter });
    const [victim, attacker] = [rp.browser(), rp.browser()];
    await signIn(rp, victim, withPassword);
    await signIn(rp, attacker, { ...withCode, sub: 'eve' });
    const [mine, theirs] = [victim, attacker].map((one) => cookiesOf(one, 'session').get(session) ?? '');
    for (const cookie of [
      `${session}=${mine}; ${session}=${theirs}`,
      `${session}=${theirs}; ${session}=${mine}`,
      `${session}=${mine};${session}=`,
      `${session}=${mine}; ${session}=${mine}`,
    ]) {
      expect((await rp.browser().get('/orders', { headers: { cookie } })).status).toBe(401);
    }
    // Names that only look like it are others.
    const beside = `x${session}=${theirs}; ${session.toUpperCase()}=${theirs}; ${session} x=1; ${session}=${mine}`;
    const { body } = await rp.browser().get<{ subject: string }>('/who', { headers: { cookie: beside } });
    expect(body.subject).toBe('ann');
  });

  it('a header full of cookies is nobody, and no error', async () => {
    const rp = await startRp({ adapter });
    const browser = rp.browser();
    for (let at = 0; at < 180; at += 1) browser.cookies.set(`c${at}`, 'x'.repeat(60));
    expect([200, 401, 431]).toContain((await browser.get('/orders')).status);
    browser.cookies.set(session, 'x'.repeat(4000));
    expect([401, 431]).toContain((await browser.get('/orders')).status);
  });

  it('a session of several cookies has to be whole, in order, and of one piece', async () => {
    const rp = await startRp({ adapter });
    const [one, other] = [rp.browser(), rp.browser()];
    await signIn(rp, one, { ...withCode, ...longClaims(3000) });
    await signIn(rp, other, { ...withPassword, sub: 'eve', ...longClaims(3000) });
    const [mine, theirs] = [one, other].map((browser) => cookiesOf(browser, 'session'));
    const names = [...(mine?.keys() ?? [])];
    expect(names.length).toBeGreaterThan(1);
    const with_ = (changes: Readonly<Record<string, string | undefined>>): Promise<unknown> => {
      const browser = rp.browser();
      putBack(browser, mine ?? new Map());
      for (const [name, value] of Object.entries(changes)) {
        if (value === undefined) browser.cookies.delete(name);
        else browser.cookies.set(name, value);
      }
      return whoIs(browser);
    };
    const [first = '', second = ''] = names;
    expect(await with_({})).toMatchObject({ subject: 'ann' });
    for (const changes of [
      { [first]: theirs?.get(first) },
      { [second]: theirs?.get(second) },
      { [second]: undefined },
      { [first]: undefined },
      { [second]: '' },
      { [first]: mine?.get(second), [second]: mine?.get(first) },
      { [first]: mine?.get(first)?.replace(/^\d~/, '1~') },
      { [first]: mine?.get(first)?.replace(/^\d~/, '9~') },
    ]) {
      expect(await with_(changes)).toMatchObject({ subject: null });
    }
  });

  it('what is too large for cookies is refused and not cut', async () => {
    const rp = await startRp({ adapter });
    const browser = rp.browser();
    const answer = await signIn(rp, browser, { ...withCode, ...longClaims(12_000) });
    expect(answer.status).toBe(503);
    expect((await whoIs(browser)).subject).toBeNull();
    expect(rp.logged.some(({ message }) => message.includes('give createOidcClient a store'))).toBe(true);
  });
});

describe('session cookies of somewhere else', () => {
  /** Whether a session of one application is one of another, with the same name of the cookie. */
  async function isTaken(
    here: Partial<OidcClientOptions>,
    there: Partial<OidcClientOptions>,
    issuer: object = {},
  ): Promise<boolean> {
    const one = await startRp({ client: here });
    const browser = one.browser();
    const led = await open(browser, '/orders');
    await comeBack(one, browser, led, withCode);
    const other = await startRp({ client: there, issuer });
    const elsewhere = other.browser();
    for (const [name, value] of cookiesOf(browser, 'session')) {
      elsewhere.cookies.set(name, value);
      // Whoever attacks can name it as they please.
      for (const place of ['-4000-auth', '-4001-auth', '-4000-members', '-auth']) {
        const other = name.replace(clientCookies, `cofactor-client${place}`);
        elsewhere.cookies.set(other, value);
        elsewhere.cookies.set(`__Host-${other}`, value);
      }
    }
    return (await whoIs(elsewhere)).subject !== null;
  }
  const keys = [key('one', 1)];

  it('the same application, started anew, goes on', async () => {
    expect(await isTaken({ keys }, { keys })).toBe(true);
  });
  it('other keys', async () => {
    expect(await isTaken({ keys }, { keys: [key('one', 2)] })).toBe(false);
    expect(await isTaken({}, { keys })).toBe(false);
    expect(developmentKey.id).not.toBe('one');
  });
  it('another base', async () => {
    expect(await isTaken({ keys }, { keys, base: '/members' })).toBe(false);
  });
  it('another address, with the same keys', async () => {
    expect(await isTaken({ keys }, { keys, origin: 'http://localhost:4001' })).toBe(false);
    expect(await isTaken({ keys }, { keys, origin: 'https://app.example.com' })).toBe(false);
  });
  it('an issuer that goes by another name now, or is another one by the same name', async () => {
    expect(await isTaken({ keys }, { keys }, { name: 'other' })).toBe(false);
    expect(await isTaken({ keys }, { keys }, { issuer: 'https://other.example' })).toBe(false);
  });
  it('the same issuer, where this is another client of it', async () => {
    expect(await isTaken({ keys }, { keys }, { clientId: 'other' })).toBe(false);
  });
});

describe('A-209 keys that rotate', () => {
  const [old, new_] = [key('old', 1), key('new', 2)];
  it('the old key reads, the new one writes, and one that is gone is signed out', async () => {
    const before = await startRp({ client: { keys: [old] } });
    const browser = before.browser();
    await signIn(before, browser, withCode);
    const kept = cookiesOf(browser, 'session');
    expect(kept.get(session)).toMatch(/^1~v1\.old\./);

    const during = await startRp({ client: { keys: [new_, old], clock: before.clock } });
    const there = during.browser();
    putBack(there, kept);
    expect((await whoIs(there)).admin).toBe(true);
    during.clock.advance(61);
    expect((await open(there, '/admin')).status).toBe(200);
    expect(cookiesOf(there, 'session').get(session)).toMatch(/^1~v1\.new\./);

    const after = await startRp({ client: { keys: [new_], clock: before.clock } });
    const [fresh, stale] = [after.browser(), after.browser()];
    putBack(fresh, cookiesOf(there, 'session'));
    putBack(stale, kept);
    expect((await whoIs(fresh)).admin).toBe(true);
    expect((await whoIs(stale)).subject).toBeNull();
    expect((await open(stale, '/orders')).status).toBe(303);
  });

  it('a sign-in under way goes on over a rotation, and not without its key', async () => {
    const before = await startRp({ client: { keys: [old] } });
    const browser = before.browser();
    const led = await open(browser, '/orders');
    const waiting = cookiesOf(browser, 'transaction');
    const response = before.issuer.authorize(String(led.headers['location']), withPassword);
    const path = `/auth/callback/acme?${new URLSearchParams(response)}`;
    const without = await startRp({
      client: { keys: [new_], clock: before.clock },
      issuer: { fetch: before.issuer.fetch },
    });
    const there = without.browser();
    putBack(there, waiting);
    expect((await open(there, path)).status).toBe(400);
    const during = await startRp({
      client: { keys: [new_, old], clock: before.clock },
      issuer: { fetch: before.issuer.fetch },
    });
    const here = during.browser();
    putBack(here, waiting);
    expect((await open(here, path)).status).toBe(303);
  });
});

describe('I-23 how cookies are set', () => {
  it.each([
    ['in cookies', {}],
    ['over a store', { store: memorySessionStore() }],
  ])('under https: __Host-, Secure, HttpOnly, SameSite=Lax, Path=/, no Domain; %s', async (_name, more) => {
    const rp = await startRp({ client: { ...onHttps, ...more } });
    const browser = rp.browser();
    await comeBack(rp, browser, await open(browser, '/orders'), { ...withCode, ...longClaims(3000) });
    expect((await open(browser, '/orders')).status).toBe(200);
    rp.clock.advance(61);
    await open(browser, '/orders');
    await browser.send('POST', '/auth/sign-out', { headers: { origin: onHttps.origin } });
    expect(browser.setCookies.length).toBeGreaterThanOrEqual(4);
    for (const cookie of browser.setCookies) {
      const [pair = '', ...attributes] = cookie.split('; ');
      expect(pair).toMatch(/^__Host-cofactor-client-auth-(session(\.[12])?|transaction\.[\w-]{16})=/);
      expect(attributes.filter((one) => !one.startsWith('Max-Age=')).toSorted()).toEqual([
        'HttpOnly',
        'Path=/',
        'SameSite=Lax',
        'Secure',
      ]);
      expect(Buffer.byteLength(cookie)).toBeLessThan(4096);
    }
  });

  it('under https a cookie without the prefix is not believed', async () => {
    const rp = await startRp({ client: onHttps });
    const browser = rp.browser();
    await comeBack(rp, browser, await open(browser, '/orders'), withCode);
    const other = rp.browser();
    for (const [name, value] of cookiesOf(browser, 'session')) {
      other.cookies.set(name.replace('__Host-', ''), value);
      other.cookies.set(name.replace('__Host-', '__host-'), value);
      other.cookies.set(name.replace('__Host-', '__Secure-'), value);
    }
    expect((await whoIs(other)).subject).toBeNull();
  });
});
