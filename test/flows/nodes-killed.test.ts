import { afterAll, beforeAll, expect, it } from 'vitest';
import { freshPostgresDatabase, type TestDatabase } from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import { describeWith } from '../support/needs.ts';
import { nodesPassword, registerAt, startServedNodes, type ServedNodes } from '../support/served-nodes.ts';

describeWith('PostgreSQL', 'a node that is killed under load', () => {
  let database: TestDatabase;
  let nodes: ServedNodes;
  beforeAll(async () => {
    database = await freshPostgresDatabase();
    nodes = await startServedNodes(database);
  });
  afterAll(async () => {
    await nodes?.stop();
    await database?.drop();
  });

  it('I-04 loses nothing that was answered, and the other one goes on', async () => {
    const base = nodes.browser();
    await base.context();
    const registered: { readonly identifier: string; readonly browser: TestBrowser }[] = [];
    const refused: { readonly identifier: string; readonly status: number }[] = [];
    const load = { stopped: false };
    let people = 0;
    const worker = async (): Promise<void> => {
      while (!load.stopped) {
        const n = people++;
        const browser = base.fork({ withCookies: true });
        const ip = `10.2.${Math.floor(n / 200)}.${n % 200}`;
        const { identifier, status } = await registerAt(browser, `killed-${n}`, ip);
        if (status === 200) registered.push({ identifier, browser });
        else refused.push({ identifier, status });
      }
    };
    const workers = Array.from({ length: 6 }, worker);
    const some = async (count: number): Promise<void> => {
      const wanted = registered.length + count;
      await expect
        .poll(() => registered.length, { timeout: 20_000, interval: 10 })
        .toBeGreaterThanOrEqual(wanted);
    };
    await some(15);
    await nodes.servers[1]?.kill();
    const before = registered.length;
    // All that comes now goes to the one that is left.
    await some(15);
    load.stopped = true;
    await Promise.all(workers);
    expect(registered.length).toBeGreaterThanOrEqual(before + 15);

    // What was in the middle was told so, and nothing else was lost on the way.
    expect(refused.every(({ status }) => status === 502)).toBe(true);
    expect(refused.length).toBeLessThanOrEqual(6);

    const rows = await database.query(`select identifier, id from users where identifier like 'killed-%'`);
    const stored = new Set(rows.map(({ identifier }) => identifier));
    expect(registered.filter(({ identifier }) => !stored.has(identifier))).toEqual([]);
    // Each session that was handed out is alive, wherever it was made.
    const answers = await Promise.all(registered.map(({ browser }) => browser.get('/auth/security')));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    // An account is there with its password, or not at all: so nobody is left who cannot sign in.
    const whole = await database.query(
      `select users.id from users join authenticators on user_id = users.id where identifier like 'killed-%'`,
    );
    expect(whole).toHaveLength(rows.length);
    for (const { identifier } of refused.filter((one) => stored.has(one.identifier))) {
      const answer = await base.fork({ withCookies: true }).post('/auth/sign-in', {
        identifier,
        provider: 'password',
        response: { password: nodesPassword },
      });
      expect(answer.body.status).toBe('done');
    }
    const chain = await database.query('select seq from audit order by seq');
    expect(chain.map(({ seq }) => Number(seq))).toEqual(chain.map((_row, index) => index + 1));
  });
});
