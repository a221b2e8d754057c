/**
 * `npm run bench`: Cofactor against bare limits and against better-auth, in one run on one machine.
 *
 * --quick  about a minute, shorter and smaller: to see that all works, and roughly where it stands
 * --json   the rows as JSON on standard output, and nothing else there
 * --only   names of sections, separated by commas
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { plans, Side, sqlite, type Bench, type DatabasePair } from './bench.ts';
import { stopAll } from './processes.ts';
import { describeMachine, pin, places } from './machine.ts';
import { startPostgres, type Postgres } from './postgres.ts';
import { Report } from './report.ts';
import { client } from './sections/client.ts';
import { guarded } from './sections/guarded.ts';
import { oidc } from './sections/oidc.ts';
import { page } from './sections/page.ts';
import { passkeySignIn } from './sections/passkey.ts';
import { server } from './sections/server.ts';
import { signInWithHash, signInWithoutHash } from './sections/sign-in.ts';
import { size } from './sections/size.ts';
import { startToAnswer } from './sections/start.ts';
import { storm } from './sections/storm.ts';

const { values } = parseArgs({
  options: { quick: { type: 'boolean' }, json: { type: 'boolean' }, only: { type: 'string' } },
});
const plan = plans[values.quick === true ? 'quick' : 'full'];
const say = (text: string): void => void process.stderr.write(`${text}\n`);

/**
 * `each`: once for every kind of database; otherwise on SQLite, where it shows most. `alone`: without a database, so that
 * nobody has to be seeded for it.
 */
type Section =
  | { readonly each?: boolean; run(bench: Bench, pair: DatabasePair): Promise<void> }
  | { alone(bench: Bench): Promise<void> };

const sections: Readonly<Record<string, Section>> = {
  guarded: { each: true, run: guarded },
  'sign-in': { each: true, run: signInWithoutHash },
  passkey: { each: true, run: passkeySignIn },
  oidc: { each: true, run: oidc },
  client: { alone: client },
  hash: { run: signInWithHash },
  storm: { run: storm },
  size: { run: size },
  start: { run: startToAnswer },
  server: { each: true, run: server },
  page: { run: page },
};
const chosen = (values.only?.split(',') ?? Object.keys(sections)).map((name) => {
  const section = sections[name];
  if (section === undefined) throw new Error(`--only knows ${Object.keys(sections).join(', ')}`);
  return { name, section };
});

const folder = mkdtempSync(join(tmpdir(), 'cofactor-bench-'));
chmodSync(folder, 0o755); // PostgreSQL may run as somebody else
let postgres: Postgres | null = null;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void interrupted());
process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));

say(describeMachine());
try {
  if (chosen.some(({ section }) => 'run' in section && section.each)) {
    postgres = await startPostgres(folder);
    if (postgres === null) say('PostgreSQL is not installed: its rows are left out');
  }
  pin(process.pid, places.load);
  const databases = chosen.some(({ section }) => 'run' in section) ? await seed(postgres) : [];
  const bench: Bench = { plan, report: new Report(), folder, databases };
  for (const { name, section } of chosen) {
    if ('alone' in section) {
      say(name);
      await section.alone(bench);
      continue;
    }
    for (const pair of section.each === true ? databases : databases.slice(0, 1)) {
      say(`${name}${section.each === true ? `, ${pair.name}` : ''}`);
      await section.run(bench, pair);
    }
  }
  const { report } = bench;
  if (values.json === true) process.stdout.write(`${JSON.stringify(report.rows, null, 2)}\n`);
  else process.stdout.write(`\n${report.table()}\n\n${report.summary()}\n`);
} finally {
  await postgres?.stop();
}
process.exit();

/** What still writes would fill the folder again while it is removed. */
async function interrupted(): Promise<void> {
  await Promise.all([stopAll(), postgres?.stop()]);
  process.exit(130);
}

async function seed(server: Postgres | null): Promise<DatabasePair[]> {
  say(`seeding ${plan.people.toLocaleString('en')} people`);
  const pair = async (name: DatabasePair['name'], of: (who: string) => Parameters<typeof Side.ours>[0]) => ({
    name,
    ours: await Side.ours(of('ours'), plan.people),
    theirs: await Side.betterAuth(of('better_auth'), plan.people),
  });
  const pairs: DatabasePair[] = [await pair('SQLite', (who) => sqlite(folder, who))];
  if (server !== null) {
    pairs.push(await pair('PostgreSQL', (who) => ({ kind: 'postgres', url: server.create(who) })));
  }
  return pairs;
}
