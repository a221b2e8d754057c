import type { Engine } from '../core/engine.ts';
import type { FactorProvider, JsonSchema } from '../core/provider.ts';
import { check } from '../core/schema.ts';
import { readCookie } from './cookies.ts';
import { header, maxBodyBytes, type HttpRequest } from '../web/message.ts';
import { takersOf } from './responses.ts';
import { safeReturnTo } from '../web/return-to.ts';

/**
 * Form posts: every route that takes JSON takes `application/x-www-form-urlencoded` too, so that a site can have
 * pages of its own that work without a script. A form becomes the JSON body of the same route, and passes the same
 * checks of Origin, token, level and schema; its answer is a redirect (`form-answer.ts`).
 *
 * A dot in a name goes one object down. What is left empty is not there. A checkbox is `true` where the schema says
 * so; everything else is a text. Spaces are taken out of codes of a known length.
 *
 * ```html
 * <form method="post" action="/auth/ceremony">
 *   <input type="hidden" name="csrf" value="...">            the token, from `siteView`
 *   <input type="hidden" name="_next" value="/login/code">   where to go when this step is done and another follows
 *   <input type="hidden" name="_back" value="/login/code">   the page that shows what went wrong
 *   <input type="hidden" name="authenticator" value="aut_...">
 *   <input name="response.code" inputmode="numeric" autocomplete="one-time-code">
 *   <input type="checkbox" name="remember">
 * </form>
 * ```
 *
 * `_method` (`DELETE`, `PATCH`, `PUT`) stands in for the method that a form cannot have. `_next` and `_back` are
 * paths of this site; anything else leads to `/` (I-25).
 *
 * The page must not have the referrer policy `no-referrer`: browsers then say `Origin: null`, which is refused.
 */
export interface Form {
  readonly method: string;
  readonly csrf: string | undefined;
  readonly next: string | null;
  readonly back: string | null;
  /** What is not for us, by its name as it stands in the form. */
  readonly fields: ReadonlyMap<string, string>;
}

const maxFields = 50;
const maxDepth = 4;
/** Each part begins with a letter, so that neither `__proto__` nor a control field is one. */
const fieldName = /^[A-Za-z][A-Za-z0-9_-]{0,63}(\.[A-Za-z][A-Za-z0-9_-]{0,63})*$/;
const controls: readonly string[] = ['csrf', '_method', '_next', '_back'];
const methods: readonly string[] = ['DELETE', 'PATCH', 'PUT'];

/** The form that a request brings: `null` for a request without one, `unreadable` for one that is not in order. */
export function readForm(request: HttpRequest, origin: URL): Form | 'unreadable' | null {
  if (request.method !== 'POST' || !isForm(request)) return null;
  const fields = request.body ? decode(request.body) : new Map<string, string>();
  if (!fields) return 'unreadable';
  const take = (name: string): string | undefined => {
    const value = fields.get(name);
    fields.delete(name);
    return value;
  };
  const path = (value: string | undefined): string | null =>
    value === undefined ? null : safeReturnTo(value, origin);
  const method = take('_method') ?? 'POST';
  const form = { method, csrf: take('csrf'), next: path(take('_next')), back: path(take('_back')), fields };
  return method === 'POST' || methods.includes(method) ? form : 'unreadable';
}

function isName(name: string): boolean {
  if (controls.includes(name)) return true;
  return fieldName.test(name) && name.split('.').length <= maxDepth;
}

function isForm(request: HttpRequest): boolean {
  const [type = '', ...parameters] = (header(request, 'content-type') ?? '').toLowerCase().split(';');
  if (type.trim() !== 'application/x-www-form-urlencoded') return false;
  return parameters.every((parameter) => /^\s*charset="?utf-8"?\s*$/.test(parameter));
}

/**
 * The pairs of a form (URL standard, 5.1), read strictly: a name that is there twice, or what is no UTF-8, is
 * nothing that a form of ours sends. Empty fields are left out.
 */
