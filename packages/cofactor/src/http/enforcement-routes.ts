import { acceptPermit, mailPermit } from '../core/enforcement/permit.ts';
import type { JsonSchema } from '../core/provider.ts';
import { object, text } from '../core/schema.ts';
import type { PermittedView } from './contract.ts';
import { required } from './enforcement.ts';
import { sessionOf, whereTo } from './handlers.ts';
import { page } from './page.ts';
import { problemOf } from './problem.ts';
import { json, type Route } from './route.ts';
import { enrolPage } from './ways.ts';

const token: JsonSchema = { ...text(64), pattern: '^[A-Za-z0-9_-]+$' };

/** What is demanded of people: the page that asks for it, and the link that lets them set up their first second factor. */
export const enforcementRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/required',
    level: 'signed-in',
    page: true,
    summary: 'Page: what is demanded of this account, and until when it can be put off',
    answers: [200, 303],
    handle: required,
  },
  {
    method: 'GET',
    path: '/permit',
    level: 'public',
    page: true,
    summary: 'Page: follow the link that lets somebody set up their first second factor',
    answers: [200],
    handle: (call) => page(call, 'permit', '<cofactor-permit></cofactor-permit>', 'permit'),
  },
  {
    method: 'POST',
    path: '/permit/mail',
    level: 'signed-in',
    summary: 'Mail that link to the confirmed address of this account',
    body: object({ returnTo: text(2048) }, []),
    answers: [202, 400, 401, 403, 404, 429],
    async handle(call) {
      const { returnTo } = call.body as { returnTo?: string };
      const { engine, client } = call;
      const asked = { session: sessionOf(call), ...whereTo(call, returnTo), client };
      const outcome = await mailPermit(engine, asked);
      return outcome.status === 'refused' ? problemOf(outcome) : json(202, { status: 'accepted' });
    },
  },
  {
    method: 'POST',
    path: '/permit',
    level: 'signed-in',
    summary: 'Follow the link in this session, which may then set something up',
    body: object({ token }),
    answers: [200, 400, 401, 403, 404],
    async handle(call) {
      const { token: given } = call.body as { token: string };
      const { engine, client } = call;
      const outcome = await acceptPermit(engine, { session: sessionOf(call), token: given, client });
      if (outcome.status === 'refused') return problemOf(outcome);
      const { returnTo } = whereTo(call, outcome.returnTo);
      return json(200, { returnTo: enrolPage(call, returnTo) } satisfies PermittedView);
    },
  },
];
