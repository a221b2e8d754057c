import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** As somebody does who wants a sign-in server and no code: the packed files in an empty folder, and one command. */
describe('U5 the ready-made server by itself, in an empty folder', () => {
  let folder: string;
  let server: ChildProcess;
  let address = '';
  let printed = '';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cofactor-server-alone-'));
    const packed = ['cofactor', 'server'].map((name) =>
      execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
        cwd: `packages/${name}`,
        encoding: 'utf8',
      }).trim(),
    );
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    const files = packed.map((file) => `./${file}`);
    execFileSync('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...files], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });

    // Settings are those of this test; the variables of the tests are not settings.
    const own = Object.entries(process.env).filter(([name]) => !/^(COFACTOR_|NODE_ENV$)/.test(name));
    const env = { ...Object.fromEntries(own), COFACTOR_PORT: '0', COFACTOR_METRICS: 'false' };
    const program = join(folder, 'node_modules/.bin/cofactor');
    server = spawn(process.execPath, [program, 'serve'], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface(server.stdout ?? process.stdin)) {
      printed += `${line}\n`;
      address = /"msg":"listening on (http:[^"]+)"/.exec(line)?.[1] ?? address;
      if (address !== '' && printed.includes('#sut_')) break;
    }
  }, 240_000);
  afterAll(async () => {
    if (server?.exitCode === null) server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('listens, and prints the link that makes the first account', () => {
    expect(address).toMatch(/^http:\/\/.+:\d+$/);
    expect(printed).toMatch(/\/admin\/set-up#sut_\S{43}/);
  });

  it('I-05 keeps its keys where nobody else reads them', () => {
    expect(statSync(join(folder, '.cofactor/keys.json')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, '.cofactor')).mode & 0o777).toBe(0o700);
  });

  it.each([
    ['/health/ready', 'application/json'],
    ['/auth/sign-in', 'text/html'],
    ['/auth/assets/sign-in.js', 'text/javascript'],
    ['/oidc/.well-known/openid-configuration', 'application/json'],
    ['/admin/set-up', 'text/html'],
  ])('answers %s', async (path, type) => {
    const answer = await fetch(`${address}${path}`);
    expect([answer.status, answer.headers.get('content-type')?.split(';')[0]]).toEqual([200, type]);
  });

  it('has the pages of the back office with it', async () => {
    const shell = await fetch(`${address}/admin`, { redirect: 'manual', headers: { accept: 'text/html' } });
    expect([shell.status, shell.headers.get('location')?.split('?')[0]]).toEqual([303, '/auth/sign-in']);
    expect(statSync(join(folder, 'node_modules/cofactor-server/assets/index.html')).size).toBeGreaterThan(
      100,
    );
  });

  it('stops when it is told to, without an error', async () => {
    server.kill('SIGTERM');
    const [code] = (await once(server, 'exit')) as [number | null];
    expect(code).toBe(0);
  });
});
