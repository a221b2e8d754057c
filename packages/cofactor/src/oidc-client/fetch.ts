import type { Policy } from '../assurance/index.ts';
import type { StepUpChallenge } from '../web/challenge.ts';
import { httpRequest, readBody, toResponse } from '../web/fetch.ts';
import type { GuardArguments, OidcClient, SignInOptions } from './client.ts';
import { problem } from './problem.ts';
import type { Visitor } from './visitor.ts';

export { requireBearer } from './resource/fetch.ts';

/** What a guard decided: let the visitor in, with cookies for the answer, or answer with this instead. */
export type Admitted =
  { readonly visitor: Visitor; readonly cookies: readonly string[] } | { readonly response: Response };

/** An OpenID Connect client for what speaks `Request` and `Response`: Hono, Next.js, SvelteKit, Bun, Deno. */
export interface OidcClientSite {
  /** Answers the routes and pages; `null` where the path is not theirs. */
  handle(request: Request): Promise<Response | null>;
  /**
   * A guard for who signed in at an issuer, and meets a policy where one is named. Ask it for each request; append its
   * cookies to the answer as `set-cookie`. Requests for the client's own routes it answers itself.
   *
   * @throws {CofactorError} `ERR_POLICY_UNKNOWN`, when it is made
   */
  requireSignIn(...wanted: GuardArguments): (request: Request) => Promise<Admitted>;
  /** Guards a handler: it is called with who was let in, and its answer gets the cookies. */
  protect<Rest extends readonly unknown[]>(
    policy: string | Policy | null,
    handler: (request: Request, visitor: Visitor, ...rest: Rest) => Response | Promise<Response>,
    options?: SignInOptions,
  ): (request: Request, ...rest: Rest) => Promise<Response>;
  /** Who asks, and what their sign-in proves. `user` is `null` where nobody is signed in. */
  visitor(request: Request): Promise<Visitor>;
  /** An access token of who asks; append its cookies to the answer. `null` where there is none to be had. */
  accessToken(
    request: Request,
  ): Promise<{ readonly token: string; readonly cookies: readonly string[] } | null>;
  /** The answer with what an API wants (RFC 9470): the person is led to the issuer once, and back to this page. */
  stepUp(request: Request, challenge: StepUpChallenge): Promise<Response>;
}

/**
 * Makes the client's functions of `Request` and `Response`. None of them needs `this`.
 *
 * @example
 * // Next.js: app/auth/[...path]/route.ts
 * export const GET = async (request: Request) => (await site.handle(request)) ?? new Response(null, { status: 404 });
 * export const POST = GET;
 * // app/admin/route.ts
 * export const GET = site.protect('Admin', (request, visitor) => Response.json(visitor.user));
 *
 * @example
 * // Hono
 * app.use(async (c, next) => (await site.handle(c.req.raw)) ?? next());
 * app.get('/admin', (c) => admin(c.req.raw));
 * const admin = site.protect('Admin', () => new Response('inside'));
 */
export function oidcClient(client: OidcClient): OidcClientSite {
  const handle: OidcClientSite['handle'] = async (request) => {
    const asked = httpRequest(request);
    if (!asked.url.startsWith(`${client.base}/`)) return null;
    const body = await readBody(request);
    const answer =
      'fault' in body ? problem('malformed') : await client.handle(httpRequest(request, {}, body.bytes));
    return answer && toResponse(answer, request.method);
  };

  const requireSignIn: OidcClientSite['requireSignIn'] = (...wanted) => {
    const guard = client.guard(...wanted);
    return async (request) => {
      const asked = httpRequest(request);
      // Our own pages are how somebody gets in.
      const own = client.owns(asked) ? await handle(request) : null;
      if (own) return { response: own };
      const admitted = guard.admit(asked);
      if (admitted) return { visitor: admitted, cookies: [] };
      const decided = await guard.decide(asked);
      return 'visitor' in decided ? decided : { response: toResponse(decided.response, request.method) };
    };
  };
  return Object.freeze<OidcClientSite>({
    requireSignIn,

    handle,

    protect(policy, handler, options) {
      const guard = requireSignIn(policy, options);
      return async (request, ...rest) => {
        const decided = await guard(request);
        if ('response' in decided) return decided.response;
        const answer = await handler(request, decided.visitor, ...rest);
        // An answer that is none: a broken connection, or one that goes on in another protocol.
        if (answer.type === 'error' || answer.status < 200) return answer;
        // Headers of answers from elsewhere cannot be changed.
        const guarded = new Response(answer.body, answer);
        for (const cookie of decided.cookies) guarded.headers.append('set-cookie', cookie);
        // What a guard protects is for this visitor only.
        guarded.headers.set('cache-control', 'no-store');
        return guarded;
      };
    },

    visitor: (request) => client.visitor(httpRequest(request)),
    accessToken: (request) => client.accessToken(httpRequest(request)),
    stepUp: async (request, challenge) =>
      toResponse(await client.stepUp(httpRequest(request), challenge), request.method),
  });
}
