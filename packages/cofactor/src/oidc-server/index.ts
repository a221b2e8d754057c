export { createOidcServer, type OidcServer } from './server.ts';
export { oidcServer, type OidcServerPluginOptions } from './fastify.ts';
export type { OidcServerOptions, OidcResource, Lifetimes } from './options.ts';
export type { OidcClient, SigningAlgorithm } from './clients.ts';
