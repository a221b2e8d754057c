import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createApp,
  freshPostgresDatabase,
  register,
  signInWithPassword,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import { describeWith } from '../support/needs.ts';

describeWith('PostgreSQL', 'a migration of another node that locks tables', () => {
  let database: TestDatabase;
  let app: TestApp;
  beforeAll(async () => {
    database = await freshPostgresDatabase();
    app = await createApp(database.open());
  });
  afterAll(async () => {
    await app?.close();
    await database?.drop();
  });

  it('A-207 a question that got in its way is asked again, and nobody notices', async () => {
    const person = await register(app);
    const migration = new pg.Client(database.address);
    await migration.connect();
    try {
      await migration.query('begin');
      await migration.query('lock table authenticators in access exclusive mode');
      // Reads the account with its authenticators: it has the one table and waits for the other.
      const signedIn = signInWithPassword(person, app.browser());
      const waiting = `select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
      await expect.poll(async () => (await migration.query<{ n: number }>(waiting)).rows[0]?.n).toBe(1);
      // The other way round, so one of the two has to give way: whoever waits longer, which is the sign-in.
      await migration.query('lock table users in access exclusive mode');
      await migration.query('commit');
      expect((await signedIn).status).toBe(200);
    } finally {
      await migration.end();
    }
  });
});
