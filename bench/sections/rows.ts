/** What sections report alike. */
import type { Cost, Share } from '../bench.ts';
import type { Load } from '../load/load.ts';
import type { Report, Target } from '../report.ts';
import type { Rounds } from '../rounds.ts';

export interface Sides {
  readonly ours: string;
  readonly theirs: string;
  /** What theirs is called. */
  readonly against: string;
}

export interface Targets {
  readonly pace?: Target;
  readonly statements?: Target;
}

/** The rows that every comparison of flows has: pace, processor time, statements. */
export function addRows(
  report: Report,
  title: string,
  unit: 'flows/s' | 'requests/s',
  rounds: Rounds<Load & Cost>,
  { ours, theirs, against }: Sides,
  targets: Targets = {},
): void {
  const compare = (of: (sample: Load & Cost) => number) => rounds.compare(ours, theirs, of);
  report.add(
    title,
    unit,
    against,
    compare((sample) => sample.perSecond),
    targets.pace,
  );
  report.add(
    title,
    'ms of processor time',
    against,
    compare((sample) => sample.processor / 1000),
  );
  const statements = compare((sample) => sample.statements);
  // In memory there are none, and nothing to divide by.
  const [what, figures] = statements.theirs > 0 ? [against, statements] : ['-', { ours: statements.ours }];
  report.add(title, 'statements', what, figures, targets.statements);
}

/** Says so where a server that had enough to do did not get its core. */
export function tellUnlessQuiet(rounds: Rounds<Share>, busy: string): void {
  const share = rounds.figure(busy, (sample) => sample.share);
  if (share >= 0.9) return;
  const percent = Math.round(share * 100);
  process.stderr.write(`  not a quiet machine: the server had its core for ${percent} % of the time only\n`);
}
