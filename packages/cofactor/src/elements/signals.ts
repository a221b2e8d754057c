import type { SecurityView } from '../http/contract.ts';
import { loadModule } from './load-element.ts';

/**
 * Tells the device of the person what changed, through the modules of the providers that want to: for instance that
 * a passkey is not to be offered any more. The device need not understand it, and nobody waits for it.
 */
export async function sendSignals(
  signals: SecurityView['signals'],
  load: typeof loadModule = loadModule,
): Promise<void> {
  await Promise.allSettled(signals.map(async ({ module, data }) => (await load(module)).signal?.(data)));
}
