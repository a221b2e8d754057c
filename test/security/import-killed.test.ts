import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { importAspNetIdentity } from 'cofactor/importers';
import { aspNetIdentityHashes, password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { totp } from 'cofactor/totp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAuth, onEachDatabase, type TestDatabase } from '../support/app.ts';
import { aspNetTables, hashOf, newKey, writeSqlite } from '../support/aspnet.ts';
import { plainHasher } from '../support/hasher.ts';

const people = 400;
const script = join(import.meta.dirname, '../support/aspnet-importer.ts');

onEachDatabase('an import that is killed in the middle', (fresh) => {
  const folder = mkdtempSync(join(tmpdir(), 'cofactor-import-'));
  const source = join(folder, 'identity.db');
  let database: TestDatabase;

  beforeAll(async () => {
    database = await fresh();
    const hash = hashOf('the one they had before');
    const codes = 'aaaaaaaa;bbbbbbbb;cccccccc';
    writeSqlite(
      source,
      aspNetTables(
        Array.from({ length: people }, (_, n) => ({
          id: `id-${n}`,
          userName: `person-${n}`,
          hash,
          twoFactor: true,
          key: newKey(),
          codes,
        })),
      ),
    );
  });
  afterAll(async () => {
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Kills an import as soon as it has said that it is so far; gives the rows that it said it had done. */
  const killedAt = async (rows: number): Promise<number> => {
    const child = spawn(process.execPath, [script], {
      env: { ...process.env, DATABASE: database.address, SOURCE: source },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    let done = 0;
    for await (const line of createInterface(child.stdout)) {
      done = Math.max(done, Number(/^(\d+) rows$/.exec(line)?.[1] ?? 0));
      if (done >= rows) child.kill('SIGKILL');
    }
    const [, signal] = (await ended) as [unknown, string | null];
    expect(signal).toBe('SIGKILL');
    return done;
  };

  it('A-219 has made whole accounts, loses none that it said it had made, and goes on where it was', async () => {
    const said = await killedAt(20);
    expect(said).toBeGreaterThanOrEqual(20);
    const further = await killedAt(said + 20);
    expect(further).toBeGreaterThan(said);

    const auth = createAuth(database.open(), {
      factors: [
        password({ hasher: plainHasher, verifiers: [aspNetIdentityHashes()] }),
        totp({ issuer: 'Test' }),
        recoveryCodes(),
      ],
    });
    const report = await importAspNetIdentity(auth, source);
    expect(report).toMatchObject({ rows: people, refused: 0, complete: true });
    expect(report.already).toBeGreaterThanOrEqual(further);
    expect(report.imported).toBe(people - report.already);
    expect(report.imported).toBeGreaterThan(0);

    const whole = await database.query(
      `select users.id, count(*) as factors from users join authenticators on user_id = users.id
       group by users.id having count(*) = 3`,
    );
    const codes = await database.query('select count(*) as count from lookup_secrets');
    const told = await database.query("select count(*) as count from audit where type = 'user-imported'");
    expect([whole.length, Number(codes[0]?.['count']), Number(told[0]?.['count'])]).toEqual([
      people,
      people * 3,
      people,
    ]);
    expect(await auth.verifyAudit()).toBeNull();
    await auth.close();
  });
});
