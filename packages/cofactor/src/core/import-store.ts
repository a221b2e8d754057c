import type { AuditWriter, NewAuthenticator, NewUser } from './store.ts';

/** What was brought over from another system. */
export interface ImportStore {
  /** What became of a row the last time it was read; `null` where it never was. */
  row(realm: string, source: string, key: string): Promise<ImportRow | null>;
  /**
   * Makes the account of a row and notes that it is here, in one transaction: an import that is stopped goes on where it
   * was, and of two at once each account is made by one. `done` where it is here already.
   */
  create(
    row: ImportRow,
    user: NewUser,
    factors: readonly NewAuthenticator[],
    audit: AuditWriter,
  ): Promise<'created' | 'taken' | 'done'>;
  /** Notes a row that was not brought over. One that was stays as it is. */
  note(row: ImportRow): Promise<void>;
}

export interface ImportRow {
  readonly realm: string;
  /** What the operator calls the other system. */
  readonly source: string;
  /** By what that system knows the account. */
  readonly key: string;
  /** `refused` is tried again the next time; the others are for good. */
  readonly outcome: 'imported' | 'locked' | 'refused';
  /** JSON, without anything secret. */
  readonly detail: string;
  readonly at: Date;
}
