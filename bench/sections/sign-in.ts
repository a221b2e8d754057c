/** Password and TOTP to a session: what it costs besides hashing, and how much of the hashing speed is left. */
import { withCost, type Bench, type Cost, type DatabasePair } from '../bench.ts';
import { checkRefusals, checkSessions, openSessions, signIns, type SignIns } from '../load/load.ts';
import { pin, places } from '../machine.ts';
import { start, type Server } from '../processes.ts';
import { percentile, Rounds } from '../rounds.ts';
import type { Side } from '../bench.ts';
import type { Verified } from '../servers/protocol.ts';

const clients = 16;

async function measure(
  server: Server,
  side: Side,
  at: number,
  milliseconds: number,
): Promise<SignIns & Cost> {
  const load = await withCost(server, () => signIns(server, side.signIn, side.crowd, at, { milliseconds }));
  if (load.busy > 0)
    process.stderr.write(`  turned away for a while: ${load.busy} of ${load.busy + load.total}\n`);
  await checkSessions(server, load.sessions);
  return load;
}

/** Hashing replaced by a constant on both sides: everything else. */
export async function signInWithoutHash({ plan, report }: Bench, pair: DatabasePair): Promise<void> {
  const { name, ours, theirs } = pair;
  const mine = await ours.start({ hasher: 'constant' });
  const peer = await theirs.start({ hasher: 'constant' });
  // Code that has run a few times only is several times slower.
  await openSessions(mine, ours.signIn, ours.crowd, plan.sessions);
  await openSessions(peer, theirs.signIn, theirs.crowd, plan.sessions);

  const rounds = await Rounds.run<SignIns & Cost>(plan.rounds, {
    ours: () => measure(mine, ours, clients, plan.slice),
    peer: () => measure(peer, theirs, clients, plan.slice),
  });
  const title = `sign-in without hashing, ${name}`;
  const compare = (of: (sample: SignIns & Cost) => number) => rounds.compare('ours', 'peer', of);
  report.add(
    title,
    'flows/s',
    'better-auth',
    compare((sample) => sample.perSecond),
    { of: 'ratio', atLeast: 12 },
  );
  report.add(
    title,
    'ms of processor time',
    'better-auth',
    compare((sample) => sample.processor / 1000),
  );
  report.add(
    title,
    'statements',
    'better-auth',
    compare((sample) => sample.statements),
    { of: 'ours', atMost: 10 },
  );
  report.add(
    title,
    'BEGIN and COMMIT',
    'better-auth',
    compare((sample) => sample.transactionControl),
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
    const load = await measure(server, side, at, milliseconds);
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
