/**
 * An application signs in people who are signed in already, by OpenID Connect: ours, on a database, against bare
 * oidc-provider in memory.
 */
import { withCost, type Bench, type Cost, type DatabasePair, type Share } from '../bench.ts';
import type { Load } from '../load/load.ts';
import { atBare, atCofactor } from '../load/oidc-sites.ts';
import { OidcSite } from '../load/oidc.ts';
import { start } from '../processes.ts';
import { Rounds } from '../rounds.ts';
import { addRows, tellUnlessQuiet } from './rows.ts';

const clients = 16;
/** Browsers with a session. The adapter in memory keeps a thousand things, so they must not be many. */
const people = 64;
/** Codes that are made before they are redeemed; see above. */
const codesAtOnce = 256;

type Sample = Load & Cost & Share;

/** What is measured at each server, once there are sessions. */
type Measure = (site: OidcSite) => Promise<() => Promise<Sample>>;

export async function oidc({ plan, report }: Bench, { name, ours }: DatabasePair): Promise<void> {
  const bare = await start('bare-oidc', { database: { kind: 'none' }, hasher: 'constant' });
  const mine = await ours.start({ hasher: 'constant', oidc: 'fastify' });
  const plain = await ours.start({ hasher: 'constant', oidc: 'http' });
  const sites = {
    bare: await OidcSite.open(bare, '', atBare(bare)),
    ours: await OidcSite.open(mine, '/oidc', atCofactor(mine, ours)),
    plain: await OidcSite.open(plain, '/oidc', atCofactor(plain, ours)),
  };
  const target = name === 'SQLite' ? { pace: { of: 'ratio', atLeast: 0.8 } as const } : {};
  const against = 'oidc-provider, in memory';

  const compare = async (
    what: string,
    unit: 'flows/s' | 'requests/s',
    measure: Measure,
    contenders: readonly (keyof typeof sites)[],
  ): Promise<void> => {
    const measures: Record<string, () => Promise<Sample>> = {};
    for (const contender of contenders) {
      // Anew for each: in memory, a session gets slower with all that was ever issued in it.
      await sites[contender].signIn(people);
      measures[contender] = await measure(sites[contender]);
    }
    const rounds = await Rounds.run<Sample>(plan.rounds, measures, 2);
    tellUnlessQuiet(rounds, 'bare');
    addRows(report, `${what}, ${name}`, unit, rounds, { ours: 'ours', theirs: 'bare', against }, target);
    if (!contenders.includes('plain')) return;
    report.add(
      `${what} on node:http, ${name}`,
      unit,
      against,
      rounds.compare('plain', 'bare', (sample) => sample.perSecond),
    );
  };

  await compare('OpenID Connect, code flow', 'flows/s', codeFlow(plan.slice), ['bare', 'ours', 'plain']);
  await compare('OpenID Connect, token endpoint', 'requests/s', redemption, ['bare', 'ours']);
  await compare('OpenID Connect, introspection', 'requests/s', introspection(plan.slice), ['bare', 'ours']);
  await compare('OpenID Connect, userinfo', 'requests/s', userinfo(plan.slice), ['bare', 'ours']);
  await Promise.all([bare, mine, plain].map((server) => server.stop()));
}

const codeFlow =
  (milliseconds: number): Measure =>
  async (site) =>
  () =>
    withCost(site.server, () => site.codeFlows(clients, { milliseconds }));

const redemption: Measure = async (site) => async () => {
  const codes = await site.codes(codesAtOnce);
  return withCost(site.server, () => site.redeem(codes, clients));
};

const introspection =
  (milliseconds: number): Measure =>
  async (site) => {
    const tokens = await site.accessTokens();
    return () => withCost(site.server, () => site.introspections(tokens, clients, milliseconds));
  };

const userinfo =
  (milliseconds: number): Measure =>
  async (site) => {
    const tokens = await site.accessTokens();
    return () => withCost(site.server, () => site.userinfos(tokens, clients, milliseconds));
  };
