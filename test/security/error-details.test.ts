import { CofactorError, type CofactorErrorCode, type Store } from 'cofactor';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createApp,
  enrolTotp,
  freshSqliteDatabase,
  register,
  signInWithPassword,
  type Person,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import type { Answer, TestBrowser } from '../support/browser.ts';

const marked = 'marked: select * from users where password';

/** Everything that something deep inside could throw, and what the answer says of it. */
const thrown: Readonly<Record<string, readonly [error: unknown, problem: string]>> = {
  ...Object.fromEntries(
    (
      [
        ['ERR_STORE_UNAVAILABLE', 'unavailable'],
        ['ERR_STORE_BROKEN', 'unavailable'],
        ['ERR_KEY_UNKNOWN', 'provider-unavailable'],
        ['ERR_SECRET_UNREADABLE', 'provider-unavailable'],
        ['ERR_PROVIDER_UNAVAILABLE', 'provider-unavailable'],
        ['ERR_HASH_QUEUE_FULL', 'busy'],
        ['ERR_PEER_MISSING', 'unavailable'],
        ['ERR_POLICY_UNKNOWN', 'unavailable'],
      ] as const satisfies (readonly [CofactorErrorCode, string])[]
    ).map(([code, problem]) => [
      code,
      [new CofactorError(code, marked, { detail: marked, cause: new Error(marked) }), problem] as const,
    ]),
  ),
  'an error of a driver': [
    Object.assign(new Error(marked), { code: '23505', detail: marked, table: 'users', where: marked }),
    'unavailable',
  ],
  'a TypeError': [new TypeError(marked), 'unavailable'],
  'an error that names a status': [
    Object.assign(new Error(marked), { statusCode: 200, status: 200, headers: { location: marked } }),
    'unavailable',
  ],
  'a text': [marked, 'unavailable'],
  'an object': [{ message: marked, toString: () => marked }, 'unavailable'],
  nothing: [undefined, 'unavailable'],
  null: [null, 'unavailable'],
};

