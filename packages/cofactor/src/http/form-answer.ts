import type { Engine } from '../core/engine.ts';
import type { ConfirmedView, EnrolmentView, Problem, ProblemName, StepView } from './contract.ts';
import { clearCookie, cookieName, readCookie, setCookie } from './cookies.ts';
import { csrfToken, isOwnOrigin } from './csrf.ts';
import type { Form } from './forms.ts';
import { formTexts, problemWords } from './form-texts.ts';
import { languageOf } from './language.ts';
import { wantsPage, type HttpRequest, type HttpResponse } from '../web/message.ts';
import { noticeCookie, type Notice } from './notice.ts';
import { wordsPage } from './page.ts';
import { safeReturnTo } from '../web/return-to.ts';
import { redirect } from './route.ts';
import { pageTexts } from './texts.ts';

const enrolmentLife = 900;

/** A form that was sent, and where. */
export interface Sent {
  readonly engine: Engine;
  readonly base: string;
  readonly request: HttpRequest;
  readonly form: Form | 'unreadable';
}

/**
 * The answer to a form: what a route answers to JSON, as a redirect to the page that goes on from there. A form of
 * another site gets no redirect and no cookie, only the refusal itself.
 */
export function formAnswer(sent: Sent, response: HttpResponse): HttpResponse {
  const body = bodyOf(response);
  if (response.status >= 400) return refusal(sent, response, body as unknown as Problem);
  const { engine, form } = sent;
  if (form === 'unreadable') return response;
  const cookies = cookiesOf(response);
  const done = form.next ?? form.back ?? '/';
  if (response.status === 201) {
    const made = body as unknown as EnrolmentView | ConfirmedView;
    if ('enrolment' in made) {
      // The secret stays out of addresses and pages; the set-up is read with it once more.
      return away(sent, done, [
        ...cookies,
        setCookie(engine.config, 'enrolment', made.enrolment, enrolmentLife),
      ]);
    }
    const issued = made.issued.map(({ provider, setup }) => ({ provider: provider.provider, setup }));
    cookies.push(clearCookie(engine.config, 'enrolment'));
    return away(sent, done, cookies, issued.length > 0 ? { issued } : undefined);
  }
  const step = body as unknown as StepView | { readonly status?: undefined };
  switch (step.status) {
    case 'done':
    case 'enrol':
      return away(sent, safeReturnTo(step.returnTo, engine.config.origin), cookies, undefined, response);
    case 'more-needed':
      return away(sent, form.next ?? `${sent.base}/sign-in`, cookies);
    case 'pending': {
      const problem = { ...about(form), name: 'pending', retryAfter: step.retryAfter } as const;
      return away(sent, form.back ?? done, cookies, { problem });
    }
    default:
      return away(sent, done, cookies, undefined, response);
  }
}

function refusal(sent: Sent, response: HttpResponse, problem: Problem): HttpResponse {
  const { engine, form, request } = sent;
  const name = problem.type.slice('urn:cofactor:problem:'.length) as ProblemName;
  if (form === 'unreadable' || form.back === null || !isOwnOrigin(engine, request)) {
    return wantsPage(request) ? problemPage(sent, response, name, problem) : response;
  }
  const { text, retryAfter, triesLeft, pointer = fieldOf(form, name) } = problem;
  const notice: Notice = {
    problem: {
      ...about(form),
      name,
      ...(text !== undefined && { text }),
      ...(retryAfter !== undefined && { retryAfter }),
      ...(triesLeft !== undefined && { triesLeft }),
      ...(pointer !== undefined && { pointer }),
    },
  };
  const cookies = cookiesOf(response);
  if (name === 'enrolment-unknown') cookies.push(clearCookie(engine.config, 'enrolment'));
  return away(sent, form.back, cookies, notice);
}

/** Which part of the form it was, where the problem itself says so; as JSON pointer, as a mismatch has it. */
function fieldOf({ fields }: Form, name: ProblemName): string | undefined {
  if (name === 'identifier-taken') return '/identifier';
  const parts: Partial<Record<ProblemName, readonly string[]>> = {
    'wrong-response': ['current', 'response'],
    'replayed-response': ['response'],
    'refused-response': ['response', 'input'],
  };
  const part = parts[name]?.find((one) => [...fields.keys()].some((field) => field.startsWith(`${one}.`)));
  return part === undefined ? undefined : `/${part}`;
}

/** For a form that named no page to come back to. */
function problemPage(
  { engine, base, request }: Sent,
  { status, headers }: HttpResponse,
  name: ProblemName,
  problem: Problem,
): HttpResponse {
  const language = languageOf(engine.config, request);
  const words = problemWords({ ...problem, name }, {}, language);
  const { start } = pageTexts[language];
  const page = wordsPage({ base, engine, language }, status, formTexts[language].title, words, [
    { href: '/', text: start },
  ]);
  const { 'retry-after': retryAfter } = headers;
  return {
    ...page,
    headers: { ...page.headers, ...(retryAfter !== undefined && { 'retry-after': retryAfter }) },
  };
}

function about({
  fields,
}: Form): Pick<NonNullable<Notice['problem']>, 'provider' | 'authenticator' | 'identifier'> {
  const entries = (['provider', 'authenticator', 'identifier'] as const).flatMap((name) => {
    // What is longer than any of them names nothing, and a cookie has its bounds.
    const value = fields.get(name)?.slice(0, 254);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

/** See Other, with the notice for the next page; without one, an older one is over. */
function away(
  { engine, request }: Sent,
  location: string,
  cookies: readonly string[],
  notice?: Notice,
  response?: HttpResponse,
): HttpResponse {
  const set = [...cookies];
  if (notice) {
    const sealed = noticeCookie(engine, browserAfter(engine, request, set), notice);
    if (sealed !== null) set.push(sealed);
  } else if (readCookie(engine.config, request, 'form') !== undefined) {
    set.push(clearCookie(engine.config, 'form'));
  }
  const forget = response?.headers['clear-site-data'];
  return redirect(location, {
    ...(set.length > 0 && { 'set-cookie': set }),
    ...(forget !== undefined && { 'clear-site-data': forget }),
  });
}

/** The CSRF cookie of the browser from this answer on. Who has lost it, on a page open for long, gets another. */
function browserAfter(engine: Engine, request: HttpRequest, cookies: string[]): string {
  const name = cookieName(engine.config, 'csrf');
  if (cookieIn(cookies, name) === undefined) {
    const { cookie } = csrfToken(engine, request);
    if (cookie === null) return readCookie(engine.config, request, 'csrf') ?? '';
    cookies.push(cookie);
  }
  return cookieIn(cookies, name) ?? '';
}

function cookieIn(cookies: readonly string[], name: string): string | undefined {
  const cookie = cookies.find((one) => one.startsWith(`${name}=`));
  return cookie?.slice(name.length + 1).split(';', 1)[0];
}

function cookiesOf({ headers }: HttpResponse): string[] {
  return [headers['set-cookie'] ?? []].flat();
}

/** What a route said in JSON; an object without anything where it said nothing. */
function bodyOf({ headers, body }: HttpResponse): Readonly<Record<string, unknown>> {
  const type = String(headers['content-type'] ?? '');
  if (typeof body !== 'string' || !/^application\/(problem\+)?json/.test(type)) return {};
  return JSON.parse(body) as Readonly<Record<string, unknown>>;
}
