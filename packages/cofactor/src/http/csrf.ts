import { timingSafeEqual } from 'node:crypto';
import type { Engine } from '../core/engine.ts';
import type { Config } from '../core/options.ts';
import { idOf, newSecret } from '../core/ids.ts';
import { readCookie, setCookie } from './cookies.ts';
import { header, type HttpRequest } from '../web/message.ts';

const lifeSeconds = 86_400;

/** The token of a browser, made from its cookie; and the cookie, where it has none yet. */
export function csrfToken(
  engine: Engine,
  request: HttpRequest,
  renew = false,
): { readonly token: string; readonly cookie: string | null } {
  const present = readCookie(engine.config, request, 'csrf');
  if (!renew && present !== undefined && idOf('csrf', present) !== null) {
    return { token: engine.keys.hmac('csrf', present), cookie: null };
  }
  return newCsrf(engine);
}

/** A token that nobody has had before, for whoever is somebody else from now on. */
export function newCsrf(engine: Engine): { readonly token: string; readonly cookie: string } {
  const { secret } = newSecret('csrf', engine.config.random);
  return {
    token: engine.keys.hmac('csrf', secret),
    cookie: setCookie(engine.config, 'csrf', secret, lifeSeconds),
  };
}

/**
 * Whether a request that changes something came from our own pages: its Origin is ours, and it carries the
 * token that belongs to its cookie (I-27). Both, because either has been got around somewhere.
 */
export function isOwnRequest(engine: Engine, request: HttpRequest, token: string | undefined): boolean {
  if (!isOwnOrigin(engine, request)) return false;
  const cookie = readCookie(engine.config, request, 'csrf');
  if (cookie === undefined || token === undefined || idOf('csrf', cookie) === null) return false;
  return engine.keys.ids.some((id) => same(engine.keys.hmac('csrf', cookie, id), token));
}

/** Whether a page of this site made the request: browsers say so of every request that is no GET. */
export function isOwnOrigin({ config }: Engine, request: HttpRequest): boolean {
  const from = header(request, 'origin');
  if (from === config.origin.origin) return true;
  tellMistaken(config, from);
  return false;
}

const told = new WeakSet<Config>();

/** Who develops under another address than `origin` says would look for the reason for long. Said once. */
function tellMistaken(config: Config, from: string | undefined): void {
  const isLocal =
    from !== undefined && ['localhost', '127.0.0.1', '[::1]'].includes(URL.parse(from)?.hostname ?? '');
  if (!isLocal || config.production || told.has(config)) return;
  told.add(config);
  config.log.warn(
    { from: URL.parse(from)?.origin, origin: config.origin.origin },
    'pages are open under another address than `origin`, so what they send is refused: set `origin` to it',
  );
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
