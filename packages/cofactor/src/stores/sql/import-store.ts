import { CofactorError } from '../../base/errors.ts';
import type { ImportRow, ImportStore } from '../../core/import-store.ts';
import type { AuditWriter, NewAuthenticator, NewUser } from '../../core/store.ts';
import { Rollback, type Dialect, type Driver, type Work } from './driver.ts';
import { findImportRow, putImportRow } from './queries/import.ts';
import { createUser } from './work.ts';

/** SQLSTATE of PostgreSQL: somebody else was faster with a name or a credential. */
const uniqueViolation = '23505';

/** What was brought over from another system: the same statements on both databases. */
export class SqlImportStore implements ImportStore {
  readonly #driver: Driver;
  readonly #dialect: Dialect;

  constructor(driver: Driver) {
    this.#driver = driver;
    this.#dialect = driver.dialect;
  }

  async row(realm: string, source: string, key: string): Promise<ImportRow | null> {
    const dialect = this.#dialect;
    return this.#driver.run(function* (): Work<ImportRow | null> {
      const row = yield* findImportRow.first(dialect, { realm, source, row_key: key });
      if (!row) return null;
      const outcome = row.outcome as ImportRow['outcome'];
      return { realm, source, key, outcome, detail: row.detail, at: new Date(row.at) };
    });
  }

  async create(
    row: ImportRow,
    user: NewUser,
    factors: readonly NewAuthenticator[],
    audit: AuditWriter,
  ): Promise<'created' | 'taken' | 'done'> {
    const dialect = this.#dialect;
    try {
      return await this.#driver.transaction(function* (): Work<'created' | 'taken' | 'done'> {
        // First, because it locks the row: of two at once the other one waits, and then finds it done.
        if ((yield* putImportRow.changes(dialect, columnsOf(row))) !== 1) throw new Rollback('done');
        const made = yield* createUser(dialect, user, factors, audit);
        if (made === 'taken') throw new Rollback(made);
        return made;
      });
    } catch (error) {
      if (error instanceof CofactorError && error.detail === uniqueViolation) return 'taken';
      throw error;
    }
  }

  async note(row: ImportRow): Promise<void> {
    const dialect = this.#dialect;
    await this.#driver.run(() => putImportRow.changes(dialect, columnsOf(row)));
  }
}

function columnsOf({ realm, source, key, outcome, detail, at }: ImportRow): {
  realm: string;
  source: string;
  row_key: string;
  outcome: string;
  detail: string;
  at: number;
} {
  return { realm, source, row_key: key, outcome, detail, at: at.getTime() };
}
