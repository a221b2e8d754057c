import { requireFresh, requireMfa, requireThat, type OidcClientOptions } from 'cofactor/oidc-client';
import { describe, expect, it } from 'vitest';
import { bring, ledAway, responseTo, startRp, whoIs } from '../support/client-attacks.ts';
import { comeBack, onEachAdapter, open, signIn, withCode, withPassword } from '../support/rp.ts';

const errors = [
  'unmet_authentication_requirements',
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
  'access_denied',
  'invalid_request',
  'unauthorized_client',
  'invalid_scope',
  'server_error',
  'temporarily_unavailable',
  'something_new',
  '<script>alert(1)</script>',
  'x\r\nset-cookie: evil=1',
  ' ',
];

onEachAdapter('A11 at most one automatic step-up', (adapter) => {
  it.each(['/admin', '/fresh-admin'])('%s: whatever the issuer answers, it ends on a page', async (path) => {
    const rp = await startRp({ adapter });
    for (const error of errors) {
      const browser = rp.browser();
      await signIn(rp, browser, withPassword);
      const { times, last } = await ledAway(rp, browser, path, async (redirect) => {
        const { state, iss } = responseTo(rp, redirect, withPassword);
        return bring(browser, { state, iss, error, error_description: '<img src=x onerror=alert(1)>' });
      });
      expect([error, times]).toEqual([error, 1]);
      expect([403, 503]).toContain(last.status);
      expect(last.text).not.toMatch(/alert\(1\)|onerror/);
      // The session is what it was, and nobody is sent there again by itself.
      expect((await open(browser, '/orders')).status).toBe(200);
      expect((await ledAway(rp, browser, path, async () => Promise.reject(new Error('again')))).times).toBe(
        0,
      );
    }
  });

  it('an issuer that gives the password alone again and again', async () => {
    const rp = await startRp({ adapter });
    for (const path of ['/admin', '/fresh-admin']) {
      const browser = rp.browser();
      for (const visit of [1, 2, 3]) {
        const { times, last } = await ledAway(rp, browser, path, (redirect) =>
          comeBack(rp, browser, redirect, withPassword),
        );
        expect([path, visit, times, last.status]).toEqual([path, visit, visit === 1 ? 1 : 0, 403]);
      }
    }
  });

  it('an issuer that does not sign in anew, whatever age is asked for', async () => {
    const rp = await startRp({ adapter });
    rp.issuer.claims = (claims) => ({ ...claims, auth_time: (claims['auth_time'] as number) - 7200 });
    for (const path of ['/recent', '/fresh-admin']) {
      const browser = rp.browser();
      await signIn(rp, browser, withCode);
      const { times, last } = await ledAway(rp, browser, path, (redirect) =>
        comeBack(rp, browser, redirect, withCode),
      );
      expect([path, times, last.status]).toEqual([path, 1, 403]);
      expect((await whoIs(browser)).subject).toBe('ann');
    }
  });
});

describe('A11 at most one automatic step-up, for policies of all kinds', () => {
  async function timesFor(
    policies: NonNullable<OidcClientOptions['policies']>,
    between = 0,
    more: Partial<OidcClientOptions> = {},
  ): Promise<{ times: number; status: number }> {
    const rp = await startRp({
      client: {
        ...more,
        policies: { Recent: requireFresh(300), Boss: requireMfa(), FreshAdmin: requireMfa(), ...policies },
      },
    });
    const browser = rp.browser();
    await signIn(rp, browser, withCode);
    rp.clock.advance(between);
    const { times, last } = await ledAway(rp, browser, '/admin', async (redirect) => {
      const back = await comeBack(rp, browser, redirect, withCode);
      rp.clock.advance(between);
      return back;
    });
    return { times, status: last.status };
  }

  it('a handler that asks for what is there already', async () => {
    for (const requirement of [
      { acr: 'mfa' },
      { acr: 'pwd' },
      { maxAge: 3600 },
      { acr: 'mfa', maxAge: 3600 },
      {},
    ]) {
      const { times, status } = await timesFor({ Admin: requireThat('never content', () => requirement) });
      // To prove it again would change nothing.
      expect([requirement, times, status]).toEqual([requirement, 0, 403]);
    }
  });

  it('a handler that asks for something else each time', async () => {
    let seconds = 100;
    const { times, status } = await timesFor({
      Admin: requireThat('never content', () => ({ acr: 'mfa', maxAge: (seconds += 1) })),
    });
    expect([times, status]).toEqual([0, 403]);
  });

  it('a handler that asks for more each time, and gets it never', async () => {
    let seconds = 100;
    const { times, status } = await timesFor({
      Admin: requireThat('never content', () => ({ acr: 'phr', maxAge: (seconds += 1) })),
    });
    expect([times, status]).toEqual([1, 403]);
  });

  it('an age that is over before the page is reached', async () => {
    const { times, status } = await timesFor({ Admin: requireFresh(1) }, 3);
    expect([times, status]).toEqual([1, 403]);
  });

  it('with the step-up switched off nobody is led away at all', async () => {
    const { times, status } = await timesFor({ Admin: requireFresh(1) }, 3, { stepUp: false });
    expect([times, status]).toEqual([0, 403]);
  });

  it('what is asked for by the application, prompt=login and an age, makes no loop', async () => {
    const rp = await startRp({ issuer: { ask: { prompt: 'login', maxAge: 60, acrValues: 'phr mfa' } } });
    const browser = rp.browser();
    const { times, last } = await ledAway(rp, browser, '/admin', (redirect) =>
      comeBack(rp, browser, redirect, withPassword),
    );
    expect([times, last.status]).toEqual([1, 403]);
  });

  it('cookies that are not kept make no loop', async () => {
    const rp = await startRp();
    const browser = rp.browser();
    const { times, last } = await ledAway(rp, browser, '/admin', (redirect) => {
      browser.cookies.clear();
      return comeBack(rp, browser, redirect, withCode);
    });
    expect([times, last.status]).toEqual([1, 400]);
  });

  it('an address to come back to that is a way to sign in makes no loop', async () => {
    const rp = await startRp();
    const browser = rp.browser();
    const itself = '/auth/sign-in?issuer=acme&return_to=%2Fauth%2Fsign-in%3Fissuer%3Dacme';
    const { times } = await ledAway(rp, browser, itself, (redirect) =>
      comeBack(rp, browser, redirect, withCode),
    );
    expect(times).toBeLessThanOrEqual(2);
  });

  it('who proved it is led there again when it is too old, and only then', async () => {
    const rp = await startRp();
    const browser = rp.browser();
    await signIn(rp, browser, withCode, '/fresh-admin');
    expect((await open(browser, '/fresh-admin')).status).toBe(200);
    rp.clock.advance(901);
    const { times, last } = await ledAway(rp, browser, '/fresh-admin', (redirect) =>
      comeBack(rp, browser, redirect, withCode),
    );
    expect([times, last.status]).toEqual([1, 200]);
  });
});
