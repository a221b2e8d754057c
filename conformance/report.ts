import type { Config } from './config.ts';
import type { Result } from './run.ts';

export interface Report {
  readonly issuer: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly results: readonly Result[];
}

export function reportOf({ issuer }: Config, results: readonly Result[]): Report {
  const count = (outcome: Result['outcome']): number =>
    results.filter((result) => result.outcome === outcome).length;
  return { issuer, passed: count('pass'), failed: count('fail'), skipped: count('skipped'), results };
}

const words: Readonly<Record<Result['outcome'], string>> = { pass: 'pass', fail: 'FAIL', skipped: 'skipped' };

/** A line for each module, what was seen of those that failed (of all, if `verbose`), and the count. */
export function tableOf({ issuer, results, passed, failed, skipped }: Report, verbose: boolean): string {
  const width = Math.max(...results.map(({ name }) => name.length));
  const lines = results.flatMap((result) => {
    const seconds = `${(result.milliseconds / 1000).toFixed(1)} s`.padStart(7);
    const line = `${words[result.outcome].padEnd(7)} ${seconds}  ${result.name.padEnd(width)}  ${result.checks}`;
    const indent = ' '.repeat(17);
    return [
      line,
      ...(result.reason === null ? [] : [`${indent}${result.reason}`]),
      ...(result.outcome === 'fail' ? [`${indent}${result.spec}; ${result.guards.join(', ')}`] : []),
      ...(verbose || result.outcome === 'fail' ? result.seen.map((one) => `${indent}- ${one}`) : []),
    ];
  });
  return [issuer, '', ...lines, '', `${passed} passed, ${failed} failed, ${skipped} skipped`].join('\n');
}

/** Says on a terminal what is going on; writes nothing where nobody watches. */
export function progress(stream: NodeJS.WriteStream = process.stderr): {
  say(text: string): void;
  end(): void;
} {
  const clear = '\r\u001b[2K';
  return {
    say: (text) => void (stream.isTTY && stream.write(`${clear}${text}`)),
    end: () => void (stream.isTTY && stream.write(clear)),
  };
}
