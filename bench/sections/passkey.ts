/** A passkey alone, to a session: no hashing on either side, and one signature to check. */
import type { Bench, DatabasePair } from '../bench.ts';
import { Browser } from '../load/browser.ts';
import { Connection } from '../load/connection.ts';
import type { Turns } from '../load/load.ts';
import {
  brokenSignature,
  passkeyToBetterAuth,
  passkeyToCofactor,
  PasskeyCrowd,
} from '../load/passkey-sites.ts';
import type { SignIn } from '../load/sites.ts';
import type { Server } from '../processes.ts';
import { compareSignIns } from './sign-in.ts';

export async function passkeySignIn(bench: Bench, { name, ours, theirs }: DatabasePair): Promise<void> {
  const settings = { hasher: 'constant', passkeys: true } as const;
  const mine = { server: await ours.start(settings), signIn: passkeyToCofactor, crowd: new PasskeyCrowd() };
  const peer = {
    server: await theirs.start(settings),
    signIn: passkeyToBetterAuth,
    crowd: new PasskeyCrowd(),
  };
  for (const { server, signIn, crowd } of [mine, peer]) await checkRefused(server, signIn, crowd);
  const title = `sign-in with a passkey, ${name}`;
  await compareSignIns(bench, title, { mine, peer }, { pace: { of: 'ratio', atLeast: 5 } });
  await Promise.all([mine, peer].map(({ server }) => server.stop()));
}

/** Nothing may be measured that does not work: a signature of something else leads nowhere. */
async function checkRefused(server: Server, signIn: SignIn, crowd: Turns): Promise<void> {
  const connection = await Connection.open(server.port);
  const browser = new Browser(connection, server.origin);
  const outcome = await signIn(browser, crowd.next().person, { password: '', code: brokenSignature });
  connection.close();
  if (outcome !== 'refused') throw new Error(`a wrong signature was ${outcome}`);
}
