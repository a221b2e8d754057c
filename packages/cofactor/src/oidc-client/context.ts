import type { Config } from './options.ts';
import type { Sessions } from './sessions.ts';

/** What every part of the client works with. */
export interface Context {
  readonly config: Config;
  readonly sessions: Sessions;
  /** States that came back, where no store remembers them for all processes. */
  readonly used: Map<string, number>;
}
