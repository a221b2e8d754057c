/** What every section of the benchmark gets: how long to measure, whom to measure, and where results go. */
import { join } from 'node:path';
import { Crowd } from './load/crowd.ts';
import { signInToBetterAuth, signInToCofactor, type SignIn } from './load/sites.ts';
import { complete, start, type Script, type Server, type Settings } from './processes.ts';
import type { Report } from './report.ts';
import type { DatabaseConfig } from './servers/protocol.ts';

export interface Plan {
  readonly rounds: number;
  /** Rounds where one takes seconds: hashing, and starting processes. */
  readonly longRounds: number;
  /** Length of one measurement, in milliseconds. */
  readonly slice: number;
  /** People in each database. */
  readonly people: number;
  /** Sessions that guarded requests are made with. */
  readonly sessions: number;
  /** More sessions than a process of ours keeps opened. */
  readonly manySessions: number;
  /** The two sizes whose speed must not differ. */
  readonly sizes: readonly [number, number];
}

export const plans: Readonly<Record<'full' | 'quick', Plan>> = {
  full: {
    rounds: 11,
    longRounds: 5,
    slice: 500,
    people: 20_000,
    sessions: 256,
    manySessions: 5_000,
    sizes: [1_000, 1_000_000],
  },
  quick: {
    rounds: 5,
    longRounds: 5,
    slice: 150,
    people: 5_000,
    sessions: 64,
    manySessions: 2_500,
    sizes: [1_000, 50_000],
  },
};

/** Connections that make guarded requests. */
export const guardedConnections = 64;

export interface Bench {
  readonly plan: Plan;
  readonly report: Report;
  readonly folder: string;
  readonly databases: readonly DatabasePair[];
}

/** One kind of database, with the people of the benchmark in it: one for us, one for the peer. */
export interface DatabasePair {
  readonly name: 'SQLite' | 'PostgreSQL';
  readonly ours: Side;
  readonly theirs: Side;
}

/** A contender with its database. */
export class Side {
  readonly signIn: SignIn;
  readonly crowd: Crowd;
  readonly #script: Script;
  readonly database: DatabaseConfig;

  private constructor(script: Script, signIn: SignIn, database: DatabaseConfig, crowd: Crowd) {
    this.#script = script;
    this.signIn = signIn;
    this.database = database;
    this.crowd = crowd;
  }

  static async ours(database: DatabaseConfig, people: number): Promise<Side> {
    await complete('seed-ours', { database, hasher: 'argon2id', people });
    return new Side('ours', signInToCofactor, database, new Crowd(people));
  }

  /** With many people, of whom only some sign in. */
  static async oursOfSize(database: DatabaseConfig, people: number, crowd: number): Promise<Side> {
    const every = Math.floor(people / crowd);
    await complete('seed-ours', { database, hasher: 'argon2id', people, crowdOnly: { every } });
    // Equally many sign in whatever the size, in a large database spread over all of it.
    const spread = Array.from({ length: crowd }, (_, index) => index * every);
    return new Side('ours', signInToCofactor, database, new Crowd(spread));
  }

  static async betterAuth(database: DatabaseConfig, people: number): Promise<Side> {
    await complete('seed-better-auth', { database, hasher: 'argon2id', people });
    return new Side('better-auth', signInToBetterAuth, database, new Crowd(people));
  }

  start(settings: Omit<Settings, 'database'>, where?: readonly number[]): Promise<Server> {
    return start(this.#script, { ...settings, database: this.database }, where);
  }
}

export const sqlite = (folder: string, name: string): DatabaseConfig => ({
  kind: 'sqlite',
  file: join(folder, `${name}.db`),
});

/** What a stretch of work cost a server, for each piece of it. */
export interface Cost {
  /** Processor time, in microseconds. */
  readonly processor: number;
  readonly statements: number;
  readonly transactionControl: number;
}

/** Part of the time for which the server had a processor. */
export interface Share {
  readonly share: number;
}

export async function withCost<Work extends { readonly total: number }>(
  server: Server,
  work: () => Promise<Work>,
): Promise<Work & Cost & Share> {
  const before = await server.usage();
  const from = performance.now();
  const done = await work();
  const milliseconds = performance.now() - from;
  const after = await server.usage();
  const each = (key: keyof Cost): number => (after[key] - before[key]) / done.total;
  return {
    ...done,
    processor: each('processor'),
    statements: each('statements'),
    transactionControl: each('transactionControl'),
    share: (after.processor - before.processor) / 1000 / milliseconds,
  };
}
