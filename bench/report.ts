/** The results: rows, as a table for people or as JSON for programs. */
import type { Comparison } from './rounds.ts';

export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  /** What it is compared with. */
  readonly against: string;
  readonly theirs: number | null;
  /** ours / theirs; where there were rounds, the median of the ratios of the rounds. */
  readonly ratio: number | null;
  /** Between which two the ratios of the middle half of the rounds lie; `null` where there were no rounds. */
  readonly spread: readonly [number, number] | null;
  /** `null`: told for information. */
  readonly target: string | null;
  readonly met: boolean | null;
}

/** Which figure is bounded, and how. */
export interface Target {
  readonly of: 'ratio' | 'ours';
  readonly atLeast?: number;
  readonly atMost?: number;
}

export class Report {
  readonly rows: Row[] = [];

  /** Adds a row; without a target it is there to be read only. */
  add(name: string, unit: string, against: string, figures: Figures, target?: Target): void {
    const { ours, theirs = null } = figures;
    const ratio = figures.ratio ?? (theirs === null ? null : ours / theirs);
    const value = target?.of === 'ours' ? ours : ratio;
    const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = target ?? {};
    const row: Row = {
      name,
      unit,
      ours: rounded(ours),
      against,
      theirs: theirs === null ? null : rounded(theirs),
      ratio: ratio === null ? null : rounded(ratio),
      spread: figures.spread === undefined ? null : [rounded(figures.spread[0]), rounded(figures.spread[1])],
      target: target === undefined ? null : words(target),
      met: target === undefined || value === null ? null : value >= atLeast && value <= atMost,
    };
    this.rows.push(row);
    process.stderr.write(`  ${line(row)}\n`);
  }

  table(): string {
    const head = ['', 'ours', 'theirs', 'ratio', 'rounds', 'target', '', 'against'];
    const body = this.rows.map((row) => [
      `${row.name} (${row.unit})`,
      String(row.ours),
      String(row.theirs ?? '-'),
      String(row.ratio ?? '-'),
      row.spread?.join(' to ') ?? '',
      row.target ?? '',
      verdict(row),
      row.against,
    ]);
    const widths = head.map((title, column) =>
      Math.max(title.length, ...body.map((cells) => cells[column]?.length ?? 0)),
    );
    const right = new Set([1, 2, 3, 4]);
    const format = (cells: readonly string[]): string =>
      cells
        .map((cell, column) =>
          right.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd();
    return [head, ...body].map(format).join('\n');
  }

  summary(): string {
    const judged = this.rows.filter((row) => row.met !== null);
    return `${judged.filter((row) => row.met).length} of ${judged.length} targets met`;
  }
}

type Figures = Pick<Comparison, 'ours'> & Partial<Comparison>;

const verdict = (row: Row): string => (row.met === null ? '' : row.met ? 'met' : 'not met');

function words(target: Target): string {
  const bounds = [
    ...(target.atLeast === undefined ? [] : [`>= ${target.atLeast}`]),
    ...(target.atMost === undefined ? [] : [`<= ${target.atMost}`]),
  ];
  return `${target.of} ${bounds.join(' and ')}`;
}

function line(row: Row): string {
  const comparison =
    row.theirs === null
      ? ''
      : ` against ${row.theirs} of ${row.against} (x ${row.ratio}${row.spread === null ? '' : `, ${row.spread.join(' to ')}`})`;
  const judged = row.target === null ? '' : `: ${row.target} ${verdict(row)}`;
  return `${row.name}: ${row.ours} ${row.unit}${comparison}${judged}`;
}

/** Three significant figures: more would claim a precision that is not there. */
function rounded(value: number): number {
  return Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3));
}
