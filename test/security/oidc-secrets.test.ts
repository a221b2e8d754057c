import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Log } from 'cofactor';
import { onEachDatabase, type TestDatabase } from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import { ownKey } from '../support/https.ts';
import {
  authorizationRequest,
  createOidcApp,
  follow,
  post,
  redeem,
  type TestOidc,
  type Tokens,
} from '../support/oidc.ts';
import { startDevice } from '../support/oidc-device.ts';
import {
  codeFor,
  everyClient,
  everyClientList,
  introspect,
  offline,
  personWithCode,
  press,
  refresh,
  tokensFor,
  userinfo,
} from '../support/oidc-flows.ts';
import { cookieNameOf, dump } from '../support/tables.ts';

const { shop, bank, partner, spa, radio, vault, pushed } = everyClient;
const guest = {
  id: 'guest',
  name: 'Guest',
  secret: 'MARKED-secret-of-a-client-of-the-database',
  redirectUris: ['https://guest.example/callback'],
};

onEachDatabase('I-28 A-215 what is secret', (fresh) => {
  let database: TestDatabase;
  let test: TestOidc;
  let written: string;
  const secrets = new Map<string, string>();
  beforeEach(async () => {
    database = await fresh();
    written = '';
    secrets.clear();
    const write = (text: string): void => void (written += `${text}\n`);
    const log: Log['info'] = (details, message) => write(inspect([message, details], { depth: 12 }));
    for (const stream of [process.stdout, process.stderr]) {
      vi.spyOn(stream, 'write').mockImplementation((text) => (write(String(text)), true));
    }
    for (const name of ['log', 'info', 'warn', 'error', 'debug'] as const) {
      vi.spyOn(console, name).mockImplementation((...values: unknown[]) =>
        write(inspect(values, { depth: 12 })),
      );
    }
    test = await createOidcApp(
      database.open(),
      { clients: everyClientList },
      { keys: [ownKey], log: { info: log, warn: log, error: log } },
    );
    await test.oidc.clients.put(guest);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await test.close();
    await database.drop();
  });

  const plant = (what: string, secret: string | undefined): string => {
    if (secret !== undefined && secret !== '') secrets.set(secret, what);
    return secret ?? '';
  };
  const plantTokens = (what: string, tokens: Partial<Tokens>): void => {
    plant(`access token of ${what}`, tokens.access_token);
    plant(`refresh token of ${what}`, tokens.refresh_token);
    plant(`id_token of ${what}`, tokens.id_token);
  };
  const plantCookies = (browser: TestBrowser): void => {
    for (const [name, value] of browser.cookies) plant(`cookie ${name}`, value);
  };

  /** Every flow there is, right and wrong, and faults; what a client or a browser holds is planted on the way. */
  async function everything(): Promise<{ readonly mfa: TestBrowser }> {
    for (const client of [...everyClientList, guest]) plant(`secret of ${client.id}`, client.secret);
    const person = await personWithCode(test);
    const { mfa, browser } = person;
    for (const client of [shop, spa, guest]) {
      const asked = authorizationRequest(client, offline);
      let landing = await follow(mfa, asked.address);
      if (landing.answer.text.includes('name="choice"')) {
        await press(mfa, landing.answer, { choice: 'allow' });
        landing = await follow(mfa, landing.url);
      }
      const code = plant('code', landing.response?.get('code') ?? '');
      plant('verifier', asked.verifier);
      await redeem(test, { ...asked, verifier: plant('wrong verifier', 'MARKED'.repeat(8)) }, code);
      const { body } = await redeem(test, asked, code);
      plantTokens(client.id, body);
      const { body: renewed } = await refresh(test, client, body.refresh_token);
      plantTokens(client.id, renewed);
      await redeem(test, asked, code);
      await refresh(test, client, plant('wrong refresh token', 'MARKED-refresh-token-that-nobody-has'));
      await userinfo(test, plant('wrong access token', 'MARKED-access-token-that-nobody-has'));
      await introspect(test, renewed.access_token);
      await post(
        test,
        '/oidc/token',
        { ...client, secret: plant('wrong secret', 'MARKED-secret-that-is-not-the-right-one') },
        { grant_type: 'refresh_token', refresh_token: 'x' },
      );
    }
    // A request in progress, with a hint and from a pushed request.
    const { id_token: hint } = await tokensFor(test, mfa, bank);
    await follow(
      browser,
      authorizationRequest(bank, { id_token_hint: plant('id_token as hint', hint) }).address,
    );
    const query = new URL(authorizationRequest(pushed).address, 'http://x').searchParams;
    const { body: par } = await post<{ request_uri: string }>(
      test,
      '/oidc/par',
      pushed,
      Object.fromEntries(query),
    );
    plant('pushed request', par.request_uri.replace('urn:ietf:params:oauth:request_uri:', ''));
    await follow(
      browser,
      `/oidc/auth?${new URLSearchParams({ client_id: pushed.id, request_uri: par.request_uri })}`,
    );
    // Devices: waiting, in the middle of being approved, and approved.
    for (const client of [radio, vault, radio]) {
      const device = await startDevice(test, client, client === radio ? offline.scope : 'openid');
      plant('device code', device.deviceCode);
      plant('user code', device.userCode);
      plant('user code', device.userCode.replace('-', ''));
      await device.approve(client === vault ? browser : mfa);
      if (client === radio) plantTokens('a device', (await device.poll()).body);
    }
    const waiting = await startDevice(test, radio);
    plant('device code', waiting.deviceCode);
    plant('user code', waiting.userCode.replace('-', ''));
    await waiting.type(mfa);
    // Faults in the middle of it.
    await follow(mfa, `${authorizationRequest(shop).address}&max_age=abc`);
    await database.query('alter table oidc_artifacts rename to away');
    await follow(mfa, authorizationRequest(shop).address);
    await refresh(test, shop, plant('refresh token', 'MARKED-refresh-token-in-a-fault'));
    await userinfo(test, plant('access token', 'MARKED-access-token-in-a-fault'));
    await database.query('alter table away rename to oidc_artifacts');
    for (const one of [mfa, browser]) plantCookies(one);
    const keys = await database.query('select sealed from oidc_keys');
    expect(keys.length).toBeGreaterThan(0);
    return { mfa };
  }

  it('is in no row and in no line of a log', async () => {
    await everything();
    vi.restoreAllMocks();
    const rows = await dump(database);
    const lines = written.split('\n');
    expect(secrets.size).toBeGreaterThan(40);
    expect(rows.some((row) => row.startsWith('oidc_artifacts '))).toBe(true);
    expect(lines.some((line) => line.includes('was refused'))).toBe(true);
    const found = new Set<string>();
    for (const [secret, what] of secrets) {
      const forms = [
        secret,
        encodeURIComponent(secret),
        Buffer.from(secret).toString('base64').replace(/=+$/, ''),
        Buffer.from(secret).toString('hex'),
      ];
      for (const row of rows)
        if (forms.some((form) => row.includes(form)))
          found.add(`${what} in ${row.split(' ')[0] ?? ''}: ${/"kind":\s*"(\w+)"/.exec(row)?.[1] ?? ''}`);
      if (/^cookie .*-language$/.test(what)) continue;
      for (const line of lines)
        if (forms.some((form) => line.includes(form))) found.add(`${what} in the log: ${line.slice(0, 80)}`);
    }
    expect([...found].sort()).toEqual([]);
    // The keys that tokens are signed with are sealed.
    expect(rows.filter((row) => row.startsWith('oidc_keys ') && /"d":|\\"d\\"|BEGIN/.test(row))).toEqual([]);
  });

  it('I-02 cannot be made from what stands in the database', async () => {
    const { mfa } = await everything();
    vi.restoreAllMocks();
    const rows = (await dump(database)).filter((row) => /^(oidc_|sessions|ceremonies)/.test(row));
    const words = new Set(
      rows.flatMap((row) => [...row.matchAll(/[A-Za-z0-9_-]{20,}/g)].map(([word]) => word)),
    );
    expect(words.size).toBeGreaterThan(60);
    const useful: string[] = [];
    const cookies = ['session', 'oidc', 'ceremony', 'known'].map(
      (kind) => cookieNameOf(mfa, kind) || `cofactor-users-${kind}`,
    );
    for (const word of words) {
      if ((await introspect(test, word)).active) useful.push(`token ${word}`);
      if ((await userinfo(test, word)).status !== 401) useful.push(`access token ${word}`);
      for (const form of [
        {
          grant_type: 'authorization_code',
          code: word,
          code_verifier: 'x'.repeat(43),
          redirect_uri: spa.redirectUris[0] ?? '',
        },
        { grant_type: 'refresh_token', refresh_token: word },
      ]) {
        const { status } = await post(test, '/oidc/token', spa, { client_id: spa.id, ...form });
        if (status !== 400) useful.push(`${form.grant_type} ${word}`);
      }
      for (const client of [radio, vault]) {
        const { body } = await post(test, '/oidc/token', client, {
          grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
          device_code: word,
          client_id: client.id,
        });
        if (body.error !== 'invalid_grant') useful.push(`device code ${word}: ${body.error ?? 'tokens'}`);
      }
      const visitor = test.browser();
      for (const name of cookies) visitor.cookies.set(name, word);
      visitor.cookies.set('_session', word);
      if ((await visitor.get<{ user: string | null }>('/who')).body.user !== null)
        useful.push(`session ${word}`);
      const { response, answer } = await follow(
        visitor,
        `/oidc/auth?${new URLSearchParams({ client_id: pushed.id, request_uri: `urn:ietf:params:oauth:request_uri:${word}` })}`,
      );
      if (response?.has('code') || answer.status === 200) useful.push(`request ${word}`);
    }
    expect(useful).toEqual([]);
  }, 60_000);
});

