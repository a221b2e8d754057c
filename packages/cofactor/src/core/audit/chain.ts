import { breathe } from '../../base/breathe.ts';
import type { Clock } from '../../base/ports.ts';
import type { KeyRing } from '../../base/keys/ring.ts';
import type { AuditHead, AuditRow, AuditWriter, Store } from '../store.ts';
import { isSealed } from './anchors.ts';

/** What is recorded. Names are part of the format: never rename one. */
export type AuditType =
  | 'user-created'
  | 'set-up-link-made'
  | 'user-imported'
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
  | 'user-invited'
  | 'invitation-withdrawn'
  | 'invitation-accepted'
  | 'user-locked'
  | 'user-unlocked'
  | 'groups-changed'
  | 'factors-reset'
  | 'issuer-changed'
  | 'issuer-removed'
  | 'consent-given'
  | 'consent-withdrawn'
  | 'client-changed'
  | 'client-removed'
  | 'signing-keys-rotated'
  | 'secrets-sealed-anew'
  | 'keys-changed'
  | 'backup-restored'
  | 'operation-proved'
  | 'operation-used'
  | 'audit-pruned'
  | 'webhook-changed'
  | 'webhook-removed'
  | 'webhook-paused'
  | 'webhook-resumed'
  | 'enforcement-changed'
  | 'enforcement-removed'
  | 'enrolment-permitted'
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

  /** What the rows that are kept go on from: the newest anchor, or the beginning. An anchor that is not ours is a fault. */
  async start(store: Store): Promise<AuditHead | AuditFault> {
    const anchors = await store.record.anchors(this.#realm);
    const foreign = anchors.find((anchor) => !isSealed(anchor, this.#keys));
    if (foreign) return { seq: foreign.seq, fault: 'anchor' };
    const [newest] = anchors;
    return newest ? { seq: newest.seq, mac: newest.mac } : { seq: 0, mac: '' };
  }

  /** The first of these rows that does not follow from the one before it, beginning with `start`. */
  faultIn(rows: readonly AuditRow[], start: AuditHead): AuditFault | null {
    let previous = start;
    for (const row of rows) {
      if (row.seq !== previous.seq + 1) return { seq: previous.seq + 1, fault: 'missing' };
      if (row.mac !== this.#macLike(row, previous.mac)) return { seq: row.seq, fault: 'altered' };
      previous = row;
    }
    return null;
  }

  /**
   * Walks the chain and names the first row that is changed, missing, moved, put in or not ours; `null`: all is well. It
   * begins where the rows do that are kept, with what the anchor says of the last one that is not.
   *
   * Who can write to the database can put all of it back to how it was once: an `anchor` kept elsewhere (the head of an
   * earlier day) shows that. One that is older than what is kept has nothing left to be compared with.
   */
  async verify(store: Store, anchor?: AuditHead): Promise<AuditFault | null> {
    for (;;) {
      const start = await this.start(store);
      if ('fault' in start) return start;
      const fault = await this.#walk(store, start, anchor);
      if (!fault) return null;
      // What was removed while we walked, with an anchor in its place, is not missing.
      const now = await this.start(store);
      if ('fault' in now || now.seq <= start.seq) return fault;
    }
  }

  async #walk(store: Store, start: AuditHead, anchor: AuditHead | undefined): Promise<AuditFault | null> {
    // Read first: what is written while we walk lies behind it.
    const head = await store.auditHead(this.#realm);
    // From before the first number there is: a row that was put in there is none of ours.
    const [first] = await store.auditRows(this.#realm, Number.MIN_SAFE_INTEGER, 1);
    if (first && first.seq <= start.seq) return { seq: first.seq, fault: 'altered' };
    if (anchor && anchor.seq === start.seq && anchor.mac !== start.mac)
      return { seq: start.seq, fault: 'altered' };
    let previous = start;
    while (previous.seq < head.seq) {
      const rows = await store.auditRows(this.#realm, previous.seq, Math.min(piece, head.seq - previous.seq));
      const last = rows.at(-1);
      if (!last) break;
      const fault = this.faultIn(rows, previous);
      const other = rows.find(({ seq, mac }) => seq === anchor?.seq && mac !== anchor.mac);
      if (other && (!fault || other.seq < fault.seq)) return { seq: other.seq, fault: 'altered' };
      if (fault) return fault;
      previous = { seq: last.seq, mac: last.mac };
      await breathe();
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

/** Rows looked at before anybody else has a turn. */
const piece = 250;

export interface AuditFault {
  readonly seq: number;
  /** `anchor`: what says where the kept rows begin is not ours. */
  readonly fault: 'missing' | 'altered' | 'anchor';
}
