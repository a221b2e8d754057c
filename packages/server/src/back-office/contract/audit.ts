// The record.

/**
 * `GET /admin/api/realms/:realm/audit?...` (audit.read), newest first; and
 * `GET /admin/api/realms/:realm/users/:user/audit?before=&limit=` (users.read) of one account;
 * for one of a higher rank audit.read too.
 */
export interface AuditQuery {
  /** One type, or several with commas between them. */
  readonly type?: string;
  /** Id of the account it is about. */
  readonly user?: string;
  /** Times, ISO 8601: from the first on, before the second. */
  readonly from?: string;
  readonly to?: string;
  /** `next` of the page before. */
  readonly before?: number;
  /** 1 to 200; 50 if left out. */
  readonly limit?: number;
}

export interface AuditPage {
  readonly rows: readonly AuditView[];
  /** For `before`; `null` at the end. A page can be shorter than `limit` and still have a next one. */
  readonly next: number | null;
}

export interface AuditView {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly user: string | null;
  /** What the account is called now; `null` where it is gone. */
  readonly identifier: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * `GET /admin/api/realms/:realm/audit/export?format=csv|jsonl&...` (audit.read), newest first, with the parameters of
 * `AuditQuery` but `before` and `limit`: a file. Safe to open in a terminal and in a spreadsheet.
 */
export type AuditFormat = 'csv' | 'jsonl';

/** `GET /admin/api/realms/:realm/audit/verify` (audit.read): walks all of it. */
export interface AuditVerified {
  /** The first row that is not as it was written; `null` where all is well. */
  readonly fault: { readonly seq: number; readonly fault: 'missing' | 'altered' | 'anchor' } | null;
  /** To be kept somewhere else: only an older one of these shows that the end was cut off. */
  readonly head: { readonly seq: number; readonly mac: string };
}
