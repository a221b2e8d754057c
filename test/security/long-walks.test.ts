import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp, freshSqliteDatabase, type TestApp, type TestDatabase } from '../support/app.ts';
import { boss, ruleIn } from '../support/enforcement.ts';
import { seed } from '../support/seed.ts';

const rows = 2000;

/** How often everybody else had a turn while it went on. SQLite answers at once, so that nothing else makes one. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let going = true;
  const tick = (): void => {
    turns += 1;
    if (going) setImmediate(tick);
  };
  setImmediate(tick);
  await work();
  going = false;
  return turns;
}

describe('I-30 long work on SQLite leaves turns to everybody else', () => {
  let database: TestDatabase;
  let app: TestApp;
  beforeAll(async () => {
    database = await freshSqliteDatabase();
    app = await createApp(database.open());
    await app.auth.start();
    await seed(app.auth, 100);
    const { store, realm, audit } = app.auth.engine;
    for (let n = 0; n < rows; n += 1) await store.appendAudit(realm, audit.entry('signed-out', null, {}));
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  it('verifying the record', async () => {
    expect(await turnsDuring(() => app.auth.audit.verify())).toBeGreaterThanOrEqual(rows / 250);
  });
  it('exporting it', async () => {
    let pieces = 0;
    const turns = await turnsDuring(async () => {
      for await (const piece of app.auth.audit.export({ format: 'jsonl' }))
        pieces += piece.length > 0 ? 1 : 0;
    });
    expect(turns).toBeGreaterThanOrEqual(pieces);
    expect(pieces).toBeGreaterThanOrEqual(rows / 500);
  });
  it('the preview of a rule', async () => {
    const by = await boss(app);
    const turns = await turnsDuring(async () => {
      expect(await app.auth.enforcement.preview(ruleIn(app, 0), { by })).toMatchObject({
        status: 'previewed',
      });
    });
    expect(turns).toBeGreaterThanOrEqual(100 / 25);
  });
  it('removing what is old', async () => {
    const olderThan = new Date(app.auth.engine.config.clock.now().getTime() + 1000);
    const turns = await turnsDuring(async () => {
      expect(await app.auth.audit.prune({ olderThan })).toMatchObject({ status: 'pruned' });
    });
    expect(turns).toBeGreaterThanOrEqual(rows / 1000);
  });
});
