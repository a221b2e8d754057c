import type { AnchorRecord } from './record-store.ts';

/** Tables in which something is sealed. Each row names the key it was sealed with. */
export type SealedTable =
  | 'authenticators'
  | 'enrolments'
  | 'challenges'
  | 'email_tokens'
  | 'permit_tokens'
  | 'operations'
  | 'oidc_artifacts'
  | 'oidc_keys'
  | 'oidc_clients'
  | 'webhooks'
  | 'external_issuers';

export interface SealedRow {
  readonly id: string;
  readonly realm: string;
  /** What belongs to the place it is sealed for, beside realm and id; empty where there is no such thing. */
  readonly user: string;
  readonly of: string;
  /** The column with the envelope in it. */
  readonly value: string;
}

/** A single-use secret that was not used yet. */
export interface LookupRow {
  readonly realm: string;
  readonly user: string;
  readonly authenticator: string;
  readonly hash: string;
}

/** What dies with a restored backup, table by table. */
export type Perishable =
  | 'ceremonies'
  | 'enrolments'
  | 'challenges'
  | 'devices'
  | 'reset_tokens'
  | 'email_tokens'
  | 'invite_tokens'
  | 'permit_tokens'
  | 'setup_tokens'
  | 'operations'
  | 'oidc_artifacts';

/** An authenticator as an older state of the database has it. */
export interface OldAuthenticator {
  readonly id: string;
  readonly realm: string;
  readonly user: string;
  readonly provider: string;
  readonly usage: string;
  readonly counter: number;
  readonly failures: number;
  /** Single-use secrets that seem to be unused. */
  readonly unused: number;
}

/** What holds of an authenticator from now on. */
export interface Retirement {
  readonly id: string;
  /** The least that its counter is. */
  readonly counter?: number;
  /** When all of its single-use secrets count as used. */
  readonly spendAll?: Date;
  readonly failures?: number;
}

/** What the tools of who runs a server ask of a database. None of it is on the way of a request. */
export interface MaintenanceStore {
  /** Names of the migrations, in order. Of a database without any, `done` is empty. */
  migrations(): Promise<{ readonly done: readonly string[]; readonly waiting: readonly string[] }>;
  /** What time it is by the clock of the database; `null` where it has none but ours. */
  time(): Promise<Date | null>;
  /** How many rows a walk over these tables will come by, those of other realms included. */
  countSealed(): Promise<ReadonlyMap<SealedTable, number>>;
  /** Some rows in the order of their ids, after this one. Those of other realms may be among them. */
  sealed(table: SealedTable, realm: string, after: string, limit: number): Promise<readonly SealedRow[]>;
  /** Puts new values where the old ones still stand; the number of those that did. */
  reseal(
    table: SealedTable,
    rows: readonly { readonly row: SealedRow; readonly value: string }[],
  ): Promise<number>;
  /** The same for the seal of an anchor of the record. */
  resealAnchor(anchor: AnchorRecord, seal: string): Promise<boolean>;
  lookups(
    after: Pick<LookupRow, 'authenticator' | 'hash'> | null,
    limit: number,
  ): Promise<readonly LookupRow[]>;

  /** Raises the generation of some accounts in the order of their ids; the id of the last one, `null` after all. */
  outdateUsers(realm: string, after: string, limit: number): Promise<{ last: string | null; users: number }>;
  /** Ends some sessions; how many there were. */
  endAllSessions(realm: string, now: Date, limit: number): Promise<number>;
  /** Removes some rows; how many there were. */
  clear(table: Perishable, realm: string, limit: number): Promise<number>;
  /** Some authenticators in the order of their ids, after this one. Those of other realms may be among them. */
  oldAuthenticators(after: string, limit: number): Promise<readonly OldAuthenticator[]>;
  retire(changes: readonly Retirement[]): Promise<void>;
}
