import type { Engine } from '../core/engine.ts';
import { open, seal } from '../base/keys/envelope.ts';
import type { Problem, ProblemName } from './contract.ts';
import { readCookie, setCookie } from './cookies.ts';
import type { HttpRequest } from '../web/message.ts';

/**
 * What the page after a form has to say, and no address may hold: what went wrong, or codes that are shown once.
 * It travels in a cookie that only the server can read, for the browser that it was made for, for five minutes.
 */
export interface Notice {
  readonly problem?: {
    readonly name: ProblemName | 'pending';
    /** What the form was about, as it said itself: for the words of the provider that was asked. */
    readonly provider?: string;
    readonly authenticator?: string;
    /** The user name that was typed, so that nobody has to type it again. */
    readonly identifier?: string;
  } & Pick<Problem, 'pointer' | 'text' | 'retryAfter' | 'triesLeft'>;
  readonly issued?: readonly {
    readonly provider: string;
    readonly setup: Readonly<Record<string, unknown>>;
  }[];
}

const lifeSeconds = 300;
/** What browsers keep of a cookie, name and attributes included (RFC 6265, 6.1), with room for those. */
const maxCookieLength = 3900;

/** The cookie of a notice. `browser` is the secret of the CSRF cookie that the browser has from this answer on. */
export function noticeCookie(engine: Engine, browser: string, notice: Notice): string | null {
  const at = engine.config.clock.now().getTime();
  const sealed = seal({ at, ...notice }, placeOf(engine, browser), engine.keys, engine.config.random);
  if (sealed.length <= maxCookieLength) return setCookie(engine.config, 'form', sealed, lifeSeconds);
  engine.config.log.error(
    { length: sealed.length },
    'what a page has to show once does not fit into a cookie',
  );
  return null;
}

/** The notice that came with a request: `null` for one of another browser, of another realm, altered or too old. */
export function readNotice(engine: Engine, request: HttpRequest): Notice | null {
  const sealed = readCookie(engine.config, request, 'form');
  const browser = readCookie(engine.config, request, 'csrf');
  if (sealed === undefined || browser === undefined) return null;
  try {
    const { at, ...notice } = open(sealed, placeOf(engine, browser), engine.keys) as Notice & { at: number };
    const age = engine.config.clock.now().getTime() - at;
    return age >= 0 && age < lifeSeconds * 1000 ? notice : null;
  } catch {
    // Anybody can send a cookie: one that does not open is none, and no reason for an alarm.
    return null;
  }
}

function placeOf({ realm }: Engine, browser: string): string {
  return `form ${realm} ${browser}`;
}
