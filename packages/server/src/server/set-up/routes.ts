import type { Cofactor, RefusalReason, Refused } from 'cofactor';
import { httpRequest, send } from 'cofactor/fastify';
import {
  clientOf,
  isOwnRequest,
  languageOf,
  maxBodyBytes,
  outcomeHeaders,
  problemWords,
  readForm,
  securityHeaders,
  type HttpRequest,
  type HttpResponse,
  type ProblemName,
} from 'cofactor/http';
import type { FastifyInstance } from 'fastify';
import { emptyForm, setUpPage, setUpScript, type SetUpForm } from './page.ts';
import { setUpTexts } from './texts.ts';

/** The role of who owns the server. */
export const ownerRole = 'owner';
/** Where who has just been made goes on: the guard of the back office asks for a second factor first. */
const afterwards = '/admin/';

/** `/admin/set-up`, where the first account is made with the link that was printed. */
export async function serveSetUp(app: FastifyInstance, auth: Cofactor): Promise<void> {
  const headers = securityHeaders(auth.engine.config.origin);
  app.get('/admin/set-up.js', (_request, reply) =>
    reply
      .headers({
        ...headers,
        'cache-control': 'public, no-cache',
        'content-type': 'text/javascript; charset=utf-8',
      })
      .send(setUpScript),
  );
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: maxBodyBytes },
      (_request, body, done) => {
        done(null, body);
      },
    );
    scope.get('/admin/set-up', async (request, reply) => {
      const owned = await auth.engine.store.setUp.hasRole(auth.realm, ownerRole);
      if (owned)
        return send(reply, { status: 303, headers: { ...headers, location: afterwards }, body: null });
      return send(reply, setUpPage(auth, httpRequest(request), 200, emptyForm));
    });
    scope.post('/admin/set-up', async (request, reply) =>
      send(reply, await made(auth, httpRequest(request))),
    );
  });
}

async function made(auth: Cofactor, request: HttpRequest): Promise<HttpResponse> {
  const { engine } = auth;
  const form = readForm(request, engine.config.origin);
  const language = languageOf(engine.config, request);
  const words = (name: ProblemName): string => problemWords({ name }, {}, language);
  if (form === null || form === 'unreadable') return again(auth, request, 400, emptyForm, words('malformed'));
  const field = (name: string): string => form.fields.get(name) ?? '';
  const filled = { token: field('token').trim(), identifier: field('identifier'), problem: null };
  if (!isOwnRequest(engine, request, form.csrf)) return again(auth, request, 403, filled, words('csrf'));
  const outcome = await auth.setUp.use({
    secret: filled.token,
    role: ownerRole,
    identifier: filled.identifier,
    provider: 'password',
    response: { password: field('password') },
    returnTo: afterwards,
    client: clientOf(auth, request),
  });
  if (outcome.status === 'refused') return refusal(auth, request, filled, outcome);
  const done = await outcomeHeaders(auth, '/auth', outcome);
  const headers = securityHeaders(engine.config.origin);
  return { status: 303, headers: { ...headers, ...(done ?? { location: afterwards }) }, body: null };
}

const statuses: Partial<Record<RefusalReason, number>> = {
  'token-unknown': 404,
  'identifier-taken': 409,
  'too-many-tries': 429,
  'refused-response': 422,
};

function refusal(auth: Cofactor, request: HttpRequest, filled: SetUpForm, refused: Refused): HttpResponse {
  const { reason, text, retryAfter } = refused;
  const language = languageOf(auth.engine.config, request);
  const { texts } = auth.engine.config.providers.get('password')?.view ?? {};
  const own = texts?.[language] ?? texts?.['en'] ?? {};
  const told = {
    name: reason as ProblemName,
    ...(text !== undefined && { text }),
    ...(retryAfter !== undefined && { retryAfter }),
  };
  const words = reason === 'token-unknown' ? setUpTexts[language].gone : problemWords(told, own, language);
  const fields: Partial<Record<RefusalReason, 'token' | 'password'>> = {
    'token-unknown': 'token',
    'too-many-tries': 'token',
    'refused-response': 'password',
  };
  const field = fields[reason] ?? 'identifier';
  return setUpPage(auth, request, statuses[reason] ?? 400, { ...filled, problem: { field, words } });
}

function again(
  auth: Cofactor,
  request: HttpRequest,
  status: number,
  filled: SetUpForm,
  words: string,
): HttpResponse {
  return setUpPage(auth, request, status, { ...filled, problem: { field: 'identifier', words } });
}
