import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { OidcClient } from 'cofactor/oidc-server';
import type { SecurityView } from '../../packages/cofactor/src/http/contract.ts';
import { codeOf, onEachDatabase, signInWithCode, type TestDatabase } from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import { closed, listening, startReceiver } from '../support/listening.ts';
import { authorizationRequest, claimsOf, createOidcApp, follow, type TestOidc } from '../support/oidc.ts';
import { everyClient, everyClientList, personWithCode, press, tokensFor } from '../support/oidc-flows.ts';

import { sessionIdOf } from '../support/tables.ts';

/** Clients that want to be told when somebody signed out. */
const told = ['news', 'mail', 'desk'].map((id): OidcClient => ({
  id,
  name: id,
  secret: `${id}-secret-of-at-least-32-characters`,
  redirectUris: [`https://${id}.example/callback`],
  postLogoutRedirectUris: [`https://${id}.example/bye`],
  backchannelLogoutUri: `https://${id}.example/over`,
  firstParty: true,
}));
const [news, mail] = told as [OidcClient, OidcClient, OidcClient];

interface Notice {
  readonly client: string;
  readonly token: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

onEachDatabase('A-141 what clients are told when a sign-in is over', (fresh) => {
  let database: TestDatabase;
  let test: TestOidc;
  let notices: Notice[];
  /** What the clients' servers answer; each test has its own. */
  let answer: (client: string, signal: AbortSignal | null) => Promise<Response>;
  beforeEach(async () => {
    database = await fresh();
    notices = [];
    answer = () => Promise.resolve(new Response(null, { status: 200 }));
    // The network alone is not there: what is sent and by whom is the server's own doing.
    vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
      const client = new URL(input as string).hostname.replace('.example', '');
      const token = new URLSearchParams(init?.body as URLSearchParams).get('logout_token') ?? '';
      notices.push({ client, token, claims: claimsOf(token) });
      return answer(client, init?.signal ?? null);
    });
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    test = await createOidcApp(database.open(), { clients: [...everyClientList, ...told] });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await test.close();
    await database.drop();
  });

  const sidOf = async (browser: TestBrowser, client: OidcClient): Promise<string> =>
    String(claimsOf((await tokensFor(test, browser, client)).id_token)['sid']);
  const settled = (): Promise<void> => test.auth.engine.background.settled();
  /** What is looked for once a minute: sign-ins that ended unseen. */
  const sweep = async (): Promise<void> => {
    await vi.advanceTimersByTimeAsync(60_000);
    await settled();
  };
  const heard = (): string[] =>
    notices.map(({ client, claims }) => `${client} ${String(claims['sid'])}`).sort();

