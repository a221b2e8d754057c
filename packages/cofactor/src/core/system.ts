import { randomBytes } from 'node:crypto';
import type { Clock, Log, Random } from './ports.ts';

/** The ports as they are outside of tests: the only place that reads the world (I-10). */
export const systemClock: Clock = { now: () => new Date() };
export const systemRandom: Random = { bytes: (length) => randomBytes(length) };
export const consoleLog: Log = {
  info: () => undefined,
  warn: (details, message) => console.warn(message, details),
  error: (details, message) => console.error(message, details),
};
