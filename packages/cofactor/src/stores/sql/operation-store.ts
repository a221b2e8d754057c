import type { OperationStore } from '../../core/operation-store.ts';
import type { Dialect, Driver, Work } from './driver.ts';
import * as queries from './queries/operation.ts';

/** Single operations that somebody confirms: the same statements on both databases. */
export class SqlOperationStore implements OperationStore {
  readonly #driver: Driver;
  readonly #dialect: Dialect;

  constructor(driver: Driver) {
    this.#driver = driver;
    this.#dialect = driver.dialect;
  }

  readonly kind = 'operation';
}
