import type { FastifyPluginAsync } from 'fastify';
import type { OidcServer } from './server.ts';

export interface OidcServerPluginOptions {
  /** What `createOidcServer` returned. */
  readonly oidc: OidcServer;
}

/**
 * Puts an OpenID Connect server into a Fastify application, beside Cofactor's own routes. It gets its requests as they came:
 * the application's body parsers and hooks that answer are not for them.
 *
 * @example
 * await app.register(cofactor, { auth });
 * await app.register(oidcServer, { oidc: createOidcServer(auth, { clients }) });
 */
export const oidcServer: FastifyPluginAsync<OidcServerPluginOptions> = async (app, { oidc }) => {
  await oidc.start();
  app.addHook('onClose', () => oidc.close());
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _body, done) => done(null));
  for (const url of [`${oidc.base}/*`, `/.well-known/oauth-authorization-server${oidc.base}`]) {
    app.route({
      method: app.supportedMethods,
      url,
      async handler(request, reply) {
        reply.hijack();
        // Fastify finds us by an encoded address, too; the server has none that is not written as it is.
        if (!(await oidc.handle(request.raw, reply.raw))) reply.raw.writeHead(404).end();
      },
    });
  }
};