  it.each([
    [
      'signing out here',
      async (browser: TestBrowser): Promise<void> => void (await browser.post('/auth/sign-out')),
    ],
    [
      'an administrator',
      async (browser: TestBrowser): Promise<void> => {
        const { body } = await browser.get<{ user: string }>('/who');
        const user = (await test.auth.users.find(body.user)) ?? expect.fail();
        await test.auth.sessions.endAll(user);
      },
    ],
    [
      'signing out from an application',
      async (browser: TestBrowser): Promise<void> => {
        await press(browser, await browser.page('/oidc/logout'), { logout: 'yes' });
      },
    ],
    [
      'the account being deleted',
      async (browser: TestBrowser): Promise<void> => {
        const { body } = await browser.get<{ user: string }>('/who');
        await browser.send('DELETE', '/auth/account', { body: { identifier: body.user } });
      },
    ],
  ] as const)('%s: those it signed in to, once each, with their own session', async (_what, end) => {
    const { mfa, identifier } = await personWithCode(test);
    const sub = (await test.auth.users.find(identifier))?.id;
    const other = await personWithCode(test);
    const sids = [`news ${await sidOf(mfa, news)}`, `mail ${await sidOf(mfa, mail)}`];
    // A client that wants no notice, a client of another person, and one that was not signed in to.
    await sidOf(mfa, everyClient.shop);
    await sidOf(other.mfa, news);
    await end(mfa);
    await settled();
    expect(heard()).toEqual(sids.sort());
    await sweep();
    await sweep();
    expect(heard()).toEqual(sids.sort());
    const { keys } = (await test.app.inject({ url: '/oidc/jwks' })).json<{ keys: { kid: string }[] }>();
    for (const { client, token, claims } of notices) {
      expect(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())).toEqual({
        typ: 'logout+jwt',
        alg: 'ES256',
        kid: keys[0]?.kid,
      });
      expect(claims).toEqual({
        iss: test.oidc.issuer,
        aud: client,
        sub,
        sid: expect.any(String) as unknown,
        jti: expect.any(String) as unknown,
        iat: expect.any(Number) as unknown,
        exp: expect.any(Number) as unknown,
        events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      });
    }
    expect(new Set(notices.map(({ claims }) => claims['jti'])).size).toBe(notices.length);
  });

  it('a new password or factor: those of the sign-ins that it ended, and not of the one that goes on', async () => {
    const person = await personWithCode(test);
    const elsewhere = await signInWithCode(test, person);
    const ended = await sidOf(elsewhere, news);
    await sidOf(person.mfa, mail);
    const { body } = await person.mfa.get<SecurityView>('/auth/security');
    const first = body.authenticators.find(({ provider }) => provider.usage === 'first');
    const changed = await person.mfa.send('PUT', '/auth/authenticators', {
      body: {
        id: first?.id,
        current: { password: person.password },
        response: { password: 'seven herons on a fence' },
      },
    });
    expect(changed.status).toBe(204);
    await settled();
    await sweep();
    expect(heard()).toEqual([`news ${ended}`]);
    // And over another factor.
    await person.mfa.send('DELETE', '/auth/authenticators', { body: { id: person.authenticator } });
    await settled();
    await sweep();
    expect(heard()).toEqual([`news ${ended}`]);
  });

  it('a step-up ends nothing, and the client is told of one session all along', async () => {
    const person = await personWithCode(test);
    const { browser } = person;
    const before = await sidOf(browser, news);
    await browser.post('/auth/step-up', { policy: 'Admin' });
    await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(test, person) },
    });
    await settled();
    await sweep();
    expect(heard()).toEqual([]);
    expect(await sidOf(browser, news)).toBe(before);
    await browser.post('/auth/sign-out');
    await settled();
    expect(heard()).toEqual([`news ${before}`]);
  });

  it('what ended unseen is found: by its age, or on another node', async () => {
    const [aged, far] = [await personWithCode(test), await personWithCode(test)];
    const ended = `mail ${await sidOf(far.mfa, mail)}`;
    await database.query('update sessions set ended_at = $1 where id = $2', [
      test.clock.now().getTime(),
      sessionIdOf(far.mfa),
    ]);
    await sweep();
    expect(heard()).toEqual([ended]);
    const old = `news ${await sidOf(aged.mfa, news)}`;
    for (let minutes = 0; minutes < 180; minutes += 30) {
      test.clock.advance(1800);
      await aged.mfa.get('/auth/security');
    }
    await sweep();
    expect(heard()).toEqual([ended]);
    for (let minutes = 180; minutes < 24 * 60; minutes += 30) {
      test.clock.advance(1800);
      await aged.mfa.get('/auth/security');
    }
    await sweep();
    await sweep();
    expect(heard()).toEqual([ended, old].sort());
  });

  it('who stays signed in after all: nobody is told, and everybody once when it is over', async () => {
    const { mfa } = await personWithCode(test);
    const [asked, other] = [await tokensFor(test, mfa, news), await sidOf(mfa, mail)];
    const sid = String(claimsOf(asked.id_token)['sid']);
    const address = `/oidc/logout?${new URLSearchParams({ id_token_hint: asked.id_token ?? '' })}`;
    await press(mfa, await mfa.page(address));
    await settled();
    expect(heard()).toEqual([]);
    await press(mfa, await mfa.page(address), { logout: 'yes' });
    await settled();
    await sweep();
    expect(heard()).toEqual([`mail ${other}`, `news ${sid}`]);
  });

  it('a client that is away or broken is tried again, and keeps nobody from anything', async () => {
    const { mfa } = await personWithCode(test);
    for (const client of told) await sidOf(mfa, client);
    answer = (client) => {
      if (client === 'news') return Promise.reject(new TypeError('fetch failed: MARKED token in an error'));
      return Promise.resolve(new Response(null, { status: client === 'mail' ? 500 : 204 }));
    };
    expect((await mfa.post('/auth/sign-out')).status).toBe(204);
    await settled();
    const counts = (): number[] =>
      ['news', 'mail', 'desk'].map((name) => notices.filter(({ client }) => client === name).length);
    expect(counts()).toEqual([1, 1, 1]);
    // Once a minute, and not for ever.
    for (let minutes = 0; minutes < 12; minutes += 1) {
      test.clock.advance(61);
      await sweep();
    }
    const [one = 0, two = 0, three] = counts();
    expect([one === two, one > 1 && one < 10, three]).toEqual([true, true, 1]);
    expect(new Set(heard()).size).toBe(3);
    expect(await database.query("select * from oidc_sessions where client_id <> ''")).toEqual([]);
  });

  it.each([
    ['signing out here', async (browser: TestBrowser) => (await browser.post('/auth/sign-out')).status],
    [
      'signing out from an application',
      async (browser: TestBrowser) => {
        const page = await browser.page('/oidc/logout');
        return (await press(browser, page, { logout: 'yes' })).status;
      },
    ],
  ] as const)('a client that does not answer holds nothing up: %s', async (_what, end) => {
    const { mfa } = await personWithCode(test);
    for (const client of told) await sidOf(mfa, client);
    const order: string[] = [];
    answer = (client, signal) => {
      if (client !== 'news') return Promise.resolve(new Response(null, { status: 200 }));
      return new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          order.push('gave up waiting');
          reject(new DOMException('aborted', 'AbortError'));
        });
      });
    };
    expect(await end(mfa)).toBeLessThan(400);
    order.push('answered');
    // Whoever waits for the client would have waited until it was given up.
    expect(order).toEqual(['answered']);
    expect(
      (await follow(mfa, authorizationRequest(news, { prompt: 'none' }).address)).response?.get('error'),
    ).toBe('login_required');
  });

  it('a logout token is a logout token: no hint of who is signed in, and nothing else', async () => {
    const person = await personWithCode(test);
    await sidOf(person.mfa, news);
    await person.mfa.post('/auth/sign-out');
    await settled();
    const token = notices[0]?.token ?? expect.fail('nobody was told');
    const again = await signInWithCode(test, person);
    const hinted = await follow(
      again,
      authorizationRequest(news, { id_token_hint: token, prompt: 'none' }).address,
    );
    expect(hinted.response?.get('error')).toBe('invalid_request');
    const page = await again.page(
      `/oidc/logout?${new URLSearchParams({ id_token_hint: token, post_logout_redirect_uri: 'https://news.example/bye' })}`,
    );
    expect(page.status).toBe(400);
  });
});

