import type { Clock } from '../ports.ts';
import type { KeyRing } from '../keys/ring.ts';
import type { AuditHead, AuditRow, AuditWriter, Store } from '../store.ts';

/** What is recorded. Names are part of the format: never rename one. */
export type AuditType =
  | 'user-created'
  | 'signed-in'
  | 'stepped-up'
  | 'signed-out'
  | 'sessions-ended'
  | 'wrong-response'
  | 'replayed-response'
  | 'throttled'
  | 'authenticator-disabled'
  | 'authenticator-added'
  | 'authenticator-removed'
  | 'authenticator-replaced'
  | 'authenticator-renamed'
  | 'secret-unreadable'
  | 'provider-unavailable';

/** Rows are chained: each MAC covers the row and the MAC before it, with a key the database does not have (I-09). */
export class AuditChain {
  readonly #realm: string;
  readonly #keys: KeyRing;
  readonly #clock: Clock;

  constructor(realm: string, keys: KeyRing, clock: Clock) {
    this.#realm = realm;
    this.#keys = keys;
    this.#clock = clock;
  }

  /** What a store calls inside its transaction. `data` must hold no secret. */
  entry(type: AuditType, userId: string | null, data: object = {}): AuditWriter {
    const at = this.#clock.now();
    const text = JSON.stringify(data);
    return (previous) => {
      const row = { realm: this.#realm, seq: previous.seq + 1, at, type, userId, data: text };
      return { ...row, mac: this.#mac(row, previous.mac, this.#keys.newest) };
    };
  }

  /** Walks the chain and names the first row that is changed, missing, moved or not ours; `null`: all is well. */
  async verify(store: Store): Promise<AuditFault | null> {
    let previous: AuditHead = { seq: 0, mac: '' };
    for (;;) {
      const rows = await store.auditRows(this.#realm, previous.seq, 1000);
      if (rows.length === 0) break;
      for (const row of rows) {
        if (row.seq !== previous.seq + 1) return { seq: previous.seq + 1, fault: 'missing' };
        if (row.mac !== this.#macLike(row, previous.mac)) return { seq: row.seq, fault: 'altered' };
        previous = row;
      }
    }
    const head = await store.auditHead(this.#realm);
    return head.seq === previous.seq && head.mac === previous.mac
      ? null
      : { seq: previous.seq + 1, fault: 'missing' };
  }

  #mac(row: Omit<AuditRow, 'mac'>, previousMac: string, keyId: string): string {
    const text = JSON.stringify([
      previousMac,
      row.realm,
      row.seq,
      row.at.getTime(),
      row.type,
      row.userId,
      row.data,
    ]);
    return `${keyId}:${this.#keys.hmac('audit', text, keyId)}`;
  }

  #macLike(row: AuditRow, previousMac: string): string | null {
    const keyId = row.mac.slice(0, row.mac.indexOf(':'));
    return this.#keys.ids.includes(keyId) ? this.#mac(row, previousMac, keyId) : null;
  }
}

export interface AuditFault {
  readonly seq: number;
  readonly fault: 'missing' | 'altered';
}
