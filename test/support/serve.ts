import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  createServer,
  loadSettings,
  type Server,
  type ServerPorts,
  type Settings,
} from '../../packages/server/src/index.ts';
import { createLogger } from '../../packages/server/src/server/log.ts';
import { inject, TestBrowser } from './browser.ts';
import { TestClock } from './clock.ts';
import { spawnServer, type SpawnedServer } from './server.ts';

export const serveOrigin = 'http://localhost:3000';

/** The ready-made server in this process, and everything it has logged. */
export interface TestServer {
  readonly server: Server;
  readonly clock: TestClock;
  readonly data: string;
  /** Lines of the log, as they were written. */
  readonly lines: string[];
  browser(): TestBrowser;
  close(): Promise<void>;
}

type Given = Partial<Record<keyof Settings, unknown>>;

/** Makes the server of these settings, on a data folder of its own unless one is given. */
export async function testServer(given: Given = {}, ports: ServerPorts = {}): Promise<TestServer> {
  const own = given.data === undefined ? mkdtempSync(join(tmpdir(), 'cofactor-serve-')) : null;
  const data = own ?? String(given.data);
  const settings = loadSettings({
    file: null,
    env: {},
    given: { origin: serveOrigin, metrics: false, data, ...given },
  });
  const lines: string[] = [];
  const clock = (ports.clock ?? new TestClock()) as TestClock;
  const logger = createLogger(settings, { write: (line) => void lines.push(line) });
  const server = await createServer(settings, { logger, clock, ...ports });
  await server.app.ready();
  return {
    server,
    clock,
    data,
    lines,
    browser: () => new TestBrowser(inject(server.app), settings.origin ?? serveOrigin),
    async close() {
      await server.close();
      if (own !== null) rmSync(own, { recursive: true, force: true });
    },
  };
}

/** The fields of a form, as a browser sends them. */
export function formBody(fields: Readonly<Record<string, string>>): {
  readonly raw: string;
  readonly headers: Readonly<Record<string, string>>;
} {
  return {
    raw: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
  };
}

const script = fileURLToPath(new URL('./servers/serve.ts', import.meta.url));

/** The same in a process of its own, on a free port of 127.0.0.1; settings are variables of the environment. */
export function spawnServe(env: Readonly<Record<string, string>>): Promise<SpawnedServer> {
  return spawnServer(script, {
    COFACTOR_ORIGIN: serveOrigin,
    COFACTOR_HOST: '127.0.0.1',
    COFACTOR_PORT: '0',
    COFACTOR_METRICS: 'false',
    ...env,
  });
}
