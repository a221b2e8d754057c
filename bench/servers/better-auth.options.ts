/**
 * better-auth as its own documentation has it for production: indexes of its own migration, joins on (its
 * advice for speed), WAL on SQLite. Rate limiting and logging are off, as they are on our side.
 */
import { passkey } from '@better-auth/passkey';
import Database from 'better-sqlite3';
import type { BetterAuthOptions } from 'better-auth';
import { twoFactor } from 'better-auth/plugins';
import pg from 'pg';
import type { DatabaseConfig, ServerConfig } from './protocol.ts';
import { hashers } from './hashers.ts';

export const secret = 'GpN2bB8xQvT7mWzL4rKc9sYh3dFj6aEu';

export type BetterAuthDatabase = Database.Database | pg.Pool;

export function openDatabase(config: DatabaseConfig): BetterAuthDatabase {
  if (config.kind === 'postgres') return new pg.Pool({ connectionString: config.url });
  if (config.kind !== 'sqlite') throw new Error('better-auth needs a database');
  const database = new Database(config.file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  return database;
}

export function betterAuthOptions(config: ServerConfig, database: BetterAuthDatabase) {
  const hasher = hashers[config.hasher];
  return {
    appName: 'Bench',
    baseURL: config.origin,
    trustedOrigins: [config.origin],
    secret,
    database,
    emailAndPassword: {
      enabled: true,
      password: { hash: hasher.hash, verify: ({ hash, password }) => hasher.verify(hash, password) },
    },
    session: { cookieCache: { enabled: config.cookieCache === true, maxAge: 300 } },
    plugins: [twoFactor({ issuer: 'Bench' }), passkey({ rpName: 'Bench', origin: config.origin })],
    rateLimit: { enabled: false },
    logger: { disabled: true },
    telemetry: { enabled: false },
    advanced: { database: { joins: true } },
  } satisfies BetterAuthOptions;
}
