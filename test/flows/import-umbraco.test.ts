import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importUmbraco, type UmbracoImport } from 'cofactor/importers';
import { openid } from 'cofactor/openid';
import { password, umbracoHashes } from 'cofactor/password';
import { totp } from 'cofactor/totp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createApp,
  onEachDatabase,
  signInWithPassword,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import { memberTables, userTables, type UmbracoAccount } from '../support/aspnet-umbraco.ts';
import { base32Of, hashOf, writeCsv, writeSqlite, type ForeignTable } from '../support/aspnet.ts';
import { openData } from '../../packages/cofactor/src/core/engine.ts';
import { TestClock } from '../support/clock.ts';
import { plainHasher } from '../support/hasher.ts';
import { oathtoolCode } from '../support/oathtool.ts';
import { dump } from '../support/tables.ts';

/** From the tests of Umbraco: what versions 6 to 8, and 4, left behind. */
const older = {
  salted: 'uB/pLEhhe1W7EtWMv/pSgg==1y8+aso9+h3AKRtJXlVYeg2TZKJUr64hccj82ZZ7Ksk=',
  unsalted: 't0U8atXTX/efNCtTafukwZeIpr8=',
};
const typed = 'Umbraco9Rocks!';
const app4 = 'UmbracoUserAppAuthenticator';
const newKey = (): string => randomUUID().toUpperCase();
const v3 = JSON.stringify({ hashAlgorithm: 'PBKDF2.ASPNETCORE.V3' });
const secret = randomUUID();
const otherSecret = randomUUID();

