/** The loads: single requests, such as of those who are signed in, and flows of several, such as of people who sign in. */
import type { Server } from '../processes.ts';
import { password } from '../people.ts';
import { Browser, getRequest } from './browser.ts';
import { Connection, type Answer } from './connection.ts';
import type { Crowd } from './crowd.ts';
import type { SignIn } from './sites.ts';

/** Whoever names the next one to sign in. */
export type Turns = Pick<Crowd, 'next'>;

export interface Load {
  readonly perSecond: number;
  /** Milliseconds of each, in rising order. */
  readonly times: readonly number[];
  /** How many in all, those outside the time window included (for costs per request). */
  readonly total: number;
}

export const guardedPath = '/guarded';

/** Guarded requests, one after the other on each connection, each with the next of these sessions. */
export async function guardedRequests(
  server: Server,
  sessions: readonly string[],
  connections: number,
  milliseconds: number,
): Promise<Load> {
  const requests = sessions.map((cookies) => Buffer.from(getRequest(server.origin, guardedPath, cookies)));
  return sameRequests(server, requests, connections, milliseconds);
}

/** These requests in turn, one after the other on each connection. */
export async function sameRequests(
  server: Server,
  requests: readonly Buffer[],
  connections: number,
  milliseconds: number,
): Promise<Load> {
  const times: number[] = [];
  let next = 0;
  const start = performance.now();
  const client = (connection: Connection): Promise<void> =>
    new Promise((resolve, reject) => {
      let sent = performance.now();
      const again = (answer: Answer): void => {
        const now = performance.now();
        if (answer.status !== 200) return reject(new Error(`a request was answered with ${answer.status}`));
        times.push(now - sent);
        if (now - start >= milliseconds) return resolve();
        sent = now;
        connection.send(requests[next++ % requests.length] ?? '', again, reject);
      };
      connection.send(requests[next++ % requests.length] ?? '', again, reject);
    });
  await withConnections(server, connections, client);
  const seconds = (performance.now() - start) / 1000;
  return { perSecond: times.length / seconds, times: sorted(times), total: times.length };
}

/** How long to go on. */
export type Until =
  { readonly milliseconds: number } | { readonly flows: number } | { readonly stopped: () => boolean };

/**
 * The same flow over and over, `clients` at a time. The pace is counted only within a window that opens when the
 * first of them are through, so that neither the start nor the end of the load blurs it.
 */
export async function flows(
  server: Server,
  clients: number,
  until: Until,
  flow: (connection: Connection) => Promise<void>,
): Promise<Load> {
  const ends: number[] = [];
  const times: number[] = [];
  let begun = 0;
  const start = performance.now();
  const over = (): boolean => {
    if ('flows' in until) return begun >= until.flows;
    if ('stopped' in until) return until.stopped();
    // Enough to let those finish inside the window who started in it.
    return ends.length > clients && performance.now() - (ends[clients] ?? start) >= until.milliseconds;
  };
  await withConnections(server, clients, async (connection) => {
    while (!over()) {
      begun++;
      const from = performance.now();
      await flow(connection);
      const now = performance.now();
      ends.push(now);
      times.push(now - from);
    }
  });
  return { perSecond: pace(ends, start, clients, until), times: sorted(times), total: ends.length };
}

function pace(ends: number[], start: number, clients: number, until: Until): number {
  const last = ends.at(-1) ?? start;
  if ('flows' in until) return (ends.length * 1000) / (last - start);
  const opened = ends[clients] ?? start;
  const window = 'milliseconds' in until ? until.milliseconds : last - opened;
  return (ends.filter((end) => end > opened && end <= opened + window).length * 1000) / window;
}

export interface SignIns extends Load {
  /** Cookies of the last session of each client, of which each is checked. */
  readonly sessions: readonly string[];
  /** How often somebody was turned away for a while (503). */
  readonly busy: number;
}

/** People who sign in, `clients` at a time, each from nothing. */
export async function signIns(
  server: Server,
  signIn: SignIn,
  crowd: Turns,
  clients: number,
  until: Until,
): Promise<SignIns> {
  const sessions = new Map<Connection, string>();
  let busy = 0;
  const load = await flows(server, clients, until, async (connection) => {
    const done = await oneSignIn(connection, server.origin, signIn, crowd);
    busy += done.busy;
    sessions.set(connection, done.cookies);
  });
  return { ...load, sessions: [...sessions.values()], busy };
}

/** The next of the crowd signs in, in a browser without cookies; who is turned away for a while comes again. */
async function oneSignIn(
  connection: Connection,
  origin: string,
  signIn: SignIn,
  crowd: Turns,
): Promise<{ readonly cookies: string; readonly busy: number }> {
  const { person, code } = crowd.next();
  for (let busy = 0; ; busy++) {
    const browser = new Browser(connection, origin);
    const outcome = await signIn(browser, person, { password, code });
    if (outcome === 'done') return { cookies: browser.cookies, busy };
    if (outcome === 'refused') throw new Error(`${person.identifier} could not sign in`);
    await new Promise((resolve) => setTimeout(resolve, 1000)); // the least that Retry-After can say
  }
}

/** Sessions of so many different people, proved to open the guarded route. */
export async function openSessions(
  server: Server,
  signIn: SignIn,
  crowd: Crowd,
  count: number,
): Promise<string[]> {
  const sessions: string[] = [];
  const each = Math.ceil(count / 16);
  await withConnections(server, 16, async (connection) => {
    for (let done = 0; done < each; done++) {
      sessions.push((await oneSignIn(connection, server.origin, signIn, crowd)).cookies);
    }
  });
  await checkSessions(server, sessions);
  return sessions;
}

/** Nothing may be measured that does not work: sessions open the guarded route, and without one it is closed. */
export async function checkSessions(server: Server, sessions: readonly string[]): Promise<void> {
  await withConnections(server, 1, async (connection) => {
    const ask = async (cookies: string): Promise<number> =>
      (await connection.exchange(getRequest(server.origin, guardedPath, cookies))).status;
    for (const cookies of sessions) {
      const status = await ask(cookies);
      if (status !== 200) throw new Error(`a session opened the guarded route with ${status}`);
    }
    const closed = await ask('');
    if (closed !== 401) throw new Error(`the guarded route answered ${closed} to nobody`);
  });
}

/** A wrong password (where one is checked) and a wrong code must not lead anywhere. */
export async function checkRefusals(
  server: Server,
  signIn: SignIn,
  crowd: Crowd,
  hashed: boolean,
): Promise<void> {
  await withConnections(server, 1, async (connection) => {
    const { person, code } = crowd.next();
    const wrongCode = String((Number(code) + 500_000) % 1_000_000).padStart(6, '0');
    const attempts = [
      { password, code: wrongCode },
      ...(hashed ? [{ password: 'not this one at all', code }] : []),
    ];
    for (const secrets of attempts) {
      const outcome = await signIn(new Browser(connection, server.origin), person, secrets);
      if (outcome !== 'refused')
        throw new Error(`a wrong ${secrets.code === code ? 'password' : 'code'} was ${outcome}`);
    }
  });
}

export async function withConnections(
  server: Server,
  count: number,
  use: (connection: Connection) => Promise<void>,
): Promise<void> {
  const connections = await Promise.all(Array.from({ length: count }, () => Connection.open(server.port)));
  try {
    await Promise.all(connections.map(use));
  } finally {
    connections.forEach((connection) => connection.close());
  }
}

const sorted = (times: number[]): number[] => Float64Array.from(times).sort() as unknown as number[];
