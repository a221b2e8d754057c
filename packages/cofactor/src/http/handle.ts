import type { Cofactor } from '../core/cofactor.ts';
import type { Client, Engine } from '../core/engine.ts';
import { operationPurpose } from '../core/operations/operations.ts';
import { readSession } from '../core/sessions/sessions.ts';
import { clientAddressFinder } from './client-address.ts';
import { readCookie } from './cookies.ts';
import { isOwnOrigin, isOwnRequest } from './csrf.ts';
import { formAnswer } from './form-answer.ts';
import { formBody, readForm, type Form } from './forms.ts';
import { extensionsOf } from './extensions.ts';
import { languageOf } from './language.ts';
import { header, maxBodyBytes, wantsPage, type HttpRequest, type HttpResponse } from '../web/message.ts';
import { problem, problemOfError } from './problem.ts';
import { checkResponse } from './responses.ts';
import { redirect, type Call, type Route } from './route.ts';
import { routes } from './routes.ts';
import { check } from '../core/schema.ts';
import { signInAddress } from './ways.ts';
import { secured, securityHeaders } from '../web/security-headers.ts';

/** Answers any request below the base. Never throws. */
export type Handler = (request: HttpRequest) => Promise<HttpResponse>;

/**
 * The routes of a realm behind one function, for an adapter to put in front of a server. The order is the same
 * for every route: find it, size, origin and token, session, level, schema, and only then the route itself. A form
 * (`forms.ts`) is one more spelling of the same request.
 */
export function createHandler(auth: Cofactor, base: string): Handler {
  const { engine } = auth;
  // A package that is wrong is told at start.
  extensionsOf(engine);
  engine.mount.base = base;
  engine.purposes.add(`${base}/operations/`, (path, session) => operationPurpose(engine, path, session));
  const headers = securityHeaders(engine.config.origin);
  const addressOf = clientAddressFinder(engine.config.trustedProxies);
  return async (request) => {
    const form = readForm(request, engine.config.origin);
    let response: HttpResponse;
    try {
      response = await dispatch(engine, base, request, addressOf(request), form);
    } catch (error) {
      response = problemOfError(error, engine.config.log);
    }
    if (form) response = formAnswer({ engine, base, request, form }, response);
    return { ...response, headers: { ...headers, ...response.headers } };
  };
}

/** Who is at the other end of a request. */
export function clientOf(auth: Cofactor, request: HttpRequest): Client {
  const { engine } = auth;
  return clientAt(engine, request, clientAddressFinder(engine.config.trustedProxies)(request));
}

function clientAt(engine: Engine, request: HttpRequest, ip: string): Client {
  const { config } = engine;
  const known = readCookie(config, request, 'known');
  const device = readCookie(config, request, 'device');
  return {
    ip,
    userAgent: header(request, 'user-agent') ?? '',
    language: languageOf(config, request),
    ...(known !== undefined && { known }),
    ...(device !== undefined && { device }),
  };
}

/** The answer to a request that the server could not read to its end. */
export function unreadable(auth: Cofactor): HttpResponse {
  return secured(auth.engine.config.origin, problem('malformed'));
}

/** The answer to a request that broke before it came to a route or a guard. */
export function failed(auth: Cofactor, error: unknown): HttpResponse {
  const { config } = auth.engine;
  return secured(config.origin, problemOfError(error, config.log));
}

async function dispatch(
  engine: Engine,
  base: string,
  request: HttpRequest,
  ip: string,
  form: Form | 'unreadable' | null,
): Promise<HttpResponse> {
  const mark = request.url.indexOf('?');
  const path = mark === -1 ? request.url : request.url.slice(0, mark);
  const method = form && form !== 'unreadable' ? form.method : request.method;
  const found = path.startsWith(base) ? findRoute(request, method, path.slice(base.length)) : null;
  if (!found) return problem('not-found');
  const { route, rest } = found;

  // What cannot be read has no token either; where it came from is known all the same.
  if (form === 'unreadable') return problem(isOwnOrigin(engine, request) ? 'malformed' : 'csrf');
  const changes = route.method !== 'GET';
  const token = form ? form.csrf : header(request, 'x-csrf-token');
  if (changes && !isOwnRequest(engine, request, token)) return problem('csrf');
  const body = form ? await formBody(engine, request, form, route.body) : parseBody(route, request);
  if (body.mismatch !== undefined) return problem('malformed', { pointer: body.mismatch });

  const secret = readCookie(engine.config, request, 'session');
  // These routes manage accounts, so they never believe a cached session.
  const isFile = route.path.startsWith('/assets/') || route.path.startsWith('/extensions/');
  const session = isFile ? null : await readSession(engine, secret, { live: true });
  if (!session && (route.level === 'signed-in' || route.level === 'manage')) {
    if (!route.page) return problem('not-signed-in');
    return redirect(signInAddress(engine.config, base, request.url));
  }
  if (route.level === 'ceremony' && readCookie(engine.config, request, 'ceremony') === undefined) {
    return problem('ceremony-unknown');
  }
  if (route.body) {
    const mismatch = (await check(route.body, body.value)) ?? (await checkResponse(engine, body.value));
    if (mismatch) return problem('malformed', mismatch);
  }

  const call: Call = {
    engine,
    base,
    request,
    query: new URLSearchParams(mark === -1 ? '' : request.url.slice(mark + 1)),
    rest,
    body: body.value,
    client: clientAt(engine, request, ip),
    language: languageOf(engine.config, request),
    session,
  };
  return route.handle(call);
}

/** Exact paths only: what is spelled differently is not there. */
function findRoute(
  request: HttpRequest,
  asked: string,
  path: string,
): { readonly route: Route; readonly rest: string } | null {
  const method = asked === 'HEAD' ? 'GET' : asked;
  const page = method === 'GET' && wantsPage(request);
  let other: { readonly route: Route; readonly rest: string } | null = null;
  for (const route of routes) {
    if (route.method !== method) continue;
    const folder = route.path.endsWith('*') ? route.path.slice(0, -1) : null;
    if (folder === null ? path !== route.path : !path.startsWith(folder)) continue;
    const match = { route, rest: folder === null ? '' : path.slice(folder.length) };
    if ((route.page === true) === page) return match;
    other ??= match;
  }
  return other;
}

/** The JSON of a request; what is too large, of another kind or none at all is told by its `mismatch`. */
export function parseBody(
  route: Pick<Route, 'method' | 'body'>,
  request: HttpRequest,
): { readonly value?: unknown; readonly mismatch?: string } {
  const bytes = request.body;
  if (!route.body) return bytes && bytes.length > 0 && route.method !== 'GET' ? { mismatch: '' } : {};
  if (!bytes || bytes.length > maxBodyBytes) return { mismatch: '' };
  const type = (header(request, 'content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') return { mismatch: '' };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { mismatch: '' };
  }
}
