import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { importAspNetIdentity } from 'cofactor/importers';
import { emailOtp } from 'cofactor/email-otp';
import { totp } from 'cofactor/totp';
import { describe, expect, it } from 'vitest';
import { sourceFiles } from '../../tools/checks/source-files.ts';
import { onEachDatabase } from '../support/app.ts';
import { ImportTests, knowingPasswords, typed } from '../support/aspnet-import.ts';
import {
  aspNetTables,
  hashOf,
  newKey,
  passkeyOf,
  writeSqlite,
  type AspNetPerson,
} from '../support/aspnet.ts';

onEachDatabase('A-219 an import', (fresh) => {
  const at = new ImportTests(fresh);

  const lost: readonly (readonly [string, (id: string) => Partial<AspNetPerson>])[] = [
    ['no key at all', () => ({ twoFactor: true })],
    ['a key that is no Base32', () => ({ twoFactor: true, key: 'not 1 key 8 at 0 all' })],
    ['a key that an application encrypted', () => ({ twoFactor: true, key: 'CfDJ8NrAkSldSe1Ss2PYbV' })],
    ['a key that is too short', () => ({ twoFactor: true, key: 'JBSWY3DP' })],
    ['an empty key', () => ({ twoFactor: true, key: '' })],
    [
      'recovery codes and nothing that they stand in for',
      () => ({ twoFactor: true, codes: 'aaaaaaaa;bbbbbbbb' }),
    ],
    [
      'a phone number, and no provider for it',
      () => ({ twoFactor: true, phone: '+4512345678', phoneConfirmed: true }),
    ],
    [
      'a mailbox, and no provider for it',
      () => ({ twoFactor: true, email: 'x@example.com', confirmed: true }),
    ],
    ['a passkey of another site', (id) => ({ passkeys: [passkeyOf(id, {}, 'example.com')] })],
    [
      'a passkey that cannot be read',
      (id) => ({ passkeys: [{ ...passkeyOf(id), data: '{"PublicKey":"AAAA"}' }] }),
    ],
    [
      'a passkey whose key was swapped',
      (id) => ({ passkeys: [{ ...passkeyOf(id), data: passkeyOf(id).data }] }),
    ],
  ];

  it.each(lost)('never makes a password of two factors: %s', async (_what, more) => {
    const id = randomUUID();
    const userName = at.newName();
    const person = { id, userName, password: typed, ...more(id) };
    for (const dryRun of [true, false]) {
      const report = await at.bring([person], { dryRun });
      expect(report).toMatchObject({ imported: 0, refused: 1, reasons: { 'second-factor-lost': 1 } });
    }
    expect(await at.account(userName)).toBeNull();

    const report = await at.bring([person], { secondFactorLost: 'lock' });
    expect(report).toMatchObject({ imported: 1, locked: 1, refused: 0 });
    expect((await at.account(userName))?.user.disabledAt).not.toBeNull();
    expect(await at.signsIn(userName)).toBe(401);
    const rows = await at.database.query(
      "select data from audit where type = 'user-imported' order by seq desc limit 1",
    );
    expect(String(rows[0]?.['data'])).toContain('"locked":"second-factor-lost"');
  });

  it('two keys of one person are none, and the rest of the import goes on', async () => {
    const [one, other] = [at.newName(), at.newName()];
    const id = randomUUID();
    const tables = aspNetTables([
      { id, userName: one, password: typed, twoFactor: true, key: newKey() },
      { id: randomUUID(), userName: other, password: typed, twoFactor: true, key: newKey() },
    ]).map((table) =>
      table.name === 'AspNetUserTokens'
        ? { ...table, rows: [...table.rows, [id, '[AspNetUserStore]', 'AuthenticatorKey', newKey()]] }
        : table,
    );
    const { source, name } = at.sourceOf(tables);
    const report = await importAspNetIdentity(at.app.auth, source, { name });
    expect(report).toMatchObject({
      imported: 1,
      refused: 1,
      refusals: [{ row: 1, key: id, reason: 'second-factor-lost' }],
    });
    expect([await at.account(one), (await at.account(other)) !== null]).toEqual([null, true]);
  });

  it('a provider that is not there, or that fails, means that its factor is lost', async () => {
    const person = {
      id: randomUUID(),
      userName: at.newName(),
      password: typed,
      twoFactor: true,
      key: newKey(),
    };
    const broken = {
      ...totp({ issuer: 'Test' }),
      adopt: () => {
        throw new Error(`no place for ${person.key}`);
      },
    };
    for (const factors of [[knowingPasswords()], [knowingPasswords(), broken]]) {
      const other = await at.open(factors);
      const report = await at.bring([person], {}, other);
      expect(report).toMatchObject({ refused: 1, reasons: { 'second-factor-lost': 1 } });
      expect(inspect(report, { depth: 9 })).not.toContain(person.key);
      await other.auth.engine.store.close();
    }
    expect(await at.account(person.userName)).toBeNull();
    expect(at.logged).not.toContain(person.key);
  });

  it('what was refused is tried again, and comes over once it can', async () => {
    const person = { id: randomUUID(), userName: at.newName(), password: typed, twoFactor: true };
    const { source, name } = at.sourceOf(aspNetTables([person]));
    expect(await importAspNetIdentity(at.app.auth, source, { name })).toMatchObject({ refused: 1 });
    const better = join(at.folder, `${name}-better.db`);
    writeSqlite(better, aspNetTables([{ ...person, key: newKey() }]));
    expect(await importAspNetIdentity(at.app.auth, better, { name })).toMatchObject({
      imported: 1,
      refused: 0,
    });
    expect(await importAspNetIdentity(at.app.auth, better, { name })).toMatchObject({
      already: 1,
      imported: 0,
    });
  });

  it('nobody comes over who could not sign in, or whose hash nobody can check', async () => {
    const people = [
      { id: randomUUID(), userName: at.newName() },
      { id: randomUUID(), userName: at.newName(), logins: [['Google', '1']] as const },
      { id: randomUUID(), userName: at.newName(), hash: '$2a$11$abcdefghijklmnopqrstuv' },
      { id: randomUUID(), userName: at.newName(), hash: 'password in the clear' },
      { id: randomUUID(), userName: at.newName(), hash: hashOf(typed).slice(0, -4) },
      {
        id: randomUUID(),
        userName: at.newName(),
        hash: hashOf(typed, { iterations: 1_000 }).replace('AQAAAAIAAAPo', 'AQAAAAL/////'),
      },
    ];
    const report = await at.bring(people);
    expect(report).toMatchObject({
      imported: 0,
      refused: people.length,
      reasons: { 'no-first-factor': people.length },
    });
    expect(report.refusals.map(({ detail }) => detail)).toEqual([
      null,
      'identity',
      'password-hash',
      'password-hash',
      'password-hash',
      'password-hash',
    ]);
  });

  it('I-07 nobody who is here is overwritten, nor anybody by the next row', async () => {
    const created = await at.app.auth.users.create({
      identifier: 'Ada@Example.com',
      provider: 'password',
      response: { password: 'her own since long ago' },
    });
    expect(created.status).toBe('created');
    const before = await at.account('ada@example.com');
    const twice = at.newName();
    const people = [
      { id: randomUUID(), userName: 'ADA@example.com', password: typed },
      { id: randomUUID(), userName: twice, password: typed },
      { id: randomUUID(), userName: twice.toUpperCase(), password: 'another one altogether' },
    ];
    const rehearsed = await at.bring(people, { dryRun: true });
    const report = await at.bring(people);
    expect(report).toMatchObject({ imported: 1, refused: 2, reasons: { 'name-taken': 2 } });
    expect({ ...report, source: '', dryRun: true }).toEqual({ ...rehearsed, source: '' });
    expect(await at.account('ada@example.com')).toEqual(before);
    expect([await at.signsIn('ada@example.com', 'her own since long ago'), await at.signsIn(twice)]).toEqual([
      'done',
      'done',
    ]);
  });

  it('A-109 a name that reads as the confirmed address of somebody is theirs', async () => {
    const owner = at.newName();
    const address = `${owner}@example.com`;
    const people = [
      { id: randomUUID(), userName: owner, password: typed, email: address, confirmed: true },
      { id: randomUUID(), userName: address, password: 'of somebody else' },
    ];
    for (const dryRun of [true, false]) {
      const report = await at.bring(people, { dryRun });
      expect(report).toMatchObject({ imported: 1, refused: 1, reasons: { 'name-taken': 1 } });
    }
    expect(await at.account(address)).toBeNull();
  });

  it('codes by mail are a second factor where they were all there was, and are offered here', async () => {
    const [mailed, keyed] = [at.newName(), at.newName()];
    const own = { password: typed, twoFactor: true, confirmed: true };
    const people = [
      { ...own, id: randomUUID(), userName: mailed, email: `${mailed}@example.com` },
      { ...own, id: randomUUID(), userName: keyed, email: `${keyed}@example.com`, key: newKey() },
    ];
    const factors = [knowingPasswords(), totp({ issuer: 'Test' }), emailOtp({ send: 'event' })];
    const other = await at.open(factors);
    expect(await at.bring(people, {}, other)).toMatchObject({ imported: 2, refused: 0 });
    await other.auth.engine.store.close();
    const kinds = async (name: string): Promise<readonly string[] | undefined> =>
      (await at.account(name))?.authenticators.map(({ provider }) => provider).sort();
    expect(await kinds(mailed)).toEqual(['email-otp', 'password']);
    expect(await kinds(keyed)).toEqual(['password', 'totp']);
  });

  it('an address that is somebody else, or that nobody has confirmed, stays behind', async () => {
    const [first, second, third] = [at.newName(), at.newName(), at.newName()];
    const address = `${first}@example.com`;
    const people = [
      { id: randomUUID(), userName: first, password: typed, email: address, confirmed: true },
      { id: randomUUID(), userName: second, password: typed, email: address.toUpperCase(), confirmed: true },
      { id: randomUUID(), userName: third, password: typed, email: `${third}@example.com` },
      {
        id: randomUUID(),
        userName: at.newName(),
        password: typed,
        email: 'a@example.com, b@example.com',
        confirmed: true,
      },
    ];
    const report = await at.bring(people);
    expect(report.left).toEqual([
      { what: 'address', why: 'taken', count: 1 },
      { what: 'address', why: 'unconfirmed', count: 1 },
      { what: 'address', why: 'unreadable', count: 1 },
    ]);
    const emails = await Promise.all(
      [first, second, third].map(async (name) => (await at.account(name))?.user.email),
    );
    expect(emails).toEqual([address, null, null]);
    const taken = at.newName();
    const took = [{ id: randomUUID(), userName: taken, password: typed, email: `${taken}@example.com` }];
    await at.bring(took, { unconfirmedAddresses: 'take' });
    expect((await at.account(taken))?.user).toMatchObject({
      email: `${taken}@example.com`,
      emailVerifiedAt: null,
    });
  });

  it('a role comes over under the name that it is given here, or not at all', async () => {
    const person = { id: randomUUID(), userName: at.newName(), password: typed };
    const roles = ['Editors', 'Authors', 'administrator', '__proto__'];
    const tables = aspNetTables(
      [{ ...person, roles }],
      roles.map((name) => ({ name })),
    );
    const { source, name } = at.sourceOf(tables);
    const renamed = { Editors: 'writer', Authors: 'writer', administrator: null };
    const report = await importAspNetIdentity(at.app.auth, source, { name, roles: renamed });
    expect((await at.account(person.userName))?.user.roles).toEqual(['writer', '__proto__']);
    expect(Object.entries(report.roles)).toEqual([
      ['writer', 1],
      ['__proto__', 1],
    ]);
  });

  it('two sources under one name do not pass for one another', async () => {
    const [name, other] = [at.newName(), at.newName()];
    const person = { id: '7', userName: name, password: typed };
    expect(await at.bring([person], { name: 'shop' })).toMatchObject({ imported: 1 });
    const report = await at.bring([{ ...person, userName: other }], { name: 'shop' });
    expect(report).toMatchObject({ refused: 1, already: 0, reasons: { 'key-of-another': 1 } });
    expect(await at.bring([person], { name: 'shop' })).toMatchObject({ already: 1 });
    expect(await at.bring([{ ...person, userName: other }], { name: 'blog' })).toMatchObject({ imported: 1 });
  });

  it('two imports at once make each account once', async () => {
    const people = Array.from({ length: 40 }, () => ({
      id: randomUUID(),
      userName: at.newName(),
      password: typed,
    }));
    const { source, name } = at.sourceOf(aspNetTables(people));
    const other = await at.open([knowingPasswords(), totp({ issuer: 'Test' })]);
    const reports = await Promise.all([
      importAspNetIdentity(at.app.auth, source, { name }),
      importAspNetIdentity(other.auth, source, { name }),
    ]);
    await other.auth.engine.store.close();
    expect(reports.map(({ rows }) => rows)).toEqual([40, 40]);
    const made = reports[0].imported + reports[1].imported;
    const rows = await at.database.query('select outcome from import_rows where source = $1', [name]);
    expect([made, rows.length, rows.filter(({ outcome }) => outcome === 'imported').length]).toEqual([
      40, 40, 40,
    ]);
    expect(await at.app.auth.verifyAudit()).toBeNull();
  });

  it('stopped between two rows it goes on where it was', async () => {
    const people = Array.from({ length: 10 }, () => ({
      id: randomUUID(),
      userName: at.newName(),
      password: typed,
    }));
    const { source, name } = at.sourceOf(aspNetTables(people));
    const stop = new AbortController();
    const part = await importAspNetIdentity(at.app.auth, source, {
      name,
      signal: stop.signal,
      progress: ({ imported }) => imported === 4 && stop.abort(),
    });
    expect(part).toMatchObject({ complete: false, rows: 4, imported: 4 });
    const rest = await importAspNetIdentity(at.app.auth, source, { name });
    expect(rest).toMatchObject({ complete: true, rows: 10, imported: 6, already: 4 });
  });
});

describe('A-219 what another system held', () => {
  it('is taken by an import, and by nothing else in the code', () => {
    const callers = sourceFiles()
      .filter(({ code }) => /\.adopt(\?\.)?\(/.test(code))
      .map(({ name }) => name);
    expect(callers).toEqual(['importers/adopt.ts']);
  });
});
