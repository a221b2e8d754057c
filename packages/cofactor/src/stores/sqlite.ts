import type BetterSqlite from 'better-sqlite3';
import { CofactorError } from '../base/errors.ts';
import { peer } from '../base/peer.ts';
import type { Store } from '../core/store.ts';
import { Rollback, type Call, type Driver, type Result, type Work } from './sql/driver.ts';

const { default: Database } = await peer(
  'better-sqlite3',
  'cofactor/sqlite',
  () => import('better-sqlite3'),
)();

// Before what is built on it, so that its absence is told by name.
await peer('kysely', 'cofactor/sqlite', () => import('kysely'))();
const { SqlStore } = await import('./sql/store.ts');

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

/** How long one try may stop the process, how often it is made, and the pause: five seconds in all. */
const busyWaitMs = 10;
const busyTries = 200;
const betweenTriesMs = 15;

class SqliteDriver implements Driver {
  readonly dialect = 'sqlite';
  readonly durable: boolean;
  statements = 0;
  readonly #db: BetterSqlite.Database;
  readonly #prepared = new Map<string, BetterSqlite.Statement>();

  constructor(file: string, durability: 'process' | 'power') {
    this.durable = file !== ':memory:';
    try {
      this.#db = new Database(file, { timeout: busyWaitMs });
      useWal(this.#db);
      this.#db.pragma(`synchronous = ${durability === 'power' ? 'full' : 'normal'}`);
      this.#db.pragma('foreign_keys = on');
    } catch (cause) {
      throw new CofactorError('ERR_CONFIG_DATABASE', `sqlite: ${JSON.stringify(file)} cannot be opened.`, {
        cause,
      });
    }
  }

  run<T>(work: () => Work<T>): Promise<T> {
    return this.#patiently(() => this.#work(work()));
  }

  group<T>(work: () => Work<T>): Promise<T> {
    return this.transaction(work);
  }

  transaction<T>(work: () => Work<T>): Promise<T> {
    return this.#patiently(() => {
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
    });
  }

  /**
   * Does something at once, without letting anything else in between; where another process has the database
   * locked, tries again for a while. The waiting is done in between, where it stops nobody else.
   */
  async #patiently<T>(action: () => T): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      const before = this.statements;
      try {
        return action();
      } catch (error) {
        // Only where nothing was done yet is it the same thing to do it again.
        if (!isBusy(error) || this.statements > before + 1 || tries >= busyTries) throw translate(error);
      }
      await new Promise<void>((resolve) => setTimeout(resolve, betweenTriesMs));
    }
  }

  // oxlint-disable-next-line require-await -- the port is asynchronous, SQLite is not
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

/**
 * Switches to WAL, which a file then stays in. Where another node opens the same new file at this moment, SQLite
 * gives up at once instead of waiting as long as it was told to, so the waiting is done here.
 */
function useWal(db: BetterSqlite.Database): void {
  for (let tries = 1; ; tries += 1) {
    try {
      db.pragma('journal_mode = wal');
      return;
    } catch (error) {
      const busy = error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
      if (!busy || tries === 250) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^SQLITE_(BUSY|LOCKED)/.test(String(error.code));
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
