import { postgres } from 'cofactor/postgres';
import { expect, it } from 'vitest';
import { createApp, enrolTotp, freshPostgresDatabase, register, signInWithCode } from '../support/app.ts';
import { describeWith } from '../support/needs.ts';

describeWith('PostgreSQL', 'PostgreSQL with prepared statements', () => {
  it('runs the same story, and every statement more than once on a connection', async () => {
    const database = await freshPostgresDatabase();
    const app = await createApp(postgres(database.address, { prepared: true, connections: 1 }));
    for (let n = 0; n < 2; n += 1) {
      const person = await register(app);
      await enrolTotp(app, person);
      const browser = await signInWithCode(app, person);
      expect((await browser.get('/admin')).status).toBe(200);
      expect((await browser.get('/auth/security')).status).toBe(200);
    }
    const client = await database.query('select count(*)::int as n from sessions');
    expect(client[0]?.['n']).toBeGreaterThan(4);
    await app.close();
    await database.drop();
  });

  it('takes true or false', () => {
    expect(() => postgres('postgres://localhost/x', { prepared: 1 as never })).toThrow(
      'prepared takes true or false',
    );
  });
});
