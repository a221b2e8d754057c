import { setImmediate as nextTurn } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freshPostgresDatabase, type TestDatabase } from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import { describeWith } from '../support/needs.ts';
import { nodesPassword, registerAt, startServedNodes, type ServedNodes } from '../support/served-nodes.ts';

/** How a stream of sign-ins went. */
interface Stream {
  readonly done: number;
  readonly failed: readonly string[];
  stop(): Promise<void>;
}

/** People who sign in and look at their account, one after the other and several at a time, until it is stopped. */
function stream(nodes: ServedNodes, people: readonly string[], from: TestBrowser): Stream {
  const failed: string[] = [];
  let done = 0;
  const load = { stopped: false };
  const worker = async (index: number): Promise<void> => {
    for (let n = index; !load.stopped; n += 1) {
      const identifier = people[n % people.length] ?? '';
      const browser = from.fork({ withCookies: true });
      const signedIn = await browser.post(
        '/auth/sign-in',
        { identifier, provider: 'password', response: { password: nodesPassword } },
        { headers: { 'x-forwarded-for': `10.1.${index}.${n % 250}` } },
      );
      const looked = await browser.get('/auth/security');
      if (signedIn.body?.status !== 'done') failed.push(`sign-in: ${signedIn.status} ${signedIn.text}`);
      else if (looked.status !== 200) failed.push(`after sign-in: ${looked.status} ${looked.text}`);
      else done += 1;
      await nextTurn();
    }
  };
  const workers = [0, 1].map(worker);
  return {
    get done() {
      return done;
    },
    failed,
    async stop() {
      load.stopped = true;
      await Promise.all(workers);
    },
  };
}

describeWith('PostgreSQL', 'two nodes that are replaced one after the other', () => {
  let database: TestDatabase;
  let nodes: ServedNodes;
  beforeAll(async () => {
    database = await freshPostgresDatabase();
    // The proxy asks nodes whether they are ready, as proxies do, and they leave it the time to.
    nodes = await startServedNodes(database, { COFACTOR_SHUTDOWN_DELAY: '1' }, { watches: true });
  });
  afterAll(async () => {
    await nodes?.stop();
    await database?.drop();
  });

  it('lose no sign-in, with a migration of the next version in between', async () => {
    const browser = nodes.browser();
    await browser.context();
    const people: string[] = [];
    for (let n = 0; n < 6; n += 1) {
      const { identifier, status } = await registerAt(
        browser.fork({ withCookies: true }),
        undefined,
        `10.0.0.${n}`,
      );
      expect(status).toBe(200);
      people.push(identifier);
    }
    const signIns = stream(nodes, people, browser);
    const more = async (count: number): Promise<void> => {
      const until = signIns.done + count;
      await expect.poll(() => signIns.done, { timeout: 15_000, interval: 20 }).toBeGreaterThanOrEqual(until);
    };
    try {
      await more(10);

      // What the first node of a next version does when it starts: it expands, and changes nothing that is there.
      await expand(database.address);
      await more(10);

      for (const index of [0, 1]) {
        const leaving = nodes.servers[index] ?? expect.fail();
        const stopping = leaving.stop();
        await more(4);
        expect(await stopping).toBe(0);
        // It starts on a database that has a migration which it does not know.
        await nodes.restart(index);
        await more(6);
      }
    } finally {
      await signIns.stop();
    }
    expect(signIns.failed).toEqual([]);
  }, 60_000);
});

/** A migration as the next version may bring it, in one transaction under the lock that all of them take. */
async function expand(address: string): Promise<void> {
  const client = new pg.Client(address);
  await client.connect();
  try {
    for (let tries = 1; ; tries += 1) {
      try {
        return await once(client);
      } catch (error) {
        await client.query('rollback');
        // As ours do: one that got in the way of a sign-in begins anew.
        if ((error as { readonly code?: unknown }).code !== '40P01' || tries === 4) throw error;
      }
    }
  } finally {
    await client.end();
  }
}

async function once(client: pg.Client): Promise<void> {
  await client.query('begin');
  await client.query('select pg_advisory_xact_lock(7206531204)');
  for (const table of ['users', 'sessions', 'authenticators', 'limits', 'audit']) {
    await client.query(`alter table ${table} add column next_version text not null default ''`);
  }
  await client.query('create table next_version (id text primary key)');
  await client.query(`insert into cofactor_migrations (name) values ('9999 of the next version')`);
  await client.query('commit');
}
