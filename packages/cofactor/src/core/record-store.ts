import type { AuditHead, AuditRow, AuditWriter } from './store.ts';

/** Who is told of what was recorded, and what of the record is no longer kept. */
export interface RecordStore {
  /** What was recorded, the newest first. */
  auditPage(realm: string, slice: AuditSlice): Promise<readonly AuditRow[]>;

  /** Where the record begins that is still kept: every anchor there is, the newest first. */
  anchors(realm: string): Promise<readonly AnchorRecord[]>;
  /**
   * Removes the rows after `from` up to the anchor's and keeps the anchor in their place, in one transaction with the audit
   * row that says so; where nobody else did, and where as many rows are there as the numbers say.
   */
  prune(from: number, anchor: AnchorRecord, audit: AuditWriter): Promise<'pruned' | 'outdated'>;

  webhooks(realm: string): Promise<readonly WebhookRecord[]>;
  webhook(realm: string, id: string): Promise<WebhookRecord | null>;
  /** Makes one, or changes its settings and secrets and nothing else. */
  putWebhook(webhook: WebhookRecord, audit: AuditWriter): Promise<void>;
  deleteWebhook(realm: string, id: string, audit: AuditWriter): Promise<boolean>;
  /** Those that have something to deliver, are not waiting, and belong to no other node. */
  dueWebhooks(realm: string, now: Date): Promise<readonly string[]>;
  /** Takes one for this node until then; `null` where another node has it or it waits. */
  leaseWebhook(realm: string, id: string, now: Date, until: Date): Promise<WebhookRecord | null>;
  /**
   * Notes what came of a delivery, where this node still has it; until then it has it from now on. Gives it as it is by then:
   * its settings may have changed meanwhile.
   */
  advanceWebhook(advance: WebhookAdvance, audit?: AuditWriter): Promise<WebhookRecord | null>;
  /**
   * Pauses one that is where it was seen to be, for good, whichever node is in the middle of a delivery to it: what that one
   * notes afterwards is not taken. `false`, and nothing recorded, where it moved on or is paused already.
   */
  pauseWebhook(
    webhook: Pick<WebhookRecord, 'realm' | 'id' | 'position' | 'state'>,
    now: Date,
    audit: AuditWriter,
  ): Promise<boolean>;
  /** Lets one that is paused go on, from there. */
  resumeWebhook(
    webhook: Pick<WebhookRecord, 'realm' | 'id' | 'position' | 'state'>,
    now: Date,
    audit: AuditWriter,
  ): Promise<boolean>;
}

/** When a webhook is tried again that is paused: it holds nothing up, and nothing is kept for it. */
export const paused: Date = new Date('9999-01-01T00:00:00Z');

/** What is looked for. Everything that is named has to fit. */
export interface AuditFilter {
  /** Any of these types. */
  readonly types?: readonly string[];
  /** Id of the user that it is about. */
  readonly user?: string;
  readonly from?: Date;
  /** Not included. */
  readonly to?: Date;
}

/** The same for one question to the database. */
export interface AuditSlice {
  readonly type?: string;
  readonly user?: string;
  /** Rows between these two numbers, themselves not included. */
  readonly after: number;
  readonly before: number;
  readonly from: Date;
  readonly to: Date;
  readonly limit: number;
}

/** The last row that is no longer kept: what is kept goes on from its MAC. */
export interface AnchorRecord extends AuditHead {
  readonly realm: string;
  readonly at: Date;
  /** JSON. */
  readonly data: string;
  /** MAC of all this, with a key that the database does not have. */
  readonly seal: string;
}

export interface WebhookRecord {
  readonly realm: string;
  readonly id: string;
  /** JSON of its settings. */
  readonly data: string;
  /** Sealed. */
  readonly secret: string;
  /** Number of the last audit row that was delivered or is none of its. */
  readonly position: number;
  /** Failures in a row. */
  readonly tries: number;
  /** `paused` for one that is not tried any more. */
  readonly nextTry: Date;
  readonly leasedUntil: Date;
  /** JSON of what became of deliveries so far. */
  readonly state: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface WebhookAdvance {
  readonly realm: string;
  readonly id: string;
  /** The end of the lease as this node wrote it: nobody else has the same. */
  readonly lease: Date;
  readonly until: Date;
  readonly position: number;
  readonly tries: number;
  readonly nextTry: Date;
  readonly state: string;
}
