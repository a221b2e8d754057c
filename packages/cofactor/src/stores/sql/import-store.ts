import type { ImportStore } from '../../core/import-store.ts';
import type { Dialect, Driver, Work } from './driver.ts';
import * as queries from './queries/import.ts';

/** What was brought over from another system: the same statements on both databases. */
export class SqlImportStore implements ImportStore {
  readonly #driver: Driver;
  readonly #dialect: Dialect;

  constructor(driver: Driver) {
    this.#driver = driver;
    this.#dialect = driver.dialect;
  }

  readonly kind = 'import';
}