onEachDatabase('A-211 I-05 ciphertexts that were moved', (fresh) => {
  let database: TestDatabase;
  let test: TestOidc;
  beforeEach(async () => {
    database = await fresh();
    test = await createOidcApp(
      database.open(),
      { clients: [shop, partner], algorithms: ['ES256', 'EdDSA'] },
      { keys: [ownKey] },
    );
  });
  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  const mine = { ...guest, id: 'mine', serviceAccount: true };
  const theirs = {
    ...guest,
    id: 'theirs',
    secret: 'another-secret-of-a-client-of-the-database',
    serviceAccount: true,
  };
  const ask = async (id: string, secret?: string): Promise<number> => {
    const fields = { grant_type: 'client_credentials', ...(secret === undefined && { client_id: id }) };
    const answer = await test.app.inject({
      method: 'POST',
      url: '/oidc/token',
      payload: String(new URLSearchParams(fields)),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(secret !== undefined && {
          authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
        }),
      },
    });
    return answer.statusCode;
  };

  it.each([
    [
      'of another client',
      'update oidc_clients set secret = (select o.secret from oidc_clients as o where o.id = $1) where id = $2',
    ],
    ['broken', "update oidc_clients set secret = 'v1.own.AAAA.BBBB' where id <> $1 and id = $2"],
    [
      'in the clear',
      "update oidc_clients set secret = 'another-secret-of-a-client-of-the-database' where id <> $1 and id = $2",
    ],
    ['empty', "update oidc_clients set secret = '' where id <> $1 and id = $2"],
    ['gone', 'update oidc_clients set secret = null where id <> $1 and id = $2'],
  ])(
    'a client whose secret is %s is no client, with any secret and with none; the others are',
    async (_what, sql) => {
      await test.oidc.clients.put(mine);
      await test.oidc.clients.put(theirs);
      expect([await ask(mine.id, mine.secret), await ask(theirs.id, theirs.secret)]).toEqual([200, 200]);
      await database.query(sql, [mine.id, theirs.id]);
      // What was read of a client is believed for a second.
      test.clock.advance(2);
      for (const secret of [mine.secret, theirs.secret, '', undefined])
        expect([secret, (await ask(theirs.id, secret)) >= 400]).toEqual([secret, true]);
      expect(await ask(mine.id, mine.secret)).toBe(200);
    },
  );

  it('a client whose secret cannot be read hides none of the others from an administrator', async () => {
    await test.oidc.clients.put(mine);
    await test.oidc.clients.put(theirs);
    await database.query("update oidc_clients set secret = 'v1.own.AAAA.BBBB' where id = $1", [theirs.id]);
    test.clock.advance(2);
    expect((await test.oidc.clients.list()).map(({ id }) => id)).toContain(mine.id);
    expect(await test.oidc.clients.remove(theirs.id)).toBe(true);
  });

  it('a signing key in the place of another signs nothing', async () => {
    const { mfa } = await personWithCode(test);
    const before = await codeFor(mfa, shop);
    await database.query(
      "update oidc_keys set sealed = (select o.sealed from oidc_keys as o where o.alg = 'EdDSA') where alg = 'ES256'",
    );
    const second = await createOidcApp(
      database.open(),
      { clients: [shop], algorithms: ['ES256', 'EdDSA'] },
      { keys: [ownKey], clock: test.clock },
    ).catch((error: unknown) => error);
    expect(second).toBeInstanceOf(Error);
    // A node that runs finds it, too, and gives nothing out any more.
    test.clock.advance(61);
    const landing = await follow(mfa, authorizationRequest(shop).address);
    expect([landing.answer.status, landing.response]).toEqual([503, null]);
    const fields = {
      grant_type: 'authorization_code',
      code: before.code,
      code_verifier: before.request.verifier,
      redirect_uri: shop.redirectUris[0] ?? '',
    };
    const answer = await test.app.inject({
      method: 'POST',
      url: '/oidc/token',
      payload: String(new URLSearchParams(fields)),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`shop:${shop.secret ?? ''}`).toString('base64')}`,
      },
    });
    expect([answer.statusCode, answer.payload.includes('id_token')]).toEqual([503, false]);
  });

  it('a key of another realm is none', async () => {
    const rows = await database.query(
      "select id, alg, seq, sealed, created_at, active_at from oidc_keys where alg = 'ES256'",
    );
    const [row = {}] = rows;
    await database.query("delete from oidc_keys where alg = 'ES256'");
    await database.query('insert into oidc_keys (id, realm, alg, seq, sealed, created_at, active_at) values ($1, $2, $3, $4, $5, $6, $7)', [
      row['id'], 'members', row['alg'], row['seq'], row['sealed'], row['created_at'], row['active_at'],
    ]); // prettier-ignore
    const members = await createOidcApp(
      database.open(),
      { clients: [shop] },
      { keys: [ownKey], realm: 'members' },
    ).catch((error: unknown) => error);
    expect(members).toBeInstanceOf(Error);
  });
});
