import type Pg from 'pg';
import { CofactorError } from '../base/errors.ts';
import { sha256 } from '../core/ids.ts';
import { peer } from '../base/peer.ts';
import type { Store } from '../core/store.ts';
import { Rollback, type Driver, type Result, type Work } from './sql/driver.ts';

const { default: pg } = await peer('pg', 'cofactor/postgres', () => import('pg'))();

// Before what is built on it, so that its absence is told by name.
await peer('kysely', 'cofactor/postgres', () => import('kysely'))();
const { SqlStore } = await import('./sql/store.ts');

export interface PostgresOptions {
  /** Connections at most (10). */
  readonly connections?: number;
  /** Seconds to wait for a connection or an answer (5) before the database counts as away. */
  readonly timeout?: number;
  /**
   * Keeps statements prepared on each connection (false): faster, but not through a transaction-mode pooler that
   * does not know prepared statements, and nodes have to be restarted after a migration.
   */
  readonly prepared?: boolean;
}

/**
 * A store in PostgreSQL 14 or later, directly or through a transaction-mode pooler: no session state is used.
 *
 * @example
 * const database = postgres(process.env.DATABASE_URL);
 */
export function postgres(url: string, options: PostgresOptions = {}): Store {
  const { connections = 10, timeout = 5, prepared = false } = options;
  if (typeof url !== 'string' || !/^postgres(ql)?:\/\//.test(url)) {
    throw new CofactorError(
      'ERR_CONFIG_DATABASE',
      'postgres takes an address such as postgres://user@host/name.',
    );
  }
  if (!Number.isInteger(connections) || connections < 1 || !(timeout > 0)) {
    throw new CofactorError('ERR_CONFIG_DATABASE', 'postgres: connections and timeout take numbers above 0.');
  }
  if (typeof prepared !== 'boolean') {
    throw new CofactorError('ERR_CONFIG_DATABASE', 'postgres: prepared takes true or false.');
  }
  return new SqlStore(new PostgresDriver(url, connections, timeout * 1000, prepared));
}

const int8 = 20;

/** Nobody waits long for a lock, and who holds one and falls silent loses it: one node must not stop the others. */
const begin =
  "begin; set local lock_timeout = '2s'; set local statement_timeout = '5s'; set local idle_in_transaction_session_timeout = '5s'";
/** A migration may take its time, and so may the nodes that wait for it. */
const migrationMs = 600_000;

class PostgresDriver implements Driver {
  readonly dialect = 'postgres';
  readonly durable = true;
  statements = 0;
  readonly #pool: Pg.Pool;

  readonly #prepared: boolean;

  constructor(url: string, max: number, timeoutMs: number, prepared: boolean) {
    this.#prepared = prepared;
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
    // One that breaks in use fails its statement, which is told there; unheard, the event would end the process.
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  async run<T>(work: () => Work<T>): Promise<T> {
    try {
      return await this.#work(this.#pool, work(), false);
    } catch (error) {
      throw translate(error);
    }
  }

  group<T>(work: () => Work<T>): Promise<T> {
    return this.run(work);
  }

  together<T>(work: () => Work<T>): Promise<T> {
    return this.run(work);
  }

  async transaction<T>(work: () => Work<T>, { patient = false } = {}): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#once(work, patient);
      } catch (error) {
        if (tries < mostTries && isConflict(error)) continue;
        throw translate(error);
      }
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #once<T>(work: () => Work<T>, patient: boolean): Promise<T> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    try {
      await client.query(patient ? 'begin' : begin);
      const value = await this.#work(client, work(), patient);
      await client.query('commit');
      return value;
    } catch (error) {
      // A connection that did not answer in time is not asked again: it is closed, which rolls back too.
      if (hasSqlState(error) || error instanceof Rollback) {
        await client.query('rollback').catch((failure: unknown) => {
          broken = failure instanceof Error ? failure : new Error('rollback failed');
        });
      } else {
        broken = error instanceof Error ? error : new Error('broken');
      }
      if (error instanceof Rollback) return error.value as T;
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /** A statement that is a transaction by itself: one that was undone for somebody else's sake is asked again. */
  async #alone(query: Pg.QueryConfig): Promise<Pg.QueryResult> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#pool.query(query);
      } catch (error) {
        if (tries >= mostTries || !isConflict(error)) throw error;
      }
    }
  }

  async #work<T>(on: Pg.Pool | Pg.PoolClient, work: Work<T>, patient: boolean): Promise<T> {
    let step = work.next();
    while (step.done !== true) {
      this.statements += 1;
      const { sql: text, values } = step.value;
      const query = {
        text,
        values: values as unknown[],
        // A statement keeps its name, and with it its plan, for as long as the connection lives.
        ...(this.#prepared && values.length > 0 && { name: sha256(text) }),
        ...(patient && { query_timeout: migrationMs }),
      };
      const answer = on === this.#pool ? await this.#alone(query) : await on.query(query);
      const result: Result = { rows: answer.rows as Result['rows'], changes: answer.rowCount ?? 0 };
      step = work.next(result);
    }
    return step.value;
  }
}

/** How often work is begun that ran into somebody else's. */
const mostTries = 4;

/** Deadlock or serialization failure: nothing happened, so the same work may be tried again. */
function isConflict(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '40P01' || error.code === '40001');
}

function hasSqlState(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^[0-9A-Z]{5}$/.test(String(error.code));
}

/** Classes 08, 53, 55, 57, 58 and the code 25006, and anything from the driver without a code, mean "away". */
function translate(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof CofactorError || error instanceof TypeError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const away = /^(08|53|55|57|58|25006)/.test(code) || !hasSqlState(error) || isConflict(error);
  return new CofactorError(
    away ? 'ERR_STORE_UNAVAILABLE' : 'ERR_STORE_BROKEN',
    'The service is not available at the moment.',
    { detail: code || error.message, cause: error },
  );
}
