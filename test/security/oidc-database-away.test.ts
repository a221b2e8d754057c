import { postgres } from 'cofactor/postgres';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { onEachDatabase, type TestDatabase } from '../support/app.ts';
import type { Answer, TestBrowser } from '../support/browser.ts';
import { describeWith } from '../support/needs.ts';
import { api, authorizationRequest, createOidcApp, follow, redeem, type TestOidc } from '../support/oidc.ts';
import { startDevice, type TestDevice } from '../support/oidc-device.ts';
import {
  codeFor,
  everyClient,
  everyClientList,
  leadsTo,
  offline,
  personWithCode,
  press,
  refresh,
  tokensFor,
  userinfo,
} from '../support/oidc-flows.ts';
import { startPostgres, type PostgresServer } from '../support/postgres.ts';

const { shop, bank, partner, radio, inspector, job } = everyClient;

type Asked = Pick<Answer, 'status' | 'headers' | 'text'>;

/** Everything that somebody may be in the middle of when the database goes away. */
async function everything(test: TestOidc): Promise<Readonly<Record<string, () => Promise<Asked>>>> {
  const { mfa: leaver } = await personWithCode(test);
  const { mfa } = await personWithCode(test);
  const tokens = await tokensFor(test, mfa, shop, offline);
  const waiting = await codeFor(mfa, shop, offline);
  const consent = await follow(mfa, authorizationRequest(partner).address);
  const select = await follow(mfa, authorizationRequest(shop, { prompt: 'select_account' }).address);
  const chosen = await press(mfa, select.answer, { choice: 'this' });
  const finished = await mfa.page(leadsTo(chosen));
  const device = await startDevice(test, radio);
  const typed = await device.type(mfa);
  const logout = await leaver.page('/oidc/logout');
  const typing = await startDevice(test, radio);
  const visitor = test.browser();
  const post = form(test);
  // A session that was read lately is believed for a second.
  test.clock.advance(2);
  return {
    'a request': () => mfa.page(authorizationRequest(shop).address),
    'a request without a page': () => mfa.page(authorizationRequest(shop, { prompt: 'none' }).address),
    'a request of nobody': () => visitor.page(authorizationRequest(bank).address),
    'a request of a client of the database': () =>
      visitor.page(authorizationRequest({ ...shop, id: 'unknown' }).address),
    'a page of a request': () => mfa.page(consent.url),
    'a choice': () => press(mfa, consent.answer, { choice: 'allow' }),
    'the way on': () => mfa.page(leadsTo(finished)),
    applications: () => mfa.page('/oidc/applications'),
    'a code': () =>
      post('/oidc/token', shop, {
        grant_type: 'authorization_code',
        code: waiting.code,
        code_verifier: waiting.request.verifier,
        redirect_uri: shop.redirectUris[0] ?? '',
      }),
    'a refresh': () =>
      post('/oidc/token', shop, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' }),
    'a token for itself': () => post('/oidc/token', job, { grant_type: 'client_credentials' }),
    'a pushed request': () =>
      post(
        '/oidc/par',
        shop,
        Object.fromEntries(new URL(authorizationRequest(shop).address, 'http://x').searchParams),
      ),
    introspection: () => post('/oidc/introspect', inspector, { token: tokens.access_token }),
    revocation: () => post('/oidc/revoke', shop, { token: tokens.refresh_token ?? '' }),
    'a device': () => post('/oidc/device/start', radio, { client_id: radio.id, scope: 'openid' }),
    'a device that asks': () =>
      post('/oidc/token', radio, {
        grant_type: deviceGrant,
        device_code: typing.deviceCode,
        client_id: radio.id,
      }),
    // Each page has a token of its own, and takes the place of the one before.
    'an approval': () => press(mfa, typed, { confirm: 'yes' }),
    'a page for a device': () => mfa.page('/oidc/device'),
    'who it is': () =>
      mfa.send('GET', '/oidc/userinfo', { headers: { authorization: `Bearer ${tokens.access_token}` } }),
    'a sign-out': () => mfa.page('/oidc/logout'),
    'a confirmed sign-out': () => press(leaver, logout, { logout: 'yes' }),
  };
}

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

function form(
  test: TestOidc,
): (url: string, client: { id: string; secret?: string }, fields: Record<string, string>) => Promise<Asked> {
  return async (url, { id, secret }, fields) => {
    const authorization =
      secret === undefined
        ? {}
        : { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
    const answer = await test.app.inject({
      method: 'POST',
      url,
      payload: String(new URLSearchParams(fields)),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...authorization },
    });
    return { status: answer.statusCode, headers: answer.headers, text: answer.payload };
  };
}

function expectNothing(title: string, { status, headers, text }: Asked): void {
  expect([title, status, headers['retry-after']]).toEqual([title, 503, '5']);
  expect([title, headers['location']]).toEqual([title, undefined]);
  expect(text).not.toMatch(
    /"(access|refresh|id)_token"|[?&]code=|ECONN|postgres|127\.0\.0\.1|secret detail|insert into|\bat [\w.]+ \(/i,
  );
  expect([title, headers['x-content-type-options'], headers['cache-control']]).toEqual([
    title,
    'nosniff',
    'no-store',
  ]);
  expect(String(headers['set-cookie'] ?? '')).not.toContain('-session=');
}

describeWith('PostgreSQL', 'I-12 A-207 a PostgreSQL server that goes away', () => {
  let server: PostgresServer;
  let test: TestOidc;
  beforeEach(async () => {
    server = await startPostgres();
    test = await createOidcApp(postgres(server.url, { connections: 4, timeout: 2 }), {
      clients: everyClientList,
    });
  });
  afterEach(async () => {
    await test.close();
    await server.remove();
  });

  it('503 and no code, at every endpoint; all goes on when it is back', async () => {
    const all = await everything(test);
    const { 'a confirmed sign-out': signOut, revocation, ...asks } = all;
    await server.stop();
    for (const [title, ask] of Object.entries(all)) expectNothing(title, await ask());
    // What needs no database is there: others verify what they have.
    for (const url of ['/oidc/jwks', '/oidc/.well-known/openid-configuration'])
      expect((await test.app.inject({ url })).statusCode).toBe(200);
    await server.restart();
    for (const [title, ask] of Object.entries(asks)) {
      const { status, text } = await ask();
      const isRefused = title === 'a request of a client of the database' || title === 'a device that asks';
      expect([title, status, isRefused ? '' : text]).toEqual([
        title,
        isRefused ? 400 : expect.toSatisfy((one) => (one as number) < 400),
        isRefused ? '' : text,
      ]);
    }
    expect((await revocation?.())?.status).toBe(200);
    expect((await signOut?.())?.status).toBe(303);
  }, 120_000);

  it('pulled out under many requests: an answer or 503, and no code is worth two tokens', async () => {
    const { mfa } = await personWithCode(test);
    const codes = await Promise.all(Array.from({ length: 6 }, () => codeFor(mfa, shop, offline)));
    const running = codes.flatMap(({ request, code }) => [
      redeem(test, request, code).catch(() => null),
      mfa.page(authorizationRequest(shop).address),
    ]);
    await running[0];
    await server.kill();
    for (const answer of await Promise.all(running)) {
      if (answer !== null) expect([200, 303, 400, 503]).toContain(answer.status);
    }
    await server.restart();
    for (const { request, code } of codes) {
      const { status, body } = await redeem(test, request, code);
      expect([200, 400]).toContain(status);
      if (status === 400) expect(body.error).toBe('invalid_grant');
      expect((await redeem(test, request, code)).body.error).toBe('invalid_grant');
    }
  }, 120_000);
});

onEachDatabase('I-04 I-12 a write that fails half-way through', (fresh) => {
  let database: TestDatabase;
  let test: TestOidc;
  let mfa: TestBrowser;
  let device: TestDevice;
  beforeEach(async () => {
    database = await fresh();
    test = await createOidcApp(database.open(), { clients: everyClientList });
    ({ mfa } = await personWithCode(test));
    device = await startDevice(test, radio);
  });
  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  /** Makes one kind of write to a table fail, runs, and repairs it. */
  async function withBroken<T>(
    table: string,
    write: 'insert' | 'update' | 'delete',
    when: string,
    run: () => Promise<T>,
  ): Promise<T> {
    const row = write === 'delete' ? 'old' : 'new';
    const condition = when === '' ? '' : `when (${row}.${when})`;
    if (database.address.startsWith('postgres')) {
      await database.query(
        `create function broken() returns trigger language plpgsql as $$ begin raise 'secret detail'; end $$`,
      );
      await database.query(
        `create trigger broken before ${write} on ${table} for each row ${condition} execute function broken()`,
      );
    } else {
      await database.query(
        `create trigger broken before ${write} on ${table} ${condition.replace('when (', 'when (')} begin select raise(abort, 'secret detail'); end`,
      );
    }
    try {
      return await run();
    } finally {
      if (database.address.startsWith('postgres')) await database.query('drop function broken() cascade');
      else await database.query('drop trigger broken');
    }
  }

  it('a request: no code that nobody kept, and none for a sign-in that was not written down', async () => {
    for (const [table, when, client] of [
      ['oidc_artifacts', "kind = 'AuthorizationCode'", bank],
      ['oidc_artifacts', "kind = 'Grant'", shop],
      ['oidc_sessions', '', everyClient.spa],
    ] as const) {
      const answer = await withBroken(table, 'insert', when, () =>
        mfa.page(authorizationRequest(client).address),
      );
      expectNothing(`${table} ${when}`, answer);
    }
    const interaction = await withBroken('oidc_artifacts', 'insert', "kind = 'Interaction'", () =>
      mfa.page(authorizationRequest(partner).address),
    );
    expectNothing('a request in progress', interaction);
    expect((await codeFor(mfa, bank)).code).not.toBe('');
  });

  it('a code: no tokens, or tokens that are kept; and it is there for another try', async () => {
    for (const [write, when] of [
      ['insert', "kind = 'AccessToken'"],
      ['insert', "kind = 'RefreshToken'"],
      ['update', "kind = 'AuthorizationCode'"],
    ] as const) {
      const { request, code } = await codeFor(mfa, shop, offline);
      const refused = await withBroken('oidc_artifacts', write, when, () => redeem(test, request, code));
      expect([write, when, refused.status, refused.body.access_token]).toEqual([write, when, 503, undefined]);
      const again = await redeem(test, request, code);
      // Where it was used up it is lost; in no case are there two.
      if (again.status === 200) expect((await userinfo(test, again.body.access_token)).status).toBe(200);
      else expect(again.body.error).toBe('invalid_grant');
      expect((await redeem(test, request, code)).body.error).toBe('invalid_grant');
    }
    const forApi = await codeFor(mfa, shop, { scope: 'openid orders:read', resource: api });
    const ask = (): Promise<Asked> =>
      form(test)('/oidc/token', shop, {
        grant_type: 'authorization_code',
        code: forApi.code,
        code_verifier: forApi.request.verifier,
        redirect_uri: shop.redirectUris[0] ?? '',
      });
    expectNothing(
      'a token that is not kept',
      await withBroken('oidc_artifacts', 'update', "kind = 'AuthorizationCode'", ask),
    );
  });

  it('a refresh: nobody is signed out by it, or all of it is over', async () => {
    for (const [write, when] of [
      ['insert', "kind = 'AccessToken'"],
      ['insert', "kind = 'RefreshToken'"],
      ['update', "kind = 'RefreshToken'"],
    ] as const) {
      const { refresh_token: token } = await tokensFor(test, mfa, shop, offline);
      const refused = await withBroken('oidc_artifacts', write, when, () => refresh(test, shop, token));
      expect([write, when, refused.status, refused.body.access_token]).toEqual([write, when, 503, undefined]);
      const again = await refresh(test, shop, token);
      expect([write, when, again.status === 200 || again.body.error === 'invalid_grant']).toEqual([
        write,
        when,
        true,
      ]);
    }
  });

  it('consent, sign-out, approval of a device: they say that they did not happen', async () => {
    const { answer } = await follow(mfa, authorizationRequest(partner).address);
    expectNothing(
      'consent',
      await withBroken('audit', 'insert', '', () => press(mfa, answer, { choice: 'allow' })),
    );
    expect(await database.query('select * from oidc_consents')).toEqual([]);

    const typed = await device.type(mfa);
    expectNothing(
      'approval',
      await withBroken('oidc_artifacts', 'update', "kind = 'DeviceCode'", () =>
        press(mfa, typed, { confirm: 'yes' }),
      ),
    );
    expect((await device.poll()).body.error).toBe('authorization_pending');

    const page = await mfa.page('/oidc/logout');
    const failed = await withBroken('audit', 'insert', '', () => press(mfa, page, { logout: 'yes' }));
    expectNothing('sign-out', failed);
    expect((await mfa.get<{ user: string | null }>('/who')).body.user).not.toBeNull();
    const again = await mfa.page('/oidc/logout');
    expect((await press(mfa, again, { logout: 'yes' })).status).toBe(303);
    expect((await mfa.get<{ user: string | null }>('/who')).body.user).toBeNull();
  });
});
