import { createAdmin, type Admin, type UserSearch } from 'cofactor/admin';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApp, onEachDatabase, type TestApp, type TestDatabase } from '../support/app.ts';
import { officer, operator, type Officer } from '../support/charge.ts';
import { seed, type Seeded } from '../support/seed.ts';

onEachDatabase('lists of accounts', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let admin: Admin;
  let owner: Officer;
  let people: readonly Seeded[];
  beforeAll(async () => {
    database = await fresh();
    app = await createApp(database.open());
    admin = createAdmin(app.auth);
    owner = await officer(app, ['owner'], { identifier: 'owner' });
    people = await seed(app.auth, 12);
    // Names that are sorted by their letters, whatever the database thinks of them, and none of them a pattern.
    for (const name of [
      'Zoë',
      'zoe%',
      'zo_e',
      'ångström',
      'Ünal',
      'ada',
      'adam',
      'ADAM2',
      'a\u0301da',
      '日本',
    ]) {
      const outcome = await admin.users.invite(operator, { identifier: name, by: 'link' });
      if (outcome.status !== 'done') throw new Error(`${name}: ${outcome.reason}`);
    }
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  /** All pages, and how many there were. */
  async function walk(search: UserSearch): Promise<{ readonly names: string[]; readonly pages: number }> {
    const names: string[] = [];
    let pages = 0;
    for (let cursor: string | undefined; ;) {
      const page = await admin.users.list(operator, { ...search, ...(cursor !== undefined && { cursor }) });
      if (page.status !== 'done') throw new Error(page.reason);
      names.push(...page.users.map(({ user }) => user.canonical));
      pages += 1;
      if (page.next === null) return { names, pages };
      cursor = page.next;
    }
  }
  const sorted = (names: readonly string[]): readonly string[] =>
    [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

  it('every account comes once, in one order, however large the pages are', async () => {
    const { names } = await walk({});
    expect(names).toHaveLength(23);
    expect(names).toEqual(sorted(names));
    expect(new Set(names).size).toBe(23);
    for (const limit of [1, 2, 7, 23, 100]) expect((await walk({ limit })).names).toEqual(names);
  });

  it('a search finds what begins with it, and takes nothing for a pattern', async () => {
    expect((await walk({ search: 'ad' })).names).toEqual(['ada', 'adam', 'adam2']);
    expect((await walk({ search: ' ADA ' })).names).toEqual(['ada', 'adam', 'adam2']);
    expect((await walk({ search: 'zo' })).names).toEqual(sorted(['zo_e', 'zoe%', 'zoë']));
    expect((await walk({ search: 'zo_' })).names).toEqual(['zo_e']);
    expect((await walk({ search: '%' })).names).toEqual([]);
    expect((await walk({ search: 'áda' })).names).toEqual(['áda']);
    expect((await walk({ search: '日' })).names).toEqual(['日本']);
    expect((await walk({ search: people[3]?.id ?? '' })).names).toEqual([people[3]?.identifier]);
    expect((await walk({ search: 'usr_nobody' })).names).toEqual([]);
  });

  it('finds somebody by their address too, once', async () => {
    await admin.users.invite(operator, { identifier: 'worker', email: 'wanda@example.com', by: 'link' });
    await admin.users.invite(operator, { identifier: 'wanda2', email: 'wanda2@example.com', by: 'link' });
    expect((await walk({ search: 'wanda' })).names).toEqual(['wanda2', 'worker']);
    expect((await walk({ search: 'wanda', limit: 1 })).names).toEqual(['wanda2', 'worker']);
    expect((await walk({ search: 'wanda@example.com' })).names).toEqual(['worker']);
  });

  it('shows who has a second step and by what, and who has none', async () => {
    const withMfa = sorted(['owner', ...people.map(({ identifier }) => identifier)]);
    expect((await walk({ filter: 'with-mfa', limit: 5 })).names).toEqual(withMfa);
    expect((await walk({ provider: 'totp' })).names).toEqual(withMfa);
    const all = (await walk({})).names;
    const without = all.filter((name) => !withMfa.includes(name));
    expect((await walk({ filter: 'without-mfa', limit: 3 })).names).toEqual(without);
    const [one] = people;
    const page = await admin.users.list(await owner.session(), { search: one?.identifier ?? '', limit: 1 });
    expect(page.status === 'done' && page.users[0]).toMatchObject({
      status: 'active',
      mfa: true,
      reach: 'mfa',
      rank: 0,
      lastSignInAt: null,
      factors: [
        { provider: 'password', usage: 'first', count: 1 },
        { provider: 'totp', usage: 'second', count: 1 },
        { provider: 'recovery-codes', usage: 'recovery', count: 1 },
      ],
    });
    await admin.users.resetMfa(operator, people[0]?.id ?? '', 'lost');
    expect((await walk({ provider: 'totp' })).names).toHaveLength(withMfa.length - 1);
    expect((await walk({ filter: 'without-mfa' })).names).toHaveLength(without.length + 1);
  });

  it('filters by role, group and state, all together, and keeps up with every change', async () => {
    const [a, b, c] = people.slice(1, 4);
    if (!a || !b || !c) throw new Error('too few people');
    const give = (of: Seeded, roles: readonly string[]): Promise<unknown> =>
      admin.users.setRoles(operator, of.id, { roles, reason: 'test' });
    await Promise.all([give(a, ['editor', 'author']), give(b, ['editor'])]);
    await admin.users.setGroups(operator, b.id, { groups: ['finance', 'émail team'] });
    const named = (...of: Seeded[]): readonly string[] => sorted(of.map(({ identifier }) => identifier));
    expect((await walk({ role: 'editor' })).names).toEqual(named(a, b));
    expect((await walk({ role: 'editor', group: 'finance' })).names).toEqual(named(b));
    expect((await walk({ group: 'émail team', filter: 'with-mfa' })).names).toEqual(named(b));
    expect((await walk({ role: 'edit' })).names).toEqual([]);
    await give(a, ['author']);
    expect((await walk({ role: 'editor' })).names).toEqual(named(b));
    await app.auth.users.setRoles({ id: c.id }, ['editor']);
    expect((await walk({ role: 'editor' })).names).toEqual(named(b, c));
    await admin.users.lock(operator, b.id, 'left');
    expect((await walk({ filter: 'locked' })).names).toEqual(named(b));
    expect((await walk({ role: 'editor', filter: 'locked' })).names).toEqual(named(b));
    expect((await walk({ filter: 'invited' })).names).toHaveLength(12);
    await admin.users.delete(operator, b.id, { identifier: b.identifier, reason: 'left' });
    expect((await walk({ role: 'editor' })).names).toEqual(named(c));
    expect(await database.query('select * from user_labels where user_id = $1', [b.id])).toEqual([]);
    // The order follows a name that is changed.
    await database.query("update users set canonical = 'aaa', identifier = 'aaa' where id = $1", [c.id]);
    expect((await walk({ role: 'editor' })).names).toEqual(['aaa']);
    expect((await walk({ provider: 'totp' })).names[0]).toBe('aaa');
  });

  it('counts what there is', async () => {
    const counts = await admin.users.counts(operator);
    expect(counts).toMatchObject({ status: 'done', users: 24, withMfa: 11, locked: 0, invited: 12 });
    expect(
      counts.status === 'done' && counts.byProvider.find(({ provider }) => provider === 'password'),
    ).toEqual({
      provider: 'password',
      users: 12,
    });
  });

  it('a page of those of whom there are few ends after a bounded look, and goes on from there', async () => {
    const values = Array.from(
      { length: 6000 },
      (_none, n) => `('usr_bulk${n}','users','bulk${n}','bulk${String(n).padStart(5, '0')}',1,'[]',0)`,
    );
    for (let at = 0; at < values.length; at += 2000) {
      await database.query(
        `insert into users (id, realm, identifier, canonical, generation, roles, created_at) values ${values.slice(at, at + 2000).join(',')}`,
      );
    }
    await database.query(
      `insert into authenticators (id, user_id, provider, usage, name, data, counter, failures, failed_at, created_at)
       select 'aut_' || id, id, 'totp', 'second', 'x', 'x', 0, 0, 0, 0 from users where id like 'usr_bulk%'`,
    );
    const before = app.auth.engine.store.statements;
    const { names, pages } = await walk({ filter: 'without-mfa', limit: 50 });
    expect(names.some((name) => name.startsWith('bulk'))).toBe(false);
    expect(names).toContain('日本');
    expect(pages).toBeGreaterThan(1);
    expect(app.auth.engine.store.statements - before).toBeLessThan(40);
    expect((await walk({ provider: 'totp', search: 'bulk0599', limit: 5 })).names).toHaveLength(10);
  });
});
