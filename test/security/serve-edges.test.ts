import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCli } from '../support/cli.ts';
import { testServer, type TestServer } from '../support/serve.ts';

describe('at the edges of the ready-made server', () => {
  let folder: string;
  let database: string;
  let test: TestServer;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cofactor-edges-'));
    database = join(folder, 'var', 'cofactor.db');
    test = await testServer({ database });
  });
  afterAll(async () => {
    await test.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ['an address that is none', { method: 'GET', url: '/%zz-secret-in-it' }, 400],
    ['an address that is none, below a realm', { method: 'GET', url: '/auth/%c0%ae-secret-in-it' }, 400],
    [
      'a body that nobody wants',
      {
        method: 'POST',
        url: '/nowhere',
        payload: 'secret-in-it'.repeat(200_000),
        headers: { 'content-type': 'text/plain' },
      },
      413,
    ],
    [
      'a body of no known type',
      { method: 'POST', url: '/', payload: 'secret-in-it', headers: { 'content-type': 'x/y' } },
      404,
    ],
    [
      'JSON that is none',
      {
        method: 'POST',
        url: '/nowhere',
        payload: '{"secret-in-it',
        headers: { 'content-type': 'application/json' },
      },
      400,
    ],
    ['what is not there', { method: 'GET', url: '/nowhere' }, 404],
  ] as const)(
    'I-27 I-28 %s: the headers of every answer, and nothing of what was sent',
    async (_, asked, status) => {
      test.lines.length = 0;
      const answer = await test.server.app.inject(asked);
      expect(answer.statusCode).toBe(status);
      expect(answer.headers).toMatchObject({
        'content-security-policy': expect.stringContaining("frame-ancestors 'none'") as string,
        'x-content-type-options': 'nosniff',
        'cache-control': expect.stringContaining('no-store') as string,
        'x-request-id': expect.stringMatching(/^[\w.-]{8,}$/) as string,
      });
      expect(answer.body).not.toContain('secret-in-it');
      expect(test.lines.join('')).not.toContain('secret-in-it');
      expect(answer.body).not.toContain('FST_');
    },
  );

  it('A-197 a request that does not come to its end is not waited for', () => {
    expect(test.server.app.server.requestTimeout).toBe(30_000);
    expect(test.server.app.server.headersTimeout).toBeGreaterThan(0);
    expect(test.server.app.server.headersTimeout).toBeLessThanOrEqual(60_000);
  });

  it('I-28 the file of the database is the server’s alone, and what is beside it', () => {
    expect(statSync(join(folder, 'var')).mode & 0o077).toBe(0);
    for (const end of ['', '-wal', '-shm']) expect(statSync(database + end).mode & 0o077, end).toBe(0);
  });

  it('doctor says where others can read it', async () => {
    const cli = await createCli({ COFACTOR_DATABASE: database });
    const said = async (): Promise<string> => (await cli.run('doctor')).out;
    expect(await said()).not.toContain('database file');
    chmodSync(database, 0o644);
    expect(await said()).toContain(`others on this machine can read ${database}`);
    await cli.drop();
  });
});
