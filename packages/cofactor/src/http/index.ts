export { clientOf, createHandler, unreadable, type Handler } from './handle.ts';
export { admit, guard, policyFor, visitorOf, Visitor, type Guarded } from './guard.ts';
export { maxBodyBytes, type HttpRequest, type HttpResponse } from './message.ts';
export { routes } from './routes.ts';
export type { Level, Route } from './route.ts';
export { outcomeHeaders } from './host.ts';
export type * from './contract.ts';
