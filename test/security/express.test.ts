import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { Cofactor, CofactorOptions } from 'cofactor';
import { cofactor, type CofactorSite } from 'cofactor/express';
import { maxBodyBytes } from 'cofactor/http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAuth, freshSqliteDatabase, origin, type TestDatabase } from '../support/app.ts';
import { network, TestBrowser } from '../support/browser.ts';
import type { TestClock } from '../support/clock.ts';
import { Talk } from '../support/talk.ts';

const credentials = {
  identifier: 'ann@example.org',
  provider: 'password',
  response: { password: 'tulips on the window sill' },
};

describe('an application on Express', () => {
  let database: TestDatabase;
  let auth: Cofactor;
  let site: CofactorSite;
  let app: Express;
  let server: Server;
  let port: number;
  let logged: { readonly level: string; readonly details: object; readonly message: string }[];

  /** Begins with nothing but an application; each test says what is in it. */
  const open = (options: Partial<CofactorOptions> = {}): void => {
    const keep =
      (level: string) =>
      (details: object, message: string): void =>
        void logged.push({ level, details, message });
    const log = { info: keep('info'), warn: keep('warn'), error: keep('error') };
    auth = createAuth(database.open(), { log, ...options });
    site = cofactor({ auth });
    app = express();
  };
  const listen = async (handler: Parameters<typeof createServer>[1] = app): Promise<TestBrowser> => {
    server = createServer(handler).listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
    return new TestBrowser(network(`http://127.0.0.1:${port}`), origin);
  };
  const errors = (): object[] =>
    logged.filter(({ level }) => level === 'error').map(({ details }) => details);

  beforeEach(async () => {
    database = await freshSqliteDatabase();
    logged = [];
    open();
  });
  afterEach(async () => {
    server?.closeAllConnections();
    server?.close();
    await site.close();
    await database.drop();
  });

  /** The head of a request that registers, and the body that belongs to it. */
  const registration = (browser: TestBrowser, extra: readonly string[]): string =>
    [
      'POST /auth/register HTTP/1.1',
      'host: x',
      `origin: ${origin}`,
      `x-csrf-token: ${browser.csrf}`,
      `cookie: ${[...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')}`,
      'content-type: application/json',
      ...extra,
      '',
      '',
    ].join('\r\n');

  describe('I-24 bodies', () => {
    it('that a parser of the application has read are refused at once, and the log says what to do', async () => {
      app.use(express.json(), express.urlencoded());
      app.use(site.routes);
      const browser = await listen();
      await browser.context();
      const answer = await browser.post('/auth/register', credentials);
      expect([answer.status, answer.problem]).toEqual([503, 'unavailable']);
      expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
      expect(errors()).toEqual([
        expect.objectContaining({
          code: 'ERR_CONFIG_BODY_PARSER',
          detail: expect.stringContaining('app.use(site.routes) before app.use(express.json())'),
        }),
      ]);
      expect(await auth.users.find(credentials.identifier)).toBeNull();
      // A form, too; and what has no body is as it was.
      const form = await browser.post('/auth/register', undefined, {
        raw: 'identifier=ann',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
      expect([form.status, errors().length]).toEqual([503, 2]);
      expect((await browser.post('/auth/sign-out')).problem).toBe('not-signed-in');
      expect((await browser.page('/auth/sign-in')).status).toBe(200);
    });

    it('whose bytes were kept are as good as unread, within the same bound', async () => {
      app.use(express.raw({ type: '*/*', limit: '1mb' }));
      app.use(site.routes);
      const browser = await listen();
      await browser.context();
      const large = { ...credentials, response: { password: 'x'.repeat(maxBodyBytes) } };
      expect((await browser.post('/auth/register', large)).problem).toBe('malformed');
      expect((await browser.post('/auth/register', credentials)).status).toBe(200);
      expect(errors()).toEqual([]);
    });

    it('that come before it are the application’s own again behind it', async () => {
      app.use(site.routes, express.json());
      app.post('/echo', site.requirePolicy('Recent'), (request, response) => response.json(request.body));
      const browser = await listen();
      await browser.context();
      await browser.post('/auth/register', credentials);
      expect((await browser.post('/echo', { said: 'hello' })).body).toEqual({ said: 'hello' });
    });

    it('that come in pieces are put together', async () => {
      app.use(site.routes);
      const browser = await listen();
      await browser.context();
      const talk = await Talk.with(port);
      talk.say(registration(browser, ['transfer-encoding: chunked']));
      for (const piece of JSON.stringify(credentials).match(/.{1,7}/g) ?? []) {
        talk.say(`${piece.length.toString(16)}\r\n${piece}\r\n`);
        await turn();
      }
      talk.say('0\r\n\r\n');
      expect(await talk.hear(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 200 /);
      talk.break();
      expect(await auth.users.find(credentials.identifier)).not.toBeNull();
    });

    it('A-197 that are too large are refused before they are there, and nobody waits for the rest', async () => {
      app.use(site.routes);
      const browser = await listen();
      await browser.context();
      // Announced: not a byte of it is sent.
      const announced = await Talk.with(port);
      announced.say(registration(browser, [`content-length: ${maxBodyBytes + 1}`]));
      // Not announced: it goes on as long as the server listens.
      const endless = await Talk.with(port);
      endless.say(registration(browser, ['transfer-encoding: chunked']));
      for (let sent = 0; sent <= maxBodyBytes; sent += 4096) endless.say(`1000\r\n${' '.repeat(4096)}\r\n`);
      for (const talk of [announced, endless]) {
        const heard = await talk.toTheEnd();
        expect(heard).toMatch(/^HTTP\/1\.1 400 /);
        expect(heard).toMatch(/^connection: close\r$/im);
        expect(heard).toContain('urn:cofactor:problem:malformed');
      }
      // As large as can be: the rest is white space.
      const padded = (length: number): string => JSON.stringify(credentials).padEnd(length);
      const above = await browser.post('/auth/register', undefined, { raw: padded(maxBodyBytes + 1) });
      expect([above.status, above.problem]).toEqual([400, 'malformed']);
      expect((await browser.post('/auth/register', undefined, { raw: padded(maxBodyBytes) })).status).toBe(
        200,
      );
      expect(errors()).toEqual([]);
    });

    it('that break off leave nothing behind and disturb nobody', async () => {
      const ended = new Promise<string>((resolve) => {
        app.use((request, response, next) => {
          if (request.method === 'POST') response.once('close', () => resolve('over'));
          next();
        });
      });
      app.use(site.routes);
      const browser = await listen();
      await browser.context();
      const talk = await Talk.with(port);
      const body = JSON.stringify(credentials);
      talk.say(registration(browser, [`content-length: ${body.length}`]) + body.slice(0, -1));
      await once(server, 'request');
      talk.break();
      expect(await ended).toBe('over');
      expect(await auth.users.find(credentials.identifier)).toBeNull();
      expect((await browser.get('/auth/context')).status).toBe(200);
      expect(errors()).toEqual([]);
    });

    it('that the application itself breaks off are over for us as well', async () => {
      app.use((request, _response, next) => {
        next();
        request.destroy();
      });
      app.use(site.routes);
      await listen();
      const talk = await Talk.with(port);
      talk.say(`POST /auth/sign-in HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{`);
      expect(await talk.toTheEnd()).toBe('');
      expect(logged).toEqual([
        { level: 'info', details: { fault: 'cut-off' }, message: 'unreadable request' },
      ]);
    });

    it('of refused requests are not taken for the next request', async () => {
      app.use(site.routes);
      app.post('/upload', site.requirePolicy('Admin'), (_request, response) => response.send('in'));
      await listen();
      const talk = await Talk.with(port);
      const smuggled = 'GET /auth/openapi.json HTTP/1.1\r\nhost: x\r\n\r\n';
      const head = `POST /upload HTTP/1.1\r\nhost: x\r\norigin: ${origin}\r\ncontent-length: ${smuggled.length}\r\n\r\n`;
      talk.say(head + smuggled);
      await talk.hear(/401 /);
      talk.say('GET /auth/nowhere HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
      expect((await talk.toTheEnd()).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 404']);
    });
  });

  describe('answers', () => {
    it('leave the cookies of the application, and set several of their own', async () => {
      app.use((_request, response, next) => {
        response.cookie('basket', '7').set('cache-control', 'public').set('x-frame-options', 'ALLOWALL');
        next();
      });
      app.use(site.routes);
      const browser = await listen();
      await browser.context();
      const answer = await browser.post('/auth/register', credentials);
      expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'x-frame-options': 'DENY' });
      expect(browser.cookies.get('basket')).toBe('7');
      expect(browser.setCookies.filter((cookie) => cookie.startsWith('basket'))).toHaveLength(2);
      expect([...browser.cookies.keys()]).toEqual(
        expect.arrayContaining(['cofactor-users-session', 'cofactor-users-known']),
      );
    });

    it('to HEAD are those to GET without the body', async () => {
      app.use(site.routes);
      const browser = await listen();
      for (const path of ['/auth/sign-in', '/auth/openapi.json', '/.well-known/change-password']) {
        const get = await browser.send('GET', path);
        const head = await browser.send('HEAD', path);
        expect([path, head.status, head.text]).toEqual([path, get.status, '']);
        if (get.text !== '') {
          expect(head.headers['content-length']).toBe(String(Buffer.byteLength(get.text)));
        }
      }
    });

    it('are not given twice: what somebody else has answered stays as it is, and is no error', async () => {
      const passedOn: unknown[] = [];
      app.use((request, response, next) => {
        next();
        // What a time limit does that is over.
        if (request.query['slow'] !== undefined) response.status(504).send('too slow');
      });
      app.use(site.routes);
      app.get('/recent', site.requirePolicy('Recent'), (_request, response) => {
        if (!response.headersSent) response.send('inside');
      });
      app.use((error: unknown, _request: Request, _response: Response, _next: NextFunction) => {
        passedOn.push(error);
      });
      const browser = await listen();
      for (const path of ['/auth/context?slow', '/recent?slow']) {
        const { status, text } = await browser.get(path);
        expect([path, status, text]).toEqual([path, 504, 'too slow']);
      }
      await browser.context();
      await browser.post('/auth/register', credentials);
      // Let in by what was read before, and by what has to be read.
      (auth.engine.config.clock as TestClock).advance(2);
      for (const path of ['/recent?slow', '/recent']) {
        expect([path, (await browser.get(path)).status]).toEqual([path, path === '/recent' ? 200 : 504]);
      }
      expect(passedOn).toEqual([]);
    });

    it('A-21 come from no other address: doubled, encoded and dotted ones are the application’s', async () => {
      app.use(site.routes);
      app.use((_request: Request, response: Response) => response.status(404).send('nothing of ours'));
      await listen();
      const status = async (target: string): Promise<string> => {
        const talk = await Talk.with(port);
        talk.say(`GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
        const heard = await talk.toTheEnd();
        return `${/\d{3}/.exec(heard)?.[0]} ${heard.includes('nothing of ours') ? 'theirs' : 'ours'}`;
      };
      for (const target of [
        '/auth',
        '/AUTH/context',
        '//auth/context',
        '/%61uth/context',
        '/x/../auth/context',
        '/authx/context',
        'http://evil.example/auth/context',
      ]) {
        expect([target, await status(target)]).toEqual([target, '404 theirs']);
      }
      for (const target of [
        '/auth/',
        '/auth//context',
        '/auth/%zz',
        '/auth/%00',
        '/auth/context%2f',
        '/auth/*',
      ]) {
        expect([target, await status(target)]).toEqual([target, '404 ours']);
      }
      expect(await status('/auth/context')).toBe('200 ours');
    });
  });

  it('can have its routes and guards in a router that is mounted somewhere', async () => {
    const team = express.Router();
    team.get('/admin', site.requirePolicy('Admin'), (_request, response) => response.send('inside'));
    app.use('/auth', site.routes);
    app.use('/team', team);
    const browser = await listen();
    expect((await browser.page('/team/admin?tab=2')).headers['location']).toBe(
      '/auth/sign-in?return_to=%2Fteam%2Fadmin%3Ftab%3D2',
    );
    await browser.context();
    expect((await browser.post('/auth/register', credentials)).status).toBe(200);
    expect((await browser.page('/team/admin')).headers['location']).toBe(
      '/auth/security?return_to=%2Fteam%2Fadmin',
    );
  });

  it('answers what stands at the root of the site where the application does not', async () => {
    app.get('/.well-known/change-password', (_request, response) => response.send('mine'));
    app.use(site.routes);
    const browser = await listen();
    expect((await browser.get('/.well-known/change-password')).text).toBe('mine');
    const theirs = express();
    theirs.use(cofactor({ auth, wellKnown: false }).routes);
    theirs.use((_request: Request, response: Response) => response.status(404).send('nothing'));
    server.close();
    const other = await listen(theirs);
    expect((await other.get('/.well-known/change-password')).text).toBe('nothing');
    expect((await other.get('/auth/context')).status).toBe(200);
  });

  it('A-25 A-201 believes no proxy because Express does', async () => {
    app.set('trust proxy', true);
    app.use(site.routes);
    const browser = await listen();
    await browser.context();
    await browser.post('/auth/register', credentials);
    (auth.engine.config.clock as TestClock).advance(1);
    const statuses: number[] = [];
    for (let n = 0; n < 11; n += 1) {
      const wrong = { ...credentials, response: { password: 'not the right one' } };
      const stranger = browser.fork();
      await stranger.context();
      const headers = { 'x-forwarded-for': `203.0.113.${n}`, forwarded: `for=203.0.113.${n}` };
      statuses.push((await stranger.post('/auth/sign-in', wrong, { headers })).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
  });

  describe('I-12 guards', () => {
    it('say at the definition that a policy does not exist, and a base is none', () => {
      expect(() => site.requirePolicy('Amdin')).toThrow(
        expect.objectContaining({ code: 'ERR_POLICY_UNKNOWN' }),
      );
      for (const base of ['auth', '/auth/', '/', '//auth', '/Auth', '/a:b', '']) {
        expect(() => cofactor({ auth, base })).toThrow(expect.objectContaining({ code: 'ERR_CONFIG_BASE' }));
      }
    });

    it('keep what they protect out of caches, and read the session once', async () => {
      app.use(site.routes);
      app.get('/mine', site.requirePolicy('Recent'), async (request, response) => {
        const { user } = await site.visitor(request);
        const again = (await site.visitor(request)) === (await site.visitor(request));
        response.json({ user: user?.identifier, again });
      });
      const browser = await listen();
      await browser.context();
      await browser.post('/auth/register', credentials);
      const { store } = auth.engine;
      const before = store.statements;
      const answer = await browser.get('/mine');
      expect(answer.body).toEqual({ user: credentials.identifier, again: true });
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(store.statements - before).toBeLessThanOrEqual(1);
    });

    it('answer 503 where the database is away, and let nobody in; so do the routes', async () => {
      app.use(site.routes);
      app.get('/admin', site.requirePolicy('Admin'), (_request, response) => response.send('inside'));
      app.get('/menu', async (request, response) => {
        response.json(await (await site.visitor(request)).allows('Admin'));
      });
      app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
        response.status(500).send((error as { code?: string }).code);
      });
      const browser = await listen();
      await browser.context();
      await browser.post('/auth/register', credentials);
      await site.close();
      for (const path of ['/admin', '/auth/security']) {
        const answer = await browser.get(path);
        expect([path, answer.status, answer.problem]).toEqual([path, 503, 'unavailable']);
        expect(answer.headers['x-frame-options']).toBe('DENY');
      }
      // What the application asks is the application's to answer: an error, and not "nobody".
      const menu = await browser.get('/menu');
      expect([menu.status, menu.text]).toEqual([500, 'ERR_STORE_UNAVAILABLE']);
    });

    it('hand what goes wrong in the application behind them to its own handler of errors, once', async () => {
      const seen: unknown[] = [];
      app.use(site.routes);
      app.get('/broken', site.requirePolicy('Recent'), () => {
        throw new Error('of the application');
      });
      app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
        seen.push((error as Error).message);
        response.status(500).end();
      });
      const browser = await listen();
      await browser.context();
      await browser.post('/auth/register', credentials);
      // By the cache, and without it.
      await browser.get('/broken');
      await browser.get('/broken');
      expect(seen).toEqual(['of the application', 'of the application']);
    });
  });

  describe('the start', () => {
    it('is one for all who wait for it, and is tried again where it failed', async () => {
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
      app.use(site.routes);
      app.get('/admin', site.requirePolicy('Admin'), (_request, response) => response.send('inside'));
      await expect(site.start()).rejects.toThrow('not up yet');
      const browser = await listen();
      for (const path of ['/auth/context', '/admin']) {
        expect([path, (await browser.get(path)).status]).toEqual([path, 503]);
      }
      fail = false;
      starts = 0;
      const answers = await Promise.all([1, 2, 3].map(() => browser.get('/auth/context')));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect((await browser.get('/admin')).status).toBe(401);
      await site.start();
      expect(starts).toBe(1);
    });
  });

  it('needs no Express: a server of Node is enough, and who was just let in waits for nothing', async () => {
    const atOnce: boolean[] = [];
    const handler: Parameters<typeof createServer>[1] = (request, response) =>
      site.routes(request, response, () => {
        let done = false;
        site.requirePolicy('Recent')(request, response, () => {
          done = true;
          response.end('inside');
        });
        atOnce.push(done);
      });
    const browser = await listen(handler);
    expect((await browser.get('/anything')).status).toBe(401);
    await browser.context();
    await browser.post('/auth/register', credentials);
    for (let n = 0; n < 2; n += 1) expect((await browser.get('/anything')).text).toBe('inside');
    expect(atOnce).toEqual([false, false, true]);
  });
});
