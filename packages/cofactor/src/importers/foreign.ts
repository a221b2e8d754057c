import type { ForeignFactor } from '../core/provider.ts';
import type { UserClaim } from '../core/store.ts';
import type { RowFault } from './row.ts';

/** Somebody as another system knows them, in words that belong to none. */
export interface ForeignPerson {
  readonly identifier: string;
  readonly email: { readonly address: string; readonly confirmed: boolean } | null;
  /** Whether somebody in charge has locked them out. */
  readonly disabled: boolean;
  readonly roles: readonly string[];
  readonly claims: readonly UserClaim[];
  /** Whether more than a first factor was asked of them there: then an account that asks for less is not made. */
  readonly asksMore: boolean;
  readonly held: readonly ForeignHeld[];
}

/** One thing that they can prove themselves with. */
export interface ForeignHeld {
  readonly what: ForeignFactor['kind'];
  /** `null`: it is there, and cannot be read. */
  readonly factor: ForeignFactor | null;
  /** The one provider that is asked; all of them are if left out. `null`: none was named for it. */
  readonly provider?: string | null;
  /** What the other system calls where it is from, e.g. `Google`. */
  readonly from?: string;
  /** Counts only where no other second factor came over. */
  readonly lastResort?: true;
}

/** One row of the table of accounts. */
export type ForeignRow = { readonly row: number; readonly key: string | null } & (
  { readonly person: ForeignPerson } | { readonly fault: RowFault }
);

/** Where a row stands. */
export interface Place {
  readonly table: string;
  /** From 1 on; of a file the line. */
  readonly row: number;
}

/** A row of another table that was left out. */
export interface SkippedRow extends Place {
  readonly reason:
    /** It cannot be read. */
    | 'malformed'
    /** There is no role that it could mean. */
    | 'unknown-role'
    /** A second factor of nobody who has an account there. */
    | 'no-account';
  /** The column that cannot be read. */
  readonly column: string | null;
}

/** What an import reads: a system that is opened. */
export interface ForeignSystem {
  /** Rows of every table but that of the accounts; `null` where it is not there. */
  readonly tables: Readonly<Record<string, number | null>>;
  readonly skipped: readonly SkippedRow[];
  people(): AsyncIterable<ForeignRow>;
}
