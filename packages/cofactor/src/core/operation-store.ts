import type { AuditWriter } from './store.ts';

/** Single operations that somebody confirms. A proof of one is worth one use of it, and nothing else. */
export interface OperationStore {
  createOperation(operation: OperationRecord): Promise<void>;
  operation(realm: string, id: string): Promise<OperationRecord | null>;
  /**
   * Uses an operation up, where it was proved and everything about it is as it was: one conditional statement, in one
   * transaction with its audit row (I-04).
   */
  useOperation(use: OperationUse, audit: AuditWriter): Promise<boolean>;
}

export interface OperationRecord {
  readonly id: string;
  readonly realm: string;
  readonly userId: string;
  /** Of the user when it was begun: dead after any change of a password or factor (I-06). */
  readonly generation: number;
  /** The sign-in it belongs to; it goes on when that sign-in's session gets another id. */
  readonly login: string;
  readonly action: string;
  /** Keyed hash of id, action and parameters. */
  readonly digest: string;
  /** What is shown, asked and where to go afterwards; sealed. */
  readonly data: string;
  readonly createdAt: Date;
  /** Until then it can be proved; once it is proved, until then it can be used. */
  readonly expiresAt: Date;
  readonly provedAt: Date | null;
  readonly usedAt: Date | null;
}

export interface OperationUse {
  readonly realm: string;
  readonly id: string;
  readonly userId: string;
  /** The session that asks: has to be alive and of the same sign-in. */
  readonly session: string;
  readonly action: string;
  /** With every key there is, the newest first. */
  readonly digests: readonly string[];
  readonly now: Date;
}
