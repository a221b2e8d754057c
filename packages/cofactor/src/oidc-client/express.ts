import type { ServerResponse } from 'node:http';
import type { StepUpChallenge } from '../web/challenge.ts';
import { CofactorError } from '../base/errors.ts';
import { httpRequest, readBody, send, type Middleware, type NodeRequest } from '../web/express.ts';
import type { GuardArguments, OidcClient } from './client.ts';
import { problem } from './problem.ts';
import { keepPrivate } from '../web/private.ts';
import type { Visitor } from './visitor.ts';

export { bearerOf, requireBearer } from './resource/express.ts';

export type { Middleware, Next, NodeRequest } from '../web/express.ts';

/** An OpenID Connect client in an application on Express. None of its functions needs `this`. */
export interface OidcClientSite {
  /** The routes and pages, for `app.use`: before body parsers. What is not theirs goes on. */
  readonly routes: Middleware;
  /**
   * Lets in who signed in at an issuer, and meets a policy where one is named. People are led to the issuer, once to
   * prove more, and then to a page that says what is missing; programs get 401 (RFC 9470). Goes before a route, a
   * router, or with `app.use` before the whole application.
   *
   * @throws {CofactorError} `ERR_POLICY_UNKNOWN`, when the route is defined
   */
  requireSignIn(...wanted: GuardArguments): Middleware;
  /** Who asks, and what their sign-in proves. `user` is `null` where nobody is signed in. */
  visitor(request: NodeRequest): Promise<Visitor>;
  /** An access token of who asks, refreshed where that is needed; `null` where there is none to be had. */
  accessToken(request: NodeRequest, response: ServerResponse): Promise<string | null>;
  /** Answers with what an API wants (RFC 9470): the person is led to the issuer once, and back to this page. */
  stepUp(request: NodeRequest, response: ServerResponse, challenge: StepUpChallenge): Promise<void>;
}

/**
 * Puts an OpenID Connect client in front of an application on Express 5, Express 4, or whatever else takes functions of
 * request, response and `next` on `node:http`. Express itself is not needed for it.
 *
 * @example
 * const site = oidcClient(client);
 * app.use(site.routes);
 * app.get('/admin', site.requireSignIn('Admin'), adminPage);
 */
export function oidcClient(client: OidcClient): OidcClientSite {
  const visitors = new WeakMap<NodeRequest, Visitor>();
  return Object.freeze<OidcClientSite>({
    routes(request, response, next) {
      const asked = httpRequest(request);
      if (!asked.url.startsWith(`${client.base}/`)) return next();
      const answer = async (): Promise<void> => {
        try {
          const body = await readBody(request);
          if ('fault' in body && body.fault === 'already-read') return next(readBefore(client.base));
          if ('fault' in body) return send(request, response, problem('malformed'));
          const answered = await client.handle(httpRequest(request, body.bytes));
          if (answered) send(request, response, answered);
          else next();
        } catch (error) {
          next(error);
        }
      };
      void answer();
    },

    requireSignIn(...wanted) {
      const guard = client.guard(...wanted);
      return (request, response, next) => {
        const asked = httpRequest(request);
        // Our own pages are how somebody gets in.
        if (client.owns(asked)) return next();
        const letIn = (visitor: Visitor, cookies: readonly string[]): void => {
          visitors.set(request, visitor);
          for (const cookie of cookies) response.appendHeader('set-cookie', cookie);
          if (cookies.length > 0) keepPrivate(response);
          // What a guard protects is for this visitor only.
          response.setHeader('cache-control', 'no-store');
          next();
        };
        const admitted = guard.admit(asked);
        if (admitted) return letIn(admitted, []);
        const theLongWay = async (): Promise<void> => {
          try {
            const decided = await guard.decide(asked);
            if ('visitor' in decided) letIn(decided.visitor, decided.cookies);
            else send(request, response, decided.response);
          } catch (error) {
            next(error);
          }
        };
        void theLongWay();
      };
    },

    async visitor(request) {
      const known = visitors.get(request) ?? (await client.visitor(httpRequest(request)));
      visitors.set(request, known);
      return known;
    },

    async accessToken(request, response) {
      const held = await client.accessToken(httpRequest(request));
      for (const cookie of held?.cookies ?? []) response.appendHeader('set-cookie', cookie);
      return held?.token ?? null;
    },

    async stepUp(request, response, challenge) {
      send(request, response, await client.stepUp(httpRequest(request), challenge));
    },
  });
}

function readBefore(base: string): CofactorError {
  return new CofactorError(
    'ERR_CONFIG_BODY_PARSER',
    `The body of a request below ${base} was read before its routes: put app.use(site.routes) before body parsers.`,
  );
}
