import {
  paused,
  type AnchorRecord,
  type AuditSlice,
  type RecordStore,
  type WebhookAdvance,
  type WebhookRecord,
} from '../../core/record-store.ts';
import type { AuditRow, AuditWriter } from '../../core/store.ts';
import { Rollback, type Dialect, type Driver, type Work } from './driver.ts';
import * as audits from './queries/audit.ts';
import * as queries from './queries/record.ts';
import type { Schema } from './schema.ts';
import { append, auditRowOf } from './work.ts';

type Place = Pick<WebhookRecord, 'realm' | 'id' | 'position' | 'state'>;

/** Who is told of what was recorded, and what of the record is no longer kept: the same statements on both databases. */
export class SqlRecordStore implements RecordStore {
  readonly #driver: Driver;
  readonly #dialect: Dialect;

  constructor(driver: Driver) {
    this.#driver = driver;
    this.#dialect = driver.dialect;
  }

  async auditPage(realm: string, slice: AuditSlice): Promise<readonly AuditRow[]> {
    const { type, user, after, before, from, to, limit } = slice;
    const by =
      user !== undefined
        ? type === undefined
          ? 'user'
          : 'user and type'
        : type === undefined
          ? 'all'
          : type === 'signed-in'
            ? 'sign-ins'
            : 'type';
    const values = {
      realm,
      type: type ?? '',
      user: user ?? '',
      after,
      before_seq: before,
      from_ms: from.getTime(),
      to_ms: to.getTime(),
      limit,
    };
    const rows = await this.#driver.run(() => queries.auditPages[by].all(this.#dialect, values));
    return rows.map(auditRowOf);
  }

  async anchors(realm: string): Promise<readonly AnchorRecord[]> {
    const rows = await this.#driver.run(() => queries.anchors.all(this.#dialect, { realm }));
    return rows.map(({ at, ...row }) => ({ ...row, at: new Date(at) }));
  }

  async prune(from: number, anchor: AnchorRecord, audit: AuditWriter): Promise<'pruned' | 'outdated'> {
    const dialect = this.#dialect;
    const { realm, seq, mac, at, data, seal } = anchor;
    return this.#driver.transaction(function* (): Work<'pruned' | 'outdated'> {
      // Whoever writes or prunes waits here.
      yield* audits.lockHead.first(dialect, { realm });
      const [newest] = yield* queries.anchors.all(dialect, { realm });
      if ((newest?.seq ?? 0) !== from) throw new Rollback('outdated');
      const removed = yield* queries.dropRows.changes(dialect, { realm, after: from, seq });
      if (removed !== seq - from) throw new Rollback('outdated');
      yield* queries.dropAnchors.changes(dialect, { realm, seq });
      yield* queries.insertAnchor.changes(dialect, { realm, seq, mac, at: at.getTime(), data, seal });
      yield* append(dialect, realm, audit);
      return 'pruned';
    });
  }

  async webhooks(realm: string): Promise<readonly WebhookRecord[]> {
    return (await this.#driver.run(() => queries.webhooks.all(this.#dialect, { realm }))).map(webhookOf);
  }

  async webhook(realm: string, id: string): Promise<WebhookRecord | null> {
    const row = await this.#driver.run(() => queries.findWebhook.first(this.#dialect, { realm, id }));
    return row ? webhookOf(row) : null;
  }

  async putWebhook(webhook: WebhookRecord, audit: AuditWriter): Promise<void> {
    const dialect = this.#dialect;
    const { nextTry, leasedUntil, createdAt, updatedAt, ...rest } = webhook;
    await this.#driver.transaction(function* (): Work<void> {
      yield* queries.putWebhook.changes(dialect, {
        ...rest,
        next_try: nextTry.getTime(),
        leased_until: leasedUntil.getTime(),
        created_at: createdAt.getTime(),
        updated_at: updatedAt.getTime(),
      });
      yield* append(dialect, webhook.realm, audit);
    });
  }

  async deleteWebhook(realm: string, id: string, audit: AuditWriter): Promise<boolean> {
    const dialect = this.#dialect;
    return this.#driver.transaction(function* (): Work<boolean> {
      if ((yield* queries.deleteWebhook.changes(dialect, { realm, id })) !== 1) return false;
      yield* append(dialect, realm, audit);
      return true;
    });
  }

  async dueWebhooks(realm: string, now: Date): Promise<readonly string[]> {
    const values = { realm, now: now.getTime() };
    const rows = await this.#driver.run(() => queries.dueWebhooks.all(this.#dialect, values));
    return rows.map(({ id }) => id);
  }

  async leaseWebhook(realm: string, id: string, now: Date, until: Date): Promise<WebhookRecord | null> {
    const values = { realm, id, now: now.getTime(), until_ms: until.getTime() };
    const row = await this.#driver.run(() => queries.leaseWebhook.first(this.#dialect, values));
    return row ? webhookOf(row) : null;
  }

  async advanceWebhook(advance: WebhookAdvance, audit?: AuditWriter): Promise<WebhookRecord | null> {
    const dialect = this.#dialect;
    const { realm, id, lease, until, position, tries, nextTry, state } = advance;
    const values = {
      realm,
      id,
      lease_ms: lease.getTime(),
      until_ms: until.getTime(),
      position,
      tries,
      next_try: nextTry.getTime(),
      state,
    };
    const work = function* (): Work<WebhookRecord | null> {
      const row = yield* queries.advanceWebhook.first(dialect, values);
      if (!row) return null;
      if (audit) yield* append(dialect, realm, audit);
      return webhookOf(row);
    };
    return audit ? this.#driver.transaction(work) : this.#driver.run(work);
  }

  pauseWebhook(webhook: Place, now: Date, audit: AuditWriter): Promise<boolean> {
    return this.#change(queries.pauseWebhook, webhook, now, audit);
  }

  resumeWebhook(webhook: Place, now: Date, audit: AuditWriter): Promise<boolean> {
    return this.#change(queries.resumeWebhook, webhook, now, audit);
  }

  #change(
    statement: typeof queries.pauseWebhook,
    { realm, id, position, state }: Place,
    now: Date,
    audit: AuditWriter,
  ): Promise<boolean> {
    const dialect = this.#dialect;
    const values = { realm, id, position, state, paused_ms: paused.getTime(), now: now.getTime() };
    return this.#driver.transaction(function* (): Work<boolean> {
      if ((yield* statement.changes(dialect, values)) !== 1) return false;
      yield* append(dialect, realm, audit);
      return true;
    });
  }
}

function webhookOf(row: Schema['webhooks']): WebhookRecord {
  return {
    realm: row.realm,
    id: row.id,
    data: row.data,
    secret: row.secret,
    position: row.position,
    tries: row.tries,
    nextTry: new Date(row.next_try),
    leasedUntil: new Date(row.leased_until),
    state: row.state,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  };
}