describe('A-203 what an error tells', () => {
  let database: TestDatabase;
  let app: TestApp;
  let person: Person;
  let failing: { error: unknown } | null;
  const logged: object[] = [];
  beforeEach(async () => {
    logged.length = 0;
    failing = null;
    database = await freshSqliteDatabase();
    const store = database.open();
    const proxy = new Proxy(store, {
      get(target, name) {
        const value = Reflect.get(target, name, target) as unknown;
        if (typeof value !== 'function') return value;
        const method = value.bind(target) as (...values: unknown[]) => unknown;
        return (...values: unknown[]) => {
          // eslint-disable-next-line no-throw-literal, typescript/only-throw-error -- that is what is tried
          if (failing && name !== 'close') throw failing.error;
          return method(...values);
        };
      },
    });
    app = await createApp(proxy satisfies Store, {
      log: { info: () => undefined, warn: () => undefined, error: (details) => logged.push(details) },
    });
    person = await register(app);
    await enrolTotp(app, person);
  });
  afterEach(async () => {
    failing = null;
    await app.close();
    await database.drop();
  });

  // Tracks: CVE-2024-43376 (Umbraco)
  it('no stack, no statement, no secret: a name and words that anybody may read', async () => {
    const halfWay = app.browser();
    await signInWithPassword(person, halfWay);
    const visitor = app.browser();
    await visitor.context();
    app.clock.advance(2);
    for (const [name, [error, expected]] of Object.entries(thrown)) {
      failing = { error };
      const answers = await everywhere(person, halfWay, visitor);
      failing = null;
      for (const answer of answers) {
        expect({ name, status: answer.status, problem: answer.problem }).toEqual({
          name,
          status: 503,
          problem: expected,
        });
        expect(Object.keys(answer.body as object)).toEqual(
          expected === 'provider-unavailable'
            ? ['type', 'title', 'status', 'detail']
            : ['type', 'title', 'status', 'detail', 'retryAfter'],
        );
        expect(answer.text + JSON.stringify(answer.headers)).not.toMatch(
          /marked|select|password|\bat [\w.]+ \(|node_modules|\.ts/,
        );
        expect(answer.headers['set-cookie']).toBeUndefined();
      }
      // The log has what the answer has not.
      expect(logged.length).toBeGreaterThan(0);
      logged.length = 0;
    }
    expect((await person.browser.get('/auth/security')).status).toBe(200);
  });

  function everywhere(someone: Person, halfWay: TestBrowser, visitor: TestBrowser): Promise<Answer[]> {
    const { browser } = someone;
    const response = { password: someone.password };
    return Promise.all([
      browser.get('/auth/security'),
      browser.page('/auth/security'),
      browser.get('/admin'),
      browser.page('/admin'),
      browser.post('/auth/step-up', {}),
      halfWay.post('/auth/ceremony', { authenticator: someone.authenticator, response: { code: '000000' } }),
      visitor.post('/auth/sign-in', { identifier: someone.identifier, provider: 'password', response }),
      visitor.post('/auth/sign-in', { identifier: 'nobody', provider: 'password', response }),
    ]);
  }
});

describe('A-201 what a proxy says', () => {
  // Tracks: CVE-2024-47070 (authentik)
  it('is read strictly: what is no address ends the walk, and skips no step and breaks nothing', async () => {
    const database = await freshSqliteDatabase();
    const app = await createApp(database.open(), { trustedProxies: ['10.0.0.0/8', 'fd00::/8'] });
    const person = await register(app);
    await enrolTotp(app, person);
    const expected: readonly (readonly [forwarded: string, ip: string])[] = [
      ['', '10.0.0.1'],
      ['a', '10.0.0.1'],
      [',,,', '10.0.0.1'],
      ['unknown', '10.0.0.1'],
      ['198.51.100.7', '198.51.100.7'],
      ['203.0.113.9, 198.51.100.7', '198.51.100.7'],
      ['198.51.100.7, 10.0.0.2', '198.51.100.7'],
      ['198.51.100.7, a, 10.0.0.2', '10.0.0.2'],
      ['198.51.100.7:8080', '10.0.0.1'],
      ['[2001:db8::1]:443', '10.0.0.1'],
      ['2001:db8::1', '2001:db8::1'],
      ['::ffff:198.51.100.7', '198.51.100.7'],
      ['198.51.100.7, fd00::2', '198.51.100.7'],
      ['0x7f.1, 198.51.100.07', '10.0.0.1'],
      ['127.1', '10.0.0.1'],
      ['198.51.100.7, fe80::1%eth0', 'fe80::1%eth0'],
      ["' or 1=1 --", '10.0.0.1'],
      [Array.from({ length: 1000 }, () => '10.0.0.3').join(','), '10.0.0.3'],
      [`198.51.100.7, ${Array.from({ length: 1000 }, () => '10.0.0.3').join(',')}`, '10.0.0.3'],
    ];
    for (const [n, [forwarded, ip]] of expected.entries()) {
      const browser = app.browser();
      await browser.context();
      const headers = {
        'x-forwarded-for': forwarded,
        'x-real-ip': '203.0.113.1',
        forwarded: 'for=203.0.113.1',
      };
      const body = {
        identifier: person.identifier,
        provider: 'password',
        response: { password: person.password },
      };
      // The second step is asked of everybody, whatever the address.
      const answer = await browser.post('/auth/sign-in', body, { headers, ip: '10.0.0.1' });
      expect([forwarded.slice(0, 30), answer.body.status]).toEqual([forwarded.slice(0, 30), 'more-needed']);
      const newcomer = {
        ...body,
        identifier: `newcomer-${n}`,
        response: { password: 'a walk by the river' },
      };
      expect((await browser.post('/auth/register', newcomer, { headers, ip: '10.0.0.1' })).status).toBe(200);
      const [session] = await database.query(
        'select s.ip from sessions as s join users as u on u.id = s.user_id where u.identifier = $1',
        [newcomer.identifier],
      );
      expect([forwarded.slice(0, 30), session?.['ip']]).toEqual([forwarded.slice(0, 30), ip]);
      app.clock.advance(3600);
    }
    // From anywhere else, and without a proxy, nobody's word is taken.
    const direct = app.browser();
    await direct.context();
    const body = {
      identifier: 'direct',
      provider: 'password',
      response: { password: 'a walk by the river' },
    };
    await direct.post('/auth/register', body, {
      headers: { 'x-forwarded-for': '10.0.0.9' },
      ip: '192.0.2.9',
    });
    const [session] = await database.query(
      'select s.ip from sessions as s join users as u on u.id = s.user_id where u.identifier = $1',
      ['direct'],
    );
    expect(session?.['ip']).toBe('192.0.2.9');
    await app.close();
    await database.drop();
  });
});
