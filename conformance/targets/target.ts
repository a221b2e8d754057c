import type { Config } from '../config.ts';

/** An issuer that the checker starts by itself. */
export interface Target {
  readonly config: Config;
  close(): Promise<void>;
}
