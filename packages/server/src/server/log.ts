import { AsyncLocalStorage } from 'node:async_hooks';
import { CofactorError, type Log } from 'cofactor';
import { pino, type DestinationStream, type Logger } from 'pino';
import type { Settings } from '../settings/table.ts';

/** The request that is being answered, so that every line it causes has its id, whoever writes it. */
export const currentRequest = new AsyncLocalStorage<{ readonly id: string }>();

const secretNames = [
  'password',
  'secret',
  'code',
  'token',
  'cookie',
  'authorization',
  'address',
  'response',
  'email',
  'clientSecret',
  'client_secret',
  'id_token',
  'access_token',
  'refresh_token',
];

/**
 * JSON lines on standard output. What must never be in them is taken out by name, whoever puts it in, and of an error goes
 * out only what cannot quote anything (I-28). Line breaks and control characters of what somebody typed are escaped by JSON.
 */
export function createLogger(
  { logLevel }: Pick<Settings, 'logLevel'>,
  destination?: DestinationStream,
): Logger {
  const options = {
    level: logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin() {
      const request = currentRequest.getStore();
      return request ? { requestId: request.id } : {};
    },
    serializers: { err: shown, error: shown },
    redact: {
      paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      // The code of an error is no secret, and what is one is never written like it.
      censor: (value: unknown, path: readonly string[]) =>
        path.at(-1) === 'code' && typeof value === 'string' && /^[A-Z][A-Z_]*[A-Z]$/.test(value)
          ? value
          : '[removed]',
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** The log port of Cofactor on it. */
export function logPort(logger: Logger): Log {
  return {
    info: (details, message) => logger.info(details, message),
    warn: (details, message) => logger.warn(details, message),
    error: (details, message) => logger.error(details, message),
  };
}

interface ShownError {
  readonly name: string;
  readonly code?: string;
  readonly message?: string;
  readonly detail?: string;
  readonly at?: readonly string[];
  readonly cause?: unknown;
}

/**
 * What is written of an error: its kind, where it was thrown, and what it says where that is ours. What others say may well
 * quote what they were given: a statement its values, a parser its text, a mail server the mail.
 */
function shown(error: unknown, depth = 0): unknown {
  if (typeof error === 'string') return error;
  if (!(error instanceof Error)) return typeof error === 'object' && error !== null ? '[object]' : error;
  const { code } = error as { readonly code?: unknown };
  const at = error.stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
    .map((line) => line.trim());
  const told: ShownError = {
    name: error.name,
    ...(typeof code === 'string' && { code }),
    ...(error instanceof CofactorError && { message: error.message }),
    ...(error instanceof CofactorError && error.detail !== undefined && { detail: error.detail }),
    ...(at && { at }),
    ...(error.cause !== undefined && depth < 3 && { cause: shown(error.cause, depth + 1) }),
  };
  return told;
}
