/** From the start of the process to the first answer to somebody who is signed in. */
import type { Bench, DatabasePair, Side } from '../bench.ts';
import { guardedRequests, openSessions } from '../load/load.ts';
import { Rounds } from '../rounds.ts';

export async function startToAnswer({ plan, report }: Bench, { ours, theirs }: DatabasePair): Promise<void> {
  const rounds = await Rounds.run<number>(plan.longRounds, {
    ours: await starts(ours),
    peer: await starts(theirs),
  });
  const figures = rounds.compare('ours', 'peer', (milliseconds) => milliseconds);
  report.add('start to first answer', 'ms', 'better-auth', figures, { of: 'ratio', atMost: 0.6 });
}

async function starts(side: Side): Promise<() => Promise<number>> {
  const before = await side.start({ hasher: 'argon2id' });
  const [session = ''] = await openSessions(before, side.signIn, side.crowd, 1);
  await before.stop();
  return async () => {
    const from = performance.now();
    const server = await side.start({ hasher: 'argon2id' });
    await guardedRequests(server, [session], 1, 0); // exactly one
    const milliseconds = performance.now() - from;
    await server.stop();
    return milliseconds;
  };
}
