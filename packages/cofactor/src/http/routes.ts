import {
  renameAuthenticator,
  removeAuthenticator,
  replaceAuthenticator,
} from '../core/authenticators/change.ts';
import { answer } from '../core/ceremonies/answer.ts';
import { abandon } from '../core/ceremonies/step-up.ts';
import type { JsonSchema } from '../core/provider.ts';
import { object, text } from '../core/schema.ts';
import { endSessions } from '../core/sessions/sessions.ts';
import { accountRoutes } from './account-routes.ts';
import { asset, served } from './asset.ts';
import type { AnswerBody, LanguageBody, ReplaceBody } from './contract.ts';
import { clearCookie, readCookie, setCookie } from './cookies.ts';
import { enforcementRoutes } from './enforcement-routes.ts';
import {
  accountOf,
  beginChallenge,
  beginSignIn,
  beginStepUp,
  confirm,
  context,
  createAccount,
  enrol,
  extensionFile,
  operation,
  sessionOf,
  setupAssets,
} from './handlers.ts';
import { manifestSchema } from './extensions.ts';
import { languages } from '../web/language.ts';
import { openApi } from './openapi.ts';
import { page, wordsPage } from './page.ts';
import { problem, problemOf } from './problem.ts';
import { json, noContent, type Route } from './route.ts';
import { renewed, step } from './step.ts';
import { pageTexts } from './texts.ts';
import { securityView } from './views.ts';

/** The response to a provider: an object here, held against the provider's own schema before it is asked. */
const response: JsonSchema = { type: 'object' };
const identifier = text(254);
const provider = text(32);
/** As we make them: a NUL, which PostgreSQL cannot even be asked for, is in none. */
const id: JsonSchema = { ...text(64), pattern: '^[A-Za-z0-9_-]+$' };
const returnTo = text(2048);
const firstFactor = { identifier, provider, response, returnTo };

