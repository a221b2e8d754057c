import { describe } from 'vitest';
import { programs, type Program } from './find-program.ts';

/**
 * A `describe` for tests that drive a program. Where the program is not installed they are skipped, and the
 * title says why, so that a report never looks greener than it is.
 *
 * @example
 * describeWith('Chromium', 'the sign-in page', () => { ... });
 */
export function describeWith(needed: Program | readonly Program[], title: string, tests: () => void): void {
  const missing = [needed].flat().filter((program) => programs[program].find() === undefined);
  if (missing.length === 0) describe(title, tests);
  else describe.skip(`${title} [skipped: no ${missing.join(', no ')}]`, tests);
}
