import type {
  LookupRow,
  MaintenanceStore,
  OldAuthenticator,
  Perishable,
  Retirement,
  SealedRow,
  SealedTable,
} from '../../core/maintenance-store.ts';
import type { AnchorRecord } from '../../core/record-store.ts';
import type { Dialect, Driver, Work } from './driver.ts';
import { migrationState } from './migrations.ts';
import * as queries from './queries/maintenance.ts';

/** What the tools of who runs a server ask and do: the same statements on both databases. */
export class SqlMaintenanceStore implements MaintenanceStore {
  readonly #driver: Driver;
  readonly #dialect: Dialect;

  constructor(driver: Driver) {
    this.#driver = driver;
    this.#dialect = driver.dialect;
  }

  migrations(): Promise<{ readonly done: readonly string[]; readonly waiting: readonly string[] }> {
    return migrationState(this.#driver);
  }

  async time(): Promise<Date | null> {
    if (this.#dialect === 'sqlite') return null;
    return this.#driver.run(function* (): Work<Date> {
      const sql = 'select cast(extract(epoch from clock_timestamp()) * 1000 as bigint) as now';
      return new Date(Number((yield { sql, values: [] }).rows[0]?.['now']));
    });
  }

  async countSealed(): Promise<ReadonlyMap<SealedTable, number>> {
    const dialect = this.#dialect;
    const counts = new Map<SealedTable, number>();
    for (const table of Object.keys(queries.sealedCounts) as SealedTable[]) {
      const row = await this.#driver.run(() => queries.sealedCounts[table].first(dialect, {}));
      counts.set(table, row?.n ?? 0);
    }
    return counts;
  }

  sealed(table: SealedTable, realm: string, after: string, limit: number): Promise<readonly SealedRow[]> {
    const values = { realm, beyond: after, limit };
    return this.#driver.run(() => queries.sealedPages[table].all(this.#dialect, values));
  }

  /** Each row on its own is all there is to decide; together they cost less where there is no way to the database. */
  reseal(
    table: SealedTable,
    rows: readonly { readonly row: SealedRow; readonly value: string }[],
  ): Promise<number> {
    const dialect = this.#dialect;
    return this.#driver.group(function* (): Work<number> {
      let changed = 0;
      for (const { row, value } of rows) {
        const change = { realm: row.realm, id: row.id, earlier: row.value, later: value };
        changed += yield* queries.reseals[table].changes(dialect, change);
      }
      return changed;
    });
  }

  async resealAnchor({ realm, seq, seal: earlier }: AnchorRecord, seal: string): Promise<boolean> {
    const values = { realm, seq, earlier, later: seal };
    return (await this.#driver.run(() => queries.resealAnchor.changes(this.#dialect, values))) === 1;
  }

  lookups(
    after: Pick<LookupRow, 'authenticator' | 'hash'> | null,
    limit: number,
  ): Promise<readonly LookupRow[]> {
    const values = { beyond: after?.authenticator ?? '', beyondHash: after?.hash ?? '', limit };
    return this.#driver.run(() => queries.lookupPage.all(this.#dialect, values));
  }

  outdateUsers(realm: string, after: string, limit: number): Promise<{ last: string | null; users: number }> {
    const dialect = this.#dialect;
    return this.#driver.group(function* (): Work<{ last: string | null; users: number }> {
      const last = (yield* queries.nextUsers.all(dialect, { beyond: after, limit })).at(-1)?.id;
      if (last === undefined) return { last: null, users: 0 };
      const users = yield* queries.outdateUsers.changes(dialect, { realm, beyond: after, last });
      return { last, users };
    });
  }

  endAllSessions(realm: string, now: Date, limit: number): Promise<number> {
    const values = { realm, now: now.getTime(), limit };
    return this.#driver.run(() => queries.endAllSessions.changes(this.#dialect, values));
  }

  clear(table: Perishable, realm: string, limit: number): Promise<number> {
    return this.#driver.run(() => queries.clears[table].changes(this.#dialect, { realm, limit }));
  }

  oldAuthenticators(after: string, limit: number): Promise<readonly OldAuthenticator[]> {
    const values = { beyond: after, limit };
    return this.#driver.run(() => queries.oldAuthenticators.all(this.#dialect, values));
  }

  async retire(changes: readonly Retirement[]): Promise<void> {
    const dialect = this.#dialect;
    await this.#driver.transaction(function* (): Work<void> {
      for (const { id, counter, spendAll, failures } of changes) {
        if (counter !== undefined) yield* queries.raiseCounter.changes(dialect, { id, counter });
        if (spendAll) yield* queries.spendAll.changes(dialect, { id, now: spendAll.getTime() });
        if (failures !== undefined) yield* queries.setFailures.changes(dialect, { id, tries: failures });
      }
    });
  }
}
