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

  /** Both medians, and the median of the ratios with where the middle half of them lies. */
  compare(ours: string, theirs: string, of: (sample: Sample) => number): Comparison {
    const ratios = this.#rounds
      .map((round) => of(sample(round, ours)) / of(sample(round, theirs)))
      .toSorted((a, b) => a - b);
    return {
      ours: this.figure(ours, of),
      theirs: this.figure(theirs, of),
      ratio: median(ratios),
      spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
    };
  }
}

export interface Comparison {
  readonly ours: number;
  readonly theirs: number;
  readonly ratio: number;
  readonly spread: readonly [number, number];
}

function sample<Sample>(round: ReadonlyMap<string, Sample>, name: string): Sample {
  const found = round.get(name);
  if (found === undefined) throw new Error(`no contender is called ${name}`);
  return found;
}

export function median(values: readonly number[]): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

/** Between two values where it falls there. */
function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const [low = Number.NaN, high = low] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

/** @param sorted in rising order */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
