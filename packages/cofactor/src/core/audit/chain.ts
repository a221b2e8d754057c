import type { Clock } from '../../base/ports.ts';
import type { KeyRing } from '../../base/keys/ring.ts';
import type { AuditHead, AuditRow, AuditWriter, Store } from '../store.ts';

/** What is recorded. Names are part of the format: never rename one. */
export type AuditType =
  | 'user-created'
  | 'signed-in'
  | 'stepped-up'
  | 'signed-out'
  | 'sessions-ended'
  | 'wrong-response'
  | 'identity-unknown'
  | 'replayed-response'
  | 'authenticator-disabled'
  | 'authenticator-added'
  | 'authenticator-removed'
  | 'authenticator-replaced'
  | 'authenticator-renamed'
  | 'reset-requested'
  | 'email-requested'
  | 'device-forgotten'
  | 'email-changed'
  | 'password-reset'
  | 'roles-changed'
  | 'user-deleted'
  | 'consent-given'
  | 'consent-withdrawn'
  | 'client-changed'
  | 'client-removed'
  | 'signing-keys-rotated'
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

  /**
   * Walks the chain and names the first row that is changed, missing, moved or not ours; `null`: all is well.
   * Who can write to the database can cut the end off and put the head back too; an `anchor` kept elsewhere (the
   * head of an earlier day) shows that.
   */
  async verify(store: Store, anchor?: AuditHead): Promise<AuditFault | null> {
    // Read first: what is written while we walk lies behind it.
    const head = await store.auditHead(this.#realm);
    let previous: AuditHead = { seq: 0, mac: '' };
    while (previous.seq < head.seq) {
      const rows = await store.auditRows(this.#realm, previous.seq, Math.min(1000, head.seq - previous.seq));
      if (rows.length === 0) break;
      for (const row of rows) {
        if (row.seq !== previous.seq + 1) return { seq: previous.seq + 1, fault: 'missing' };
        if (row.mac !== this.#macLike(row, previous.mac)) return { seq: row.seq, fault: 'altered' };
        if (row.seq === anchor?.seq && row.mac !== anchor.mac) return { seq: row.seq, fault: 'altered' };
        previous = { seq: row.seq, mac: row.mac };
      }
    }
    if (previous.seq !== head.seq || previous.mac !== head.mac)
      return { seq: previous.seq + 1, fault: 'missing' };
    const [next] = await store.auditRows(this.#realm, head.seq, 1);
    if (next) {
      if (next.mac !== this.#macLike(next, head.mac)) return { seq: next.seq, fault: 'altered' };
      // Written while we walked, and then the head has moved along; or the head was put back or taken away.
      const moved = (await store.auditHead(this.#realm)).seq >= next.seq;
      if (!moved) return { seq: next.seq, fault: 'altered' };
    }
    return anchor && anchor.seq > head.seq ? { seq: head.seq + 1, fault: 'missing' } : null;
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
