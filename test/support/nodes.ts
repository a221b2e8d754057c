import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { CofactorOptions } from 'cofactor';
import type { StepView } from '../../packages/cofactor/src/http/contract.ts';
import { createApp, origin, type TestApp, type TestDatabase } from './app.ts';
import { network, TestBrowser, type Answer } from './browser.ts';
import type { Seeded } from './seed.ts';
import { spawnServer, type SpawnedServer } from './server.ts';

const script = fileURLToPath(new URL('./servers/node.ts', import.meta.url));
const secret = randomBytes(32).toString('base64');

/** Server processes on one database, and an application in this process that has the same keys and the real time. */
export interface Nodes {
  readonly local: TestApp;
  readonly servers: readonly SpawnedServer[];
  stop(): Promise<void>;
}

export async function startNodes(database: TestDatabase, count: number): Promise<Nodes> {
  const real: Partial<CofactorOptions> = {
    keys: [{ id: 'test', secret }],
    clock: { now: () => new Date() },
  };
  const local = await createApp(database.open(), real);
  const servers = await Promise.all(Array.from({ length: count }, () => startNode(database)));
  return {
    local,
    servers,
    async stop() {
      await Promise.all(servers.map((server) => server.kill()));
      await local.close();
    },
  };
}

export function startNode(database: TestDatabase): Promise<SpawnedServer> {
  return spawnServer(script, { DATABASE: database.address, KEY: secret, NODE_ENV: 'test' });
}

/** A browser that talks to a server process; `fork` it, or give it another server's address, to be at two at once. */
export async function browserAt(server: SpawnedServer, from?: TestBrowser): Promise<TestBrowser> {
  const browser = new TestBrowser(network(server.url), origin);
  if (from) {
    for (const [name, value] of from.cookies) browser.cookies.set(name, value);
    browser.csrf = from.csrf;
  } else await browser.context();
  return browser;
}

/** The password step, from an address of one's own: the servers believe what a proxy on this machine says. */
export async function passwordStep(browser: TestBrowser, person: Seeded, ip: string): Promise<void> {
  const answer = await browser.post(
    '/auth/sign-in',
    { identifier: person.identifier, provider: 'password', response: { password: person.password } },
    { headers: { 'x-forwarded-for': ip } },
  );
  if (answer.body?.status !== 'more-needed') throw new Error(`no second step: ${answer.text}`);
}

export function codeStep(
  browser: TestBrowser,
  authenticator: string,
  code: string,
): Promise<Answer<StepView>> {
  return browser.post('/auth/ceremony', { authenticator, response: { code } });
}
