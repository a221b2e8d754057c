import { afterAll, beforeAll, expect, it } from 'vitest';
import { statements } from '../../packages/cofactor/src/stores/sql/statement.ts';
import { createApp, onEachDatabase, type TestApp, type TestDatabase } from '../support/app.ts';

/** Every name that a statement has a slot for, with a value of the type it takes. */
const numbers =
  /^(now|quiet|known|tries|subjectTries|disableAt|generation|counter|seq|at|created_at|expires_at|last_seen_at|attempts|consumed_at|limit|after|before_ms|slot|sent_at|last_used_at|verified|email_verified_at|again|active_at|updated_at|emailVerifiedAt|disabledAt|until|before_seq|from_ms|to_ms|until_ms|lease_ms|paused_ms|position|next_try|leased_until)$/;

onEachDatabase('the plan of every statement', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  beforeAll(async () => {
    database = await fresh();
    app = await createApp(database.open());
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  /** Purging is done between requests, and in small pieces; upkeep by whoever runs the server, who waits for it. */
  const onRequestPath = [...statements].filter(([name]) => !/^(purge|upkeep)/.test(name));

  it('knows statements to look at', () => {
    expect(onRequestPath.length).toBeGreaterThan(25);
  });

  it.each(onRequestPath.map(([name]) => name))('%s reads no table from end to end', async (name) => {
    const sqlite =
      (await database.query('select 1 as one', [])).length === 1 && !/postgres/.test(database.address);
    const dialect = sqlite ? 'sqlite' : 'postgres';
    const slots = new Proxy(
      {},
      {
        get: (_target, slot) =>
          numbers.test(String(slot)) ? 1 : slot === 'before' && /^(purge|put challenge)/.test(name) ? 1 : 'x',
      },
    );
    const { sql, values } = statements.get(name)?.call(dialect, slots as never) ?? { sql: '', values: [] };
    const plan = await explain(database, dialect, sql, values);
    // A constant row and the one row of a subquery are no tables.
    const scans = plan.filter((line) => /\bSCAN (?!CONSTANT ROW|s\b|\(|agg\b|obj\b)|Seq Scan/.test(line));
    expect(scans).toEqual([]);
  });
});

async function explain(
  database: TestDatabase,
  dialect: string,
  sql: string,
  values: readonly unknown[],
): Promise<readonly string[]> {
  if (dialect === 'sqlite') {
    return (await database.query(`explain query plan ${sql}`, values)).map((row) => String(row['detail']));
  }
  const { default: pg } = await import('pg');
  const client = new pg.Client(database.address);
  await client.connect();
  try {
    // Small tables are read whole on purpose; what is left without that has no index to go by.
    await client.query('set enable_seqscan = off');
    const { rows } = await client.query(`explain ${sql}`, [...values]);
    return rows.map((row: Record<string, unknown>) => String(row['QUERY PLAN']));
  } finally {
    await client.end();
  }
}
