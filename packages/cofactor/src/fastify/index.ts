import type {
  FastifyInstance,
  FastifyPluginAsync,
  FastifyReply,
  FastifyRequest,
  preHandlerHookHandler,
} from 'fastify';
import type { Cofactor } from '../core/cofactor.ts';
import type { HostProof } from '../core/ceremonies/sign-in.ts';
import type { StepOutcome } from '../core/ceremonies/outcome.ts';
import {
  admit,
  checkBase,
  clientOf,
  createHandler,
  guard,
  maxBodyBytes,
  outcomeHeaders,
  policyFor,
  rootDocuments,
  siteView,
  unreadable,
  visitorOf,
  type Handler,
  type SiteView,
  type SiteViewOptions,
  type Visitor,
} from '../http/index.ts';
import { httpRequest, send } from '../web/fastify.ts';
import { Realms, type Realm } from './realms.ts';

export { httpRequest, send } from '../web/fastify.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * A `preHandler` that lets in who meets a named policy. People are led to what is missing and back;
     * programs get 401 `insufficient_user_authentication` (RFC 9470).
     *
     * @throws {CofactorError} `ERR_POLICY_UNKNOWN` and `ERR_REALM_UNKNOWN`, when the route is defined.
     */
    requirePolicy(policy: string, options?: { readonly realm?: string }): preHandlerHookHandler;
    [mounted]: Realms;
  }
  interface FastifyRequest {
    /** Who asks, and what their session proves. Nobody is signed in where `session` is `null`. */
    visitor(realm?: string): Promise<Visitor>;
    /** What a page of the site's own shows and needs for its forms; send its `headers` with the page. */
    account(realm?: string, options?: SiteViewOptions): Promise<SiteView>;
    [found]: Map<string, Visitor> | null;
  }
  interface FastifyReply {
    /** Hands over a first factor that the application proved itself, and sends the person on. */
    signInFromHost(proof: Omit<HostProof, 'client'>, realm?: string): Promise<StepOutcome>;
  }
}

export interface CofactorPluginOptions {
  /** What `createCofactor` returned. */
  readonly auth: Cofactor;
  /** Where the routes and pages live (`/auth`). */
  readonly base?: string;
  /** Whether what others look for under `/.well-known/` is answered (true); a path of the application's stays its own. */
  readonly wellKnown?: boolean;
}

/**
 * Puts Cofactor's routes and pages into a Fastify application, with `app.requirePolicy`, `request.visitor()`,
 * `request.account()` and `reply.signInFromHost`. It migrates the database on start and closes it on close.
 *
 * Register it once for each realm, with another `base`; the decorators take the realm's name, and mean the realm that
 * was registered first without one.
 *
 * @example
 * await app.register(cofactor, { auth });
 * app.get('/admin', { preHandler: app.requirePolicy('Admin') }, adminPage);
 *
 * @example
 * await app.register(cofactor, { auth: users });
 * await app.register(cofactor, { auth: members, base: '/members' });
 * app.get('/club', { preHandler: app.requirePolicy('Club', { realm: 'members' }) }, clubPage);
 *
 * @throws {CofactorError} `ERR_CONFIG_BASE`, `ERR_CONFIG_REALM`; what `auth.start()` throws
 */
export const cofactor: FastifyPluginAsync<CofactorPluginOptions> = async (
  app,
  { auth, base = '/auth', wellKnown = true },
) => {
  checkBase(base);
  const realm: Realm = { auth, base };
  // What is wrong with the configuration is told before anything is begun.
  const handle = createHandler(auth, base);
  const documents = rootDocuments(auth, base);
  if (!app.hasDecorator(mounted)) decorate(app);
  app[mounted].add(realm);
  await auth.start();
  app.addHook('onClose', () => auth.close());
  await app.register((routes) => mount(routes, realm, handle));
  for (const [url, document] of documents) {
    if ((!wellKnown && url.startsWith('/.well-known/')) || app.hasRoute({ method: 'GET', url })) continue;
    app.get(url, async (request, reply) => send(reply, document(httpRequest(request))));
  }
};
// Decorators are for the whole application, not only for what is registered inside the plugin.
Object.assign(cofactor, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'cofactor',
});

/** Where an application keeps its realms. */
const mounted: unique symbol = Symbol('cofactor realms');
/** Where the visitors of a request are kept by realm, for handlers that ask after the guard did. */
const found: unique symbol = Symbol('cofactor visitors');

/** Once for an application: the decorators look up the realm that is meant when they are used. */
function decorate(app: FastifyInstance): void {
  const realms = new Realms();
  const visitor = async (request: FastifyRequest, { auth }: Realm): Promise<Visitor> => {
    const known = request[found]?.get(auth.realm);
    return known ?? keep(request, auth, await visitorOf(auth, httpRequest(request)));
  };

  app.decorate(mounted, realms);
  app.decorateRequest(found, null);
  app.decorateRequest('visitor', async function (this: FastifyRequest, name?: string) {
    return visitor(this, realms.get(name));
  });
  app.decorateRequest(
    'account',
    async function (this: FastifyRequest, name?: string, options?: SiteViewOptions) {
      const { auth, base } = realms.get(name);
      return siteView(auth, base, httpRequest(this), options);
    },
  );
  app.decorate('requirePolicy', (policy: string, options: { readonly realm?: string } = {}) =>
    guarded(realms.get(options.realm), policy),
  );
  app.decorateReply(
    'signInFromHost',
    async function (this: FastifyReply, proof: Omit<HostProof, 'client'>, name?: string) {
      const realm = realms.get(name);
      const { auth, base } = realm;
      const { session } = await visitor(this.request, realm);
      const client = clientOf(auth, httpRequest(this.request));
      const outcome = await auth.signInFromHost({ session, ...proof, client });
      const answer = await outcomeHeaders(auth, base, outcome);
      if (answer) {
        this.header('set-cookie', answer['set-cookie']);
        await this.redirect(answer.location, 303);
      }
      return outcome;
    },
  );
}

function guarded({ auth, base }: Realm, name: string): preHandlerHookHandler {
  const policy = policyFor(auth, name);
  const letIn = (request: FastifyRequest, reply: FastifyReply, visitor: Visitor, done: () => void): void => {
    keep(request, auth, visitor);
    // What a guard protects is for this visitor only.
    reply.header('cache-control', 'no-store');
    done();
  };
  return (request, reply, done) => {
    const asked = httpRequest(request);
    const admitted = admit(auth, policy, asked);
    if (admitted) return letIn(request, reply, admitted, done);
    const theLongWay = async (): Promise<void> => {
      const decided = await guard(auth, base, name, asked);
      if ('response' in decided) await send(reply, decided.response);
      else letIn(request, reply, decided.visitor, done);
    };
    void theLongWay();
  };
}

function keep(request: FastifyRequest, { realm }: Cofactor, visitor: Visitor): Visitor {
  (request[found] ??= new Map()).set(realm, visitor);
  return visitor;
}

/** The routes of a realm, in a scope of their own: the application's body parsers are not for them. */
async function mount(routes: FastifyInstance, { auth, base }: Realm, handle: Handler): Promise<void> {
  routes.removeAllContentTypeParsers();
  // The bytes as they came: the handler checks size and type before it parses.
  routes.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxBodyBytes }, (_request, body, done) => {
    done(null, body);
  });
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
}
