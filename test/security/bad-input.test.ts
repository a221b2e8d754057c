import fc from 'fast-check';
import { connect } from 'node:net';
import { routes } from 'cofactor/http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  codeOf,
  createApp,
  enrolTotp,
  freshSqliteDatabase,
  onEachAdapter,
  register,
  signInWithPassword,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import { credentials, type Actor } from '../support/credentials.ts';
import { malformedFrom } from '../support/malformed.ts';
import { dump } from '../support/tables.ts';

const withBody = routes.filter(({ body }) => body !== undefined);
const nameOf = ({ method, path }: { method: string; path: string }): string => `${method} ${path}`;

/** What every object would have, had one of the requests got at the prototype. */
function expectCleanPrototype(): void {
  expect(({} as Record<string, unknown>)['mfa']).toBeUndefined();
  expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
  expect(Object.keys(Object.prototype)).toEqual([]);
}

onEachAdapter('I-24 input that is not in order', (fresh, through) => {
  let database: TestDatabase;
  let app: TestApp;
  let signedIn: Actor;
  let halfWay: Actor;
  beforeEach(async () => {
    database = await fresh();
    app = await createApp(database.open(), {}, through);
    signedIn = await credentials.mfa(app, database);
    halfWay = await credentials.ceremony(app, database);
    // So that the time of the last visit is not what is written.
    await signedIn.browser.get('/auth/security');
  });
  afterEach(async () => {
    expectCleanPrototype();
    await app.close();
    await database.drop();
  });
  const actorFor = (level: string): Actor => (level === 'ceremony' ? halfWay : signedIn);

  it('A-11 A-191 A-193 A-197 is refused by every route that takes a body, and nothing is written', async () => {
    const before = await dump(database);
    for (const route of withBody) {
      const { browser, bodies } = actorFor(route.level);
      const body = bodies[nameOf(route)]?.() as Record<string, unknown>;
      for (const [fault, send] of malformedFrom(body)) {
        // The one route with nothing that it needs takes an empty object.
        if (Object.keys(body).length === 0 && fault === 'a comma too many') continue;
        const answer = await browser.send(route.method, `/auth${route.path}`, send);
        expect([nameOf(route), fault, answer.status, answer.problem]).toEqual([
          nameOf(route),
          fault,
          400,
          'malformed',
        ]);
      }
    }
    expect(await dump(database)).toEqual(before);
  });

  it('a body where none is taken is refused as well', async () => {
    const before = await dump(database);
    for (const route of routes) {
      if (route.body || route.method === 'GET') continue;
      const { browser } = actorFor(route.level);
      for (const raw of ['{}', 'null', 'x', '{"userId":"usr_1"}']) {
        const answer = await browser.send(route.method, `/auth${route.path}`, { raw });
        expect([nameOf(route), answer.problem]).toEqual([nameOf(route), 'malformed']);
      }
    }
    expect(await dump(database)).toEqual(before);
  });

  it('A-191 parameters in an address reach nothing', async () => {
    const query =
      'a[__proto__][mfa]=true&__proto__[mfa]=true&constructor[prototype][mfa]=true&__proto__=1&a=1&a=2';
    for (const { method, path } of routes.filter(({ method }) => method === 'GET')) {
      const url = `/auth${path === '/assets/*' ? '/assets/cofactor.css' : path}`;
      const usual = await signedIn.browser.send(method, url);
      const answer = await signedIn.browser.send(method, `${url}?${query}`);
      expect([url, answer.status, answer.text]).toEqual([url, usual.status, usual.text]);
      expectCleanPrototype();
    }
  });

  it('ids with NUL, line ends, unicode and quotes are not ids', async () => {
    const before = await dump(database);
    const ids = [
      '\u0000',
      'aut_\u0000',
      'aut_\n',
      'aut_\ud800',
      "aut_' or '1'='1",
      'aut_%',
      'aut_é',
      ' aut_1',
      'a b',
    ];
    for (const id of ids) {
      const answers = [
        await signedIn.browser.send('PATCH', '/auth/authenticators', { body: { id, name: 'x' } }),
        await signedIn.browser.send('DELETE', '/auth/authenticators', { body: { id } }),
        await signedIn.browser.send('DELETE', '/auth/sessions', { body: { id } }),
        await halfWay.browser.post('/auth/ceremony', { authenticator: id, response: { code: '000000' } }),
      ];
      expect([id, answers.map(({ status, problem }) => [status, problem])]).toEqual([
        id,
        answers.map(() => [400, 'malformed']),
      ]);
    }
    for (const provider of ['totp\u0000', '__proto__', 'constructor', 'TOTP', 'totp ', 'ｔｏｔｐ']) {
      const answer = await signedIn.browser.post('/auth/enrolments', { provider });
      expect([provider, answer.problem]).toEqual([provider, 'malformed']);
      const body = { identifier: 'somebody', provider, response: { password: 'x' } };
      expect((await signedIn.browser.post('/auth/sign-in', body)).problem).toBe('malformed');
    }
    for (const policy of ['Admin\u0000', '__proto__', 'constructor', 'admin', 'toString']) {
      expect((await signedIn.browser.post('/auth/step-up', { policy })).problem).toBe('not-found');
    }
    expect(await dump(database)).toEqual(before);
  });

  it('A-31 a code is six ASCII digits: other spellings are not taken, and not counted', async () => {
    const code = codeOf(app, halfWay.person);
    const before = await dump(database);
    const fullwidth = [...code].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join('');
    const arabic = [...code].map((digit) => String.fromCodePoint(0x0660 + Number(digit))).join('');
    const spellings = [
      fullwidth,
      arabic,
      `+${code}`,
      `${code}\n`,
      `${code}\u0000`,
      `\u200b${code}`,
      `${code}.0`,
    ];
    for (const spelling of spellings) {
      const answer = await halfWay.browser.post('/auth/ceremony', {
        authenticator: halfWay.person.authenticator,
        response: { code: spelling },
      });
      expect([spelling, answer.status, answer.problem]).toEqual([spelling, 400, 'malformed']);
    }
    expect(await dump(database)).toEqual(before);
    const right = { authenticator: halfWay.person.authenticator, response: { code } };
    expect((await halfWay.browser.post('/auth/ceremony', right)).body.status).toBe('done');
  });

  it('of a property that comes twice the last one counts, for the check as for the use', async () => {
    const { person, browser } = signedIn;
    const wrong = JSON.stringify({ password: 'wrong' });
    const right = JSON.stringify({ password: person.password });
    const raw = (first: string, last: string): string =>
      `{"identifier":"nobody","identifier":"${person.identifier}","provider":"password","response":${first},"response":${last}}`;
    expect((await browser.post('/auth/sign-in', undefined, { raw: raw(right, wrong) })).problem).toBe(
      'wrong-credentials',
    );
    expect((await browser.post('/auth/sign-in', undefined, { raw: raw('1', right) })).status).toBe(200);
    expect((await browser.post('/auth/sign-in', undefined, { raw: raw(right, '[]') })).problem).toBe(
      'malformed',
    );
  });

  it('whatever is sent, the answer is no error of ours, and it says what kind of refusal it is', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom(
        '\u0000',
        '\ud800',
        'password',
        'totp',
        '１２３４５６',
        '../..',
        'x'.repeat(300),
        '000000',
        '__proto__',
      ),
    );
    const value = fc.oneof(
      { weight: 3, arbitrary: text },
      { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
    );
    const response = fc.oneof(
      fc.record({ password: text }),
      fc.record({ code: text }),
      fc.record({ saved: fc.boolean() }),
      fc.dictionary(text, value, { maxKeys: 3 }),
      value,
    );
    const key = {
      identifier: text,
      provider: text,
      returnTo: text,
      id: text,
      authenticator: text,
      name: text,
      policy: text,
      enrolment: text,
    };
    const body = fc.oneof(
      fc.record({ ...key, response, current: response }, { requiredKeys: [] }),
      fc.jsonValue({ maxDepth: 4 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...withBody), body, fc.boolean(), async (route, made, keepShape) => {
        const { browser, bodies } = actorFor(route.level);
        const own = bodies[nameOf(route)]?.() as object;
        // Half of them are as the route wants them, but for what is in them.
        const given = made as Record<string, unknown> | null;
        const shaped = Object.fromEntries(
          Object.entries(own).map(([name, usual]) => [name, given?.[name] ?? usual]),
        );
        const answer = await browser.fork({ withCookies: true }).send(route.method, `/auth${route.path}`, {
          body: keepShape ? { ...shaped, identifier: undefined } : made,
        });
        expect(answer.status).toBeLessThan(500);
        if (answer.status >= 400) {
          expect(answer.problem).toMatch(/^[a-z-]+$/);
          expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
        }
      }),
      { numRuns: 250 },
    );
    expect(await app.auth.verifyAudit()).toBeNull();
  });

  it('I-02 a ceremony: unknown 404, used 409, too late 410, too many tries 429 with Retry-After', async () => {
    const person = await register(app);
    await enrolTotp(app, person);
    const answer = (
      browser = app.browser(),
      code = '000000',
    ): Promise<{ status: number; problem: string | null; headers: Readonly<Record<string, unknown>> }> =>
      browser.post('/auth/ceremony', { authenticator: person.authenticator, response: { code } });
    const begun = async () => {
      const browser = app.browser();
      await signInWithPassword(person, browser);
      return browser;
    };
    const unknown = await begun();
    for (const [name] of unknown.cookies) {
      if (name.endsWith('-ceremony')) unknown.cookies.set(name, `cer_${'A'.repeat(43)}`);
    }
    expect(await answer(unknown)).toMatchObject({ status: 404, problem: 'ceremony-unknown' });

    const used = await begun();
    const copy = used.fork({ withCookies: true });
    expect((await answer(used, codeOf(app, person))).status).toBe(200);
    app.clock.advance(31);
    expect(await answer(copy, codeOf(app, person))).toMatchObject({ status: 409, problem: 'ceremony-used' });

    const late = await begun();
    app.clock.advance(600);
    expect(await answer(late, codeOf(app, person))).toMatchObject({
      status: 410,
      problem: 'ceremony-expired',
    });

    const guessed = await begun();
    for (let n = 0; n < 4; n += 1) expect((await answer(guessed)).problem).toBe('wrong-response');
    for (const code of ['000000', codeOf(app, person)]) {
      const last = await answer(guessed, code);
      expect(last).toMatchObject({ status: 429, problem: 'too-many-tries' });
      expect(String(last.headers['retry-after'])).toMatch(/^[1-9]\d*$/);
    }
  });
});

