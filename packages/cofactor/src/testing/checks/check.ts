import type { FactorProvider } from '../../core/provider.ts';
import type { ProviderSubject } from '../person.ts';

/** One sentence of the contract. */
export interface Check {
  readonly name: string;
  /** For which providers it says anything; for all of them if left out. */
  applies?(provider: FactorProvider, subject: ProviderSubject): boolean;
  /** Throws where it does not hold. */
  run(subject: ProviderSubject): Promise<void>;
}
