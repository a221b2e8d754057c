import type { EnforcementRecord, EnforcementStore, WalkedAccount } from '../../core/enforcement-store.ts';
import type { AuditWriter, TokenRecord } from '../../core/store.ts';
import type { Dialect, Driver, Work } from './driver.ts';
import * as queries from './queries/enforcement.ts';
import { tokenTables } from './queries/tokens.ts';
import { accountOf, tokenOf, tokenRow } from './rows.ts';
import { append } from './work.ts';

/** What is demanded of whom: the same statements on both databases. */
export class SqlEnforcementStore implements EnforcementStore {
  readonly #driver: Driver;
  readonly #dialect: Dialect;

  constructor(driver: Driver) {
    this.#driver = driver;
    this.#dialect = driver.dialect;
  }

  async rules(realm: string): Promise<readonly EnforcementRecord[]> {
    const rows = await this.#driver.run(() => queries.rules.all(this.#dialect, { realm }));
    return rows.map((row) => ({
      realm: row.realm,
      id: row.id,
      data: row.data,
      createdAt: new Date(row.created_at),
      updatedAt: new Date(row.updated_at),
    }));
  }

  async putRule(rule: EnforcementRecord, audit: AuditWriter): Promise<void> {
    const dialect = this.#dialect;
    const row = {
      realm: rule.realm,
      id: rule.id,
      data: rule.data,
      created_at: rule.createdAt.getTime(),
      updated_at: rule.updatedAt.getTime(),
    };
    await this.#driver.transaction(function* (): Work<void> {
      yield* queries.putRule.changes(dialect, row);
      yield* append(dialect, rule.realm, audit);
    });
  }

  async dropRule(realm: string, id: string, audit: AuditWriter): Promise<boolean> {
    const dialect = this.#dialect;
    return this.#driver.transaction(function* (): Work<boolean> {
      if ((yield* queries.dropRule.changes(dialect, { realm, id })) !== 1) return false;
      yield* append(dialect, realm, audit);
      return true;
    });
  }

  async walk(realm: string, after: string, limit: number, now: Date): Promise<readonly WalkedAccount[]> {
    const values = { realm, after, limit, now: now.getTime() };
    const rows = await this.#driver.run(() => queries.walkAccounts.all(this.#dialect, values));
    return rows.map((row) => ({ ...accountOf(row), invited: row.invited === 1 }));
  }

  async putPermit(permit: TokenRecord, audit: AuditWriter): Promise<void> {
    const dialect = this.#dialect;
    const row = tokenRow(permit);
    await this.#driver.transaction(function* (): Work<void> {
      yield* tokenTables.permit.insert.changes(dialect, row);
      yield* append(dialect, permit.realm, audit);
    });
  }

  async permits(userId: string, now: Date): Promise<readonly TokenRecord[]> {
    const values = { user: userId, now: now.getTime() };
    const rows = await this.#driver.run(() => tokenTables.permit.newest.all(this.#dialect, values));
    return rows.map(tokenOf);
  }

  async acceptPermit(
    link: TokenRecord,
    permit: TokenRecord,
    now: Date,
    audit: AuditWriter,
  ): Promise<boolean> {
    const dialect = this.#dialect;
    const { use, insert } = tokenTables.permit;
    const row = tokenRow(permit);
    return this.#driver.transaction(function* (): Work<boolean> {
      if ((yield* use.changes(dialect, { id: link.id, now: now.getTime() })) !== 1) return false;
      yield* insert.changes(dialect, row);
      yield* append(dialect, permit.realm, audit);
      return true;
    });
  }
}
