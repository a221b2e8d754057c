import type { AuditWriter, NewAuthenticator, NewUser, SessionRecord } from './store.ts';

/** The link by which the first account in charge is made. One of a realm is worth anything: the newest. */
export interface SetUpStore {
  /** Whether an account has this role. */
  hasRole(realm: string, role: string): Promise<boolean>;
  /** Keeps a link in place of every older one; `false` where an account has the role. */
  put(link: SetUpLink, role: string, audit: AuditWriter): Promise<boolean>;
  /** Whether a link is neither used nor too old. */
  isOpen(realm: string, id: string, now: Date): Promise<boolean>;
  /** Uses a link up and makes the account and its session with it: all of it, once, or nothing (I-04). */
  use(first: FirstAccount): Promise<'made' | 'taken' | 'unknown'>;
}

export interface SetUpLink {
  readonly id: string;
  readonly realm: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface FirstAccount {
  readonly link: string;
  readonly role: string;
  readonly user: NewUser;
  readonly factors: readonly NewAuthenticator[];
  readonly created: AuditWriter;
  readonly session: SessionRecord;
  readonly signedIn: AuditWriter;
  readonly now: Date;
}
