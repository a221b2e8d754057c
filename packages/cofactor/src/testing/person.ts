import type { Delivery, FactorContext, FactorProvider, MaybePromise } from '../core/provider.ts';

/** What the contract is held against: a provider, and people who hold authenticators of it. */
export interface ProviderSubject {
  /** Stands before the name of each test. */
  readonly name: string;
  /** Makes the provider; called anew for each test. */
  create(): FactorProvider;
  /** Somebody who has nothing yet. Each one is another: another password, another device, another address. */
  person(): Person;
  /**
   * Set where no set-up makes a secret: it was made elsewhere (in a factory), or the provider needs none. Then a set-up
   * may be the same twice.
   */
  readonly secretsFrom?: 'elsewhere';
  /** Milliseconds that a provider may take (10 000, after which the core gives up on it). */
  readonly timeout?: number;
}

/** Somebody who sets up one authenticator, keeps what it takes, and answers with it later on. */
export interface Person {
  /** What `begin` has to be told, for a provider with `input`. */
  readonly input?: unknown;
  /** The response that confirms the set-up. */
  confirm(shown: Shown): MaybePromise<unknown>;
  /** Responses of the right form that must not confirm it; left out where there are none. */
  wrongConfirm?(shown: Shown): MaybePromise<readonly unknown[]>;
  /** The right response. It is asked for anew each time: a provider may take each one once. */
  answer(question: Question): MaybePromise<unknown>;
  /** Responses of the right form that are wrong now. */
  wrong(question: Question): MaybePromise<readonly unknown[]>;
  /** What is sent while somebody else has still to act, for a provider that can be `pending`. */
  waiting?(question: Question): MaybePromise<unknown>;
}

/** What a person gets to see of a set-up. */
export interface Shown {
  /** What `begin` returned as `setup`; empty for a provider without `begin`. */
  readonly setup: Readonly<Record<string, unknown>>;
  /** What was sent, as it arrived. */
  readonly delivery: Delivery | null;
  readonly context: FactorContext;
}

/** What a person gets to see of a question. */
export interface Question {
  /** What `challenge.make` returned as `view`; `null` for a provider without challenges. */
  readonly view: Readonly<Record<string, unknown>> | null;
  readonly delivery: Delivery | null;
  readonly context: FactorContext;
  /** Id of the authenticator that is asked for. */
  readonly authenticator: string;
}
