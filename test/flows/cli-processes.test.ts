import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RingKey } from 'cofactor';
import { sqlite } from 'cofactor/sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EnrolmentView } from '../../packages/cofactor/src/http/contract.ts';
import { createAuth } from '../support/app.ts';
import { network, TestBrowser } from '../support/browser.ts';
import { quickCode } from '../support/codes.ts';
import { seed } from '../support/seed.ts';
import { spawnServer, type SpawnedServer } from '../support/server.ts';

/** The program as it is installed, in processes of its own. */
const bin = fileURLToPath(new URL('../../packages/server/bin/cofactor.js', import.meta.url));
const origin = 'http://localhost:3000';
const password = 'quiet harbour lantern 77';

let folder: string;
let server: SpawnedServer;
const env = (): Record<string, string | undefined> => ({
  ...process.env,
  // Of the tests themselves, and no setting.
  NODE_ENV: 'test',
  COFACTOR_DATA: folder,
  COFACTOR_ORIGIN: origin,
  COFACTOR_REGISTRATION: 'true',
  COFACTOR_FACTORS: 'password,totp',
  COFACTOR_METRICS: 'false',
});

interface Ended {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

function cofactor(
  args: readonly string[],
  stdin = '',
  more: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [bin, ...args],
      { env: { ...env(), ...more } },
      (error, out, err) => resolve({ exit: error === null ? 0 : Number(error.code), out, err }),
    );
    child.stdin?.end(stdin);
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cofactor-cli-'));
  const added = await cofactor(['user', 'add', 'ada', '--role', 'owner', '--password-stdin'], password);
  if (added.exit !== 0) throw new Error(added.err);
  server = await spawnServer(bin, { ...env(), COFACTOR_PORT: '0' }, { args: ['serve'] });
}, 60_000);
afterAll(async () => {
  await server.kill();
  await rm(folder, { recursive: true, force: true });
});

it('as a program: output and words apart, an exit code each, help and no command included', async () => {
  const list = await cofactor(['user', 'list', '--json']);
  expect([list.exit, list.err]).toEqual([0, '']);
  expect(JSON.parse(list.out)).toMatchObject({ users: [{ identifier: 'ada' }] });
  const [help, none, wrong, missing, settings] = await Promise.all([
    cofactor(['--help']),
    cofactor([]),
    cofactor(['nothing']),
    cofactor(['user', 'show', 'nobody']),
    cofactor(['user', 'list'], '', { COFACTOR_PORT: 'many' }),
  ]);
  expect([help.exit, help.err, help.out.includes('serve')]).toEqual([0, '', true]);
  expect([none.exit, wrong.exit, missing.exit, settings.exit]).toEqual([0, 2, 4, 3]);
  for (const { out } of [wrong, missing, settings]) expect(out).toBe('');
  for (const { err } of [wrong, missing, settings]) expect(err).not.toMatch(/^ +at /m);
});

it('a command loads what it needs and no more, so that it is there at once', async () => {
  const spy = join(folder, 'spy.cjs');
  const packages = ['better-sqlite3', 'pg', 'fastify', 'nodemailer', 'kysely'];
  await writeFile(
    spy,
    `process.on('exit', () => {
       const files = Object.keys(require.cache);
       const names = ${JSON.stringify(packages)}.filter((name) => files.some((file) => file.includes('/node_modules/' + name + '/')));
       process.stderr.write('loaded: ' + names.join(' ') + '\\n');
     });`,
  );
  const loaded = async (args: readonly string[]): Promise<string | undefined> => {
    const { err } = await cofactor(args, '', { NODE_OPTIONS: `--require ${spy}` });
    return /loaded: (.*)/.exec(err)?.[1];
  };
  expect(await loaded(['keys', 'rotate', '--help'])).toBe('');
  expect(await loaded(['user', 'list'])).toContain('better-sqlite3');
  expect(await loaded(['user', 'list'])).not.toMatch(/\b(pg|fastify)\b/);
});

it('A-209 keys rotate and everything is sealed anew under a running server: 0 failures, 0 downgrades, no restart', async () => {
  const people: Enrolled[] = [];
  for (let n = 0; n < 6; n += 1) people.push(await enrolled(`person-${n}`));
  // Fewer of each than what is too many that are not finished: a code of a real clock finishes one in half a minute.
  const queue = Array.from({ length: 7 }, () => people).flat();
  const failures = new Set<string>();
  const worker = async (): Promise<void> => {
    for (let person = queue.shift(); person; person = queue.shift()) {
      await signIn(person).catch((error: unknown) => failures.add(String(error)));
    }
  };
  const traffic = Promise.all([worker(), worker()]);
  const ids: string[] = [];
  const sealings: unknown[] = [];
  let during = 0;
  while (ids.length < 2 || queue.length > 0) {
    const rotated = await cofactor(['keys', 'rotate', '--json']);
    ids.push((JSON.parse(rotated.out) as { key: { id: string } }).key.id);
    if (queue.length > 0) during += 1;
    // At once, before the server has looked at the file by itself.
    const sealed = await cofactor(['keys', 're-encrypt', '--json']);
    sealings.push([sealed.exit, (JSON.parse(sealed.out) as { unreadable: unknown[] }).unreadable]);
  }
  await traffic;
  expect([...failures]).toEqual([]);
  expect(sealings).toEqual(ids.map(() => [0, []]));
  // Otherwise nobody signed in while keys changed.
  expect(during).toBeGreaterThan(0);
  const list = JSON.parse((await cofactor(['keys', 'list', '--json'])).out) as {
    keys: { id: string; sealed: number; newest: boolean }[];
  };
  expect(list.keys.map(({ id }) => id)).toEqual([...ids.toReversed(), 'first']);
  expect(list.keys.filter(({ newest, sealed }) => !newest && sealed > 0)).toEqual([]);
  expect((await cofactor(['audit', 'verify'])).exit).toBe(0);
  expect((await cofactor(['doctor'])).exit).toBe(0);
  const keys = JSON.parse(await readFile(join(folder, 'keys.json'), 'utf8')) as { secret: string }[];
  for (const { secret } of keys) expect(server.output()).not.toContain(secret);
}, 60_000);

