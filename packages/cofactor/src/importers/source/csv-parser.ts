import { unusable } from './source.ts';

/** One record of a file; `cells` is `null` where it breaks the rules of RFC 4180. */
export interface CsvRecord {
  /** The line that it begins in, from 1 on. */
  readonly line: number;
  /** `null` for nothing at all, which is how databases write NULL; an empty text has quotes. */
  readonly cells: readonly (string | null)[] | null;
}

/** What no table of accounts has: a file that goes beyond is broken, or is meant to break something. */
const longest = { cell: 1_048_576, cells: 1_024 } as const;

/**
 * Reads comma-separated values (RFC 4180) piece by piece. Strict: a quote in the middle of a cell, or anything after a
 * closing one, makes its record unusable and no other. A quote that is never closed would swallow all the rest, so that
 * is the end of it.
 */
export class CsvParser {
  readonly #separator: string;
  readonly #name: string;
  #cells: (string | null)[] = [];
  #cell = '';
  #state: 'begin' | 'plain' | 'quoted' | 'closed' = 'begin';
  #wrong = false;
  #afterReturn = false;
  #line = 1;
  #began = 1;

  constructor(name: string, separator: string) {
    this.#name = name;
    this.#separator = separator;
  }

  *push(text: string): Generator<CsvRecord> {
    for (const letter of text) {
      if (this.#state === 'quoted') {
        this.#inQuotes(letter);
        continue;
      }
      const afterReturn = this.#afterReturn;
      this.#afterReturn = letter === '\r';
      if (letter === '\n' && afterReturn) continue;
      if (letter === '\n' || letter === '\r') {
        yield* this.#end();
        this.#line += 1;
        this.#began = this.#line;
      } else if (letter === this.#separator) this.#endCell();
      else this.#outside(letter);
    }
  }

  *finish(): Generator<CsvRecord> {
    if (this.#state === 'quoted') {
      throw unusable(`${this.#name}: a quote that opens in line ${this.#began} or after it is never closed`);
    }
    if (this.#cells.length > 0 || this.#state !== 'begin') yield* this.#end();
  }

  #inQuotes(letter: string): void {
    if (letter === '"') this.#state = 'closed';
    else {
      if (letter === '\n') this.#line += 1;
      this.#append(letter);
    }
  }

  #outside(letter: string): void {
    if (letter === '\0') this.#wrong = true;
    if (letter === '"' && this.#state === 'begin') {
      this.#state = 'quoted';
    } else if (letter === '"' && this.#state === 'closed') {
      this.#state = 'quoted';
      this.#append('"');
    } else {
      if (letter === '"' || this.#state === 'closed') this.#wrong = true;
      if (this.#state === 'begin') this.#state = 'plain';
      this.#append(letter);
    }
  }

  #append(letter: string): void {
    this.#cell += letter;
    if (this.#cell.length > longest.cell) {
      throw unusable(`${this.#name}: a cell in line ${this.#began} is too long; is a quote missing?`);
    }
  }

  #endCell(): void {
    const nothing = this.#state === 'begin' || (this.#state === 'plain' && this.#cell === 'NULL');
    this.#cells.push(nothing ? null : this.#cell);
    if (this.#cells.length > longest.cells) {
      throw unusable(`${this.#name}: line ${this.#began} has too many cells`);
    }
    this.#cell = '';
    this.#state = 'begin';
  }

  *#end(): Generator<CsvRecord> {
    this.#endCell();
    const empty = this.#cells.length === 1 && this.#cells[0] === null;
    if (!empty) yield { line: this.#began, cells: this.#wrong ? null : this.#cells };
    this.#cells = [];
    this.#wrong = false;
  }
}

/** Between the names of a header there is a comma, or what spreadsheets write in its place. */
export function separatorOf(header: string): string {
  const [first = ','] = [',', ';', '\t']
    .map((separator) => ({ separator, count: header.split(separator).length }))
    .sort((a, b) => b.count - a.count)
    .map(({ separator }) => separator);
  return first;
}
