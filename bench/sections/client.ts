/**
 * Applications whose people sign in at an OpenID Connect issuer: a request to a page that asks for MFA, against the same
 * route bare, and against what else is used for it with the same issuer.
 */
import { guardedConnections, withCost, type Bench, type Cost, type Share } from '../bench.ts';
import { guardedPath, sameRequests, type Load } from '../load/load.ts';
import { Visitors } from '../load/visitors.ts';
import { places } from '../machine.ts';
import { start, stopAll, type Server, type Settings } from '../processes.ts';
import type { Target } from '../report.ts';
import { Rounds, type Contenders } from '../rounds.ts';
import { tellUnlessQuiet } from './rows.ts';

type Sample = Load & Cost & Share;

const plain = { database: { kind: 'none' }, hasher: 'constant' } as const;

/** Requests to each before it counts: the slower ones would get too few of them in a time, and stay cold. */
const warm = 8_000;

/** What a guard may leave of the pace of the bare route, and what that is in processor time. */
const share = 0.7;
const paced: Target = { of: 'ratio', atLeast: share };
const spent: Target = { of: 'ratio', atMost: Number((1 / share).toFixed(2)) };

export async function client({ plan, report }: Bench): Promise<void> {
  const issuer = await start('issuer', plain, places.load);
  const signedInAt = { ...plain, issuer: `http://127.0.0.1:${issuer.port}` };
  // A process each, so that none is warmer than another.
  const ours = (settings: Partial<Settings>): Promise<Server> =>
    start('client-ours', { ...signedInAt, ...settings });
  const bareFastify = await start('bare', plain);
  const bareExpress = await start('bare-express', plain);
  const onFastify = await ours({ framework: 'fastify' });
  const onExpress = await ours({ framework: 'express' });
  const many = await ours({ framework: 'fastify' });
  const withAge = await ours({ framework: 'fastify' });
  const inStore = await ours({ framework: 'express', store: true });
  const renewing = await ours({ framework: 'express' });
  const openidConnect = await start('client-express-openid-connect', signedInAt);
  const passport = await start('client-passport', signedInAt);

  const measured = (server: Server, requests: () => readonly Buffer[]) => (): Promise<Sample> =>
    withCost(server, () => sameRequests(server, requests(), guardedConnections, plan.slice));
  const signedIn = (server: Server, count = plan.sessions): Promise<Visitors> =>
    Visitors.signIn(server, issuer, count);
  const guarded = (server: Server, visitors: Visitors, path = guardedPath) => {
    const load = measured(server, () => visitors.requests(path));
    return async () => {
      await visitors.visit();
      return load();
    };
  };
  const fastifyPeople = await signedIn(onFastify);
  const expressPeople = await signedIn(onExpress);
  const openidConnectPeople = await signedIn(openidConnect);
  const renewingPeople = await signedIn(renewing);
  // Nobody keeps a cookie that was renewed, so that each request renews one, as each does once a minute in life.
  await renewing.ask({ ask: 'advance', seconds: 90 });
  const contenders: Contenders<Sample> = {
    // The same requests, cookies included.
    'bare Fastify': measured(bareFastify, () => fastifyPeople.requests()),
    'bare Express': measured(bareExpress, () => expressPeople.requests()),
    Fastify: guarded(onFastify, fastifyPeople),
    Express: guarded(onExpress, expressPeople),
    'express-openid-connect': guarded(openidConnect, openidConnectPeople),
    passport: guarded(passport, await signedIn(passport)),
    'many sessions': guarded(many, await signedIn(many, plan.manySessions)),
    'max age': guarded(withAge, await signedIn(withAge), '/fresh'),
    store: guarded(inStore, await signedIn(inStore)),
    renewing: measured(renewing, () => renewingPeople.requests()),
  };
  for (const contender of Object.values(contenders)) {
    for (let served = 0; served < warm;) served += (await contender()).total;
  }
  const rounds = await Rounds.run(plan.rounds, contenders);
  tellUnlessQuiet(rounds, 'bare Fastify');

  const compare = (title: string, ours: string, theirs: string, against: string, isBound = false): void => {
    report.add(
      title,
      'requests/s',
      against,
      rounds.compare(ours, theirs, (sample) => sample.perSecond),
      isBound ? paced : undefined,
    );
    report.add(
      title,
      'µs of processor time',
      against,
      rounds.compare(ours, theirs, (sample) => sample.processor),
      isBound ? spent : undefined,
    );
  };
  const [fastify, express] = ['bare Fastify route', 'bare Express route'];
  const peers = {
    'express-openid-connect': 'express-openid-connect',
    passport: 'Passport, express-session in memory',
  };
  compare('client guard, Fastify', 'Fastify', 'bare Fastify', fastify, true);
  compare('client guard, Express', 'Express', 'bare Express', express, true);
  for (const [peer, against] of Object.entries(peers)) {
    compare('client guard, Express', 'Express', peer, against);
  }
  const inTurn = `client guard, Fastify, ${plan.manySessions.toLocaleString('en')} sessions in turn`;
  compare(inTurn, 'many sessions', 'bare Fastify', fastify);
  compare('client guard, Fastify, with a greatest age', 'max age', 'bare Fastify', fastify);
  compare('client guard, Express, sessions in memory', 'store', 'bare Express', express);
  compare('client guard, Express, sessions in memory', 'store', 'passport', peers.passport);
  compare('client guard, Express, session renewed', 'renewing', 'bare Express', express);
  compare(
    'client guard, Express, session renewed',
    'renewing',
    'express-openid-connect',
    'express-openid-connect (renews each time)',
  );
  report.add('client guard, cookies of a session', 'bytes', 'express-openid-connect', {
    ours: expressPeople.cookieLength,
    theirs: openidConnectPeople.cookieLength,
  });
  await stopAll();
}
