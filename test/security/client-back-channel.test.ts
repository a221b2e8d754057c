import { randomUUID } from 'node:crypto';
import { memorySessionStore } from 'cofactor/oidc-client';
import { describe, expect, it } from 'vitest';
import type { Answer, TestBrowser } from '../support/browser.ts';
import { TestClock } from '../support/clock.ts';
import {
  signedByAnother,
  signedByIssuer,
  signedWithSecret,
  TestIssuer,
  unsigned,
} from '../support/memory-issuer.ts';
import { bring, cookiesOf, putBack, startRp, whoIs } from '../support/client-attacks.ts';
import {
  locationOf,
  onEachAdapter,
  open,
  signIn,
  withCode,
  type Adapter,
  type TestRp,
} from '../support/rp.ts';

type Claims = Record<string, unknown>;
const event = 'http://schemas.openid.net/event/backchannel-logout';
const typ = 'logout+jwt';
const annAtHome = { ...withCode, sid: 'at-home' };
const annAtWork = { ...withCode, sid: 'at-work' };

/** What the issuer says with a logout of Ann's; `undefined` leaves a claim out. */
function claimsOf(rp: TestRp, changes: Claims = {}): Claims {
  const now = Math.floor(rp.clock.now().getTime() / 1000);
  const usual = {
    iss: rp.issuer.issuer,
    aud: 'orders',
    iat: now,
    exp: now + 120,
    jti: randomUUID(),
    sub: 'ann',
  };
  return { ...usual, events: { [event]: {} }, ...changes };
}

function tell(
  rp: TestRp,
  token: string | readonly string[],
  { issuer = 'acme', more = '' }: { readonly issuer?: string; readonly more?: string } = {},
): Promise<Answer> {
  const body = [token].flat().map((one) => `logout_token=${encodeURIComponent(one)}`);
  return rp.browser().send('POST', `/auth/backchannel-logout/${issuer}`, {
    raw: body.join('&') + more,
    // It comes from the issuer's server, and from no page.
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      origin: undefined,
      'x-csrf-token': undefined,
    },
  });
}

async function twoSignIns(
  adapter: Adapter = 'fastify',
  withStore = false,
): Promise<{ rp: TestRp; home: TestBrowser; work: TestBrowser }> {
  const clock = new TestClock(new Date());
  const rp = await startRp({
    adapter,
    client: { clock, ...(withStore && { store: memorySessionStore(clock) }) },
  });
  const [home, work] = [rp.browser(), rp.browser()];
  await signIn(rp, home, annAtHome);
  await signIn(rp, work, annAtWork);
  rp.clock.advance(5);
  return { rp, home, work };
}

const people = async (...browsers: readonly TestBrowser[]): Promise<unknown> =>
  Promise.all(browsers.map(async (browser) => (await whoIs(browser)).subject));

