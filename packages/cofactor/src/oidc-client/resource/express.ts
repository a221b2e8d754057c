import type { IncomingMessage } from 'node:http';
import type { Policy } from '../../assurance/index.ts';
import { httpRequest, send, type Middleware } from '../../web/express.ts';
import { bearerOf as bearerIn, keep, withEveryAuthorization } from './request.ts';
import type { Bearer, GuardOptions, ResourceServer } from './server.ts';

/**
 * Guards routes of Express, before anything that reads a body. `bearerOf(request)` is then who calls.
 *
 * @throws {CofactorError} `ERR_POLICY_UNKNOWN`, where the route is defined
 * @example
 * app.post('/refunds', requireBearer(api, 'Refunds'), (request, response) => { refund(bearerOf(request)); });
 */
export function requireBearer(
  api: ResourceServer,
  policy?: string | Policy,
  options?: GuardOptions,
): Middleware {
  const guard = api.guardOf(policy, options);
  return (request, response, next) => {
    const decide = async (): Promise<void> => {
      try {
        const guarded = await guard(withEveryAuthorization(httpRequest(request), request.rawHeaders));
        if ('response' in guarded) return send(request, response, guarded.response);
        keep(request, guarded.bearer);
        next();
      } catch (error) {
        next(error);
      }
    };
    void decide();
  };
}

/** Who calls a route that `requireBearer` guards. Throws anywhere else. */
export function bearerOf(request: IncomingMessage): Bearer {
  return bearerIn(request);
}
