import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createWebhooks } from 'cofactor/webhooks';
import { createApp, onEachDatabase, register, type TestApp, type TestDatabase } from '../support/app.ts';
import { startToldSystem, status } from '../support/webhooks.ts';

const day = 86_400;
const keys = [{ id: 'first', secret: randomBytes(32).toString('base64') }];

onEachDatabase('what is kept of the record', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  beforeEach(async () => {
    database = await fresh();
    app = await createApp(database.open(), { keys });
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  /** Many rows at once, chained as they are one by one. */
  const record = async (times: number, type = 'signed-in', user: string | null = null): Promise<void> => {
    const { audit } = app.auth.engine;
    let previous = await app.auth.audit.head();
    if (previous.seq === 0) {
      // The row that the head begins with.
      await app.auth.engine.store.appendAudit('users', audit.entry(type as 'signed-in', user, { n: 0 }));
      return record(times - 1, type, user);
    }
    for (let done = 0; done < times; done += 500) {
      const values: unknown[] = [];
      const rows = Array.from({ length: Math.min(500, times - done) }, (_, n) => {
        const row = audit.entry(type as 'signed-in', user, { n })(previous);
        previous = row;
        values.push(row.realm, row.seq, row.at.getTime(), row.type, row.userId, row.data, row.mac);
        return `(${Array.from({ length: 7 }, (_one, m) => `$${n * 7 + m + 1}`).join(', ')})`;
      });
      await database.query(
        `insert into audit (realm, seq, at, type, user_id, data, mac) values ${rows.join(', ')}`,
        values,
      );
    }
  };
  /** Ten rows a day, for so many days. */
  const days = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      await record(10);
      app.clock.advance(day);
    }
  };
  const daysAgo = (count: number): Date => new Date(app.clock.now().getTime() - count * day * 1000);
  const kept = async (): Promise<readonly number[]> =>
    (await database.query("select seq from audit where realm = 'users' order by seq")).map(({ seq }) =>
      Number(seq),
    );

  it('is pruned by age, and verified from then on from what is sealed in its place', async () => {
    await days(10);
    const head = await app.auth.audit.head();
    const outcome = await app.auth.audit.prune({ olderThan: daysAgo(3) });
    expect(outcome).toMatchObject({ status: 'pruned', removed: 70, anchor: { seq: 70 } });
    expect(await kept()).toEqual(Array.from({ length: 31 }, (_, n) => 71 + n));
    expect(await app.auth.verifyAudit()).toBeNull();
    // Both what was kept elsewhere before and the anchor still fit.
    expect(await app.auth.verifyAudit(head)).toBeNull();
    if (outcome.status === 'pruned')
      expect(await app.auth.verifyAudit(outcome.anchor ?? undefined)).toBeNull();
    expect(await app.auth.verifyAudit({ seq: 70, mac: 'first:another' })).toEqual({
      seq: 70,
      fault: 'altered',
    });
    const { entries } = await app.auth.audit.page({ types: ['audit-pruned'] });
    expect(entries.map(({ data }) => [data['removed'], data['through']])).toEqual([[70, 70]]);
    // Nothing is left to be done.
    expect(await app.auth.audit.prune({ olderThan: daysAgo(3) })).toMatchObject({
      removed: 0,
      anchor: { seq: 70 },
    });
    expect((await kept()).length).toBe(31);
  });

  it('keeps one anchor, the newest, over many times; and people go on signing in', async () => {
    for (let n = 0; n < 5; n += 1) {
      await days(2);
      await Promise.all([
        app.auth.audit.prune({ olderThan: daysAgo(1) }),
        register(app),
        app.auth.audit.prune({ olderThan: daysAgo(1) }),
        app.auth.verifyAudit().then((fault) => expect(fault).toBeNull()),
      ]);
      expect(await app.auth.verifyAudit()).toBeNull();
    }
    expect(await database.query('select seq from audit_anchors')).toHaveLength(1);
    // What lies ahead is not old yet.
    const all = await app.auth.audit.prune({ olderThan: new Date(app.clock.now().getTime() + 1e9) });
    expect(all.status).toBe('pruned');
    expect(await app.auth.verifyAudit()).toBeNull();
    await record(3);
    expect(await app.auth.verifyAudit()).toBeNull();
  });

  it('is pruned in pieces where there is much of it', async () => {
    await record(2300);
    app.clock.advance(day);
    expect(await app.auth.audit.prune({ olderThan: app.clock.now() })).toMatchObject({ removed: 2300 });
    expect(await kept()).toEqual([2301, 2302, 2303]);
    expect(await app.auth.verifyAudit()).toBeNull();
  });

  it('is whole wherever pruning was cut off, which then goes on from there', async () => {
    await record(2500);
    app.clock.advance(day);
    const { record: store } = app.auth.engine.store;
    const prune = store.prune.bind(store);
    const cut = vi.spyOn(store, 'prune').mockImplementation(async (from, ...more) => {
      if (from > 0) throw new Error('the database went away');
      return prune(from, ...more);
    });
    await expect(app.auth.audit.prune({ olderThan: app.clock.now() })).rejects.toThrow('went away');
    cut.mockRestore();
    expect((await kept())[0]).toBe(1001);
    expect(await app.auth.verifyAudit()).toBeNull();
    expect(await app.auth.audit.prune({ olderThan: app.clock.now() })).toMatchObject({ removed: 1500 });
    expect(await app.auth.verifyAudit()).toBeNull();
  });

  it('keeps what a webhook has not delivered yet, unless that is paused', async () => {
    const system = await startToldSystem();
    const webhooks = createWebhooks(app.auth, { allowNetworks: ['127.0.0.1'] });
    await record(5);
    await webhooks.put({ id: 'alerts', name: 'Alerts', url: system.origin, types: '*' });
    await record(5);
    system.answer = status(500);
    await webhooks.deliver();
    app.clock.advance(day);
    expect(await app.auth.audit.prune({ olderThan: app.clock.now() })).toMatchObject({
      removed: 5,
      anchor: { seq: 5 },
      heldBy: 'alerts',
    });
    system.answer = status(410);
    await webhooks.deliver();
    expect(await webhooks.status('alerts')).toMatchObject({ state: 'paused' });
    app.clock.advance(1);
    const outcome = await app.auth.audit.prune({ olderThan: app.clock.now() });
    expect(outcome).toMatchObject({ status: 'pruned', removed: 8 });
    // It goes on with what is still there, and says what it missed.
    system.told.length = 0;
    system.answer = status(204);
    await webhooks.resume('alerts');
    await webhooks.deliver();
    expect(await webhooks.status('alerts')).toMatchObject({ state: 'idle', behind: 0, missed: 8 });
    expect(await app.auth.verifyAudit()).toBeNull();
    await system.close();
  });

  it('is verified after the keys have changed: rows and anchor by the key that they were made with', async () => {
    await days(3);
    await app.auth.audit.prune({ olderThan: daysAgo(1) });
    const next = { id: 'second', secret: randomBytes(32).toString('base64') };
    const rotated = await createApp(database.open(), { keys: [next, ...keys], clock: app.clock });
    await register(rotated);
    expect(await rotated.auth.verifyAudit()).toBeNull();
    await rotated.auth.audit.prune({ olderThan: app.clock.now() });
    const [{ seal } = {}] = await database.query('select seal from audit_anchors');
    expect(String(seal)).toMatch(/^second:/);
    expect(await rotated.auth.verifyAudit()).toBeNull();
    await rotated.close();
    // Without the key there is nothing to compare with, which is not the same as well.
    const forgot = await createApp(database.open(), { keys: [next], clock: app.clock });
    expect(await forgot.auth.verifyAudit()).not.toBeNull();
    await forgot.close();
  });

  it('is looked through a page at a time: by type, by user, by time, and all of them at once', async () => {
    await record(3, 'signed-in', 'usr_a');
    await record(2, 'wrong-response', 'usr_b');
    app.clock.advance(10 * day);
    const from = app.clock.now();
    await record(4, 'signed-in', 'usr_b');
    await record(3, 'wrong-response', 'usr_a');
    app.clock.advance(10 * day);
    const to = app.clock.now();
    await record(2, 'signed-out', 'usr_a');
    const { page } = app.auth.audit;
    const seqs = async (options: Parameters<typeof page>[0]): Promise<readonly number[]> =>
      (await page(options)).entries.map(({ seq }) => seq);
    expect(await seqs({})).toEqual([14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(await seqs({ types: ['signed-in'] })).toEqual([9, 8, 7, 6, 3, 2, 1]);
    expect(await seqs({ types: ['wrong-response', 'signed-out', 'signed-out'] })).toEqual([
      14, 13, 12, 11, 10, 5, 4,
    ]);
    expect(await seqs({ types: [] })).toEqual([]);
    expect(await seqs({ user: 'usr_a' })).toEqual([14, 13, 12, 11, 10, 3, 2, 1]);
    expect(await seqs({ user: 'usr_a', types: ['wrong-response'] })).toEqual([12, 11, 10]);
    expect(await seqs({ from })).toEqual([14, 13, 12, 11, 10, 9, 8, 7, 6]);
    expect(await seqs({ to })).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(await seqs({ from, to, user: 'usr_b' })).toEqual([9, 8, 7, 6]);
    expect(await seqs({ from: to, to: from })).toEqual([]);
    expect(await seqs({ user: "usr_a' or '1'='1" })).toEqual([]);
    const pages: number[][] = [];
    for (let before: number | null | undefined; before !== null;) {
      const { entries, next } = await page({ limit: 4, ...(before !== undefined && { before }) });
      pages.push(entries.map(({ seq }) => seq));
      before = next;
    }
    expect(pages).toEqual([
      [14, 13, 12, 11],
      [10, 9, 8, 7],
      [6, 5, 4, 3],
      [2, 1],
    ]);
    // After some are gone, too.
    await app.auth.audit.prune({ olderThan: from });
    expect(await seqs({ to })).toEqual([12, 11, 10, 9, 8, 7, 6]);
    expect(await seqs({ from, types: ['wrong-response'] })).toEqual([12, 11, 10]);
  });

  it('is taken away whole, in pieces, as JSON lines and as CSV', async () => {
    await record(1203);
    const pieces: string[] = [];
    for await (const piece of app.auth.audit.export({ format: 'jsonl' })) pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(2);
    const lines = pieces.join('').trimEnd().split('\n');
    const parsed = lines.map((line) => JSON.parse(line) as { seq: number; mac: string; type: string });
    expect(parsed.map(({ seq }) => seq)).toEqual(Array.from({ length: 1203 }, (_, n) => 1203 - n));
    expect(parsed[0]?.mac).toBe((await app.auth.audit.head()).mac);
    let csv = '';
    for await (const piece of app.auth.audit.export({ format: 'csv', types: ['signed-in'], to: daysAgo(-1) }))
      csv += piece;
    expect(csv.split('\r\n')).toHaveLength(1205);
    expect(csv.split('\r\n')[0]).toBe('"seq","at","type","user","data","mac"');
  });
});
