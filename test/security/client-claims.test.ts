import { expect, it } from 'vitest';
import { dialects } from 'cofactor/oidc-client';
import {
  comeBack,
  createRp,
  locationOf,
  onEachAdapter,
  open,
  signIn,
  type RpOptions,
  type TestRp,
  type Who,
} from '../support/rp.ts';

type Claims = Readonly<Record<string, unknown>>;

/** Signs in at an issuer that says this, and asks for a page: the answer, or where it leads instead. */
async function opened(rp: TestRp, claims: Claims, path: string): Promise<{ status: number; who: Who }> {
  const browser = rp.browser();
  const back = await signIn(rp, browser, { sub: 'ann', ...claims }, path);
  let answer = locationOf(back) === path ? await open(browser, path) : back;
  // Whoever falls short is sent once for more, and the issuer says the same again.
  if (answer.status === 303) {
    const again = await comeBack(rp, browser, answer, { sub: 'ann', ...claims });
    answer = locationOf(again) === path ? await open(browser, path) : again;
  }
  return { status: answer.status, who: (await browser.get<Who>('/who')).body };
}

onEachAdapter('I-20 what an id_token says to the guard', (adapter) => {
  const withDialect = (dialect: keyof typeof dialects): RpOptions => ({
    adapter,
    issuer: { dialect: dialects[dialect] },
  });

  it('A-145 one that does not say how is one factor', async () => {
    const rp = await createRp(withDialect('auth0'));
    expect(await opened(rp, {}, '/orders')).toMatchObject({ status: 200, who: { acr: 'pwd', amr: [] } });
    for (const claims of [{}, { acr: 'mfa' }, { amr: [] }, { amr: ['pwd', 'otp'] }, { acrs: ['mfa'] }]) {
      expect(await opened(rp, claims, '/admin')).toMatchObject({ status: 403, who: { admin: false } });
    }
    await rp.close();
  });

  it('A-145 one that says it in no list of texts says nothing', async () => {
    const rp = await createRp(withDialect('okta'));
    const almost = [
      'mfa',
      '["mfa"]',
      'pwd mfa',
      { 0: 'mfa', length: 1 },
      [['mfa']],
      ['mfa', 1],
      ['mfa', null],
      [{ value: 'mfa' }],
      ['MFA'],
      ['mfa '],
      ['m\u200bfa'],
      true,
      null,
      Array.from({ length: 257 }, () => 'mfa'),
    ];
    for (const amr of almost) {
      const { status, who } = await opened(rp, { amr }, '/admin');
      expect({ amr, status, admin: who.admin }).toEqual({ amr, status: 403, admin: false });
    }
    for (const acr of [
      ['urn:okta:loa:2fa:any'],
      { value: 'urn:okta:loa:2fa:any' },
      2,
      'urn:okta:loa:2fa:ANY',
    ]) {
      expect((await opened(rp, { acr }, '/admin')).status).toBe(403);
    }
    await rp.close();
  });

  it('A-147 the place in the list makes no difference', async () => {
    const rp = await createRp(withDialect('duende'));
    for (const amr of [['mfa', 'pwd', 'otp'], ['pwd', 'mfa', 'otp'], ['pwd', 'otp', 'mfa'], ['mfa']]) {
      const { status, who } = await opened(rp, { amr }, '/admin');
      expect({ status, admin: who.admin }).toEqual({ status: 200, admin: true });
      expect(who.amr.toSorted()).toEqual(amr.toSorted());
    }
    await rp.close();
  });

  it('A-151 a time that is none is refused, and nobody is signed in by it', async () => {
    const rp = await createRp(withDialect('auth0'));
    const now = Math.floor(rp.clock.now().getTime() / 1000);
    for (const auth_time of [String(now), now * 1000, now + 120, -1, null, [now], { now }, true, '']) {
      const browser = rp.browser();
      const back = await signIn(rp, browser, { sub: 'ann', amr: ['mfa'], auth_time }, '/admin');
      expect({ auth_time, refused: back.status >= 400 }).toEqual({ auth_time, refused: true });
      expect((await browser.get<Who>('/who')).body).toMatchObject({ subject: null, admin: false });
      expect(rp.logged.at(-1)?.level).toBe('warn');
    }
    await rp.close();
  });

  it('A-151 one that is missing is never fresh, and an old one no longer', async () => {
    const rp = await createRp(withDialect('auth0'));
    const now = Math.floor(rp.clock.now().getTime() / 1000);
    const amr = ['mfa'];
    expect((await opened(rp, { amr, auth_time: undefined }, '/admin')).status).toBe(200);
    expect((await opened(rp, { amr, auth_time: undefined }, '/fresh-admin')).status).toBeGreaterThanOrEqual(
      400,
    );
    expect((await opened(rp, { amr, auth_time: now - 3600 }, '/fresh-admin')).status).toBeGreaterThanOrEqual(
      400,
    );
    for (const auth_time of [now, now - 800, now + 30]) {
      expect((await opened(rp, { amr, auth_time }, '/fresh-admin')).status).toBe(200);
    }
    const browser = rp.browser();
    await signIn(rp, browser, { sub: 'ann', amr, auth_time: now }, '/fresh-admin');
    expect((await open(browser, '/fresh-admin')).status).toBe(200);
    rp.clock.advance(901);
    const stale = await open(browser, '/fresh-admin');
    expect(stale.status).toBe(303);
    expect(new URL(locationOf(stale)).searchParams.get('max_age')).toBe('900');
    expect((await open(browser, '/admin')).status).toBe(200);
    await rp.close();
  });
});
