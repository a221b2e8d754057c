import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SecurityView } from '../../packages/cofactor/src/http/contract.ts';
import { codeOf, onEachDatabase, signInWithCode, type TestDatabase } from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import { authorizationRequest, createOidcApp, follow, post, redeem, type TestOidc } from '../support/oidc.ts';
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
import { startDevice } from '../support/oidc-device.ts';

const { shop, partner, radio } = everyClient;

/** Of the database, so that it can be removed. */
const guest = {
  id: 'guest',
  name: 'Guest',
  secret: 'guest-secret-of-at-least-32-characters',
  redirectUris: ['https://guest.example/callback'],
  serviceAccount: true,
};

type Somebody = Awaited<ReturnType<typeof personWithCode>>;
type Act = (test: TestOidc, person: Somebody, database: TestDatabase) => Promise<void>;

/** What ends everything: whatever was issued before is worth nothing afterwards (I-06). */
const ends: Readonly<Record<string, Act>> = {
  'a new password': async (_test, person) => {
    const { mfa } = person;
    const first = (await mfa.get<SecurityView>('/auth/security')).body.authenticators.find(
      ({ provider }) => provider.usage === 'first',
    );
    const answer = await mfa.send('PUT', '/auth/authenticators', {
      body: {
        id: first?.id,
        current: { password: person.password },
        response: { password: 'seven herons on a fence' },
      },
    });
    expect(answer.status).toBe(204);
  },
  'a factor that was removed': async (_test, { mfa, authenticator }) => {
    expect((await mfa.send('DELETE', '/auth/authenticators', { body: { id: authenticator } })).status).toBe(
      204,
    );
  },
  'a factor that was added': async (test, { mfa }) => {
    const begun = await mfa.post<{ enrolment: string; setup: { key: string } }>('/auth/enrolments', {
      provider: 'totp',
    });
    const response = { code: codeOf(test, { key: begun.body.setup.key } as Somebody) };
    expect(
      (await mfa.post('/auth/enrolments/confirm', { enrolment: begun.body.enrolment, response })).status,
    ).toBe(201);
  },
  'other roles': async (test, { identifier }) => {
    const user = (await test.auth.users.find(identifier)) ?? expect.fail();
    expect(await test.auth.users.setRoles(user, ['boss'])).toBe(true);
  },
  'an account that was deleted': async (_test, { mfa, identifier }) => {
    expect((await mfa.send('DELETE', '/auth/account', { body: { identifier } })).status).toBe(204);
  },
  'an account that was disabled': async (test, { identifier }, database) => {
    await database.query('update users set disabled_at = $1 where identifier = $2', [
      test.clock.now().getTime(),
      identifier,
    ]);
  },
  'a generation that somebody else raised': async (_test, { identifier }, database) => {
    await database.query('update users set generation = generation + 1 where identifier = $1', [identifier]);
  },
};

/** What ends the sign-in, and leaves what was asked for being used without it. */
const endsOfSession: Readonly<Record<string, Act>> = {
  'a sign-out': async (_test, { mfa }) => {
    expect((await mfa.post('/auth/sign-out')).status).toBe(204);
  },
  'a sign-out everywhere': async (test, { identifier }) => {
    const user = (await test.auth.users.find(identifier)) ?? expect.fail();
    expect(await test.auth.sessions.endAll(user)).toBeGreaterThan(0);
  },
  'a sign-out from elsewhere': async (test, person) => {
    const other = await signInWithCode(test, person);
    expect((await other.send('DELETE', '/auth/sessions/others')).status).toBe(204);
  },
  'a day': async (test, { mfa }) => {
    // Used all the time, so that it is its age and nothing else.
    for (let minutes = 0; minutes < 24 * 60; minutes += 30) {
      test.clock.advance(1800);
      await mfa.get('/auth/security');
    }
  },
};

