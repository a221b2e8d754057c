import type { FactorProvider } from './provider.ts';

type Checked = ReadonlyMap<string, FactorProvider>;

/**
 * The providers of a realm, by name. They can be renewed while they are in use, for those that are kept in a database: what is
 * on its way goes on with the provider that it has, and whoever asks from then on is told of the new ones. One that is gone is
 * a provider that is not registered, so nobody gets in by it, or by less because of it (I-12).
 *
 * Documents under `/.well-known/` and the packages of `extensions` are read once, when a realm is mounted.
 */
export class Providers implements ReadonlyMap<string, FactorProvider> {
  readonly #check: (factors: readonly FactorProvider[]) => Checked;
  #providers: Checked;

  /** @throws what `check` throws */
  constructor(factors: readonly FactorProvider[], check: (factors: readonly FactorProvider[]) => Checked) {
    this.#check = check;
    this.#providers = check(factors);
  }

  /**
   * Takes these from now on, in place of all there were. Whole or not at all: a list that is wrong leaves everything as it is.
   *
   * @throws {CofactorError} `ERR_CONFIG_FACTORS`, as the option `factors` does
   */
  renew(factors: readonly FactorProvider[]): void {
    this.#providers = this.#check(factors);
  }

  get size(): number {
    return this.#providers.size;
  }
  get(name: string): FactorProvider | undefined {
    return this.#providers.get(name);
  }
  has(name: string): boolean {
    return this.#providers.has(name);
  }
  keys(): MapIterator<string> {
    return this.#providers.keys();
  }
  values(): MapIterator<FactorProvider> {
    return this.#providers.values();
  }
  entries(): MapIterator<[string, FactorProvider]> {
    return this.#providers.entries();
  }
  [Symbol.iterator](): MapIterator<[string, FactorProvider]> {
    return this.#providers.entries();
  }
  forEach(each: (provider: FactorProvider, name: string, all: Checked) => void): void {
    for (const [name, provider] of this.#providers) each(provider, name, this);
  }
}
