import type { ForeignFactor } from '../core/provider.ts';
import type { LeftBehind } from './adopt.ts';
import type { SkippedRow } from './foreign.ts';
import type { RefusalReason } from './row.ts';

/** What became of one row. Tells which row it is and nothing of what is secret in it. */
export interface ImportedRow {
  /** Of the table of accounts, from 1 on; of a file the line. */
  readonly row: number;
  /** The id of the account there, where it is one that can be shown. */
  readonly key: string | null;
  readonly outcome: 'imported' | 'locked' | 'already' | 'refused';
  /** Why it was refused, or is locked. */
  readonly reason: RefusalReason | null;
  /** The column that cannot be read, or what was lost. */
  readonly detail: string | null;
  readonly left: readonly LeftBehind[];
}

/** How far an import is. */
export interface ImportCounts {
  readonly rows: number;
  readonly imported: number;
  /** Of these, the ones that were made so that nobody can sign in to them. */
  readonly locked: number;
  /** Came over in an earlier import. */
  readonly already: number;
  readonly refused: number;
}

export interface ImportReport extends ImportCounts {
  readonly source: string;
  /** Nothing was written: the numbers say what would be. */
  readonly dryRun: boolean;
  /** Whether it was read to its end. */
  readonly complete: boolean;
  readonly reasons: Readonly<Partial<Record<RefusalReason, number>>>;
  /** What came over, by kind. */
  readonly brought: Readonly<Partial<Record<ForeignFactor['kind'], number>>>;
  /** What did not, although its account did, with how often. */
  readonly left: readonly (LeftBehind & { readonly count: number })[];
  /** Roles that came over, with how many people have each: look at them before you believe in them. */
  readonly roles: Readonly<Record<string, number>>;
  /**
   * Roles that are in charge here and did not come over, with how many people had each there: name one in `roles` to
   * bring it.
   */
  readonly rolesLeft: Readonly<Record<string, number>>;
  /** Rows of the other tables that were read; `null` for a table that is not there. */
  readonly tables: Readonly<Record<string, number | null>>;
  /** The refused rows: the first thousand. `onRow` is told of all of them. */
  readonly refusals: readonly ImportedRow[];
  /** Rows of other tables that were left out: the first thousand, and how many there are. */
  readonly skipped: readonly SkippedRow[];
  readonly skippedRows: number;
}

/** What is counted of an account that came over. */
export interface BroughtAccount {
  readonly kinds: readonly ForeignFactor['kind'][];
  readonly roles: readonly string[];
  readonly rolesLeft: readonly string[];
}

const listed = 1_000;

/** Counts what happens, row by row. */
export class ReportBuilder {
  readonly #reasons: Partial<Record<RefusalReason, number>> = {};
  readonly #brought: Partial<Record<ForeignFactor['kind'], number>> = {};
  readonly #roles: Record<string, number> = Object.create(null) as Record<string, number>;
  readonly #rolesLeft: Record<string, number> = Object.create(null) as Record<string, number>;
  readonly #left = new Map<string, LeftBehind & { count: number }>();
  readonly #refusals: ImportedRow[] = [];
  #counts: ImportCounts = { rows: 0, imported: 0, locked: 0, already: 0, refused: 0 };

  get counts(): ImportCounts {
    return this.#counts;
  }

  add(row: ImportedRow, account: BroughtAccount | null): void {
    const { rows, imported, locked, already, refused } = this.#counts;
    const made = row.outcome === 'imported' || row.outcome === 'locked';
    this.#counts = {
      rows: rows + 1,
      imported: imported + (made ? 1 : 0),
      locked: locked + (row.outcome === 'locked' ? 1 : 0),
      already: already + (row.outcome === 'already' ? 1 : 0),
      refused: refused + (row.outcome === 'refused' ? 1 : 0),
    };
    if (row.outcome === 'refused') {
      if (row.reason !== null) this.#reasons[row.reason] = (this.#reasons[row.reason] ?? 0) + 1;
      if (this.#refusals.length < listed) this.#refusals.push(row);
    }
    if (!made) return;
    for (const kind of account?.kinds ?? []) this.#brought[kind] = (this.#brought[kind] ?? 0) + 1;
    for (const role of account?.roles ?? []) this.#roles[role] = (this.#roles[role] ?? 0) + 1;
    for (const role of account?.rolesLeft ?? []) this.#rolesLeft[role] = (this.#rolesLeft[role] ?? 0) + 1;
    for (const one of row.left) {
      const key = JSON.stringify([one.what, one.why, one.from]);
      const before = this.#left.get(key);
      if (before) before.count += 1;
      // Somebody who fills a table with names must not fill this too.
      else if (this.#left.size < listed) this.#left.set(key, { ...one, count: 1 });
    }
  }

  report(
    about: Pick<ImportReport, 'source' | 'dryRun' | 'complete' | 'tables'>,
    skipped: readonly SkippedRow[],
  ): ImportReport {
    return {
      ...about,
      ...this.#counts,
      reasons: this.#reasons,
      brought: this.#brought,
      left: [...this.#left.values()],
      roles: { ...this.#roles },
      rolesLeft: { ...this.#rolesLeft },
      refusals: this.#refusals,
      skipped: skipped.slice(0, listed),
      skippedRows: skipped.length,
    };
  }
}
