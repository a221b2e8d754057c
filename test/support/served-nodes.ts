import { randomBytes } from 'node:crypto';
import type { TestDatabase } from './app.ts';
import { network, TestBrowser } from './browser.ts';
import { startRoundRobin, type RoundRobin } from './round-robin.ts';
import { serveOrigin, spawnServe } from './serve.ts';
import type { SpawnedServer } from './server.ts';

/** Nodes of the ready-made server on one database, with a proxy in front of them. */
export interface ServedNodes {
  readonly proxy: RoundRobin;
  readonly servers: SpawnedServer[];
  /** Starts a node in place of one that has ended. */
  restart(index: number): Promise<void>;
  /** Talks to the proxy, or to one node. */
  browser(index?: number): TestBrowser;
  stop(): Promise<void>;
}

export async function startServedNodes(
  database: TestDatabase,
  env: Readonly<Record<string, string>> = {},
  { count = 2, watches = false }: { readonly count?: number; readonly watches?: boolean } = {},
): Promise<ServedNodes> {
  const key = randomBytes(32).toString('base64');
  const start = (): Promise<SpawnedServer> =>
    spawnServe({
      COFACTOR_DATABASE: database.address,
      COFACTOR_KEYS: `test:${key}`,
      COFACTOR_REGISTRATION: 'true',
      COFACTOR_TRUSTED_PROXIES: '127.0.0.1',
      ...env,
    });
  const servers = await Promise.all(Array.from({ length: count }, start));
  const proxy = await startRoundRobin(
    servers.map(({ url }) => url),
    { watches },
  );
  return {
    proxy,
    servers,
    async restart(index) {
      servers[index] = await start();
      proxy.nodes = servers.map(({ url }) => url);
    },
    browser: (index) =>
      new TestBrowser(network(index === undefined ? proxy.url : (servers[index]?.url ?? '')), serveOrigin),
    async stop() {
      await proxy.close();
      await Promise.all(servers.map((server) => server.kill()));
    },
  };
}

let people = 0;
export const nodesPassword = 'a long word about tulips and rain';

/** Somebody who has just registered, in a browser at the proxy or at a node. */
export async function registerAt(
  browser: TestBrowser,
  identifier?: string,
  ip?: string,
): Promise<{ readonly identifier: string; readonly status: number }> {
  people += 1;
  const name = identifier ?? `person-${people}`;
  const answer = await browser.post(
    '/auth/register',
    { identifier: name, provider: 'password', response: { password: nodesPassword } },
    ip === undefined ? {} : { headers: { 'x-forwarded-for': ip } },
  );
  return { identifier: name, status: answer.status };
}