onEachDatabase('A-141 clients on a network of one’s own', (fresh) => {
  it('are told like any other', async () => {
    const database = await fresh();
    const server = await startReceiver();
    const client = { ...news, backchannelLogoutUri: `${server.origin}/over` };
    const test = await createOidcApp(database.open(), { clients: [client] });
    const { mfa } = await personWithCode(test);
    const { id_token: idToken } = await tokensFor(test, mfa, client);
    await mfa.post('/auth/sign-out');
    await test.auth.engine.background.settled();
    expect(server.posted.map((form) => claimsOf(form.get('logout_token') ?? '')['sid'])).toEqual([
      claimsOf(idToken)['sid'],
    ]);
    await server.close();
    await test.close();
    await database.drop();
  });

  it('those of the database are not, unless that is allowed: who may write them must not knock inside', async () => {
    const database = await fresh();
    const server = await startReceiver();
    const [configured, stored] = ['configured', 'stored'].map((id) => ({
      ...news,
      id,
      backchannelLogoutUri: `${server.origin}/${id}`,
    })) as [OidcClient, OidcClient];
    for (const [privateNetworks, heard] of [
      [false, ['configured']],
      [true, ['configured', 'stored']],
    ] as const) {
      const test = await createOidcApp(database.open(), { clients: [configured], privateNetworks });
      await test.oidc.clients.put(stored);
      const { mfa } = await personWithCode(test, `${privateNetworks}@example.com`);
      for (const client of [configured, stored]) await tokensFor(test, mfa, client);
      await mfa.post('/auth/sign-out');
      await test.auth.engine.background.settled();
      const told = server.posted.splice(0).map((form) => claimsOf(form.get('logout_token') ?? '')['aud']);
      expect([told.length, new Set(told)]).toEqual([heard.length, new Set(heard)]);
      await test.close();
    }
    await server.close();
    await database.drop();
  });

  it('and are not followed where they lead', async () => {
    const database = await fresh();
    let reached = false;
    const target = await listening((_request, response) => {
      reached = true;
      response.end();
      return Promise.resolve();
    });
    const server = await listening((_request, response) => {
      response.writeHead(307, { location: `${target.origin}/` }).end();
      return Promise.resolve();
    });
    const client = { ...news, backchannelLogoutUri: `${server.origin}/over` };
    const test = await createOidcApp(database.open(), { clients: [client] });
    const { mfa } = await personWithCode(test);
    await tokensFor(test, mfa, client);
    await mfa.post('/auth/sign-out');
    await test.auth.engine.background.settled();
    expect(reached).toBe(false);
    await Promise.all([closed(server.server), closed(target.server)]);
    await test.close();
    await database.drop();
  });
});
