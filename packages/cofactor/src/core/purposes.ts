import type { Requirement } from '../assurance/index.ts';
import type { ShownOperation } from './operations/operations.ts';
import type { SessionWithUser } from './store.ts';

/** What somebody is on the way to who was sent to our pages, e.g. an application that asked for a sign-in. */
export interface Purpose {
  /** What the person knows it as, for pages to say: "to go on to Shop". */
  readonly application: string;
  /** Its id, where it is a client of ours: what is demanded of its people is demanded there. */
  readonly client?: string;
  /** What has to be proved for it, by this person where one is signed in. */
  readonly requirement: Requirement;
  /** When it was asked: what was proved since is fresh, whatever `maxAge` says. A `maxAge` of 0 asks for a new proof. */
  readonly since: Date | null;
  /** The single operation that it is, with what is said of it. */
  readonly operation?: ShownOperation & { readonly id: string; readonly action: string };
}

/**
 * Finds the purpose of a path of this site, or `null` where there is none (any more). `over`: there was one, and nothing else
 * is to be asked in its place.
 */
export type PurposeFinder = (
  path: string,
  session: SessionWithUser | null,
) => Promise<Purpose | 'over' | null>;

/**
 * What people may be on the way to besides pages that a named policy guards, by the path that they come back to. A step-up
 * without a policy asks what its purpose does.
 */
export class Purposes {
  readonly #finders = new Map<string, PurposeFinder>();

  /** `prefix` is the beginning of all paths the finder is for, e.g. `/oidc/interaction/`. */
  add(prefix: string, finder: PurposeFinder): void {
    this.#finders.set(prefix, finder);
  }

  async find(path: string, session: SessionWithUser | null = null): ReturnType<PurposeFinder> {
    for (const [prefix, finder] of this.#finders) {
      if (path.startsWith(prefix)) return finder(path, session);
    }
    return null;
  }
}
