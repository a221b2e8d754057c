import {
  memorySessionStore,
  postgresSessionStore,
  type SessionAbout,
  type SessionStore,
} from 'cofactor/oidc-client';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestClock } from '../support/clock.ts';
import { describeWith } from '../support/needs.ts';
import { signedByIssuer } from '../support/memory-issuer.ts';
import { freshPostgres } from '../support/postgres.ts';
import { createRp, open, signIn, withCode, type TestRp } from '../support/rp.ts';

/** Two processes on what keeps their sessions. */
interface Stores {
  readonly here: SessionStore;
  readonly there: SessionStore;
  readonly clock: TestClock;
}

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
const about = (changes: Partial<SessionAbout> = {}): SessionAbout => ({
  until: at(3600),
  since: at(0),
  subject: 'acme ann',
  login: 'acme login 1',
  ...changes,
});

/** There is one clock for all tests of a store, so each puts it back. */
function moved(clock: TestClock, seconds: number): void {
  clock.advance((at(seconds).getTime() - clock.now().getTime()) / 1000);
}

/** What every store does. Each test has names of its own, so that none sees another's sessions. */
function keeps(stores: () => Stores): void {
  it('gives back what was kept, to everybody, until it is over', async () => {
    const { here, there, clock } = stores();
    expect(await there.get('a')).toBeNull();
    await here.set('a', 'one', about({ subject: 'a' }));
    expect([await here.get('a'), await there.get('a')]).toEqual(['one', 'one']);
    await there.set('a', 'two', about({ subject: 'a', until: at(60) }));
    expect(await here.get('a')).toBe('two');
    moved(clock, 60);
    expect(await here.get('a')).toBeNull();
    moved(clock, 0);
  });

  it('I-04 replaces what is there and nothing else, once among many', async () => {
    const { here, there } = stores();
    const mine = about({ subject: 'b', login: 'b' });
    expect(await here.replace('b', '', 'x', mine)).toBe(false);
    await here.set('b', 'one', mine);
    expect(await there.replace('b', 'another', 'x', mine)).toBe(false);
    const many = await Promise.all(
      Array.from({ length: 12 }, async (_, index) =>
        (index % 2 ? here : there).replace('b', 'one', `by ${index}`, mine),
      ),
    );
    expect(many.filter(Boolean)).toHaveLength(1);
    expect(await here.get('b')).toBe(`by ${many.indexOf(true)}`);
  });

  it('I-16 nothing brings back what was deleted', async () => {
    const { here, there } = stores();
    await here.set('c', 'one', about({ subject: 'c' }));
    await there.delete('c');
    await there.delete('c');
    expect(await here.replace('c', 'one', 'two', about({ subject: 'c' }))).toBe(false);
    expect(await here.get('c')).toBeNull();
  });

  it.each([
    ['a login', [null, 'L1'], ['of L2', 'without login', 'of another']],
    ['a login and its person', ['P', 'L1'], ['of L2', 'of another']],
    ['a person', ['P', null], ['of another']],
    ['nobody who is here', ['Q', 'L9'], ['of L1', 'of L2', 'without login', 'of another']],
  ] as const)('A-103 a logout of %s ends what it names', async (title, [person, sign], left) => {
    const { here, there } = stores();
    // Names of this logout's own: it is remembered for sign-ins that are on their way.
    const named = <T extends string | null>(name: T): T => (name && `${title} ${name}`) as T;
    const mine = (subject: string, login: string | null, since = 0): SessionAbout =>
      about({ subject: named(subject), login: named(login), since: at(since) });
    const sessions = {
      'of L1': mine('P', 'L1'),
      'of L2': mine('P', 'L2'),
      'without login': mine('P', null),
      'of another': mine('O', 'L3'),
      later: mine('P', 'L1', 11),
    };
    for (const [id, one] of Object.entries(sessions)) await here.set(id, id, one);
    await there.deleteWhere({ subject: named(person), login: named(sign) }, at(10));
    const found = [];
    for (const id of Object.keys(sessions)) if (await here.get(id)) found.push(id);
    expect(found).toEqual([...left, 'later']);
  });

  it('I-04 is used by the first, and again when that is long ago', async () => {
    const { here, there, clock } = stores();
    const many = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => (index % 2 ? here : there).once('key', at(60))),
    );
    expect(many.filter(Boolean)).toHaveLength(1);
    moved(clock, 61);
    expect(await there.once('key', at(120))).toBe(true);
    expect(await here.once('key', at(120))).toBe(false);
    moved(clock, 0);
  });
}

describe('a store in memory', () => {
  const clock = new TestClock(at(0));
  const store = memorySessionStore(clock);
  keeps(() => ({ here: store, there: store, clock }));
});