it('serve ends with 0 when it is told to stop', async () => {
  expect(await server.stop()).toBe(0);
});

it('keys re-encrypt, killed in the middle: nothing is lost, and the next run goes on from there', async () => {
  const keys = JSON.parse(await readFile(join(folder, 'keys.json'), 'utf8')) as RingKey[];
  const file = join(folder, 'cofactor.db');
  const store = sqlite(file);
  const auth = createAuth(store, { keys });
  await seed(auth, 300);
  await auth.close();
  const rotated = await cofactor(['keys', 'rotate', '--json']);
  const { id } = (JSON.parse(rotated.out) as { key: { id: string } }).key;
  const { default: Database } = await import('better-sqlite3');
  const db = new Database(file, { readonly: true });
  const count = db.prepare(
    "select count(*) as n from authenticators where substr(data, 4, length(?) + 1) = ? || '.'",
  );
  const moved = (): number => (count.get(id, id) as { n: number }).n;
  const child = execFile(process.execPath, [bin, 'keys', 're-encrypt'], { env: env() });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  while (moved() === 0 && child.exitCode === null) await new Promise((resolve) => setImmediate(resolve));
  child.kill('SIGKILL');
  await ended;
  const half = moved();
  const { n: all } = db.prepare('select count(*) as n from authenticators').get() as { n: number };
  db.close();
  expect([child.signalCode, half > 0, half < all]).toEqual(['SIGKILL', true, true]);
  const rest = await cofactor(['keys', 're-encrypt', '--json']);
  expect(rest.exit).toBe(0);
  const { resealed, unreadable, realms } = JSON.parse(rest.out) as {
    resealed: number;
    unreadable: unknown[];
    realms: { current: number }[];
  };
  expect(unreadable).toEqual([]);
  // Beside authenticators there are the keys that tokens are signed with.
  expect(resealed).toBeGreaterThanOrEqual(all - half);
  expect(realms[0]?.current).toBeGreaterThanOrEqual(half);
  expect(JSON.parse((await cofactor(['keys', 're-encrypt', '--json'])).out)).toMatchObject({ resealed: 0 });
}, 60_000);

interface Enrolled {
  readonly name: string;
  readonly key: string;
  readonly authenticator: string;
  used: number;
}

async function enrolled(name: string): Promise<Enrolled> {
  const browser = new TestBrowser(network(server.url), origin);
  await browser.context();
  const response = { password: `${password} for ${name.length} of them` };
  const registered = await browser.post('/auth/register', {
    identifier: name,
    provider: 'password',
    response,
  });
  if (registered.status !== 200) throw new Error(registered.text);
  const begun = await browser.post<EnrolmentView>('/auth/enrolments', { provider: 'totp' });
  const key = String(begun.body.setup['key']);
  const now = Date.now();
  const confirmed = await browser.post<{ authenticator: { id: string } }>('/auth/enrolments/confirm', {
    enrolment: begun.body.enrolment,
    response: { code: quickCode(key, new Date(now - 30_000)) },
  });
  if (confirmed.status !== 201) throw new Error(confirmed.text);
  return { name, key, authenticator: confirmed.body.authenticator.id, used: 0 };
}

/** With the code of the next half minute: by a real clock each is good for one sign-in. */
async function signIn(person: Enrolled): Promise<void> {
  const browser = new TestBrowser(network(server.url), origin);
  await browser.context();
  const response = { password: `${password} for ${person.name.length} of them` };
  const first = await browser.post('/auth/sign-in', {
    identifier: person.name,
    provider: 'password',
    response,
  });
  if (first.body?.status !== 'more-needed') throw new Error(`no second step: ${first.text}`);
  const step = Math.max(person.used, Math.floor(Date.now() / 30_000) + 1);
  const second = await browser.post('/auth/ceremony', {
    authenticator: person.authenticator,
    response: { code: quickCode(person.key, new Date(step * 30_000)) },
  });
  // A code that was used is told from one that cannot be compared, because its key cannot be opened.
  const done = step > person.used ? second.body?.status === 'done' : second.problem === 'replayed-response';
  if (!done) throw new Error(second.text);
  person.used = step;
}
