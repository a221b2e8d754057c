import type BetterSqlite from 'better-sqlite3';
import { CofactorError } from '../core/errors.ts';
import { peer } from '../core/peer.ts';
import type { Store } from '../core/store.ts';
import { Rollback, type Call, type Driver, type Result, type Work } from './sql/driver.ts';
import { SqlStore } from './sql/store.ts';

const { default: Database } = await peer(
  'better-sqlite3',
  'cofactor/sqlite',
  () => import('better-sqlite3'),
)();

export interface SqliteOptions {
  /**
   * What survives a power cut. `process`: everything that was answered survives a killed process, and the last
   * moments before a power cut may be lost as a whole. `power`: each commit waits for the disk.
   */
  readonly durability?: 'process' | 'power';
}

/**
 * A store in one SQLite file (WAL), or in memory with `:memory:`, which production refuses.
 *
 * @example
 * const database = sqlite('data/cofactor.db');
 */
export function sqlite(file: string, options: SqliteOptions = {}): Store {
  const durability = options.durability ?? 'process';
  if (typeof file !== 'string' || file === '') {
    throw new CofactorError('ERR_CONFIG_DATABASE', 'sqlite takes the name of a file, or ":memory:".');
  }
  if (durability !== 'process' && durability !== 'power') {
    throw new CofactorError('ERR_CONFIG_DATABASE', "sqlite: durability takes 'process' or 'power'.");
  }
  return new SqlStore(new SqliteDriver(file, durability));
}

class SqliteDriver implements Driver {
  readonly dialect = 'sqlite';
  readonly durable: boolean;
  statements = 0;
  readonly #db: BetterSqlite.Database;
  readonly #prepared = new Map<string, BetterSqlite.Statement>();

  constructor(file: string, durability: 'process' | 'power') {
    this.durable = file !== ':memory:';
    try {
      this.#db = new Database(file, { timeout: 5000 });
      this.#db.pragma('journal_mode = wal');
      this.#db.pragma(`synchronous = ${durability === 'power' ? 'full' : 'normal'}`);
      this.#db.pragma('foreign_keys = on');
    } catch (cause) {
      throw new CofactorError('ERR_CONFIG_DATABASE', `sqlite: ${JSON.stringify(file)} cannot be opened.`, {
        cause,
      });
    }
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the port is asynchronous, SQLite is not
  async run<T>(work: () => Work<T>): Promise<T> {
    try {
      return this.#work(work());
    } catch (error) {
      throw translate(error);
    }
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above: no other work can come in between
  async transaction<T>(work: () => Work<T>): Promise<T> {
    try {
      this.#prepare('begin immediate').run();
      try {
        const value = this.#work(work());
        this.#prepare('commit').run();
        return value;
      } catch (error) {
        if (this.#db.inTransaction) this.#prepare('rollback').run();
        if (error instanceof Rollback) return error.value as T;
        throw error;
      }
    } catch (error) {
      throw translate(error);
    }
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async close(): Promise<void> {
    this.#db.close();
  }

  #work<T>(work: Work<T>): T {
    let step = work.next();
    while (step.done !== true) step = work.next(this.#execute(step.value));
    return step.value;
  }

  #execute({ sql, values }: Call): Result {
    this.statements += 1;
    const prepared = this.#prepare(sql);
    if (prepared.reader) {
      const rows = prepared.all(...values) as Record<string, unknown>[];
      return { rows, changes: rows.length };
    }
    return { rows: [], changes: prepared.run(...values).changes };
  }

  #prepare(sql: string): BetterSqlite.Statement {
    let prepared = this.#prepared.get(sql);
    if (!prepared) this.#prepared.set(sql, (prepared = this.#db.prepare(sql)));
    return prepared;
  }
}

/** A database that is busy, full, or gone is away; anything else is broken. Both are 503 and let nobody in. */
function translate(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!code.startsWith('SQLITE_') && !(error instanceof TypeError && /not open/.test(error.message)))
    return error;
  const away = /^SQLITE_(BUSY|LOCKED|IOERR|CANTOPEN|FULL|READONLY|PROTOCOL)/.test(code) || code === '';
  return new CofactorError(
    away ? 'ERR_STORE_UNAVAILABLE' : 'ERR_STORE_BROKEN',
    'The service is not available at the moment.',
    { detail: code, cause: error },
  );
}
