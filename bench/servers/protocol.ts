/** What the benchmark and the servers of its contenders say to each other. */

export type DatabaseConfig =
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 'none' };

export interface ServerConfig {
  readonly port: number;
  /** What the server is to believe its public address is. */
  readonly origin: string;
  readonly database: DatabaseConfig;
  /** `constant`: password hashing replaced by a constant, to see what everything else costs. */
  readonly hasher: 'constant' | 'argon2id';
  /** better-auth only: its session cookie cache. */
  readonly cookieCache?: boolean;
  /** Whether passkeys can be signed in with. */
  readonly passkeys?: boolean;
  /** Ours only: with an OpenID Connect server, in Fastify or on `node:http` in front of it. */
  readonly oidc?: 'fastify' | 'http';
  /** Applications whose people sign in elsewhere: the address of their issuer. */
  readonly issuer?: string;
  /** Ours as such an application: what carries it (Fastify if left out), and whether sessions are kept in memory. */
  readonly framework?: 'fastify' | 'express';
  readonly store?: boolean;
  /** Seeding only: how many people. */
  readonly people?: number;
  /**
   * Seeding of ours only, for a database with very many people: without the ten rows of recovery codes each, and
   * with secrets of their own only for every so many of them; a copy of the same length does for the others.
   */
  readonly crowdOnly?: { readonly every: number };
}

export type Question =
  | { readonly ask: 'usage' }
  /** Ours only: puts the clock of the server forward, so that a person's next code is due. */
  | { readonly ask: 'advance'; readonly seconds: number }
  /** Bare hashing only: verifies with so many at once for so long. */
  | { readonly ask: 'verify'; readonly clients: number; readonly milliseconds: number };

/** What a server has used since it started. */
export interface Usage {
  /** Processor time of all threads of the process, in microseconds. */
  readonly processor: number;
  /** Statements handed to the database driver, transaction control left out. */
  readonly statements: number;
  /** BEGIN, COMMIT and the like. */
  readonly transactionControl: number;
  /** Resident set, in bytes. */
  readonly memory: number;
}

export interface Verified {
  readonly perSecond: number;
  /** Median of one verification, in milliseconds. */
  readonly p50: number;
}
