/** A thousand people against a million: nothing on the way of a request may grow with their number. */
import { guardedConnections, Side, sqlite, type Bench } from '../bench.ts';
import { checkSessions, guardedRequests, openSessions, signIns } from '../load/load.ts';
import { totpPeriod } from '../people.ts';
import type { Server } from '../processes.ts';
import { Rounds } from '../rounds.ts';

export async function size({ plan, report, folder }: Bench): Promise<void> {
  const [few, many] = plan.sizes;
  const small = await Side.oursOfSize(sqlite(folder, 'small'), few, few);
  const large = await Side.oursOfSize(sqlite(folder, 'large'), many, few);
  const sides = [small, large];
  const servers = await Promise.all(sides.map((side) => side.start({ hasher: 'constant' })));
  const [smallServer, largeServer] = servers as [Server, Server];

  const sessionsOf = async (server: Server, side: Side): Promise<string[]> => {
    const sessions = await openSessions(server, side.signIn, side.crowd, Math.min(plan.sessions, few));
    await nextCodes(server, side);
    return sessions;
  };
  const smallSessions = await sessionsOf(smallServer, small);
  const largeSessions = await sessionsOf(largeServer, large);

  const guarded = await Rounds.run<number>(plan.rounds, {
    large: async () =>
      (await guardedRequests(largeServer, largeSessions, guardedConnections, plan.slice)).perSecond,
    small: async () =>
      (await guardedRequests(smallServer, smallSessions, guardedConnections, plan.slice)).perSecond,
  });
  const everybody = (server: Server, side: Side) => async (): Promise<number> => {
    const load = await signIns(server, side.signIn, side.crowd, 16, { flows: few });
    await checkSessions(server, load.sessions);
    await nextCodes(server, side);
    return load.perSecond;
  };
  const signingIn = await Rounds.run<number>(plan.rounds, {
    large: everybody(largeServer, large),
    small: everybody(smallServer, small),
  });

  const against = `ours with ${few.toLocaleString('en')} people`;
  const title = `with ${many.toLocaleString('en')} people`;
  const same = (value: number): number => value;
  const target = { of: 'ratio', atLeast: 0.9 } as const;
  report.add(
    `guarded request ${title}`,
    'requests/s',
    against,
    guarded.compare('large', 'small', same),
    target,
  );
  report.add(`sign-in ${title}`, 'flows/s', against, signingIn.compare('large', 'small', same), target);
  const memory = await Promise.all(servers.map((server) => server.peakMemory()));
  const [smallMemory = 0, largeMemory = 0] = memory.map((bytes) => bytes / 1e6);
  const figures = { ours: largeMemory, theirs: smallMemory };
  report.add(`most memory ${title}`, 'MB', against, figures, { of: 'ours', atMost: 150 });
  await Promise.all(servers.map((server) => server.stop()));
}

/** Time passes, on the server and in the crowd, so that everybody has a code that was not used yet. */
async function nextCodes(server: Server, side: Side): Promise<void> {
  const seconds = 2 * totpPeriod;
  await server.ask({ ask: 'advance', seconds });
  side.crowd.advance(seconds);
}