onEachDatabase('A-135 A-143 I-06 I-16 what was issued, after', (fresh) => {
  let database: TestDatabase;
  let test: TestOidc;
  beforeEach(async () => {
    database = await fresh();
    test = await createOidcApp(database.open(), {
      clients: everyClientList,
      lifetimes: { accessToken: 172_800 },
    });
  });
  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  it.each(Object.keys(ends))(
    '%s: code, tokens, device and request in progress are worth nothing',
    async (name) => {
      const person = await personWithCode(test);
      const { mfa } = person;
      const online = await tokensFor(test, mfa, shop);
      const away = await tokensFor(test, mfa, shop, offline);
      const device = await startDevice(test, radio, offline.scope);
      await device.approve(mfa);
      const late = await startDevice(test, radio, offline.scope);
      await late.approve(mfa);
      const tv = (await late.poll()).body;
      const waiting = await codeFor(mfa, shop, offline);
      const page = (await follow(mfa, authorizationRequest(partner).address)).url;
      for (const token of [online.access_token, away.access_token, tv.access_token]) {
        expect((await userinfo(test, token)).status).toBe(200);
      }

      await ends[name]?.(test, person, database);
      // A session that was read lately is believed for a second, and nothing of this is asked there.
      expect((await redeem(test, waiting.request, waiting.code)).body.error).toBe('invalid_grant');
      for (const token of [
        online.access_token,
        away.access_token,
        tv.access_token,
        away.refresh_token,
        tv.refresh_token,
      ]) {
        expect(await introspect(test, token)).toEqual({ active: false });
        expect((await userinfo(test, token)).status).toBe(401);
      }
      expect((await refresh(test, shop, away.refresh_token)).body.error).toBe('invalid_grant');
      expect((await refresh(test, radio, tv.refresh_token)).body.error).toBe('invalid_grant');
      expect((await device.poll()).body).toMatchObject({ error: 'invalid_grant' });
      // And the other way round: the request that was in progress is not agreed to by what is left of the session.
      const { answer } = await follow(mfa, page);
      if (answer.status === 200 && answer.text.includes('name="choice"'))
        await press(mfa, answer, { choice: 'allow' });
      expect(
        (await follow(mfa, page.replace('/interaction/', '/auth/'))).response?.has('code') ?? false,
      ).toBe(name === 'a new password' || name.startsWith('a factor'));
    },
  );

  it.each(Object.keys(endsOfSession))(
    '%s: what belongs to the sign-in is over, in every browser',
    async (name) => {
      const person = await personWithCode(test);
      const { mfa } = person;
      const online = await tokensFor(test, mfa, shop);
      const away = await tokensFor(test, mfa, shop, offline);
      // Codes live a minute; after a day there are none.
      const waiting = await codeFor(mfa, shop, offline);
      const copy = mfa.fork({ withCookies: true });

      await endsOfSession[name]?.(test, person, database);
      expect((await redeem(test, waiting.request, waiting.code)).body.error).toBe('invalid_grant');
      expect(await introspect(test, online.access_token)).toEqual({ active: false });
      expect((await userinfo(test, online.access_token)).status).toBe(401);
      for (const browser of [mfa, copy]) {
        const { response } = await follow(browser, authorizationRequest(shop, { prompt: 'none' }).address);
        expect(response?.get('error')).toBe('login_required');
      }
      // This one was asked for being used when nobody is there, and has not changed.
      const renewed = await refresh(test, shop, away.refresh_token);
      expect(renewed.status).toBe(200);
    },
  );

  it('A-137 a device that was approved and not yet told gets nothing once the sign-in is over', async () => {
    const { mfa } = await personWithCode(test);
    const device = await startDevice(test, radio);
    await device.approve(mfa);
    await mfa.post('/auth/sign-out');
    expect((await device.poll()).body).toMatchObject({ error: 'invalid_grant' });
  });

  it('a session too long unused is over for clients, too', async () => {
    const { mfa } = await personWithCode(test);
    const online = await tokensFor(test, mfa, shop);
    test.clock.advance(3601);
    const { response } = await follow(mfa, authorizationRequest(shop, { prompt: 'none' }).address);
    expect(response?.get('error')).toBe('login_required');
    expect((await userinfo(test, online.access_token)).status).toBe(401);
    expect(await introspect(test, online.access_token)).toEqual({ active: false });
  });

  it('A-43 a step-up keeps what was issued: it is the same sign-in', async () => {
    const person = await personWithCode(test);
    const { browser } = person;
    const online = await tokensFor(test, browser, shop);
    await browser.post('/auth/step-up', { policy: 'Admin' });
    const done = await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(test, person) },
    });
    expect(done.body.status).toBe('done');
    expect((await userinfo(test, online.access_token)).status).toBe(200);
    // Signing in as somebody else in this browser is another one.
    const other = await personWithCode(test);
    await signInAs(browser, other);
    expect((await userinfo(test, online.access_token)).status).toBe(401);
  });

  it('consent that was taken back: all tokens of that client, and of no other', async () => {
    const { mfa, identifier } = await personWithCode(test);
    const begun = await follow(mfa, authorizationRequest(partner, offline).address);
    await press(mfa, begun.answer, { choice: 'allow' });
    await follow(mfa, begun.url);
    // `offline` asks each time; once more, to have the code.
    const again = authorizationRequest(partner, offline);
    const page = await follow(mfa, again.address);
    await press(mfa, page.answer, { choice: 'allow' });
    const code = (await follow(mfa, page.url)).response?.get('code') ?? expect.fail('no code');
    const { body: theirs } = await redeem(test, again, code);
    const ours = await tokensFor(test, mfa, shop, offline);
    const waiting = await codeFor(mfa, partner, { scope: 'openid email' });
    expect((await userinfo(test, theirs.access_token)).status).toBe(200);

    const user = (await test.auth.users.find(identifier)) ?? expect.fail();
    expect(await test.oidc.withdraw(user, partner.id)).toBe(true);
    expect((await userinfo(test, theirs.access_token)).status).toBe(401);
    expect(await introspect(test, theirs.refresh_token)).toEqual({ active: false });
    expect((await refresh(test, partner, theirs.refresh_token)).body.error).toBe('invalid_grant');
    expect((await redeem(test, waiting.request, waiting.code)).body.error).toBe('invalid_grant');
    expect(
      (await follow(mfa, authorizationRequest(partner, { prompt: 'none' }).address)).response?.get('error'),
    ).toBe('consent_required');
    expect((await userinfo(test, ours.access_token)).status).toBe(200);
    expect(await test.oidc.withdraw(user, partner.id)).toBe(false);
  });

  it('a client that was removed: all it had, and a new one of its name has nothing of it (A-85)', async () => {
    await test.oidc.clients.put(guest);
    const { mfa } = await personWithCode(test);
    await agree(mfa);
    const theirs = await tokensFor(test, mfa, guest);
    const waiting = await codeFor(mfa, guest);
    const own = (await post(test, '/oidc/token', guest, { grant_type: 'client_credentials' })).body;
    expect(await introspect(test, own.access_token)).toMatchObject({ active: true });

    expect(await test.oidc.clients.remove(guest.id)).toBe(true);
    const active = async (): Promise<unknown> => ({
      theirs: await introspect(test, theirs.access_token),
      own: await introspect(test, own.access_token),
      userinfo: (await userinfo(test, theirs.access_token)).status,
    });
    const nothing = { theirs: { active: false }, own: { active: false }, userinfo: 401 };
    expect(await active()).toEqual(nothing);
    expect((await follow(mfa, authorizationRequest(guest).address)).response).toBeNull();
    expect((await redeem(test, waiting.request, waiting.code)).body.error).toBe('invalid_client');
    // Somebody else gets its name.
    await test.oidc.clients.put({ ...guest, name: 'Somebody else' });
    expect((await redeem(test, waiting.request, waiting.code)).body.error).toBe('invalid_grant');
    expect(await active()).toEqual(nothing);
  });

  it('a client that was removed: what people agreed to is not agreed to with the next one of its name (A-85)', async () => {
    await test.oidc.clients.put(guest);
    const { mfa } = await personWithCode(test);
    await agree(mfa);
    await test.oidc.clients.remove(guest.id);
    await test.oidc.clients.put({
      ...guest,
      name: 'Somebody else',
      redirectUris: ['https://else.example/callback'],
    });
    const request = authorizationRequest(
      { ...guest, redirectUris: ['https://else.example/callback'] },
      { prompt: 'none' },
    );
    expect((await follow(mfa, request.address)).response?.get('error')).toBe('consent_required');
  });

  async function agree(browser: TestBrowser): Promise<void> {
    const begun = await follow(browser, authorizationRequest(guest).address);
    await press(browser, begun.answer, { choice: 'allow' });
    expect((await follow(browser, begun.url)).response?.has('code')).toBe(true);
  }

  async function signInAs(browser: TestBrowser, person: Somebody): Promise<void> {
    await browser.context();
    await browser.post('/auth/sign-in', {
      identifier: person.identifier,
      provider: 'password',
      response: { password: person.password },
    });
    await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(test, person) },
    });
  }
});
