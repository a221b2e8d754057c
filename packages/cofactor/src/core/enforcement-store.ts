import type { Account, AuditWriter, TokenRecord } from './store.ts';

/** One rule as it is stored. */
export interface EnforcementRecord {
  readonly realm: string;
  readonly id: string;
  /** The rule as JSON. */
  readonly data: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** An account as a preview walks past it. */
export interface WalkedAccount extends Account {
  /** Whether there is an invite or a permit that waits for its person, made for the account as it is now. */
  readonly invited: boolean;
}

export interface EnforcementStore {
  rules(realm: string): Promise<readonly EnforcementRecord[]>;
  /** Keeps a rule; one of the same id gets the new content and stays as old as it is. */
  putRule(rule: EnforcementRecord, audit: AuditWriter): Promise<void>;
  dropRule(realm: string, id: string, audit: AuditWriter): Promise<boolean>;
  /** Accounts that are not switched off, some that come after this id, in the order of their ids. */
  walk(realm: string, after: string, limit: number, now: Date): Promise<readonly WalkedAccount[]>;
  /** Keeps a permit, or the link to one, beside those that there are: whoever asks for another takes nothing away. */
  putPermit(permit: TokenRecord, audit: AuditWriter): Promise<void>;
  /** The permits and links of somebody that are neither used nor too old, newest first. */
  permits(userId: string, now: Date): Promise<readonly TokenRecord[]>;
  /** Uses the link of a permit up and keeps the permit in its place; `false`, and nothing kept, where it was used before. */
  acceptPermit(link: TokenRecord, permit: TokenRecord, now: Date, audit: AuditWriter): Promise<boolean>;
}