onEachAdapter('back-channel logout', (adapter) => {
  describe.each([
    ['in cookies', false],
    ['over a store', true],
  ] as const)('%s', (_kind, withStore) => {
    it('by sid ends that sign-in alone, copies of its cookies too; by sub all of them', async () => {
      const { rp, home, work } = await twoSignIns(adapter, withStore);
      const kept = cookiesOf(home, 'session');
      const bySid = await signedByIssuer(claimsOf(rp, { sub: undefined, sid: 'at-home' }), { typ });
      const told = await tell(rp, bySid);
      expect([told.status, told.headers['cache-control']]).toEqual([200, 'no-store']);
      expect(await people(home, work)).toEqual([null, 'ann']);
      putBack(home, kept);
      expect((await home.get('/orders')).status).toBe(401);
      expect((await tell(rp, await signedByIssuer(claimsOf(rp), { typ }))).status).toBe(200);
      expect(await people(home, work)).toEqual([null, null]);
    });

    it('leaves what began afterwards, also when the same token comes again', async () => {
      const { rp, home, work } = await twoSignIns(adapter, withStore);
      const token = await signedByIssuer(claimsOf(rp), { typ });
      expect((await tell(rp, token)).status).toBe(200);
      rp.clock.advance(2);
      await signIn(rp, home, annAtHome);
      expect((await tell(rp, token)).status).toBe(200);
      expect(await people(home, work)).toEqual(['ann', null]);
    });

    it('ends nobody else: another subject, another sid, names of one kind under the other', async () => {
      const { rp, home, work } = await twoSignIns(adapter, withStore);
      for (const whose of [
        { sub: 'eve' },
        { sub: 'Ann' },
        { sub: 'at-home' },
        { sub: undefined, sid: 'ann' },
        { sub: undefined, sid: 'at-homes' },
        { sub: undefined, sid: 'at-' },
      ]) {
        expect((await tell(rp, await signedByIssuer(claimsOf(rp, whose), { typ }))).status).toBe(200);
      }
      expect(await people(home, work)).toEqual(['ann', 'ann']);
    });
  });

  it('of an address of no issuer is not there; a GET, HEAD or PUT is not taken', async () => {
    const { rp, home } = await twoSignIns(adapter);
    const token = await signedByIssuer(claimsOf(rp), { typ });
    for (const issuer of ['other', '', 'acme/', 'ACME', '__proto__']) {
      expect([issuer, (await tell(rp, token, { issuer })).status]).toEqual([issuer, 404]);
    }
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
      const answer = await rp.browser().send(method, `/auth/backchannel-logout/acme?logout_token=${token}`, {
        headers: { origin: undefined },
      });
      expect([method, answer.status]).toEqual([method, 404]);
    }
    expect(await people(home)).toEqual(['ann']);
  });
});

/** Claims that make a token no logout token, or none for us. */
const wrong: Readonly<Record<string, (claims: Claims) => Claims>> = {
  'iss of another': () => ({ iss: 'https://evil.example' }),
  'no iss': () => ({ iss: undefined }),
  'aud of another': () => ({ aud: 'other' }),
  'no aud': () => ({ aud: undefined }),
  'exp over': ({ iat }) => ({ exp: (iat as number) - 61 }),
  'exp in text': ({ exp }) => ({ exp: String(exp) }),
  'iat long ago': ({ iat }) => ({ iat: (iat as number) - 3600, exp: undefined }),
  'iat ahead': ({ iat }) => ({ iat: (iat as number) + 3600, exp: (iat as number) + 7200 }),
  'iat in text': ({ iat }) => ({ iat: String(iat) }),
  'no iat': () => ({ iat: undefined }),
  'no jti': () => ({ jti: undefined }),
  'a nonce': () => ({ nonce: 'x' }),
  'an empty nonce': () => ({ nonce: '' }),
  'a nonce null': () => ({ nonce: null }),
  'no events': () => ({ events: undefined }),
  'events null': () => ({ events: null }),
  'events as text': () => ({ events: event }),
  'events as a list': () => ({ events: [event] }),
  'another event': () => ({ events: { 'http://schemas.openid.net/event/other': {} } }),
  'the event true': () => ({ events: { [event]: true } }),
  'the event null': () => ({ events: { [event]: null } }),
  'the event a list': () => ({ events: { [event]: [] } }),
  'the event in its prototype': () => ({
    events: JSON.parse(`{"__proto__":{"${event}":{}}}`) as object,
  }),
  'neither sub nor sid': () => ({ sub: undefined }),
  'sub empty': () => ({ sub: '' }),
  'sub null': () => ({ sub: null }),
  'sub a list': () => ({ sub: ['ann'] }),
  'sid a number': () => ({ sid: 1 }),
  'sid empty': () => ({ sid: '' }),
};

type Forge = (claims: Claims) => string | Promise<string>;

