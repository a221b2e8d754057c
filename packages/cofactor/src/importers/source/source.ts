import { CofactorError } from '../../base/errors.ts';

/** What stands in one place of a table: a number as its digits, bytes where the database hands out bytes. */
export type Cell = string | Uint8Array | null;

export interface SourceRow {
  /** Which one it is of its table, from 1 on; of a file the line it begins in. */
  readonly number: number;
  /** By the plain name of the column; `null` where the row is no row of this table. */
  readonly cells: ReadonlyMap<string, Cell> | null;
}

export interface SourceTable {
  /** As it is called there. */
  readonly name: string;
  /** Plain names. */
  readonly columns: ReadonlySet<string>;
  /** The rows, with these columns and no others. */
  rows(columns: readonly string[]): AsyncIterable<SourceRow>;
}

/** The data of another system, as it was when it was opened. */
export interface OpenSource {
  table(name: string): Promise<SourceTable | null>;
  close(): Promise<void>;
}

/**
 * The form in which names of tables and columns are compared: conventions of spelling differ from one database to the
 * next (`UserName`, `user_name`), and what is read is found by name and not by place.
 */
export function plainName(name: string): string {
  return name.trim().toLowerCase().replaceAll('_', '');
}

/** The one of several names that is meant; two that cannot be told apart are for the operator to sort out. */
export function oneOf(names: readonly string[], wanted: string, where: string): string | null {
  const exact = names.find((name) => name === wanted);
  if (exact !== undefined) return exact;
  const alike = names.filter((name) => plainName(name) === plainName(wanted));
  if (alike.length > 1) throw unusable(`${where} has ${alike.join(' and ')}: which of them is meant?`);
  return alike[0] ?? null;
}

/** The columns of a table by their plain names, and what each is called there. */
export function plainColumns(names: readonly string[], table: string): ReadonlyMap<string, string> {
  const columns = new Map<string, string>();
  for (const name of names) {
    const plain = plainName(name);
    if (columns.has(plain)) throw unusable(`${table} has the column ${JSON.stringify(plain)} twice`);
    columns.set(plain, name);
  }
  return columns;
}

/** The source cannot be read, or is not what it is said to be. */
export function unusable(message: string, cause?: unknown): CofactorError {
  return new CofactorError('ERR_IMPORT_SOURCE', `${message}.`, cause === undefined ? {} : { cause });
}
