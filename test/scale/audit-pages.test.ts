import { afterAll, beforeAll, expect, it } from 'vitest';
import { statements } from '../../packages/cofactor/src/stores/sql/statement.ts';
import { createApp, freshSqliteDatabase, type TestApp, type TestDatabase } from '../support/app.ts';

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await freshSqliteDatabase();
  app = await createApp(database.open());
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

// Left to itself, SQLite walks the whole record of the realm in its order until it has enough of what is looked for.
it.each([
  ['audit page by all', 'PRIMARY KEY (realm=? AND seq>? AND seq<?)'],
  ['audit page by user', 'INDEX audit_user (realm=? AND user_id=? AND seq>? AND seq<?)'],
  ['audit page by user and type', 'INDEX audit_user (realm=? AND user_id=? AND seq>? AND seq<?)'],
  ['audit page by type', 'INDEX audit_type (realm=? AND type=? AND seq>? AND seq<?)'],
  ['audit of a user', 'INDEX audit_user (realm=? AND user_id=?)'],
])('%s goes by the index that fits it', async (name, index) => {
  const slots = new Proxy({}, { get: () => 1 });
  const { sql, values } =
    statements.get(name)?.call('sqlite', slots as never) ?? expect.fail('no such statement');
  const plan = await database.query(`explain query plan ${sql}`, values);
  expect(plan.map(({ detail }) => detail)).toEqual([`SEARCH audit USING ${index}`]);
});
