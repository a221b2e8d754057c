import type { FastifyPluginAsync, FastifyReply, FastifyRequest, preHandlerHookHandler } from 'fastify';
import type { StepUpChallenge } from '../web/challenge.ts';
import { httpRequest, send } from '../web/fastify.ts';
import { maxBodyBytes } from '../web/message.ts';
import type { GuardArguments, OidcClient } from './client.ts';
import { problem } from './problem.ts';
import { keepPrivate } from '../web/private.ts';
import type { Visitor } from './visitor.ts';

export { bearerOf, requireBearer, type BearerHook } from './resource/fastify.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * A `preHandler` that lets in who signed in at an issuer, and meets a policy where one is named. People are led to
     * the issuer, once to prove more, and then to a page that says what is missing; programs get 401 (RFC 9470).
     *
     * @throws {CofactorError} `ERR_POLICY_UNKNOWN`, when the route is defined
     */
    requireSignIn(...wanted: GuardArguments): preHandlerHookHandler;
  }
  interface FastifyRequest {
    /** Who asks, and what their sign-in proves. `user` is `null` where nobody is signed in. */
    oidcVisitor(): Promise<Visitor>;
    [found]: Visitor | null;
  }
  interface FastifyReply {
    /** An access token of who asks, refreshed where that is needed; `null` where there is none to be had. */
    accessToken(): Promise<string | null>;
    /** Answers with what an API wants (RFC 9470): the person is led to the issuer once, and back to this page. */
    stepUp(challenge: StepUpChallenge): Promise<FastifyReply>;
  }
}

const found: unique symbol = Symbol('cofactor oidc visitor');

export interface OidcClientPluginOptions {
  /** What `createOidcClient` returned. */
  readonly client: OidcClient;
}

/**
 * Puts the routes of an OpenID Connect client into a Fastify application, with `app.requireSignIn`,
 * `request.oidcVisitor()` and `reply.accessToken()`.
 *
 * @example
 * await app.register(oidcClient, { client });
 * app.get('/admin', { preHandler: app.requireSignIn('Admin') }, adminPage);
 *
 * @example
 * // Every page of the application.
 * app.addHook('preHandler', app.requireSignIn(requireMfa()));
 */
export const oidcClient: FastifyPluginAsync<OidcClientPluginOptions> = async (app, { client }) => {
  app.decorateRequest(found, null);
  const read = async (request: FastifyRequest): Promise<Visitor> =>
    (request[found] = await client.visitor(httpRequest(request)));
  app.decorateRequest('oidcVisitor', function (this: FastifyRequest) {
    const known = this[found];
    return known ? Promise.resolve(known) : read(this);
  });
  app.decorateReply('accessToken', async function (this: FastifyReply) {
    const held = await client.accessToken(httpRequest(this.request));
    if (held && held.cookies.length > 0) this.header('set-cookie', [...held.cookies]);
    return held?.token ?? null;
  });
  app.decorate('requireSignIn', (...wanted: GuardArguments): preHandlerHookHandler => {
    const guard = client.guard(...wanted);
    const letIn = (
      request: FastifyRequest,
      reply: FastifyReply,
      visitor: Visitor,
      done: () => void,
    ): void => {
      request[found] = visitor;
      // What a guard protects is for this visitor only.
      reply.header('cache-control', 'no-store');
      done();
    };
    return (request, reply, done) => {
      const asked = httpRequest(request);
      // Our own pages are how somebody gets in: a guard over the whole application does not stand before them.
      if (client.owns(asked)) return done();
      const admitted = guard.admit(asked);
      if (admitted) return letIn(request, reply, admitted, done);
      const theLongWay = async (): Promise<void> => {
        const decided = await guard.decide(asked);
        if ('response' in decided) return void (await send(reply, decided.response));
        if (decided.cookies.length > 0) {
          reply.header('set-cookie', [...decided.cookies]);
          keepPrivate(reply.raw);
        }
        letIn(request, reply, decided.visitor, done);
      };
      void theLongWay();
    };
  });
  await app.register(async (routes) => {
    routes.removeAllContentTypeParsers();
    routes.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: maxBodyBytes },
      (_request, body, done) => {
        done(null, body);
      },
    );
    routes.setErrorHandler(async (error, _request, reply) => {
      const code = (error as { code?: unknown }).code;
      if (typeof code !== 'string' || !code.startsWith('FST_ERR_CTP_')) throw error;
      return send(reply, problem('malformed'));
    });
    routes.route({
      method: routes.supportedMethods,
      url: `${client.base}/*`,
      async handler(request, reply) {
        return send(reply, (await client.handle(httpRequest(request))) ?? problem('not-found'));
      },
    });
  });
};
// Decorators are for the whole application, not only for what is registered inside the plugin.
Object.assign(oidcClient, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'cofactor-oidc-client',
});
