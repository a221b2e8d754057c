import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Store } from 'cofactor';
import { createApp, onEachDatabase, register, type TestApp, type TestDatabase } from '../support/app.ts';

onEachDatabase('a revocation', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  /** Set by a test: what happens between the reading of a session and the use of what was read. */
  let meanwhile: (() => Promise<void>) | undefined;
  beforeEach(async () => {
    database = await fresh();
    const store = database.open();
    const slow = new Proxy(store, {
      get(target, name): unknown {
        if (name === 'session') {
          return async (...given: Parameters<Store['session']>) => {
            const found = await target.session(...given);
            const work = meanwhile;
            meanwhile = undefined;
            await work?.();
            return found;
          };
        }
        const value = Reflect.get(target, name, target) as unknown;
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    app = await createApp(slow);
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  it.each([
    ['at once', 2],
    ['after a minute, when the visit is written down', 61],
  ])('A-103 that comes while a request reads the session is not forgotten (%s)', async (_when, seconds) => {
    const { browser } = await register(app);
    // Long enough for the session to be read from the database again.
    app.clock.advance(seconds);
    const who = async (): Promise<string | null> =>
      (await browser.get<{ user: string | null }>('/who')).body.user;
    meanwhile = async () => {
      const user = await app.auth.users.find(
        (await database.query('select identifier from users'))[0]?.['identifier'] as string,
      );
      expect(user && (await app.auth.sessions.endAll(user))).toBe(1);
    };
    await who();
    // The request that was under way may still have seen it; none after it does.
    expect(await who()).toBeNull();
    expect((await browser.get('/admin')).status).toBe(401);
  });
});
