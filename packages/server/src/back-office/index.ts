import { Readable } from 'node:stream';
import type { Cofactor } from 'cofactor';
import {
  addAdminPurpose,
  createAdmin,
  createGate,
  type AdminAnswer,
  type AdminOptions,
} from 'cofactor/admin';
import { httpRequest, send } from 'cofactor/fastify';
import { maxBodyBytes, unreadable } from 'cofactor/http';
import type { OidcServer } from 'cofactor/oidc-server';
import type { Webhooks } from 'cofactor/webhooks';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { BackOffice, IssuersAtWork, ManagedRealm } from './context.ts';
import { backOfficeRoutes } from './routes.ts';

export interface BackOfficeOptions {
  /** By name; administrators are accounts of `users`. */
  readonly realms: ReadonlyMap<string, Cofactor>;
  readonly oidc?: ReadonlyMap<string, OidcServer>;
  readonly webhooks?: ReadonlyMap<string, Webhooks>;
  /** Those of the database as they are at work, so that what is saved here is taken up here at once. */
  readonly issuers?: ReadonlyMap<string, IssuersAtWork>;
  /** Path of the back office (`/admin`). */
  readonly base?: string;
  /** What has to be proved for anything here (`{ acr: 'mfa' }`). */
  readonly minimum?: AdminOptions['minimum'];
  readonly roles?: AdminOptions['roles'];
}

/**
 * The JSON of the back office below `<base>/api`; its types are in `contract.ts`. To be called once the realms are mounted.
 *
 * @throws {TypeError} where there is no realm `users`
 */
export async function backOffice(app: FastifyInstance, options: BackOfficeOptions): Promise<void> {
  const { base = '/admin' } = options;
  const office = officeOf(options, base);
  const { auth, admin } = office.users;
  const api = `${base}/api`;
  const answer = createGate(auth, api, backOfficeRoutes(office), (actor, permission, what) =>
    admin.whyNot(actor, permission, what),
  );
  addAdminPurpose(auth, admin, base, 'Administration');
  // In a scope of its own: other body parsers are not for it.
  await app.register(async (routes) => {
    routes.removeAllContentTypeParsers();
    routes.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: maxBodyBytes },
      (_request, body, done) => {
        done(null, body);
      },
    );
    routes.setErrorHandler(async (error, request, reply) => {
      const { code } = error as { readonly code?: unknown };
      if (typeof code !== 'string' || !code.startsWith('FST_ERR_CTP_')) throw error;
      request.log.info({ code }, 'unreadable request');
      return send(reply, unreadable(auth));
    });
    routes.route({
      method: routes.supportedMethods,
      url: `${api}/*`,
      handler: async (request, reply) => sendAnswer(reply, await answer(httpRequest(request))),
    });
  });
}

function officeOf(
  { realms, oidc, webhooks, issuers, minimum = { acr: 'mfa' }, roles }: BackOfficeOptions,
  base: string,
): BackOffice {
  const inCharge = realms.get('users');
  if (!inCharge) throw new TypeError('the back office needs the realm users');
  const managed = new Map<string, ManagedRealm>();
  for (const [name, auth] of realms) {
    managed.set(name, {
      auth,
      admin: createAdmin(auth, { administrators: inCharge, minimum, ...(roles && { roles }) }),
      oidc: oidc?.get(name) ?? null,
      webhooks: webhooks?.get(name) ?? null,
      issuers: issuers?.get(name) ?? null,
      base: auth.engine.mount.base,
    });
  }
  const users = managed.get('users');
  if (!users) throw new TypeError('the back office needs the realm users');
  return { users, realms: managed, base };
}

function sendAnswer(reply: FastifyReply, answer: AdminAnswer): FastifyReply {
  if ('body' in answer) return send(reply, answer);
  return reply
    .code(answer.status)
    .headers(answer.headers as Record<string, string | string[]>)
    .send(Readable.from(answer.pieces));
}

export { backOfficeRoutes } from './routes.ts';
export type { IssuersAtWork } from './context.ts';
export type { IssuerTrouble } from './contract.ts';
export { openidOptionsOf } from './issuers.ts';
