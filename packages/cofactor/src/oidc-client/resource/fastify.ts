import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Policy } from '../../assurance/index.ts';
import { httpRequest, send } from '../../web/fastify.ts';
import { bearerOf as bearerIn, keep, withEveryAuthorization } from './request.ts';
import type { Bearer, GuardOptions, ResourceServer } from './server.ts';

/** A hook of a route: `onRequest`, which refuses before a body is read, or `preHandler`. */
export type BearerHook = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>;

/**
 * Guards a route of Fastify. `bearerOf(request)` is then who calls.
 *
 * @throws {CofactorError} `ERR_POLICY_UNKNOWN`, where the route is defined
 * @example
 * app.post('/refunds', { onRequest: requireBearer(api, 'Refunds') }, (request) => refund(bearerOf(request)));
 */
export function requireBearer(
  api: ResourceServer,
  policy?: string | Policy,
  options?: GuardOptions,
): BearerHook {
  const guard = api.guardOf(policy, options);
  return async (request, reply) => {
    const guarded = await guard(withEveryAuthorization(httpRequest(request), request.raw.rawHeaders));
    if ('response' in guarded) return send(reply, guarded.response);
    keep(request, guarded.bearer);
    return undefined;
  };
}

/** Who calls a route that `requireBearer` guards. Throws anywhere else. */
export function bearerOf(request: FastifyRequest): Bearer {
  return bearerIn(request);
}
