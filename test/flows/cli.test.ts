import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandSpec } from '../../packages/server/src/cli/command.ts';
import { commands } from '../../packages/server/src/cli/commands.ts';
import { exitCodes, exitMeanings } from '../../packages/server/src/cli/exits.ts';
import { exitsOf, programOf, type Values } from '../../packages/server/src/cli/main.ts';
import { line, progressBar, type Progress } from '../../packages/server/src/cli/progress.ts';
import { onEachDatabase, type TestDatabase } from '../support/app.ts';
import { aspNetTables, writeSqlite } from '../support/aspnet.ts';
import { createCli, realTime, type Ran, type TestCli } from '../support/cli.ts';
import { TestClock } from '../support/clock.ts';
import { closedPort, startSmtp } from '../support/smtp.ts';

const secret = Buffer.from(Array.from({ length: 32 }, (_, n) => (n * 37 + 11) % 256)).toString('base64');
const password = 'quiet harbour lantern 77';

/** The words of an example, as a shell takes them apart. What comes after `>` is the shell's. */
function words(example: string): readonly string[] {
  const whole = example.split(' > ')[0] ?? '';
  return [...whole.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
}

describe('the table of commands', () => {
  it('has each command of the issue, each once', () => {
    const names = commands.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const wanted of [
      'serve',
      'migrate',
      ...['add', 'list', 'lock', 'reset-mfa', 'invite'].map((one) => `user ${one}`),
      ...['add', 'list'].map((one) => `client ${one}`),
      ...['list', 'rotate', 're-encrypt'].map((one) => `keys ${one}`),
      ...['verify', 'export'].map((one) => `audit ${one}`),
      'import aspnet-identity',
      'import umbraco',
      'doctor',
    ]) {
      expect(names).toContain(wanted);
    }
  });

  it.each(commands.map((spec) => [spec.name, spec] as const))(
    '%s: its example is a call of it, and help shows it with exit codes and --json',
    async (name, spec) => {
      const called: { spec: CommandSpec; values: Values }[] = [];
      const cli = await createCli();
      let out = '';
      const sink = {
        isTerminal: false,
        columns: 100,
        write: (text: string) => Promise.resolve((out += text) !== ''),
      };
      const program = programOf({ stdout: sink, stderr: sink } as never, (found, values) => {
        called.push({ spec: found, values });
        return Promise.resolve();
      });
      await program.parseAsync([...words(spec.example)], { from: 'user' });
      expect(called.map((one) => one.spec.name)).toEqual([name]);
      expect(out).toBe('');
      const help = await cli.run([...name.split(' '), '--help']);
      expect(help).toMatchObject({ exit: 0, err: '' });
      expect(help.out).toContain(`cofactor ${spec.example}`);
      expect(help.out).toContain('--json');
      for (const exit of exitsOf(spec))
        expect(help.out).toContain(`${exitCodes[exit]}  ${exitMeanings[exit]}`);
      expect(typeof (await spec.load())).toBe('function');
      await cli.drop();
    },
  );

  it('every exit code has a number of its own and a meaning', () => {
    expect(Object.values(exitCodes)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(Object.keys(exitMeanings)).toEqual(Object.keys(exitCodes));
  });
});

describe('a bar', () => {
  it('says how far it is and how long it takes, in the room there is', () => {
    const half = { done: 500, total: 1000, took: 4000 };
    expect(line('sealing anew', { ...half, columns: 80 })).toBe(
      `sealing anew  [${'#'.repeat(15)}${'-'.repeat(15)}]  50 %  500 of 1,000, 4 s left`,
    );
    expect(line('sealing anew', { ...half, took: 400, columns: 80 })).not.toContain('left');
    expect(line('sealing anew', { ...half, columns: 40 })).toHaveLength(39);
    expect(line('importing', { done: 1234, total: 0, took: 4000, columns: 80 })).toBe('importing  1,234');
    expect(line('x', { done: 1, total: 1000, took: 4_000_000, columns: 100 })).toContain('1110 h');
  });
});

describe('a bar as it is drawn', () => {
  const watch = (
    isTerminal: boolean,
  ): { readonly written: string[]; readonly clock: TestClock; readonly bar: Progress } => {
    const written: string[] = [];
    const clock = new TestClock();
    const write = (text: string): Promise<boolean> => Promise.resolve(written.push(text) > 0);
    return { written, clock, bar: progressBar('importing', { isTerminal, columns: 80, write }, clock) };
  };

  it('comes after a moment, not more often than one can see, and goes without a trace', () => {
    const { written, clock, bar } = watch(true);
    bar.update(1, 10);
    expect(written).toEqual([]);
    clock.advance(0.4);
    bar.update(2, 10);
    clock.advance(0.05);
    bar.update(3, 10);
    expect(written).toHaveLength(1);
    clock.advance(0.1);
    bar.update(10, 10);
    bar.end();
    expect(written).toHaveLength(3);
    expect(written.at(-1)).toBe('\r\u001b[K');
  });

  it('is silent where nobody watches', () => {
    const { written, clock, bar } = watch(false);
    clock.advance(10);
    bar.update(5, 10);
    bar.end();
    expect(written).toEqual([]);
  });
});

describe('doctor and mail', () => {
  it('asks the mail server whether it is there, and sends one where it is told to', async () => {
    const cli = await createCli();
    const server = await startSmtp();
    const mailAt = (port: number): { readonly env: Readonly<Record<string, string>> } => ({
      env: { COFACTOR_MAIL: `smtp://localhost:${port}`, COFACTOR_MAIL_FROM: 'noreply@example.com' },
    });
    const mailIn = (ran: Ran): unknown =>
      ran
        .json<{ checks: { check: string; status: string }[] }>()
        .checks.find(({ check }) => check === 'mail');
    expect(mailIn(await cli.run('doctor --json', mailAt(server.port)))).toMatchObject({ status: 'ok' });
    expect(server.mails).toEqual([]);
    const sent = await cli.run('doctor --json --mail-to ada@example.com', mailAt(server.port));
    expect([sent.exit, mailIn(sent)]).toMatchObject([0, { status: 'ok' }]);
    expect(server.mails).toMatchObject([{ to: ['ada@example.com'], subject: 'Test mail of Cofactor' }]);
    const refused = await cli.run(['doctor', '--json', '--mail-to', 'no address'], mailAt(server.port));
    expect([refused.exit, mailIn(refused)]).toMatchObject([7, { status: 'problem' }]);
    const closed = await cli.run('doctor --json', mailAt(await closedPort()));
    expect([closed.exit, mailIn(closed)]).toMatchObject([7, { status: 'problem' }]);
    await Promise.all([server.close(), cli.drop()]);
  });
});

describe('import', () => {
  it('says what would come over, brings it, names what it refuses, and goes on where it was', async () => {
    const cli = await createCli();
    const file = `${cli.folder}/identity.db`;
    const one = { id: '1', userName: 'ada@example.com', password: 'the one they had', roles: ['Admins'] };
    const wrong = { id: '2', userName: 'bob', hash: 'no hash of theirs' };
    writeSqlite(file, aspNetTables([one, wrong], [{ name: 'Admins' }]));
    const dry = await cli.run(`import aspnet-identity ${file} --dry-run --json`);
    expect([dry.exit, dry.json()]).toMatchObject([6, { dryRun: true, imported: 1, refused: 1 }]);
    expect((await cli.run('user list --json')).json()).toMatchObject({ users: [] });
    const done = await cli.run(`import aspnet-identity ${file}`);
    expect(done.exit).toBe(6);
    expect(done.out).toMatch(/came over +1\n/);
    expect(done.out).toContain('Admins: 1 person');
    expect((await cli.run('user list --json')).json()).toMatchObject({
      users: [{ identifier: 'ada@example.com', roles: ['Admins'] }],
    });
    const again = await cli.run(`import aspnet-identity ${file} --json`);
    expect(again.json()).toMatchObject({ imported: 0, already: 1, refused: 1 });
    expect((await cli.run(`import aspnet-identity ${cli.folder}/nothing.db --json`)).exit).toBe(1);
    expect((await cli.run(`import aspnet-identity ${file} --login Google`)).exit).toBe(2);
    expect((await cli.run(`import umbraco ${file} --accounts users`)).exit).toBe(1);
    await cli.drop();
  });
});

onEachDatabase('the command line', (_, empty) => {
  let database: TestDatabase;
  let cli: TestCli;
  beforeAll(async () => {
    database = await empty();
    cli = await createCli({ COFACTOR_DATABASE: database.address, COFACTOR_KEYS: `first:${secret}` });
  });
  afterAll(async () => {
    await cli.drop();
    await database.drop();
  });

  it('migrate says what waits, what ran, and that nothing is left', async () => {
    const before = await cli.run('migrate --status --json');
    expect(before.exit).toBe(7);
    const { waiting } = before.json<{ waiting: readonly string[] }>();
    expect(waiting.length).toBeGreaterThan(3);
    const ran = await cli.run('migrate --json');
    expect([ran.exit, ran.json()]).toEqual([0, { ran: waiting }]);
    expect((await cli.run('migrate --status --json')).json()).toEqual({ done: waiting, waiting: [] });
    expect((await cli.run('migrate')).err).toContain('up to date');
  });

  it('a database of an older version is changed by migrate and by nothing else', async () => {
    const [last] = await database.query('select max(name) as name from cofactor_migrations');
    await database.query('delete from cofactor_migrations where name = $1', [last?.['name']]);
    const refused = await cli.run('user list');
    expect(refused.exit).toBe(5);
    expect(refused.err).toContain('cofactor migrate');
    await database.query('insert into cofactor_migrations (name) values ($1)', [last?.['name']]);
  });

  it('user add takes a password from a pipe or a terminal, and says why it cannot', async () => {
    const made = await cli.run('user add ada@example.com --role owner --password-stdin --json', {
      stdin: `${password}\n`,
    });
    expect([made.exit, made.err]).toEqual([0, '']);
    expect(made.json<{ user: { roles: unknown } }>().user.roles).toEqual(['owner']);
    const twice = await cli.run('user add ada@example.com --password-stdin', { stdin: password });
    expect([twice.exit, twice.err.split('\n')[0]]).toEqual([5, 'There is an account of that name already.']);
    const typed = await cli.run('user add bob@example.com', { answers: [password, password] });
    expect(typed.exit).toBe(0);
    expect((await cli.run('user add cy@example.com', { answers: [password, 'another'] })).exit).toBe(5);
    const nobody = await cli.run('user add cy@example.com');
    expect([nobody.exit, nobody.err]).toEqual([2, expect.stringContaining('--password-stdin')]);
    const weak = await cli.run('user add cy@example.com --password-stdin', { stdin: 'short' });
    expect([weak.exit, weak.err.length > 10]).toEqual([5, true]);
  });

  it('user list and show say who has what, and find by name, role and filter', async () => {
    const all = (await cli.run('user list --json')).json<{ users: { identifier: string; mfa: boolean }[] }>();
    expect(all.users.map(({ identifier }) => identifier)).toEqual(['ada@example.com', 'bob@example.com']);
    const owners = await cli.run('user list --role owner --json');
    expect(owners.json<{ users: unknown[] }>().users).toHaveLength(1);
    expect(
      (await cli.run('user list bob --filter without-mfa --json')).json<{ users: unknown[] }>().users,
    ).toHaveLength(1);
    expect((await cli.run('user list --limit 1 --json')).json()).toMatchObject({ more: true });
    const plain = await cli.run('user list');
    expect(plain.out.split('\n')[0]).toMatch(/^name +state +second step/);
    const shown = await cli.run('user show bob@example.com --json');
    expect(shown.json()).toMatchObject({
      identifier: 'bob@example.com',
      authenticators: [{ provider: 'password' }],
    });
    expect((await cli.run('user show nobody')).exit).toBe(4);
  });

  it('user invite, permit, roles, lock, unlock and reset-mfa do what they say, with a reason that is recorded', async () => {
    const invited = await cli.run('user invite eve@example.com --role helpdesk --json');
    expect(invited.exit).toBe(0);
    const { link } = invited.json<{ link: string }>();
    expect(link).toMatch(/^http:\/\/localhost:3000\/auth\/\S+#inv_[\w-]{43}$/);
    const again = await cli.run('user invite eve@example.com --json');
    expect(again.json<{ link: string }>().link).not.toBe(link);
    expect((await cli.run('user invite bob@example.com')).exit).toBe(5);
    expect((await cli.run('user invite dan@example.com --mail')).exit).toBe(5);
    expect((await cli.run('user lock bob@example.com')).exit).toBe(2);
    const bob = ['bob@example.com', '--reason', 'laptop stolen'];
    expect((await cli.run(['user', 'lock', ...bob])).exit).toBe(0);
    expect((await cli.run(['user', 'lock', ...bob])).exit).toBe(5);
    expect((await cli.run(['user', 'unlock', ...bob])).exit).toBe(0);
    const permit = await cli.run(['user', 'permit', ...bob, '--json']);
    expect(permit.json<{ link: string }>().link).toContain('#prm_');
    expect((await cli.run(['user', 'roles', ...bob, '--role', 'helpdesk'])).exit).toBe(0);
    // Nothing to reset, and the last owner stays one.
    expect((await cli.run(['user', 'reset-mfa', ...bob, '--yes'])).exit).toBe(5);
    const last = await cli.run(['user', 'roles', 'ada@example.com', '--none', '--reason', 'x']);
    expect([last.exit, last.err]).toEqual([5, expect.stringContaining('last owner')]);
    const rows = (await cli.run('audit export --type user-locked')).out.trim().split('\n');
    expect(rows.map((row) => JSON.parse(row) as unknown)).toMatchObject([
      { type: 'user-locked', data: { by: 'cli:test', reason: 'laptop stolen' } },
    ]);
  });

  it('asks before what cannot be taken back; nobody there means no', async () => {
    await cli.run('client add gone --redirect-uri https://gone.example/cb');
    expect((await cli.run('client remove gone', { answers: ['n'] })).exit).toBe(5);
    expect((await cli.run('client remove gone')).err).toContain('--yes');
    expect((await cli.run('client remove gone', { answers: ['y'] })).exit).toBe(0);
    expect((await cli.run('client remove gone --yes')).exit).toBe(4);
  });

  it('client add shows a secret once; list never does', async () => {
    const made = await cli.run(
      'client add shop --redirect-uri https://shop.example/cb --minimum-acr mfa --json',
    );
    const { secret: shown } = made.json<{ secret: string }>();
    expect(shown.length).toBeGreaterThan(40);
    const list = await cli.run('client list --json');
    expect(list.out).not.toContain(shown);
    expect(list.json()).toMatchObject({ clients: [{ id: 'shop', minimumAcr: 'mfa', hasSecret: true }] });
    expect((await cli.run('client add shop --redirect-uri https://shop.example/cb')).exit).toBe(5);
    const wrong = await cli.run('client add bad --redirect-uri not-an-address');
    expect([wrong.exit, wrong.err]).toEqual([2, expect.stringContaining('bad')]);
    expect(
      (await cli.run('client add app --public --redirect-uri https://app.example/cb --json')).json(),
    ).toMatchObject({
      secret: null,
    });
  });

  it('audit verify finds what was changed, and export comes in lines and in CSV', async () => {
    const fine = await cli.run('audit verify --json');
    expect([fine.exit, fine.json()]).toMatchObject([0, { verified: true }]);
    const { realms } = fine.json<{ realms: { head: { seq: number; mac: string } }[] }>();
    const head = realms[0]?.head;
    const anchored = await cli.run(`audit verify --realm users --anchor ${head?.seq}:${head?.mac}`);
    expect(anchored.exit).toBe(0);
    expect((await cli.run(`audit verify --realm users --anchor ${head?.seq}:wrong`)).exit).toBe(7);
    expect((await cli.run('audit verify --realm nobody')).exit).toBe(4);
    const csv = await cli.run('audit export --format csv --user ada@example.com');
    expect(csv.out.split('\n').length).toBeGreaterThan(1);
    const [row] = await database.query('select data from audit where seq = 2');
    await database.query("update audit set data = '{}' where seq = 2");
    const found = await cli.run('audit verify');
    expect([found.exit, found.out]).toEqual([7, expect.stringContaining('row 2')]);
    const looked = await cli.run('doctor --json', { clock: realTime() });
    expect(looked.json()).toMatchObject({ healthy: false, problems: 1 });
    await database.query('update audit set data = $1 where seq = 2', [row?.['data']]);
    expect((await cli.run('audit verify')).exit).toBe(0);
  });

  it('doctor says what is well and what is not, and what to do', async () => {
    const healthy = await cli.run('doctor --deep --json', { clock: realTime() });
    expect([healthy.exit, healthy.json()]).toMatchObject([0, { healthy: true, problems: 0 }]);
    const { checks } = healthy.json<{ checks: { check: string; status: string; next: string | null }[] }>();
    const statusOf = (name: string): string | undefined => checks.find(({ check }) => check === name)?.status;
    expect(
      ['settings', 'origin', 'keys', 'database', 'migrations', 'stored secrets', 'record', 'owner'].map(
        statusOf,
      ),
    ).toEqual(Array.from({ length: 8 }, () => 'ok'));
    expect(statusOf('clock')).toBe(/postgres/.test(database.address) ? 'ok' : 'not-applicable');
    // A key that is gone: what it protects cannot be used.
    const lost = await cli.run('doctor', { env: { COFACTOR_KEYS: `other:${secret.replace('C', 'D')}` } });
    expect(lost.exit).toBe(7);
    expect(lost.out).toContain('key first is missing');
    const everyones = Buffer.from('cofactor development key, known to everyone').toString('base64');
    const known = await cli.run('doctor --json', {
      env: {
        COFACTOR_KEYS: `first:${secret},development:${everyones}`,
        COFACTOR_ENVIRONMENT: 'production',
        COFACTOR_ORIGIN: 'https://login.example.com',
      },
    });
    expect(known.json<{ checks: unknown[] }>().checks).toContainEqual(
      expect.objectContaining({ check: 'keys', status: 'problem' }),
    );
    const wrong = await cli.run('doctor', { env: { COFACTOR_PORT: 'many' } });
    expect([wrong.exit, wrong.out]).toEqual([7, expect.stringContaining('COFACTOR_PORT')]);
    const away = await cli.run('doctor --json', {
      env: { COFACTOR_DATABASE: 'postgres://nobody@127.0.0.1:1/none' },
    });
    expect([away.exit, away.out]).toEqual([7, expect.stringContaining('does not answer')]);
    const noMail = await cli.run('doctor --mail-to a@example.com');
    expect(noMail.exit).toBe(7);
  });

  it('a clock that is off by more than codes allow is a problem', async () => {
    if (!/postgres/.test(database.address)) return;
    const off = await cli.run('doctor', { clock: realTime(600) });
    expect([off.exit, off.out]).toEqual([7, expect.stringMatching(/PROBLEM +clock .*(59|60)\d seconds/)]);
  });

  it('keys in the settings are not changed: what to do stands there, in an order in which nobody is shut out', async () => {
    const rotated = await cli.run('keys rotate --json');
    const { key, steps } = rotated.json<{ key: { id: string; secret: string }; steps: string[] }>();
    expect(Buffer.from(key.secret, 'base64')).toHaveLength(32);
    expect(steps).toHaveLength(3);
    const both = `${key.id}:${key.secret},first:${secret}`;
    const env = { COFACTOR_KEYS: both };
    const sealed = await cli.run('keys re-encrypt --json', { env });
    expect([sealed.exit, sealed.err]).toEqual([0, '']);
    expect(sealed.json<{ resealed: number }>().resealed).toBeGreaterThan(3);
    expect((await cli.run('keys re-encrypt --json', { env })).json()).toMatchObject({ resealed: 0 });
    const kept = await cli.run('keys remove first', { env });
    expect([kept.exit, kept.err]).toEqual([5, expect.stringContaining('row')]);
    expect((await cli.run(`keys remove ${key.id}`, { env })).err).toContain('newest');
    expect((await cli.run('keys remove nothing', { env })).exit).toBe(4);
    const list = await cli.run('keys list --json', { env });
    expect(list.json()).toMatchObject({ keys: [{ newest: true }, { id: 'first', sealed: 0, needed: true }] });
    const signing = await cli.run('keys rotate --signing --json', { env });
    expect(signing.json()).toMatchObject({ signing: ['users'] });
  });

  it('doctor --restored asks, and ends everything', async () => {
    expect((await cli.run('doctor --restored')).exit).toBe(5);
    expect((await cli.run('doctor --restored --deep')).exit).toBe(2);
    const done = await cli.run('doctor --restored --yes --json');
    expect(done.exit).toBe(0);
    expect(done.json<{ realms: { users: number }[] }>().realms[0]?.users).toBeGreaterThan(1);
    const rows = (await cli.run('audit export --type backup-restored')).out.trim().split('\n');
    expect(rows).toHaveLength(1);
  });

  it('exit codes tell apart what is typed wrong, set wrong, and away', async () => {
    for (const typed of ['nothing', 'user', 'user list --nothing', 'user add', 'user list a b', 'client']) {
      const { exit, out } = await cli.run(typed);
      const group = typed === 'user' || typed === 'client';
      expect([typed, exit, out]).toEqual([typed, group ? 0 : 2, '']);
    }
    const typed = await cli.run('user list --nothing --json');
    expect([typed.exit, typed.json()]).toMatchObject([2, { error: { code: 'usage' } }]);
    const settings = await cli.run('user list --json', { env: { COFACTOR_PORT: 'many' } });
    expect([settings.exit, settings.json()]).toMatchObject([3, { error: { code: 'settings' } }]);
    expect((await cli.run('user list --settings /nowhere.json')).exit).toBe(3);
    const away = await cli.run('user list --json', {
      env: { COFACTOR_DATABASE: 'postgres://nobody@127.0.0.1:1/none' },
    });
    expect([away.exit, away.json()]).toMatchObject([1, { error: { code: 'ERR_STORE_UNAVAILABLE' } }]);
    expect((await cli.run('user list --realm members')).exit).toBe(4);
    expect((await cli.run('--help')).exit).toBe(0);
    const members = await cli.run('user list --realm members --json', { env: { COFACTOR_MEMBERS: 'true' } });
    expect([members.exit, members.json()]).toEqual([0, { users: [], more: false }]);
  });
});