const accounts: readonly UmbracoAccount[] = [
  {
    id: -1,
    key: newKey(),
    login: 'Admin@Example.com',
    hash: hashOf(typed),
    config: v3,
    email: 'admin@example.com',
    confirmed: true,
    groups: ['admin', 'editor'],
    twoFactor: [[app4, secret]],
  },
  { id: 2, key: newKey(), login: 'editor', hash: hashOf(typed), config: v3, groups: ['editor'] },
  {
    id: 3,
    key: newKey(),
    login: 'from-v8',
    hash: older.salted,
    config: '{"hashAlgorithm":"HMACSHA256"}',
    twoFactor: [['UmbracoAppAuthenticator', otherSecret]],
  },
  { id: 4, key: newKey(), login: 'from-v4', hash: older.unsalted, config: '{"hashAlgorithm":"HMACSHA256"}' },
  { id: 5, key: newKey(), login: 'disabled', hash: hashOf(typed), disabled: true },
  { id: 6, key: newKey(), login: 'locked-out', hash: hashOf(typed), lockedOut: true },
  {
    id: 7,
    key: newKey(),
    login: 'mail-codes',
    hash: hashOf(typed),
    twoFactor: [['AcmeMailCodes', 'anything']],
  },
  {
    id: 8,
    key: newKey(),
    login: 'base32',
    hash: hashOf(typed),
    twoFactor: [[app4, 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP']],
  },
  { id: 9, key: newKey(), login: 'no-password', hash: '___UIDEMPTYPWORD__wO8Zmd2r' },
  {
    id: 10,
    key: newKey(),
    login: 'other-hash',
    hash: hashOf(typed),
    config: '{"hashAlgorithm":"HMACSHA512"}',
  },
  {
    id: 11,
    key: newKey(),
    login: 'external',
    hash: '___UIDEMPTYPWORD__x',
    logins: [['Umbraco.Google', 'ann']],
  },
  { id: 12, key: newKey(), login: null, hash: hashOf(typed) },
  { id: 13, key: 'not-a-guid', login: 'no-key', hash: hashOf(typed) },
];
const folder = mkdtempSync(join(tmpdir(), 'cofactor-import-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

onEachDatabase('an import from Umbraco', (fresh) => {
  let database: TestDatabase;
  let app: TestApp;
  const clock = new TestClock();
  const google = { name: 'google', label: 'Google', issuer: 'https://accounts.example.com', clientId: 'x' };

  beforeAll(async () => {
    database = await fresh();
    app = await createApp(database.open(), {
      clock,
      factors: [
        password({ hasher: plainHasher, verifiers: [umbracoHashes()] }),
        totp({ issuer: 'Test' }),
        openid({ ...google, clientSecret: 'y' }),
      ],
    });
    await app.auth.engine.store.migrate();
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const write = (tables: readonly ForeignTable[]): string => {
    const file = join(folder, `${randomUUID()}.db`);
    writeSqlite(file, tables);
    return file;
  };
  const first = async (identifier: string) => {
    const browser = app.browser();
    const person = { identifier, password: typed } as Parameters<typeof signInWithPassword>[0];
    return { browser, step: (await signInWithPassword(person, browser)).body };
  };
  const signsIn = async (name: string, guid?: string): Promise<string | number> => {
    const { browser, step } = await first(name);
    if (guid === undefined) return step.status;
    if (step.status !== 'more-needed') return `only ${step.status}`;
    // What an authenticator app was given: the Base32 of the bytes of the text.
    const code = oathtoolCode(base32Of(Buffer.from(guid)), clock.now());
    const authenticator = step.ceremony.offers[0]?.authenticator;
    return (await browser.post('/auth/ceremony', { authenticator, response: { code } })).body.status;
  };
  const rolesOf = async (name: string) => (await app.auth.users.find(name))?.roles;

  const users: UmbracoImport = { accounts: 'users', logins: { 'Umbraco.Google': 'google' } };
  it('brings users of the back office over, with groups, keys and whatever their passwords were hashed with', async () => {
    const source = write(userTables(accounts));
    const before = await dump(database);
    const rehearsed = await importUmbraco(app.auth, source, { ...users, dryRun: true });
    expect(await dump(database)).toEqual(before);
    const report = await importUmbraco(app.auth, source, users);
    expect({ ...report, dryRun: true }).toEqual(rehearsed);
    expect(report).toMatchObject({
      source: 'umbraco-users',
      rows: 13,
      imported: 7,
      refused: 6,
      roles: { admin: 1, editor: 2 },
      brought: { 'password-hash': 6, 'time-based-key': 2, identity: 1 },
    });
    expect(report.refusals.map(({ row, reason, detail }) => [row, reason, detail])).toEqual([
      [7, 'second-factor-lost', 'time-based-key'],
      [8, 'second-factor-lost', 'time-based-key'],
      [9, 'no-first-factor', null],
      [10, 'no-first-factor', 'password-hash'],
      [12, 'no-name', null],
      [13, 'malformed', 'key'],
    ]);
    clock.advance(90);
    expect(await signsIn('admin@example.com', secret)).toBe('done');
    expect(await signsIn('editor')).toBe('done');
    expect(await signsIn('from-v8', otherSecret)).toBe('done');
    expect(await signsIn('from-v4')).toBe('done');
    expect([await signsIn('disabled'), await signsIn('locked-out')]).toEqual([401, 401]);
    expect([await rolesOf('admin@example.com'), await rolesOf('editor')]).toEqual([
      ['admin', 'editor'],
      ['editor'],
    ]);
    expect(await app.auth.users.find('admin@example.com')).toMatchObject({ email: 'admin@example.com' });
    // Once it was right, it is stored as any other.
    const found = await app.auth.engine.store.account('users', { canonical: 'from-v4' });
    const [stored] = found?.authenticators ?? [];
    if (!found || !stored) throw new Error('nothing is stored');
    expect((await openData(app.auth.engine, found.user, stored)).data).toEqual({ hash: `plain$${typed}` });
    expect(await signsIn('from-v4')).toBe('done');
    expect(await importUmbraco(app.auth, source, users)).toMatchObject({ already: 7, imported: 0 });
  });

  it('finds the second factor of a user who has no key but a number, as before version 14', async () => {
    const own: UmbracoAccount = {
      id: 4660,
      key: '00001234-0000-0000-0000-000000000000',
      login: 'numbered',
      hash: hashOf(typed),
      twoFactor: [[app4, secret]],
    };
    const source = write(userTables([own], { version: 13 }));
    const report = await importUmbraco(app.auth, source, { ...users, name: 'old' });
    expect(report).toMatchObject({ imported: 1, brought: { 'time-based-key': 1 } });
    clock.advance(90);
    expect(await signsIn('numbered', secret)).toBe('done');
  });

  it('an app of another name is one where the operator says so; an account of a program is nobody', async () => {
    const own = {
      id: 20,
      key: newKey(),
      login: 'acme',
      hash: hashOf(typed),
      twoFactor: [['AcmeApp', secret]],
    } as const;
    const program = { id: 21, key: newKey(), login: 'program', hash: hashOf(typed), kind: 1 };
    const source = write(userTables([own, program]));
    const options = { ...users, name: 'acme' };
    expect(await importUmbraco(app.auth, source, options)).toMatchObject({
      imported: 0,
      reasons: { 'second-factor-lost': 1, 'not-a-person': 1 },
    });
    const report = await importUmbraco(app.auth, source, { ...options, authenticatorApps: ['AcmeApp'] });
    expect(report).toMatchObject({ imported: 1, refused: 1 });
  });

  it('brings members over, from an export too', async () => {
    const members: readonly UmbracoAccount[] = [
      {
        id: 1100,
        key: newKey(),
        login: 'member@example.com',
        email: 'member@example.com',
        confirmed: true,
        hash: hashOf(typed),
        config: v3,
        groups: ['Club', '__umbracoRole123'],
        twoFactor: [['UmbracoAppAuthenticator', secret]],
      },
      { id: 1101, key: newKey(), login: 'member-from-v8', hash: older.salted },
      { id: 1102, key: newKey(), login: 'not-approved', hash: hashOf(typed), disabled: true },
      {
        id: 1103,
        key: newKey(),
        login: 'clear-text',
        hash: 'as it was typed',
        config: '{"hashAlgorithm":"Unknown"}',
      },
    ];
    const source = join(folder, randomUUID());
    writeCsv(source, memberTables(members));
    const report = await importUmbraco(app.auth, source, { accounts: 'members' });
    expect(report).toMatchObject({
      rows: 4,
      imported: 3,
      refused: 1,
      roles: { Club: 1 },
      reasons: { 'no-first-factor': 1 },
    });
    clock.advance(90);
    expect(await signsIn('member@example.com', secret)).toBe('done');
    expect([await signsIn('member-from-v8'), await signsIn('not-approved')]).toEqual(['done', 401]);
    expect(await rolesOf('member@example.com')).toEqual(['Club']);
  });

  it('refuses versions in which it cannot be read whether a member is approved', async () => {
    const tables = memberTables([]).map((table) =>
      table.name === 'cmsMember' ? { ...table, columns: table.columns.slice(0, 4) } : table,
    );
    await expect(importUmbraco(app.auth, write(tables), { accounts: 'members' })).rejects.toThrow(
      'has no column passwordconfig, isapproved, islockedout, emailconfirmeddate',
    );
  });

  it.each([
    ['accounts', { accounts: 'everybody' }],
    ['authenticatorApps', { accounts: 'users', authenticatorApps: 'Acme' }],
    ['without', { accounts: 'users', without: ['members'] }],
  ])('%s is named when it is wrong', async (option, options) => {
    await expect(importUmbraco(app.auth, 'x.db', options as unknown as UmbracoImport)).rejects.toMatchObject({
      code: 'ERR_CONFIG_IMPORT',
      message: expect.stringContaining(`{ ${option} }`),
    });
  });
});
