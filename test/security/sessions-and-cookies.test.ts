import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  codeOf,
  createApp,
  enrolTotp,
  freshSqliteDatabase,
  onEachAdapter,
  register,
  signInWithCode,
  signInWithPassword,
  throughEachAdapter,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import { cookieNameOf, cookieOf } from '../support/tables.ts';
import { onHttps } from '../support/https.ts';

/** Asks who is signed in, and for a page, with a Cookie header as it is. */
async function who(app: TestApp, cookie: string): Promise<{ statuses: number[]; user: unknown }> {
  const headers = { cookie };
  const browser = app.browser();
  const statuses: number[] = [];
  for (const url of ['/auth/security', '/recent', '/auth/context']) {
    statuses.push((await browser.get(url, { headers })).status);
  }
  const { user } = (await browser.get<{ user: unknown }>('/who', { headers })).body;
  return { statuses, user };
}

const nobody = { statuses: [401, 401, 200], user: null };

onEachAdapter('sessions end', (fresh, through) => {
  let database: TestDatabase;
  let app: TestApp;
  beforeEach(async () => {
    database = await fresh();
    app = await createApp(database.open(), { session: { idle: 3600, absolute: 86_400 } }, through);
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  const alive = async (browser: TestBrowser): Promise<boolean[]> => [
    (await browser.get('/auth/security')).status === 200,
    (await browser.get<{ user: unknown }>('/who')).body.user !== null,
  ];

  it('R-N01 after an hour without a request: one second before it goes on, at the hour it is over', async () => {
    const { browser } = await register(app);
    app.clock.advance(3599);
    expect(await alive(browser)).toEqual([true, true]);
    app.clock.advance(3599);
    expect(await alive(browser)).toEqual([true, true]);
    app.clock.advance(3600);
    expect(await alive(browser)).toEqual([false, false]);
    // It does not come back when the clock does.
    expect((await browser.get('/auth/security')).problem).toBe('not-signed-in');
  });

  it('R-N01 after a day, whatever happens: one second before it goes on, at the day it is over', async () => {
    const { browser } = await register(app);
    for (let half = 0; half < 47; half += 1) {
      app.clock.advance(1800);
      expect((await browser.get('/auth/security')).status).toBe(200);
    }
    app.clock.advance(1799);
    expect(await alive(browser)).toEqual([true, true]);
    app.clock.advance(1);
    expect(await alive(browser)).toEqual([false, false]);
  });

  it('A-95 R-N01 a step-up and a change of factors do not make it last longer', async () => {
    const person = await register(app);
    const { browser } = person;
    const start = app.clock.now().getTime();
    await enrolTotp(app, person);
    for (let half = 0; half < 47; half += 1) {
      app.clock.advance(1800);
      await browser.get('/auth/security');
    }
    await browser.post('/auth/step-up', { policy: 'Admin' });
    const answer = await browser.post('/auth/ceremony', {
      authenticator: person.authenticator,
      response: { code: codeOf(app, person) },
    });
    expect(answer.body.status).toBe('done');
    expect((await browser.get('/admin')).status).toBe(200);
    app.clock.advance(86_400 - (app.clock.now().getTime() - start) / 1000 - 1);
    expect(await alive(browser)).toEqual([true, true]);
    app.clock.advance(1);
    expect(await alive(browser)).toEqual([false, false]);
  });

  it('R-N01 with the shortest idle time, somebody who is active stays signed in', async () => {
    const options = { session: { idle: 60, absolute: 3600 }, clock: app.clock };
    const short = await createApp(database.open(), options, through);
    const { browser } = await register(short, 'busy');
    for (let n = 0; n < 10; n += 1) {
      app.clock.advance(50);
      expect((await browser.get('/auth/security')).status).toBe(200);
    }
    app.clock.advance(60);
    expect((await browser.get('/auth/security')).status).toBe(401);
    await short.close();
  });

  it('A-95 a browser that is known from before skips nothing: both factors are asked for again', async () => {
    const person = await register(app);
    await enrolTotp(app, person);
    const browser = await signInWithCode(app, person);
    app.clock.advance(86_400);
    expect(cookieOf(browser, 'known')).not.toBe('');
    expect(await alive(browser)).toEqual([false, false]);
    // The cookie that says so, in every place a session or ceremony could be.
    for (const kind of ['session', 'ceremony']) {
      const name = cookieNameOf(browser, 'known').replace('known', kind);
      const copy = app.browser();
      copy.cookies.set(name, cookieOf(browser, 'known'));
      expect((await copy.get('/auth/security')).status).toBe(401);
    }
    expect((await signInWithPassword(person, browser)).body.status).toBe('more-needed');
    expect(await alive(browser)).toEqual([false, false]);
  });

  it('A-101 sign-out ends the session, clears the cookies and the cache, and pages are not stored', async () => {
    const { browser } = await register(app);
    const before = browser.fork({ withCookies: true });
    const page = await browser.page('/auth/security');
    expect(page.headers['cache-control']).toBe('no-store');
    expect((await browser.get('/recent')).headers['cache-control']).toBe('no-store');
    const answer = await browser.post('/auth/sign-out');
    expect(answer.headers['clear-site-data']).toBe('"cache"');
    expect([cookieOf(browser, 'session'), cookieOf(browser, 'ceremony')]).toEqual(['', '']);
    expect(await alive(before)).toEqual([false, false]);
    expect((await before.page('/auth/security')).status).toBe(303);
  });
});

throughEachAdapter('A-99 cookies that somebody else had a hand in', (through) => {
  let database: TestDatabase;
  let app: TestApp;
  let victim: TestBrowser;
  let attacker: TestBrowser;
  let own: string;
  let theirs: string;
  beforeEach(async () => {
    database = await freshSqliteDatabase();
    app = await createApp(database.open(), onHttps, through);
    [victim, attacker] = [(await register(app)).browser, (await register(app)).browser];
    own = `${cookieNameOf(victim, 'session')}=${cookieOf(victim, 'session')}`;
    theirs = `${cookieNameOf(attacker, 'session')}=${cookieOf(attacker, 'session')}`;
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  it('a name that comes twice is believed not at all, in whatever order and spacing', async () => {
    expect((await who(app, own)).user).not.toBeNull();
    const headers = [
      `${own}; ${theirs}`,
      `${theirs}; ${own}`,
      `${own};${theirs}`,
      `${own};  ${theirs}`,
      `${own};\t${theirs}`,
      `${theirs};\t ${own}`,
      `${own}; x=1; ${own}`,
      `${own}; ${cookieNameOf(victim, 'session')}=`,
      `${cookieNameOf(victim, 'session')}=; ${own}`,
    ];
    for (const cookie of headers) expect([cookie, await who(app, cookie)]).toEqual([cookie, nobody]);
  });

  it('plain and wrongly prefixed names, quotes, paths and domains count for nothing', async () => {
    const value = cookieOf(victim, 'session');
    const names = [
      'cofactor-users-session',
      '__Secure-cofactor-users-session',
      '__host-cofactor-users-session',
    ];
    for (const name of [
      ...names,
      '__Host-COFACTOR-users-session',
      'x__Host-cofactor-users-session',
      'session',
    ]) {
      expect([name, await who(app, `${name}=${value}`)]).toEqual([name, nobody]);
    }
    const name = cookieNameOf(victim, 'session');
    for (const form of [
      `${name}="${value}"`,
      `${name} =${value}`,
      `${name}= ${value}`,
      `${name}=${value}x`,
      `${name}=${value.slice(0, -1)}`,
      `${name}=${encodeURIComponent(`${value} `)}`,
      `${name}=${value.replace('ses_', 'SES_')}`,
      `${name}=${value.slice(4)}`,
      `${name}==${value}`,
      `x="; ${name}=${value.slice(4)}"`,
    ]) {
      expect([form, await who(app, form)]).toEqual([form, nobody]);
    }
  });

  it('180 cookies, and a header larger than any honest one, are no error and no way in', async () => {
    const many = Array.from({ length: 180 }, (_, n) => `c${n}=${'v'.repeat(20)}`).join('; ');
    expect((await who(app, `${many}; ${own}`)).user).not.toBeNull();
    expect((await who(app, `${own}; ${many}`)).user).not.toBeNull();
    expect(await who(app, `${many}; ${own}; ${many}; ${own}`)).toEqual(nobody);
    expect(await who(app, `${own}; pad=${'x'.repeat(17_000)}`)).toEqual(nobody);
  });

  it('no header is an error, and none but the cookie itself signs anybody in', async () => {
    const name = cookieNameOf(victim, 'session');
    const piece = fc.oneof(
      fc.constantFrom(
        name,
        `${name}=`,
        own.slice(0, -1),
        'ses_',
        '=',
        ';',
        '; ',
        ' ',
        '"',
        ',',
        '%00',
        '__proto__=',
      ),
      fc.string({ minLength: 1, maxLength: 12, unit: 'binary-ascii' }),
    );
    const header = fc
      .array(piece, { maxLength: 20 })
      .map((parts) => parts.join('').replaceAll(/[^\t -~]/g, ''));
    await fc.assert(
      fc.asyncProperty(header, async (cookie) => {
        expect(await who(app, cookie)).toEqual(nobody);
      }),
      { numRuns: 150, examples: [['constructor=1; __proto__=2'], [name], [`;;;${name}=;;`]] },
    );
  });
});

throughEachAdapter('A-97 the id of a session', (through) => {
  it('is in no address, and is taken from no address, body or other header', async () => {
    const database = await freshSqliteDatabase();
    const app = await createApp(database.open(), {}, through);
    const { browser } = await register(app);
    const secret = cookieOf(browser, 'session');
    const name = cookieNameOf(browser, 'session');
    const stranger = app.browser();
    for (const url of [`/who?${name}=${secret}`, `/who?session=${secret}`, `/who;${name}=${secret}`]) {
      const { body } = await stranger.get<{ user?: unknown } | undefined>(url);
      expect(body?.user ?? null).toBeNull();
    }
    for (const [header, value] of [
      ['authorization', `Bearer ${secret}`],
      ['authorization', `Basic ${Buffer.from(`:${secret}`).toString('base64')}`],
      ['x-session', secret],
      ['cookie2', `${name}=${secret}`],
      [name, secret],
    ] as const) {
      const answer = await stranger.get<{ user: unknown }>('/who', { headers: { [header]: value } });
      expect([header, answer.body.user]).toEqual([header, null]);
      expect((await stranger.get('/auth/security', { headers: { [header]: value } })).status).toBe(401);
    }
    for (const path of ['/admin', '/auth/security', '/auth/step-up', '/auth/sign-in', '/auth/denied']) {
      const page = await browser.page(path);
      expect(page.text + String(page.headers['location'] ?? '')).not.toContain(secret.slice(4));
    }
    await app.close();
    await database.drop();
  });
});
