import {
  renameAuthenticator,
  removeAuthenticator,
  replaceAuthenticator,
} from '../core/authenticators/change.ts';
import { answer } from '../core/ceremonies/answer.ts';
import { signIn } from '../core/ceremonies/sign-in.ts';
import { abandon } from '../core/ceremonies/step-up.ts';
import type { JsonSchema } from '../core/provider.ts';
import { object, text } from '../core/schema.ts';
import { endSessions, listSessions } from '../core/sessions/sessions.ts';
import { register } from '../core/users/register.ts';
import { asset } from './asset.ts';
import type { AnswerBody, RegisterBody, ReplaceBody, SignInBody } from './contract.ts';
import { clearCookie, readCookie } from './cookies.ts';
import {
  accountOf,
  beginStepUp,
  confirm,
  context,
  enrol,
  sessionOf,
  setupAssets,
  whereTo,
} from './handlers.ts';
import { openApi } from './openapi.ts';
import { page, wordsPage } from './page.ts';
import { problem, problemOf } from './problem.ts';
import { json, noContent, type Route } from './route.ts';
import { renewed, step } from './step.ts';
import { securityView } from './views.ts';

/** The response to a provider: an object here, held against the provider's own schema before it is asked. */
const response: JsonSchema = { type: 'object' };
const identifier = text(254);
const provider = text(32);
/** As we make them: a NUL, which PostgreSQL cannot even be asked for, is in none. */
const id: JsonSchema = { ...text(64), pattern: '^[A-Za-z0-9_-]+$' };
const returnTo = text(2048);
const firstFactor = object({ identifier, provider, response, returnTo }, [
  'identifier',
  'provider',
  'response',
]);

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
    handle: (call) => page(call, 'Sign in', '<cofactor-sign-in></cofactor-sign-in>', 'sign-in'),
  },
  {
    method: 'GET',
    path: '/step-up',
    level: 'signed-in',
    page: true,
    summary: 'Page: confirm with a second factor what a policy asks',
    answers: [200, 303],
    handle: (call) =>
      page(call, 'Confirm that it is you', '<cofactor-sign-in mode="step-up"></cofactor-sign-in>', 'sign-in'),
  },
  {
    method: 'GET',
    path: '/register',
    level: 'public',
    page: true,
    summary: 'Page: create an account',
    answers: [200],
    handle: (call) => page(call, 'Create an account', '<cofactor-register></cofactor-register>', 'register'),
  },
  {
    method: 'GET',
    path: '/security',
    level: 'signed-in',
    page: true,
    summary: 'Page: what protects this account',
    answers: [200, 303],
    handle: (call) => page(call, 'Security', '<cofactor-security></cofactor-security>', 'security'),
  },
  {
    method: 'GET',
    path: '/denied',
    level: 'public',
    page: true,
    summary: 'Page: what is missing to be let in',
    answers: [403],
    handle: (call) =>
      wordsPage(
        call,
        403,
        'Not open to this account',
        'This page needs something that your account does not have. Ask whoever runs this site to give it to you, or go on with another account.',
        [
          { href: '/', text: 'Back to the start' },
          { href: `${call.base}/sign-in`, text: 'Use another account' },
        ],
      ),
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

  // Ceremonies
  {
    method: 'POST',
    path: '/sign-in',
    level: 'public',
    summary: 'Begin a sign-in with its first factor',
    body: firstFactor,
    answers: [200, 400, 401, 403, 429, 503],
    async handle(call) {
      const body = call.body as SignInBody;
      const { client, session } = call;
      return step(
        call,
        await signIn(call.engine, { ...body, ...whereTo(call, body.returnTo), client, session }),
      );
    },
  },
  {
    method: 'POST',
    path: '/register',
    level: 'public',
    summary: 'Create an account with its first factor',
    body: firstFactor,
    answers: [200, 400, 403, 409, 422, 503],
    async handle(call) {
      const body = call.body as RegisterBody;
      const { client, session } = call;
      return step(
        call,
        await register(call.engine, { ...body, ...whereTo(call, body.returnTo), client, session }),
      );
    },
  },
  {
    method: 'POST',
    path: '/step-up',
    level: 'signed-in',
    summary: 'Begin to prove more than the session has: for a policy, or to manage this account',
    body: object({ policy: text(64), returnTo }, []),
    answers: [200, 400, 401, 403, 404],
    handle: beginStepUp,
  },
  {
    method: 'POST',
    path: '/ceremony',
    level: 'ceremony',
    summary: 'Answer the sign-in or step-up in progress',
    body: object({ authenticator: id, response }),
    answers: [200, 400, 401, 403, 404, 409, 410, 429, 503],
    async handle(call) {
      const { authenticator, response: given } = call.body as AnswerBody;
      const secret = readCookie(call.engine.config, call.request, 'ceremony');
      const { session, client } = call;
      return step(
        call,
        await answer(call.engine, { secret, session, authenticator, response: given, client }),
      );
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
      const sessions = await listSessions(call.engine, session.user);
      return json(200, securityView(call.engine, account, session, sessions, call.base, call.language));
    },
  },
  {
    method: 'POST',
    path: '/enrolments',
    level: 'manage',
    summary: 'Begin to add an authenticator',
    body: object({ provider, returnTo }, ['provider']),
    answers: [201, 400, 401, 403, 409],
    handle: enrol,
  },
  {
    method: 'POST',
    path: '/enrolments/confirm',
    level: 'manage',
    summary: 'Confirm that the new authenticator works',
    body: object({ enrolment: text(64), response, name: text(64) }, ['enrolment', 'response']),
    answers: [201, 400, 401, 403, 404, 409, 422],
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
        'set-cookie': [clearCookie(config, 'session'), clearCookie(config, 'ceremony')],
        'clear-site-data': '"cache"',
      });
    },
  },
];
