import type { ServerResponse } from 'node:http';
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
import { httpRequest, readBody, send, type Middleware, type NodeRequest } from '../web/express.ts';

export type { MountOptions, OwnProof, SiteView, SiteViewOptions, Visitor } from '../http/index.ts';
export type { Middleware, Next, NodeRequest } from '../web/express.ts';

/** A realm in an application on Express. None of its functions needs `this`. */
export interface CofactorSite {
  /**
   * The routes and pages, for `app.use`: before body parsers, because they read their bodies themselves. What is not
   * theirs goes on. A path of `/.well-known/` that the application answers before stays its own.
   */
  readonly routes: Middleware;
  /**
   * Lets in who meets a named policy. People are led to what is missing and back; programs get 401
   * `insufficient_user_authentication` (RFC 9470).
   *
   * @throws {CofactorError} `ERR_POLICY_UNKNOWN`, when the route is defined.
   */
  requirePolicy(policy: string): Middleware;
  /** Who asks, and what their session proves. Nobody is signed in where `session` is `null`. */
  visitor(request: NodeRequest): Promise<Visitor>;
  /** What a page of the site's own shows and needs for its forms; send its `headers` with the page. */
  account(request: NodeRequest, options?: SiteViewOptions): Promise<SiteView>;
  /**
   * Hands over a first factor that the application proved itself, and sends the person on; only where the outcome is
   * `refused` the answer is the application's.
   */
  signInFromHost(request: NodeRequest, response: ServerResponse, proof: OwnProof): Promise<StepOutcome>;
  /**
   * Migrates the database, and throws what is wrong with it. The first request would do it, too: who waits for it before
   * `app.listen` learns of a fault at once.
   */
  start(): Promise<void>;
  /** Closes the database, once no other realm is at work on it: after the server has closed. */
  close(): Promise<void>;
}

/**
 * Cofactor's routes, pages and guards for Express 5, Express 4, and whatever else takes functions of request, response
 * and `next` on `node:http`. Express itself is not needed for it.
 *
 * `trust proxy` has no say here: which proxies are believed is `trustedProxies` of `createCofactor`. For several realms
 * make one of each, with another `base`.
 *
 * @example
 * const site = cofactor({ auth });
 * await site.start();
 * app.use(site.routes);
 * app.use(express.json());
 * app.get('/admin', site.requirePolicy('Admin'), adminPage);
 * const server = app.listen(3000);
 * process.once('SIGTERM', () => server.close(() => void site.close()));
 *
 * @throws {CofactorError} `ERR_CONFIG_BASE`, and what else is wrong with the configuration
 */
export function cofactor(options: MountOptions): CofactorSite {
  const mount = new Mount(options);
  return Object.freeze<CofactorSite>({
    routes(request, response, next) {
      const asked = httpRequest(request);
      if (!mount.owns(asked)) return next();
      const answer = async (): Promise<void> => {
        try {
          send(request, response, await mount.answer(asked, await readBody(request)));
        } catch (error) {
          next(error);
        }
      };
      void answer();
    },
    requirePolicy: (policy) => guarded(mount, policy),
    visitor: (request) => mount.visitor(request, httpRequest(request)),
    account: (request, view) => mount.account(httpRequest(request), view),
    async signInFromHost(request, response, proof) {
      const done = await mount.signInFromHost(request, httpRequest(request), proof);
      if (done.response) send(request, response, done.response);
      return done.outcome;
    },
    start: () => mount.start(),
    close: () => mount.auth.close(),
  });
}

function guarded(mount: Mount, name: string): Middleware {
  const policy = policyFor(mount.auth, name);
  return (request, response, next) => {
    const asked = httpRequest(request);
    const letIn = (): void => {
      // What a guard protects is for this visitor only. A time limit of the application may have answered meanwhile.
      if (!response.headersSent) response.setHeader('cache-control', 'no-store');
      next();
    };
    if (mount.admit(request, policy, asked)) return letIn();
    const theLongWay = async (): Promise<void> => {
      try {
        const decided = await mount.guard(request, name, asked);
        if ('visitor' in decided) letIn();
        else send(request, response, decided.response);
      } catch (error) {
        next(error);
      }
    };
    void theLongWay();
  };
}
