import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** `cofactor/...` means the sources, as tsconfig.json lists them; only child processes of tests use the build. */
function sources(): { find: RegExp; replacement: string }[] {
  const text = readFileSync(new URL('./tsconfig.json', import.meta.url), 'utf8');
  const { compilerOptions } = JSON.parse(text.replace(/^\s*\/\/.*$/gm, '')) as {
    compilerOptions: { paths: Record<string, [string]> };
  };
  return Object.entries(compilerOptions.paths).map(([name, [file]]) => ({
    find: new RegExp(`^${name}$`),
    replacement: fileURLToPath(new URL(file, import.meta.url)),
  }));
}

export default defineConfig({
  resolve: { alias: sources() },
  test: {
    include: ['packages/**/src/**/*.test.ts', 'test/**/*.test.ts'],
    environment: 'node',
    globalSetup: 'test/support/global-setup.ts',
    // Processes, because native modules and signal handlers belong to one; two, for the two cores of CI.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    // What is waited for comes as fast as the machine is: a busy one may take its time.
    expect: { poll: { timeout: 10_000 } },
    restoreMocks: true,
    unstubEnvs: true,
  },
});
