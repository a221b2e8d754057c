import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { userTables } from '../support/aspnet-umbraco.ts';
import { aspNetTables, hashOf, writeCsv, writeSqlite, type ForeignTable } from '../support/aspnet.ts';
import { createCli, type TestCli } from '../support/cli.ts';

const password = 'the one they had';

describe('import at the command line', () => {
  let cli: TestCli;
  beforeAll(async () => {
    cli = await createCli();
  });
  afterAll(() => cli.drop());
  const folderOf = (tables: readonly ForeignTable[]): string => {
    const folder = join(cli.folder, randomUUID());
    writeCsv(folder, tables);
    return folder;
  };

  it('names the rows that were left out, the first of them, and ends with 6', async () => {
    const source = folderOf(aspNetTables([{ id: '1', userName: 'ada', password }]));
    const file = join(source, 'AspNetUserRoles.csv');
    appendFileSync(file, 'only-one-cell\r\n'.repeat(60));
    const dry = await cli.run(`import aspnet-identity ${source} --name left --dry-run`);
    expect([dry.exit, dry.out]).toEqual([6, expect.stringContaining('... and 10 more')]);
    expect(dry.out).toMatch(/^AspNetUserRoles\.csv +2 +malformed +cells$/m);
    expect(dry.out).toMatch(/^rows left out +60$/m);
    expect(dry.err).toContain('60 rows of other tables were left out');
    const done = await cli.run(`import aspnet-identity ${source} --name left --json`);
    expect([done.exit, done.json()]).toMatchObject([6, { imported: 1, refused: 0, skippedRows: 60 }]);
  });

  it('A-219 brings nothing over where it cannot be told whose second factor a row is', async () => {
    const source = folderOf(userTables([{ id: 1, key: randomUUID(), login: 'bob', hash: hashOf(password) }]));
    const file = join(source, 'umbracoTwoFactorLogin.csv');
    appendFileSync(file, `1,${randomUUID()},UmbracoUserAppAuthenticator,${randomUUID()}\r\n`);
    const refused = await cli.run(`import umbraco ${source}`);
    expect([refused.exit, refused.err]).toEqual([1, expect.stringContaining('umbracoTwoFactorLogin.csv 2')]);
    const goOn = await cli.run(`import umbraco ${source} --second-factors-of-nobody leave --dry-run`);
    expect(goOn.exit).toBe(6);
    expect(goOn.out).toMatch(/^umbracoTwoFactorLogin\.csv +2 +no-account +userormemberkey$/m);
    appendFileSync(file, '1,2\r\n');
    expect((await cli.run(`import umbraco ${source} --second-factors-of-nobody leave`)).exit).toBe(1);
    expect((await cli.run('user list --json')).out).not.toContain('"bob"');
  });

  it('makes nobody an administrator by the name of a role, unless it is told to', async () => {
    const roles = ['owner', 'administrator', 'helpdesk', 'Editors', 'Guests'];
    const file = join(cli.folder, `${randomUUID()}.db`);
    const person = { id: '1', userName: 'eve', password, roles };
    writeSqlite(
      file,
      aspNetTables(
        [person],
        roles.map((name) => ({ name })),
      ),
    );
    const usual = await cli.run(`import aspnet-identity ${file} --name roles --dry-run`);
    expect(usual.out).toMatch(/did not come over:\n {2}owner: 1 person\n {2}administrator: 1 person\n/);
    expect(usual.out).toContain('--role owner=owner');
    const named = '--role helpdesk=helpdesk --role Editors=writers --role Guests=';
    expect((await cli.run(`import aspnet-identity ${file} --name roles ${named}`)).exit).toBe(0);
    const { users } = (await cli.run('user list --json')).json<{ users: { identifier: string }[] }>();
    expect(users.find(({ identifier }) => identifier === 'eve')).toMatchObject({
      roles: ['helpdesk', 'writers'],
    });
    expect((await cli.run(`import aspnet-identity ${file} --role =owner`)).exit).toBe(2);
  });
});
