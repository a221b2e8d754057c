import type { AdminStore } from '../../core/admin-store.ts';
import type { Dialect, Driver, Work } from './driver.ts';
import * as queries from './queries/admin.ts';

/** What somebody in charge asks and does: the same statements on both databases. */
export class SqlAdminStore implements AdminStore {
  readonly #driver: Driver;
  readonly #dialect: Dialect;

  constructor(driver: Driver) {
    this.#driver = driver;
    this.#dialect = driver.dialect;
  }

  async count(realm: string): Promise<number> {
    const dialect = this.#dialect;
    return this.#driver.run(function* (): Work<number> {
      return Number((yield* queries.countUsers.first(dialect, { realm }))?.users ?? 0);
    });
  }
}
