import type { RecordStore } from '../../core/record-store.ts';
import type { Dialect, Driver, Work } from './driver.ts';
import * as queries from './queries/record.ts';

/** Who is told of what was recorded, and what of the record is no longer kept: the same statements on both databases. */
export class SqlRecordStore implements RecordStore {
  readonly #driver: Driver;
  readonly #dialect: Dialect;

  constructor(driver: Driver) {
    this.#driver = driver;
    this.#dialect = driver.dialect;
  }

  readonly kind = 'record';
}
