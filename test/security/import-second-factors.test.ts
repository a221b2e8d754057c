import { randomUUID } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { standardRoles } from 'cofactor/admin';
import {
  importAspNetIdentity,
  importUmbraco,
  type ImportReport,
  type UmbracoImport,
} from 'cofactor/importers';
import { describe, expect, it } from 'vitest';
import { rolesUsuallyInCharge } from '../../packages/cofactor/src/importers/options.ts';
import { onEachDatabase } from '../support/app.ts';
import { ImportTests, typed } from '../support/aspnet-import.ts';
import { memberTables, userTables, type UmbracoAccount } from '../support/aspnet-umbraco.ts';
import {
  aspNetTables,
  hashOf,
  newKey,
  passkeyOf,
  replaceCells,
  writeCsv,
  type ForeignTable,
  type Value,
} from '../support/aspnet.ts';

const app = 'UmbracoUserAppAuthenticator';
const numberKey = (id: number): string => `${id.toString(16).padStart(8, '0')}-0000-0000-0000-000000000000`;

onEachDatabase('A-219 a row of second factors', (fresh) => {
  const at = new ImportTests(fresh);

  const umbraco = (source: string, options: Partial<UmbracoImport> = {}): Promise<ImportReport> =>
    importUmbraco(at.app.auth, source, { accounts: 'users', name: at.newName(), ...options });
  const account = (id: number, more: Partial<UmbracoAccount> = {}): UmbracoAccount => ({
    id,
    key: randomUUID().toUpperCase(),
    login: at.newName(),
    hash: hashOf(typed),
    ...more,
  });
  const folderOf = (tables: readonly ForeignTable[]): string => {
    const folder = join(at.folder, randomUUID());
    writeCsv(folder, tables);
    return folder;
  };
  const people = async (): Promise<unknown> =>
    (await at.database.query('select count(*) as n from users'))[0];
  const rowsOf = async (): Promise<unknown> =>
    (await at.database.query('select count(*) as n from import_rows'))[0];
  /** What a run is refused with of which nothing at all came: no account, and no row that says that one was refused. */
  const refusalOf = async (run: () => Promise<ImportReport>): Promise<string> => {
    const before = [await people(), await rowsOf()];
    const error: unknown = await run().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ERR_IMPORT_SOURCE' });
    expect([await people(), await rowsOf()]).toEqual(before);
    return (error as Error).message;
  };
  const replace = (
    tables: readonly ForeignTable[],
    name: string,
    cells: (row: number) => Readonly<Partial<Record<string, Value>>>,
  ): readonly ForeignTable[] =>
    tables.map((table) => (table.name === name ? replaceCells(table, cells) : table));

  const broken: readonly (readonly [string, (line: string) => string, string])[] = [
    ['one cell too many', (line) => `${line},more`, 'cells'],
    ['one cell too few', (line) => line.split(',').slice(0, 3).join(','), 'cells'],
    ['a stray quote', (line) => line.replace(',', ',x"'), 'cells'],
    ['no owner', (line) => line.replace(/,[^,]*/, ','), 'userormemberkey'],
    ['an owner that is no key', (line) => line.replace(/,[^,]*/, ',somebody'), 'userormemberkey'],
    ['an owner that is a number', (line) => line.replace(/,[^,]*/, ',5'), 'userormemberkey'],
  ];
  it.each(broken)(
    'of Umbraco that does not say whose it is stops the import: %s',
    async (_what, wrong, column) => {
      const secret = randomUUID();
      const one = [account(1), account(2, { twoFactor: [[app, secret]] })];
      for (const { tables, ...options } of [
        { accounts: 'users', tables: userTables(one), secondFactorLost: 'lock', dryRun: false },
        { accounts: 'members', tables: memberTables(one), secondFactorLost: 'refuse', dryRun: true },
      ] as const) {
        const source = folderOf(tables);
        const file = join(source, 'umbracoTwoFactorLogin.csv');
        const [header = '', line = ''] = readFileSync(file, 'utf8').split('\r\n');
        writeFileSync(file, `${header}\r\n${wrong(line)}\r\n`);
        const refusal = await refusalOf(() =>
          umbraco(source, { ...options, secondFactorsOfNobody: 'leave' }),
        );
        expect(refusal).toContain(`umbracoTwoFactorLogin.csv 2 (${column})`);
      }
    },
  );

  it('of Umbraco whose secret cannot be read is that of its owner, who gets no account of a password', async () => {
    const [sound, owner] = [account(1), account(2, { twoFactor: [[app, randomUUID()]] })];
    for (const cells of [{ secret: 'a\0b' }, { providerName: Buffer.from([0, 1]) }, { secret: null }]) {
      const tables = replace(userTables([sound, owner]), 'umbracoTwoFactorLogin', () => cells);
      const report = await umbraco(at.sourceOf(tables).source, { dryRun: true });
      expect(report).toMatchObject({ imported: 1, refused: 1, reasons: { 'second-factor-lost': 1 } });
    }
  });

  it('of Umbraco that is nobody of either kind is named, and goes on only where that is said', async () => {
    const [first, second, member] = [account(5), account(6), account(1100)];
    const of = (key: string, id = 9): Value[] => [id, key, app, randomUUID()];
    const rows = [of(numberKey(5)), of(randomUUID()), of(member.key), of(second.key)];
    const both = [...userTables([first, second]), ...memberTables([member]).slice(0, 3)].map((table) =>
      table.name === 'umbracoTwoFactorLogin' ? { ...table, rows } : table,
    );
    const { source } = at.sourceOf(both);
    for (const accounts of ['users', 'members'] as const) {
      for (const dryRun of [true, false]) {
        const refusal = await refusalOf(() => umbraco(source, { accounts, dryRun }));
        expect(refusal).toMatch(/secondFactorsOfNobody: 'leave'. umbracoTwoFactorLogin 1, 2\.$/);
      }
    }
    const report = await umbraco(source, { secondFactorsOfNobody: 'leave' });
    expect(report).toMatchObject({ rows: 2, imported: 1, refused: 1, skippedRows: 2 });
    const skipped = { table: 'umbracoTwoFactorLogin', reason: 'no-account', column: 'userormemberkey' };
    expect(report.skipped).toEqual([
      { ...skipped, row: 1 },
      { ...skipped, row: 2 },
    ]);
    // Whose number it was had one too, and comes over with no password alone.
    expect(report.refusals).toMatchObject([{ row: 1, reason: 'second-factor-lost' }]);
    const locked = await umbraco(source, {
      secondFactorsOfNobody: 'leave',
      secondFactorLost: 'lock',
      dryRun: true,
    });
    expect(locked).toMatchObject({ reasons: { 'name-taken': 1 }, locked: 1 });
  });

  it('of Umbraco that is a member, or a user, is nothing to the import of the others', async () => {
    const [user, member] = [account(7), account(1200)];
    const rows = [user, member].map(({ key }): Value[] => [1, key, app, randomUUID()]);
    for (const version of [13, 16]) {
      const keyed = version >= 14 ? user : { ...user, key: numberKey(user.id) };
      const own = rows.map((row, n) => (n === 0 ? [1, keyed.key, ...row.slice(2)] : row));
      const both = [...userTables([keyed], { version }), ...memberTables([member]).slice(0, 3)].map(
        (table) => (table.name === 'umbracoTwoFactorLogin' ? { ...table, rows: own } : table),
      );
      const { source } = at.sourceOf(both);
      for (const accounts of ['users', 'members'] as const) {
        const report = await umbraco(source, { accounts, dryRun: true });
        expect(report).toMatchObject({ imported: 1, skippedRows: 0, brought: { 'time-based-key': 1 } });
      }
    }
  });

  it('of Umbraco in an export that lacks the tables of the others cannot be told, and says what is missing', async () => {
    const source = folderOf(userTables([account(8)]));
    appendFileSync(join(source, 'umbracoTwoFactorLogin.csv'), `1,${randomUUID()},${app},${randomUUID()}\r\n`);
    const refusal = await refusalOf(() => umbraco(source));
    expect(refusal).toMatch(/cmsMember and umbracoNode.* umbracoTwoFactorLogin\.csv 2\.$/);
  });

  it.each([
    ['AspNetUserTokens', 'AuthenticatorKey', 'one cell too many'],
    ['AspNetUserPasskeys', '0x', 'one cell too many'],
    ['AspNetUserTokens', 'AuthenticatorKey', 'no owner'],
    ['AspNetUserPasskeys', '0x', 'no owner'],
  ])('of %s that does not say whose it is stops the import: %s, %s', async (name, part, what) => {
    const id = randomUUID();
    const two = { id, userName: at.newName(), password: typed, twoFactor: true, key: newKey() };
    const sound = { id: randomUUID(), userName: at.newName(), password: typed };
    const source = folderOf(aspNetTables([sound, { ...two, passkeys: [passkeyOf(id)] }]));
    const file = join(source, `${name}.csv`);
    const lines = readFileSync(file, 'utf8').split('\r\n');
    const n = lines.findIndex((line) => line.includes(part));
    lines[n] = what === 'no owner' ? (lines[n] ?? '').replace(id, '') : `${lines[n]},more`;
    writeFileSync(file, lines.join('\r\n'));
    for (const secondFactorLost of ['refuse', 'lock'] as const) {
      const options = { name: at.newName(), secondFactorLost };
      const column = what === 'no owner' ? 'userid' : 'cells';
      const refusal = await refusalOf(() => importAspNetIdentity(at.app.auth, source, options));
      expect(refusal).toContain(`${name}.csv ${n + 1} (${column})`);
    }
  });

  it.each<[string, Readonly<Record<string, Value>>]>([
    ['its provider', { LoginProvider: 'a\0b' }],
    ['its name', { Name: Buffer.from('AuthenticatorKey') }],
    ['its value', { Value: 'A'.repeat(9_000) }],
  ])(
    'of AspNetUserTokens that may be a key is one of its owner, where %s cannot be read',
    async (_what, cells) => {
      const id = randomUUID();
      const name = at.newName();
      const person = { id, userName: name, password: typed, key: newKey() };
      const sound = { id: randomUUID(), userName: at.newName(), password: typed };
      const tables = replace(aspNetTables([person, sound]), 'AspNetUserTokens', (n) =>
        n === 0 ? cells : {},
      );
      const { source, name: run } = at.sourceOf(tables);
      const report = await importAspNetIdentity(at.app.auth, source, { name: run });
      expect(report).toMatchObject({
        imported: 1,
        refusals: [{ key: id, reason: 'second-factor-lost', detail: 'time-based-key' }],
        skippedRows: 1,
        skipped: [{ table: 'AspNetUserTokens', row: 1, reason: 'malformed' }],
      });
      expect(await at.account(name)).toBeNull();
      const locked = { name: run, secondFactorLost: 'lock' } as const;
      expect(await importAspNetIdentity(at.app.auth, source, locked)).toMatchObject({
        locked: 1,
        already: 1,
      });
      expect(await at.signsIn(name)).toBe(401);
    },
  );

  it('of AspNetUserTokens that is certainly no key costs nobody anything', async () => {
    const person = { id: randomUUID(), userName: at.newName(), password: typed };
    const tables = replace(aspNetTables([person]), 'AspNetUserTokens', () => ({
      UserId: null,
      Name: 'a\0b',
    }));
    const { source, name } = at.sourceOf(tables);
    expect(await importAspNetIdentity(at.app.auth, source, { name })).toMatchObject({
      imported: 1,
      refused: 0,
    });
  });

  it('a role that is in charge here comes over where it is named, and not because an export has it', async () => {
    const names = [...standardRoles.map(({ role }) => role), 'Editors'];
    const bring = async (options: object) => {
      const person = { id: randomUUID(), userName: at.newName(), password: typed, roles: names };
      const tables = aspNetTables(
        [person],
        names.map((name) => ({ name })),
      );
      const { source, name } = at.sourceOf(tables);
      const report = await importAspNetIdentity(at.app.auth, source, { name, ...options });
      return { report, roles: (await at.account(person.userName))?.user.roles };
    };
    const usual = await bring({});
    expect(usual.roles).toEqual(['Editors']);
    expect(usual.report).toMatchObject({
      roles: { Editors: 1 },
      rolesLeft: { owner: 1, administrator: 1, helpdesk: 1 },
    });
    const named = await bring({ roles: { helpdesk: 'helpdesk', owner: null, administrator: 'staff' } });
    expect(named.roles).toEqual(['staff', 'helpdesk', 'Editors']);
    expect(named.report.rolesLeft).toEqual({});
    const other = await bring({ rolesInCharge: ['Editors'] });
    expect(other.roles).toEqual(['owner', 'administrator', 'helpdesk']);
    expect(other.report.rolesLeft).toEqual({ Editors: 1 });
    await expect(bring({ rolesInCharge: 'owner' })).rejects.toMatchObject({ code: 'ERR_CONFIG_IMPORT' });
  });
});

describe('the roles that do not come over by themselves', () => {
  it('are those that are in charge unless an application has a table of its own', () => {
    expect(rolesUsuallyInCharge).toEqual(standardRoles.map(({ role }) => role));
  });
});
