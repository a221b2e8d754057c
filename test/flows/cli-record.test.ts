import { expect, it } from 'vitest';
import { onEachDatabase } from '../support/app.ts';
import { createCli } from '../support/cli.ts';

const keys = `first:${Buffer.alloc(32, 7).toString('base64')}`;
const person = 'ada@example.com';

onEachDatabase('I-09 the record says what the command line did', (fresh) => {
  it('and who sat in front of it, of every change', async () => {
    const database = await fresh();
    const cli = await createCli({ COFACTOR_DATABASE: database.address, COFACTOR_KEYS: keys });
    const because = ['--reason', 'asked by telephone'];
    const changes: readonly (readonly [type: string, ...line: string[]])[] = [
      ['user-created', 'user', 'add', person, '--role', 'owner', '--password-stdin'],
      ['user-created', 'user', 'invite', 'bob@example.com', '--role', 'editor'],
      ['roles-changed', 'user', 'roles', person, '--role', 'owner', '--role', 'editor', ...because],
      ['user-created', 'user', 'add', 'cy@example.com', '--password-stdin'],
      ['user-locked', 'user', 'lock', 'cy@example.com', ...because],
      ['user-unlocked', 'user', 'unlock', 'cy@example.com', ...because],
      ['client-changed', 'client', 'add', 'shop', '--redirect-uri', 'https://shop.example/cb'],
      ['client-removed', 'client', 'remove', 'shop', '--yes'],
      ['signing-keys-rotated', 'keys', 'rotate', '--signing'],
      ['backup-restored', 'doctor', '--restored', '--yes'],
    ];
    for (const [type, ...line] of changes) {
      const newest = async (): Promise<number> =>
        Number((await database.query('select coalesce(max(seq), 0) as n from audit'))[0]?.['n']);
      const before = await newest();
      const ran = await cli.run(line, { stdin: 'tulips on the window sill' });
      expect([line.join(' '), ran.exit, ran.err]).toEqual([line.join(' '), 0, expect.anything()]);
      const rows = await database.query('select type, data from audit where seq > $1 order by seq', [before]);
      const row = rows.find((one) => one['type'] === type);
      expect([line.join(' '), JSON.parse((row?.['data'] as string | undefined) ?? 'null')]).toEqual([
        line.join(' '),
        expect.objectContaining({ by: 'cli:test' }),
      ]);
    }
    const [made] = await database.query("select data from audit where type = 'user-created' order by seq");
    expect(JSON.parse(String(made?.['data']))).toMatchObject({ roles: ['owner'] });
    await cli.drop();
    await database.drop();
  });

  it('an invitation of somebody who waits already changes nothing of theirs, and says so', async () => {
    const database = await fresh();
    const cli = await createCli({ COFACTOR_DATABASE: database.address, COFACTOR_KEYS: keys });
    expect((await cli.run(`user invite ${person}`)).exit).toBe(0);
    const again = await cli.run(`user invite ${person} --role administrator`);
    expect([again.exit, again.err]).toEqual([5, expect.stringContaining('--role')]);
    expect((await cli.run(`user show ${person} --json`)).json()).toMatchObject({ roles: [] });
    expect((await cli.run(`user invite ${person}`)).exit).toBe(0);
    await cli.drop();
    await database.drop();
  });
});