describe('A-197 over a real connection', () => {
  it('huge headers, a body that is announced too large, and no HTTP at all: the server goes on', async () => {
    const database = await freshSqliteDatabase();
    const app = await createApp(database.open());
    await app.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.app.server.address() as { port: number };
    const say = (text: string): Promise<string> =>
      new Promise((resolve) => {
        let heard = '';
        const socket = connect(port, '127.0.0.1', () => socket.write(text));
        socket.setEncoding('latin1').on('data', (data: string) => {
          heard += data;
          socket.end();
        });
        socket.on('error', () => undefined).on('close', () => resolve(heard.split('\r\n')[0] ?? ''));
      });
    const head = (extra: string): string => `POST /auth/sign-in HTTP/1.1\r\nHost: x\r\n${extra}\r\n\r\n`;
    expect(await say(head(`Cookie: ${'x'.repeat(40_000)}`))).toMatch(/ 431 /);
    expect(await say(head(Array.from({ length: 3000 }, (_, n) => `X-${n}: 1`).join('\r\n')))).toMatch(
      / (403|431) /,
    );
    expect(await say(`GET /auth/context?${'a=1&'.repeat(10_000)} HTTP/1.1\r\nHost: x\r\n\r\n`)).toMatch(
      / 431 /,
    );
    expect(await say(head('Content-Type: application/json\r\nContent-Length: 10000000'))).toMatch(
      / (400|403) /,
    );
    expect(await say(head('Content-Length: 5\r\nContent-Length: 6'))).toMatch(/ 400 /);
    expect(await say(head('Content-Length: 5\r\nTransfer-Encoding: chunked'))).toMatch(/ 400 /);
    expect(await say('\u0000\u0001 garbage\r\n\r\n')).toMatch(/ 400 /);
    expect(await say('GET http://evil.example/auth/security HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(
      / (401|404) /,
    );
    expect(await say('GET /auth/context HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/ 200 /);
    await app.close();
    await database.drop();
  });
});
