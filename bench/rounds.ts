/**
 * Contenders take turns, in rounds, and are compared within each round: what the machine does besides then
 * weighs on all alike. What is reported is the median of the ratios of the rounds.
 */
export type Contenders<Sample> = Readonly<Record<string, () => Promise<Sample>>>;

export class Rounds<Sample> {
  readonly #rounds: readonly ReadonlyMap<string, Sample>[];

  private constructor(rounds: readonly ReadonlyMap<string, Sample>[]) {
    this.#rounds = rounds;
  }

  /** Runs everybody to warm up, then `count` rounds; who begins changes from round to round. */
  static async run<Sample>(
    count: number,
    contenders: Contenders<Sample>,
    warmUp = 1,
  ): Promise<Rounds<Sample>> {
    const names = Object.keys(contenders);
    const rounds: Map<string, Sample>[] = [];
    for (let round = -warmUp; round < count; round++) {
      const samples = new Map<string, Sample>();
      for (let turn = 0; turn < names.length; turn++) {
        const name = names[(turn + round + warmUp) % names.length] ?? '';
        const measure = contenders[name];
        if (measure !== undefined) samples.set(name, await measure());
      }
      if (round >= 0) rounds.push(samples);
    }
    return new Rounds(rounds);
  }

  /** Median of a figure of one contender. */
  figure(name: string, of: (sample: Sample) => number): number {
    return median(this.#rounds.map((round) => of(sample(round, name))));
  }

  /** Both medians, and the median of the ratios. */
  compare(ours: string, theirs: string, of: (sample: Sample) => number): Comparison {
    return {
      ours: this.figure(ours, of),
      theirs: this.figure(theirs, of),
      ratio: median(this.#rounds.map((round) => of(sample(round, ours)) / of(sample(round, theirs)))),
    };
  }
}

export interface Comparison {
  readonly ours: number;
  readonly theirs: number;
  readonly ratio: number;
}

function sample<Sample>(round: ReadonlyMap<string, Sample>, name: string): Sample {
  const found = round.get(name);
  if (found === undefined) throw new Error(`no contender is called ${name}`);
  return found;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** @param sorted in rising order */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