const forged: Readonly<Record<string, Forge>> = {
  'alg none': unsigned,
  'HS256 with the client secret': (claims) => signedWithSecret(claims, 'the secret of the client'),
  'the key of another': (claims) => signedByAnother(claims),
  'a kid that is unknown': (claims) => signedByAnother(claims, 'two'),
  'typ of an access token': (claims) => signedByIssuer(claims, { typ: 'at+jwt' }),
  'typ of a security event': (claims) => signedByIssuer(claims, { typ: 'secevent+jwt' }),
  'typ of a proof': (claims) => signedByIssuer(claims, { typ: 'dpop+jwt' }),
  'a critical header': async (claims) => {
    const header = Buffer.from(JSON.stringify({ alg: 'ES256', kid: 'one', typ, crit: ['x'], x: 1 }));
    return (await signedByIssuer(claims)).replace(/^[^.]*/, header.toString('base64url'));
  },
  empty: () => '',
  words: () => 'x.y.z',
  huge: async (claims) => signedByIssuer({ ...claims, more: 'x'.repeat(14_000) }, { typ }),
};

describe('back-channel logout: tokens that end nothing', () => {
  it.each(Object.entries(wrong))('%s', async (_name, change) => {
    const { rp, home, work } = await twoSignIns();
    const claims = claimsOf(rp);
    const answer = await tell(rp, await signedByIssuer({ ...claims, ...change(claims) }, { typ }));
    expect([answer.status, answer.problem]).toEqual([400, 'malformed']);
    expect(await people(home, work)).toEqual(['ann', 'ann']);
  });

  it.each(Object.entries(forged))('%s', async (_name, forge) => {
    const { rp, home, work } = await twoSignIns();
    const answer = await tell(rp, await forge(claimsOf(rp)));
    expect([answer.status, answer.problem]).toEqual([400, 'malformed']);
    expect(await people(home, work)).toEqual(['ann', 'ann']);
  });

  it('an id_token of Ann\u2019s, which every application of hers has', async () => {
    const { rp, home } = await twoSignIns();
    const { events: _events, ...idToken } = claimsOf(rp, { nonce: 'n' });
    expect((await tell(rp, await signedByIssuer(idToken))).status).toBe(400);
    expect(await people(home)).toEqual(['ann']);
  });

  it('the parameter twice, not at all, in the address, or in JSON', async () => {
    const { rp, home, work } = await twoSignIns();
    const token = await signedByIssuer(claimsOf(rp), { typ });
    expect((await tell(rp, [token, token])).status).toBe(400);
    expect((await tell(rp, [token, 'x'])).status).toBe(400);
    expect((await tell(rp, [])).status).toBe(400);
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: undefined };
    const inTheAddress = `/auth/backchannel-logout/acme?logout_token=${token}`;
    expect((await rp.browser().send('POST', inTheAddress, { headers, raw: 'x=1' })).status).toBe(400);
    const json = JSON.stringify({ logout_token: token });
    expect((await rp.browser().send('POST', '/auth/backchannel-logout/acme', { raw: json })).status).toBe(
      400,
    );
    expect(await people(home, work)).toEqual(['ann', 'ann']);
  });

  it('a body that is too large is not read', async () => {
    const { rp, home } = await twoSignIns();
    const token = await signedByIssuer(claimsOf(rp), { typ });
    const answer = await tell(rp, token, { more: `&x=${'x'.repeat(100_000)}` });
    expect([400, 413]).toContain(answer.status);
    expect(await people(home)).toEqual(['ann']);
  });

  it('one issuer ends nothing of another, whatever it says', async () => {
    const evil = new TestIssuer('https://evil.example');
    const rp = await startRp({
      others: [
        {
          name: 'evil',
          label: 'Evil',
          issuer: evil.issuer,
          clientId: 'orders',
          dialect: { name: 'none', says: [] },
          fetch: evil.fetch,
        },
      ],
    });
    evil.now = () => rp.clock.now();
    const browser = rp.browser();
    const led = await open(browser, '/auth/sign-in?issuer=acme');
    await bring(browser, rp.issuer.authorize(locationOf(led), annAtHome));
    rp.clock.advance(5);
    for (const changes of [{ iss: evil.issuer }, {}, { iss: evil.issuer, sid: 'at-home', sub: undefined }]) {
      await tell(rp, await signedByIssuer(claimsOf(rp, changes), { typ }), { issuer: 'evil' });
      await tell(rp, await signedByIssuer(claimsOf(rp, { ...changes, iss: evil.issuer }), { typ }));
    }
    expect(await people(browser)).toEqual(['ann']);
    // The same words from the right one do end it.
    expect((await tell(rp, await signedByIssuer(claimsOf(rp), { typ }))).status).toBe(200);
    expect(await people(browser)).toEqual([null]);
  });

  it('A-159 keys that cannot be had: not taken as said, and it can be said again', async () => {
    const { rp, home } = await twoSignIns();
    const token = await signedByIssuer(claimsOf(rp), { typ });
    rp.issuer.answer = (path) => (path === '/jwks' ? new Response('', { status: 500 }) : undefined);
    expect([400, 503]).toContain((await tell(rp, token)).status);
    expect(await people(home)).toEqual(['ann']);
    rp.issuer.answer = () => undefined;
    // An issuer that failed is left alone for a moment.
    rp.clock.advance(6);
    expect((await tell(rp, token)).status).toBe(200);
    expect(await people(home)).toEqual([null]);
  });
});

