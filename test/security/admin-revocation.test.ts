import { randomBytes } from 'node:crypto';
import { createAdmin, type Admin } from 'cofactor/admin';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  codeOf,
  enrolTotp,
  onEachDatabase,
  register,
  signInWithPassword,
  type Person,
  type TestDatabase,
} from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import { officer, operator, signedIn, type Officer } from '../support/charge.ts';
import { createOidcApp, type TestOidc } from '../support/oidc.ts';
import {
  everyClient,
  everyClientList,
  introspect,
  offline,
  refresh,
  tokensFor,
  userinfo,
} from '../support/oidc-flows.ts';

const { shop } = everyClient;
const reason = 'left the company';

/** What is done to somebody, and whether a second step is still asked of them afterwards (`null`: they are gone). */
const ends: Readonly<Record<string, readonly [second: boolean | null, act: Act]>> = {
  'a lock': [
    true,
    async (admin, by, of) => {
      const outcome = await admin.users.lock(await by.session(), of.id, reason);
      await admin.users.unlock(await by.session(), of.id, reason);
      return outcome;
    },
  ],
  'a reset of all second factors': [
    false,
    async (admin, by, of) => admin.users.resetMfa(await by.session(), of.id, reason),
  ],
  'a factor that is taken away': [
    false,
    async (admin, by, of) =>
      admin.users.removeAuthenticator(await by.session(), of.id, {
        authenticator: of.person.authenticator,
        reason,
      }),
  ],
  'other roles': [
    true,
    async (admin, by, of) => admin.users.setRoles(await by.session(), of.id, { roles: ['x'], reason }),
  ],
  'the end of all sessions': [
    true,
    async (admin, by, of) => admin.users.endSessions(await by.session(), of.id, { reason }),
  ],
  'a deletion': [
    null,
    async (admin, by, of) =>
      admin.users.delete(await by.session(), of.id, { identifier: of.person.identifier, reason }),
  ],
};
type Act = (admin: Admin, by: Officer, of: Somebody) => Promise<{ readonly status: string }>;

interface Somebody {
  readonly id: string;
  readonly person: Person;
  /** A browser that is remembered, and signed in. */
  readonly browser: TestBrowser;
}

onEachDatabase('A-73 A-89 A-103 I-06 what somebody in charge ends', (fresh) => {
  let database: TestDatabase;
  let here: TestOidc;
  let there: TestOidc;
  let admin: Admin;
  let owner: Officer;
  beforeAll(async () => {
    database = await fresh();
    const keys = [{ id: 'test', secret: randomBytes(32).toString('base64') }];
    const core = { keys, rememberDevices: true };
    here = await createOidcApp(database.open(), { clients: everyClientList }, core);
    there = await createOidcApp(
      database.open(),
      { clients: everyClientList },
      { ...core, clock: here.clock },
    );
    admin = createAdmin(here.auth);
    owner = await officer(here, ['owner']);
  });
  afterAll(async () => {
    await here.close();
    await there.close();
    await database.drop();
  });

  async function somebody(): Promise<Somebody> {
    const person = await register(here);
    await enrolTotp(here, person);
    const browser = here.browser();
    await signInWithPassword(person, browser);
    const answer = await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(here, person) },
      remember: true,
    });
    expect(answer.body?.status).toBe('done');
    await browser.context();
    here.clock.advance(31);
    const user = await here.auth.users.find(person.identifier);
    return { id: user?.id ?? '', person, browser };
  }

  /** The same browser at the other node. */
  const atOther = (browser: TestBrowser): TestBrowser => {
    const other = there.browser();
    for (const [name, value] of browser.cookies) other.cookies.set(name, value);
    return other;
  };

  it.each(Object.keys(ends))(
    '%s: at once here and on management pages everywhere, within a second elsewhere',
    async (name) => {
      const [second, act] = ends[name] ?? [null, () => Promise.resolve({ status: '' })];
      const target = await somebody();
      owner = await signedIn(here, owner.person, owner.id);
      const online = await tokensFor(here, target.browser, shop);
      const away = await tokensFor(here, target.browser, shop, offline);
      const other = atOther(target.browser);
      // Both nodes believe the session now.
      for (const browser of [target.browser, other])
        expect((await browser.get('/two-factor')).status).toBe(200);

      expect((await act(admin, owner, target)).status).toBe('done');
      expect((await target.browser.get('/two-factor')).status).toBe(401);
      for (const browser of [target.browser, other]) {
        expect((await browser.get('/auth/security')).problem).toBe('not-signed-in');
      }
      here.clock.advance(1);
      expect((await other.get('/two-factor')).status).toBe(401);
      for (const test of [here, there]) {
        expect((await userinfo(test, online.access_token)).status).toBe(401);
        expect(await introspect(test, away.access_token)).toEqual({ active: false });
      }
      expect((await refresh(there, shop, away.refresh_token)).body.error).toBe('invalid_grant');

      // The browser is not remembered any more either: whoever has a second step left is asked for it.
      const again = here.browser();
      for (const [cookie, value] of target.browser.cookies) again.cookies.set(cookie, value);
      const answer = await signInWithPassword(target.person, again);
      const status = second === null ? undefined : second ? 'more-needed' : 'done';
      expect([answer.problem, answer.status === 200 ? answer.body?.status : undefined]).toEqual([
        second === null ? 'wrong-credentials' : null,
        status,
      ]);
    },
  );

  it('what is ended of one person leaves everybody else alone', async () => {
    const [one, two] = [await somebody(), await somebody()];
    const tokens = await tokensFor(here, two.browser, shop, offline);
    await admin.users.resetMfa(operator, one.id, reason);
    expect((await two.browser.get('/auth/security')).status).toBe(200);
    expect((await refresh(here, shop, tokens.refresh_token)).status).toBe(200);
  });
});
