import type { Place, SkippedRow } from './foreign.ts';
import { RowFault, RowReader } from './row.ts';
import { unusable, type OpenSource, type SourceTable } from './source/source.ts';

export interface TableSpec {
  /** As the other system calls it, unless the operator says otherwise. */
  readonly name: string;
  /** Plain names. */
  readonly columns: readonly string[];
  /** Columns that not every version has. */
  readonly perhaps?: readonly string[];
  /** Whether it may be missing without a word. */
  readonly optional?: true;
}

/**
 * The tables of a source. All of them have to be there with all their columns, or be named in `without`: what was
 * forgotten in an export must not look like accounts that have less.
 */
export class Tables<Name extends string> {
  readonly counts: Record<string, number | null> = {};
  readonly skipped: SkippedRow[] = [];
  readonly #specs: Readonly<Record<Name, TableSpec>>;
  readonly #found: ReadonlyMap<Name, SourceTable>;

  private constructor(specs: Readonly<Record<Name, TableSpec>>, found: ReadonlyMap<Name, SourceTable>) {
    this.#specs = specs;
    this.#found = found;
  }

  static async find<Name extends string>(
    source: OpenSource,
    specs: Readonly<Record<Name, TableSpec>>,
    { names, without }: TableOptions<Name>,
  ): Promise<Tables<Name>> {
    const found = new Map<Name, SourceTable>();
    for (const [name, spec] of Object.entries(specs) as [Name, TableSpec][]) {
      if (without.includes(name)) continue;
      const called = names[name] ?? spec.name;
      const table = await source.table(called);
      if (table === null) {
        if (spec.optional === true) continue;
        throw unusable(`There is no table ${called}; if it is not used there, name ${name} in without`);
      }
      const missing = spec.columns.filter((column) => !table.columns.has(column));
      if (missing.length > 0) throw unusable(`The table ${table.name} has no column ${missing.join(', ')}`);
      found.set(name, table);
    }
    return new Tables(specs, found);
  }

  has(name: Name, column: string): boolean {
    return this.#found.get(name)?.columns.has(column) ?? false;
  }

  holds(name: Name): boolean {
    return this.#found.has(name);
  }

  /** The rows of the table of accounts, each for the caller to read. */
  rows(name: Name): AsyncIterable<{ readonly number: number; readonly read: () => RowReader }> {
    const table = this.#found.get(name);
    if (table === undefined) throw unusable(`There is no table ${this.#specs[name].name}`);
    return readers(table, this.#columns(name, table));
  }

  /**
   * Reads another table whole; a row that cannot be read is left out, and counted. Where that would be less than is safe,
   * `wrong` is told of it first.
   */
  async each(
    name: Name,
    take: (row: RowReader, place: Place) => SkippedRow['reason'] | void,
    wrong: (fault: RowFault, place: Place, row: RowReader | null) => void = () => undefined,
  ): Promise<void> {
    const table = this.#found.get(name);
    this.counts[this.#specs[name].name] = table ? 0 : null;
    if (table === undefined) return;
    let count = 0;
    for await (const { number, read } of readers(table, this.#columns(name, table))) {
      count += 1;
      const place = { table: table.name, row: number };
      let row: RowReader | null = null;
      try {
        row = read();
        const reason = take(row, place);
        if (reason) this.skipped.push({ ...place, reason, column: null });
      } catch (error) {
        if (!(error instanceof RowFault)) throw error;
        wrong(error, place, row);
        this.skipped.push({ ...place, reason: 'malformed', column: error.detail });
      }
    }
    this.counts[this.#specs[name].name] = count;
  }

  #columns(name: Name, table: SourceTable): readonly string[] {
    const { columns, perhaps = [] } = this.#specs[name];
    return [...columns, ...perhaps.filter((column) => table.columns.has(column))];
  }
}

export interface TableOptions<Name extends string> {
  /** What they are called there, where that is something else. */
  readonly names: Readonly<Partial<Record<Name, string>>>;
  /** What is not there. */
  readonly without: readonly Name[];
}

async function* readers(
  table: SourceTable,
  columns: readonly string[],
): AsyncGenerator<{ readonly number: number; readonly read: () => RowReader }> {
  for await (const row of table.rows(columns)) {
    yield { number: row.number, read: () => new RowReader(row) };
  }
}

/** Several values under one key. */
export class Lists<T> {
  readonly #lists = new Map<string, T[]>();

  add(key: string, value: T): void {
    const list = this.#lists.get(key);
    if (list) list.push(value);
    else this.#lists.set(key, [value]);
  }

  of(key: string): readonly T[] {
    return this.#lists.get(key) ?? [];
  }
}
