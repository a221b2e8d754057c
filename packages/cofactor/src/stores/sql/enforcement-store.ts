import type { EnforcementRecord, EnforcementStore } from '../../core/enforcement-store.ts';
import type { Dialect, Driver, Work } from './driver.ts';
import * as queries from './queries/enforcement.ts';

/** What is demanded of whom: the same statements on both databases. */
export class SqlEnforcementStore implements EnforcementStore {
  readonly #driver: Driver;
  readonly #dialect: Dialect;

  constructor(driver: Driver) {
    this.#driver = driver;
    this.#dialect = driver.dialect;
  }

  async rules(realm: string): Promise<readonly EnforcementRecord[]> {
    const dialect = this.#dialect;
    return this.#driver.run(function* (): Work<readonly EnforcementRecord[]> {
      const rows = yield* queries.rules.all(dialect, { realm });
      return rows.map((row) => ({
        realm: row.realm,
        id: row.id,
        data: row.data,
        createdAt: new Date(row.created_at),
        updatedAt: new Date(row.updated_at),
      }));
    });
  }
}
