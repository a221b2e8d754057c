import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closed, listening } from '../support/listening.ts';
import { spawnServer } from '../support/server.ts';

const script = 'examples/start.ts';

/** What `npm start` starts: two servers and three applications, each a process of its own. */
describe('npm start', () => {
  // Below those that connections of the machine are given.
  const port = 26_000 + (process.pid % 400) * 5;
  const origins = [0, 1, 2, 3, 4].map((after) => `http://localhost:${port + after}`);
  let data: string;
  beforeAll(() => void (data = mkdtempSync(join(tmpdir(), 'cofactor-start-'))));
  afterAll(() => rmSync(data, { recursive: true, force: true }));

  /** Runs it to its end. */
  async function run(env: Readonly<Record<string, string>>): Promise<{ code: unknown; words: string }> {
    const child = execFile(process.execPath, [script], { env: { ...process.env, ...env } });
    let words = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: string) => (words += text));
    const [code] = (await once(child, 'close')) as [unknown];
    return { code, words };
  }

  const answers = (origin: string): Promise<boolean> =>
    fetch(origin, { redirect: 'manual' }).then(
      () => true,
      () => false,
    );

  it('starts all five, says where they are and what to try, and stops them on Ctrl-C', async () => {
    const started = await spawnServer(script, { PORT: String(port), DATA: data });
    for (const origin of origins) expect(started.output()).toContain(origin);
    // Of the ready-made server, which nobody owns yet.
    expect(started.output()).toMatch(new RegExp(`${origins[4]}/admin/set-up#sut_[A-Za-z0-9_-]{43}`));
    expect((await fetch(`${origins[4]}/health/ready`)).status).toBe(200);
    expect(started.output().match(/^ {2}\d\. /gm)?.length).toBeGreaterThanOrEqual(5);
    expect(await Promise.all(origins.map(answers))).toEqual([true, true, true, true, true]);
    process.kill(started.pid, 'SIGINT');
    expect(await started.stop()).toBe(0);
    expect(await Promise.all(origins.map(answers))).toEqual([false, false, false, false, false]);
  });

  it('says which port is taken, by the one of which application, and starts nothing', async () => {
    const { server, origin } = await listening(() => Promise.resolve());
    const taken = Number(new URL(origin).port);
    const { code, words } = await run({ PORT: String(taken - 2), DATA: data });
    await closed(server);
    expect(code).toBe(1);
    expect(words).toContain(`${taken} (Payroll)`);
    expect(words).not.toContain('listening on');
    // No trace of a program that fell over it.
    expect(words).not.toMatch(/^ +at /m);
  });

  it('says that PORT is no number', async () => {
    for (const PORT of ['many', '0', '65532', '3000.5']) {
      const { code, words } = await run({ PORT, DATA: data });
      expect([PORT, code]).toEqual([PORT, 1]);
      expect(words).toContain(`not ${PORT}`);
    }
  });

  it('stops the others where one of them does not start', async () => {
    const file = join(data, 'file');
    writeFileSync(file, '');
    const { code, words } = await run({ PORT: String(port), DATA: join(file, 'below') });
    expect(code).toBe(1);
    expect(words).toMatch(/(Acme|Cofactor) ended \(exit code [13]\)\. The others are stopped too\./);
    expect(words).not.toContain('Try this');
    expect(await Promise.all(origins.map(answers))).toEqual([false, false, false, false, false]);
  });
});
