import type { Account, Config, PageKind } from './config.ts';
import type { Driver, Place, Taken } from './drivers/driver.ts';

/** How a person behaves at the pages of one request. */
export interface Conduct {
  /** Refuses this page, or whichever comes first. */
  readonly decline?: PageKind | 'first';
  /** Goes away at this page, or at whichever comes first. */
  readonly leave?: PageKind | 'first';
  /** Seconds to wait after the first factor was taken, before going where the issuer leads. */
  readonly hold?: number;
}

/** A page that was shown, and what the person did with it. */
export interface Shown {
  readonly kind: PageKind;
  readonly url: string;
  readonly answer: 'proved' | 'declined' | 'left';
  /** When the issuer took the answer. */
  readonly taken: Taken;
}

/** How a request ended: back at the client, at a page nobody can answer, at one that was left, or not at all. */
export interface Visit {
  readonly end: 'callback' | 'page' | 'left' | 'loop';
  readonly callback: URL | null;
  readonly pages: readonly Shown[];
  readonly last: Place;
}

/** One person at one browser. */
export class Person {
  readonly account: Account;
  readonly #driver: Driver;
  readonly #maximum: number;

  constructor(driver: Driver, account: Account, { maximumPages }: Config) {
    this.account = account;
    this.#driver = driver;
    this.#maximum = maximumPages;
  }

  /** Opens an address and answers pages until the client is called back. */
  async visit(url: string, conduct: Conduct = {}): Promise<Visit> {
    const pages: Shown[] = [];
    let place = await this.#driver.open(url);
    for (;;) {
      const { kind } = place;
      if (place.callback) return { end: 'callback', callback: place.callback, pages, last: place };
      if (kind === null) return { end: 'page', callback: null, pages, last: place };
      const first = pages.length === 0;
      const meets = (rule: PageKind | 'first' | undefined): boolean =>
        rule === kind || (rule === 'first' && first);
      if (meets(conduct.leave)) {
        pages.push({ kind, url: place.url, answer: 'left', taken: { from: 0, to: 0 } });
        return { end: 'left', callback: null, pages, last: place };
      }
      if (pages.length >= this.#maximum) return { end: 'loop', callback: null, pages, last: place };
      const how = meets(conduct.decline) ? 'decline' : 'prove';
      const hold = how === 'prove' && kind === 'firstFactor' ? (conduct.hold ?? 0) : 0;
      const next = await this.#driver.act({ kind, how, account: this.account, hold });
      const answer = how === 'prove' ? 'proved' : 'declined';
      pages.push({ kind, url: place.url, answer, taken: next.taken });
      place = next;
    }
  }

  close(): Promise<void> {
    return this.#driver.close();
  }
}

/** The pages that prove something, as they were answered. */
export function proofsOf({ pages }: Pick<Visit, 'pages'>): readonly Shown[] {
  return pages.filter(
    ({ kind, answer }) => answer === 'proved' && (kind === 'firstFactor' || kind === 'secondFactor'),
  );
}
