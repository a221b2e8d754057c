import { Readable } from 'node:stream';
import type { Cofactor, CofactorOptions } from 'cofactor';
import { cofactor, type CofactorSite, type ConnectionInfo } from 'cofactor/fetch';
import { maxBodyBytes } from 'cofactor/http';
import { mailbox } from 'cofactor/mail';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAuth, freshSqliteDatabase, origin, type TestDatabase } from '../support/app.ts';
import { TestBrowser, type Transport } from '../support/browser.ts';
import type { TestClock } from '../support/clock.ts';

const credentials = {
  identifier: 'ann@example.org',
  provider: 'password',
  response: { password: 'tulips on the window sill' },
};
const here: ConnectionInfo = { remoteAddress: '127.0.0.1' };

describe('an application that answers a Request', () => {
  let database: TestDatabase;
  let auth: Cofactor;
  let site: CofactorSite;
  let logged: { readonly level: string; readonly details: object; readonly message: string }[];

  const open = (options: Partial<CofactorOptions> = {}): void => {
    const keep =
      (level: string) =>
      (details: object, message: string): void =>
        void logged.push({ level, details, message });
    const log = { info: keep('info'), warn: keep('warn'), error: keep('error') };
    auth = createAuth(database.open(), { log, ...options });
    site = cofactor({ auth });
  };
  const of = (wanted: string): object[] =>
    logged.filter(({ level }) => level === wanted).map(({ details }) => details);

  /** A browser whose requests go to `handle`, with what is said of where they come from. */
  const browserAt = (info: ConnectionInfo | undefined): TestBrowser => {
    const transport: Transport = async (method, path, headers, payload) => {
      const bodiless = payload === undefined || ['GET', 'HEAD'].includes(method);
      const request = new Request(origin + path, {
        method,
        headers,
        ...(!bodiless && { body: payload as string }),
      });
      const answer = (await site.handle(request, info)) ?? new Response('theirs', { status: 404 });
      const cookies = answer.headers.getSetCookie();
      return {
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
        cookies,
        text: await answer.text(),
      };
    };
    return new TestBrowser(transport, origin);
  };
  const signedUp = async (info: ConnectionInfo | undefined = here): Promise<TestBrowser> => {
    const browser = browserAt(info);
    await browser.context();
    const answer = await browser.post('/auth/register', credentials);
    expect(answer.status).toBe(200);
    (auth.engine.config.clock as TestClock).advance(1);
    return browser;
  };
  const cookieOf = ({ cookies }: TestBrowser): Record<string, string> => ({
    cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
  });

  beforeEach(async () => {
    database = await freshSqliteDatabase();
    logged = [];
    open();
  });
  afterEach(async () => {
    await site.close();
    await database.drop();
  });

  it('A-21 answers its own addresses, and null for every other', async () => {
    const answered = async (path: string): Promise<number | null> =>
      (await site.handle(new Request(origin + path), here))?.status ?? null;
    for (const path of [
      '/',
      '/auth',
      '/AUTH/context',
      '//auth/context',
      '/%61uth/context',
      '/authx/',
      '/x?/auth/',
    ]) {
      expect([path, await answered(path)]).toEqual([path, null]);
    }
    for (const path of ['/auth/', '/auth//context', '/auth/%zz', '/auth/context%2f', '/auth/Context']) {
      expect([path, await answered(path)]).toEqual([path, 404]);
    }
    // What the URL standard makes of an address is the address, here and for everybody else.
    for (const path of ['/auth/context', '/x/../auth/context', '/auth/./context#x']) {
      expect([path, await answered(path)]).toEqual([path, 200]);
    }
    expect(await answered('/.well-known/change-password')).toBe(303);
    const post = new Request(`${origin}/.well-known/change-password`, { method: 'POST' });
    expect(await site.handle(post, here)).toBeNull();
  });

  describe('I-24 bodies', () => {
    const register = (browser: TestBrowser, init: RequestInit & { readonly duplex?: 'half' }): Request =>
      new Request(`${origin}/auth/register`, {
        method: 'POST',
        ...init,
        headers: {
          origin,
          'content-type': 'application/json',
          'x-csrf-token': browser.csrf,
          ...cookieOf(browser),
          ...(init.headers as Record<string, string> | undefined),
        },
      });
    const stream = (
      pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    ): RequestInit & { duplex: 'half' } => ({
      body: Readable.toWeb(Readable.from(pieces)) as ReadableStream,
      duplex: 'half',
    });
    const answered = async (request: Request): Promise<[number, string]> => {
      const answer = await site.handle(request, here);
      return [answer?.status ?? 0, (await answer?.text()) ?? ''];
    };
    let browser: TestBrowser;
    beforeEach(async () => {
      browser = browserAt(here);
      await browser.context();
    });

    it('that somebody has read, or is reading, are refused at once, and the log says what to do', async () => {
      const read = register(browser, { body: JSON.stringify(credentials) });
      const copy = read.clone();
      await read.json();
      expect((await answered(read))[0]).toBe(503);
      const locked = register(browser, { body: JSON.stringify(credentials) });
      locked.body?.getReader();
      expect((await answered(locked))[0]).toBe(503);
      expect(of('error')).toEqual([
        expect.objectContaining({
          code: 'ERR_CONFIG_BODY_PARSER',
          detail: expect.stringContaining('clone()'),
        }),
        expect.objectContaining({ code: 'ERR_CONFIG_BODY_PARSER' }),
      ]);
      expect(await auth.users.find(credentials.identifier)).toBeNull();
      expect((await answered(copy))[0]).toBe(200);
    });

    it('that come in pieces are put together', async () => {
      const bytes = Buffer.from(JSON.stringify(credentials));
      const pieces = Array.from({ length: bytes.length }, (_, at) => bytes.subarray(at, at + 1));
      expect((await answered(register(browser, stream(pieces))))[0]).toBe(200);
    });

    it('A-197 that are too large are refused before they are there, and are read no further', async () => {
      let asked = 0;
      function* endless(): Generator<Uint8Array> {
        for (;;) {
          asked += 1;
          yield Buffer.alloc(1024, ' ');
        }
      }
      const [status, text] = await answered(register(browser, stream(endless())));
      expect([status, text]).toEqual([400, expect.stringContaining('urn:cofactor:problem:malformed')]);
      // What stands ready between the two of us is not much.
      expect(asked).toBeLessThan((2 * maxBodyBytes) / 1024 + 32);
      // Announced: not a byte of it is there, or ever will be.
      const announced = register(browser, {
        body: new ReadableStream(),
        duplex: 'half',
        headers: { 'content-length': String(maxBodyBytes + 1) },
      });
      expect((await answered(announced))[0]).toBe(400);
      const raw = JSON.stringify(credentials);
      expect((await answered(register(browser, { body: raw.padEnd(maxBodyBytes + 1) })))[0]).toBe(400);
      expect((await answered(register(browser, { body: raw.padEnd(maxBodyBytes) })))[0]).toBe(200);
      expect(of('error')).toEqual([]);
    });

    it('that break off are refused', async () => {
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield Buffer.from(JSON.stringify(credentials));
        throw new Error('the connection is gone');
      }
      expect((await answered(register(browser, stream(broken()))))[0]).toBe(400);
      const gone = new AbortController();
      const waiting = answered(
        register(browser, {
          ...stream(
            (async function* () {
              yield Buffer.from(JSON.stringify(credentials));
              gone.abort();
              await new Promise(() => undefined);
            })(),
          ),
          signal: gone.signal,
        }),
      );
      expect((await waiting)[0]).toBe(400);
      expect(await auth.users.find(credentials.identifier)).toBeNull();
      expect(of('error')).toEqual([]);
    });
  });

  it('answers with each cookie in a header of its own, and no body where there is none', async () => {
    const browser = await signedUp();
    expect(browser.setCookies.map((cookie) => cookie.split('=')[0])).toEqual(
      expect.arrayContaining(['cofactor-users-csrf', 'cofactor-users-session', 'cofactor-users-known']),
    );
    const head = await site.handle(new Request(`${origin}/auth/sign-in`, { method: 'HEAD' }), here);
    expect([head?.status, head?.body]).toEqual([200, null]);
    const css = `${origin}/auth/assets/cofactor.css`;
    const first = await site.handle(new Request(css), here);
    const etag = first?.headers.get('etag') ?? '';
    const again = await site.handle(new Request(css, { headers: { 'if-none-match': etag } }), here);
    expect([again?.status, again?.body]).toEqual([304, null]);
    expect((await browser.post('/auth/sign-out')).status).toBe(204);
  });

  describe('A-25 A-201 without the address of a client', () => {
    const guess = async (info: ConnectionInfo | undefined, n: number): Promise<number> => {
      const stranger = browserAt(info);
      await stranger.context();
      const wrong = { ...credentials, response: { password: 'not the right one' } };
      const headers = { 'x-forwarded-for': `203.0.113.${n}` };
      return (await stranger.post('/auth/sign-in', wrong, { headers })).status;
    };
    const tenAndOne = [...Array.from({ length: 10 }, () => 401), 429];
    const all = async (infos: readonly (ConnectionInfo | undefined)[]): Promise<number[]> => {
      const statuses: number[] = [];
      for (const [n, info] of infos.entries()) statuses.push(await guess(info, n));
      return statuses;
    };

    it('all are one network, whatever they say of themselves; the log says so, once', async () => {
      const owner = await signedUp(undefined);
      const unknown = [
        undefined,
        {},
        { remoteAddress: null },
        { remoteAddress: '' },
        { remoteAddress: 'x, 10.0.0.1' },
      ];
      const infos = Array.from({ length: 11 }, (_, n) => unknown[n % unknown.length]);
      expect(await all(infos)).toEqual(tenAndOne);
      // A browser that was there before is not held up by them.
      await owner.post('/auth/sign-out');
      await owner.context();
      expect((await owner.post('/auth/sign-in', credentials)).status).toBe(200);
      expect(logged.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
        expect.stringContaining('remoteAddress'),
      ]);
    });

    it('proxies are believed in no request, and with it in those of the listed ones', async () => {
      await site.close();
      open({ trustedProxies: ['10.0.0.0/8'] });
      await signedUp();
      expect(await all(Array.from({ length: 11 }, () => undefined))).toEqual(tenAndOne);
      const proxied = Array.from({ length: 11 }, () => ({ remoteAddress: '10.0.0.7' }));
      // Each from an address of its own, as the proxy says.
      expect(await all(proxied)).toEqual(Array.from({ length: 11 }, () => 401));
    });

    it('networks are told apart where it is known', async () => {
      await signedUp();
      const one = Array.from({ length: 11 }, () => ({ remoteAddress: '198.51.100.1' }));
      expect(await all(one)).toEqual(tenAndOne);
      expect(await guess({ remoteAddress: '198.51.100.2' }, 0)).toBe(401);
      expect(of('warn')).toEqual([]);
    });

    it('I-29 nobody reads the mailbox of a development', async () => {
      await site.close();
      open({ mail: mailbox() });
      const ask = async (
        info: ConnectionInfo | undefined,
        host = 'localhost:3000',
      ): Promise<number | undefined> =>
        (await site.handle(new Request(`${origin}/dev/mailbox`, { headers: { host } }), info))?.status;
      expect(await ask(here)).toBe(200);
      expect(await ask(undefined)).toBe(404);
      expect(await ask({ remoteAddress: '203.0.113.1' })).toBe(404);
      expect(await ask(here, 'evil.example')).toBe(404);
    });
  });

  describe('I-12 guards', () => {
    it('say at the definition that a policy does not exist, and a base is none', () => {
      const unknown = expect.objectContaining({ code: 'ERR_POLICY_UNKNOWN' }) as Error;
      expect(() => site.requirePolicy('Amdin')).toThrow(unknown);
      expect(() => site.protect('Amdin', () => new Response('inside'))).toThrow(unknown);
      expect(() => cofactor({ auth, base: 'auth' })).toThrow(
        expect.objectContaining({ code: 'ERR_CONFIG_BASE' }),
      );
    });

    it('keep what they protect out of caches, whatever kind of answer it is', async () => {
      const browser = await signedUp();
      const ask = (): Request => new Request(`${origin}/mine`, { headers: cookieOf(browser) });
      // As `fetch` hands them out: their headers cannot be changed.
      const fetched = Response.redirect(`${origin}/elsewhere`, 307);
      expect(() => fetched.headers.set('cache-control', 'no-store')).toThrow(TypeError);
      const answers = [
        fetched,
        Response.json({ in: true }, { status: 201, headers: { 'cache-control': 'public, max-age=600' } }),
        new Response(null, { status: 204 }),
        new Response('in', {
          headers: [
            ['set-cookie', 'a=1'],
            ['set-cookie', 'b=2'],
          ],
        }),
      ];
      for (const given of answers) {
        const { status } = given;
        const cookies = given.headers.getSetCookie();
        const type = given.headers.get('content-type');
        const answer = await site.protect('Recent', () => given)(ask());
        expect([answer.status, answer.headers.get('cache-control')]).toEqual([status, 'no-store']);
        expect([answer.headers.getSetCookie(), answer.headers.get('content-type')]).toEqual([cookies, type]);
      }
    });

    it('let the handler know who asks and what the framework said, and read the session once', async () => {
      const browser = await signedUp();
      const guarded = site.protect('Recent', async (request, { user }, { id }: { readonly id: string }) => {
        const again = (await site.visitor(request)).user === user;
        return Response.json({ id, user: user?.identifier, again });
      });
      const { store } = auth.engine;
      const before = store.statements;
      const request = new Request(`${origin}/mine`, { headers: cookieOf(browser) });
      expect(await (await guarded(request, { id: '7' })).json()).toEqual({
        id: '7',
        user: credentials.identifier,
        again: true,
      });
      expect(store.statements - before).toBeLessThanOrEqual(1);
      // By what was read before, and by what has to be read.
      for (const seconds of [0, 2]) {
        (auth.engine.config.clock as TestClock).advance(seconds);
        const decided = await site.requirePolicy('Recent')(request);
        expect('visitor' in decided && decided.visitor).toBe(await site.visitor(request));
      }
    });

    it('run no handler for who is not let in, and answer 503 where the database is away', async () => {
      let ran = 0;
      const guarded = site.protect('Admin', () => new Response(`${(ran += 1)}`));
      const browser = await signedUp();
      const ask = (headers: Record<string, string>): Request =>
        new Request(`${origin}/admin?tab=2`, { headers });
      expect((await guarded(ask({}))).status).toBe(401);
      const page = await guarded(ask({ accept: 'text/html' }));
      expect(page.headers.get('location')).toBe('/auth/sign-in?return_to=%2Fadmin%3Ftab%3D2');
      const weak = await guarded(ask(cookieOf(browser)));
      expect(weak.headers.get('www-authenticate')).toContain('insufficient_user_authentication');
      const foreign = new Request(`${origin}/admin`, {
        method: 'POST',
        headers: { ...cookieOf(browser), origin: 'https://evil.example' },
      });
      expect((await guarded(foreign)).status).toBe(403);
      await site.close();
      // A guard believes for a moment what it has read before.
      (auth.engine.config.clock as TestClock).advance(2);
      const away = await guarded(ask(cookieOf(browser)));
      expect([away.status, away.headers.get('x-frame-options')]).toEqual([503, 'DENY']);
      expect(
        (await site.handle(new Request(`${origin}/auth/security`, { headers: cookieOf(browser) }), here))
          ?.status,
      ).toBe(503);
      // What the application asks is an error, and not "nobody".
      await expect(site.visitor(ask(cookieOf(browser)))).rejects.toMatchObject({
        code: 'ERR_STORE_UNAVAILABLE',
      });
      expect(ran).toBe(0);
    });
  });

  it('starts by itself with the first request, once for all, and again where it failed', async () => {
    let starts = 0;
    let fail = true;
    site = cofactor({
      auth: {
        ...auth,
        async start() {
          starts += 1;
          if (fail) throw new Error('the database is not up yet');
          return auth.start();
        },
      },
    });
    const context = (): Promise<Response | null> => site.handle(new Request(`${origin}/auth/context`), here);
    expect((await context())?.status).toBe(503);
    const guarded = await site.requirePolicy('Admin')(new Request(origin));
    expect('response' in guarded && guarded.response.status).toBe(503);
    fail = false;
    starts = 0;
    const answers = await Promise.all([context(), context(), site.visitor(new Request(origin)), context()]);
    expect(answers.map((answer) => (answer instanceof Response ? answer.status : answer))).toEqual([
      200,
      200,
      expect.objectContaining({ session: null }),
      200,
    ]);
    expect(starts).toBe(1);
  });
});