describe('back-channel logout at its borders', () => {
  it('types that issuers give it: with and without the prefix, JWT, none', async () => {
    for (const header of [{ typ }, { typ: 'application/logout+jwt' }, { typ: 'JWT' }, {}]) {
      const { rp, home } = await twoSignIns();
      expect((await tell(rp, await signedByIssuer(claimsOf(rp), header))).status).toBe(200);
      expect(await people(home)).toEqual([null]);
    }
  });

  it('2.6 with sub and sid, a sign-in without a sid of its own ends by its sub', async () => {
    const rp = await startRp();
    const browser = rp.browser();
    await signIn(rp, browser, withCode);
    rp.clock.advance(5);
    const token = await signedByIssuer(claimsOf(rp, { sid: 'a-name-that-no-id_token-had' }), { typ });
    expect((await tell(rp, token)).status).toBe(200);
    expect(await people(browser)).toEqual([null]);
  });

  it('a logout said by a clock ahead of ours does not lock out who signs in anew by the same clock', async () => {
    const rp = await startRp();
    rp.issuer.now = () => new Date(rp.clock.now().getTime() + 40_000);
    const browser = rp.browser();
    await signIn(rp, browser, annAtHome);
    rp.clock.advance(5);
    const iat = Math.floor(rp.issuer.now().getTime() / 1000);
    expect(
      (await tell(rp, await signedByIssuer(claimsOf(rp, { iat, exp: iat + 120 }), { typ }))).status,
    ).toBe(200);
    expect(await people(browser)).toEqual([null]);
    rp.clock.advance(3);
    await signIn(rp, browser, annAtHome);
    expect(await people(browser)).toEqual(['ann']);
  });

  it('a step-up that began before is of a sign-in that is still good where the issuer says so afterwards', async () => {
    const rp = await startRp();
    const browser = rp.browser();
    await signIn(rp, browser, { sub: 'ann', sid: 'at-home' });
    const led = await open(browser, '/admin');
    rp.clock.advance(5);
    expect((await tell(rp, await signedByIssuer(claimsOf(rp), { typ }))).status).toBe(200);
    expect((await browser.get('/orders')).status).toBe(401);
    rp.clock.advance(5);
    expect((await bring(browser, rp.issuer.authorize(locationOf(led), annAtHome))).status).toBe(303);
    expect((await whoIs(browser)).admin).toBe(true);
  });
});
