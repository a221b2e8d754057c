import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SecurityView, StepView } from '../../packages/cofactor/src/http/contract.ts';
import {
  codeOf,
  createApp,
  enrolTotp,
  onEachDatabase,
  register,
  signInWithPassword,
  type Person,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import type { Answer, TestBrowser } from '../support/browser.ts';

const cookie = 'cofactor-users-device';

onEachDatabase('remembered devices', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let ada: Person;
  beforeEach(async () => {
    database = await fresh();
    app = await createApp(database.open(), { rememberDevices: true });
    ada = await register(app);
    await enrolTotp(app, ada);
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  /** Signs in with both factors and has the browser remembered. */
  const remembered = async (person = ada, remember: unknown = true): Promise<TestBrowser> => {
    const browser = app.browser();
    await signInWithPassword(person, browser);
    const response = { code: codeOf(app, person) };
    const done = await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response,
      remember,
    });
    if (done.body.status !== 'done') throw new Error(done.text);
    app.clock.advance(31);
    return browser;
  };
  /** The same browser, some time later: signed out, its other cookies kept. */
  const later = async (browser: TestBrowser): Promise<TestBrowser> => {
    await browser.post('/auth/sign-out');
    return browser;
  };
  const password = (browser: TestBrowser, person = ada): Promise<Answer<StepView>> =>
    signInWithPassword(person, browser);
  const who = async (browser: TestBrowser): Promise<unknown> => (await browser.get('/who')).body;

  it('spares the second factor and adds none: the session is worth its password (A-95)', async () => {
    const browser = await later(await remembered());
    expect((await password(browser)).body.status).toBe('done');
    expect(await who(browser)).toEqual({ user: ada.identifier, acr: 'pwd', amr: ['pwd'] });
    expect((await browser.get('/admin')).status).toBe(401);
    expect((await browser.get('/two-factor')).status).toBe(401);
    // Changing factors asks for the second one as ever (I-14).
    expect((await browser.post('/auth/enrolments', { provider: 'totp' })).problem).toBe('step-up-needed');
  });

  it('is asked for: without the wish, or where the site does not allow it, nothing is remembered', async () => {
    const without = await remembered(ada, false);
    expect(without.cookies.has(cookie)).toBe(false);
    const strict = await createApp(database.open(), { clock: app.clock });
    const browser = strict.browser();
    await browser.context();
    await signInWithPassword(ada, browser);
    const response = { code: codeOf(app, ada) };
    const done = await browser.post('/auth/ceremony', {
      authenticator: ada.authenticator,
      response,
      remember: true,
    });
    expect(done.body.status).toBe('done');
    expect(browser.cookies.has(cookie)).toBe(false);
    await strict.close();
  });

  it('lasts thirty days, however often it is used', async () => {
    const browser = await later(await remembered());
    for (let day = 0; day < 29; day += 1) app.clock.advance(86_400);
    expect((await password(browser)).body.status).toBe('done');
    await later(browser);
    app.clock.advance(86_401);
    expect((await password(browser)).body.status).toBe('more-needed');
  });

  it('A-93 is worth nothing for anybody else', async () => {
    const eve = await register(app);
    await enrolTotp(app, eve);
    const browser = await later(await remembered(eve));
    expect((await password(browser, ada)).body.status).toBe('more-needed');
  });

  it('is no session, no ceremony and no known browser by itself', async () => {
    const browser = await remembered();
    const value = browser.cookies.get(cookie) ?? '';
    expect(value).toMatch(/^dev_/);
    const thief = app.browser();
    for (const kind of ['session', 'ceremony', 'known', 'csrf']) {
      thief.cookies.set(`cofactor-users-${kind}`, value);
    }
    expect((await thief.get('/auth/security')).status).toBe(401);
    expect((await thief.context()).ceremony).toBeNull();
  });

  it.each([
    [
      'a changed password',
      async (browser: TestBrowser, first: string) => {
        const changed = await browser.send('PUT', '/auth/authenticators', {
          body: {
            id: first,
            current: { password: ada.password },
            response: { password: 'another walk by the river' },
          },
        });
        expect(changed.status).toBe(204);
        return { ...ada, password: 'another walk by the river' };
      },
    ],
    [
      'another factor',
      async (browser: TestBrowser) => {
        await enrolTotp(app, { ...ada, browser }, 'Tablet');
        return ada;
      },
    ],
    [
      'new roles',
      async () => {
        const user = await app.auth.users.find(ada.identifier);
        if (user) await app.auth.users.setRoles(user, ['boss']);
        return ada;
      },
    ],
  ])('I-06 dies with %s', async (_what, change) => {
    const device = await later(await remembered());
    const browser = await remembered(ada, false);
    const { authenticators } = (await browser.get<SecurityView>('/auth/security')).body;
    const first = authenticators.find(({ provider }) => provider.usage === 'first')?.id ?? '';
    const now = await change(browser, first);
    expect((await password(device, now)).body.status).toBe('more-needed');
  });

  it('is listed with its browser, and forgotten by its owner only', async () => {
    const device = await remembered();
    const list = (await device.get<SecurityView>('/auth/security')).body.devices;
    expect(list).toMatchObject([{ current: true, userAgent: 'test browser' }]);
    const id = list[0]?.id ?? '';
    const eve = await register(app);
    expect((await eve.browser.send('DELETE', '/auth/devices', { body: { id } })).status).toBe(404);
    const forgotten = await device.send('DELETE', '/auth/devices', { body: { id } });
    expect(forgotten.status).toBe(204);
    expect(device.cookies.has(cookie)).toBe(false);
    expect((await device.get<SecurityView>('/auth/security')).body.devices).toEqual([]);
    expect((await password(await later(device))).body.status).toBe('more-needed');
  });

  it('I-02 keeps the hash of its secret only, in a cookie of its own', async () => {
    const browser = await remembered();
    const value = browser.cookies.get(cookie) ?? '';
    const rows = await database.query('select * from devices');
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(value.slice(4));
    const set = browser.setCookies.find((one) => one.startsWith(`${cookie}=dev_`)) ?? '';
    expect(set).toMatch(/HttpOnly/);
    expect(set).toMatch(/SameSite=Strict/);
    expect(set).toMatch(/Max-Age=2592000/);
  });
});
