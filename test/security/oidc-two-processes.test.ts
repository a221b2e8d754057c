import { createHash, generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OidcClient } from 'cofactor/oidc-server';
import { createApp, onEachDatabase, type TestApp, type TestDatabase } from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import { quickCode } from '../support/codes.ts';
import { startReceiver, type Receiver } from '../support/listening.ts';
import { browserAt, codeStep, passwordStep } from '../support/nodes.ts';
import { authorizationRequest, follow, type TestRequest, type Tokens } from '../support/oidc.ts';
import { everyClient, everyClientList, offline, press } from '../support/oidc-flows.ts';
import { seed, type Seeded } from '../support/seed.ts';
import { spawnServer, type SpawnedServer } from '../support/server.ts';

const script = fileURLToPath(new URL('../support/servers/oidc-node.ts', import.meta.url));
const { shop, spa, bound, radio, pushed, bank, inspector } = everyClient;
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

onEachDatabase('I-04 two processes on one database', (fresh) => {
  let database: TestDatabase;
  let local: TestApp;
  let nodes: readonly SpawnedServer[];
  let receiver: Receiver;
  let told: OidcClient;
  beforeAll(async () => {
    database = await fresh();
    receiver = await startReceiver();
    told = {
      id: 'told',
      name: 'Told',
      secret: 'told-secret-of-at-least-32-characters',
      redirectUris: ['https://told.example/callback'],
      firstParty: true,
      backchannelLogoutUri: `${receiver.origin}/over`,
    };
    const secret = randomBytes(32).toString('base64');
    local = await createApp(database.open(), {
      keys: [{ id: 'test', secret }],
      clock: { now: () => new Date() },
    });
    const env = {
      DATABASE: database.address,
      KEY: secret,
      NODE_ENV: 'test',
      CLIENTS: JSON.stringify([...everyClientList, told]),
    };
    nodes = await Promise.all([spawnServer(script, env), spawnServer(script, env)]);
  });
  afterAll(async () => {
    await Promise.all((nodes ?? []).map((node) => node.kill()));
    await local?.close();
    await receiver?.close();
    await database?.drop();
  });

  const node = (n: number): SpawnedServer => nodes[n % 2] ?? expect.fail('no server');
  const someone = async (): Promise<Seeded> => (await seed(local.auth, 1))[0] ?? expect.fail();
  let networks = 0;
  const signedIn = async (person: Seeded): Promise<TestBrowser> => {
    const browser = await browserAt(node(0));
    networks += 1;
    await passwordStep(browser, person, `2001:db8:${networks.toString(16)}::1`);
    const done = await codeStep(browser, person.apps[0] ?? '', quickCode(person.keys[0] ?? '', new Date()));
    expect(done.body.status).toBe('done');
    return browser;
  };
  const post = async <Body = Tokens>(
    n: number,
    path: string,
    client: OidcClient,
    form: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: Body }> => {
    const basic = Buffer.from(`${client.id}:${client.secret ?? ''}`).toString('base64');
    const answer = await fetch(node(n).url + path, {
      method: 'POST',
      body: new URLSearchParams({ ...form, ...(client.secret === undefined && { client_id: client.id }) }),
      headers: { ...(client.secret !== undefined && { authorization: `Basic ${basic}` }), ...headers },
    });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as Body };
  };
  const inOrder = ({ client, verifier }: TestRequest, code: string): Record<string, string> => ({
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: client.redirectUris[0] ?? '',
  });
  const codeAt = async (
    browser: TestBrowser,
    client: OidcClient,
    parameters: Record<string, string> = {},
  ): Promise<{ request: TestRequest; code: string }> => {
    const request = authorizationRequest(client, parameters);
    const { response, url } = await follow(browser, request.address);
    return { request, code: response?.get('code') ?? expect.fail(url) };
  };
  const isActive = async (n: number, token: string | undefined): Promise<boolean> =>
    (await post<{ active: boolean }>(n, '/oidc/introspect', inspector, { token: token ?? '' })).body.active;
  /** Of everything that was sent at once, at most one was taken, and the others were told so. */
  const winners = (answers: readonly { status: number; body: Tokens }[]): Tokens[] => {
    for (const { status, body } of answers)
      expect([status, body.error]).toEqual(status === 200 ? [200, undefined] : [400, 'invalid_grant']);
    const got = answers.filter(({ status }) => status === 200).map(({ body }) => body);
    expect(got.length).toBeLessThanOrEqual(1);
    return got;
  };
  const rounds = [0, 1, 2, 3];

  it('A-137 a code that is sent to both at once is taken by one, and nothing of it lives on', async () => {
    const browser = await signedIn(await someone());
    for (const round of rounds) {
      const { request, code } = await codeAt(browser, shop, offline);
      const answers = await Promise.all(
        [0, 1, 2, 3, 4, 5].map((n) => post(n + round, '/oidc/token', shop, inOrder(request, code))),
      );
      for (const { access_token: access, refresh_token: renew } of winners(answers)) {
        expect([await isActive(0, access), await isActive(1, access), await isActive(0, renew)]).toEqual([
          false,
          false,
          false,
        ]);
      }
    }
  });

  it('A-135 a refresh token that is sent to both at once is taken by one, and nothing of it lives on', async () => {
    const browser = await signedIn(await someone());
    for (const round of rounds) {
      const { request, code } = await codeAt(browser, spa, offline);
      const { body } = await post(0, '/oidc/token', spa, inOrder(request, code));
      const form = { grant_type: 'refresh_token', refresh_token: body.refresh_token ?? '' };
      const answers = await Promise.all(
        [0, 1, 2, 3, 4, 5].map((n) => post(n + round, '/oidc/token', spa, form)),
      );
      for (const { access_token: access, refresh_token: renew } of winners(answers)) {
        expect([await isActive(0, access), await isActive(1, renew)]).toEqual([false, false]);
      }
      expect(await isActive(1, body.access_token)).toBe(false);
    }
  });

  it('a device code that is asked for at both at once is taken by one', async () => {
    const browser = await signedIn(await someone());
    for (const round of rounds) {
      const { body } = await post<{ device_code: string; user_code: string }>(
        round,
        '/oidc/device/start',
        radio,
        { scope: 'openid' },
      );
      const asked = await press(browser, await browser.page('/oidc/device'), { user_code: body.user_code });
      await press(browser, asked, { confirm: 'yes' });
      const form = { grant_type: deviceGrant, device_code: body.device_code };
      const answers = await Promise.all([0, 1, 2, 3].map((n) => post(n, '/oidc/token', radio, form)));
      for (const { access_token: access } of winners(answers)) expect(await isActive(0, access)).toBe(false);
    }
  });

  it('a pushed request that is used at both at once gives one code', async () => {
    const browser = await signedIn(await someone());
    for (const _round of rounds) {
      const { searchParams } = new URL(authorizationRequest(pushed).address, 'http://x');
      const { body } = await post<{ request_uri: string }>(
        0,
        '/oidc/par',
        pushed,
        Object.fromEntries(searchParams),
      );
      const address = `/oidc/auth?${new URLSearchParams({ client_id: pushed.id, request_uri: body.request_uri })}`;
      const browsers = await Promise.all([browserAt(node(0), browser), browserAt(node(1), browser)]);
      const landings = await Promise.all([...browsers, ...browsers].map((one) => follow(one, address)));
      expect(landings.filter(({ response }) => response?.has('code')).length).toBeLessThanOrEqual(1);
      expect(landings.filter(({ answer }) => answer.status >= 500)).toEqual([]);
    }
  });

  it('a proof of a key that is shown to both at once is taken by one', async () => {
    const browser = await signedIn(await someone());
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const proof = (claims: object): string => {
      const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const text = `${encode({ typ: 'dpop+jwt', alg: 'ES256', jwk: publicKey.export({ format: 'jwk' }) })}.${encode({ jti: randomUUID(), iat: Math.floor(Date.now() / 1000), ...claims })}`;
      return `${text}.${sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
    };
    const { request, code } = await codeAt(browser, bound);
    const dpop = proof({ htm: 'POST', htu: 'http://localhost:3000/oidc/token' });
    const { body } = await post(0, '/oidc/token', bound, inOrder(request, code), { dpop });
    const ath = createHash('sha256').update(body.access_token).digest('base64url');
    for (const _round of rounds) {
      const same = proof({ htm: 'GET', htu: 'http://localhost:3000/oidc/userinfo', ath });
      const statuses = await Promise.all(
        [0, 1, 2, 3].map(
          async (n) =>
            (
              await fetch(`${node(n).url}/oidc/userinfo`, {
                headers: { authorization: `DPoP ${body.access_token}`, dpop: same },
              })
            ).status,
        ),
      );
      expect(statuses.filter((status) => status === 200)).toHaveLength(1);
      expect(statuses.filter((status) => status >= 500)).toEqual([]);
    }
  });

  it('A-133 a request that began at one goes on at the other, for its browser alone', async () => {
    const person = await someone();
    const visitor = await browserAt(node(0));
    const request = authorizationRequest(bank);
    const begun = await follow(visitor, request.address);
    const page = new URL(begun.url, 'http://x').searchParams.get('return_to') ?? '';
    const elsewhere = await browserAt(node(1), visitor);
    networks += 1;
    await passwordStep(elsewhere, person, `2001:db8:${networks.toString(16)}::1`);
    await codeStep(elsewhere, person.apps[0] ?? '', quickCode(person.keys[0] ?? '', new Date()));
    const stranger = await signedIn(await someone());
    expect((await follow(stranger, page)).answer.status).toBe(400);
    const { response } = await follow(elsewhere, page);
    const { status } = await post(0, '/oidc/token', bank, inOrder(request, response?.get('code') ?? ''));
    expect(status).toBe(200);
  });

  it('A-103 A-143 a sign-out at one is a sign-out at the other, at once, and the client is told once', async () => {
    const browser = await signedIn(await someone());
    const other = await browserAt(node(1), browser);
    const { request, code } = await codeAt(other, told);
    const { body } = await post(1, '/oidc/token', told, inOrder(request, code));
    const waiting = await codeAt(other, shop);
    expect(await isActive(1, body.access_token)).toBe(true);
    await browser.context();
    const before = receiver.posted.length;
    const notice = receiver.next();
    const again = await browserAt(node(1), browser);
    // Both nodes are asked to end it at once.
    const statuses = await Promise.all([browser.post('/auth/sign-out'), again.post('/auth/sign-out')]);
    expect(statuses.some(({ status }) => status === 204)).toBe(true);
    expect(await isActive(1, body.access_token)).toBe(false);
    expect(
      (await follow(other, authorizationRequest(told, { prompt: 'none' }).address)).response?.get('error'),
    ).toBe('login_required');
    expect((await post(1, '/oidc/token', shop, inOrder(waiting.request, waiting.code))).body.error).toBe(
      'invalid_grant',
    );
    await notice;
    expect(receiver.posted.length - before).toBe(1);
  });

  it('I-09 the record that both of them wrote is whole', async () => {
    expect(await local.auth.verifyAudit()).toBeNull();
  });
});
