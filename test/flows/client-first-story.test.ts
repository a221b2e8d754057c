import { expect, it } from 'vitest';
import {
  askedOf,
  comeBack,
  createRp,
  locationOf,
  onEachAdapter,
  open,
  signIn,
  withCode,
  withPassword,
  type Who,
} from '../support/rp.ts';

onEachAdapter('A8 A10 the client guard', (adapter) => {
  it('A8 leads to the issuer with what the page needs, and back to the page', async () => {
    const rp = await createRp({ adapter });
    const browser = rp.browser();
    const led = await open(browser, '/admin?tab=2');
    expect(led.status).toBe(303);
    const asked = askedOf(led);
    expect(asked.get('acr_values')?.split(' ')).toContain('mfa');
    expect(asked.get('code_challenge_method')).toBe('S256');
    expect(asked.get('redirect_uri')).toBe('http://localhost:4000/auth/callback/acme');
    const back = await comeBack(rp, browser, led, withCode);
    expect(back.status).toBe(303);
    expect(locationOf(back)).toBe('/admin?tab=2');
    const inside = await open(browser, '/admin?tab=2');
    expect(inside.status).toBe(200);
    expect(inside.headers['cache-control']).toBe('no-store');
    const { body } = await browser.get<Who>('/who');
    expect(body).toEqual({ subject: 'ann', amr: ['pwd', 'otp', 'mfa'], acr: 'mfa', admin: true });
    await rp.close();
  });

  it('A10 who has a password alone is sent once for more, and then reads how to enable it', async () => {
    const rp = await createRp({ adapter });
    const browser = rp.browser();
    expect(locationOf(await signIn(rp, browser, withPassword))).toBe('/orders');
    expect((await open(browser, '/orders')).status).toBe(200);
    expect((await browser.get<Who>('/who')).body.admin).toBe(false);

    const stepUp = await open(browser, '/admin');
    expect(askedOf(stepUp).get('acr_values')).toContain('mfa');
    expect(locationOf(await comeBack(rp, browser, stepUp, withPassword))).toBe('/admin');
    const denied = await open(browser, '/admin');
    expect(denied.status).toBe(403);
    expect(denied.text).toContain('href="https://issuer.example/security"');
    expect(denied.text).toMatch(/href="\/auth\/sign-in\?issuer=acme&amp;acr=mfa&amp;return_to=%2Fadmin"/);
    expect((await open(browser, '/admin')).status).toBe(403);

    const again = await open(browser, '/auth/sign-in?issuer=acme&acr=mfa&return_to=%2Fadmin');
    expect(askedOf(again).get('acr_values')).toContain('mfa');
    expect(locationOf(await comeBack(rp, browser, again, withCode))).toBe('/admin');
    expect((await open(browser, '/admin')).status).toBe(200);
    await rp.close();
  });

  it('RFC 9470 a program learns what is missing, and is led nowhere', async () => {
    const rp = await createRp({ adapter });
    const browser = rp.browser();
    const nobody = await browser.get('/admin');
    expect([nobody.status, nobody.problem]).toEqual([401, 'not-signed-in']);
    await signIn(rp, browser, withPassword);
    const short = await browser.get('/fresh-admin');
    expect([short.status, short.problem]).toEqual([401, 'step-up-needed']);
    expect(short.headers['www-authenticate']).toMatch(
      /^Bearer error="insufficient_user_authentication", .*acr_values="mfa[^"]*", max_age="900"$/,
    );
    const denied = await browser.get('/boss');
    expect([denied.status, denied.problem]).toEqual([403, 'forbidden']);
    await rp.close();
  });

  it('a form is not sent again: the person comes back to the page it stood on', async () => {
    const rp = await createRp({ adapter });
    const browser = rp.browser();
    await signIn(rp, browser, withPassword);
    const sent = await browser.send('POST', '/admin', {
      headers: { accept: 'text/html', origin: browser.origin, referer: `${browser.origin}/orders?page=3` },
    });
    // Led on by a page: where forms may lead is for the application's own policy to say (form-action).
    expect(sent.status).toBe(200);
    expect(locationOf(await comeBack(rp, browser, sent, withCode))).toBe('/orders?page=3');
    await rp.close();
  });

  it('signs out here and leads on', async () => {
    const rp = await createRp({ adapter });
    const browser = rp.browser();
    await signIn(rp, browser, withCode);
    const kept = new Map(browser.cookies);
    expect((await open(browser, '/auth/sign-out')).text).toContain('<form method="post"');
    const foreign = await browser.send('POST', '/auth/sign-out', {
      headers: { origin: 'https://evil.example' },
    });
    expect(foreign.status).toBe(403);
    const out = await browser.send('POST', '/auth/sign-out', {
      headers: { accept: 'text/html', origin: browser.origin },
    });
    expect(locationOf(out)).toBe('/auth/signed-out');
    expect((await browser.get<Who>('/who')).body.subject).toBeNull();
    // A copy of the cookie is worth nothing either.
    for (const [name, value] of kept) browser.cookies.set(name, value);
    expect((await browser.get<Who>('/who')).body.subject).toBeNull();
    await rp.close();
  });
});
