import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { importAspNetIdentity, type AspNetIdentityImport } from 'cofactor/importers';
import { expect, it } from 'vitest';
import { onEachDatabase } from '../support/app.ts';
import { ImportTests, typed } from '../support/aspnet-import.ts';
import {
  aspNetTables,
  hashOf,
  newKey,
  passkeyOf,
  replaceCells,
  writeCsv,
  type AspNetPerson,
  type ForeignTable,
  type Value,
} from '../support/aspnet.ts';
import { dump } from '../support/tables.ts';

onEachDatabase('an import of rows that are wrong', (fresh) => {
  const at = new ImportTests(fresh);

  it('wrong rows of every kind are named and counted, and the rest goes on', async () => {
    const good = (): AspNetPerson => ({ id: randomUUID(), userName: at.newName(), password: typed });
    const wrong: readonly (readonly [Partial<Record<string, Value>>, string, string | null])[] = [
      [{ Id: null }, 'no-key', null],
      [{ Id: '' }, 'no-key', null],
      [{ UserName: null }, 'no-name', null],
      [{ UserName: 'bidi\u202eemit' }, 'name-malformed', null],
      [{ UserName: 'host:somebody' }, 'name-malformed', null],
      [{ UserName: 'x'.repeat(300) }, 'malformed', 'username'],
      [{ UserName: `key-1:${'A'.repeat(64)}` }, 'protected', null],
      [{ UserName: Buffer.from('bytes') }, 'malformed', 'username'],
      [{ TwoFactorEnabled: null }, 'malformed', 'twofactorenabled'],
      [{ TwoFactorEnabled: 'perhaps' }, 'malformed', 'twofactorenabled'],
      [{ TwoFactorEnabled: 2 }, 'malformed', 'twofactorenabled'],
      [{ LockoutEnabled: 'x' }, 'malformed', 'lockoutenabled'],
      [{ LockoutEnd: 'for ever' }, 'malformed', 'lockoutend'],
      [{ Email: 'a@example.com', EmailConfirmed: 'maybe' }, 'malformed', 'emailconfirmed'],
      [{ PasswordHash: 'A'.repeat(5_000) }, 'malformed', 'passwordhash'],
    ];
    const people = [...wrong.map(good), good(), good()];
    const ids = people.map(({ id }) => id);
    const tables = aspNetTables(people).map((table) =>
      table.name === 'AspNetUsers' ? replaceCells(table, (n) => wrong[n]?.[0] ?? {}) : table,
    );
    const { source, name } = at.sourceOf(tables);
    const report = await importAspNetIdentity(at.app.auth, source, { name });
    expect(report).toMatchObject({ rows: people.length, imported: 2, refused: wrong.length, complete: true });
    expect(report.refusals).toEqual(
      wrong.map(([cells, reason, detail], n) => ({
        row: n + 1,
        key: 'Id' in cells ? null : ids[n],
        outcome: 'refused',
        reason,
        detail,
        left: [],
      })),
    );
  });

  it('lines of a file that are no rows cost nobody else anything', async () => {
    const people = Array.from({ length: 6 }, () => ({
      id: randomUUID(),
      userName: at.newName(),
      password: typed,
      roles: ['Editors'],
    }));
    const source = join(at.folder, 'lines');
    writeCsv(source, aspNetTables(people, [{ name: 'Editors' }]));
    const file = join(source, 'AspNetUsers.csv');
    const lines = readFileSync(file, 'utf8').split('\r\n');
    lines[1] += ',one too many';
    lines[2] = lines[2]?.split(',').slice(0, 5).join(',') ?? '';
    lines[3] = lines[3]?.replace(',', ',a"quote') ?? '';
    lines[5] = lines[4] ?? '';
    writeFileSync(file, lines.join('\r\n'));
    const roles = join(source, 'AspNetUserRoles.csv');
    writeFileSync(
      roles,
      `${readFileSync(roles, 'utf8')}only-one-cell\r\n,\r\n${randomUUID()},${randomUUID()}\r\n`,
    );
    const report = await importAspNetIdentity(at.app.auth, source, { name: 'lines' });
    expect(report).toMatchObject({
      rows: 6,
      imported: 2,
      refused: 4,
      reasons: { malformed: 3, 'key-twice': 1 },
    });
    expect(report.refusals.map(({ row, detail }) => [row, detail])).toEqual([
      [2, 'cells'],
      [3, 'cells'],
      [4, 'cells'],
      [6, null],
    ]);
    expect(report.skipped).toEqual([
      { table: 'AspNetUserRoles.csv', row: 8, reason: 'malformed', column: 'cells' },
      { table: 'AspNetUserRoles.csv', row: 9, reason: 'malformed', column: 'userid' },
      { table: 'AspNetUserRoles.csv', row: 10, reason: 'unknown-role', column: null },
    ]);
  });

  it('a table or a column that is missing stops it, unless it is said not to be used', async () => {
    const people = [{ id: randomUUID(), userName: at.newName(), password: typed }];
    const tables = aspNetTables(people);
    const without = (name: string): readonly ForeignTable[] => tables.filter((table) => table.name !== name);
    const names = tables.map(({ name }) => name).filter((name) => !/^__|Passkeys/.test(name));
    expect(names).toHaveLength(7);
    for (const name of names) {
      const { source } = at.sourceOf(without(name));
      await expect(importAspNetIdentity(at.app.auth, source)).rejects.toMatchObject({
        code: 'ERR_IMPORT_SOURCE',
        message: expect.stringContaining(`no table ${name}`),
      });
    }
    const less = tables.map((table) =>
      table.name === 'AspNetUserTokens'
        ? { ...table, columns: table.columns.slice(0, 3), rows: table.rows.map((row) => row.slice(0, 3)) }
        : table,
    );
    await expect(importAspNetIdentity(at.app.auth, at.sourceOf(less).source)).rejects.toThrow(
      'has no column value',
    );
    const { source, name } = at.sourceOf(
      tables
        .filter(({ name: table }) => !/Role|Passkeys/.test(table))
        .map((table) => (table.name === 'AspNetUsers' ? { ...table, name: 'people' } : table)),
    );
    const report = await importAspNetIdentity(at.app.auth, source, {
      name,
      tables: { users: 'people' },
      without: ['roles', 'userRoles', 'roleClaims'],
    });
    expect(report).toMatchObject({ imported: 1, tables: { AspNetRoles: null, AspNetUserPasskeys: null } });
  });

  it('what is no source is told as that, without what an address may hold', async () => {
    const empty = join(at.folder, 'empty');
    mkdirSync(empty, { recursive: true });
    const text = join(at.folder, 'text.db');
    writeFileSync(text, 'this is no database'.repeat(100));
    const utf16 = join(at.folder, 'utf16');
    writeCsv(utf16, aspNetTables([]));
    writeFileSync(join(utf16, 'AspNetUsers.csv'), Buffer.from('\ufeffId,UserName', 'utf16le'));
    const secret = 'hunter2hunter2';
    for (const source of [
      '',
      join(at.folder, 'nowhere.db'),
      empty,
      text,
      utf16,
      `Server=db;Database=x;Password=${secret}`,
      `postgres://somebody:${secret}@127.0.0.1:1/nothing`,
      `mysql://somebody:${secret}@127.0.0.1/nothing`,
    ]) {
      const error: unknown = await importAspNetIdentity(at.app.auth, source).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({ code: 'ERR_IMPORT_SOURCE' });
      expect(inspect(error, { depth: 9 })).not.toContain(secret);
    }
  });

  it.each<[string, object]>([
    ['name', { name: 'With Spaces' }],
    ['dryRun', { dryRun: 'no' }],
    ['logins', { logins: { Google: 'nobody' } }],
    ['logins', { logins: { Google: 'totp' } }],
    ['logins', { logins: ['Google'] }],
    ['roles', { roles: { Admins: 1 } }],
    ['roles', { roles: ['Admins'] }],
    ['secondFactorLost', { secondFactorLost: 'ignore' }],
    ['unconfirmedAddresses', { unconfirmedAddresses: true }],
    ['tables', { tables: { people: 'x' } }],
    ['without', { without: 'roles' }],
    ['progress', { progress: 1 }],
    ['force', { force: true }],
  ])('%s is named when it is wrong', async (option, options) => {
    await expect(importAspNetIdentity(at.app.auth, 'x.db', options)).rejects.toMatchObject({
      code: 'ERR_CONFIG_IMPORT',
      message: expect.stringContaining(`{ ${option} }`),
    });
  });

  it('I-28 tells nothing that is secret, neither in its report nor in a row nor in a log', async () => {
    const id = randomUUID();
    const [key, spare] = [newKey(), newKey()];
    const hash = hashOf(typed);
    const passkey = passkeyOf(id);
    const people: AspNetPerson[] = [
      {
        id,
        userName: at.newName(),
        hash,
        twoFactor: true,
        key,
        codes: '0a1b2c3d;4e5f6a7b',
        passkeys: [passkey],
      },
      {
        id: randomUUID(),
        userName: at.newName(),
        hash: `${hash.slice(0, -5)}=====`,
        logins: [['Google', 'subject-of-google']],
      },
      { id: randomUUID(), userName: at.newName(), hash, twoFactor: true, key: `${spare}0` },
    ];
    let told = '';
    const options: AspNetIdentityImport = {
      onRow: (row) => (told += inspect(row, { depth: 9 })),
      progress: (counts) => (told += inspect(counts)),
    };
    told += inspect(await at.bring(people, { ...options, dryRun: true }), { depth: 9 });
    const report = await at.bring(people, options);
    expect(report).toMatchObject({ imported: 1, refused: 2 });
    told += inspect(report, { depth: 9 });
    const stored = (await dump(at.database)).join('\n');
    const secrets = [key, spare, hash.slice(0, 30), '0a1b2c3d', '4e5f6a7b', 'subject-of-google'];
    secrets.push((JSON.parse(passkey.data) as { PublicKey: string }).PublicKey);
    for (const secret of secrets) {
      expect([secret, told.includes(secret), at.logged.includes(secret), stored.includes(secret)]).toEqual([
        secret,
        false,
        false,
        false,
      ]);
    }
  });
});
