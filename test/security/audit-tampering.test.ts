import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { AuditFault, AuditHead } from 'cofactor';
import { createApp, onEachDatabase, type TestApp, type TestDatabase } from '../support/app.ts';

type Row = Record<string, unknown>;

/**
 * Somebody who can write to the database, and has not the key. Ten rows of the record are gone by the rules, with an anchor in
 * their place; twenty are kept.
 */
onEachDatabase('I-09 A-213 a record that was tampered with', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  let before: { rows: Row[]; heads: Row[]; anchors: Row[]; removed: Row[] };
  const first = 11;
  let last = 0;
  beforeAll(async () => {
    database = await fresh();
    app = await createApp(database.open());
    await record(10);
    const removed = await database.query('select * from audit order by seq');
    app.clock.advance(86_400);
    const old = app.clock.now();
    await record(19);
    await app.auth.audit.prune({ olderThan: old });
    before = {
      removed,
      rows: await database.query('select * from audit order by seq'),
      heads: await database.query('select * from audit_heads'),
      anchors: await database.query('select * from audit_anchors'),
    };
    last = Number(before.rows.at(-1)?.['seq']);
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });
  afterEach(async () => {
    for (const table of ['audit', 'audit_heads', 'audit_anchors'])
      await database.query(`delete from ${table}`);
    await insert('audit', ...before.rows);
    await insert('audit_heads', ...before.heads);
    await insert('audit_anchors', ...before.anchors);
  });

  async function record(times: number): Promise<void> {
    const { store, audit } = app.auth.engine;
    for (let n = 0; n < times; n += 1) {
      await store.appendAudit('users', audit.entry('signed-in', `usr_${n}`, { n }));
    }
  }
  /** In one statement, since each is a connection of its own. */
  async function insert(table: string, ...rows: readonly Row[]): Promise<void> {
    const names = Object.keys(rows[0] ?? {});
    const slots = rows.map(
      (_row, n) => `(${names.map((_name, m) => `$${n * names.length + m + 1}`).join(', ')})`,
    );
    await database.query(
      `insert into ${table} (${names.join(', ')}) values ${slots.join(', ')}`,
      rows.flatMap((row) => names.map((name) => row[name])),
    );
  }
  const verify = (anchor?: AuditHead): Promise<AuditFault | null> => app.auth.audit.verify(anchor);
  const query = (sql: string): Promise<unknown> => database.query(sql);
  const headTo = (seq: number): Promise<unknown> =>
    query(`update audit_heads set seq = ${seq}, mac = (select mac from audit where seq = ${seq})`);

  it('is well before anybody touches it', async () => {
    expect([before.rows[0]?.['seq'], before.rows.length, before.anchors.length].map(Number)).toEqual([
      first,
      20,
      1,
    ]);
    expect(await verify()).toBeNull();
  });

  it.each(['type', 'user_id', 'data', 'mac'])('a changed row: its %s', async (column) => {
    for (const seq of [first, last]) {
      const [row] = await database.query(`select ${column} from audit where seq = ${seq}`);
      await database.query(`update audit set ${column} = $1 where seq = ${seq}`, [
        `${String(row?.[column])} `,
      ]);
      expect(await verify()).toEqual({ seq, fault: 'altered' });
      await database.query(`update audit set ${column} = $1 where seq = ${seq}`, [row?.[column]]);
      expect(await verify()).toBeNull();
    }
  });

  it('a changed row: when it was', async () => {
    await query('update audit set at = at + 1 where seq = 20');
    expect(await verify()).toEqual({ seq: 20, fault: 'altered' });
  });

  it('a changed row: whose it is made, with the MAC of another', async () => {
    await query(`update audit set mac = (select a.mac from audit as a where a.seq = 21) where seq = 20`);
    expect(await verify()).toEqual({ seq: 20, fault: 'altered' });
  });

  it('a removed row: the first that is kept', async () => {
    await query(`delete from audit where seq = ${first}`);
    expect(await verify()).toEqual({ seq: first, fault: 'missing' });
  });

  it('a removed row: in the middle', async () => {
    await query('delete from audit where seq = 20');
    expect(await verify()).toEqual({ seq: 20, fault: 'missing' });
  });

  it('a removed row: in the middle, and those after it moved up', async () => {
    await query('delete from audit where seq = 20');
    await query('update audit set seq = -seq where seq > 20');
    await query('update audit set seq = -seq - 1 where seq < 0');
    await headTo(last - 1);
    expect(await verify()).toEqual({ seq: 20, fault: 'altered' });
  });

  it('a removed row: the last', async () => {
    await query(`delete from audit where seq = ${last}`);
    expect(await verify()).toEqual({ seq: last, fault: 'missing' });
  });

  it('a removed row: the last, the head put back with it, against a head that was kept elsewhere', async () => {
    const kept = await app.auth.audit.head();
    await query(`delete from audit where seq = ${last}`);
    await headTo(last - 1);
    // Nothing in the database shows this one.
    expect(await verify()).toBeNull();
    expect(await verify(kept)).toEqual({ seq: last, fault: 'missing' });
  });

  it('removed rows: all of them', async () => {
    await query('delete from audit');
    expect(await verify()).toEqual({ seq: first, fault: 'missing' });
  });

  it('rows that changed places', async () => {
    await query('update audit set seq = -1 where seq = 15');
    await query('update audit set seq = 15 where seq = 16');
    await query('update audit set seq = 16 where seq = -1');
    expect(await verify()).toEqual({ seq: 15, fault: 'altered' });
  });

  it.each([0, -1, 1, 10])('an inserted row: before what is kept, as number %i', async (seq) => {
    await insert('audit', { ...before.rows[3], seq });
    expect(await verify()).toEqual({ seq, fault: 'altered' });
  });

  it('an inserted row: one that was removed by the rules, put back as it was', async () => {
    await insert('audit', before.removed[9] ?? {});
    expect(await verify()).toEqual({ seq: 10, fault: 'altered' });
  });

  it('an inserted row: in the middle, the others moved on', async () => {
    await query('update audit set seq = -seq where seq >= 20');
    await query('update audit set seq = -seq + 1 where seq < 0');
    await insert('audit', { ...before.rows[3], seq: 20 });
    await headTo(last + 1);
    expect(await verify()).toEqual({ seq: 20, fault: 'altered' });
  });

  it('an inserted row: at the end', async () => {
    await insert('audit', { ...before.rows[3], seq: last + 1 });
    expect(await verify()).toEqual({ seq: last + 1, fault: 'altered' });
  });

  it('an inserted row: of another realm', async () => {
    const strange = await createApp(database.open(), { realm: 'other', clock: app.clock });
    const { store, audit } = strange.auth.engine;
    for (let n = 0; n <= last; n += 1) await store.appendAudit('other', audit.entry('signed-in', null, {}));
    const [row = {}] = await database.query(
      `select * from audit where realm = 'other' and seq = ${last + 1}`,
    );
    await insert('audit', { ...row, realm: 'users' });
    expect(await verify()).toEqual({ seq: last + 1, fault: 'altered' });
    await strange.close();
  });

  it('an anchor that is gone', async () => {
    await query('delete from audit_anchors');
    expect(await verify()).toEqual({ seq: 1, fault: 'missing' });
  });

  it.each([
    'seq = seq + 1',
    'seq = seq - 1',
    "mac = ''",
    'at = at + 1',
    "data = '{}'",
    "seal = ''",
    "seal = 'test:x'",
  ])('an anchor with %s', async (edit) => {
    await query(`update audit_anchors set ${edit}`);
    const [{ seq } = {}] = await database.query('select seq from audit_anchors');
    expect(await verify()).toEqual({ seq: Number(seq), fault: 'anchor' });
  });

  it('an anchor that was moved on, with rows removed up to it and the MAC of the last of them', async () => {
    await query('update audit_anchors set seq = 15, mac = (select mac from audit where seq = 15)');
    await query('delete from audit where seq <= 15');
    expect(await verify()).toEqual({ seq: 15, fault: 'anchor' });
  });

  it('an anchor of one’s own beside the right one, sealed with the MAC of a row', async () => {
    const [row = {}] = await database.query('select * from audit where seq = 15');
    const [anchor = {}] = before.anchors;
    await insert('audit_anchors', { ...anchor, seq: 15, mac: row['mac'], seal: row['mac'] });
    await query('delete from audit where seq <= 15');
    expect(await verify()).toEqual({ seq: 15, fault: 'anchor' });
  });

  it('an anchor of another realm', async () => {
    const strange = await createApp(database.open(), { realm: 'third', clock: app.clock });
    const { store, audit } = strange.auth.engine;
    for (let n = 0; n < 15; n += 1) await store.appendAudit('third', audit.entry('signed-in', null, {}));
    app.clock.advance(1);
    await strange.auth.audit.prune({ olderThan: app.clock.now() });
    const [foreign = {}] = await database.query("select * from audit_anchors where realm = 'third'");
    await query("delete from audit_anchors where realm = 'users'");
    await insert('audit_anchors', { ...foreign, realm: 'users' });
    expect(await verify()).toEqual({ seq: 15, fault: 'anchor' });
    await strange.close();
  });

  it('an older anchor put back, after more was removed by the rules', async () => {
    await app.auth.audit.prune({ olderThan: app.clock.now() });
    app.clock.advance(1);
    await record(1);
    const outcome = await app.auth.audit.prune({ olderThan: app.clock.now() });
    expect(outcome).toMatchObject({ status: 'pruned' });
    expect(await verify()).toBeNull();
    await query('delete from audit_anchors');
    await insert('audit_anchors', before.anchors[0] ?? {});
    expect(await verify()).toEqual({ seq: first, fault: 'missing' });
  });

  it('is not removed: pruning stops at what was changed, and says so', async () => {
    await query("update audit set data = '{}' where seq = 14");
    app.clock.advance(10);
    const { head } = app.auth.audit;
    const now = await head();
    const outcome = await app.auth.audit.prune({ olderThan: app.clock.now() });
    expect(outcome).toEqual({ status: 'broken', removed: 0, fault: { seq: 14, fault: 'altered' } });
    await query('delete from audit_anchors');
    expect(await app.auth.audit.prune({ olderThan: app.clock.now() })).toMatchObject({ status: 'broken' });
    expect(await head()).toEqual(now);
  });
});
