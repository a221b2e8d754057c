/** Those already signed in, while 32 people sign in at once: how much they notice, and how much memory it takes. */
import type { Bench, DatabasePair, Side } from '../bench.ts';
import { guardedRequests, openSessions, signIns } from '../load/load.ts';
import { pin, places } from '../machine.ts';
import type { Server } from '../processes.ts';
import { percentile, Rounds } from '../rounds.ts';

const signingIn = 32;
/** As many as sign in; with these, an idle server takes one to two milliseconds. */
const connections = 32;

export async function storm({ plan, report }: Bench, { ours, theirs }: DatabasePair): Promise<void> {
  pin(process.pid, places.all);
  const mine = await ours.start({ hasher: 'argon2id' }, places.all);
  const peer = await theirs.start({ hasher: 'argon2id' }, places.all);
  const mySessions = await openSessions(mine, ours.signIn, ours.crowd, 64);
  const peerSessions = await openSessions(peer, theirs.signIn, theirs.crowd, 64);

  const idle = (server: Server, sessions: readonly string[]) => (): Promise<Times> =>
    quiet(server, sessions, plan.slice * 2);
  const rounds = await Rounds.run<Times>(plan.longRounds, {
    ours: idle(mine, mySessions),
    'ours, storm': () => stormy(mine, ours, mySessions, plan.slice),
    peer: idle(peer, peerSessions),
    'peer, storm': () => stormy(peer, theirs, peerSessions, plan.slice),
  });

  const title = `guarded request while ${signingIn} people sign in`;
  const p50 = (times: Times): number => times.p50;
  const p99 = (times: Times): number => times.p99;
  const compare = (of: (times: Times) => number) => rounds.compare('ours, storm', 'ours', of);
  report.add(title, 'ms, p50', 'ours, nobody signing in', compare(p50), { of: 'ratio', atMost: 2 });
  report.add(title, 'ms, p99', 'ours, nobody signing in', compare(p99), { of: 'ratio', atMost: 6 });
  report.add(title, 'ms, p50', 'better-auth alike', rounds.compare('ours, storm', 'peer, storm', p50));
  report.add(title, 'ms, p99', 'better-auth alike', rounds.compare('ours, storm', 'peer, storm', p99));
  report.add(
    'most memory, guarded requests and argon2id sign-ins',
    'MB',
    'better-auth',
    { ours: (await mine.peakMemory()) / 1e6, theirs: (await peer.peakMemory()) / 1e6 },
    { of: 'ours', atMost: 150 },
  );
  await Promise.all([mine, peer].map((server) => server.stop()));
  pin(process.pid, places.load);
}

interface Times {
  readonly p50: number;
  readonly p99: number;
}

async function quiet(server: Server, sessions: readonly string[], milliseconds: number): Promise<Times> {
  const { times } = await guardedRequests(server, sessions, connections, milliseconds);
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

async function stormy(
  server: Server,
  side: Side,
  sessions: readonly string[],
  milliseconds: number,
): Promise<Times> {
  let over = false;
  const people = signIns(server, side.signIn, side.crowd, signingIn, { stopped: () => over });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const times = await quiet(server, sessions, milliseconds * 3);
  over = true;
  const { busy } = await people;
  if (busy > 0) process.stderr.write(`  turned away for a while: ${busy} sign-ins\n`);
  return times;
}
