/** Password and TOTP to a session: what it costs besides hashing, and how much of the hashing speed is left. */
import { withCost, type Bench, type Cost, type DatabasePair, type Side } from '../bench.ts';
import { checkRefusals, checkSessions, signIns, type SignIns, type Turns } from '../load/load.ts';
import type { SignIn } from '../load/sites.ts';
import { pin, places } from '../machine.ts';
import { start, type Server } from '../processes.ts';
import { percentile, Rounds } from '../rounds.ts';
import type { Verified } from '../servers/protocol.ts';
import { addRows, type Targets } from './rows.ts';

const clients = 16;

const entrance = ({ signIn, crowd }: Side, server: Server): Entrance => ({ server, signIn, crowd });

/** A server, and those who sign in there. */
interface Entrance {
  readonly server: Server;
  readonly signIn: SignIn;
  readonly crowd: Turns;
}

async function measure(
  { server, signIn, crowd }: Entrance,
  people: number,
  milliseconds: number,
): Promise<SignIns & Cost> {
  const load = await withCost(server, () => signIns(server, signIn, crowd, people, { milliseconds }));
  if (load.busy > 0)
    process.stderr.write(`  turned away for a while: ${load.busy} of ${load.busy + load.total}\n`);
  await checkSessions(server, load.sessions);
  return load;
}

/** Sign-ins without hashing at both, with the rows of their comparison. */
export async function compareSignIns(
  { plan, report }: Bench,
  title: string,
  { mine, peer }: { readonly mine: Entrance; readonly peer: Entrance },
  targets: Targets,
): Promise<void> {
  // Warmed up twice: code that has run a few times only is several times slower.
  const rounds = await Rounds.run<SignIns & Cost>(
    plan.rounds,
    {
      ours: () => measure(mine, clients, plan.slice),
      peer: () => measure(peer, clients, plan.slice),
    },
    2,
  );
  addRows(
    report,
    title,
    'flows/s',
    rounds,
    { ours: 'ours', theirs: 'peer', against: 'better-auth' },
    targets,
  );
  report.add(
    title,
    'BEGIN and COMMIT',
    'better-auth',
    rounds.compare('ours', 'peer', (sample) => sample.transactionControl),
  );
}

/** Hashing replaced by a constant on both sides: everything else. */
export async function signInWithoutHash(bench: Bench, { name, ours, theirs }: DatabasePair): Promise<void> {
  const mine = await ours.start({ hasher: 'constant' });
  const peer = await theirs.start({ hasher: 'constant' });
  await compareSignIns(
    bench,
    `sign-in without hashing, ${name}`,
    { mine: entrance(ours, mine), peer: entrance(theirs, peer) },
    { pace: { of: 'ratio', atLeast: 12 }, statements: { of: 'ours', atMost: 10 } },
  );
  await Promise.all([mine, peer].map((server) => server.stop()));
}

/** argon2id at equal cost on both sides, on all cores. */
export async function signInWithHash({ plan, report }: Bench, { ours, theirs }: DatabasePair): Promise<void> {
  pin(process.pid, places.all);
  const bare = await start('hash', { database: { kind: 'none' }, hasher: 'argon2id' }, places.all);
  const mine = await ours.start({ hasher: 'argon2id' }, places.all);
  const peer = await theirs.start({ hasher: 'argon2id' }, places.all);
  await checkRefusals(mine, ours.signIn, ours.crowd, true);
  await checkRefusals(peer, theirs.signIn, theirs.crowd, true);

  const milliseconds = plan.slice * 2;
  const hashing = (at: number) => async (): Promise<Timed> =>
    bare.ask<Verified>({ ask: 'verify', clients: at, milliseconds });
  const flows = (server: Server, side: Side, at: number) => async (): Promise<Timed> => {
    const load = await measure(entrance(side, server), at, milliseconds);
    return { perSecond: load.perSecond, p50: percentile(load.times, 0.5) };
  };
  const many = await Rounds.run<Timed>(plan.longRounds, {
    bare: hashing(clients),
    ours: flows(mine, ours, clients),
    peer: flows(peer, theirs, clients),
  });
  const lone = await Rounds.run<Timed>(plan.longRounds, {
    bare: hashing(1),
    ours: flows(mine, ours, 1),
    peer: flows(peer, theirs, 1),
  });

  const pace = (sample: Timed): number => sample.perSecond;
  const p50 = (sample: Timed): number => sample.p50;
  const title = `sign-in with argon2id, ${clients} at once`;
  report.add(title, 'flows/s', 'bare argon2id', many.compare('ours', 'bare', pace), {
    of: 'ratio',
    atLeast: 0.85,
  });
  report.add(title, 'flows/s', 'better-auth', many.compare('ours', 'peer', pace));
  const alone = 'lone sign-in with argon2id';
  report.add(alone, 'ms, p50', 'bare argon2id', lone.compare('ours', 'bare', p50), {
    of: 'ratio',
    atMost: 1.5,
  });
  report.add(alone, 'ms, p50', 'better-auth', lone.compare('ours', 'peer', p50));
  await Promise.all([bare, mine, peer].map((server) => server.stop()));
  pin(process.pid, places.load);
}

type Timed = Verified;
