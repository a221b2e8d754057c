import type { Cofactor } from '../core/cofactor.ts';
import type { Client } from '../core/engine.ts';
import type { JsonSchema } from '../core/provider.ts';
import { check, object, text } from '../core/schema.ts';
import { readSession } from '../core/sessions/sessions.ts';
import type { SessionWithUser } from '../core/store.ts';
import { readCookie } from '../http/cookies.ts';
import { csrfToken, isOwnRequest } from '../http/csrf.ts';
import { clientOf, parseBody } from '../http/handle.ts';
import { languageOf } from '../http/language.ts';
import type { Language } from '../web/language.ts';
import { header, type HttpRequest, type HttpResponse } from '../web/message.ts';
import { secured } from '../web/security-headers.ts';
import type { Actor } from './actor.ts';
import type { Admin } from './admin.ts';
import type { AdminRefused } from './outcome.ts';
import { adminProblem, adminProblemOf, adminProblemOfError } from './problems.ts';
import type { Permission } from './roles.ts';

/** One line of the table of a back office: everything that is true of a route stands here (I-11). */
export interface AdminRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the base; `:name` takes one segment. */
  readonly path: string;
  readonly permission: Permission | 'any';
  /** Whether the proof at hand has to be fresh, and as strong as the account can give. */
  readonly confirmed: boolean;
  readonly summary: string;
  readonly body?: JsonSchema;
  /** What may stand behind the `?`, each at most once. */
  readonly query?: Readonly<Record<string, JsonSchema>>;
  readonly answers: readonly number[];
  readonly handle: (call: AdminCall) => AdminAnswer | Promise<AdminAnswer>;
}

/** An answer, or one that is sent piece by piece as it is made. */
export type AdminAnswer =
  HttpResponse | (Omit<HttpResponse, 'body'> & { readonly pieces: AsyncIterable<string> });

/** A request that passed everything its route declares. */
export interface AdminCall {
  /** Who asks: in charge, and with the permission of the route. */
  readonly actor: SessionWithUser;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Checked against the route's schema. */
  readonly body: unknown;
  readonly request: HttpRequest;
  readonly client: Client;
  readonly language: Language;
}

/** How a gate asks whether somebody may go through; `null`: yes. */
export type MayPass = (
  actor: Actor,
  permission: Permission | 'any',
  what: 'read' | 'change',
) => Promise<AdminRefused | null>;

/**
 * Puts routes of a back office behind one function. The order is the same for every route: find it, origin and token,
 * session, permission, proof, schema, and only then the route itself. `auth` is the realm of those who are in charge.
 */
export function createGate(
  auth: Cofactor,
  base: string,
  routes: readonly AdminRoute[],
  mayPass: MayPass,
): (request: HttpRequest) => Promise<AdminAnswer> {
  const { engine } = auth;
  const { config } = engine;
  const table = routes.map((route) => ({ route, segments: route.path.split('/') }));
  const schemas = new Map(routes.map((route) => [route, object(route.query ?? {}, [])]));

  const pass = async (request: HttpRequest): Promise<AdminAnswer> => {
    const mark = request.url.indexOf('?');
    const path = mark === -1 ? request.url : request.url.slice(0, mark);
    const found = path.startsWith(base) ? find(table, request.method, path.slice(base.length)) : null;
    if (!found) return adminProblem('not-found');
    const { route, params } = found;
    if (route.method !== 'GET' && !isOwnRequest(engine, request, header(request, 'x-csrf-token'))) {
      return adminProblem('csrf');
    }
    // Nothing here believes a cached session.
    const actor = await readSession(engine, readCookie(config, request, 'session'), { live: true });
    if (!actor) return adminProblem('not-signed-in');
    const refusal = await mayPass(actor, route.permission, route.confirmed ? 'change' : 'read');
    if (refusal) return adminProblemOf(refusal);
    const body = parseBody(route, request);
    if (body.mismatch !== undefined) return adminProblem('malformed', { pointer: body.mismatch });
    const mismatch = route.body ? await check(route.body, body.value) : null;
    if (mismatch) return adminProblem('malformed', mismatch);
    const query = readQuery(mark === -1 ? '' : request.url.slice(mark + 1));
    if (!query || (await check(schemas.get(route) ?? object({}), query))) return adminProblem('malformed');
    return route.handle({
      actor,
      params,
      query,
      body: body.value,
      request,
      client: clientOf(auth, request),
      language: languageOf(config, request),
    });
  };

  return async (request) => {
    let answer: AdminAnswer;
    try {
      answer = await pass(request);
    } catch (error) {
      answer = adminProblemOfError(error, config.log);
    }
    const { headers } = secured(config.origin, { status: 200, headers: answer.headers, body: null });
    return { ...answer, headers };
  };
}

interface Line {
  readonly route: AdminRoute;
  readonly segments: readonly string[];
}

/** Exact paths only: what is spelled differently is not there. */
function find(
  table: readonly Line[],
  asked: string,
  path: string,
): { readonly route: AdminRoute; readonly params: Readonly<Record<string, string>> } | null {
  const method = asked === 'HEAD' ? 'GET' : asked;
  const given = path.split('/');
  for (const { route, segments } of table) {
    if (route.method !== method || segments.length !== given.length) continue;
    const params: Record<string, string> = {};
    const fits = segments.every((segment, index) => {
      const value = given[index] ?? '';
      if (!segment.startsWith(':')) return segment === value;
      const decoded = segmentOf(value);
      if (decoded === null) return false;
      params[segment.slice(1)] = decoded;
      return true;
    });
    if (fits) return { route, params };
  }
  return null;
}

/** What one segment says, where it is spelled as it has to be. */
function segmentOf(value: string): string | null {
  if (value === '' || value.length > 600) return null;
  try {
    const decoded = decodeURIComponent(value);
    // A second spelling of the same thing is one that somebody else along the way may read in another way.
    return encodeURIComponent(decoded) === value && !/\p{Cc}/u.test(decoded) ? decoded : null;
  } catch {
    return null;
  }
}

function readQuery(search: string): Readonly<Record<string, string>> | null {
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(search)) {
    if (query.has(name) || name === '__proto__') return null;
    query.set(name, value);
  }
  return Object.fromEntries(query);
}

/** The token that requests of this browser carry, and the cookie where it has none yet. */
export function adminToken(
  { engine }: Pick<Cofactor, 'engine'>,
  request: HttpRequest,
): { readonly token: string; readonly cookie: string | null } {
  return csrfToken(engine, request);
}

/**
 * Lets people come back to a page below `base` from a confirmation: a step-up for it asks of somebody in charge what a
 * change does.
 */
export function addAdminPurpose(
  { engine }: Pick<Cofactor, 'engine'>,
  { required }: Pick<Admin, 'required'>,
  base: string,
  name: string,
): void {
  engine.purposes.add(`${base}/`, async (_path, session) => ({
    application: name,
    requirement: session ? await required(session, 'change') : {},
    since: null,
  }));
}

/** One line of text without anything invisible, for schemas. */
export function line(maxLength: number, minLength = 1): JsonSchema {
  return { ...text(maxLength, minLength), pattern: '^[^\\u0000-\\u001f\\u007f]*$' };
}
export { object as bodyOf };
