import type { OperationRecord, OperationStore, OperationUse } from '../../core/operation-store.ts';
import type { AuditWriter, CeremonyRecord } from '../../core/store.ts';
import { Rollback, type Dialect, type Driver, type Work } from './driver.ts';
import * as queries from './queries/operation.ts';
import type { Schema } from './schema.ts';
import { append } from './work.ts';

/** Single operations that somebody confirms: the same statements on both databases. */
export class SqlOperationStore implements OperationStore {
  readonly #driver: Driver;
  readonly #dialect: Dialect;

  constructor(driver: Driver) {
    this.#driver = driver;
    this.#dialect = driver.dialect;
  }

  async createOperation(operation: OperationRecord): Promise<void> {
    const { id, realm, userId, generation, login, action, digest, data, createdAt, expiresAt } = operation;
    await this.#driver.run(() =>
      queries.insertOperation.changes(this.#dialect, {
        id,
        realm,
        user_id: userId,
        generation,
        session_id: login,
        action,
        digest,
        data,
        created_at: createdAt.getTime(),
        expires_at: expiresAt.getTime(),
      }),
    );
  }

  async operation(realm: string, id: string): Promise<OperationRecord | null> {
    const row = await this.#driver.run(() => queries.findOperation.first(this.#dialect, { realm, id }));
    return row ? operationOf(row) : null;
  }

  async useOperation(use: OperationUse, audit: AuditWriter): Promise<boolean> {
    const dialect = this.#dialect;
    const { realm, id, userId: user, session, action, digests } = use;
    const now = use.now.getTime();
    return this.#driver.transaction(function* (): Work<boolean> {
      for (const digest of digests) {
        const values = { realm, id, user, session, action, digest, now };
        if ((yield* queries.useOperation.changes(dialect, values)) !== 1) continue;
        yield* append(dialect, realm, audit);
        return true;
      }
      return false;
    });
  }
}

/** Part of the transaction that accepts the answer: a proof of something that is over counts for nothing. */
export function* proveOperation(
  dialect: Dialect,
  { realm, user, session }: Pick<CeremonyRecord, 'realm' | 'user' | 'session'>,
  { id, until }: { readonly id: string; readonly until: Date },
  now: number,
): Work<void> {
  const values = { realm, id, user: user.id, session: session ?? '', until: until.getTime(), now };
  if ((yield* queries.proveOperation.changes(dialect, values)) !== 1) throw new Rollback('used');
}

function operationOf(row: Schema['operations']): OperationRecord {
  return {
    id: row.id,
    realm: row.realm,
    userId: row.user_id,
    generation: row.generation,
    login: row.session_id,
    action: row.action,
    digest: row.digest,
    data: row.data,
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
    provedAt: row.proved_at === null ? null : new Date(row.proved_at),
    usedAt: row.used_at === null ? null : new Date(row.used_at),
  };
}
