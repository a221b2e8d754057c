import { accountData, deleteAccount } from '../core/account/account.ts';
import { changeEmail, confirmEmail, sendConfirmation } from '../core/account/email.ts';
import { acceptInvitation, invitedBy } from '../core/account/invitation.ts';
import { forgot, reset } from '../core/account/reset.ts';
import { forgetDevice } from '../core/ceremonies/devices.ts';
import type { Refused } from '../core/ceremonies/outcome.ts';
import type { JsonSchema } from '../core/provider.ts';
import { object, text } from '../core/schema.ts';
import { clearCookie, readCookie } from './cookies.ts';
import { idOf } from '../core/ids.ts';
import type { InvitationBody, InvitedView } from './contract.ts';
import { sessionOf } from './handlers.ts';
import type { HttpResponse } from '../web/message.ts';
import { page } from './page.ts';
import { problemOf } from './problem.ts';
import { json, noContent, type Route } from './route.ts';
import { renewed, step } from './step.ts';

const id: JsonSchema = { ...text(64), pattern: '^[A-Za-z0-9_-]+$' };
const token: JsonSchema = { ...text(64), pattern: '^[A-Za-z0-9_-]+$' };

/** The life of an account: its address, a forgotten password, remembered browsers, its data and its end. */
export const accountRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/forgot',
    level: 'public',
    page: true,
    summary: 'Page: ask for a link that resets a forgotten password',
    answers: [200],
    handle: (call) => page(call, 'forgot', '<cofactor-forgot></cofactor-forgot>', 'forgot'),
  },
  {
    method: 'POST',
    path: '/forgot',
    level: 'public',
    summary: 'Mail a link that resets a forgotten password, where there is an account for it',
    body: object({ identifier: text(254) }),
    answers: [202, 400, 403, 429],
    handle({ engine, base, body, client }) {
      const { identifier } = body as { identifier: string };
      return accepted(forgot(engine, { identifier, base, client }));
    },
  },
  {
    method: 'GET',
    path: '/reset',
    level: 'public',
    page: true,
    summary: 'Page: choose a new password with the link of a mail',
    answers: [200],
    handle: (call) => page(call, 'reset', '<cofactor-reset></cofactor-reset>', 'reset'),
  },
  {
    method: 'POST',
    path: '/reset',
    level: 'public',
    summary: 'Replace a forgotten first factor; signs nobody in',
    body: object({ token, provider: text(32), response: { type: 'object' } }),
    answers: [204, 400, 403, 404, 422, 429, 503],
    async handle({ engine, body, client }) {
      const asked = body as { token: string; provider: string; response: unknown };
      const outcome = await reset(engine, { ...asked, client });
      return outcome.status === 'refused' ? problemOf(outcome) : noContent();
    },
  },
  {
    method: 'GET',
    path: '/invitation',
    level: 'public',
    page: true,
    summary: 'Page: set up the account that somebody was invited to',
    answers: [200],
    handle: (call) => page(call, 'invitation', '<cofactor-invitation></cofactor-invitation>', 'invitation'),
  },
  {
    method: 'POST',
    path: '/invitation/account',
    level: 'public',
    summary: 'Whom the link of an invitation is for',
    body: object({ token }),
    answers: [200, 400, 403, 404, 429],
    async handle({ engine, body, client }) {
      const asked = body as { token: string };
      const outcome = await invitedBy(engine, { ...asked, client });
      if (outcome.status === 'refused') return problemOf(outcome);
      return json(200, { identifier: outcome.user.identifier } satisfies InvitedView);
    },
  },
  {
    method: 'POST',
    path: '/invitation',
    level: 'public',
    summary: 'Accept an invitation: choose a first factor, and be signed in with it',
    body: object({ token, provider: text(32), response: { type: 'object' } }),
    answers: [200, 400, 403, 404, 422, 429, 503],
    async handle(call) {
      const { engine, client, session } = call;
      return step(
        call,
        await acceptInvitation(engine, { ...(call.body as InvitationBody), client, session }),
      );
    },
  },
  {
    method: 'GET',
    path: '/confirm-email',
    level: 'public',
    page: true,
    summary: 'Page: confirm an address with the link of a mail',
    answers: [200],
    handle: (call) =>
      page(call, 'confirmEmail', '<cofactor-confirm-email></cofactor-confirm-email>', 'confirm-email'),
  },
  {
    method: 'POST',
    path: '/email',
    level: 'manage',
    summary: 'Begin to change the address that mails go to',
    body: object({ email: text(254) }),
    answers: [202, 400, 401, 403, 429],
    async handle(call) {
      const { engine, base, client } = call;
      const { email } = call.body as { email: string };
      return accepted(await changeEmail(engine, { session: sessionOf(call), email, base, client }));
    },
  },
  {
    method: 'POST',
    path: '/email/confirmation',
    level: 'signed-in',
    summary: 'Mail the link that confirms the address once more',
    answers: [202, 401, 403, 404, 429],
    async handle(call) {
      const { engine, base, client } = call;
      return accepted(await sendConfirmation(engine, { user: sessionOf(call).user, base, client }));
    },
  },
  {
    method: 'POST',
    path: '/email/confirm',
    level: 'signed-in',
    summary: 'Confirm an address with the link that was mailed to it',
    body: object({ token }),
    answers: [204, 400, 401, 403, 404, 409],
    async handle(call) {
      const { engine, client } = call;
      const { token: given } = call.body as { token: string };
      const outcome = await confirmEmail(engine, { session: sessionOf(call), token: given, client });
      return outcome.status === 'refused' ? problemOf(outcome) : noContent(renewed(call, outcome.secret));
    },
  },
  {
    method: 'DELETE',
    path: '/devices',
    level: 'signed-in',
    summary: 'Forget a remembered browser: it needs the second factor again',
    body: object({ id }),
    answers: [204, 400, 401, 403, 404],
    async handle(call) {
      const { id: target } = call.body as { id: string };
      const { config } = call.engine;
      const outcome = await forgetDevice(call.engine, sessionOf(call).user, target);
      if (outcome.status === 'refused') return problemOf(outcome);
      const own = idOf('dev', readCookie(config, call.request, 'device')) === target;
      return noContent(own ? { 'set-cookie': clearCookie(config, 'device') } : {});
    },
  },
  {
    method: 'GET',
    path: '/account/data',
    level: 'signed-in',
    summary: 'Everything that is kept about this account, to download',
    answers: [200, 401],
    async handle(call) {
      const found = await accountData(call.engine, sessionOf(call));
      return found.status === 'refused'
        ? problemOf(found)
        : json(200, found.data, { 'content-disposition': 'attachment; filename="account.json"' });
    },
  },
  {
    method: 'DELETE',
    path: '/account',
    level: 'manage',
    summary: 'Delete this account with everything that belongs to it',
    body: object({ identifier: text(254) }),
    answers: [204, 400, 401, 403],
    async handle(call) {
      const { engine, client } = call;
      const { identifier } = call.body as { identifier: string };
      const outcome = await deleteAccount(engine, { session: sessionOf(call), identifier, client });
      if (outcome.status === 'refused') return problemOf(outcome);
      return noContent({
        'set-cookie': (
          ['session', 'ceremony', 'challenge', 'external', 'enrolment', 'form', 'known', 'device'] as const
        ).map((kind) => clearCookie(engine.config, kind)),
        'clear-site-data': '"cache"',
      });
    },
  },
];

/** What may or may not have been sent: nothing is said about it. */
function accepted(outcome: Refused | { readonly status: 'accepted' }): HttpResponse {
  return outcome.status === 'refused' ? problemOf(outcome) : json(202, { status: 'accepted' });
}
