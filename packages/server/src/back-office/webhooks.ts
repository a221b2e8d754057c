import { CofactorError } from 'cofactor';
import {
  adminProblem,
  auditTypes,
  bodyOf,
  line,
  type AdminAnswer,
  type AdminCall,
  type AdminRoute,
} from 'cofactor/admin';
import type { Webhook, Webhooks } from 'cofactor/webhooks';
import { byOf, json, noContent, stamp } from './context.ts';
import type {
  ResumeBody,
  WebhookBody,
  WebhookList,
  WebhookMade,
  WebhookTested,
  WebhookView,
} from './contract.ts';
import type { OfRealm } from './routes.ts';
import { address, flag, nothing } from './schemas.ts';

const webhooks = '/realms/:realm/webhooks';
const one = `${webhooks}/:webhook`;
const webhookBody = bodyOf({
  name: line(64),
  url: address,
  types: { anyOf: [{ const: '*' }, { type: 'array', items: line(64), maxItems: 100 }] },
});

/** The routes about who is told of what happens. */
export function webhookRoutes(ofRealm: OfRealm): readonly AdminRoute[] {
  const ofHooks = (
    call: AdminCall,
    answer: (hooks: Webhooks, id: string) => Promise<AdminAnswer>,
  ): Promise<AdminAnswer> =>
    ofRealm(call, ({ webhooks: hooks }) => {
      const id = call.params['webhook'] ?? '';
      // What cannot be an id is not asked for.
      if (!hooks || (id !== '' && !/^[A-Za-z0-9_-]{1,32}$/.test(id))) return adminProblem('not-found');
      return answer(hooks, id);
    });
  const find = async (hooks: Webhooks, id: string): Promise<Webhook | null> =>
    (await hooks.list()).find((hook) => hook.id === id) ?? null;
  /** Of one that is there. */
  const ofOne = (
    call: AdminCall,
    answer: (hooks: Webhooks, hook: Webhook) => Promise<AdminAnswer>,
  ): Promise<AdminAnswer> =>
    ofHooks(call, async (hooks, id) => {
      const hook = await find(hooks, id);
      return hook ? answer(hooks, hook) : adminProblem('not-found');
    });

  return [
    {
      method: 'GET',
      path: webhooks,
      permission: 'webhooks.read',
      confirmed: false,
      summary: 'Other systems that are told what happens',
      answers: [200, 401, 403, 404],
      handle: (call) =>
        ofHooks(call, async (hooks) => {
          const views = (await hooks.list()).map((hook) => webhookView(hooks, hook));
          const view: WebhookList = { webhooks: await Promise.all(views), types: auditTypes };
          return json(200, view);
        }),
    },
    {
      method: 'POST',
      path: webhooks,
      permission: 'webhooks.write',
      confirmed: true,
      summary: 'Tell another system; what it is signed with is shown once',
      body: webhookBody,
      answers: [201, 400, 401, 403, 404, 422],
      handle: (call) =>
        ofHooks(call, (hooks) =>
          put(hooks, call, call.body as WebhookBody, (webhook, secret) =>
            json(201, { webhook, secret: secret ?? '' } satisfies WebhookMade),
          ),
        ),
    },
    {
      method: 'PUT',
      path: one,
      permission: 'webhooks.write',
      confirmed: true,
      summary: 'Change where it is told, or of what',
      body: webhookBody,
      answers: [200, 400, 401, 403, 404, 422],
      handle: (call) =>
        ofOne(call, (hooks, { id }) =>
          put(hooks, call, { ...(call.body as WebhookBody), id }, (webhook) => json(200, webhook)),
        ),
    },
    {
      method: 'POST',
      path: `${one}/secret`,
      permission: 'webhooks.write',
      confirmed: true,
      summary: 'Make a new secret, shown once; the one before signs for a day besides',
      body: nothing,
      answers: [200, 400, 401, 403, 404, 422],
      handle: (call) =>
        ofOne(call, (hooks, { id, name, url, types }) =>
          put(hooks, call, { id, name, url, types, newSecret: true }, (webhook, secret) =>
            json(200, { webhook, secret: secret ?? '' } satisfies WebhookMade),
          ),
        ),
    },
    {
      method: 'POST',
      path: `${one}/test`,
      permission: 'webhooks.write',
      confirmed: true,
      summary: 'Send an event that says nothing, and say what came of it',
      body: nothing,
      answers: [200, 400, 401, 403, 404],
      handle: (call) =>
        ofHooks(call, async (hooks, id) => {
          const tested = await hooks.test(id);
          return tested ? json(200, tested satisfies WebhookTested) : adminProblem('not-found');
        }),
    },
    {
      method: 'POST',
      path: `${one}/resume`,
      permission: 'webhooks.write',
      confirmed: true,
      summary: 'Let one that was given up go on',
      body: bodyOf({ skip: flag }),
      answers: [204, 400, 401, 403, 404],
      handle: (call) =>
        ofHooks(call, async (hooks, id) => {
          const { skip } = call.body as ResumeBody;
          const resumed = await hooks.resume(id, { skip, by: byOf(call.actor) });
          return resumed ? noContent : adminProblem('not-found');
        }),
    },
    {
      method: 'DELETE',
      path: one,
      permission: 'webhooks.write',
      confirmed: true,
      summary: 'Tell it no longer',
      body: nothing,
      answers: [204, 400, 401, 403, 404],
      handle: (call) =>
        ofHooks(call, async (hooks, id) =>
          (await hooks.remove(id, byOf(call.actor))) ? noContent : adminProblem('not-found'),
        ),
    },
  ];
}

async function put(
  hooks: Webhooks,
  { actor }: AdminCall,
  settings: Parameters<Webhooks['put']>[0],
  answer: (webhook: WebhookView, secret: string | null) => AdminAnswer,
): Promise<AdminAnswer> {
  try {
    const { webhook, secret } = await hooks.put(settings, byOf(actor));
    return answer(await webhookView(hooks, webhook), secret);
  } catch (error) {
    if (!(error instanceof CofactorError) || error.code !== 'ERR_CONFIG_WEBHOOKS') throw error;
    return adminProblem('refused', { detail: error.message });
  }
}

async function webhookView(hooks: Webhooks, webhook: Webhook): Promise<WebhookView> {
  const { id, name, url, types, createdAt, updatedAt } = webhook;
  const status = await hooks.status(id);
  return {
    id,
    name,
    url,
    types,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    status: {
      state: status?.state ?? 'idle',
      behind: status?.behind ?? 0,
      delivered: status?.delivered ?? 0,
      missed: status?.missed ?? 0,
      tries: status?.tries ?? 0,
      failingSince: stamp(status?.failingSince ?? null),
      nextTry: stamp(status?.nextTry ?? null),
      lastDeliveredAt: stamp(status?.lastDeliveredAt ?? null),
      lastError: status?.lastError ?? null,
    },
  };
}
