import type { Cofactor } from '../core/cofactor.ts';
import { CofactorError } from '../base/errors.ts';

/** A realm and where it lives. */
export interface Realm {
  readonly auth: Cofactor;
  /** Path of its routes and pages, e.g. `/auth`. */
  readonly base: string;
}

/** The realms of an application, in the order in which they were registered. */
export class Realms {
  readonly #byName = new Map<string, Realm>();

  add(realm: Realm): void {
    const { auth, base } = realm;
    if (this.#byName.has(auth.realm)) {
      throw new CofactorError('ERR_CONFIG_REALM', `the realm ${auth.realm} is registered already.`);
    }
    for (const other of this.#byName.values()) {
      if (other.base !== base) continue;
      throw new CofactorError(
        'ERR_CONFIG_BASE',
        `base: the realm ${other.auth.realm} lives at ${base} already.`,
      );
    }
    this.#byName.set(auth.realm, realm);
  }

  /** The realm of a name; without one the first. */
  get(name: string | undefined): Realm {
    const [first] = this.#byName.values();
    const realm = name === undefined ? first : this.#byName.get(name);
    if (realm) return realm;
    throw new CofactorError('ERR_REALM_UNKNOWN', 'This page belongs to a realm that does not exist.', {
      detail: `${JSON.stringify(name)} is not registered here; ${[...this.#byName.keys()].join(', ')} are`,
    });
  }
}
