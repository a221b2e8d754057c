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

/** Work that waits to be committed together with other. */
interface Waiting {
  readonly work: () => Work<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Of SQLite's own 2 MB, a database of 20,000 people reads most pages from the system anew. And what many sign-ins change
 * alike is written to the file once for all of them, every 16 MB of changes instead of every 4.
 */
const cacheKilobytes = 16_000;
const checkpointPages = 4_000;

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
  #waiting: Waiting[] = [];

  constructor(file: string, durability: 'process' | 'power') {
    this.durable = file !== ':memory:';
    try {
      this.#db = new Database(file, { timeout: busyWaitMs });
      useWal(this.#db);
      this.#db.pragma(`synchronous = ${durability === 'power' ? 'full' : 'normal'}`);
      this.#db.pragma('foreign_keys = on');
      this.#db.pragma(`cache_size = -${cacheKilobytes}`);
      this.#db.pragma(`wal_autocheckpoint = ${checkpointPages}`);
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

  together<T>(work: () => Work<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
      // After everything that has come by now: requests that were read in one go are answered in one, too.
      if (this.#waiting.length === 1) setImmediate(() => void this.#commitWaiting());
    });
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

  async #commitWaiting(): Promise<void> {
    const all = this.#waiting;
    if (all.length === 0) return;
    this.#waiting = [];
    try {
      const values = await this.transaction(function* () {
        const done: unknown[] = [];
        for (const { work } of all) done.push(yield* undivided(work()));
        return done;
      });
      for (const [index, { resolve }] of all.entries()) resolve(values[index]);
    } catch (error) {
      // Nothing was done. Where it is not the database that is away, only one of them is at fault: each has its own try.
      const isAway = error instanceof CofactorError && error.code === 'ERR_STORE_UNAVAILABLE';
      for (const { work, resolve, reject } of all) {
        if (isAway || all.length === 1) reject(error);
        else await this.transaction(work).then(resolve, reject);
      }
    }
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

  async close(): Promise<void> {
    await this.#commitWaiting();
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

/** What wants to be undone must not undo what others do along with it: it is tried again for itself. */
function* undivided<T>(work: Work<T>): Work<T> {
  try {
    return yield* work;
  } catch (error) {
    throw error instanceof Rollback ? new TypeError('not alone', { cause: error }) : error;
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
