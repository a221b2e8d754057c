import { describe, expect, it } from 'vitest';
import { extendDialect, dialects } from 'cofactor/oidc-client';
import { signedByIssuer, unsigned } from '../support/memory-issuer.ts';
import { clientCookies, bring, ledAway, responseTo, startRp, whoIs } from '../support/client-attacks.ts';
import { comeBack, onEachAdapter, open, signIn, withCode, withPassword } from '../support/rp.ts';

onEachAdapter('A-145 an id_token without amr and acr is the weakest', (adapter) => {
  it('lets in where a sign-in is enough, and nowhere else', async () => {
    const rp = await startRp({ adapter });
    const browser = rp.browser();
    expect((await signIn(rp, browser, { sub: 'ann' })).status).toBe(303);
    expect((await open(browser, '/orders')).status).toBe(200);
    expect(await whoIs(browser)).toEqual({ subject: 'ann', amr: [], acr: 'pwd', admin: false });
    const { times, last } = await ledAway(rp, browser, '/admin', (redirect) =>
      comeBack(rp, browser, redirect, { sub: 'ann' }),
    );
    expect([times, last.status]).toEqual([1, 403]);
    expect((await browser.get('/admin')).status).toBe(401);
  });
});

describe('A-145 A-147 I-20 what is not exactly said was not said', () => {
  const nothing: Readonly<Record<string, object>> = {
    'acr as a list': { acr: ['mfa'] },
    'acr in capitals': { acr: 'MFA' },
    'acr with a space': { acr: 'mfa ' },
    'acr of several words': { acr: 'pwd mfa' },
    'acr as an object': { acr: { value: 'mfa' } },
    'acr null': { acr: null },
    'acr true': { acr: true },
    'acr with a NUL': { acr: 'mfa\u0000' },
    'acr in letters that look alike': { acr: 'mf\u0430' },
    'amr as a text': { amr: 'mfa' },
    'amr as words': { amr: 'pwd otp mfa' },
    'amr as an object': { amr: { 0: 'mfa', length: 1 } },
    'amr in a list of lists': { amr: [['mfa']] },
    'amr with something else beside it': { amr: ['pwd', 'mfa', 1] },
    'amr in capitals': { amr: ['MFA'] },
    'other names': { ACR: 'mfa', Acr: 'mfa', AMR: ['mfa'], acr_values: 'mfa', claims: { acr: 'mfa' } },
    'a claim named __proto__': JSON.parse('{"__proto__":{"acr":"mfa","amr":["mfa"]}}') as object,
  };
  it.each(Object.entries(nothing))('%s', async (_name, claims) => {
    const rp = await startRp({
      issuer: {
        dialect: extendDialect(dialects.cofactor, { says: [{ claim: 'amr', value: 'mfa', level: 'mfa' }] }),
      },
    });
    const browser = rp.browser();
    await signIn(rp, browser, { sub: 'ann', ...claims }, '/admin');
    expect((await open(browser, '/admin')).status).toBe(403);
    expect((await whoIs(browser)).admin).toBe(false);
    expect(({} as { acr?: unknown }).acr).toBeUndefined();
  });

  it.each([[['mfa', 'pwd']], [['pwd', 'mfa']], [['pwd', 'otp', 'mfa']], [['mfa']]])(
    'A-147 %j counts wherever it stands',
    async (amr) => {
      const says = [{ claim: 'amr', value: 'mfa', level: 'mfa' }] as const;
      const rp = await startRp({ issuer: { dialect: { name: 'own', says } } });
      const browser = rp.browser();
      await signIn(rp, browser, { sub: 'ann', amr }, '/admin');
      expect((await open(browser, '/admin')).status).toBe(200);
    },
  );
});

