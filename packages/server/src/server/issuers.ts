import { isDeepStrictEqual } from 'node:util';
import { CofactorError, type Cofactor, type FactorProvider } from 'cofactor';
import { issuersOf, type StoredIssuer, type UnreadableIssuer } from 'cofactor/admin';
import { openid, type OpenidOptions } from 'cofactor/openid';
import type { Logger } from 'pino';
import { openidOptionsOf, type IssuersAtWork, type IssuerTrouble } from '../back-office/index.ts';

/** How long a node may work with issuers that were changed at another one, in milliseconds: it looks this often. */
export const lookEveryMs = 2000;

type Read = StoredIssuer | UnreadableIssuer;

/** An issuer as it was read last, and what became of it. */
interface Taken {
  readonly issuer: Read;
  readonly outcome: FactorProvider | IssuerTrouble;
}

/** What a realm has besides the issuers of its database. */
export interface Around {
  /** Providers that are always there. A name of theirs goes before one of the database. */
  readonly factors: readonly FactorProvider[];
  /** The issuers among them. */
  readonly configured?: readonly OpenidOptions[];
  /** Is told each name that is taken up. */
  readonly methods?: Set<string>;
}

/**
 * The issuers that the back office keeps in the database, as a realm of this node works with them. What is read anew takes the
 * place of the providers that were made of what was read before, and of nothing else: counters, caches, routes and whoever is on
 * the way are not touched. One that has not changed keeps its provider, and what that knows of the issuer.
 *
 * One that no provider can be made of is left out, told in the log once, and shown in the back office; who has linked it cannot
 * sign in with it, and nobody gets in by less (I-12).
 */
export class StoredIssuers implements IssuersAtWork {
  readonly configured: readonly OpenidOptions[];
  readonly #auth: Cofactor;
  readonly #logger: Logger;
  readonly #factors: readonly FactorProvider[];
  readonly #reserved: ReadonlySet<string>;
  readonly #methods: Set<string>;
  #taken: ReadonlyMap<string, Taken> = new Map();
  /** One reading at a time, in order: who asks for one after a change gets what was there after it. */
  #last: Promise<unknown> = Promise.resolve();
  #isAway = false;

  constructor(auth: Cofactor, logger: Logger, { factors, configured = [], methods = new Set() }: Around) {
    this.#auth = auth;
    this.#logger = logger;
    this.#factors = factors;
    this.#reserved = new Set(factors.map(({ name }) => name));
    this.#methods = methods;
    this.configured = configured;
  }

  /** Takes up what the database has now. */
  read(): Promise<void> {
    const reading = this.#last.then(() => this.#read());
    this.#last = reading.catch(() => undefined);
    return reading;
  }

  /** The same where nobody waits for it. Where the database is away, everything stays as it is until it is back. */
  async refresh(): Promise<void> {
    const { realm } = this.#auth;
    try {
      await this.read();
      if (this.#isAway) this.#logger.info({ realm }, 'the issuers of the database are known again');
      this.#isAway = false;
    } catch (error) {
      if (!this.#isAway) this.#logger.warn({ realm, error }, 'the issuers of the database could not be read');
      this.#isAway = true;
    }
  }

  isReserved(name: string): boolean {
    return this.#reserved.has(name);
  }

  isInUse(issuer: Read): boolean {
    const taken = this.#taken.get(issuer.name);
    return taken !== undefined && isProvider(taken.outcome) && isDeepStrictEqual(taken.issuer, issuer);
  }

  troubleWith(issuer: Read): IssuerTrouble | null {
    const taken = this.#taken.get(issuer.name);
    if (taken === undefined || isProvider(taken.outcome)) return null;
    return isDeepStrictEqual(taken.issuer, issuer) ? taken.outcome : null;
  }

  async #read(): Promise<void> {
    const issuers = await issuersOf(this.#auth.engine);
    const before = this.#taken;
    if (
      isDeepStrictEqual(
        [...before.values()].map(({ issuer }) => issuer),
        issuers,
      )
    )
      return;
    const taken = new Map<string, Taken>();
    for (const issuer of issuers) {
      const known = before.get(issuer.name);
      const isSame = known !== undefined && isDeepStrictEqual(known.issuer, issuer);
      taken.set(issuer.name, isSame ? known : { issuer, outcome: this.#make(issuer) });
    }
    const providers = [...taken.values()].map(({ outcome }) => outcome).filter(isProvider);
    for (const { name } of providers) this.#methods.add(name);
    this.#auth.engine.config.providers.renew([...this.#factors, ...providers]);
    this.#taken = taken;
  }

  #make(issuer: Read): FactorProvider | IssuerTrouble {
    const about = { realm: this.#auth.realm, issuer: issuer.name };
    if (this.isReserved(issuer.name)) {
      this.#logger.warn(about, 'an issuer of the database has a name that is taken by the settings');
      return { why: 'name-taken', detail: null };
    }
    if (!issuer.readable) {
      this.#logger.error(about, 'the secret of an issuer of the database cannot be read');
      return { why: 'unreadable', detail: null };
    }
    try {
      return openid(openidOptionsOf(issuer));
    } catch (error) {
      this.#logger.error({ ...about, error }, 'an issuer of the database cannot be used');
      // What others say may quote what they were given.
      return { why: 'wrong', detail: error instanceof CofactorError ? error.message : null };
    }
  }
}

function isProvider(outcome: FactorProvider | IssuerTrouble): outcome is FactorProvider {
  return 'verify' in outcome;
}
