import type { Clock } from '../../base/ports.ts';
import type { Store } from '../store.ts';
import { rulesOf, type EnforcementRule } from './rule.ts';

/** What the database said of a realm's rules along with something else: their texts, or `null` where there is none. */
export interface WithRules {
  readonly rules?: string | null;
}

/** How old rules may be that only say whether to ask somebody something, in milliseconds. Nothing is let through by them. */
const askingMs = 60_000;

const none: readonly EnforcementRule[] = Object.freeze([]);

/**
 * The rules of a realm as this process has them. They come along with each session and each account that is read, as part
 * of the same statement, so that a guard has them without asking for them, no older than the session it goes by, and
 * without a rule costs nothing. What cannot be read is an error and never "no rules".
 */
export class RuleBook {
  readonly #store: Store;
  readonly #realm: string;
  readonly #clock: Clock;
  #texts: string | null = null;
  #rules: readonly EnforcementRule[] = none;
  /** What was read last, and when. */
  #lately: string | null = null;
  #seenAt = -Infinity;

  constructor(store: Store, realm: string, clock: Clock) {
    this.#store = store;
    this.#realm = realm;
    this.#clock = clock;
  }

  /** The rules that came with a session or an account; `undefined` where it was not read from the database. */
  with({ rules }: WithRules): readonly EnforcementRule[] | undefined {
    if (rules === undefined) return undefined;
    if (rules === null) return none;
    // Mostly they are what they were, so they are not read anew each time.
    if (rules !== this.#texts) {
      this.#rules = rulesOf(rules);
      this.#texts = rules;
    }
    return this.#rules;
  }

  /** The same, and `undefined` for what cannot be read: for whoever then asks again where an error is told. */
  withoutFault(known: WithRules): readonly EnforcementRule[] | undefined {
    try {
      return this.with(known);
    } catch {
      return undefined;
    }
  }

  /** The same, asked for where they did not come along. */
  async for(known: WithRules): Promise<readonly EnforcementRule[]> {
    return this.with(known) ?? this.read();
  }

  /** The rules as they stand in the database now. */
  async read(): Promise<readonly EnforcementRule[]> {
    const records = await this.#store.enforcement.rules(this.#realm);
    const texts = records.length === 0 ? null : records.map(({ data }) => data).join(',');
    this.saw({ rules: texts });
    return this.with({ rules: texts }) ?? none;
  }

  /** Remembers what was read a moment ago. */
  saw({ rules }: WithRules): void {
    if (rules === undefined) return;
    this.#lately = rules;
    this.#seenAt = this.#clock.now().getTime();
  }

  /** The rules as they were so lately at most: unless it is said, for asking somebody something. */
  async lately(withinMs: number = askingMs): Promise<readonly EnforcementRule[]> {
    const age = this.#clock.now().getTime() - this.#seenAt;
    if (age >= 0 && age < withinMs) return this.with({ rules: this.#lately }) ?? none;
    return this.read();
  }

  /** After a change on this node: what was seen before is of no use any more. */
  forget(): void {
    this.#seenAt = -Infinity;
  }
}
