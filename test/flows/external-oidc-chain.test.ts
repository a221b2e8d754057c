import { openid, type OpenidOptions } from 'cofactor/openid';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { totp } from 'cofactor/totp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { StepView } from '../../packages/cofactor/src/http/contract.ts';
import { codeOf, enrolTotp, onEachDatabase, register, type TestDatabase } from '../support/app.ts';
import { TestClock } from '../support/clock.ts';
import {
  comeBack,
  leave,
  leaveFor,
  link,
  optionsFor,
  redirectUris,
  visitor,
  type Visitor,
} from '../support/external.ts';
import { plainHasher } from '../support/hasher.ts';
import {
  authorizationRequest,
  claimsOf,
  createOidcApp,
  follow,
  redeem,
  testClients,
  type Landing,
  type TestOidc,
  type TestRequest,
} from '../support/oidc.ts';
import { Upstream, UpstreamBrowser } from '../support/upstream.ts';

const [shop, bank] = testClients;

/** An application asks our server, and our server asks somebody else's: the whole chain, on the protocol both times. */
onEachDatabase('A9 U10 what an application asks for holds for accounts elsewhere, too', (fresh) => {
  let database: TestDatabase;
  let site: TestOidc;
  let upstream: Upstream;
  let clock: TestClock;
  beforeEach(async () => {
    database = await fresh();
    // Our server looks at the clock of the machine as well, so the time is that of now.
    clock = new TestClock(new Date());
    upstream = await Upstream.start({ clock, redirectUris: redirectUris() });
  });
  afterEach(async () => {
    await site.close();
    await upstream.close();
    await database.drop();
  });

  async function open(more: Partial<OpenidOptions> = {}): Promise<void> {
    site = await createOidcApp(
      database.open(),
      {},
      {
        clock,
        factors: [
          password({ hasher: plainHasher }),
          totp({ issuer: 'Test' }),
          recoveryCodes(),
          openid(optionsFor(upstream, { accounts: 'create', ...more })),
        ],
      },
    );
  }

  /** An application sends somebody here: the request, and the page of ours that they land on. */
  async function ask(
    person: Visitor,
    client = shop,
    parameters: Record<string, string> = {},
  ): Promise<{ readonly request: TestRequest; readonly at: Landing; readonly returnTo: string }> {
    const request = authorizationRequest(client, parameters);
    const at = await follow(person.browser, request.address);
    return { request, at, returnTo: new URL(at.url, 'http://localhost').searchParams.get('return_to') ?? '' };
  }

  const signInAbroad = async (person: Visitor, returnTo: string): Promise<StepView> =>
    (await comeBack(person, await person.there.visit(await leave(person, { returnTo })))).body;

  /** Goes where a step leads; what the client gets in the end. */
  async function finish(person: Visitor, request: TestRequest, step: StepView) {
    if (step.status !== 'done') throw new Error(step.status);
    const landing = await follow(person.browser, step.returnTo);
    const code = landing.response?.get('code') ?? '';
    const { body } = await redeem(site, request, code);
    return claimsOf(body.id_token);
  }

  const mfa = { trust: [{ claim: 'acr', value: 'urn:upstream:mfa', level: 'mfa' }] } as const;

  it('the level that a client needs is asked of the issuer, and its answer is what the client is told', async () => {
    await open(mfa);
    const ann = visitor({ app: site });
    const { request, at, returnTo } = await ask(ann, bank);
    expect(at.url).toMatch(/^\/auth\/sign-in\?/);
    const context = await ann.browser.get<{ application: string }>(
      `/auth/context?return_to=${encodeURIComponent(returnTo)}`,
    );
    expect(context.body.application).toBe('Bank');
    upstream.says = { acr: 'urn:upstream:mfa', amr: ['pwd', 'otp'] };
    const claims = await finish(ann, request, await signInAbroad(ann, returnTo));
    expect(upstream.asked[0]?.get('acr_values')).toBe('urn:upstream:mfa');
    expect(claims).toMatchObject({ acr: 'mfa', amr: ['ext', 'mfa'] });
    expect(claims['auth_time']).toBe(Math.floor(clock.now().getTime() / 1000));
  });

  it('where the issuer does not do it, our own second factor follows, and then the client gets its code', async () => {
    await open(mfa);
    const person = { ...(await register(site)), there: new UpstreamBrowser() };
    await link(person);
    await enrolTotp(site, person);
    const later = { ...visitor({ app: site }), there: person.there };
    const { request, returnTo } = await ask(later, bank);
    const step = await signInAbroad(later, returnTo);
    expect(step.status).toBe('more-needed');
    const done = await later.browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(site, person) },
    });
    expect(await finish(later, request, done.body)).toMatchObject({ acr: 'mfa', amr: ['ext', 'otp', 'mfa'] });
  });

  it('who has nothing to meet it with gets no code', async () => {
    await open();
    const ann = visitor({ app: site });
    const { returnTo } = await ask(ann, bank);
    upstream.says = { acr: 'urn:upstream:mfa', amr: ['mfa'] };
    const step = await signInAbroad(ann, returnTo);
    if (step.status !== 'done') throw new Error(step.status);
    const landing = await follow(ann.browser, step.returnTo);
    expect(landing.response).toBeNull();
    expect(landing.url).toMatch(/^\/(auth|oidc)\//);
  });

  it('A-47 when it was, where nobody knows: the client is not told any time, and no age is met', async () => {
    await open();
    const ann = visitor({ app: site });
    upstream.says = { auth_time: undefined };
    const first = await ask(ann);
    const claims = await finish(ann, first.request, await signInAbroad(ann, first.returnTo));
    expect(claims).toMatchObject({ acr: 'pwd', amr: ['ext'] });
    expect(claims).not.toHaveProperty('auth_time');
    const silent = await ask(ann, shop, { max_age: '3600', prompt: 'none' });
    expect(silent.at.response?.get('error')).toBe('login_required');
  });

  it('a sign-in over there that is too old for max_age, or for prompt=login, is made anew over there', async () => {
    await open();
    const ann = visitor({ app: site });
    const first = await ask(ann);
    expect(await finish(ann, first.request, await signInAbroad(ann, first.returnTo))).toMatchObject({
      acr: 'pwd',
    });
    expect(ann.there.prompts).toBe(1);
    clock.advance(120);
    for (const [parameters, sent] of [
      [{ max_age: '60' }, { max_age: '60' }],
      [{ prompt: 'login' }, { prompt: 'login', max_age: '0' }],
    ] as const) {
      const { prompts } = ann.there;
      const again = await ask(ann, shop, parameters);
      const path = new URL(again.at.url, 'http://localhost');
      let step: StepView;
      if (path.pathname === '/auth/step-up') {
        const asked = await ann.browser.post('/auth/step-up', { returnTo: again.returnTo });
        const url = await leaveFor(ann, asked.body);
        expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject(sent);
        step = (await comeBack(ann, await ann.there.visit(url))).body;
      } else {
        expect(path.pathname).toBe('/auth/sign-in');
        const url = await leave(ann, { returnTo: again.returnTo });
        expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject(sent);
        step = (await comeBack(ann, await ann.there.visit(url))).body;
      }
      const claims = await finish(ann, again.request, step);
      expect(ann.there.prompts).toBe(prompts + 1);
      expect(claims['auth_time']).toBe(Math.floor(clock.now().getTime() / 1000));
      clock.advance(120);
    }
  });
});
