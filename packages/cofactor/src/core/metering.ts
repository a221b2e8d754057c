import { CofactorError } from '../base/errors.ts';
import type { StepOutcome } from './ceremonies/outcome.ts';
import type { Engine } from './engine.ts';

/** How a step of a sign-in or step-up can end, as it is counted. */
export type StepResult =
  'done' | 'more-needed' | 'wrong' | 'replayed' | 'waiting' | 'pending' | 'refused' | 'busy' | 'unavailable';

/**
 * Does a step and counts how it ended. `method` is the name of a provider of the configuration; whatever else was asked
 * for counts as `unknown`, because people type anything.
 */
export async function counted(
  engine: Engine,
  name: 'sign-ins' | 'step-ups',
  method: string,
  work: () => Promise<StepOutcome>,
): Promise<StepOutcome> {
  const { config, realm } = engine;
  const count = (result: StepResult): void =>
    config.meter.count(name, { realm, method: config.providers.has(method) ? method : 'unknown', result });
  try {
    const outcome = await work();
    const result = resultOf(outcome);
    count(result);
    if (result === 'waiting') config.meter.count('lockouts', { realm, kind: 'wait' });
    if (outcome.status === 'done' && outcome.secret !== null) config.meter.count('sessions', { realm });
    return outcome;
  } catch (error) {
    count(error instanceof CofactorError && error.code === 'ERR_HASH_QUEUE_FULL' ? 'busy' : 'unavailable');
    throw error;
  }
}

function resultOf(outcome: StepOutcome): StepResult {
  switch (outcome.status) {
    case 'done':
    case 'more-needed':
    case 'pending':
      return outcome.status;
    case 'refused':
      switch (outcome.reason) {
        case 'wrong-credentials':
        case 'wrong-response':
          return 'wrong';
        case 'replayed-response':
          return 'replayed';
        case 'too-many-tries':
          return 'waiting';
        default:
          return 'refused';
      }
    default:
      return 'refused';
  }
}
