import type { ChallengeView, Offer, ProviderInfo } from '../http/contract.ts';
import type { ClientProblem } from './client.ts';

/**
 * What a sign-in or step-up sets on the element with which a provider is answered. The element is the default
 * export of the module that the provider (or a package of the application) names; it can be made with Lit, or
 * with nothing at all.
 */
export interface LoginContract {
  /** How the provider is called and asked: its texts, its field. */
  provider: ProviderInfo;
  providerName: string;
  /** What to call it in front of people. */
  displayName: string;
  /** The provider's texts in the language of the reader. */
  texts: Readonly<Record<string, string>>;
  product: string;
  /** What `challenge.make` of the provider returned as `view`; `null` for a provider without challenges. */
  challenge: ChallengeView | null;
  /** The authenticators that can be answered with: one, or all of a provider whose challenges are shared. */
  offers: readonly Offer[];
  /**
   * `answer`: a ceremony is under way and this is its turn. `discover`: the sign-in page is open, nobody is known yet,
   * and this may begin: by a button, or by what the browser offers in the field for the user name.
   */
  mode: 'answer' | 'discover';
  /**
   * Sends a response; for one authenticator of several, with its id. The page goes on by itself where there is
   * neither `error` nor `pending` (seconds after which to send again).
   */
  callback: (
    response: Readonly<Record<string, unknown>>,
    authenticator?: string,
  ) => Promise<{ readonly error?: ClientProblem; readonly pending?: number }>;
  /** Asks for another challenge, which is then set; an answer may have used up the one at hand. */
  renew: () => Promise<{ readonly challenge?: ChallengeView; readonly error?: ClientProblem }>;
  /** Leaves this for another way. */
  close: () => void;
}

/** What a module of a provider may export beside its element. */
export interface ProviderModule {
  readonly default?: unknown;
  /** Called with what the provider's `signal` returned, after authenticators changed or a name did. */
  readonly signal?: (data: Readonly<Record<string, unknown>>) => Promise<void>;
}