describeWith('PostgreSQL', 'a store in PostgreSQL', () => {
  const clock = new TestClock(at(0));
  let database: Awaited<ReturnType<typeof freshPostgres>>;
  let pools: readonly pg.Pool[];
  let stores: Stores;

  beforeAll(async () => {
    database = await freshPostgres();
    pools = [1, 2].map(() => new pg.Pool({ connectionString: database.url, max: 4 }));
    const [here = expect.fail(), there = expect.fail()] = pools.map((pool) =>
      postgresSessionStore(pool, { clock }),
    );
    // Two processes that start at once, and one that starts later.
    await Promise.all([here.migrate(), there.migrate()]);
    await here.migrate();
    stores = { here, there, clock };
  });
  afterAll(async () => {
    for (const pool of pools ?? []) await pool.end();
    await database?.drop();
  });

  keeps(() => stores);

  it('A-103 a logout that comes while the sign-in is on its way ends it', async () => {
    const { here, there } = stores;
    const late = about({ subject: 'late', login: 'late 1', since: at(5) });
    // A minute after the logout itself: an issuer's clocks may be that far apart.
    await there.deleteWhere({ subject: null, login: 'late 1' }, at(66));
    await here.set('late', 'x', late);
    expect(await here.get('late')).toBeNull();
    await there.deleteWhere({ subject: 'late', login: null }, at(66));
    await here.set('late', 'x', { ...late, login: null });
    expect(await here.get('late')).toBeNull();
    // Of the same second, or later: it may be the sign-in after it.
    await here.set('late', 'x', { ...late, since: at(6) });
    expect(await here.get('late')).toBe('x');
    await here.set('other', 'x', { ...late, subject: 'other', login: 'late 2' });
    expect(await here.get('other')).toBe('x');
  });

  it('deletes what is over', async () => {
    const { here } = stores;
    await here.set('old', 'x', about({ subject: 'old', until: at(1) }));
    moved(clock, 200_000);
    for (let index = 0; index < 500; index += 1) await here.once(`k${index}`, at(300_000));
    moved(clock, 0);
    const left = await pools[0]?.query(
      `select (select count(*) from oidc_client_sessions)::int as sessions,
        (select count(*) from oidc_client_logouts)::int as logouts,
        (select count(*) from oidc_client_used where key not like 'k%')::int as used`,
    );
    expect(left?.rows).toEqual([{ sessions: 0, logouts: 0, used: 0 }]);
  });

  it('keeps applications apart by their prefix, in a schema where they like', async () => {
    await pools[0]?.query('create schema app');
    const other = postgresSessionStore(pools[0] ?? expect.fail(), { prefix: 'app.shop', clock });
    await other.migrate();
    await other.set('p', 'of the shop', about({ subject: 'p' }));
    expect([await other.get('p'), await stores.here.get('p')]).toEqual(['of the shop', null]);
  });

  it.each(['x; drop table users', '', 'A', 'a.b.c', '1a', 'a-b', 'a"b'])(
    'takes no prefix such as %j',
    (prefix) => {
      expect(() => postgresSessionStore(pools[0] ?? expect.fail(), { prefix })).toThrow(/prefix/);
    },
  );
  it('takes nothing that cannot be asked', () => {
    for (const wrong of [undefined, null, {}, 'postgres://localhost'])
      expect(() => postgresSessionStore(wrong as never)).toThrow(/Pool of pg/);
  });

  describe('two processes of an application', () => {
    let nodes: readonly TestRp[];
    beforeAll(async () => {
      const now = new TestClock(new Date());
      const key = { id: 'k1', secret: Buffer.alloc(32, 7).toString('base64') };
      nodes = await Promise.all(
        pools.map(async (pool) =>
          createRp({
            client: { clock: now, keys: [key], store: postgresSessionStore(pool, { clock: now }) },
          }),
        ),
      );
    });
    afterAll(async () => {
      for (const node of nodes ?? []) await node.close();
    });

    it('A-103 who signs in at one is known at the other, and who signs out is nobody anywhere at once', async () => {
      const [one = expect.fail(), two = expect.fail()] = nodes;
      const browser = one.browser();
      await signIn(one, browser, withCode);
      const elsewhere = two.browser();
      for (const [name, value] of browser.cookies) elsewhere.cookies.set(name, value);
      expect((await open(elsewhere, '/admin')).status).toBe(200);
      expect((await browser.send('POST', '/auth/sign-out')).status).toBe(303);
      expect((await elsewhere.get('/orders')).status).toBe(401);
      expect((await open(elsewhere, '/admin')).status).toBe(303);
    });

    it('A-103 who is signed out by the issuer is so at both, and signs in again two seconds later', async () => {
      const [one = expect.fail(), two = expect.fail()] = nodes;
      const browser = one.browser();
      await signIn(one, browser, { ...withCode, sid: 'at-home' });
      const now = Math.floor(one.clock.now().getTime() / 1000);
      const claims = {
        iss: two.issuer.issuer,
        aud: 'orders',
        iat: now,
        exp: now + 120,
        jti: 'once',
        sub: 'ann',
      };
      const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
      const token = await signedByIssuer({ ...claims, events }, { typ: 'logout+jwt' });
      const told = await two.browser().send('POST', '/auth/backchannel-logout/acme', {
        raw: `logout_token=${encodeURIComponent(token)}`,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          origin: undefined,
          'x-csrf-token': undefined,
        },
      });
      expect(told.status).toBe(200);
      expect((await browser.get('/orders')).status).toBe(401);
      one.clock.advance(2);
      for (const node of nodes) {
        const again = node.browser();
        await signIn(node, again, { ...withCode, sid: 'at-home-again' });
        expect((await again.get('/orders')).status).toBe(200);
      }
    });
  });
});
