/** A passkey alone, to a session: no hashing on either side, one signature checked by the same library. */
import { withCost, type Bench, type Cost, type DatabasePair } from '../bench.ts';
import { Browser } from '../load/browser.ts';
import { Connection } from '../load/connection.ts';
import { checkSessions, signIns, type SignIns } from '../load/load.ts';
import {
  brokenSignature,
  passkeyToBetterAuth,
  passkeyToCofactor,
  PasskeyCrowd,
} from '../load/passkey-sites.ts';
import type { SignIn } from '../load/sites.ts';
import type { Server } from '../processes.ts';
import { Rounds } from '../rounds.ts';

const clients = 16;

export async function passkeySignIn({ plan, report }: Bench, pair: DatabasePair): Promise<void> {
  const { name, ours, theirs } = pair;
  const mine = await ours.start({ hasher: 'constant', passkeys: true });
  const peer = await theirs.start({ hasher: 'constant', passkeys: true });
  const crowds = { mine: new PasskeyCrowd(), peer: new PasskeyCrowd() };
  await checkRefused(mine, passkeyToCofactor, crowds.mine);
  await checkRefused(peer, passkeyToBetterAuth, crowds.peer);
  const measure = async (
    server: Server,
    signIn: SignIn,
    crowd: PasskeyCrowd,
    milliseconds: number,
  ): Promise<SignIns & Cost> => {
    const load = await withCost(server, () => signIns(server, signIn, crowd, clients, { milliseconds }));
    await checkSessions(server, load.sessions);
    return load;
  };
  // Code that has run a few times only is several times slower.
  await measure(mine, passkeyToCofactor, crowds.mine, plan.slice);
  await measure(peer, passkeyToBetterAuth, crowds.peer, plan.slice);
  const rounds = await Rounds.run<SignIns & Cost>(plan.rounds, {
    ours: () => measure(mine, passkeyToCofactor, crowds.mine, plan.slice),
    peer: () => measure(peer, passkeyToBetterAuth, crowds.peer, plan.slice),
  });
  const title = `sign-in with a passkey, ${name}`;
  const compare = (of: (sample: SignIns & Cost) => number) => rounds.compare('ours', 'peer', of);
  report.add(
    title,
    'flows/s',
    'better-auth',
    compare((sample) => sample.perSecond),
    { of: 'ratio', atLeast: 5 },
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
  );
  await Promise.all([mine, peer].map((server) => server.stop()));
}

/** Nothing may be measured that does not work: a signature of something else leads nowhere. */
async function checkRefused(server: Server, signIn: SignIn, crowd: PasskeyCrowd): Promise<void> {
  const connection = await Connection.open(server.port);
  const browser = new Browser(connection, server.origin);
  const outcome = await signIn(browser, crowd.next().person, { password: '', code: brokenSignature });
  connection.close();
  if (outcome !== 'refused') throw new Error(`a wrong signature was ${outcome}`);
}
