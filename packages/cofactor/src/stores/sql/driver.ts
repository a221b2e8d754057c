/** One SQL statement with its values, ready to run. */
export interface Call {
  readonly sql: string;
  readonly values: readonly unknown[];
}
export interface Result {
  readonly rows: readonly Record<string, unknown>[];
  /** Rows changed; for a statement with `returning`, rows returned. */
  readonly changes: number;
}

/**
 * A piece of work on the database, as a generator that yields calls. SQLite runs it synchronously, PostgreSQL
 * asynchronously, and in neither can anything but the database be awaited inside a transaction.
 */
export type Work<T> = Generator<Call, T, Result>;

export type Dialect = 'sqlite' | 'postgres';

/** What a database has to do for the repositories. Errors leave it as `CofactorError`. */
export interface Driver {
  readonly dialect: Dialect;
  readonly durable: boolean;
  readonly statements: number;
  /** Runs single statements, each on its own. */
  run<T>(work: () => Work<T>): Promise<T>;
  /** Runs statements that need not be one transaction, but are cheaper as one where there is no way to the database. */
  group<T>(work: () => Work<T>): Promise<T>;
  /**
   * The same for a few writes of one request among many: where a commit costs more than they do, those that come at the same
   * moment share one; there each is done as a whole or not at all. Answered once it is kept, everywhere.
   */
  together<T>(work: () => Work<T>): Promise<T>;
  /** Runs the work as one transaction; a thrown error rolls it back. May run it again after a conflict. `patient` waits for
   * locks as long as it takes. */
  transaction<T>(work: () => Work<T>, options?: { readonly patient?: boolean }): Promise<T>;
  close(): Promise<void>;
}

/** Thrown inside a transaction to undo it and answer with a value. */
export class Rollback<T> {
  readonly value: T;
  constructor(value: T) {
    this.value = value;
  }
}
