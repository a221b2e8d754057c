import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { OidcClient } from 'cofactor/oidc-server';
import { enrolTotp, onEachDatabase, register, type Person, type TestDatabase } from '../support/app.ts';
import type { Answer, TestBrowser } from '../support/browser.ts';
import { submit } from '../support/forms.ts';
import { formOf, goTo, liveOidc, type LiveOidc } from '../support/oidc-live.ts';
import { connect, liveClients, plain } from '../support/oidc-parties.ts';

onEachDatabase('a device without a browser', (fresh) => {
  let database: TestDatabase;
  let test: LiveOidc;
  let ann: Person;
  beforeAll(async () => {
    database = await fresh();
    test = await liveOidc(database.open(), { clients: Object.values(liveClients) });
  });
  afterAll(async () => {
    await test?.close();
    await database?.drop();
  });
  beforeEach(async () => {
    ann = await register(test);
    await enrolTotp(test, ann);
  });

  /** Types a code on the page that the device names, and returns the page that asks whether to go on. */
  async function type(address: string, code: string, browser: TestBrowser = ann.browser): Promise<Answer> {
    const { pathname, search } = new URL(address);
    const page = await browser.page(pathname + search);
    const form = formOf(page.text);
    if (!form) throw new Error(`no form: ${page.status} ${page.text}`);
    const fields = { ...Object.fromEntries(form.fields), user_code: code };
    return submit(browser, new URL(form.action, test.origin).pathname, fields);
  }

  /** Presses a button of that page, and goes through whatever is asked then. */
  async function press(page: Answer, button: 'confirm' | 'abort'): Promise<{ asked: readonly string[] }> {
    const form = formOf(page.text);
    const fields = { ...Object.fromEntries(form?.fields ?? []), [button]: 'yes' };
    const answer = await submit(ann.browser, '/oidc/device', fields);
    const { location } = answer.headers;
    if (typeof location !== 'string') return { asked: [] };
    return goTo(test, ann, location);
  }

  /** Polls as the library does, without its pause; what it is answered is kept. */
  async function start(
    registered: OidcClient,
    parameters: Readonly<Record<string, string>>,
  ): Promise<{
    readonly device: client.DeviceAuthorizationResponse;
    readonly poll: () => ReturnType<typeof client.pollDeviceAuthorizationGrant>;
    readonly errors: string[];
    readonly pending: Promise<void>;
  }> {
    const config = await connect(test, registered);
    const device = await client.initiateDeviceAuthorization(config, parameters);
    const errors: string[] = [];
    let tell = (): void => undefined;
    const pending = new Promise<void>((resolve) => (tell = resolve));
    config[client.customFetch] = async (url, options) => {
      const answer = await fetch(url, options as RequestInit);
      const body = (await answer.clone().json()) as { error?: string };
      if (body.error !== undefined) errors.push(body.error);
      if (body.error === 'authorization_pending') tell();
      return answer;
    };
    const poll = (): ReturnType<typeof client.pollDeviceAuthorizationGrant> =>
      client.pollDeviceAuthorizationGrant(config, { ...device, interval: 0 });
    return { device, poll, errors, pending };
  }

  it('waits, and gets its tokens once somebody approved', async () => {
    const { device, poll, errors, pending } = await start(liveClients.radio, { scope: 'openid' });
    expect(device).toMatchObject({
      user_code: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
      verification_uri: `${test.issuer}/device`,
      verification_uri_complete: `${test.issuer}/device?user_code=${device.user_code}`,
      expires_in: 600,
    });
    const polling = poll();
    await pending;
    const page = await type(device.verification_uri, device.user_code);
    expect(page.text).toContain('Radio');
    expect(page.text).toContain(device.user_code);
    expect((await press(page, 'confirm')).asked).toEqual([]);
    const tokens = await polling;
    expect(new Set(errors)).toEqual(new Set(['authorization_pending']));
    expect(tokens.claims()).toMatchObject({ aud: 'radio', acr: 'pwd', amr: ['pwd'] });
    // Once.
    await expect(poll()).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('takes a code in any spelling, and a code that came with the address', async () => {
    const one = await start(liveClients.radio, { scope: 'openid' });
    const spelled = one.device.user_code.toLowerCase().replace('-', ' ');
    await press(await type(one.device.verification_uri, spelled), 'confirm');
    expect((await one.poll()).claims()?.aud).toBe('radio');
    const two = await start(liveClients.radio, { scope: 'openid' });
    const page = await type(two.device.verification_uri_complete ?? '', two.device.user_code);
    await press(page, 'confirm');
    expect((await two.poll()).claims()?.aud).toBe('radio');
  });

  it.each<[string, OidcClient, Readonly<Record<string, string>>]>([
    ['its client takes no less', liveClients.tv, {}],
    ['it asked for it', liveClients.radio, { acr_values: 'mfa' }],
  ])('gets no token below a level, where %s', async (_why, registered, more) => {
    const { device, poll } = await start(registered, { scope: 'openid', ...more });
    const page = await type(device.verification_uri, device.user_code);
    const { asked } = await press(page, 'confirm');
    expect(asked).toEqual(['/auth/step-up']);
    const tokens = await poll();
    expect(tokens.claims()).toMatchObject({ acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] });
  });

  it('is told where the person declines', async () => {
    const { device, poll } = await start(liveClients.radio, { scope: 'openid' });
    await press(await type(device.verification_uri, device.user_code), 'abort');
    await expect(poll()).rejects.toMatchObject({ error: 'access_denied' });
  });

  it('is for somebody who is signed in', async () => {
    const { device, poll } = await start(liveClients.radio, { scope: 'openid' });
    const stranger = test.browser();
    const { pathname, search } = new URL(device.verification_uri_complete ?? '');
    const away = await stranger.page(pathname + search);
    const returnTo = encodeURIComponent(pathname + search);
    expect(away.headers['location']).toBe(`/auth/sign-in?return_to=${returnTo}`);
    const posted = await submit(stranger, '/oidc/device', { user_code: device.user_code, confirm: 'yes' });
    expect(posted.status).toBe(303);
    const page = await type(device.verification_uri, device.user_code);
    await press(page, 'confirm');
    expect((await poll()).claims()?.aud).toBe('radio');
  });

  it('refreshes what it was given for longer', async () => {
    const { device, poll } = await start(liveClients.tv, {
      scope: 'openid offline_access',
      prompt: 'consent',
    });
    await press(await type(device.verification_uri, device.user_code), 'confirm');
    const tokens = await poll();
    const config = await connect(test, liveClients.tv);
    const renewed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(renewed.claims()).toMatchObject({ acr: 'mfa', auth_time: tokens.claims()?.auth_time });
  });

  it('is refused to a client that it is not switched on for', async () => {
    const config = await connect(test, liveClients.web);
    await expect(client.initiateDeviceAuthorization(config, { scope: 'openid' })).rejects.toMatchObject({
      status: 400,
    });
  });

  it('speaks with oauth4webapi, too', async () => {
    const config = await connect(test, liveClients.tv);
    const as = config.serverMetadata() as oauth.AuthorizationServer;
    const tv: oauth.Client = { client_id: 'tv' };
    const started = await oauth.deviceAuthorizationRequest(as, tv, oauth.None(), { scope: 'openid' }, plain);
    const device = await oauth.processDeviceAuthorizationResponse(as, tv, started);
    const poll = async (): Promise<oauth.TokenEndpointResponse> =>
      oauth.processDeviceCodeResponse(
        as,
        tv,
        await oauth.deviceCodeGrantRequest(as, tv, oauth.None(), device.device_code, plain),
      );
    await expect(poll()).rejects.toMatchObject({ error: 'authorization_pending' });
    await press(await type(device.verification_uri, device.user_code), 'confirm');
    const tokens = await poll();
    expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({ aud: 'tv', acr: 'mfa' });
  });
});
