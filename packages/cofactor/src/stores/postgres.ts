import type Pg from 'pg';
import { CofactorError } from '../core/errors.ts';
import { peer } from '../core/peer.ts';
import type { Store } from '../core/store.ts';
import { Rollback, type Driver, type Result, type Work } from './sql/driver.ts';
import { SqlStore } from './sql/store.ts';

const { default: pg } = await peer('pg', 'cofactor/postgres', () => import('pg'))();

export interface PostgresOptions {
  /** Connections at most (10). */
  readonly connections?: number;
  /** Seconds to wait for a connection or an answer (5) before the database counts as away. */
  readonly timeout?: number;
}

/**
 * A store in PostgreSQL 14 or later, directly or through a transaction-mode pooler: no session state is used.
 *
 * @example
 * const database = postgres(process.env.DATABASE_URL);
 */
export function postgres(url: string, options: PostgresOptions = {}): Store {
  const { connections = 10, timeout = 5 } = options;
  if (typeof url !== 'string' || !/^postgres(ql)?:\/\//.test(url)) {
    throw new CofactorError(
      'ERR_CONFIG_DATABASE',
      'postgres takes an address such as postgres://user@host/name.',
    );
  }
  if (!Number.isInteger(connections) || connections < 1 || !(timeout > 0)) {
    throw new CofactorError('ERR_CONFIG_DATABASE', 'postgres: connections and timeout take numbers above 0.');
  }
  return new SqlStore(new PostgresDriver(url, connections, timeout * 1000));
}

const int8 = 20;

class PostgresDriver implements Driver {
  readonly dialect = 'postgres';
  readonly durable = true;
  statements = 0;
  readonly #pool: Pg.Pool;

  constructor(url: string, max: number, timeoutMs: number) {
    this.#pool = new pg.Pool({
      connectionString: url,
      max,
      connectionTimeoutMillis: timeoutMs,
      query_timeout: timeoutMs,
      types: {
        // Every bigint of ours is a time, a count or a sequence: far below 2^53.
        getTypeParser: ((oid: number, format?: string) =>
          oid === int8
            ? Number
            : (pg.types.getTypeParser as (oid: number, format?: string) => unknown)(
                oid,
                format,
              )) as typeof pg.types.getTypeParser,
      },
    });
    // An idle connection that breaks is dropped from the pool; the next request opens another.
    this.#pool.on('error', () => undefined);
  }

  async run<T>(work: () => Work<T>): Promise<T> {
    try {
      return await this.#work(this.#pool, work());
    } catch (error) {
      throw translate(error);
    }
  }

  async transaction<T>(work: () => Work<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#once(work);
      } catch (error) {
        if (tries < 4 && isConflict(error)) continue;
        throw translate(error);
      }
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #once<T>(work: () => Work<T>): Promise<T> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('begin');
      const value = await this.#work(client, work());
      await client.query('commit');
      return value;
    } catch (error) {
      await client.query('rollback').catch((failure: unknown) => {
        broken = failure instanceof Error ? failure : new Error('rollback failed');
      });
      if (error instanceof Rollback) return error.value as T;
      throw error;
    } finally {
      client.release(broken);
    }
  }

  async #work<T>(on: Pg.Pool | Pg.PoolClient, work: Work<T>): Promise<T> {
    let step = work.next();
    while (step.done !== true) {
      this.statements += 1;
      const answer = await on.query(step.value.sql, step.value.values as unknown[]);
      const result: Result = { rows: answer.rows as Result['rows'], changes: answer.rowCount ?? 0 };
      step = work.next(result);
    }
    return step.value;
  }
}

/** Deadlock or serialization failure: nothing happened, so the same work may be tried again. */
function isConflict(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '40P01' || error.code === '40001');
}

/** Class 08, 53, 57 and 58 of SQLSTATE, and anything without one that came from the driver, mean "away". */
function translate(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof CofactorError || error instanceof TypeError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const away = /^(08|53|57|58|25006)/.test(code) || !/^[0-9A-Z]{5}$/.test(code) || isConflict(error);
  return new CofactorError(
    away ? 'ERR_STORE_UNAVAILABLE' : 'ERR_STORE_BROKEN',
    'The service is not available at the moment.',
    { detail: code || error.message, cause: error },
  );
}
