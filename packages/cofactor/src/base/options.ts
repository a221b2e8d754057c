import { developmentKey, type RingKey } from './keys/ring.ts';
import { wrongOption as wrong, type CofactorErrorCode } from './errors.ts';

/** Options that everything with pages takes, each checked when it is made and named with what it takes. */

/** Seconds that a session may lie idle, and live at all. */
export interface SessionTimes {
  readonly idle?: number;
  readonly absolute?: number;
}

/** What `environment` says, or else NODE_ENV. */
export function isProduction(value: 'production' | 'development' | undefined): boolean {
  const environment = value ?? (process.env['NODE_ENV'] === 'production' ? 'production' : 'development');
  if (environment !== 'production' && environment !== 'development') {
    throw wrong('ERR_CONFIG_ENVIRONMENT', "environment takes 'production' or 'development'");
  }
  return environment === 'production';
}

export function originOf(value: string | undefined, production: boolean): URL {
  const code = 'ERR_CONFIG_ORIGIN';
  if (value === undefined && production) {
    throw wrong(
      code,
      'origin takes the address people see, e.g. https://app.example.com; production needs it',
    );
  }
  const url = URL.parse(value ?? 'http://localhost:3000');
  if (
    !url ||
    url.origin === 'null' ||
    url.pathname !== '/' ||
    url.search !== '' ||
    url.hash !== '' ||
    url.username
  ) {
    throw wrong(
      code,
      `origin takes an address without a path, e.g. https://app.example.com, not ${String(value)}`,
    );
  }
  const local = url.protocol === 'http:' && url.hostname === 'localhost';
  if (url.protocol !== 'https:' && (production || !local)) {
    throw wrong(code, 'origin takes an https address; http is for localhost under development only');
  }
  return url;
}

export function isPath(value: unknown): value is string {
  return typeof value === 'string' && /^\/(?![/\\])[^?#\\\s]*$/.test(value);
}

export function sessionOf(value: SessionTimes | undefined): Required<SessionTimes> {
  const { idle = 3600, absolute = 86_400, ...unknown } = value ?? {};
  const [other] = Object.keys(unknown);
  if (other !== undefined)
    throw wrong('ERR_CONFIG_SESSION', `session takes { idle, absolute }, and not ${other}`);
  for (const seconds of [idle, absolute]) {
    if (!Number.isInteger(seconds) || seconds < 60 || seconds > 31_536_000) {
      throw wrong('ERR_CONFIG_SESSION', 'session takes { idle, absolute }, each from 60 to 31536000 seconds');
    }
  }
  if (idle > absolute)
    throw wrong('ERR_CONFIG_SESSION', 'session.idle cannot be longer than session.absolute');
  return Object.freeze({ idle, absolute });
}

export function keysOf(value: readonly RingKey[] | undefined, origin: URL): readonly RingKey[] {
  const whole = (key: RingKey): boolean => typeof key?.id === 'string' && typeof key.secret === 'string';
  if (value !== undefined && !(isList(value) && value.every(whole))) {
    throw wrong(
      'ERR_CONFIG_KEYS',
      'keys takes a list of { id, secret }, newest first, each secret in base64',
    );
  }
  // Whatever the environment is called: what is served under a real name needs keys that nobody else knows.
  if (origin.protocol === 'https:' && (value === undefined || value.some((key) => isDevelopmentKey(key)))) {
    throw wrong(
      'ERR_CONFIG_KEYS',
      'keys takes a list of { id, secret }, newest first; an https origin needs one of its own (openssl rand -base64 32)',
    );
  }
  return value ?? [developmentKey];
}

/** An array, without forgetting of what. */
export function isList<T>(value: readonly T[]): boolean {
  return Array.isArray(value);
}

function isDevelopmentKey({ id, secret }: RingKey): boolean {
  // By its bytes: base64 has more than one spelling.
  const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
  return id === developmentKey.id || bytes(secret).equals(bytes(developmentKey.secret));
}

/** A port that the application brings: an object with these functions. */
export function portOf<Port extends object>(
  name: 'log' | 'meter' | 'clock' | 'random',
  code: CofactorErrorCode,
  port: Port | undefined,
  functions: readonly (keyof Port & string)[],
): Port | undefined {
  if (port === undefined || functions.every((one) => typeof port?.[one] === 'function')) return port;
  throw wrong(code, `${name} takes an object with ${functions.map((one) => `${one}()`).join(', ')}`);
}
