/** A guarded JSON request (cookie, session, policy), against the same route bare and against better-auth's. */
import {
  guardedConnections,
  withCost,
  type Bench,
  type Cost,
  type DatabasePair,
  type Share,
} from '../bench.ts';
import { checkRefusals, guardedRequests, openSessions, type Load } from '../load/load.ts';
import { start } from '../processes.ts';
import { Rounds } from '../rounds.ts';
import { tellUnlessQuiet } from './rows.ts';

type Sample = Load & Cost & Share;

const bareShare = { SQLite: 0.55, PostgreSQL: 0.35 } as const;

export async function guarded({ plan, report }: Bench, { name, ours, theirs }: DatabasePair): Promise<void> {
  const bare = await start('bare', { database: { kind: 'none' }, hasher: 'constant' });
  const mine = await ours.start({ hasher: 'constant' });
  const peer = await theirs.start({ hasher: 'constant' });
  const caching = await theirs.start({ hasher: 'constant', cookieCache: true });

  await checkRefusals(mine, ours.signIn, ours.crowd, false);
  await checkRefusals(peer, theirs.signIn, theirs.crowd, false);
  const mySessions = await openSessions(mine, ours.signIn, ours.crowd, plan.sessions);
  const peerSessions = await openSessions(peer, theirs.signIn, theirs.crowd, plan.sessions);
  const cachedSessions = await openSessions(caching, theirs.signIn, theirs.crowd, plan.sessions);

  const load = (server: typeof bare, sessions: readonly string[]) => (): Promise<Sample> =>
    withCost(server, () => guardedRequests(server, sessions, guardedConnections, plan.slice));
  const rounds = await Rounds.run<Sample>(
    plan.rounds,
    {
      bare: load(bare, mySessions),
      ours: load(mine, mySessions),
      peer: load(peer, peerSessions),
      caching: load(caching, cachedSessions),
    },
    3,
  );
  tellUnlessQuiet(rounds, 'bare');

  const title = `guarded request, ${name}`;
  const pace = (sample: Load): number => sample.perSecond;
  const processor = (sample: Cost): number => sample.processor;
  report.add(title, 'requests/s', 'bare Fastify route', rounds.compare('ours', 'bare', pace), {
    of: 'ratio',
    atLeast: bareShare[name],
  });
  report.add(title, 'requests/s', 'better-auth', rounds.compare('ours', 'peer', pace), {
    of: 'ratio',
    atLeast: 12,
  });
  report.add(
    title,
    'requests/s',
    'better-auth, cookie cache (blind to revocation)',
    rounds.compare('ours', 'caching', pace),
  );
  report.add(title, 'µs of processor time', 'bare Fastify route', rounds.compare('ours', 'bare', processor));
  report.add(title, 'µs of processor time', 'better-auth', rounds.compare('ours', 'peer', processor));
  report.add(
    title,
    'statements',
    'better-auth',
    rounds.compare('ours', 'peer', (sample) => sample.statements),
    { of: 'ours', atMost: 1 },
  );
  await Promise.all([bare, mine, peer, caching].map((server) => server.stop()));
}
