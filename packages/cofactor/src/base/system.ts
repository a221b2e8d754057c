import { randomFillSync } from 'node:crypto';
import type { Clock, Log, Meter, Random } from './ports.ts';

/** The ports as they are outside of tests: the only place that reads the world (I-10). */
export const systemClock: Clock = { now: () => new Date() };

/**
 * Random bytes in stock: asking the system for a few at a time costs ten times as much. What was handed out is
 * wiped from the stock, and a stock is used once.
 */
const stock = Buffer.alloc(4096);
let used = stock.length;

export const systemRandom: Random = {
  bytes(length) {
    if (length > stock.length) return randomFillSync(Buffer.alloc(length));
    if (used + length > stock.length) {
      randomFillSync(stock);
      used = 0;
    }
    const bytes = Buffer.from(stock.subarray(used, used + length));
    stock.fill(0, used, used + length);
    used += length;
    return bytes;
  },
};

export const noMeter: Meter = { count: () => undefined };

/* oxlint-disable no-console -- this is the log of who has set none */
export const consoleLog: Log = {
  info: () => undefined,
  warn: (details, message) => console.warn(message, details),
  error: (details, message) => console.error(message, details),
};
