import type { Config } from './options.ts';
import type { Sessions } from './sessions.ts';

/** What every part of the client works with. */
export interface Context {
  readonly config: Config;
  readonly sessions: Sessions;
  /** What was used and is good once, with its end in milliseconds, where no store remembers it for all processes. */
  readonly used: Map<string, number>;
}

/** More than anybody has under way in ten minutes. */
const mostUsed = 100_000;

/** `true` for the first who comes with this key. */
export async function once({ config, used }: Context, key: string, until: Date): Promise<boolean> {
  if (config.store) return config.store.once(key, until);
  const now = config.clock.now().getTime();
  for (const [known, end] of used) {
    if (end > now && used.size < mostUsed) break;
    used.delete(known);
  }
  if (used.has(key)) return false;
  used.set(key, until.getTime());
  return true;
}
