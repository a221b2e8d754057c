import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CofactorOptions, Store } from 'cofactor';
import { password } from 'cofactor/password';
import { createExample } from '../../examples/providers/app.ts';
import { origin, type TestApp } from './app.ts';
import { inject, TestBrowser } from './browser.ts';
import { TestClock } from './clock.ts';
import { plainHasher } from './hasher.ts';

/** The example with two providers of its own, in this process: time stands still, passwords are not hashed. */
export async function createExampleApp(
  database: Store,
  options: Partial<CofactorOptions> = {},
): Promise<TestApp> {
  const data = await mkdtemp(join(tmpdir(), 'cofactor-example-'));
  const clock = new TestClock();
  const { app, auth } = await createExample({
    database,
    origin,
    data,
    clock,
    first: password({ hasher: plainHasher }),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    ...options,
  });
  return {
    auth,
    app,
    clock,
    browser: () => new TestBrowser(inject(app), origin),
    async close() {
      await app.close();
      await rm(data, { recursive: true, force: true });
    },
  };
}
