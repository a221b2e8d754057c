export {
  checkedDialect,
  extendDialect,
  type Dialect,
  type DialectRequest,
  type DialectRule,
  type SaidLevel,
} from './dialect.ts';
export { dialects, type Dialects } from './dialects.ts';
export { requestFor } from './request.ts';
export { authTimeOf, eventsOf } from './said.ts';
export { createOidcClient, type OidcClient, type RouteGuard, type SignInOptions } from './client.ts';
export type { OidcClientOptions, OidcClientPages, OidcIssuerOptions, OidcSessionOptions } from './options.ts';
export type { Ask } from './ask.ts';
export type { Guarded } from './guard.ts';
export {
  createResourceServer,
  type Bearer,
  type GuardedBearer,
  type GuardOptions,
  type ResourceServer,
} from './resource/server.ts';
export type {
  ResourceIntrospection,
  ResourceIssuer,
  ResourceServerOptions,
  TokenClaims,
} from './resource/options.ts';
export { createStepUpFetch, type StepUpFetchOptions } from './step-up-fetch.ts';
export type { HttpRequest, HttpResponse } from '../web/message.ts';
export { parseStepUpChallenge, type StepUpChallenge } from '../web/challenge.ts';
export {
  postgresSessionStore,
  type PostgresQueries,
  type PostgresSessionStore,
  type PostgresSessionStoreOptions,
} from './postgres-store.ts';
export { memorySessionStore, type SessionAbout, type SessionStore } from './store.ts';
export type { OidcUser } from './session.ts';
export type { Visitor } from './visitor.ts';
export {
  all,
  any,
  requireAcr,
  requireClaim,
  requireFresh,
  requireMfa,
  requireRole,
  requireThat,
  type Policy,
} from '../assurance/index.ts';