function decode(bytes: Uint8Array): Map<string, string> | null {
  // A browser escapes everything that is not ASCII.
  if (bytes.length > maxBodyBytes || bytes.some((byte) => byte > 0x7e || byte < 0x20)) return null;
  const pairs = Buffer.from(bytes).toString('latin1').split('&');
  if (pairs.length > maxFields) return null;
  const seen = new Set<string>();
  const fields = new Map<string, string>();
  for (const pair of pairs) {
    if (pair === '') continue;
    const mark = pair.indexOf('=');
    const name = decoded(mark === -1 ? pair : pair.slice(0, mark));
    const value = mark === -1 ? '' : decoded(pair.slice(mark + 1));
    if (name === null || value === null || !isName(name) || seen.has(name)) return null;
    seen.add(name);
    if (value !== '') fields.set(name, value);
  }
  return fields;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

/** What a form says to a route, as its JSON would; `undefined` where it says something to one that takes nothing. */
export async function formBody(
  engine: Engine,
  request: HttpRequest,
  form: Form,
  schema: JsonSchema | undefined,
): Promise<{ readonly value?: unknown; readonly mismatch?: string }> {
  if (!schema) return form.fields.size > 0 ? { mismatch: '' } : {};
  const tree = nested(form.fields);
  if (!tree) return { mismatch: '' };
  const body = typed(tree, schema);
  // The secret of a set-up is in a cookie: it stands in no page and in no address.
  if (body['enrolment'] === undefined && 'enrolment' in propertiesOf(schema)) {
    const enrolment = readCookie(engine.config, request, 'enrolment');
    if (enrolment !== undefined) body['enrolment'] = enrolment;
  }
  if (isObject(body['response']))
    body['response'] = await fitting(engine, body['provider'], body['response']);
  return { value: body };
}

type Tree = { [name: string]: unknown };

/** `{ 'response.code': '1' }` as `{ response: { code: '1' } }`; `null` where a name is a text and an object, too. */
function nested(fields: ReadonlyMap<string, string>): Tree | null {
  const root: Branch = new Map();
  for (const [name, value] of fields) {
    const path = name.split('.');
    const last = path.pop() ?? '';
    let branch = root;
    for (const part of path) {
      const next = branch.get(part) ?? new Map<string, never>();
      if (typeof next === 'string') return null;
      branch.set(part, next);
      branch = next;
    }
    if (branch.has(last)) return null;
    branch.set(last, value);
  }
  return toObject(root);
}

type Branch = Map<string, string | Branch>;

function toObject(branch: Branch): Tree {
  return Object.fromEntries(
    [...branch].map(([name, value]) => [name, typeof value === 'string' ? value : toObject(value)]),
  );
}

/** The same with `true` where the schema takes a truth and a box was ticked. */
function typed(tree: Tree, schema: JsonSchema): Tree {
  const properties = propertiesOf(schema);
  const entries = Object.entries(tree).map(([name, value]): [string, unknown] => {
    const { type, const: only } = (Object.hasOwn(properties, name) ? properties[name] : undefined) ?? {};
    const ticked = (type === 'boolean' || only === true) && (value === 'on' || value === 'true');
    return [name, ticked ? true : value];
  });
  return Object.fromEntries(entries);
}

/**
 * A response as a provider takes it: without the spaces that people put into codes, and with what was ticked. Where
 * it is not said which provider is meant, it is the first that takes it; if none does, it stays as it is.
 */
async function fitting(engine: Engine, name: unknown, response: Tree): Promise<Tree> {
  for (const { provider, schema } of takersOf(engine, name) ?? []) {
    const fitted = typed(withoutSpaces(response, provider), schema);
    if (!(await check(schema, fitted))) return fitted;
  }
  return response;
}

function withoutSpaces(response: Tree, { view: { field } }: FactorProvider): Tree {
  const value = Object.hasOwn(response, field.property) ? response[field.property] : undefined;
  if (field.length === undefined || typeof value !== 'string') return response;
  return { ...response, [field.property]: value.replace(/\s+/g, '') };
}

function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return (schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
}

function isObject(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null;
}