/** Every route under the base, top to bottom: what it takes, who may call it, and what it does. */
export const routes: readonly Route[] = [
  // Pages
  {
    method: 'GET',
    path: '/sign-in',
    level: 'public',
    page: true,
    summary: 'Page: sign in',
    answers: [200],
    handle: (call) => page(call, 'signIn', '<cofactor-sign-in></cofactor-sign-in>', 'sign-in'),
  },
  {
    method: 'GET',
    path: '/external/*',
    level: 'public',
    page: true,
    summary: 'Page: back from another site that says who somebody is, by the name of its provider',
    answers: [200, 404],
    handle: (call) =>
      call.engine.config.providers.get(call.rest)?.view.away
        ? page(call, 'external', '<cofactor-callback></cofactor-callback>', 'callback')
        : problem('not-found'),
  },
  {
    method: 'GET',
    path: '/step-up',
    level: 'signed-in',
    page: true,
    summary: 'Page: confirm with a second factor what a policy asks',
    answers: [200, 303],
    handle: (call) => page(call, 'stepUp', '<cofactor-sign-in mode="step-up"></cofactor-sign-in>', 'sign-in'),
  },
  {
    method: 'GET',
    path: '/operations/*',
    level: 'signed-in',
    page: true,
    summary: 'Page: leads to the confirmation of an operation, and back to the application once it is done',
    answers: [303, 404],
    handle: operation,
  },
  {
    method: 'GET',
    path: '/register',
    level: 'public',
    page: true,
    summary: 'Page: create an account',
    answers: [200],
    handle: (call) => page(call, 'register', '<cofactor-register></cofactor-register>', 'register'),
  },
  {
    method: 'GET',
    path: '/security',
    level: 'signed-in',
    page: true,
    summary: 'Page: what protects this account',
    answers: [200, 303],
    handle: (call) => page(call, 'security', '<cofactor-security></cofactor-security>', 'security'),
  },
  {
    method: 'GET',
    path: '/denied',
    level: 'public',
    page: true,
    summary: 'Page: what is missing to be let in',
    answers: [403],
    handle(call) {
      const { denied, deniedOther, start, otherAccount } = pageTexts[call.language];
      return wordsPage(call, 403, denied, deniedOther, [
        { href: '/', text: start },
        { href: `${call.base}/sign-in`, text: otherAccount },
      ]);
    },
  },

  // What a page needs to begin with
  {
    method: 'GET',
    path: '/context',
    level: 'public',
    summary: 'CSRF token, sign-in in progress, who is signed in, and what a sign-in can begin with',
    answers: [200],
    handle: context,
  },
  {
    method: 'GET',
    path: '/openapi.json',
    level: 'public',
    summary: 'This table as OpenAPI 3.1',
    answers: [200],
    handle: ({ engine, base }) => json(200, openApi(routes, engine, base)),
  },
  {
    method: 'GET',
    path: '/assets/*',
    level: 'public',
    summary: 'Scripts and styles of the pages',
    answers: [200, 304, 404],
    handle: ({ engine, rest, request }) => asset(rest, setupAssets(engine), request),
  },
  {
    method: 'GET',
    path: '/extensions/*',
    level: 'public',
    summary: 'Files of the packages that bring elements for providers',
    answers: [200, 304, 404],
    handle: extensionFile,
  },
  {
    method: 'GET',
    path: '/cofactor-package.schema.json',
    level: 'public',
    summary: 'JSON Schema of the manifest of such a package',
    answers: [200, 304],
    handle: ({ request }) => served(manifestSchema, request),
  },
  {
    method: 'POST',
    path: '/language',
    level: 'public',
    summary: 'Choose the language of the pages in this browser',
    body: object({ language: { type: 'string', enum: languages } }),
    answers: [204, 400, 403],
    async handle(call) {
      const { language } = call.body as LanguageBody;
      // Mails are written in it too, wherever they are read.
      if (call.session) await call.engine.store.setLanguage(call.session.user.id, language);
      return noContent({ 'set-cookie': setCookie(call.engine.config, 'language', language, 365 * 86_400) });
    },
  },

  // Ceremonies
  {
    method: 'POST',
    path: '/sign-in',
    level: 'public',
    summary: 'Begin a sign-in with its first factor; without identifier where that says itself whose it is',
    body: object(firstFactor, ['provider', 'response']),
    answers: [200, 400, 401, 403, 429, 503],
    handle: beginSignIn,
  },
  {
    method: 'POST',
    path: '/challenges',
    level: 'public',
    summary: 'Have a provider ask: in the ceremony in progress, or to begin a sign-in without a user name',
    body: object({ authenticator: id, provider, returnTo }, []),
    answers: [200, 400, 403, 404, 429, 503],
    handle: beginChallenge,
  },
  {
    method: 'POST',
    path: '/register',
    level: 'public',
    summary: 'Create an account with its first factor',
    body: object(firstFactor, ['identifier', 'provider', 'response']),
    answers: [200, 400, 403, 409, 422, 503],
    handle: createAccount,
  },
  {
    method: 'POST',
    path: '/step-up',
    level: 'signed-in',
    summary: 'Begin to prove more than the session has: for a policy, or to manage this account',
    body: object({ policy: text(64), returnTo, anew: { type: 'boolean' } }, []),
    answers: [200, 400, 401, 403, 404],
    handle: beginStepUp,
  },
  {
    method: 'POST',
    path: '/ceremony',
    level: 'ceremony',
    summary: 'Answer the sign-in or step-up in progress',
    body: object({ authenticator: id, response, remember: { type: 'boolean' } }, [
      'authenticator',
      'response',
    ]),
    answers: [200, 400, 401, 403, 404, 409, 410, 429, 503],
    async handle(call) {
      const body = call.body as AnswerBody;
      const secret = readCookie(call.engine.config, call.request, 'ceremony');
      const { session, client } = call;
      return step(call, await answer(call.engine, { ...body, secret, session, client }));
    },
  },
  {
    method: 'DELETE',
    path: '/ceremony',
    level: 'ceremony',
    summary: 'Give the sign-in or step-up in progress up',
    answers: [204, 403, 404],
    async handle(call) {
      await abandon(call.engine, readCookie(call.engine.config, call.request, 'ceremony'));
      return noContent({ 'set-cookie': clearCookie(call.engine.config, 'ceremony') });
    },
  },

  // The account
  {
    method: 'GET',
    path: '/security',
    level: 'signed-in',
    summary: 'What protects this account',
    answers: [200, 401],
    async handle(call) {
      const account = await accountOf(call);
      const session = sessionOf(call);
      if (!account) return problem('not-found');
      return json(200, await securityView(call, account, session));
    },
  },
  {
    method: 'POST',
    path: '/enrolments',
    level: 'manage',
    summary: 'Begin to add an authenticator',
    body: object({ provider, input: { type: 'object' }, returnTo }, ['provider']),
    answers: [201, 400, 401, 403, 409, 422, 429, 503],
    handle: enrol,
  },
  {
    method: 'POST',
    path: '/enrolments/confirm',
    level: 'manage',
    summary: 'Confirm that the new authenticator works',
    body: object({ enrolment: text(64), response, name: text(64) }, ['response']),
    answers: [201, 400, 401, 403, 404, 409, 422, 503],
    handle: confirm,
  },
  {
    method: 'PATCH',
    path: '/authenticators',
    level: 'signed-in',
    summary: 'Give an authenticator another name',
    body: object({ id, name: text(64) }),
    answers: [204, 400, 401, 403, 404],
    async handle(call) {
      const body = call.body as { id: string; name: string };
      const outcome = await renameAuthenticator(call.engine, { session: sessionOf(call), ...body });
      return outcome.status === 'refused' ? problemOf(outcome) : noContent();
    },
  },
  {
    method: 'PUT',
    path: '/authenticators',
    level: 'manage',
    summary: 'Replace what a first factor holds: change the password',
    body: object({ id, current: response, response }),
    answers: [204, 400, 401, 403, 404, 422, 429],
    async handle(call) {
      const body = call.body as ReplaceBody;
      const { client } = call;
      const outcome = await replaceAuthenticator(call.engine, { session: sessionOf(call), ...body, client });
      return outcome.status === 'refused' ? problemOf(outcome) : noContent(renewed(call, outcome.secret));
    },
  },
  {
    method: 'DELETE',
    path: '/authenticators',
    level: 'manage',
    summary: 'Remove an authenticator',
    body: object({ id }),
    answers: [204, 400, 401, 403, 404, 409],
    async handle(call) {
      const { id: target } = call.body as { id: string };
      const { client } = call;
      const outcome = await removeAuthenticator(call.engine, {
        session: sessionOf(call),
        id: target,
        client,
      });
      return outcome.status === 'refused' ? problemOf(outcome) : noContent(renewed(call, outcome.secret));
    },
  },

  // Sessions
  {
    method: 'DELETE',
    path: '/sessions',
    level: 'signed-in',
    summary: 'End one session of this account',
    body: object({ id }),
    answers: [204, 400, 401, 403, 404],
    async handle(call) {
      const { id: only } = call.body as { id: string };
      const ended = await endSessions(call.engine, sessionOf(call).user, { only }, 'sessions-ended');
      return ended === 0 ? problem('not-found') : noContent();
    },
  },
  {
    method: 'DELETE',
    path: '/sessions/others',
    level: 'signed-in',
    summary: 'End every session of this account but this one',
    answers: [204, 401, 403],
    async handle(call) {
      const { session, user } = sessionOf(call);
      await endSessions(call.engine, user, { except: session.id }, 'sessions-ended');
      return noContent();
    },
  },
  {
    method: 'POST',
    path: '/sign-out',
    level: 'signed-in',
    summary: 'End this session',
    answers: [204, 401, 403],
    async handle(call) {
      const { session, user } = sessionOf(call);
      const { config } = call.engine;
      await endSessions(call.engine, user, { only: session.id }, 'signed-out');
      return noContent({
        'set-cookie': (['session', 'ceremony', 'challenge', 'external', 'enrolment', 'form'] as const).map(
          (kind) => clearCookie(config, kind),
        ),
        'clear-site-data': '"cache"',
      });
    },
  },

  ...enforcementRoutes,
  ...accountRoutes,
];
