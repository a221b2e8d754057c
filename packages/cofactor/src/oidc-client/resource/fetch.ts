import type { Policy } from '../../assurance/index.ts';
import { httpRequest, toResponse } from '../../web/fetch.ts';
import type { Bearer, GuardOptions, ResourceServer } from './server.ts';

/**
 * Guards handlers of web-standard requests: Hono, Next.js route handlers, Deno, Bun.
 *
 * @throws {CofactorError} `ERR_POLICY_UNKNOWN`, where the guard is made
 * @example
 * const refunds = requireBearer(api, 'Refunds');
 * export async function POST(request: Request): Promise<Response> {
 *   const guarded = await refunds(request);
 *   return 'response' in guarded ? guarded.response : Response.json(await refund(guarded.bearer));
 * }
 */
export function requireBearer(
  api: ResourceServer,
  policy?: string | Policy,
  options?: GuardOptions,
): (request: Request) => Promise<{ readonly bearer: Bearer } | { readonly response: Response }> {
  const guard = api.guardOf(policy, options);
  return async (request) => {
    const guarded = await guard(httpRequest(request));
    return 'bearer' in guarded ? guarded : { response: toResponse(guarded.response, request.method) };
  };
}
