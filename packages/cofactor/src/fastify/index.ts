import type {
  FastifyInstance,
  FastifyPluginAsync,
  FastifyReply,
  FastifyRequest,
  preHandlerHookHandler,
} from 'fastify';
import type { Cofactor } from '../core/cofactor.ts';
import { CofactorError } from '../core/errors.ts';
import type { HostProof } from '../core/ceremonies/sign-in.ts';
import type { StepOutcome } from '../core/ceremonies/outcome.ts';
import {
  admit,
  clientOf,
  createHandler,
  guard,
  maxBodyBytes,
  outcomeHeaders,
  policyFor,
  unreadable,
  visitorOf,
  type HttpRequest,
  type HttpResponse,
  type Visitor,
} from '../http/index.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * A `preHandler` that lets in who meets a named policy. People are led to what is missing and back;
     * programs get 401 `insufficient_user_authentication` (RFC 9470).
     *
     * @throws {CofactorError} `ERR_POLICY_UNKNOWN`, when the route is defined.
     */
    requirePolicy(policy: string): preHandlerHookHandler;
  }
  interface FastifyRequest {
    /** Who asks, and what their session proves. Nobody is signed in where `session` is `null`. */
    visitor(): Promise<Visitor>;
    [found]: Visitor | null;
  }
  interface FastifyReply {
    /** Hands over a first factor that the application proved itself, and sends the person on. */
    signInFromHost(proof: Omit<HostProof, 'client'>): Promise<StepOutcome>;
  }
}

export interface CofactorPluginOptions {
  /** What `createCofactor` returned. */
  readonly auth: Cofactor;
  /** Where the routes and pages live (`/auth`). */
  readonly base?: string;
}

/**
 * Puts Cofactor's routes and pages into a Fastify application, with `app.requirePolicy`, `request.visitor()` and
 * `reply.signInFromHost`. It migrates the database on start and closes it on close.
 *
 * @example
 * await app.register(cofactor, { auth });
 * app.get('/admin', { preHandler: app.requirePolicy('Admin') }, adminPage);
 */
export const cofactor: FastifyPluginAsync<CofactorPluginOptions> = async (app, { auth, base = '/auth' }) => {
  if (!/^(\/[a-z0-9-]+)+$/.test(base)) {
    throw new CofactorError('ERR_CONFIG_BASE', 'base takes a path without a slash at its end, e.g. /auth.');
  }
  const handle = createHandler(auth, base);
  await auth.start();
  const visitor = async (request: FastifyRequest): Promise<Visitor> =>
    (request[found] ??= await visitorOf(auth, httpRequest(request)));

  app.decorateRequest(found, null);
  app.decorateRequest('visitor', function (this: FastifyRequest) {
    return visitor(this);
  });
  app.decorate('requirePolicy', (name: string): preHandlerHookHandler => {
    const policy = policyFor(auth, name);
    return (request, reply, done) => {
      const asked = httpRequest(request);
      const admitted = admit(auth, policy, asked);
      if (admitted) return letIn(request, reply, admitted, done);
      const theLongWay = async (): Promise<void> => {
        const guarded = await guard(auth, base, name, asked);
        if ('response' in guarded) await send(reply, guarded.response);
        else letIn(request, reply, guarded.visitor, done);
      };
      void theLongWay();
    };
  });
  app.decorateReply('signInFromHost', async function (this: FastifyReply, proof: Omit<HostProof, 'client'>) {
    const { session } = await visitor(this.request);
    const outcome = await auth.signInFromHost({
      session,
      ...proof,
      client: clientOf(auth, httpRequest(this.request)),
    });
    const answer = outcomeHeaders(auth, base, outcome);
    if (answer) {
      this.header('set-cookie', answer['set-cookie']);
      await this.redirect(answer.location, 303);
    }
    return outcome;
  });
  app.addHook('onClose', () => auth.close());

  await app.register(async (routes: FastifyInstance) => {
    routes.removeAllContentTypeParsers();
    // The bytes as they came: the handler checks size and type before it parses.
    routes.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: maxBodyBytes },
      (_request, body, done) => {
        done(null, body);
      },
    );
    routes.setErrorHandler(async (error, request, reply) => {
      const code = (error as { code?: unknown }).code;
      // A body too large or cut off. What the application's own hooks throw is theirs to answer.
      if (typeof code !== 'string' || !code.startsWith('FST_ERR_CTP_')) throw error;
      request.log.info({ code }, 'unreadable request');
      return send(reply, unreadable(auth));
    });
    routes.route({
      // All of them, so that what is not there is told by us, with our headers.
      method: routes.supportedMethods,
      url: `${base}/*`,
      async handler(request, reply) {
        return send(reply, await handle(httpRequest(request)));
      },
    });
  });
};
// Decorators are for the whole application, not only for what is registered inside the plugin.
Object.assign(cofactor, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'cofactor',
});

/** Where the visitor of a request is kept, for handlers that ask after the guard did. */
const found: unique symbol = Symbol('cofactor visitor');

function letIn(request: FastifyRequest, reply: FastifyReply, visitor: Visitor, done: () => void): void {
  request[found] = visitor;
  // What a guard protects is for this visitor only.
  reply.header('cache-control', 'no-store');
  done();
}

function httpRequest(request: FastifyRequest): HttpRequest {
  return {
    method: request.method,
    url: request.raw.url ?? '/',
    headers: request.raw.headers,
    body: Buffer.isBuffer(request.body) ? request.body : null,
    remoteAddress: request.raw.socket.remoteAddress ?? '',
  };
}

function send(reply: FastifyReply, response: HttpResponse): FastifyReply {
  return reply
    .code(response.status)
    .headers(response.headers as Record<string, string | string[]>)
    .send(response.body);
}
