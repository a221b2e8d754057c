import { answers } from './checks/answers.ts';
import { challenges } from './checks/challenges.ts';
import { quiet } from './checks/quiet.ts';
import { schemas } from './checks/schemas.ts';
import { setup } from './checks/setup.ts';
import { shape } from './checks/shape.ts';
import type { ProviderSubject } from './person.ts';

/** One test, for whatever runs tests. */
export interface ContractTest {
  readonly name: string;
  /** Throws where the provider does not keep the contract, and says how. */
  run(): Promise<void>;
}

/**
 * What every factor provider has to keep, as tests: of its schemas and texts, of set-ups, of right, wrong, old and odd
 * answers, of challenges, of secrets in the wrong place. Only what concerns the provider at hand is in the list.
 *
 * They ask the provider as the core does, in memory, with a clock and randomness of their own. They show that it is
 * fit for Cofactor; that what it does is strong enough, they cannot know.
 *
 * @example
 * import { test } from 'vitest';
 *
 * for (const { name, run } of providerContract({
 *   name: 'paper',
 *   create: () => paper(),
 *   person: () => ({
 *     confirm: ({ setup }) => ({ word: setup.word }),
 *     ...otherAnswers,
 *   }),
 * })) {
 *   test(name, run);
 * }
 */
export function providerContract(subject: ProviderSubject): readonly ContractTest[] {
  const provider = subject.create();
  return [...shape, ...schemas, ...setup, ...answers, ...challenges, ...quiet]
    .filter(({ applies }) => applies?.(provider, subject) ?? true)
    .map(({ name, run }) => ({ name: `${subject.name}: ${name}`, run: () => run(subject) }));
}