describe('A-149 only the id_token of the sign-in counts', () => {
  it('not userinfo', async () => {
    const rp = await startRp({ issuer: { userinfo: true } });
    const browser = rp.browser();
    const person = {
      sub: 'ann',
      'userinfo:acr': 'mfa',
      'userinfo:amr': ['pwd', 'otp', 'mfa'],
      'userinfo:role': ['boss'],
    };
    await signIn(rp, browser, person, '/admin');
    expect(rp.issuer.asked.map(({ path }) => path)).toContain('/userinfo');
    expect((await open(browser, '/admin')).status).toBe(403);
    expect((await open(browser, '/boss')).status).toBe(403);
    expect(await whoIs(browser)).toEqual({ subject: 'ann', amr: [], acr: 'pwd', admin: false });
  });

  it('userinfo does not overrule what is signed, and is of the same person or nobody comes in', async () => {
    const rp = await startRp({ issuer: { userinfo: true } });
    const browser = rp.browser();
    await signIn(rp, browser, {
      ...withPassword,
      'userinfo:auth_time': 1,
      'userinfo:iss': 'https://evil.example',
    });
    expect((await open(browser, '/orders')).status).toBe(200);
    const other = rp.browser();
    rp.issuer.answer = (path) =>
      path === '/userinfo' ? Response.json({ sub: 'eve', acr: 'mfa' }) : undefined;
    expect((await signIn(rp, other, withPassword)).status).toBe(403);
    expect((await whoIs(other)).subject).toBeNull();
  });

  it('not an access token, nor what stands beside the id_token in the answer', async () => {
    const rp = await startRp();
    const strong = {
      sub: 'ann',
      acr: 'mfa',
      amr: ['pwd', 'otp', 'mfa'],
      auth_time: Math.floor(Date.now() / 1000),
    };
    const access = await signedByIssuer(
      { ...strong, iss: rp.issuer.issuer, aud: 'orders' },
      { typ: 'at+jwt' },
    );
    rp.issuer.tokens = (tokens) => ({
      ...strong,
      ...tokens,
      access_token: access,
      claims: strong,
      userinfo: strong,
    });
    const browser = rp.browser();
    await signIn(rp, browser, withPassword, '/admin');
    expect((await open(browser, '/admin')).status).toBe(403);
    expect((await whoIs(browser)).acr).toBe('pwd');
  });

  it('not the parameters of the response, nor an id_token among them', async () => {
    const rp = await startRp();
    const browser = rp.browser();
    const led = await open(browser, '/admin');
    const strong = { iss: rp.issuer.issuer, aud: 'orders', sub: 'eve', acr: 'mfa', amr: ['mfa'] };
    const back = await bring(browser, {
      ...responseTo(rp, led, withPassword),
      acr: 'mfa',
      amr: 'pwd otp mfa',
      auth_time: '1',
      sub: 'eve',
      id_token: unsigned(strong),
      access_token: 'x',
      response: await signedByIssuer(strong),
      claims: JSON.stringify(strong),
    });
    expect(back.status).toBe(303);
    expect(await whoIs(browser)).toEqual({ subject: 'ann', amr: ['pwd'], acr: 'pwd', admin: false });
    expect((await open(browser, '/admin')).status).toBe(403);
  });

  it('not headers and cookies that say it, with a session or without', async () => {
    const rp = await startRp();
    const browser = rp.browser();
    const strong = unsigned({ iss: rp.issuer.issuer, aud: 'orders', sub: 'ann', acr: 'mfa', amr: ['mfa'] });
    const headers = {
      authorization: `Bearer ${strong}`,
      'x-forwarded-user': 'ann',
      'x-acr': 'mfa',
      'x-original-url': '/orders',
      'x-http-method-override': 'OPTIONS',
    };
    for (const [name, value] of Object.entries({
      acr: 'mfa',
      id_token: strong,
      session: strong,
      auth: strong,
    })) {
      browser.cookies.set(name, value);
      browser.cookies.set(`${clientCookies}-${name}`, value);
    }
    expect((await browser.get('/admin', { headers })).status).toBe(401);
    await signIn(rp, browser, withPassword);
    expect((await browser.get('/admin', { headers })).status).toBe(401);
    expect((await browser.get('/admin?acr=mfa&amr=mfa', { headers })).status).toBe(401);
  });

  it('not an earlier sign-in of the same browser: each stands for itself', async () => {
    const rp = await startRp();
    const browser = rp.browser();
    await signIn(rp, browser, withCode);
    expect((await open(browser, '/admin')).status).toBe(200);
    const again = await open(browser, '/auth/sign-in?issuer=acme');
    await comeBack(rp, browser, again, withPassword);
    expect((await whoIs(browser)).admin).toBe(false);
  });
});
