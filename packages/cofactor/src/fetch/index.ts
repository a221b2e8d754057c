import type { StepOutcome } from '../core/ceremonies/outcome.ts';
import {
  Mount,
  policyFor,
  type MountOptions,
  type OwnProof,
  type SiteView,
  type SiteViewOptions,
  type Visitor,
} from '../http/index.ts';
import { httpRequest, readBody, toHeaders, toResponse, type ConnectionInfo } from '../web/fetch.ts';

export type { MountOptions, OwnProof, SiteView, SiteViewOptions, Visitor } from '../http/index.ts';
export type { ConnectionInfo } from '../web/fetch.ts';

/** What a guard decided: let the visitor in, or answer with this instead. */
export type GuardedRequest = { readonly visitor: Visitor } | { readonly response: Response };

/** `SiteView` with headers that a `Response` takes. */
export type FetchSiteView = Omit<SiteView, 'headers'> & { readonly headers: Headers };

/** What came of a first factor of the application's own; `response` sends the person on, and is `null` for a refusal. */
export interface SignedInFromHost {
  readonly outcome: StepOutcome;
  readonly response: Response | null;
}

/** Answers a `Request` of somebody who was let in; at the end comes whatever the framework passes besides. */
export type ProtectedHandler<Asked extends Request, More extends readonly unknown[]> = (
  request: Asked,
  visitor: Visitor,
  ...more: More
) => Response | Promise<Response>;

/** A realm in an application that answers a `Request` with a `Response`. None of its functions needs `this`. */
export interface CofactorSite {
  /**
   * Answers what is for Cofactor's routes and pages; `null` is for the application to answer. Reads the body, so nobody
   * may have done so before.
   *
   * A `Request` does not say where it comes from; `remoteAddress` does. Without it all visitors count as one network:
   * `X-Forwarded-For` is not believed, limits on guessing hold for all of them together, so that somebody who guesses
   * slows down everybody whose browser was not there before, and the mailbox of a development is shut. What a client can
   * write itself must not be handed over: whoever sends another address each time is held up by none of these limits.
   */
  handle(request: Request, info?: ConnectionInfo): Promise<Response | null>;
  /**
   * A guard for middleware: lets in who meets a named policy. People are led to what is missing and back; programs get
   * 401 `insufficient_user_authentication` (RFC 9470). What is answered to who was let in is for this visitor only, and
   * wants `cache-control: no-store`.
   *
   * @throws {CofactorError} `ERR_POLICY_UNKNOWN`, when it is made
   */
  requirePolicy(policy: string): (request: Request) => Promise<GuardedRequest>;
  /**
   * The same around a handler: it is called with who was let in, and its answer gets `cache-control: no-store`.
   *
   * @example
   * export const GET = site.protect('Admin', (request, { user }) => Response.json(user));
   *
   * @throws {CofactorError} `ERR_POLICY_UNKNOWN`, when it is made
   */
  protect<Asked extends Request, More extends readonly unknown[]>(
    policy: string,
    handler: ProtectedHandler<Asked, More>,
  ): (request: Asked, ...more: More) => Promise<Response>;
  /** Who asks, and what their session proves. Nobody is signed in where `session` is `null`. */
  visitor(request: Request): Promise<Visitor>;
  /** What a page of the site's own shows and needs for its forms; answer with its `headers`. */
  account(request: Request, options?: SiteViewOptions): Promise<FetchSiteView>;
  /** Hands over a first factor that the application proved itself. For `remoteAddress` see `handle`. */
  signInFromHost(request: Request, proof: OwnProof, info?: ConnectionInfo): Promise<SignedInFromHost>;
  /** Migrates the database, and throws what is wrong with it. Where nobody calls it, the first request does it. */
  start(): Promise<void>;
  /** Closes the database, once no other realm is at work on it. */
  close(): Promise<void>;
}

/**
 * Cofactor's routes, pages and guards for whatever takes a web-standard `Request` and answers with a `Response`: Hono,
 * route handlers of Next.js, SvelteKit and others, on a runtime that has the modules of Node.
 *
 * For several realms make one of each, with another `base`; `null` of the first leads to the second.
 *
 * @example
 * const site = cofactor({ auth });
 * const app = new Hono();
 * app.use(async (c, next) => {
 *   const { address } = getConnInfo(c).remote;
 *   return (await site.handle(c.req.raw, { remoteAddress: address })) ?? next();
 * });
 * app.get('/admin', (c) => adminPage(c.req.raw));
 * const adminPage = site.protect('Admin', () => new Response('Only with a second factor.'));
 *
 * @throws {CofactorError} `ERR_CONFIG_BASE`, and what else is wrong with the configuration
 */
export function cofactor(options: MountOptions): CofactorSite {
  const mount = new Mount(options);
  const { log } = mount.auth.engine.config;
  let warned = false;
  const warn = (remoteAddress: string): void => {
    if (warned || remoteAddress !== '') return;
    warned = true;
    log.warn({}, 'requests come without remoteAddress: limits on guessing take all visitors for one network');
  };

  const requirePolicy: CofactorSite['requirePolicy'] = (name) => {
    const policy = policyFor(mount.auth, name);
    return async (request) => {
      const asked = httpRequest(request);
      const visitor = mount.admit(request, policy, asked);
      if (visitor) return { visitor };
      const decided = await mount.guard(request, name, asked);
      return 'visitor' in decided ? decided : { response: toResponse(decided.response, request.method) };
    };
  };

  return Object.freeze<CofactorSite>({
    async handle(request, info) {
      const asked = httpRequest(request, info);
      if (!mount.owns(asked)) return null;
      if (asked.method === 'POST') warn(asked.remoteAddress);
      return toResponse(await mount.answer(asked, await readBody(request)), request.method);
    },
    requirePolicy,
    protect(name, handler) {
      const guard = requirePolicy(name);
      return async (request, ...more) => {
        const decided = await guard(request);
        if ('response' in decided) return decided.response;
        return unstored(await handler(request, decided.visitor, ...more));
      };
    },
    visitor: async (request) => mount.visitor(request, httpRequest(request)),
    async account(request, view) {
      const account = await mount.account(httpRequest(request), view);
      return { ...account, headers: toHeaders(account.headers) };
    },
    async signInFromHost(request, proof, info) {
      const asked = httpRequest(request, info);
      warn(asked.remoteAddress);
      const { outcome, response } = await mount.signInFromHost(request, asked, proof);
      return { outcome, response: response && toResponse(response, request.method) };
    },
    start: () => mount.start(),
    close: () => mount.auth.close(),
  });
}

/** What a guard protects is for this visitor only. Headers of a response that was fetched cannot be changed. */
function unstored(response: Response): Response {
  const headers = new Headers(response.headers);
  headers.set('cache-control', 'no-store');
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
