import {
  chmodSync,
  chownSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../packages/server/src/cli/commands.ts';
import { clean, jsonText, table } from '../../packages/server/src/cli/text.ts';
import { createCli, type Ran, type TestCli } from '../support/cli.ts';

const password = 'quiet harbour lantern 77';
/** Clears the screen, sets the title, writes over the line, and turns the direction of what follows. */
const nasty = '\u001b[2J\u001b]0;owned\u0007\rroot\u009b31m\u202etxt.exe\u2066\u0000';
// oxlint-disable-next-line no-control-regex -- that is what must not be there
const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe('A-195 what people chose themselves, in a terminal', () => {
  it('is shown as what it is, on one line', () => {
    expect(clean(nasty)).not.toMatch(control);
    expect(clean('two\nlines')).toBe('two\\u000alines');
    expect(clean('日本 Grüße 👍🏽 e\u0301')).toBe('日本 Grüße 👍🏽 e\u0301');
    expect(clean('lone \ud800 half')).not.toMatch(/[\ud800-\udfff]/);
  });

  it('moves no column', () => {
    const [heading = '', first = '', second = ''] = table(
      ['name', 'role'],
      [
        [nasty, 'a'],
        ['日本', 'b'],
      ],
    ).split('\n');
    expect(first.indexOf(' a')).toBe(heading.indexOf(' role'));
    // Two columns each, on a terminal.
    expect(second.indexOf(' b')).toBe(heading.indexOf(' role') - 2);
  });

  it('is JSON that reads back as what it was', () => {
    const text = jsonText({ name: nasty, [nasty]: 1 }, 2);
    expect(text).not.toMatch(control);
    expect(JSON.parse(text)).toEqual({ name: nasty, [nasty]: 1 });
  });
});

describe('the command line', () => {
  let cli: TestCli;
  let keysFile: string;
  let file: string;
  const said: Ran[] = [];
  const run = async (...args: Parameters<TestCli['run']>): Promise<Ran> => {
    const ran = await cli.run(...args);
    said.push(ran);
    return ran;
  };
  const write = async (sql: string, ...values: readonly unknown[]): Promise<void> => {
    const { default: Database } = await import('better-sqlite3');
    const db = new Database(file);
    db.prepare(sql).run(...values);
    db.close();
  };
  beforeAll(async () => {
    cli = await createCli({
      COFACTOR_MAIL: 'smtp://mailer:mail-password-1@127.0.0.1:1',
      COFACTOR_MAIL_FROM: 'a@example.com',
    });
    keysFile = join(cli.folder, 'data', 'keys.json');
    file = join(cli.folder, 'data', 'cofactor.db');
    await run('user add ada --role owner --password-stdin', { stdin: password });
  });
  afterAll(() => cli.drop());

  it('takes no secret as an argument or an option: those stand in the list of processes', () => {
    const takesSecret = /<[^>]*(password|secret|key|code|token)[^>]*>/i;
    const flags = commands.flatMap(({ options = [] }) => options.map((option) => option.flags));
    expect(flags.filter((flag) => takesSecret.test(flag))).toEqual([]);
    const names = commands.flatMap(({ arguments: given = [] }) => given.map(({ name }) => name));
    // The id of a key is none.
    expect(names.filter((name) => /password|secret|code|token/i.test(name))).toEqual([]);
  });

  it('A-195 names, user agents, factors and reasons of strangers do nothing to a terminal or a spreadsheet', async () => {
    await write('update users set identifier = ?, email = ?', nasty, nasty);
    await write('update authenticators set name = ?', `=cmd()${nasty}`);
    await write(
      "insert into oidc_clients values ('users', 'x', ?, null, 0, 0)",
      JSON.stringify({ id: 'x', name: nasty, redirectUris: [nasty], hasSecret: false }),
    );
    await run(['user', 'lock', 'ada', '--reason', 'x']);
    await run(['user', 'unlock', 'ada', '--reason', `=HYPERLINK("http://x")`]);
    for (const line of [
      'user list',
      'user list --json',
      'user show ada',
      'user show ada --json',
      'client list',
      'client list --json',
      'audit export',
      'audit export --json',
      'audit export --format csv',
      'audit verify',
      'doctor',
      'keys list',
    ]) {
      const { out: written, err } = await run(line);
      // CSV ends its lines with both (RFC 4180).
      const out = written.replaceAll('\r\n', '\n');
      expect([line, control.test(out), control.test(err)]).toEqual([line, false, false]);
    }
    const { out } = await run('audit export --format csv');
    expect(
      out
        .split('\n')
        .flatMap((row) => row.split(','))
        .filter((cell) => /^"?[=+\-@]/.test(cell)),
    ).toEqual([]);
    const unknown = await run(['user', 'show', nasty]);
    expect([unknown.exit, control.test(unknown.err)]).toEqual([4, false]);
    expect(control.test((await run([nasty])).err)).toBe(false);
    expect(control.test((await run(['user', 'list', `--${nasty}`])).err)).toBe(false);
  });

  it('keys rotate puts a new key first, for nobody else to read, and keeps the old one', async () => {
    const before = JSON.parse(readFileSync(keysFile, 'utf8')) as { id: string }[];
    expect((await run('keys rotate')).exit).toBe(0);
    const after = JSON.parse(readFileSync(keysFile, 'utf8')) as { id: string }[];
    expect(after.slice(1)).toEqual(before);
    expect(statSync(keysFile).mode & 0o777).toBe(0o600);
    expect(existsSync(`${keysFile}.new`)).toBe(false);
    // Twice a day has another name: one id is never used for two secrets.
    await run('keys rotate');
    const ids = (JSON.parse(readFileSync(keysFile, 'utf8')) as { id: string }[]).map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
  });

  it('I-05 keys rotate leaves the file to whoever it belongs to, and says in the record who did it', async () => {
    const { uid: own, gid: ownGroup } = statSync(keysFile);
    // Only root can give a file away; for everybody else it is theirs before and after.
    const [uid, gid] = own === 0 ? [1234, 1235] : [own, ownGroup];
    chownSync(keysFile, uid, gid);
    chmodSync(keysFile, 0o640);
    try {
      expect((await run('keys rotate')).exit).toBe(0);
      const after = statSync(keysFile);
      expect([after.uid, after.gid, after.mode & 0o777]).toEqual([uid, gid, 0o640]);
      const [{ id }] = JSON.parse(readFileSync(keysFile, 'utf8')) as [{ id: string }];
      const { out } = await run('audit export --type keys-changed');
      const [newest] = out.split('\n').map((line) => JSON.parse(line || 'null') as { data: object } | null);
      expect(newest?.data).toMatchObject({ added: id, by: expect.stringMatching(/^cli:/) });
    } finally {
      chownSync(keysFile, own, ownGroup);
      chmodSync(keysFile, 0o600);
    }
  });

  it('of two that change the keys at once one is told to wait, and a file put in the way is not followed', async () => {
    const before = readFileSync(keysFile, 'utf8');
    const elsewhere = join(cli.folder, 'elsewhere');
    writeFileSync(elsewhere, 'untouched');
    symlinkSync(elsewhere, `${keysFile}.new`);
    const refused = await run('keys rotate');
    expect([refused.exit, readFileSync(keysFile, 'utf8'), readFileSync(elsewhere, 'utf8')]).toEqual([
      5,
      before,
      'untouched',
    ]);
    rmSync(`${keysFile}.new`);
  });

  it('keys remove takes nothing that is needed', async () => {
    const keys = JSON.parse(readFileSync(keysFile, 'utf8')) as { id: string; secret: string }[];
    // Put there by hand, and taken up by nobody.
    const unused = { id: 'unused', secret: Buffer.alloc(32, 7).toString('base64') };
    writeFileSync(keysFile, JSON.stringify([...keys, unused]));
    const before = readFileSync(keysFile, 'utf8');
    for (const { id } of [...keys, unused]) {
      // Nobody answers whether to go on, which is no.
      const { exit } = await run(['keys', 'remove', id]);
      expect([id, exit, readFileSync(keysFile, 'utf8') === before]).toEqual([id, 5, true]);
    }
    for (const { id } of keys) {
      expect([id, (await run(['keys', 'remove', id, '--yes'])).exit]).toEqual([id, 5]);
    }
    expect((await run('keys remove unused --yes')).exit).toBe(0);
    const left = JSON.parse(readFileSync(keysFile, 'utf8')) as { id: string }[];
    expect(left.map(({ id }) => id)).toEqual(keys.map(({ id }) => id));
    expect(statSync(keysFile).mode & 0o777).toBe(0o600);
  });

  it('a database whose keys are gone gets no new ones by the way', async () => {
    const keys = readFileSync(keysFile, 'utf8');
    rmSync(keysFile);
    for (const line of [
      'serve',
      'user list',
      'keys list',
      'keys rotate',
      'doctor --restored --yes',
      'migrate',
    ]) {
      const { exit, err } = await run(line);
      expect([line, exit, existsSync(keysFile)]).toEqual([line, 3, false]);
      expect(err).toContain('keys.json');
    }
    expect((await run('doctor')).exit).toBe(7);
    expect(existsSync(keysFile)).toBe(false);
    writeFileSync(keysFile, keys, { mode: 0o600 });
  });

  it('members that are switched off count: their secrets are sealed anew, their keys are needed, and a restored backup ends them too', async () => {
    const members = { env: { COFACTOR_MEMBERS: 'true' } };
    await run('user add guest --realm members --password-stdin', { stdin: password, ...members });
    const { id: before } = (await run('keys rotate --json')).json<{ key: { id: string } }>().key;
    expect(before).not.toBe('');
    const realms = (ran: Ran): unknown[] =>
      ran.json<{ realms: { realm: string }[] }>().realms.map(({ realm }) => realm);
    const sealed = await run('keys re-encrypt --json');
    expect(realms(sealed)).toEqual(['users', 'members']);
    expect(sealed.json()).toMatchObject({ realms: [{ resealed: 1 }, { resealed: 1 }] });
    expect(realms(await run('doctor --restored --yes --json'))).toEqual(['users', 'members']);
    expect((await run('user list --realm members')).exit).toBe(4);
  });

  it('doctor says that others can read the keys', async () => {
    writeFileSync(keysFile, readFileSync(keysFile, 'utf8'), { mode: 0o600 });
    const { chmodSync } = await import('node:fs');
    chmodSync(keysFile, 0o644);
    const open = await run('doctor');
    expect([open.exit, open.out]).toEqual([7, expect.stringMatching(/PROBLEM +keys .*others/)]);
    chmodSync(keysFile, 0o600);
  });

  it('I-28 says no secret that it was not asked for: of keys, passwords, addresses of databases and mail servers', async () => {
    const away = 'postgres://cofactor:database-password-1@127.0.0.1:1/cofactor';
    for (const line of [
      'doctor',
      'doctor --json',
      'user list',
      'user list --json',
      'keys list --json',
      'migrate',
    ]) {
      await run(line, {
        env: { COFACTOR_DATABASE: away, COFACTOR_KEYS: `one:${Buffer.alloc(32, 'k3y').toString('base64')}` },
      });
    }
    await run('doctor --mail-to ada@example.com');
    for (const line of [
      'doctor --deep --json',
      'keys list',
      'keys list --json',
      'keys re-encrypt --json',
      'user show ada --json',
    ])
      await run(line);
    const secrets = (JSON.parse(readFileSync(keysFile, 'utf8')) as { secret: string }[]).map(
      ({ secret }) => secret,
    );
    const planted = [
      ...secrets,
      password,
      'database-password-1',
      'mail-password-1',
      Buffer.alloc(32, 'k3y').toString('base64'),
      '$argon2',
    ];
    expect(said.length).toBeGreaterThan(30);
    for (const { out, err } of said) {
      for (const secret of planted) {
        expect(out).not.toContain(secret);
        expect(err).not.toContain(secret);
      }
    }
  });
});
