import type { Log } from 'cofactor';
import { pino, type Logger } from 'pino';
import type { Settings } from '../settings/table.ts';

/** JSON lines on standard output. What must never be in them is taken out by name, whoever puts it in (I-28). */
export function createLogger({ logLevel }: Pick<Settings, 'logLevel'>): Logger {
  return pino({
    level: logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ['password', 'secret', 'code', 'token', 'cookie', 'authorization', 'address'].flatMap((name) => [
        name,
        `*.${name}`,
      ]),
      censor: '[removed]',
    },
  });
}

/** The log port of Cofactor on it. */
export function logPort(logger: Logger): Log {
  return {
    info: (details, message) => logger.info(details, message),
    warn: (details, message) => logger.warn(details, message),
    error: (details, message) => logger.error(details, message),
  };
}
